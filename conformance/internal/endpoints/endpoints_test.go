package endpoints

import (
	"os"
	"strings"
	"testing"
	"time"
)

// testdata/assignments.json is what tools/conformance-assignments.ts writes for testdata/fleet.
func read(t *testing.T) []Folder {
	t.Helper()
	in, err := os.Open("../../testdata/assignments.json")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	folders, err := Read(in)
	if err != nil {
		t.Fatal(err)
	}
	return folders
}

func TestIstiodSaysWhatTheLibrarySaysNumberForNumber(t *testing.T) {
	folders := read(t)
	report, err := Judge(folders)
	if err != nil {
		t.Fatal(err)
	}
	served, prioritized := 0, 0
	for _, q := range folders[0].Questions {
		if len(q.Localities) > 0 {
			served++
		}
		for _, l := range q.Localities {
			if l.Priority > 0 {
				prioritized++
				break
			}
		}
	}
	if report.Cases != len(folders[0].Questions) || served == 0 || prioritized == 0 {
		t.Errorf("%d cases of %d, %d served, %d with priorities: too little is asked", report.Cases, len(folders[0].Questions), served, prioritized)
	}
	for _, d := range report.Disagreements {
		t.Errorf("%s: %s", d.Object, d.Message)
	}
}

func TestEveryNumberThatDiffersIsFound(t *testing.T) {
	saved := patience
	patience = 2 * time.Second // istiod never agrees, and is complete sooner
	defer func() { patience = saved }()
	for name, spoil := range map[string]func(g *Group){
		"priority":        func(g *Group) { g.Priority++ },
		"weight":          func(g *Group) { g.Weight++ },
		"zone":            func(g *Group) { g.Zone += "x" },
		"address":         func(g *Group) { g.Endpoints[0].Address = "192.0.2.1:1" },
		"host's weight":   func(g *Group) { g.Endpoints[0].Weight++ },
		"health":          func(g *Group) { g.Endpoints[0].Health = "unhealthy" },
		"a host too many": func(g *Group) { g.Endpoints = append(g.Endpoints, g.Endpoints[0]) },
	} {
		folders := read(t)
		var spoilt Question
		for _, q := range folders[0].Questions {
			if len(q.Localities) > 1 {
				spoilt = q
				break
			}
		}
		right := canonical(spoilt.Localities)
		spoil(&spoilt.Localities[0])
		folders[0].Questions = []Question{spoilt}
		report, err := Judge(folders)
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Disagreements) != 1 || !strings.HasPrefix(report.Disagreements[0].Message, "istiod says "+right+";") {
			t.Errorf("%s: %+v", name, report.Disagreements)
		}
	}
}
