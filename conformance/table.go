package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"text/tabwriter"

	"isthmus.dev/conformance/internal/known"
	"isthmus.dev/conformance/verdict"
)

// table prints what the judges say and counts what nothing explains.
func table(out io.Writer, folders int, reports []verdict.Report, differences []*known.Difference) int {
	var unexplained []verdict.Disagreement
	explained := map[*known.Difference]int{}
	rows := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(rows, "judge\tcases\tagreed\tdisagreed\tknown\tunjudged\tseconds\tsource")
	cases, seconds := 0, 0.0
	for _, r := range reports {
		bad, ok := 0, 0
		refused := map[string]bool{} // one object may be refused for several reasons
		for _, d := range r.Disagreements {
			refused[d.Dir+"\x00"+d.Cluster+"\x00"+d.File+"\x00"+d.Object+"\x00"+d.Code] = true
			if k := known.Find(differences, d); k != nil {
				explained[k]++
				ok++
				continue
			}
			unexplained = append(unexplained, d)
			bad++
		}
		missing := 0
		for _, n := range r.Unjudged {
			missing += n
		}
		fmt.Fprintf(rows, "%s\t%d\t%d\t%d\t%d\t%d\t%.1f\t%s\n", r.Judge, r.Cases, max(0, r.Cases-len(refused)), bad, ok, missing, r.Seconds, r.Source)
		cases += r.Cases
		seconds += r.Seconds
	}
	rows.Flush()
	unjudged(out, reports)
	for _, k := range differences {
		if n := explained[k]; n > 0 {
			fmt.Fprintf(out, "\nknown difference, %d times: %s %s on %s\n  %s\n  %s\n", n, k.Judge, k.Code, k.Object, k.Why, k.Source)
		}
	}
	slices.SortStableFunc(unexplained, func(a, b verdict.Disagreement) int {
		return cmp.Or(cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.Judge, b.Judge), cmp.Compare(a.Cluster, b.Cluster),
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	for _, d := range unexplained {
		where := d.Dir + " " + d.Cluster
		if d.File != "" {
			where = fmt.Sprintf("%s %s", d.Dir, d.File)
			if d.Line > 0 {
				where = fmt.Sprintf("%s:%d", where, d.Line)
			}
			if !strings.HasPrefix(d.File, d.Cluster+"/") {
				where += " in " + d.Cluster
			}
		}
		fmt.Fprintf(out, "\nDISAGREED %s %s: %s (%s)\n  %s\n", d.Judge, d.Code, d.Object, where, d.Message)
	}
	count := 0
	for _, n := range explained {
		count += n
	}
	fmt.Fprintf(out, "\nconformance: %d folders, %d cases, %d unexplained disagreements, %d known differences, %.0f s\n",
		folders, cases, len(unexplained), count, seconds)
	return len(unexplained)
}

// unjudged names the kinds for which a judge has no rules, so that nobody takes them for agreed.
func unjudged(out io.Writer, reports []verdict.Report) {
	for _, r := range reports {
		kinds := make([]string, 0, len(r.Unjudged))
		for kind, n := range r.Unjudged {
			kinds = append(kinds, fmt.Sprintf("%s (%d)", kind, n))
		}
		sort.Strings(kinds)
		if len(kinds) > 0 {
			fmt.Fprintf(out, "\n%s has no rules for: %s\n", r.Judge, strings.Join(kinds, ", "))
		}
	}
}
