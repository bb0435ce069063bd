// Command kubernetes is the Kubernetes judge: the real kube-apiserver of one Kubernetes version with an
// embedded etcd on loopback, asked with server-side dry-run.
//
// It reads a verdict.Question on standard input and writes a list of verdict.Report. Namespaces are created,
// everything else is only tried: `fieldValidation=Strict`, so that an unknown or a repeated field is refused.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"isthmus.dev/conformance/verdict"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == serve {
		if err := runServer(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := answer(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer(in io.Reader, out io.Writer) error {
	var question verdict.Question
	if err := json.NewDecoder(in).Decode(&question); err != nil {
		return fmt.Errorf("question: %w", err)
	}
	server, err := start()
	if err != nil {
		return err
	}
	defer server.stop()
	reports, err := judge(server.config, question)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(reports)
}

// version of Kubernetes that this binary was built from: `1.37.2`.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == "k8s.io/kubernetes" {
				return strings.TrimPrefix(dep.Version, "v")
			}
		}
	}
	return "of unknown version"
}

// minor is the version without its patch: `1.37`.
func minor() string {
	parts := strings.SplitN(version(), ".", 3)
	if len(parts) < 2 {
		return version()
	}
	return parts[0] + "." + parts[1]
}
