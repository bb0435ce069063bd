package analyzers

import (
	"encoding/json"
	"fmt"
	"strings"

	"istio.io/istio/pkg/config/analysis/analyzers/injection"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"isthmus.dev/conformance/internal/charts"
	"isthmus.dev/conformance/internal/dist"
	"isthmus.dev/conformance/verdict"
)

const proxyContainer = "istio-proxy"

// pods makes the one pod that stands for each workload, as the cluster would have it once everything runs: with
// the sidecar where the namespace or the pod asks for it. Analyzers look at pods for subsets, selectors and images.
func pods(c *dist.Cluster, objects []verdict.Object, image string) ([]verdict.Object, error) {
	injected := map[string]bool{}
	for _, o := range objects {
		if o.Kind != "Namespace" {
			continue
		}
		ns := corev1.Namespace{}
		if err := yaml.Unmarshal([]byte(o.YAML), &ns); err != nil {
			return nil, err
		}
		rev, ok := ns.Labels["istio.io/rev"]
		injected[o.Name] = ns.Labels["istio-injection"] == "enabled" ||
			(ns.Labels["istio-injection"] == "" && ok && rev != "" && ns.Labels["istio.io/dataplane-mode"] == "")
	}
	var made []verdict.Object
	for _, o := range objects {
		switch o.Kind {
		case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet":
		default:
			continue
		}
		workload := appsv1.Deployment{} // the others differ in nothing that is used here
		if err := yaml.Unmarshal([]byte(o.YAML), &workload); err != nil {
			return nil, fmt.Errorf("%s: %w", o.Label(), err)
		}
		template := workload.Spec.Template
		pod := corev1.Pod{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
			ObjectMeta: template.ObjectMeta, Spec: template.Spec,
			Status: corev1.PodStatus{Phase: corev1.PodRunning},
		}
		pod.Name, pod.Namespace = o.Name+"-pod", o.Namespace
		inject(&pod, injected[o.Namespace], image)
		register(&pod, c)
		text, err := json.Marshal(pod)
		if err != nil {
			return nil, err
		}
		made = append(made, verdict.Object{
			File: o.File, Line: o.Line, YAML: string(text), APIVersion: "v1", Kind: "Pod",
			Namespace: pod.Namespace, Name: pod.Name, Rendered: true,
		})
	}
	return made, nil
}

// inject does of the injection what the analyzers look at: the proxy's container and its image.
func inject(pod *corev1.Pod, byNamespace bool, image string) {
	wanted := byNamespace
	if v, ok := pod.Labels["sidecar.istio.io/inject"]; ok {
		wanted = v == "true"
	}
	if !wanted || pod.Spec.HostNetwork {
		return
	}
	for i, c := range pod.Spec.Containers {
		if c.Name == proxyContainer {
			if c.Image == "auto" {
				pod.Spec.Containers[i].Image = image
			}
			return
		}
	}
	pod.Spec.Containers = append(pod.Spec.Containers, corev1.Container{Name: proxyContainer, Image: image})
}

// register adds the labels that istiod's registry adds to every endpoint, and that subsets may name. The analyzer
// leaves them out: pkg/config/analysis/analyzers/destinationrule/subset.go calls AugmentLabels without cluster and network.
func register(pod *corev1.Pod, c *dist.Cluster) {
	if pod.Labels == nil {
		pod.Labels = map[string]string{}
	}
	pod.Labels["topology.istio.io/cluster"] = c.Name
	if pod.Labels["topology.istio.io/network"] == "" {
		pod.Labels["topology.istio.io/network"] = c.Network
	}
}

// proxyImage is what the fleet's injector puts into pods. Remotes take it from their primary.
func proxyImage(rendered charts.Rendered) string {
	for _, objects := range rendered {
		for _, o := range objects {
			if o.Kind != "ConfigMap" || !strings.HasPrefix(o.Name, "istio-sidecar-injector") {
				continue
			}
			cm := corev1.ConfigMap{}
			if err := yaml.Unmarshal([]byte(o.YAML), &cm); err == nil {
				return injection.GetIstioProxyImage(&cm)
			}
		}
	}
	return "docker.io/istio/proxyv2:1.31.1"
}

// meshConfig is the mesh config that the charts render for a cluster, or empty.
func meshConfig(objects []verdict.Object) string {
	for _, o := range objects {
		if o.Kind != "ConfigMap" || (o.Name != "istio" && !strings.HasPrefix(o.Name, "istio-")) {
			continue
		}
		cm := corev1.ConfigMap{}
		if err := yaml.Unmarshal([]byte(o.YAML), &cm); err == nil && cm.Data["mesh"] != "" {
			return cm.Data["mesh"]
		}
	}
	return ""
}
