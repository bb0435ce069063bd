// Package crds asks Istio's own code about every custom resource: its CRD validator, which is the API
// server's (schema, defaulting, list maps, unknown fields, CEL), and the validation functions that istiod's
// webhook runs.
package crds

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-multierror"
	"istio.io/istio/pilot/pkg/config/kube/crd"
	"istio.io/istio/pkg/config"
	crdvalidation "istio.io/istio/pkg/config/crd"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/config/schema/resource"
	"istio.io/istio/pkg/test/env"
	kruntime "k8s.io/apimachinery/pkg/runtime/schema"
	kubeyaml "k8s.io/apimachinery/pkg/util/yaml"

	"isthmus.dev/conformance/verdict"
)

// Name of this judge in reports and in the list of known differences.
const Name = "istio-validation"

// Files are the CRDs that Istio's module ships: those of its base chart, and the Gateway API bundle that
// Istio is tested with.
func Files() ([]string, error) {
	files := []string{
		filepath.Join(env.IstioSrc, "manifests/charts/base/files/crd-all.gen.yaml"),
		filepath.Join(env.IstioSrc, "tests/integration/pilot/testdata/gateway-api-crd.yaml"),
		filepath.Join(env.IstioSrc, "tests/integration/pilot/testdata/gateway-api-inference-extension-crd.yaml"),
	}
	for _, f := range files {
		if _, err := os.Stat(f); err != nil {
			return nil, fmt.Errorf("istio's module lacks a file of CRDs: %w", err)
		}
	}
	return files, nil
}

// Judge validates the custom resources among the objects of every cluster.
func Judge(folders []verdict.Folder) (verdict.Report, error) {
	start := time.Now()
	report := verdict.Report{Judge: Name, Unjudged: map[string]int{}}
	validator, err := validator()
	if err != nil {
		return report, err
	}
	for _, folder := range folders {
		for _, cluster := range folder.Clusters {
			for _, object := range cluster.Objects {
				if native(object) {
					continue
				}
				answer := judge(validator, object)
				if answer.unjudged {
					report.Unjudged[object.APIVersion+" "+object.Kind]++
					continue
				}
				report.Cases += answer.cases
				for _, d := range answer.disagreements {
					d.Judge, d.Dir, d.Cluster = Name, folder.Dir, cluster.Name
					d.File, d.Line, d.Object = object.File, object.Line, object.Label()
					report.Disagreements = append(report.Disagreements, d)
				}
			}
		}
	}
	report.Seconds = time.Since(start).Seconds()
	return report, nil
}

// Compiling the schemas and their CEL rules is the greater part of the work, so it is done once.
var validator = sync.OnceValues(func() (*crdvalidation.Validator, error) {
	files, err := Files()
	if err != nil {
		return nil, err
	}
	v, err := crdvalidation.NewValidatorFromFilesWithOptions(files, crdvalidation.WithoutCRDValidation())
	if err != nil {
		return nil, fmt.Errorf("istio's CRDs: %w", err)
	}
	return v, nil
})

type answer struct {
	cases         int
	unjudged      bool
	disagreements []verdict.Disagreement
}

func judge(validator *crdvalidation.Validator, object verdict.Object) answer {
	a := answer{cases: 1}
	if err := validator.ValidateCustomResourceYAML(object.YAML, nil); err != nil {
		if !strings.Contains(err.Error(), "no validator found") {
			a.add("crd", err)
		} else if ours(object) {
			// A group that Istio's CRDs serve, but not this version or kind: nothing would store the object.
			a.add("crd-unknown", err)
		} else {
			return answer{unjudged: true}
		}
	}
	cfg, schema, err := convert(object)
	if err != nil {
		a.cases++
		a.add("unreadable", err)
		return a
	}
	if schema == nil {
		return a
	}
	a.cases++
	warning, err := schema.ValidateConfig(*cfg)
	for _, e := range flatten(err) {
		a.add("webhook-error", e)
	}
	for _, w := range flatten(warning) {
		a.add("webhook-warning", w)
	}
	return a
}

// convert reads the object the way istiod does. A kind that istiod doesn't read has no schema.
func convert(object verdict.Object) (*config.Config, resource.Schema, error) {
	kind := crd.IstioKind{}
	if err := kubeyaml.NewYAMLOrJSONDecoder(bytes.NewReader([]byte(object.YAML)), 512*1024).Decode(&kind); err != nil {
		return nil, nil, err
	}
	gvk := kind.GroupVersionKind()
	schema, ok := collections.PilotGatewayAPI().FindByGroupVersionAliasesKind(resource.FromKubernetesGVK(&gvk))
	if !ok {
		return nil, nil, nil
	}
	cfg, err := crd.ConvertObject(schema, &kind, "cluster.local")
	return cfg, schema, err
}

func (a *answer) add(code string, err error) {
	a.disagreements = append(a.disagreements, verdict.Disagreement{Code: code, Message: oneLine(err)})
}

func flatten(err error) []error {
	if err == nil {
		return nil
	}
	if m, ok := err.(*multierror.Error); ok {
		return m.WrappedErrors()
	}
	return []error{err}
}

func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}

// native says whether Kubernetes itself serves the object's group: a name without a dot, or under k8s.io,
// except the Gateway API, whose CRDs are installed apart.
func native(object verdict.Object) bool {
	gv, err := kruntime.ParseGroupVersion(object.APIVersion)
	if err != nil {
		return false
	}
	if strings.Contains(gv.Group, "gateway.networking") || strings.Contains(gv.Group, ".x-k8s.io") {
		return false
	}
	return !strings.Contains(gv.Group, ".") || strings.HasSuffix(gv.Group, ".k8s.io")
}

func ours(object verdict.Object) bool {
	group, _, _ := strings.Cut(object.APIVersion, "/")
	return strings.HasSuffix(group, ".istio.io") || group == "gateway.networking.k8s.io"
}
