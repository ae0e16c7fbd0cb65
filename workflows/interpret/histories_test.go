package interpret_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.temporal.io/sdk/worker"

	"github.com/diwan-gov/diwan/runtime/temporal"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/interpret"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Histories of applications on a real server, in a folder for each version of the interpreter, with their plans by digest. A version that has
// been released keeps its folder for ever. The payloads are encrypted by the key in test-key, which is for tests only. They are recorded by
//
//	go test ./cmd/standalone/bench -run Replay -record
const histories = "testdata/histories"

// replaying gives the options of a replayer and the plans, which change may alter first.
func replaying(t *testing.T, change func(*plan.Plan)) (*interpret.Programs, worker.WorkflowReplayerOptions) {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(histories, "test-key"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := temporal.ParseKeys(string(key))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(histories, "plans", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no plans: %v", err)
	}
	programs := interpret.NewPrograms()
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		digest := strings.TrimSuffix(filepath.Base(file), ".json")
		if plan.DigestOf(b) != digest {
			t.Fatalf("%s is not the plan of that digest", file)
		}
		p, err := plan.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			change(p)
		}
		program, err := machine.Load(p)
		if err != nil {
			t.Fatal(err)
		}
		programs.Add(digest, program)
	}
	return programs, worker.WorkflowReplayerOptions{DataConverter: temporal.DataConverter(keys), FailureConverter: temporal.FailureConverter(keys)}
}

func TestEveryRecordedHistoryStillReplays(t *testing.T) {
	programs, options := replaying(t, nil)
	files, err := filepath.Glob(filepath.Join(histories, "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		version, name := filepath.Base(filepath.Dir(file)), filepath.Base(file)
		if version == "plans" {
			continue
		}
		seen[version+"/"+name] = true
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := interpret.Replay(bytes.NewReader(b), programs, options); err != nil {
			t.Errorf("%s/%s: %v", version, name, err)
		}
	}
	for _, want := range []string{"approved", "corrected", "refused", "withdrawn"} {
		if !seen["1/"+want+".json"] {
			t.Errorf("there is no history of an application that was %s", want)
		}
	}
	if activity.Interpreter > 1 && len(seen) < 8 {
		t.Error("the present interpreter has no histories of its own")
	}
}

// What the replay is for: an interpreter that would do something else is found.
func TestAReplayFindsThatSomethingElseWouldBeDone(t *testing.T) {
	for name, change := range map[string]func(*plan.Plan){
		"a payment without its clock": func(p *plan.Plan) {
			for i := range p.Nodes {
				if p.Nodes[i].Pay != nil {
					p.Nodes[i].Pay.Clock = nil
				}
			}
		},
		"no question to the register": func(p *plan.Plan) {
			for i := range p.Nodes {
				if p.Nodes[i].Lookup != nil {
					p.Nodes[i].Kind, p.Nodes[i].Lookup = plan.Answer, &plan.LookupNode{}
					p.Nodes[i].Answer = &plan.AnswerNode{}
				}
			}
			for i := range p.Edges {
				if p.Edges[i].On == "found" {
					p.Edges[i].On = "answered"
				}
			}
		},
	} {
		programs, options := replaying(t, change)
		b, err := os.ReadFile(filepath.Join(histories, "1", "approved.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := interpret.Replay(bytes.NewReader(b), programs, options); err == nil || !strings.Contains(err.Error(), "TMPRL1100") {
			t.Errorf("%s: want a replay that differs, got %v", name, err)

		}
	}
}
