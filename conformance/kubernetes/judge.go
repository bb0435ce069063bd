package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/rest"

	"isthmus.dev/conformance/verdict"
)

const (
	restricted  = "pod-security"
	fieldOwner  = "isthmus" // the library's own field manager: docs/architecture.md, "The apply plan"
	judgesOwner = "conformance"
)

// judge installs the CRDs and puts every object of every cluster before the server.
func judge(config *rest.Config, question verdict.Question) ([]verdict.Report, error) {
	source := "k8s.io/kubernetes " + version() + ", kube-apiserver"
	api := verdict.Report{Judge: "kubernetes-" + minor(), Source: source, Unjudged: map[string]int{}}
	security := verdict.Report{Judge: restricted + "-" + minor(), Source: source + ", profile restricted"}
	ctx := context.Background()
	start := time.Now()
	for _, file := range question.CRDs {
		if err := install(ctx, config, file); err != nil {
			return nil, err
		}
	}
	client, err := newClient(config)
	if err != nil {
		return nil, err
	}
	for _, folder := range question.Folders {
		for _, cluster := range folder.Clusters {
			c := &courtroom{client: client, dir: folder.Dir, cluster: cluster.Name, api: &api, security: &security}
			if err := c.hear(ctx, cluster.Objects); err != nil {
				return nil, fmt.Errorf("%s %s: %w", folder.Dir, cluster.Name, err)
			}
		}
	}
	api.Seconds = time.Since(start).Seconds()
	return []verdict.Report{api, security}, nil
}

// courtroom is one cluster's turn.
type courtroom struct {
	client        *client
	dir, cluster  string
	api, security *verdict.Report
}

// hear creates the cluster's namespaces, tries everything else in them, and takes the namespaces away again, so
// that the next cluster finds only its own.
func (c *courtroom) hear(ctx context.Context, objects []verdict.Object) error {
	var made []string
	for _, o := range objects {
		if o.Kind != "Namespace" || o.APIVersion != "v1" {
			continue
		}
		warnings, err := c.client.apply(ctx, o, false)
		c.note(o, warnings, err)
		if err != nil {
			continue
		}
		made = append(made, o.Name)
		// Asks the server to say of every pod template whether Pod Security's strictest profile would take it.
		if err := c.client.warnRestricted(ctx, o.Name); err != nil {
			return err
		}
	}
	for _, o := range objects {
		if o.Kind == "Namespace" && o.APIVersion == "v1" {
			continue
		}
		known, err := c.client.serves(o)
		if err != nil {
			return err
		}
		if !known && foreign(o) {
			c.api.Unjudged[o.APIVersion+" "+o.Kind]++
			continue
		}
		warnings, err := c.client.apply(ctx, o, true)
		c.note(o, warnings, err)
	}
	for _, name := range made {
		if err := c.client.removeNamespace(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// The kinds whose pod templates Pod Security evaluates.
var workloads = map[string]bool{
	"Deployment": true, "StatefulSet": true, "DaemonSet": true, "ReplicaSet": true, "Job": true, "CronJob": true, "Pod": true,
}

// note writes down what the server said. What Istio's charts render isn't ours: it must be accepted, but neither
// warnings nor Pod Security are held against it.
func (c *courtroom) note(o verdict.Object, warnings []string, err error) {
	c.api.Cases++
	if err != nil {
		c.disagree(c.api, o, "refused", err.Error())
	}
	if o.Rendered {
		return
	}
	if workloads[o.Kind] {
		c.security.Cases++
	}
	for _, w := range warnings {
		if strings.Contains(w, "would violate PodSecurity") {
			c.disagree(c.security, o, "restricted", w)
		} else {
			c.disagree(c.api, o, "warning", w)
		}
	}
}

func (c *courtroom) disagree(report *verdict.Report, o verdict.Object, code, message string) {
	report.Disagreements = append(report.Disagreements, verdict.Disagreement{
		Judge: report.Judge, Dir: c.dir, Cluster: c.cluster, File: o.File, Line: o.Line, Object: o.Label(),
		Code: code, Message: strings.Join(strings.Fields(message), " "),
	})
}

// foreign says whether an object belongs to somebody whose CRDs aren't to be had as a module. A kind of Kubernetes,
// Istio or the Gateway API that the server doesn't serve is a mistake of ours instead.
func foreign(o verdict.Object) bool {
	group, _, ok := strings.Cut(o.APIVersion, "/")
	return ok && strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io") && !strings.HasSuffix(group, ".istio.io")
}

// install creates the CRDs of a file and waits until they are served.
func install(ctx context.Context, config *rest.Config, file string) error {
	client, err := apiextensions.NewForConfig(config)
	if err != nil {
		return err
	}
	data, err := os.Open(file)
	if err != nil {
		return err
	}
	defer data.Close()
	crds := client.ApiextensionsV1().CustomResourceDefinitions()
	decoder := yaml.NewYAMLOrJSONDecoder(data, 1<<20)
	var names []string
	for {
		crd := apiextensionsv1.CustomResourceDefinition{}
		if err := decoder.Decode(&crd); err != nil {
			if err.Error() == "EOF" {
				break
			}
			return fmt.Errorf("%s: %w", file, err)
		}
		if crd.Kind != "CustomResourceDefinition" {
			continue
		}
		if _, err := crds.Create(ctx, &crd, metav1.CreateOptions{}); err != nil {
			return fmt.Errorf("%s: %s: %w", file, crd.Name, err)
		}
		names = append(names, crd.Name)
	}
	for _, name := range names {
		if err := established(ctx, name, func() (*apiextensionsv1.CustomResourceDefinition, error) {
			return crds.Get(ctx, name, metav1.GetOptions{})
		}); err != nil {
			return err
		}
	}
	return nil
}

func established(_ context.Context, name string, get func() (*apiextensionsv1.CustomResourceDefinition, error)) error {
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		crd, err := get()
		if err != nil {
			return err
		}
		for _, condition := range crd.Status.Conditions {
			if condition.Type == apiextensionsv1.Established && condition.Status == apiextensionsv1.ConditionTrue {
				return nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("CRD %s wasn't served within %s", name, patience)
}
