// Package verdict holds what the judges are asked and what they answer. It depends on nothing, because the
// Kubernetes judge is built once per Kubernetes version against other modules than the Istio judges and
// talks to them in JSON.
package verdict

// Object is one manifest that a cluster would be given.
type Object struct {
	// Where it is written: path relative to the judged folder, or `helm:<release>` for what a chart renders.
	File string `json:"file"`
	// First line of the document in the file.
	Line int `json:"line"`
	// The document itself.
	YAML string `json:"yaml"`

	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
	// True for objects that somebody else's template made. They are judged as Kubernetes judges anything,
	// but not held to the standard for what this library writes itself.
	Rendered bool `json:"rendered,omitempty"`
}

// Label names the object the way findings and known differences do: `Kind namespace/name`.
func (o Object) Label() string {
	if o.Namespace == "" {
		return o.Kind + " " + o.Name
	}
	return o.Kind + " " + o.Namespace + "/" + o.Name
}

// Cluster is everything that one cluster is given.
type Cluster struct {
	Name    string   `json:"name"`
	Objects []Object `json:"objects"`
}

// Folder is one dist.
type Folder struct {
	Dir      string    `json:"dir"`
	Clusters []Cluster `json:"clusters"`
}

// Question is what the Kubernetes judge reads on standard input.
type Question struct {
	// Files with CustomResourceDefinitions to install first.
	CRDs    []string `json:"crds"`
	Folders []Folder `json:"folders"`
}

// Disagreement is one thing that a judge refuses.
type Disagreement struct {
	Judge   string `json:"judge"`
	Dir     string `json:"dir"`
	Cluster string `json:"cluster"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	// `Kind namespace/name`, or what else was asked about (`helm istiod`).
	Object string `json:"object"`
	// The judge's own code where it has codes (IST0101), else a short word for the rule.
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Report is a judge's answer.
type Report struct {
	Judge string `json:"judge"`
	// What the judge is made of, with its version.
	Source string `json:"source"`
	// Questions asked: one object put before one rule book is one case.
	Cases         int            `json:"cases"`
	Disagreements []Disagreement `json:"disagreements"`
	// Objects that the judge has no rules for, by group and kind. They are shown, never counted as agreed.
	Unjudged map[string]int `json:"unjudged,omitempty"`
	Seconds  float64        `json:"seconds"`
}
