package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isthmus.dev/conformance/internal/dist"
	"isthmus.dev/conformance/internal/known"
	"isthmus.dev/conformance/verdict"
)

const fleetDir = "testdata/fleet"

// fleet copies testdata/fleet and replaces text in one of its files.
func fleet(t *testing.T, file, from, to string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(fleetDir)); err != nil {
		t.Fatal(err)
	}
	if file == "" {
		return dir
	}
	name := filepath.Join(dir, file)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), from) {
		t.Fatalf("%s doesn't hold %q: nothing would be planted", file, from)
	}
	if err := os.WriteFile(name, []byte(strings.ReplaceAll(string(data), from, to)), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func ask(t *testing.T, dir string) []verdict.Disagreement {
	t.Helper()
	quiet()
	d, err := dist.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	reports, err := judge(nil, []*dist.Dist{d})
	if err != nil {
		t.Fatal(err)
	}
	var all []verdict.Disagreement
	for _, r := range reports {
		if r.Cases == 0 {
			t.Errorf("%s was asked nothing", r.Judge)
		}
		all = append(all, r.Disagreements...)
	}
	return all
}

func TestTheCorrectFleetIsAgreedWithButForKnownDifferences(t *testing.T) {
	differences, err := known.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ask(t, fleet(t, "", "", "")) {
		if known.Find(differences, d) == nil {
			t.Errorf("%s %s %s: %s", d.Judge, d.Code, d.Object, d.Message)
		}
	}
}

func TestEveryPlantedFaultIsFound(t *testing.T) {
	const (
		validation, alone, together, charts = "istio-validation", "analyzers-alone", "analyzers-together", "istio-charts"
		mesh, routes, plan                  = "frankfurt/30-mesh.yaml", "frankfurt/50-routes.yaml", "apply.tsv"
		istiod, remote                      = "frankfurt/helm/istiod.yml", "milan/helm/istiod.yml"
		eastwest                            = "frankfurt/helm/istio-eastwestgateway.yml"
	)
	for _, fault := range []struct {
		name, file, from, to, judge, code, object string
	}{
		{"unknown field", mesh, "maxEjectionPercent", "maxEjectionPercentage", validation, "crd", "DestinationRule bookinfo/reviews"},
		{"value outside an enum", mesh, "mode: STRICT", "mode: STRICKT", validation, "crd", "PeerAuthentication istio-system/default"},
		{"CEL: a duration below 1 ms", mesh, "interval: 10s", "interval: 10us", validation, "crd", "DestinationRule bookinfo/reviews"},
		{"a Gateway API field that isn't there", routes, "parentRefs:", "parentsRefs:", validation, "crd", "HTTPRoute bookinfo/details"},
		{"a kind that no CRD serves", mesh, "kind: PeerAuthentication", "kind: PeerAuthorization", validation, "crd-unknown", "PeerAuthorization istio-system/default"},
		{"webhook: no host", routes, "weight: 80", "weight: -80", validation, "webhook-error", "VirtualService bookinfo/reviews"},
		{"webhook: failover to itself", mesh, "to: eu-south", "to: eu-central", validation, "webhook-error", "DestinationRule bookinfo/reviews"},

		{"a subset without pods anywhere", mesh, "version: v3", "version: v4", together, "IST0173", "DestinationRule bookinfo/reviews"},
		{"a route to a host that isn't there", routes, "host: productpage.", "host: producpage.", alone, "IST0101", "VirtualService bookinfo/productpage"},
		{"a gateway that selects nothing", routes, "istio: ingress", "istio: egress", alone, "IST0101", "Gateway bookinfo/bookinfo"},
		{"a service whose ports differ between clusters", "milan/40-applications.yaml", "port: 9080", "port: 9081", together, "IST0170", "Service bookinfo/ratings"},

		{"cluster ID", istiod, "clusterName: frankfurt", "clusterName: Kubernetes", charts, "cluster-id", "helm istio-system/istiod"},
		{"network", istiod, "network: vpc", "network: vpn", charts, "network", "helm istio-system/istiod"},
		{"EXTERNAL_ISTIOD missing with a remote", istiod, "externalIstiod: true", "externalIstiod: false", charts, "external-istiod", "helm istio-system/istiod"},
		{"injection path of another cluster", remote, "cluster/milan/net", "cluster/rome/net", charts, "webhook-path", "helm istio-system/istiod"},
		{"an istiod in a remote", remote, "profile: remote\n", "", charts, "external-istiod", "helm istio-system/istiod"},
		{"a host name as remotePilotAddress", plan, "helm-address", "helm", charts, "service", "helm istio-system/istiod"},
		{"a value that istiod doesn't know", istiod, "externalIstiod:", "externalIstoid:", charts, "unknown-values", "helm istio-system/istiod"},
		{"a value against the gateway's schema", eastwest, "networkGateway:", "networkGatway:", charts, "render", "helm istio-system/istio-eastwestgateway"},
		{"the gateway of another network", eastwest, "networkGateway: vpc", "networkGateway: vpn", charts, "network", "helm istio-system/istio-eastwestgateway"},
		{"a value that base doesn't know", "milan/helm/istio-base.yml", "profile:", "profiel:", charts, "unknown-values", "helm istio-system/istio-base"},
		{"nobody leads the remote", "milan/00-namespaces.yaml", "controlPlaneClusters: frankfurt", "controlPlaneClusters: paris", charts, "control-plane-clusters", "helm istio-system/istiod"},
		{"a network that nothing leads into", "fleet.json", "\"network\": \"vpc\",\n      \"region\": \"eu-south\"", "\"network\": \"dc\",\n      \"region\": \"eu-south\"", charts, "no-gateway", "network dc"},
		{"a chart that Istio doesn't publish", plan, "charts/istiod", "charts/istiod-remote", charts, "render", "helm istio-system/istiod"},
		{"a mesh config of the wrong type", istiod, "global:", "meshConfig:\n  trustDomain: 'not a domain'\nglobal:", charts, "mesh-config", "helm istio-system/istiod"},
	} {
		t.Run(fault.name, func(t *testing.T) {
			var seen []string
			for _, d := range ask(t, fleet(t, fault.file, fault.from, fault.to)) {
				if d.Judge == fault.judge && d.Code == fault.code && (fault.object == "" || d.Object == fault.object) {
					return
				}
				seen = append(seen, d.Judge+" "+d.Code+" "+d.Object+": "+d.Message)
			}
			t.Errorf("%s said no %s on %s; said:\n%s", fault.judge, fault.code, fault.object, strings.Join(seen, "\n"))
		})
	}
}

func TestMeshIDsMustBeEqualInAllPrimaries(t *testing.T) {
	dir := fleet(t, "fleet.json", `"role": "remote",`, `"role": "primary", "was":"remote",`)
	for file, text := range map[string]string{
		"milan/helm/istiod.yml": "global:\n  meshID: mesh2\n  network: vpc\n  multiCluster:\n    clusterName: milan\nmeshConfig:\n  trustDomain: other.local\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found := map[string]bool{}
	for _, d := range ask(t, dir) {
		found[d.Code] = true
	}
	if !found["mesh-id"] || !found["trust-domain"] {
		t.Errorf("found %v", found)
	}
}

func TestAnUnfinishedOrUnreadableFolderIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"no fleet.json": func(dir string) error { return os.Remove(filepath.Join(dir, "fleet.json")) },
		"no manifests":  func(dir string) error { return os.RemoveAll(filepath.Join(dir, "milan")) },
		"a document of no kind": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "milan", "99.yaml"), []byte("metadata: {name: x}\n"), 0o600)
		},
		"a step with too few columns": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "apply.tsv"), []byte("a\tmilan\tmilan\thelm\tistiod\n"), 0o600)
		},
	} {
		dir := fleet(t, "", "", "")
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		if err := run(nil, "", []string{dir}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := run(nil, "", nil); err == nil {
		t.Error("no folder at all: accepted")
	}
}

func TestTheTableCountsWhatNothingExplains(t *testing.T) {
	differences, err := known.Load()
	if err != nil {
		t.Fatal(err)
	}
	reports := []verdict.Report{{Judge: "analyzers-alone", Cases: 3, Disagreements: []verdict.Disagreement{
		{Judge: "analyzers-alone", Code: "IST0173", Object: "DestinationRule a/b"},
		{Judge: "analyzers-alone", Code: "IST0101", Object: "VirtualService a/b"},
	}}}
	if n := table(io.Discard, 1, reports, differences); n != 1 {
		t.Errorf("%d unexplained, want 1", n)
	}
}

func TestTestdataHoldsEveryKindOfFile(t *testing.T) {
	count := map[string]int{}
	if err := fs.WalkDir(os.DirFS(fleetDir), ".", func(path string, e fs.DirEntry, err error) error {
		count[filepath.Ext(path)]++
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, ext := range []string{".yaml", ".yml", ".tsv", ".json"} {
		if count[ext] == 0 {
			t.Errorf("no %s in %s", ext, fleetDir)
		}
	}
}
