package interpret_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"go.temporal.io/sdk/worker"

	"github.com/diwan-gov/diwan/runtime/temporal"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/interpret"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Histories of applications on a real server, in a folder for each version of the interpreter, with their plans by digest, as they are or
// compressed. A version that has been released keeps its folder for ever. The payloads are encrypted by the key in test-key, which is for tests
// only. What applications may live through stands in cmd/standalone/bench/behaviours_test.go, which also says how to add to it; what is new
// there is recorded by
//
//	go test ./cmd/standalone/bench -run Replay -record
const histories = "testdata/histories"

// leastHistories is below how many some must have been lost.
const leastHistories = 40

// replaying gives the options of a replayer and the plans, of which change may alter that of the licence first.
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
	programs := interpret.NewPrograms()
	for digest, b := range stored(t, "plans") {
		if plan.DigestOf(b) != digest {
			t.Fatalf("%s is not the plan of that digest", digest)
		}
		p, err := plan.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if change != nil && p.Service == service {
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

// stored are the files of a folder of histories or plans, by name.
func stored(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(histories, folder, "*.json*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: nothing is stored: %v", folder, err)
	}
	all := map[string][]byte{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, compressed := strings.CutSuffix(filepath.Base(file), ".gz")
		if compressed {
			z, err := gzip.NewReader(bytes.NewReader(b))
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if b, err = io.ReadAll(z); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
		}
		all[strings.TrimSuffix(name, ".json")] = b
	}
	return all
}

func TestEveryRecordedHistoryStillReplays(t *testing.T) {
	programs, options := replaying(t, nil)
	for version := 1; version <= activity.Interpreter; version++ {
		all := stored(t, strconv.Itoa(version))
		for name, b := range all {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if err := interpret.Replay(bytes.NewReader(b), programs, options); err != nil {
					t.Error(err)
				}
			})
		}
		if len(all) < leastHistories {
			t.Errorf("interpreter %d has %d histories", version, len(all))
		}
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
