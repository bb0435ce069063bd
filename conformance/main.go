// Command conformance puts what the library writes before real Istio and Kubernetes code.
//
//	conformance [-kubernetes BINARY]... [-assignments FILE] DIR...
//
// It prints a table and exits 1 on any disagreement that known/differences.yaml doesn't explain, 2 when a
// folder can't be read or a judge can't sit.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime/debug"

	"istio.io/istio/pkg/log"

	"isthmus.dev/conformance/internal/analyzers"
	"isthmus.dev/conformance/internal/charts"
	"isthmus.dev/conformance/internal/crds"
	"isthmus.dev/conformance/internal/dist"
	"isthmus.dev/conformance/internal/endpoints"
	"isthmus.dev/conformance/internal/known"
	"isthmus.dev/conformance/internal/kubernetes"
	"isthmus.dev/conformance/verdict"
)

var errUnexplained = errors.New("unexplained disagreements")

func main() {
	var servers []string
	flag.Func("kubernetes", "the Kubernetes judge's binary; once for each Kubernetes version", func(path string) error {
		servers = append(servers, path)
		return nil
	})
	assignments := flag.String("assignments", "", "file that tools/conformance-assignments.ts wrote for the same folders")
	flag.Parse()
	err := run(servers, *assignments, flag.Args())
	switch {
	case errors.Is(err, errUnexplained):
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(2)
	}
}

func run(servers []string, assignments string, dirs []string) error {
	if len(dirs) == 0 {
		return errors.New("no folder given")
	}
	differences, err := known.Load()
	if err != nil {
		return err
	}
	quiet()
	var dists []*dist.Dist
	for _, dir := range dirs {
		d, err := dist.Load(dir)
		if err != nil {
			return err
		}
		dists = append(dists, d)
	}
	reports, err := judge(servers, dists)
	if err != nil {
		return err
	}
	if assignments != "" {
		report, err := judgeEndpoints(assignments)
		if err != nil {
			return err
		}
		reports = append(reports, report)
	}
	if unexplained := table(os.Stdout, len(dists), reports, differences); unexplained > 0 {
		return errUnexplained
	}
	return nil
}

func judge(servers []string, dists []*dist.Dist) ([]verdict.Report, error) {
	istio := "istio.io/istio " + version("istio.io/istio")
	helm, rendered := charts.Judge(dists)
	everything := folders(dists, rendered)
	validation, err := crds.Judge(everything)
	if err != nil {
		return nil, err
	}
	alone, together, err := analyzers.Judge(dists, rendered)
	if err != nil {
		return nil, err
	}
	validation.Source, alone.Source, together.Source = istio, istio, istio
	helm.Source = istio + ", Helm " + version("helm.sh/helm/v4")
	reports := []verdict.Report{validation, alone, together, helm}
	files, err := crds.Files()
	if err != nil {
		return nil, err
	}
	for _, server := range servers {
		answers, err := kubernetes.Ask(server, verdict.Question{CRDs: files, Folders: everything})
		if err != nil {
			return nil, err
		}
		reports = append(reports, answers...)
	}
	return reports, nil
}

// judgeEndpoints asks istiod about what the library says of assignments.
func judgeEndpoints(file string) (verdict.Report, error) {
	in, err := os.Open(file)
	if err != nil {
		return verdict.Report{}, err
	}
	defer in.Close()
	folders, err := endpoints.Read(in)
	if err != nil {
		return verdict.Report{}, fmt.Errorf("%s: %w", file, err)
	}
	report, err := endpoints.Judge(folders)
	report.Source = "istio.io/istio " + version("istio.io/istio") + ", " + report.Source
	return report, err
}

// folders is what every cluster is given: what is written, and what the charts render.
func folders(dists []*dist.Dist, rendered []charts.Rendered) []verdict.Folder {
	var all []verdict.Folder
	for i, d := range dists {
		f := verdict.Folder{Dir: d.Dir}
		for _, c := range d.Clusters {
			objects := append([]verdict.Object{}, c.Objects...)
			f.Clusters = append(f.Clusters, verdict.Cluster{Name: c.Name, Objects: append(objects, rendered[i][c]...)})
		}
		if len(d.ArgoCD) > 0 {
			f.Clusters = append(f.Clusters, verdict.Cluster{Name: "argocd", Objects: d.ArgoCD})
		}
		all = append(all, f)
	}
	return all
}

// quiet keeps what Istio logs while it works out of the table: its judgement comes back as values.
func quiet() {
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(log.FatalLevel)
	}
}

func version(module string) string {
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, dep := range info.Deps {
			if dep.Path == module {
				return dep.Version
			}
		}
	}
	return "of unknown version"
}
