// Package dist reads what the library writes: docs/architecture.md, "dist" and "The apply plan".
package dist

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"istio.io/istio/pilot/pkg/config/file/util/kubeyaml"
	"sigs.k8s.io/yaml"

	"isthmus.dev/conformance/verdict"
)

// Cluster is an entry of fleet.json.
type Cluster struct {
	Name         string   `json:"name"`
	Context      string   `json:"context"`
	Network      string   `json:"network"`
	Region       string   `json:"region"`
	Zones        []string `json:"zones"`
	ControlPlane struct {
		Role    string `json:"role"`
		Primary string `json:"primary"`
	} `json:"controlPlane"`
	// The cluster whose Istio configuration this cluster's proxies get.
	ConfigCluster ConfigCluster `json:"configCluster"`

	Objects  []verdict.Object `json:"-"`
	Releases []Release        `json:"-"`
}

// ConfigCluster is a cluster's name or, where a fleet says only whether a cluster is one, a boolean.
type ConfigCluster struct {
	Name string
	Is   *bool
}

// UnmarshalJSON takes either form.
func (c *ConfigCluster) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &c.Name); err == nil {
		return nil
	}
	return json.Unmarshal(data, &c.Is)
}

// HoldsConfig says whether Istio configuration is read from this cluster.
func (c *Cluster) HoldsConfig() bool {
	switch {
	case c.ConfigCluster.Is != nil:
		return *c.ConfigCluster.Is
	case c.ConfigCluster.Name != "":
		return c.ConfigCluster.Name == c.Name
	default:
		return c.ControlPlane.Role == "primary"
	}
}

// Release is a `helm` or `helm-address` step of the apply plan.
type Release struct {
	Name, Chart, Version, Namespace, ValuesFile string
	// Dotted path of a value that is only known at run time (`helm-address`), else empty.
	AddressPath string
}

// ChartName is the last part of the chart's reference: `istiod` of `oci://…/charts/istiod`.
func (r Release) ChartName() string {
	return r.Chart[strings.LastIndex(r.Chart, "/")+1:]
}

// Dist is one judged folder.
type Dist struct {
	Dir      string
	Clusters []*Cluster
	// What goes to none of the clusters: Argo CD's own objects.
	ArgoCD []verdict.Object
}

// Cluster finds a cluster by name, or nil.
func (d *Dist) Cluster(name string) *Cluster {
	for _, c := range d.Clusters {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Load reads a folder. A folder without fleet.json is incomplete and refused, and so is a cluster without a
// single manifest or a file that isn't YAML.
func Load(dir string) (*Dist, error) {
	data, err := os.ReadFile(filepath.Join(dir, "fleet.json"))
	if err != nil {
		return nil, fmt.Errorf("%s is incomplete, fleet.json is written last: %w", dir, err)
	}
	var fleet struct {
		Version  int        `json:"version"`
		Clusters []*Cluster `json:"clusters"`
	}
	if err := json.Unmarshal(data, &fleet); err != nil {
		return nil, fmt.Errorf("%s/fleet.json: %w", dir, err)
	}
	if fleet.Version != 1 {
		return nil, fmt.Errorf("%s/fleet.json: version %d, this program knows 1", dir, fleet.Version)
	}
	if len(fleet.Clusters) == 0 {
		return nil, fmt.Errorf("%s/fleet.json: no clusters", dir)
	}
	d := &Dist{Dir: dir, Clusters: fleet.Clusters}
	for _, c := range d.Clusters {
		if c.Objects, err = readFolder(dir, c.Name); err != nil {
			return nil, err
		}
		if len(c.Objects) == 0 {
			return nil, fmt.Errorf("%s: cluster %s of fleet.json has no manifests", dir, c.Name)
		}
	}
	if d.ArgoCD, err = readFolder(dir, "argocd"); err != nil {
		return nil, err
	}
	return d, d.readPlan()
}

func readFolder(dir, cluster string) ([]verdict.Object, error) {
	files, err := filepath.Glob(filepath.Join(dir, cluster, "*.yaml"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	var all []verdict.Object
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		objects, err := Split(cluster+"/"+filepath.Base(file), data)
		if err != nil {
			return nil, err
		}
		all = append(all, objects...)
	}
	return all, nil
}

// Split cuts a stream of YAML documents into objects. Documents without content are dropped.
func Split(file string, data []byte) ([]verdict.Object, error) {
	var objects []verdict.Object
	reader := kubeyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for {
		doc, line, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		var head struct {
			APIVersion string `json:"apiVersion"`
			Kind       string `json:"kind"`
			Metadata   struct {
				Name      string `json:"name"`
				Namespace string `json:"namespace"`
			} `json:"metadata"`
		}
		if err := yaml.Unmarshal(doc, &head); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, line, err)
		}
		if head.Kind == "" && head.APIVersion == "" && isEmpty(doc) {
			continue
		}
		if head.Kind == "" || head.APIVersion == "" || head.Metadata.Name == "" {
			return nil, fmt.Errorf("%s:%d: no Kubernetes object: apiVersion, kind and metadata.name are needed", file, line)
		}
		objects = append(objects, verdict.Object{
			File: file, Line: line, YAML: string(doc),
			APIVersion: head.APIVersion, Kind: head.Kind, Namespace: head.Metadata.Namespace, Name: head.Metadata.Name,
		})
	}
}

func isEmpty(doc []byte) bool {
	var any map[string]any
	return yaml.Unmarshal(doc, &any) == nil && len(any) == 0
}

// Columns of a helm step after step, cluster, context and action.
const (
	colCluster = 1
	colAction  = 3
	helmArgs   = 4
)

func (d *Dist) readPlan() error {
	file := filepath.Join(d.Dir, "apply.tsv")
	data, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil // a fleet that somebody else installs
	}
	if err != nil {
		return err
	}
	for i, line := range strings.Split(string(data), "\n") {
		f := strings.Split(line, "\t")
		if len(f) <= colAction || (f[colAction] != "helm" && f[colAction] != "helm-address") {
			continue
		}
		if len(f) < helmArgs+7 || (f[colAction] == "helm-address" && len(f) < helmArgs+8) {
			return fmt.Errorf("%s:%d: %d columns are too few for %s", file, i+1, len(f), f[colAction])
		}
		c := d.Cluster(f[colCluster])
		if c == nil {
			return fmt.Errorf("%s:%d: cluster %q isn't in fleet.json", file, i+1, f[colCluster])
		}
		r := Release{Name: f[4], Chart: f[5], Version: f[6], Namespace: f[7], ValuesFile: f[8]}
		if f[colAction] == "helm-address" {
			r.AddressPath = f[11]
		}
		c.Releases = append(c.Releases, r)
	}
	return nil
}
