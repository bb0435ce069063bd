// Package charts renders Istio's Helm charts with the values of a dist and looks whether what comes out is
// what the install model of fleet.json requires.
package charts

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"istio.io/istio/operator/pkg/apis/validation"
	opvalues "istio.io/istio/operator/pkg/values"
	"istio.io/istio/pkg/config/mesh"
	meshvalidation "istio.io/istio/pkg/config/validation/agent"
	"sigs.k8s.io/yaml"

	"isthmus.dev/conformance/internal/dist"
	"isthmus.dev/conformance/verdict"
)

// Name of this judge in reports and in the list of known differences.
const Name = "istio-charts"

// Rendered is what the charts of a cluster make of its values.
type Rendered map[*dist.Cluster][]verdict.Object

// Judge renders every release of the apply plans. What is rendered is handed on to the other judges.
func Judge(dists []*dist.Dist) (verdict.Report, []Rendered) {
	start := time.Now()
	report := verdict.Report{Judge: Name}
	all := make([]Rendered, 0, len(dists))
	for _, d := range dists {
		f := &fleet{dist: d, report: &report, rendered: Rendered{}, meshIDs: map[string]string{}, trust: map[string]string{}}
		for _, c := range d.Clusters {
			for _, r := range c.Releases {
				f.release(c, r)
			}
		}
		f.together()
		all = append(all, f.rendered)
	}
	report.Seconds = time.Since(start).Seconds()
	return report, all
}

type fleet struct {
	dist     *dist.Dist
	report   *verdict.Report
	rendered Rendered
	// By cluster: what has to be the same in the whole mesh.
	meshIDs, trust map[string]string
}

func (f *fleet) release(c *dist.Cluster, r dist.Release) {
	check := &checker{fleet: f, cluster: c, release: r}
	vals, err := values(f.dist.Dir, r)
	check.no("values", err)
	if err != nil {
		return
	}
	check.knownValues(vals)
	objects, err := render(r, vals)
	check.no("render", err)
	if err != nil {
		return
	}
	f.rendered[c] = append(f.rendered[c], objects...)
	check.objects = objects
	switch r.ChartName() {
	case "istiod":
		check.istiod()
	case "gateway":
		check.gateway()
	case "ztunnel":
		check.ztunnel()
	case "base":
		check.base()
	case "cni":
		check.that("cni", check.find("DaemonSet", "istio-cni-node") != nil, "no DaemonSet istio-cni-node is rendered")
	}
}

// together asks what can only be seen over all clusters.
func (f *fleet) together() {
	for _, what := range []struct {
		name, code string
		by         map[string]string
	}{{"mesh ID", "mesh-id", f.meshIDs}, {"trust domain", "trust-domain", f.trust}} {
		if len(what.by) == 0 {
			continue
		}
		f.report.Cases++
		first := ""
		for _, c := range f.dist.Clusters {
			value, ok := what.by[c.Name]
			switch {
			case !ok:
			case first == "":
				first = c.Name
			case value != what.by[first]:
				f.disagree(c.Name, "mesh", what.code, fmt.Sprintf("%s is %q, but %q in %s", what.name, value, what.by[first], first))
			}
		}
	}
	f.networks()
}

func (f *fleet) disagree(cluster, object, code, message string) {
	f.report.Disagreements = append(f.report.Disagreements, verdict.Disagreement{
		Judge: Name, Dir: f.dist.Dir, Cluster: cluster, Object: object, Code: code, Message: message,
	})
}

// checker holds one rendered release.
type checker struct {
	fleet   *fleet
	cluster *dist.Cluster
	release dist.Release
	objects []verdict.Object
}

// that counts a question and, unless it holds, a disagreement.
func (k *checker) that(code string, holds bool, format string, args ...any) {
	k.fleet.report.Cases++
	if !holds {
		k.fleet.disagree(k.cluster.Name, "helm "+k.release.Namespace+"/"+k.release.Name, code, fmt.Sprintf(format, args...))
	}
}

// no is `that` for errors.
func (k *checker) no(code string, err error) {
	message := ""
	if err != nil {
		message = strings.Join(strings.Fields(err.Error()), " ")
	}
	k.that(code, err == nil, "%s", message)
}

// knownValues asks whether every value is one that is read: charts ignore what they don't know. For istiod
// Istio's own typed values are asked, for the gateway Helm asks the chart's schema, for the others the top
// level of the chart's defaults is the list.
func (k *checker) knownValues(vals map[string]any) {
	switch k.release.ChartName() {
	case "istiod":
		top, pilot := map[string]any{}, map[string]any{}
		for key, v := range vals {
			if nested, ok := v.(map[string]any); ok && key == "pilot" {
				maps.Copy(pilot, nested)
			} else if istiodTop[key] {
				top[key] = v
			} else {
				pilot[key] = v
			}
		}
		if len(pilot) > 0 {
			top["pilot"] = pilot
		}
		k.no("unknown-values", strict(top))
	case "base", "cni", "ztunnel":
		known, err := defaults(k.release.ChartName())
		k.no("defaults", err)
		for key := range vals {
			_, ok := known[key]
			ok = ok || key == "global" || key == "profile" || key == k.release.ChartName()
			k.that("unknown-values", ok, "the chart doesn't read %q", key)
		}
	}
}

// Values that the istiod chart reads beside the `pilot` component: fields of the message Values in
// istio.io/istio/operator/pkg/apis/values_types.proto. Everything else at the top is a field of `pilot`,
// which the chart merges into the top (templates/zzy_descope_legacy.yaml).
var istiodTop = map[string]bool{
	"global": true, "meshConfig": true, "revision": true, "defaultRevision": true, "istiodRemote": true,
	"sidecarInjectorWebhook": true, "telemetry": true, "base": true, "profile": true, "compatibilityVersion": true,
	"gateways": true, "gatewayClasses": true, "revisionTags": true, "ownerName": true, "experimental": true,
}

// defaults gives the chart's own values. Istio keeps them below one key, so that a profile can override them.
func defaults(name string) (map[string]any, error) {
	chart, err := load(name)
	if err != nil {
		return nil, err
	}
	inner, ok := chart.Values["_internal_defaults_do_not_set"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("chart %s keeps its defaults elsewhere now", name)
	}
	return inner, nil
}

func strict(vals map[string]any) error {
	iop := opvalues.Map{
		"apiVersion": "install.istio.io/v1alpha1", "kind": "IstioOperator",
		"spec": map[string]any{"values": vals},
	}
	_, errs := validation.ParseAndValidateIstioOperator(iop, nil)
	if e := errs.ToError(); e != nil {
		return e
	}
	return nil
}

// meshConfig reads what istiod would read of the rendered ConfigMap, with istiod's own validation.
func (k *checker) meshConfig(object *object) {
	if object == nil {
		return
	}
	text := object.str("data", "mesh")
	config, err := mesh.ApplyMeshConfigDefaults(text)
	k.no("mesh-config", err)
	if err != nil {
		return
	}
	warning, err := meshvalidation.ValidateMeshConfig(config)
	k.no("mesh-config", err)
	if warning != nil {
		k.that("mesh-config-warning", false, "%v", warning)
	}
	k.fleet.trust[k.cluster.Name] = config.GetTrustDomain()
	networks, err := mesh.ParseMeshNetworks(object.str("data", "meshNetworks"))
	k.no("mesh-networks", err)
	if err == nil {
		k.no("mesh-networks", meshvalidation.ValidateMeshNetworks(networks))
	}
}

// object is a rendered object as plain data.
type object struct{ fields map[string]any }

func (k *checker) find(kind, name string) *object {
	for _, o := range k.objects {
		if o.Kind == kind && (name == "" || o.Name == name) {
			return parse(o)
		}
	}
	return nil
}

func (k *checker) all(kind string) []*object {
	var found []*object
	for _, o := range k.objects {
		if o.Kind == kind {
			found = append(found, parse(o))
		}
	}
	return found
}

func parse(o verdict.Object) *object {
	fields := map[string]any{}
	if err := yaml.Unmarshal([]byte(o.YAML), &fields); err != nil {
		panic(fmt.Sprintf("%s was read before: %v", o.Label(), err))
	}
	return &object{fields}
}

func (o *object) at(path ...string) any {
	var v any = o.fields
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

func (o *object) str(path ...string) string {
	s, _ := o.at(path...).(string)
	return s
}

func (o *object) list(path ...string) []*object {
	items, _ := o.at(path...).([]any)
	var out []*object
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			out = append(out, &object{m})
		}
	}
	return out
}

func (o *object) labels(path ...string) map[string]string {
	m, _ := o.at(path...).(map[string]any)
	out := map[string]string{}
	for key, v := range m {
		out[key] = fmt.Sprint(v)
	}
	return out
}

// env gives the literal environment of the first container of a workload.
func (o *object) env() map[string]string {
	out := map[string]string{}
	for _, container := range o.list("spec", "template", "spec", "containers") {
		for _, e := range container.list("env") {
			if value, ok := e.fields["value"]; ok {
				out[e.str("name")] = fmt.Sprint(value)
			}
		}
		break
	}
	return out
}

// ports gives a Service's ports: number to target.
func (o *object) ports() map[int]string {
	out := map[int]string{}
	for _, p := range o.list("spec", "ports") {
		number, _ := p.fields["port"].(float64)
		target := fmt.Sprint(p.fields["targetPort"])
		if p.fields["targetPort"] == nil {
			target = fmt.Sprint(number)
		}
		out[int(number)] = target
	}
	return out
}

func jsonOf(text string) map[string]any {
	m := map[string]any{}
	_ = json.Unmarshal([]byte(text), &m)
	return m
}
