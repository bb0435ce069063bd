package charts

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	commonutil "helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chartv2 "helm.sh/helm/v4/pkg/chart/v2"
	loaderv2 "helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
	"istio.io/istio/manifests"
	"sigs.k8s.io/yaml"

	"isthmus.dev/conformance/internal/dist"
	"isthmus.dev/conformance/verdict"
)

// Address stands for what is only known at run time: a load balancer of another cluster (RFC 5737).
const Address = "203.0.113.10"

// Kubernetes version that the charts are told they are installed on: the oldest that Istio 1.31 supports.
const kubeVersion = "1.32.0"

// Where Istio keeps its charts, by the name they are published under.
var folders = map[string]string{
	"base": "charts/base", "istiod": "charts/istio-control/istio-discovery", "gateway": "charts/gateway",
	"cni": "charts/istio-cni", "ztunnel": "charts/ztunnel",
}

// values reads a release's values and puts the run-time address where the apply plan says.
func values(dir string, r dist.Release) (map[string]any, error) {
	data, err := os.ReadFile(filepath.Join(dir, r.ValuesFile))
	if err != nil {
		return nil, err
	}
	v := map[string]any{}
	if err := yaml.UnmarshalStrict(data, &v); err != nil {
		return nil, fmt.Errorf("%s: %w", r.ValuesFile, err)
	}
	if r.AddressPath != "" {
		if err := set(v, strings.Split(r.AddressPath, "."), Address); err != nil {
			return nil, fmt.Errorf("%s: value path %s: %w", r.ValuesFile, r.AddressPath, err)
		}
	}
	return v, nil
}

func set(v map[string]any, path []string, value any) error {
	for ; len(path) > 1; path = path[1:] {
		next, ok := v[path[0]]
		if !ok {
			next = map[string]any{}
			v[path[0]] = next
		}
		m, ok := next.(map[string]any)
		if !ok {
			return fmt.Errorf("%s holds a %T, not a map", path[0], next)
		}
		v = m
	}
	v[path[0]] = value
	return nil
}

// render runs Helm's engine over a chart as `helm install` would, the chart's schema of values included.
// The answer is in the order of the templates' names.
func render(r dist.Release, vals map[string]any) ([]verdict.Object, error) {
	chart, err := load(r.ChartName())
	if err != nil {
		return nil, err
	}
	caps := *common.DefaultCapabilities
	version, err := common.ParseKubeVersion(kubeVersion)
	if err != nil {
		return nil, err
	}
	caps.KubeVersion = *version
	options := common.ReleaseOptions{Name: r.Name, Namespace: r.Namespace, IsInstall: true, Revision: 1}
	all, err := commonutil.ToRenderValues(chart, vals, options, &caps)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(chart, all)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(files))
	for name := range files {
		if !strings.HasSuffix(name, ".txt") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var objects []verdict.Object
	for _, name := range names {
		split, err := dist.Split("helm:"+r.Name, []byte(files[name]))
		if err != nil {
			return nil, fmt.Errorf("%s renders what is no object: %w", name, err)
		}
		objects = append(objects, split...)
	}
	for i := range objects {
		objects[i].Rendered = true
		if err := defaultNamespace(&objects[i], r.Namespace); err != nil {
			return nil, err
		}
	}
	return objects, nil
}

// Kinds in Istio's charts that live in no namespace.
var clusterScoped = map[string]bool{
	"ClusterRole": true, "ClusterRoleBinding": true, "CustomResourceDefinition": true, "GatewayClass": true,
	"MutatingWebhookConfiguration": true, "ValidatingWebhookConfiguration": true, "Namespace": true,
	"ValidatingAdmissionPolicy": true, "ValidatingAdmissionPolicyBinding": true, "PriorityClass": true,
}

// defaultNamespace does what Helm leaves to the API client: an object without a namespace goes to the release's.
func defaultNamespace(o *verdict.Object, namespace string) error {
	if o.Namespace != "" || clusterScoped[o.Kind] {
		return nil
	}
	u := map[string]any{}
	if err := yaml.Unmarshal([]byte(o.YAML), &u); err != nil {
		return err
	}
	if err := set(u, []string{"metadata", "namespace"}, namespace); err != nil {
		return err
	}
	text, err := yaml.Marshal(u)
	if err != nil {
		return err
	}
	o.YAML, o.Namespace = string(text), namespace
	return nil
}

func load(name string) (*chartv2.Chart, error) {
	root, ok := folders[name]
	if !ok {
		return nil, fmt.Errorf("istio publishes no chart %q", name)
	}
	var files []*archive.BufferedFile
	err := fs.WalkDir(manifests.FS, root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(manifests.FS, path)
		if err != nil {
			return err
		}
		files = append(files, &archive.BufferedFile{Name: strings.TrimPrefix(path, root+"/"), Data: data})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return loaderv2.LoadFiles(files)
}
