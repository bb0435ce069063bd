package charts

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"isthmus.dev/conformance/internal/dist"
)

// Istio's own port numbers: manifests/charts/istio-control/istio-discovery/templates/service.yaml and
// manifests/charts/gateway/values.yaml.
const (
	portXDS      = 15012
	portHTTPS    = 443
	portWebhook  = 15017
	portMTLS     = 15443
	networkLabel = "topology.istio.io/network"
)

// istiod checks what the install model in fleet.json asks of a cluster's istiod release.
func (k *checker) istiod() {
	if k.cluster.ControlPlane.Role == "primary" {
		k.primary()
	} else if k.find("Deployment", "") == nil {
		k.remote()
	} else {
		// The istiod of an external control plane runs in somebody else's cluster, for the config cluster.
		k.external()
	}
	k.meshConfig(k.find("ConfigMap", "istio"+k.suffix()))
}

// suffix is what a revision adds to the names of istiod's objects.
func (k *checker) suffix() string {
	for _, d := range k.all("MutatingWebhookConfiguration") {
		if rev := d.labels("metadata", "labels")["istio.io/rev"]; rev != "" && rev != "default" {
			return "-" + rev
		}
	}
	return ""
}

func (k *checker) primary() {
	name := "istiod" + k.suffix()
	deployment := k.find("Deployment", name)
	k.that("istiod", deployment != nil, "a primary needs a Deployment %s, none is rendered", name)
	if deployment == nil {
		return
	}
	env := deployment.env()
	k.that("cluster-id", env["CLUSTER_ID"] == k.cluster.Name, "CLUSTER_ID is %q, the cluster is %q", env["CLUSTER_ID"], k.cluster.Name)
	served := k.served()
	if len(served) > 0 {
		k.that("external-istiod", env["EXTERNAL_ISTIOD"] == "true",
			"EXTERNAL_ISTIOD is %q, but %s is served from here: istiod would write no root certificate and no webhook CA there",
			env["EXTERNAL_ISTIOD"], strings.Join(served, ", "))
	}
	k.service(name)
	k.injector()
	for _, hook := range k.webhooks() {
		path := hook.str("clientConfig", "service", "path")
		k.that("webhook-path", path == "/inject", "webhook %s calls %q, a primary's own istiod is at /inject", hook.str("name"), path)
	}
}

// served lists the clusters whose control plane is this one.
func (k *checker) served() []string {
	var names []string
	for _, c := range k.fleet.dist.Clusters {
		if c.Name != k.cluster.Name && c.ControlPlane.Primary == k.cluster.Name {
			names = append(names, c.Name)
		}
	}
	return names
}

func (k *checker) service(name string) {
	service := k.find("Service", name)
	k.that("service", service != nil, "no Service %s is rendered", name)
	if service == nil {
		return
	}
	ports := service.ports()
	_, xds := ports[portXDS]
	k.that("service", xds, "Service %s lacks port %d", name, portXDS)
	k.that("service", ports[portHTTPS] == fmt.Sprint(portWebhook), "Service %s: port %d leads to %q, webhooks are served at %d",
		name, portHTTPS, ports[portHTTPS], portWebhook)
}

// injector reads the values that istiod injects from.
func (k *checker) injector() {
	cm := k.find("ConfigMap", "istio-sidecar-injector"+k.suffix())
	k.that("injector", cm != nil, "no ConfigMap istio-sidecar-injector%s is rendered", k.suffix())
	if cm == nil {
		return
	}
	v := &object{jsonOf(cm.str("data", "values"))}
	network, cluster, mesh := v.str("global", "network"), v.str("global", "multiCluster", "clusterName"), v.str("global", "meshID")
	k.that("network", network == k.cluster.Network, "proxies get network %q, the cluster is on %q", network, k.cluster.Network)
	k.that("cluster-id", cluster == k.cluster.Name, "proxies get cluster %q, the cluster is %q", cluster, k.cluster.Name)
	k.fleet.meshIDs[k.cluster.Name] = mesh
}

func (k *checker) webhooks() []*object {
	var hooks []*object
	for _, config := range k.all("MutatingWebhookConfiguration") {
		if strings.HasPrefix(config.str("metadata", "name"), "istio-sidecar-injector") {
			hooks = append(hooks, config.list("webhooks")...)
		}
	}
	k.that("webhooks", len(hooks) > 0, "no sidecar injector is rendered")
	return hooks
}

// remote checks a cluster without an istiod: webhooks and a Service that lead to another cluster's.
func (k *checker) remote() {
	want := fmt.Sprintf("/inject/cluster/%s/net/%s", k.cluster.Name, k.cluster.Network)
	inPlace := false
	for _, hook := range k.webhooks() {
		path := hook.str("clientConfig", "service", "path")
		if u := hook.str("clientConfig", "url"); u != "" {
			parsed, err := url.Parse(u)
			k.no("webhook-path", err)
			if err == nil {
				path = parsed.Path
				k.that("webhook-path", parsed.Scheme == "https", "webhook %s has the URL %q, Kubernetes calls https only", hook.str("name"), u)
			}
		} else {
			inPlace = true
		}
		k.that("webhook-path", path == want, "webhook %s calls %q, so proxies get other names than %q gives", hook.str("name"), path, want)
	}
	name := "istiod" + k.suffix()
	service := k.find("Service", name)
	if inPlace || service != nil {
		k.service(name)
	}
	if service != nil && inPlace {
		k.that("external-name", service.str("spec", "type") != "ExternalName",
			"Service %s is an ExternalName, which the API server refuses for webhooks: remotePilotAddress must be an IP address", name)
		slice := k.find("EndpointSlice", "")
		k.that("endpoints", slice != nil, "no EndpointSlice for Service %s is rendered", name)
		if slice != nil {
			var numbers []int
			for _, p := range slice.list("ports") {
				n, _ := p.fields["port"].(float64)
				numbers = append(numbers, int(n))
			}
			k.that("endpoints", slices.Contains(numbers, portXDS) && slices.Contains(numbers, portWebhook),
				"EndpointSlice has the ports %v, %d and %d are needed", numbers, portXDS, portWebhook)
		}
	}
	k.led()
}

// led checks the namespace that tells the primary's istiod to look after this cluster
// (pilot/pkg/serviceregistry/kube/controller/multicluster.go, checkShouldLead).
func (k *checker) led() {
	primary := k.cluster.ControlPlane.Primary
	if primary == "" {
		return
	}
	const annotation = "topology.istio.io/controlPlaneClusters"
	for _, o := range k.cluster.Objects {
		if o.Kind == "Namespace" && o.Name == k.release.Namespace {
			value, _ := parse(o).at("metadata", "annotations", annotation).(string)
			holds := value == "*" || slices.Contains(strings.Split(value, ","), primary)
			k.that("control-plane-clusters", holds, "%s on namespace %s is %q, %s isn't in it", annotation, o.Name, value, primary)
			return
		}
	}
	k.that("control-plane-clusters", false, "namespace %s isn't written for this cluster: nothing tells %s to lead it", k.release.Namespace, primary)
}

// external checks an istiod that serves a config cluster from outside.
func (k *checker) external() {
	env := k.find("Deployment", "").env()
	k.that("external-istiod", env["EXTERNAL_ISTIOD"] == "true", "EXTERNAL_ISTIOD is %q for an istiod that runs outside", env["EXTERNAL_ISTIOD"])
	served := k.fleet.dist.Cluster(env["CLUSTER_ID"])
	k.that("cluster-id", served != nil, "CLUSTER_ID is %q, which fleet.json doesn't know", env["CLUSTER_ID"])
	if served != nil {
		k.that("cluster-id", served.HoldsConfig(), "CLUSTER_ID is %q, which isn't a config cluster", served.Name)
	}
}

func (k *checker) gateway() {
	deployment, service := k.find("Deployment", ""), k.find("Service", "")
	k.that("gateway", deployment != nil && service != nil, "a gateway needs a Deployment and a Service")
	if deployment == nil || service == nil {
		return
	}
	pod := deployment.labels("spec", "template", "metadata", "labels")
	for key, value := range service.labels("spec", "selector") {
		k.that("selector", pod[key] == value, "the Service selects %s=%s, the pods have %q", key, value, pod[key])
	}
	network := service.labels("metadata", "labels")[networkLabel]
	if network == "" {
		return
	}
	ports := service.ports()
	k.that("network", network == k.cluster.Network, "the gateway says network %q, the cluster is on %q", network, k.cluster.Network)
	k.that("network", pod[networkLabel] == network, "pods say network %q, their Service %q", pod[networkLabel], network)
	view := deployment.env()["ISTIO_META_REQUESTED_NETWORK_VIEW"]
	k.that("network", view == network, "ISTIO_META_REQUESTED_NETWORK_VIEW is %q, the network is %q", view, network)
	_, mtls := ports[portMTLS]
	k.that("ports", mtls, "an east-west gateway needs port %d", portMTLS)
	if len(k.served()) > 0 {
		_, xds := ports[portXDS]
		_, hook := ports[portWebhook]
		k.that("ports", xds && hook, "a gateway that leads remotes to istiod needs ports %d and %d", portXDS, portWebhook)
	}
}

func (k *checker) ztunnel() {
	daemon := k.find("DaemonSet", "")
	k.that("ztunnel", daemon != nil, "no DaemonSet is rendered")
	if daemon == nil {
		return
	}
	env := daemon.env()
	k.that("network", env["NETWORK"] == k.cluster.Network, "NETWORK is %q, the cluster is on %q", env["NETWORK"], k.cluster.Network)
	k.that("cluster-id", env["ISTIO_META_CLUSTER_ID"] == k.cluster.Name, "ISTIO_META_CLUSTER_ID is %q, the cluster is %q",
		env["ISTIO_META_CLUSTER_ID"], k.cluster.Name)
}

func (k *checker) base() {
	k.that("reader", k.find("ServiceAccount", "istio-reader-service-account") != nil,
		"no ServiceAccount istio-reader-service-account is rendered: no primary could read this cluster")
}

// networks asks, in a fleet of several networks, that each can be entered: by a rendered east-west gateway, or
// by a Gateway or Service among the manifests that names the network, or by static mesh networks.
func (f *fleet) networks() {
	names := map[string][]*dist.Cluster{}
	for _, c := range f.dist.Clusters {
		names[c.Network] = append(names[c.Network], c)
	}
	if len(names) < 2 || len(f.rendered) == 0 {
		return
	}
	for network, clusters := range names {
		f.report.Cases++
		entered := false
		for _, c := range clusters {
			for _, o := range append(slices.Clone(f.rendered[c]), c.Objects...) {
				if (o.Kind == "Service" || o.Kind == "Gateway") && parse(o).labels("metadata", "labels")[networkLabel] == network {
					entered = true
				}
			}
		}
		if !entered && !f.static(network) {
			f.disagree(clusters[0].Name, "network "+network, "no-gateway", "several networks, but nothing leads into this one")
		}
	}
}

func (f *fleet) static(network string) bool {
	for _, objects := range f.rendered {
		for _, o := range objects {
			if o.Kind == "ConfigMap" && strings.HasPrefix(o.Name, "istio") && strings.Contains(parse(o).str("data", "meshNetworks"), network+":") {
				return true
			}
		}
	}
	return false
}
