// Package kubernetes asks the Kubernetes judge, which is a program of its own for each Kubernetes version.
package kubernetes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"

	"isthmus.dev/conformance/verdict"
)

// Ask runs a judge's binary over the question.
func Ask(binary string, question verdict.Question) ([]verdict.Report, error) {
	input, err := json.Marshal(question)
	if err != nil {
		return nil, err
	}
	var out, log bytes.Buffer
	command := exec.Command(binary)
	command.Stdin, command.Stdout, command.Stderr = bytes.NewReader(input), &out, &log
	if err := command.Run(); err != nil {
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		return nil, fmt.Errorf("%s: %w\n%s", binary, err, strings.Join(lines[max(0, len(lines)-20):], "\n"))
	}
	var reports []verdict.Report
	if err := json.Unmarshal(out.Bytes(), &reports); err != nil {
		return nil, fmt.Errorf("%s answers what is no report: %w", binary, err)
	}
	if len(reports) == 0 {
		return nil, fmt.Errorf("%s answers nothing", binary)
	}
	return reports, nil
}
