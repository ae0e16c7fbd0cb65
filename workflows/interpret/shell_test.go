package interpret_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata"

	sdkactivity "go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/interpret"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

const service = "transport.driving-licence.renew"

// monday is 2026-03-02, 10:00 in Hebron.
var monday = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

func licencePlan(t *testing.T) *plan.Plan {
	t.Helper()
	b, err := os.ReadFile("../machine/testdata/driving-licence.json")
	if err != nil {
		t.Fatal(err)
	}
	pl, err := plan.Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return pl
}

func programs(t *testing.T) *interpret.Programs {
	t.Helper()
	p, err := machine.Load(licencePlan(t))
	if err != nil {
		t.Fatal(err)
	}
	ps := interpret.NewPrograms()
	ps.Add("d1", p)
	return ps
}

func raw(pairs ...string) map[string]json.RawMessage {
	m := map[string]json.RawMessage{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = json.RawMessage(pairs[i+1])
	}
	return m
}

func start() interpret.Input {
	return interpret.Input{Start: activity.Start{
		Interpreter: activity.Interpreter, Plan: "d1", Application: "A1", Applicant: "P1",
		Facts: activity.Facts{At: monday, Calendar: &worktime.Calendar{From: "2026-03-01", Week: "aaaaa--"}},
		Reads: raw("form.licenceNumber", `"1234567"`, "form.years", "5"),
		Tariff: &activity.Tariff{Version: "v", Amounts: raw("perYear", `{"value":"50.00","currency":"ILS"}`,
			"latePerMonth", `{"value":"10.00","currency":"ILS"}`, "lateCap", `{"value":"100.00","currency":"ILS"}`)},
	}}
}

// world is a test environment that plays the runtime: it notes what is applied and answers lookups.
type world struct {
	t        *testing.T
	env      *testsuite.TestWorkflowEnvironment
	programs *interpret.Programs
	applied  []activity.Apply
	apply    func(try int) error                                       // nil = success
	lookup   func(try int, l activity.Lookup) (activity.Answer, error) // nil = a valid licence
	mu       sync.Mutex                                                // guards the counts and applied: activities run beside each other
	applies  int
	lookups  int
}

// next counts one more call.
func (w *world) next(calls *int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	*calls++
	return *calls
}

// newWorld plays the licence service, or another program.
func newWorld(t *testing.T, other ...*machine.Program) *world {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(quiet{})
	w := &world{t: t, env: suite.NewTestWorkflowEnvironment()}
	w.env.SetStartTime(monday)
	w.env.SetTestTimeout(10 * time.Second)
	ps := programs(t)
	w.programs = ps
	for _, p := range other {
		ps.Add("d1", p)
	}
	interpret.Register(w.env, ps)
	w.env.RegisterActivityWithOptions(func(_ context.Context, a activity.Apply) error {
		try := w.next(&w.applies)
		if w.apply != nil {
			if err := w.apply(try); err != nil {
				return err
			}
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.applied = append(w.applied, a)
		return nil
	}, sdkactivity.RegisterOptions{Name: activity.ApplyName})
	w.env.RegisterActivityWithOptions(func(_ context.Context, l activity.Lookup) (activity.Answer, error) {
		try := w.next(&w.lookups)
		if w.lookup != nil {
			return w.lookup(try, l)
		}
		return activity.Answer{Facts: activity.Facts{At: monday}, Found: true, Values: raw("expiresOn", `"2027-01-01"`, "unpaidFines", "0")}, nil
	}, sdkactivity.RegisterOptions{Name: activity.LookupName})
	w.env.RegisterActivityWithOptions(func(_ context.Context, k activity.Know) (activity.Facts, error) {
		return activity.Facts{At: k.At, Calendar: &worktime.Calendar{From: "2026-03-01", Week: "aaaaa--"}}, nil
	}, sdkactivity.RegisterOptions{Name: activity.KnowName})
	return w
}

// quiet drops the SDK's log.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

// outcome is what came back for an act.
type outcome struct {
	answered bool
	rejected error
	result   activity.ActResult
	err      error
}

// act sends an act after some time of the workflow's clock.
func (w *world) act(after time.Duration, id, node, action string, change ...func(*activity.Act)) *outcome {
	o := &outcome{}
	w.env.RegisterDelayedCallback(func() {
		role := map[string]string{"pay": "gateway", "review": "transport:licensing-officer", "review/sendBack": "applicant", "licence": "transport:operator", "": "applicant"}[node]
		a := activity.Act{ID: id, Facts: activity.Facts{At: w.env.Now().UTC()}, Node: node, Visit: 1, Revision: 1, Action: action, Actor: "O1", Capacities: []string{role}, Comment: true}
		for _, c := range change {
			c(&a)
		}
		w.env.UpdateWorkflow(activity.ActUpdate, id, &testsuite.TestUpdateCallback{
			OnReject: func(err error) { o.rejected = err },
			OnComplete: func(v any, err error) {
				o.answered, o.err = true, err
				switch r := v.(type) {
				case activity.ActResult:
					o.result = r
				}
			},
		}, a)
	}, after)
	return o
}

func (w *world) run() error {
	w.t.Helper()
	w.env.ExecuteWorkflow(service, start())
	if !w.env.IsWorkflowCompleted() {
		w.t.Fatal("the workflow did not complete")
	}
	for i, a := range w.applied {
		if a.Sequence != i+1 || a.Application != "A1" || a.At.IsZero() {
			w.t.Fatalf("apply %d has sequence %d of %q at %s", i, a.Sequence, a.Application, a.At)
		}
	}
	return w.env.GetWorkflowError()
}

// end is the outcome that was applied last.
func (w *world) end() string { return w.applied[len(w.applied)-1].Outcome }

func (w *world) must(want string, outcomes ...*outcome) {
	w.t.Helper()
	if err := w.run(); err != nil {
		w.t.Fatal(err)
	}
	if w.end() != want {
		w.t.Fatalf("ended %q, want %q", w.end(), want)
	}
	for i, o := range outcomes {
		if !o.answered || o.err != nil || o.result.Code != "" {
			w.t.Fatalf("act %d: %+v", i, o)
		}
	}
}

func TestADrivingLicenceIsRenewed(t *testing.T) {
	w := newWorld(t)
	paid, approved := w.act(time.Hour, "a1", "pay", "paid"), w.act(2*time.Hour, "a2", "review", "approve")
	w.must("issued", paid, approved)
	if len(w.applied) != 4 || w.applied[2].Act != "a1" || w.applied[3].Act != "a2" || w.applied[1].Status != "waiting" || w.lookups != 1 {
		t.Fatalf("applied %+v", w.applied)
	}
}

func TestSentBackAndCorrected(t *testing.T) {
	w := newWorld(t)
	corrected := func(a *activity.Act) {
		a.Actor, a.Reads = "P1", raw("form.licenceNumber", `"1234567"`, "form.years", "5", "form.note", `"x"`)
	}
	w.must("issued",
		w.act(time.Hour, "a1", "pay", "paid"), w.act(2*time.Hour, "a2", "review", "sendBack"),
		w.act(50*time.Hour, "a3", "review/sendBack", "submit", corrected),
		w.act(51*time.Hour, "a4", "review", "approve", func(a *activity.Act) { a.Visit = 2 }))
}

func TestAnUnpaidApplicationLapsesAfterItsDays(t *testing.T) {
	w := newWorld(t)
	w.must("lapsed")
	if at := w.applied[len(w.applied)-1].At; !at.Equal(time.Date(2026, 3, 16, 22, 0, 0, 0, time.UTC)) {
		t.Fatalf("lapsed at %s", at)
	}
}

func TestAnEscalatedTaskIsStillOpenAndItsClockIsNotArmedAgain(t *testing.T) {
	w := newWorld(t)
	w.must("issued", w.act(time.Hour, "a1", "pay", "paid"), w.act(30*24*time.Hour, "a2", "review", "approve"))
	if len(w.applied) != 5 || w.applied[3].Effects[0].Kind != activity.Escalate {
		t.Fatalf("applied %+v", w.applied)
	}
}

func TestARefusedActGetsItsCodeAndIsNotApplied(t *testing.T) {
	w := newWorld(t)
	forbidden := w.act(time.Hour, "a1", "pay", "paid", func(a *activity.Act) { a.Capacities = []string{"applicant"} })
	malformed := w.act(time.Hour, "a2", "pay", "", func(a *activity.Act) { a.Action = "" })
	withdrawn := w.act(3*time.Hour, "a3", "", "withdraw")
	w.must("withdrawn", withdrawn)
	if forbidden.result.Code != "forbidden" || malformed.rejected == nil || len(w.applied) != 3 {
		t.Fatalf("%+v %+v %d", forbidden, malformed, len(w.applied))
	}
}

func TestTheSameActTwiceTakesEffectOnce(t *testing.T) {
	w := newWorld(t)
	first, second := w.act(time.Hour, "a1", "pay", "paid"), w.act(time.Hour, "a1", "pay", "paid")
	w.must("issued", first, w.act(2*time.Hour, "a2", "review", "approve"))
	if second.rejected != nil || second.result.Code != "" || len(w.applied) != 4 {
		t.Fatalf("%+v, %d applied", second, len(w.applied))
	}
}

func TestAnActBeforeTheAnswerOfTheRegistryTakesItsTurn(t *testing.T) {
	w := newWorld(t)
	w.lookup = func(try int, _ activity.Lookup) (activity.Answer, error) {
		return activity.Answer{}, errors.New("not now")
	}
	early := w.act(time.Minute, "a1", "pay", "paid")
	withdrawn := w.act(5*time.Minute, "a2", "", "withdraw")
	w.must("withdrawn", withdrawn)
	if early.result.Code != "closed" {
		t.Fatalf("%+v", early)
	}
}

func TestAnActOfSomebodyWhoHasSeenMoreThanTheWorkflowWaits(t *testing.T) {
	w := newWorld(t)
	answered := false // the registry's answer was applied by a worker that was lost; the workflow has it still before it
	w.lookup = func(try int, _ activity.Lookup) (activity.Answer, error) {
		if try < 3 {
			return activity.Answer{}, errors.New("not now")
		}
		answered = true
		return activity.Answer{Facts: activity.Facts{At: monday}, Found: true, Values: raw("expiresOn", `"2027-01-01"`, "unpaidFines", "0")}, nil
	}
	paid := w.act(time.Second, "a1", "pay", "paid", func(a *activity.Act) { a.Sequence = 2 })
	w.must("issued", paid, w.act(time.Hour, "a2", "review", "approve"))
	if !answered {
		t.Error("nobody asked the registry")
	}
}

func TestALookupIsTriedAgainUntilItAnswers(t *testing.T) {
	w := newWorld(t)
	w.lookup = func(try int, l activity.Lookup) (activity.Answer, error) {
		if try < 4 {
			return activity.Answer{}, errors.New("not now")
		}
		return activity.Answer{Facts: activity.Facts{At: w.env.Now()}}, nil
	}
	w.must("refused")
	if w.lookups != 4 {
		t.Fatalf("%d tries", w.lookups)
	}
}

func TestALookupThatFailsForADayAsksAnOperator(t *testing.T) {
	w := newWorld(t)
	w.lookup = func(try int, l activity.Lookup) (activity.Answer, error) {
		if l.Visit == 1 {
			return activity.Answer{}, temporal.NewNonRetryableApplicationError("no", "no", nil)
		}
		return activity.Answer{Facts: activity.Facts{At: w.env.Now()}}, nil
	}
	w.must("refused", w.act(time.Hour, "a1", "licence", "retry"))
	if e := w.applied[1].Effects[0]; e.Reason != "incident.lookup-failed" || e.Task.Role != "transport:operator" {
		t.Fatalf("%+v", e)
	}
}

func TestApplyIsRepeatedUntilItSucceeds(t *testing.T) {
	w := newWorld(t)
	w.apply = func(try int) error {
		if try == 2 || try == 3 || try == 4 {
			return errors.New("no database")
		}
		return nil
	}
	w.must("issued", w.act(time.Hour, "a1", "pay", "paid"), w.act(2*time.Hour, "a2", "review", "approve"))
}

func TestALongHistoryContinuesAsANewRunWithTheSameState(t *testing.T) {
	w := newWorld(t)
	w.env.RegisterDelayedCallback(func() { w.env.SetContinueAsNewSuggested(true) }, 90*time.Minute)
	paid := w.act(time.Hour, "a1", "pay", "paid")
	err := w.run()
	var again *workflow.ContinueAsNewError
	if !errors.As(err, &again) || !paid.answered || paid.result.Code != "" {
		t.Fatalf("%v, %+v", err, paid)
	}
	if again.WorkflowType.Name != service {
		t.Fatalf("continues as %s", again.WorkflowType.Name)
	}
	next := newWorld(t)
	approved := next.act(time.Hour, "a2", "review", "approve")
	next.env.ExecuteWorkflow(service, continued(t, again))
	if err := next.env.GetWorkflowError(); err != nil || next.end() != "issued" || approved.result.Code != "" || next.applied[0].Sequence != 4 {
		t.Fatalf("%v, %+v", err, next.applied)
	}
}

func TestAWorkflowOfAnotherTypeThanItsPlanFails(t *testing.T) {
	w := newWorld(t)
	w.env.ExecuteWorkflow("health.insurance", start())
	var failed *temporal.ApplicationError
	if err := w.env.GetWorkflowError(); !errors.As(err, &failed) || failed.Type() != interpret.WrongService || !failed.NonRetryable() {
		t.Fatalf("%v", err)
	}
}

func TestAPlanThatIsMissingIsWaitedForABoundedMoment(t *testing.T) {
	p, _ := programs(t).Program("d1")
	synctest.Test(t, func(t *testing.T) {
		ps := interpret.NewPrograms()
		began := time.Now()
		if _, ok := ps.Program("d1"); ok || time.Since(began) != 500*time.Millisecond {
			t.Fatalf("waited %s", time.Since(began))
		}
		time.AfterFunc(200*time.Millisecond, func() { ps.Add("d1", p) })
		if got, ok := ps.Program("d1"); !ok || got != p || time.Since(began) != 700*time.Millisecond {
			t.Fatal("a plan that came in the meantime was not found")
		}
	})
}

func TestTheStateQueryTellsNothingPersonal(t *testing.T) {
	w := newWorld(t)
	var got string
	w.env.RegisterDelayedCallback(func() {
		v, err := w.env.QueryWorkflow(interpret.StateQuery)
		if err != nil {
			t.Error(err)
			return
		}
		var m map[string]any
		if err := v.Get(&m); err != nil {
			t.Error(err)
		}
		b, _ := json.Marshal(m)
		got = string(b)
	}, time.Hour)
	w.must("lapsed")
	if got != `{"node":"pay","sequence":2,"status":"waiting"}` {
		t.Fatal(got)
	}
}
