package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isthmus.dev/conformance/verdict"
)

const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: straits.sea.istio.io}
spec:
  group: sea.istio.io
  scope: Namespaced
  names: {kind: Strait, plural: straits, singular: strait, listKind: StraitList}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties: {width: {type: integer}}
            x-kubernetes-validations: [{rule: "self.width > 0", message: "no water"}]
`

const pod = `
      containers:
      - name: a
        image: docker.io/istio/a:1
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
`

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: b}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec:` + pod

const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n"

// TestMain lets the test's own binary be the API server, as the judge's binary is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == serve {
		if err := runServer(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func object(apiVersion, kind, ns, name, text string) verdict.Object {
	return verdict.Object{File: "c/10.yaml", Line: 1, YAML: text, APIVersion: apiVersion, Kind: kind, Namespace: ns, Name: name}
}

func in(name string, objects ...verdict.Object) verdict.Cluster {
	return verdict.Cluster{Name: name, Objects: objects}
}

// TestTheServerJudges puts every case before one server, each as a cluster of its own.
func TestTheServerJudges(t *testing.T) {
	file := filepath.Join(t.TempDir(), "crd.yaml")
	if err := os.WriteFile(file, []byte(crd), 0o600); err != nil {
		t.Fatal(err)
	}
	ns := object("v1", "Namespace", "", "b", namespace)
	deploy := func(from, to string) verdict.Object {
		if !strings.Contains(deployment, from) {
			t.Fatalf("nothing to plant at %q", from)
		}
		return object("apps/v1", "Deployment", "b", "a", strings.ReplaceAll(deployment, from, to))
	}
	strait := func(spec string) verdict.Object {
		return object("sea.istio.io/v1", "Strait", "b", "s",
			"apiVersion: sea.istio.io/v1\nkind: Strait\nmetadata: {name: s, namespace: b}\nspec: "+spec+"\n")
	}
	service := func(port string) verdict.Object {
		return object("v1", "Service", "b", "a",
			"apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: b}\nspec: {ports: [{name: http, port: "+port+"}]}\n")
	}
	rendered := deploy("runAsNonRoot: true", "runAsNonRoot: false")
	rendered.Rendered = true
	cases := []struct {
		cluster verdict.Cluster
		// Judge without its version, code and a part of what is said; empty: agreed.
		judge, code, says string
	}{
		{cluster: in("correct", ns, deploy("a", "a"), service("80"), strait("{width: 3}"))},
		{in("unknown-field", ns, deploy("matchLabels:", "matchLabel:")), "kubernetes", "refused", "field not declared in schema"},
		{in("repeated-field", ns, deploy("metadata: {labels", "metadata: {name: m, name: n2, labels")), "kubernetes", "refused", "already set"},
		{in("wrong-port", ns, service("70000")), "kubernetes", "refused", "65535"},
		{in("selector", ns, deploy("labels: {app: a}", "labels: {app: z}")), "kubernetes", "refused", "selector"},
		{in("no-namespace", service("80")), "kubernetes", "refused", "not found"},
		{in("cel", ns, strait("{width: 0}")), "kubernetes", "refused", "no water"},
		{in("unserved", ns, object("apps/v1beta1", "Deployment", "b", "a", deployment)), "kubernetes", "refused", "no matches"},
		{in("cluster-scoped", object("v1", "Namespace", "b", "b", namespace)), "kubernetes", "refused", "no namespace"},
		{in("root", ns, deploy("runAsNonRoot: true", "runAsNonRoot: false")), "pod-security", "restricted", "runAsNonRoot"},
		{in("capabilities", ns, deploy("drop: [ALL]", "drop: [NET_RAW]")), "pod-security", "restricted", "capabilities"},
		{cluster: in("rendered", ns, rendered)},
	}
	question := verdict.Question{CRDs: []string{file}}
	for _, c := range cases {
		question.Folders = append(question.Folders, verdict.Folder{Dir: c.cluster.Name, Clusters: []verdict.Cluster{c.cluster}})
	}
	foreign := object("argoproj.io/v1alpha1", "Application", "argocd", "x", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: x, namespace: argocd}\n")
	question.Folders = append(question.Folders, verdict.Folder{Dir: "foreign", Clusters: []verdict.Cluster{in("foreign", foreign)}})

	server, err := start()
	if err != nil {
		t.Fatal(err)
	}
	defer server.stop()
	reports, err := judge(server.config, question)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]verdict.Disagreement{}
	for _, r := range reports {
		for _, d := range r.Disagreements {
			found[d.Dir] = append(found[d.Dir], d)
		}
	}
	for _, c := range cases {
		got := found[c.cluster.Name]
		if c.judge == "" {
			if len(got) > 0 {
				t.Errorf("%s: %+v", c.cluster.Name, got)
			}
			continue
		}
		held := false
		for _, d := range got {
			held = held || (strings.HasPrefix(d.Judge, c.judge) && d.Code == c.code && strings.Contains(d.Message, c.says))
		}
		if !held {
			t.Errorf("%s: want %s %s %q, got %+v", c.cluster.Name, c.judge, c.code, c.says, got)
		}
	}
	if n := reports[0].Unjudged["argoproj.io/v1alpha1 Application"]; n != 1 || len(found["foreign"]) > 0 {
		t.Errorf("foreign kinds: %d unjudged, %+v", n, found["foreign"])
	}
}
