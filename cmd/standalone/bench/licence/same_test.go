package licence_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	sdkactivity "go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/cmd/standalone/bench/handwritten"
	"github.com/diwan-gov/diwan/cmd/standalone/bench/plain"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/interpret"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

const service = "transport.driving-licence.renew"

// sunday is 2026-11-22, 10:00 in Hebron.
var sunday = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// compiled gives a service of the sample catalogue, or that of handwritten.Long.
func compiled(t *testing.T, service string) *interpret.Programs {
	t.Helper()
	const samples = "../../../../samples/palestine"
	files := fstest.MapFS{"services/long.yaml": {Data: handwritten.LongService}}
	err := fs.WalkDir(os.DirFS(samples), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(samples + "/" + name)
		files[name] = &fstest.MapFile{Data: b}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	c, found := catalog.Load(files)
	if found.HasErrors() {
		t.Fatal("the sample catalogue has errors")
	}
	for _, s := range c.Services {
		if s.Code.Value != service {
			continue
		}
		p, _, found := compile.Compile(c, s)
		if found.HasErrors() {
			t.Fatal(found)
		}
		program, err := machine.Load(p)
		if err != nil {
			t.Fatal(err)
		}
		all := interpret.NewPrograms()
		all.Add("d1", program)
		return all
	}
	t.Fatal("no such service")
	return nil
}

func raw(pairs ...string) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return m
}

func money(s string) string { return `{"value":"` + s + `","currency":"ILS"}` }

func start() activity.Start {
	return activity.Start{
		Interpreter: activity.Interpreter, Plan: "d1", Application: "A1", Applicant: "P1",
		Facts:  activity.Facts{At: sunday, Calendar: &worktime.Calendar{From: "2026-11-20", Week: "aaaaa--"}},
		Reads:  raw("applicant.nationalNumber", `"401234567"`, "form.licenceNumber", `"1234567"`, "form.years", "5"),
		Tariff: &activity.Tariff{Version: "v", Amounts: raw("licencePerYear", money("50.00"), "latePerMonth", money("10.00"), "lateCap", money("120.00"))},
	}
}

func valid(expires string) activity.Answer {
	return activity.Answer{Facts: activity.Facts{At: sunday.Add(time.Second)}, Found: true,
		Values: raw("holder", `"401234567"`, "expiresOn", `"`+expires+`"`, "unpaidFines", "0", "blocked", "false")}
}

// act is something that somebody does some time after the start.
type act struct {
	after                    time.Duration
	node, action, capacity   string
	visit                    int
	reads                    map[string]json.RawMessage
	withoutComment, byItself bool
	code                     string // with which it is refused
}

func paid(after time.Duration) act {
	return act{after: after, node: "pay", action: "paid", capacity: "gateway", visit: 1}
}

func decides(after time.Duration, action string, visit int) act {
	return act{after: after, node: "review", action: action, capacity: "transport:licensing-officer", visit: visit}
}

func corrects(after time.Duration, visit int, years string) act {
	return act{after: after, node: "review/sendBack", action: "submit", capacity: "applicant", visit: visit,
		reads: raw("form.licenceNumber", `"1234567"`, "form.years", years)}
}

func withdraws(after time.Duration) act {
	return act{after: after, action: "withdraw", capacity: "applicant", visit: 1}
}

// journey is one application's life.
type journey struct {
	answer activity.Answer
	acts   []act
	end    string
	reads  map[string]json.RawMessage // of the form; nil = that of the licence
}

var journeys = map[string]journey{
	"approved":                {answer: valid("2027-01-01"), acts: []act{paid(time.Hour), decides(2*time.Hour, "approve", 1)}, end: "issued"},
	"late, refused":           {answer: valid("2026-07-01"), acts: []act{paid(time.Hour), decides(30*time.Hour, "refuse", 1)}, end: "refused"},
	"late beyond the cap":     {answer: valid("2019-01-31"), acts: []act{paid(time.Hour), decides(30*time.Hour, "approve", 1)}, end: "issued"},
	"corrected":               {answer: valid("2027-01-01"), acts: []act{paid(time.Hour), decides(2*time.Hour, "sendBack", 1), corrects(30*time.Hour, 1, "5"), decides(40*time.Hour, "approve", 2)}, end: "issued"},
	"returned too often":      {answer: valid("2027-01-01"), acts: []act{paid(time.Hour), decides(2*time.Hour, "sendBack", 1), corrects(3*time.Hour, 1, "5"), decides(4*time.Hour, "sendBack", 2), corrects(5*time.Hour, 2, "5"), decides(6*time.Hour, "sendBack", 3)}, end: "refused"},
	"never corrected":         {answer: valid("2027-01-01"), acts: []act{paid(time.Hour), decides(2*time.Hour, "sendBack", 1)}, end: "refused"},
	"never paid":              {answer: valid("2027-01-01"), acts: nil, end: "lapsed"},
	"overdue":                 {answer: valid("2027-01-01"), acts: []act{paid(time.Hour), decides(300*time.Hour, "approve", 1)}, end: "issued"},
	"withdrawn unpaid":        {answer: valid("2027-01-01"), acts: []act{withdraws(time.Hour)}, end: "withdrawn"},
	"withdrawn paid":          {answer: valid("2026-07-01"), acts: []act{paid(time.Hour), withdraws(2 * time.Hour)}, end: "withdrawn"},
	"withdrawn in its return": {answer: valid("2027-01-01"), acts: []act{paid(time.Hour), decides(2*time.Hour, "sendBack", 1), withdraws(3 * time.Hour)}, end: "withdrawn"},
	"not found":               {answer: activity.Answer{Facts: activity.Facts{At: sunday}}, end: "refused"},
	"of somebody else":        {answer: activity.Answer{Facts: activity.Facts{At: sunday}, Found: true, Values: raw("holder", `"9"`, "expiresOn", `"2027-01-01"`, "unpaidFines", "0", "blocked", "false")}, end: "refused"},
	"barred":                  {answer: activity.Answer{Facts: activity.Facts{At: sunday}, Found: true, Values: raw("holder", `"401234567"`, "expiresOn", `"2027-01-01"`, "unpaidFines", "0", "blocked", "true")}, end: "refused"},
	"unpaid fines":            {answer: activity.Answer{Facts: activity.Facts{At: sunday}, Found: true, Values: raw("holder", `"401234567"`, "expiresOn", `"2027-01-01"`, "unpaidFines", "2", "blocked", "false")}, end: "refused"},
	"acts that do not fit": {answer: valid("2027-01-01"), acts: []act{
		{after: time.Hour, node: "pay", action: "paid", capacity: "applicant", visit: 1, code: "forbidden"},
		{after: time.Hour, node: "review", action: "approve", capacity: "transport:licensing-officer", visit: 1, code: "closed"},
		paid(2 * time.Hour),
		{after: 3 * time.Hour, node: "review", action: "burn", capacity: "transport:licensing-officer", visit: 1, code: "unknown-action"},
		{after: 3 * time.Hour, node: "review", action: "approve", capacity: "transport:licensing-officer", visit: 1, byItself: true, code: "own-application"},
		{after: 3 * time.Hour, node: "review", action: "refuse", capacity: "transport:licensing-officer", visit: 1, withoutComment: true, code: "comment-required"},
		decides(4*time.Hour, "sendBack", 1),
		{after: 5 * time.Hour, node: "review/sendBack", action: "submit", capacity: "applicant", visit: 1, reads: raw("form.licenceNumber", `"1234567"`, "form.years", "1"), code: "frozen"},
		corrects(6*time.Hour, 1, "5"),
		decides(7*time.Hour, "approve", 2),
	}, end: "issued"},
}

// play runs a journey and gives what was applied.
func play(t *testing.T, j journey, name string, register func(*testsuite.TestWorkflowEnvironment)) (applied []activity.Apply) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(sunday)
	env.SetTestTimeout(10 * time.Second)
	register(env)
	env.RegisterActivityWithOptions(func(_ context.Context, a activity.Apply) error {
		applied = append(applied, a)
		return nil
	}, sdkactivity.RegisterOptions{Name: activity.ApplyName})
	env.RegisterActivityWithOptions(func(context.Context, activity.Lookup) (activity.Answer, error) { return j.answer, nil },
		sdkactivity.RegisterOptions{Name: activity.LookupName})
	env.RegisterActivityWithOptions(func(_ context.Context, k activity.Know) (activity.Facts, error) {
		return activity.Facts{At: k.At, Calendar: &worktime.Calendar{From: "2026-11-20", Week: "aaaaa--"}}, nil
	}, sdkactivity.RegisterOptions{Name: activity.KnowName})
	codes := make([]string, len(j.acts))
	for i, a := range j.acts {
		id := "a" + string(rune('1'+i))
		codes[i] = "no answer"
		env.RegisterDelayedCallback(func() {
			message := activity.Act{ID: id, Facts: activity.Facts{At: sunday.Add(a.after)}, Node: a.node, Visit: a.visit, Revision: 1, Action: a.action,
				Actor: "O1", Capacities: []string{a.capacity}, Comment: !a.withoutComment, Reads: a.reads}
			if a.capacity == "gateway" {
				message.Revision, message.Actor = 0, "gateway"
			}
			if a.byItself {
				message.Actor = "P1"
			}
			env.UpdateWorkflow(activity.ActUpdate, id, &testsuite.TestUpdateCallback{
				OnReject: func(err error) { codes[i] = err.Error() },
				OnComplete: func(v any, err error) {
					if result, ok := v.(activity.ActResult); ok && err == nil {
						codes[i] = result.Code
					}
				},
			}, message)
		}, a.after)
	}
	begin := start()
	if j.reads != nil {
		begin.Reads = j.reads
	}
	env.ExecuteWorkflow(name, begin)
	if !env.IsWorkflowCompleted() || env.GetWorkflowError() != nil {
		t.Fatalf("%s did not complete: %v", name, env.GetWorkflowError())
	}
	for i, a := range j.acts {
		if codes[i] != a.code {
			t.Errorf("%s: act %d is answered %q, want %q", name, i, codes[i], a.code)
		}
	}
	return applied
}

func TestEveryVariantWritesTheSame(t *testing.T) {
	programs := compiled(t, service)
	for name, j := range journeys {
		t.Run(name, func(t *testing.T) {
			engine := play(t, j, service, func(env *testsuite.TestWorkflowEnvironment) { interpret.Register(env, programs) })
			if last := engine[len(engine)-1]; last.Outcome != j.end {
				t.Errorf("ended %q, want %q", last.Outcome, j.end)
			}
			best := play(t, j, handwritten.Name, func(env *testsuite.TestWorkflowEnvironment) {
				env.RegisterWorkflowWithOptions(handwritten.Workflow, workflow.RegisterOptions{Name: handwritten.Name})
			})
			if got, want := text(t, best), text(t, engine); got != want {
				t.Errorf("by hand:\n%s\nthe engine:\n%s", got, want)
			}
			tutorial := play(t, j, plain.Name, func(env *testsuite.TestWorkflowEnvironment) {
				env.RegisterWorkflowWithOptions(plain.Workflow, workflow.RegisterOptions{Name: plain.Name})
			})
			if got, want := text(t, effects(tutorial)), text(t, effects(engine)); got != want {
				t.Errorf("plain:\n%s\nthe engine:\n%s", got, want)
			}
			if a, b := tutorial[len(tutorial)-1], engine[len(engine)-1]; a.Status != b.Status || a.Node != b.Node || a.Outcome != b.Outcome {
				t.Errorf("plain ends %+v, the engine %+v", a, b)
			}
		})
	}
}

// The short service and the long one are measured against the best workflow only.
func TestTheShortAndTheLongOneWriteTheSame(t *testing.T) {
	const short, long, officer = "transport.traffic-fines.enquiry", "transport.workshop.permit", "transport:licensing-officer"
	plate := raw("applicant.nationalNumber", `"401234567"`, "form.plate", `"6-3456-91"`)
	fines := func(owner string) activity.Answer {
		return activity.Answer{Facts: activity.Facts{At: sunday.Add(time.Second)}, Found: true, Values: raw("owner", owner)}
	}
	on := func(after time.Duration, node, action string, visit int) act {
		capacity := officer
		if action == "submit" {
			capacity = "applicant"
		}
		return act{after: after, node: node, action: action, capacity: capacity, visit: visit, reads: raw()}
	}
	refused := on(time.Hour, "legal", "sendBack", 1)
	refused.code = "unknown-action"
	closed := on(2*time.Hour, "technical", "approve", 2)
	closed.code = "closed"
	for name, c := range map[string]struct {
		service string
		journey
	}{
		"answered":       {short, journey{answer: fines(`"401234567"`), end: "answered", reads: plate}},
		"somebody's car": {short, journey{answer: fines(`"9"`), end: "refused", reads: plate}},
		"no car":         {short, journey{answer: activity.Answer{Facts: activity.Facts{At: sunday}}, end: "refused", reads: plate}},
		"both agree": {long, journey{acts: []act{
			refused, on(time.Hour, "legal", "approve", 1), closed, on(2*time.Hour, "technical", "sendBack", 1), on(3*time.Hour, "technical/sendBack", "submit", 1),
			on(4*time.Hour, "technical", "approve", 2)}, end: "completed", reads: raw()}},
		"one is against it":                {long, journey{acts: []act{on(time.Hour, "legal", "refuse", 1)}, end: "refused", reads: raw()}},
		"against it while it is corrected": {long, journey{acts: []act{on(time.Hour, "technical", "sendBack", 1), on(2*time.Hour, "legal", "refuse", 1)}, end: "refused", reads: raw()}},
		"every clock runs out":             {long, journey{acts: []act{on(300*time.Hour, "technical", "sendBack", 1)}, end: "refused", reads: raw()}},
		"returned too often": {long, journey{acts: []act{
			on(time.Hour, "technical", "sendBack", 1), on(2*time.Hour, "technical/sendBack", "submit", 1), on(3*time.Hour, "technical", "sendBack", 2),
			on(100*time.Hour, "technical/sendBack", "submit", 2), on(101*time.Hour, "technical", "sendBack", 3)}, end: "refused", reads: raw()}},
		"late": {long, journey{acts: []act{on(80*time.Hour, "technical", "sendBack", 1), on(90*time.Hour, "technical/sendBack", "submit", 1),
			on(91*time.Hour, "technical", "approve", 2), on(300*time.Hour, "legal", "approve", 1)}, end: "completed", reads: raw()}},
	} {
		t.Run(name, func(t *testing.T) {
			programs := compiled(t, c.service)
			engine := play(t, c.journey, c.service, func(env *testsuite.TestWorkflowEnvironment) { interpret.Register(env, programs) })
			if last := engine[len(engine)-1]; last.Outcome != c.end {
				t.Errorf("ended %q, want %q", last.Outcome, c.end)
			}
			best := play(t, c.journey, "best", func(env *testsuite.TestWorkflowEnvironment) {
				env.RegisterWorkflowWithOptions(map[string]any{short: handwritten.Short, long: handwritten.Long}[c.service], workflow.RegisterOptions{Name: "best"})
			})
			if got, want := text(t, best), text(t, engine); got != want {
				t.Errorf("by hand:\n%s\nthe engine:\n%s", got, want)
			}
		})
	}
}

func effects(applied []activity.Apply) (all []activity.Effect) {
	for _, a := range applied {
		all = slices.Concat(all, a.Effects)
	}
	return all
}

func text[T any](t *testing.T, all []T) string {
	t.Helper()
	var b strings.Builder
	for _, one := range all {
		line, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

// quiet drops the SDK's log.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
