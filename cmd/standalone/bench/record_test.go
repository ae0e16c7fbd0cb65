package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/uuid"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/temporal"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/interpret"
)

var record = flag.Bool("record", false, "write the histories that workflows/interpret replays, in the folder of the interpreter's version")

// recordings is where histories are kept, with the test key by which their payloads were encrypted.
const recordings = "workflows/interpret/testdata/histories"

// lives are the journeys of which histories are kept, by name; each gives the outcome with which it must end.
var lives = map[string]struct {
	outcome string
	after   func(ctx context.Context, w *world, p application.Person, id uuid.UUID) error // what happens once it is paid
}{
	"approved": {"issued", func(ctx context.Context, w *world, _ application.Person, id uuid.UUID) error {
		return w.decide(ctx, id, "approve")
	}},
	"corrected": {"issued", func(ctx context.Context, w *world, p application.Person, id uuid.UUID) error {
		if err := w.decide(ctx, id, "sendBack"); err != nil {
			return err
		}
		if err := w.correct(ctx, p, id); err != nil {
			return err
		}
		return w.decide(ctx, id, "approve")
	}},
	"refused": {"refused", func(ctx context.Context, w *world, _ application.Person, id uuid.UUID) error {
		return w.decide(ctx, id, "refuse")
	}},
	"withdrawn": {"withdrawn", func(ctx context.Context, w *world, p application.Person, id uuid.UUID) error {
		if _, err := w.task(ctx, id, "review"); err != nil {
			return err
		}
		return w.act(ctx, application.Actor{Person: p.ID, Kind: application.Applicant}, id, application.ActRequest{Action: application.Withdraw})
	}},
}

func (w *world) decide(ctx context.Context, id uuid.UUID, action string) error {
	task, err := w.task(ctx, id, "review")
	if err != nil {
		return err
	}
	return w.act(ctx, officer, id, application.ActRequest{Task: task.ID, Action: action, Revision: task.Revision, Comment: "so it is"})
}

// correct submits the form again with another telephone number.
func (w *world) correct(ctx context.Context, p application.Person, id uuid.UUID) error {
	task, err := w.task(ctx, id, "review/sendBack")
	if err != nil {
		return err
	}
	v, err := w.book.ForApplicant(ctx, p.ID, id)
	if err != nil {
		return err
	}
	v.Form["phone"] = "+970599654321"
	r := application.ActRequest{Task: task.ID, Action: "submit", Revision: task.Revision, Data: v.Form}
	return w.act(ctx, application.Actor{Person: p.ID, Kind: application.Applicant}, id, r)
}

func opened(t *testing.T, o worldOptions) *world {
	t.Helper()
	w := &world{}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	if err := w.open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestTheJourneysOnARealServerReplay(t *testing.T) {
	t.Chdir("../../..")
	key, err := os.ReadFile(filepath.Join(recordings, "test-key"))
	if err != nil {
		t.Fatal(err)
	}
	keys, err := temporal.ParseKeys(string(key))
	if err != nil {
		t.Fatal(err)
	}
	w := opened(t, worldOptions{keys: string(key)})
	for name, l := range lives {
		t.Run(name, func(t *testing.T) {
			p, err := w.person(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			v, err := w.submit(t.Context(), p, service, renewal)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.pay(t.Context(), v.ID); err != nil {
				t.Fatal(err)
			}
			if err := l.after(t.Context(), w, p, v.ID); err != nil {
				t.Fatal(err)
			}
			if err := w.ended(t.Context(), v.ID); err != nil {
				t.Fatal(err)
			}
			if v, err = w.book.ForApplicant(t.Context(), p.ID, v.ID); err != nil || v.Outcome != l.outcome {
				t.Fatalf("ended %q, want %q, %v", v.Outcome, l.outcome, err)
			}
			told, err := w.history(t.Context(), v.ID)
			if err != nil {
				t.Fatal(err)
			}
			options := worker.WorkflowReplayerOptions{DataConverter: temporal.DataConverter(keys), FailureConverter: temporal.FailureConverter(keys)}
			if err := interpret.Replay(bytes.NewReader(told), w.store, options); err != nil {
				t.Fatal(err)
			}
			if *record {
				keep(t, w, v.Plan, name, told)
			}
		})
	}
}

// history is a history as JSON, without the names of machines.
func (w *world) history(ctx context.Context, id uuid.UUID) ([]byte, error) {
	if err := w.temporal.GetWorkflow(ctx, id.String(), "").Get(ctx, nil); err != nil {
		return nil, fmt.Errorf("the workflow has not completed: %w", err)
	}
	all := &history.History{}
	events := w.temporal.GetWorkflowHistory(ctx, id.String(), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			return nil, err
		}
		anonymous(e.ProtoReflect())
		all.Events = append(all.Events, e)
	}
	b, err := protojson.Marshal(all)
	if err != nil {
		return nil, err
	}
	var even bytes.Buffer // protojson varies its white space on purpose
	if err := json.Indent(&even, b, "", " "); err != nil {
		return nil, err
	}
	return append(even.Bytes(), '\n'), nil
}

// anonymous replaces every field identity and the names of sticky queues: they name a process and its machine.
func anonymous(m protoreflect.Message) {
	if q, ok := m.Interface().(*taskqueue.TaskQueue); ok && q.NormalName != "" {
		q.Name = "worker"
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Kind() == protoreflect.StringKind && f.Name() == "identity":
			m.Set(f, protoreflect.ValueOfString("worker"))
		case f.Kind() == protoreflect.MessageKind && !f.IsList() && !f.IsMap():
			anonymous(v.Message())
		}
		return true
	})
}

// keep writes a history for the replay in workflows/interpret, and the plan that it needs.
func keep(t *testing.T, w *world, digest, name string, told []byte) {
	t.Helper()
	p, ok := w.store.Plan(digest)
	if !ok {
		t.Fatal("no plan")
	}
	canonical, err := p.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	for path, b := range map[string][]byte{
		filepath.Join(recordings, "plans", digest+".json"):                          canonical,
		filepath.Join(recordings, strconv.Itoa(activity.Interpreter), name+".json"): told,
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
