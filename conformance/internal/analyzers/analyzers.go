// Package analyzers runs Istio's own analyzers (`istioctl analyze`) over a fleet without a live cluster.
package analyzers

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"istio.io/istio/pilot/pkg/config/file"
	"istio.io/istio/pkg/cluster"
	istioanalyzers "istio.io/istio/pkg/config/analysis/analyzers"
	"istio.io/istio/pkg/config/analysis/diag"
	"istio.io/istio/pkg/config/analysis/legacy/source/kube"
	"istio.io/istio/pkg/config/analysis/local"
	"istio.io/istio/pkg/config/resource"
	"istio.io/istio/pkg/config/schema/collections"

	"isthmus.dev/conformance/internal/charts"
	"isthmus.dev/conformance/internal/dist"
	"isthmus.dev/conformance/verdict"
)

// Names of this judge's two questions in reports and in the list of known differences: a cluster with nothing
// but what is written for it, and a config cluster as its istiod sees it, with the services and pods of all.
const (
	Alone    = "analyzers-alone"
	Together = "analyzers-together"
)

// The ID that the analyzer gives to the cluster whose configuration it analyzes; it overwrites another of that name
// (pkg/config/analysis/local/istiod_analyze.go, Init).
const own = "default"

// Judge runs all analyzers over every cluster alone, then over every config cluster together with the others.
// An Error or a Warning is a disagreement; what is only informative isn't.
func Judge(dists []*dist.Dist, rendered []charts.Rendered) (verdict.Report, verdict.Report, error) {
	alone, together := verdict.Report{Judge: Alone}, verdict.Report{Judge: Together}
	for i, d := range dists {
		views, err := views(d, rendered[i])
		if err != nil {
			return alone, together, err
		}
		start := time.Now()
		for _, v := range views {
			run(&alone, d, v, nil)
		}
		alone.Seconds += time.Since(start).Seconds()
		start = time.Now()
		for _, v := range views {
			if !v.cluster.HoldsConfig() {
				continue
			}
			var others []*view
			for _, o := range views {
				if o != v {
					others = append(others, o)
				}
			}
			run(&together, d, v, others)
		}
		together.Seconds += time.Since(start).Seconds()
	}
	return alone, together, nil
}

// view is what the analyzers are shown of a cluster.
type view struct {
	cluster *dist.Cluster
	objects []verdict.Object
	// The rendered mesh config, or empty for Istio's defaults.
	meshConfig string
}

func views(d *dist.Dist, rendered charts.Rendered) ([]*view, error) {
	var all []*view
	image := proxyImage(rendered)
	for _, c := range d.Clusters {
		v := &view{cluster: c, objects: append(append([]verdict.Object{}, c.Objects...), rendered[c]...)}
		pods, err := pods(c, v.objects, image)
		if err != nil {
			return nil, err
		}
		v.objects = append(v.objects, pods...)
		v.meshConfig = meshConfig(rendered[c])
		all = append(all, v)
	}
	return all, nil
}

// run analyzes one cluster; of the others it sees what an istiod reads of remote clusters.
func run(report *verdict.Report, d *dist.Dist, v *view, others []*view) {
	analyzers := istioanalyzers.AllCombined()
	report.Cases += len(analyzers.AnalyzerNames())
	complain := func(code, message string) {
		report.Disagreements = append(report.Disagreements, verdict.Disagreement{
			Judge: report.Judge, Dir: d.Dir, Cluster: v.cluster.Name, Object: "cluster " + v.cluster.Name, Code: code, Message: message,
		})
	}
	analyzer := local.NewIstiodAnalyzer(analyzers, "", resource.Namespace(systemNamespace(v.cluster)), nil)
	if v.meshConfig != "" {
		if err := withFile(v.meshConfig, analyzer.AddFileKubeMeshConfig); err != nil {
			complain("mesh-config", err.Error())
			return
		}
	}
	source, err := load(v.objects)
	if err != nil {
		complain("unreadable", err.Error())
	}
	analyzer.AddSource(source)
	for _, o := range others {
		remote, err := load(core(o.objects))
		if err != nil {
			complain("unreadable", o.cluster.Name+": "+err.Error())
		}
		analyzer.AddSourceForCluster(remote, cluster.ID(o.cluster.Name))
	}
	stop := make(chan struct{})
	defer close(stop)
	result, err := analyzer.Analyze(stop)
	if err != nil {
		complain("failed", err.Error())
		return
	}
	for _, m := range result.Messages {
		if m.Type.Level() == diag.Info {
			continue
		}
		report.Disagreements = append(report.Disagreements, disagreement(report.Judge, d, v, m))
	}
}

func disagreement(judge string, d *dist.Dist, v *view, m diag.Message) verdict.Disagreement {
	found := verdict.Disagreement{
		Judge: judge, Dir: d.Dir, Cluster: v.cluster.Name, Object: "cluster " + v.cluster.Name, Code: m.Type.Code(),
		Message: m.Type.Level().String() + ": " + strings.Join(strings.Fields(fmt.Sprintf(m.Type.Template(), m.Parameters...)), " "),
	}
	if m.Resource == nil {
		return found
	}
	origin := m.Resource.Origin
	found.Object = origin.FriendlyName()
	if name := origin.ClusterName(); name != own && name != "" {
		found.Cluster = name.String()
	}
	if p, ok := origin.Reference().(*kube.Position); ok {
		found.File, found.Line = unname(p.Filename)
	}
	return found
}

// load puts objects into a source as the analyzers have them. Kinds that no analyzer knows are left out by it.
func load(objects []verdict.Object) (source *file.KubeSource, err error) {
	source = file.NewKubeSource(collections.All)
	for _, o := range objects {
		if e := apply(source, o); e != nil && err == nil {
			err = e
		}
	}
	return source, err
}

func apply(source *file.KubeSource, o verdict.Object) (err error) {
	defer func() { // TranslateObject panics on a spec of the wrong type
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: %v", o.Label(), r)
		}
	}()
	// One name for each document: a second document of the same name would replace the first. The line is in the name,
	// since the source counts lines from the document's own start.
	return source.ApplyContent(fmt.Sprintf("%s#%d#%s", o.File, o.Line, o.Label()), o.YAML)
}

// unname gives back the file and the line that apply put into a document's name.
func unname(name string) (string, int) {
	parts := strings.SplitN(name, "#", 3)
	if len(parts) < 2 {
		return name, 0
	}
	line, _ := strconv.Atoi(parts[1])
	return parts[0], line
}

// What istiod reads of a remote cluster (istioctl/pkg/analyze/analyze.go takes the same for --remote-contexts).
var coreKinds = map[string]bool{
	"Service": true, "Pod": true, "Namespace": true, "Node": true, "Deployment": true, "EndpointSlice": true,
}

func core(objects []verdict.Object) []verdict.Object {
	var kept []verdict.Object
	for _, o := range objects {
		if coreKinds[o.Kind] {
			kept = append(kept, o)
		}
	}
	return kept
}

// systemNamespace is where istiod or, in a remote, its injector is installed.
func systemNamespace(c *dist.Cluster) string {
	for _, r := range c.Releases {
		if r.ChartName() == "istiod" {
			return r.Namespace
		}
	}
	return "istio-system"
}

func withFile(text string, use func(string) error) error {
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "mesh.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		return err
	}
	return use(name)
}
