// Package endpoints asks istiod's own endpoint builder what proxies are told, and compares it, number for number,
// with what this library says (tools/conformance-assignments.ts).
package endpoints

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/xds/endpoints"
	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/cluster"
	"istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/network"
	"istio.io/istio/pkg/test"

	"isthmus.dev/conformance/verdict"
)

// Name of this judge in reports and in the list of known differences.
const Name = "istiod-endpoints"

// Folder is one expanded dist with this library's answers.
type Folder struct {
	Dir      string `json:"dir"`
	Clusters []struct {
		Name    string `json:"name"`
		Objects string `json:"objects"`
	} `json:"clusters"`
	Planes    []Plane    `json:"planes"`
	Questions []Question `json:"questions"`
}

// Plane is one istiod: it reads the configuration of its own cluster and the core objects of all.
type Plane struct {
	Cluster    string `json:"cluster"`
	MeshConfig string `json:"meshConfig"`
	Config     string `json:"config"`
}

// Question is one proxy and one of its Envoy clusters, with this library's answer.
type Question struct {
	Plane string `json:"plane"`
	Proxy struct {
		Kind        string            `json:"kind"`
		Cluster     string            `json:"cluster"`
		Namespace   string            `json:"namespace"`
		Network     string            `json:"network"`
		Locality    Locality          `json:"locality"`
		Labels      map[string]string `json:"labels"`
		NetworkView []string          `json:"networkView"`
		Node        string            `json:"node"`
	} `json:"proxy"`
	// Istio's name: `outbound|9080|v1|reviews.bookinfo.svc.cluster.local`.
	Name       string  `json:"name"`
	Localities []Group `json:"localities"`
}

// Locality is a region, zone and subzone.
type Locality struct {
	Region  string `json:"region"`
	Zone    string `json:"zone"`
	Subzone string `json:"subzone"`
}

// Group is the hosts of one locality and priority.
type Group struct {
	Locality
	Priority  uint32 `json:"priority"`
	Weight    uint32 `json:"weight"`
	Endpoints []Host `json:"endpoints"`
}

// Host is one endpoint or the gateway that stands for several.
type Host struct {
	Address string `json:"address"`
	Weight  uint32 `json:"weight"`
	Health  string `json:"health"`
}

// Read reads what tools/conformance-assignments.ts writes.
func Read(in io.Reader) ([]Folder, error) {
	var folders []Folder
	err := json.NewDecoder(in).Decode(&folders)
	return folders, err
}

// How long istiod's index of endpoints may take to fill: it does so asynchronously.
var patience = 30 * time.Second

// Judge starts one istiod for every control plane and asks it every question.
func Judge(folders []Folder) (verdict.Report, error) {
	start := time.Now()
	report := verdict.Report{Judge: Name}
	for _, folder := range folders {
		for _, plane := range folder.Planes {
			if err := ask(&report, folder, plane); err != nil {
				return report, fmt.Errorf("%s: istiod of %s: %w", folder.Dir, plane.Cluster, err)
			}
		}
	}
	report.Seconds = time.Since(start).Seconds()
	report.Source = fmt.Sprintf("%d meshes, %d answers without any endpoint", len(folders), empty(folders))
	return report, nil
}

// empty counts the questions whose right answer is nothing: a check of it says less than the others do.
func empty(folders []Folder) int {
	n := 0
	for _, f := range folders {
		for _, q := range f.Questions {
			if len(q.Localities) == 0 {
				n++
			}
		}
	}
	return n
}

func ask(report *verdict.Report, folder Folder, plane Plane) error {
	meshConfig, err := mesh.ApplyMeshConfigDefaults(plane.MeshConfig)
	if err != nil {
		return err
	}
	options := xds.FakeOptions{
		DefaultClusterName: cluster.ID(plane.Cluster), MeshConfig: meshConfig, ConfigString: plane.Config,
		KubernetesObjectStringByCluster: map[cluster.ID]string{},
	}
	for _, c := range folder.Clusters {
		options.KubernetesObjectStringByCluster[cluster.ID(c.Name)] = c.Objects
	}
	return test.Wrap(func(t test.Failer) {
		server := xds.NewFakeDiscoveryServer(t, options)
		deadline := time.Now().Add(patience)
		for _, q := range folder.Questions {
			if q.Plane != plane.Cluster {
				continue
			}
			report.Cases++
			want := canonical(q.Localities)
			got := answer(server, q)
			for got != want && time.Now().Before(deadline) {
				time.Sleep(10 * time.Millisecond)
				got = answer(server, q)
			}
			if got != want {
				report.Disagreements = append(report.Disagreements, verdict.Disagreement{
					Judge: Name, Dir: folder.Dir, Cluster: q.Proxy.Cluster, Code: "assignment",
					Object:  fmt.Sprintf("%s from %s/%s", q.Name, q.Proxy.Cluster, q.Proxy.Locality.Zone),
					Message: fmt.Sprintf("istiod says %s; isthmus says %s", got, want),
				})
			}
		}
	})
}

// answer builds the assignment anew: the push context and the index of endpoints change until everything is read.
func answer(server *xds.FakeDiscoveryServer, q Question) string {
	labels := map[string]string{}
	for key, value := range q.Proxy.Labels {
		labels[key] = value
	}
	kind := model.SidecarProxy
	if q.Proxy.Kind == "gateway" {
		kind = model.Router
	}
	proxy := server.SetupProxy(&model.Proxy{
		Type: kind, ConfigNamespace: q.Proxy.Namespace, Labels: labels,
		Locality: &corev3.Locality{Region: q.Proxy.Locality.Region, Zone: q.Proxy.Locality.Zone, SubZone: q.Proxy.Locality.Subzone},
		Metadata: &model.NodeMetadata{
			ClusterID: cluster.ID(q.Proxy.Cluster), Network: network.ID(q.Proxy.Network), Namespace: q.Proxy.Namespace,
			Labels: labels, NodeName: q.Proxy.Node, RequestedNetworkView: q.Proxy.NetworkView, IstioVersion: "1.31.0",
		},
	})
	builder := endpoints.NewEndpointBuilder(q.Name, proxy, server.PushContext())
	return canonical(groups(builder.BuildClusterLoadAssignment(server.Discovery.Env.EndpointIndex)))
}

func groups(assignment *endpointv3.ClusterLoadAssignment) []Group {
	var all []Group
	for _, l := range assignment.GetEndpoints() {
		if len(l.LbEndpoints) == 0 {
			continue
		}
		g := Group{
			Locality: Locality{l.Locality.GetRegion(), l.Locality.GetZone(), l.Locality.GetSubZone()},
			Priority: l.Priority, Weight: l.LoadBalancingWeight.GetValue(),
		}
		for _, e := range l.LbEndpoints {
			address := e.GetEndpoint().GetAddress().GetSocketAddress()
			g.Endpoints = append(g.Endpoints, Host{
				Address: fmt.Sprintf("%s:%d", address.GetAddress(), address.GetPortValue()),
				Weight:  e.GetLoadBalancingWeight().GetValue(), Health: health(e.HealthStatus),
			})
		}
		all = append(all, g)
	}
	return all
}

func health(status corev3.HealthStatus) string {
	if status == corev3.HealthStatus_UNKNOWN {
		return "healthy" // what Envoy takes it for
	}
	return strings.ToLower(status.String())
}

// canonical writes groups in an order that doesn't matter to Envoy: by priority and locality, hosts by address.
func canonical(groups []Group) string {
	lines := make([]string, 0, len(groups))
	for _, g := range groups {
		hosts := make([]string, 0, len(g.Endpoints))
		for _, h := range g.Endpoints {
			hosts = append(hosts, fmt.Sprintf("%s weight %d %s", h.Address, h.Weight, h.Health))
		}
		slices.Sort(hosts)
		lines = append(lines, fmt.Sprintf("priority %d %s/%s/%s weight %d [%s]",
			g.Priority, g.Region, g.Zone, g.Subzone, g.Weight, strings.Join(hosts, ", ")))
	}
	slices.Sort(lines)
	if len(lines) == 0 {
		return "nothing"
	}
	return strings.Join(lines, "; ")
}
