// Package known holds the differences between the judges and this library that were looked into and where
// the judge was found wrong. Each entry says where in the judge's source.
package known

import (
	_ "embed"
	"fmt"
	"regexp"

	"sigs.k8s.io/yaml"

	"isthmus.dev/conformance/verdict"
)

//go:embed differences.yaml
var file []byte

// Difference is one entry of differences.yaml. All given patterns must match the whole of what they are for.
type Difference struct {
	Judge string `json:"judge"`
	Code  string `json:"code"`
	// Regular expressions; an absent one matches everything.
	Cluster string `json:"cluster,omitempty"`
	Object  string `json:"object"`
	Message string `json:"message,omitempty"`
	// Why the judge is wrong, and the file and line of its source that is.
	Why    string `json:"why"`
	Source string `json:"source"`

	cluster, object, message *regexp.Regexp
}

// Load reads the list; an entry without a reason, a source or an object is refused.
func Load() ([]*Difference, error) { return parse(file) }

func parse(data []byte) ([]*Difference, error) {
	var list []*Difference
	if err := yaml.UnmarshalStrict(data, &list); err != nil {
		return nil, fmt.Errorf("differences.yaml: %w", err)
	}
	for i, d := range list {
		if d.Judge == "" || d.Code == "" || d.Object == "" || d.Why == "" || d.Source == "" {
			return nil, fmt.Errorf("differences.yaml: entry %d lacks judge, code, object, why or source", i+1)
		}
		for _, p := range []struct {
			text string
			into **regexp.Regexp
		}{{d.Cluster, &d.cluster}, {d.Object, &d.object}, {d.Message, &d.message}} {
			if p.text == "" {
				p.text = ".*"
			}
			re, err := regexp.Compile("(?s)^(?:" + p.text + ")$")
			if err != nil {
				return nil, fmt.Errorf("differences.yaml: entry %d: %w", i+1, err)
			}
			*p.into = re
		}
	}
	return list, nil
}

// Find gives the entry that explains a disagreement, or nil.
func Find(list []*Difference, d verdict.Disagreement) *Difference {
	for _, k := range list {
		if k.Judge == d.Judge && k.Code == d.Code &&
			k.cluster.MatchString(d.Cluster) && k.object.MatchString(d.Object) && k.message.MatchString(d.Message) {
			return k
		}
	}
	return nil
}
