package machine_test

import (
	"slices"
	"testing"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// placed is a review of the authority that the form names, from which the form may be sent back.
func placed(t *testing.T) *draft {
	first := review("first", "approve", "sendBack")
	first.Review.Of = `form.area >= 100 ? "hebron" : "nablus"`
	first.Review.Clock = ladder(2, "working days", plan.Escalate)
	second := review("second", "approve")
	second.Review.Of, second.Review.NotSame = first.Review.Of, []string{"first"}
	correct := plan.Node{Key: "correct", Step: "first", Kind: plan.Correct, Correct: &plan.CorrectNode{}}
	d := drawn(t, first, second, correct, end("completed")).
		wire("first -approve> second\nfirst -sendBack> correct\ncorrect -submit> first\nsecond -approve> end/completed")
	d.Suspend = &plan.Suspend{Role: "head", For: plan.Span{Count: 90, Unit: "days"}, Times: 2}
	return d
}

// exists says whether there is the authority that is asked for.
func (j *journey) exists(authority string, is bool) {
	j.t.Helper()
	l := j.asked()
	if l.Do != activity.Authority || l.Subject != authority || len(l.With)+len(l.Keep) > 0 {
		j.t.Fatalf("it asks %+v, not for %s", l, authority)
	}
	j.must(j.answer(activity.Answer{Found: is}))
}

func with(capacity string) func(*activity.Act) {
	return func(a *activity.Act) { a.Capacities = []string{capacity} }
}

func area(value string) func(*activity.Act) {
	return func(a *activity.Act) {
		a.Reads = raw("form.area", value, "form.event", `"2026-03-20"`, "form.owners", `[]`)
	}
}

func TestATaskGoesToTheAuthorityThatTheFormNames(t *testing.T) {
	j := placed(t).begin()
	if j.task() != nil || len(j.s.Tokens[0].Clock) > 0 {
		t.Fatal("somebody is asked before it is known that there is such an authority")
	}
	j.exists("hebron", true)
	j.expect("open-task:first")
	if task := j.effects[0].Task; task.Role != "hebron:clerk" || task.DueAt == nil {
		t.Fatalf("%+v", task)
	}
	for _, other := range []string{"town:clerk", "nablus:clerk", "hebron:head", "clerk"} {
		if r := j.decide("first", "approve", with(other)); r != machine.Forbidden {
			t.Errorf("%s decides: %q", other, r)
		}
	}
	j.took("first", "sendBack")
	j.took("first", machine.Submit, area("50"))
	j.exists("nablus", true)
	if r := j.decide("first", "approve", with("hebron:clerk")); r != machine.Forbidden {
		t.Errorf("who was competent before the correction decides: %q", r)
	}
	j.took("first", "approve", with("nablus:clerk"))
	j.exists("nablus", true)
	if r := j.decide("second", "approve"); r != machine.SameOfficer {
		t.Errorf("four eyes of one officer: %q", r)
	}
	j.took("second", "approve", by("O2"))
	j.ended("completed")
}

func TestACorrectionMovesNoTaskThatIsOpen(t *testing.T) {
	mine, other := review("mine", "approve"), review("other", "approve", "sendBack")
	mine.Review.Of = `form.area >= 100 ? "hebron" : "nablus"`
	correct := plan.Node{Key: "correct", Step: "other", Kind: plan.Correct, Correct: &plan.CorrectNode{}}
	j := drawn(t, fork("both", 0), mine, other, correct, join("a", false), join("b", false), end("completed")).
		wire("mine -approve> a\nother -approve> b\nother -sendBack> correct\ncorrect -submit> other\nboth -done> end/completed").
		branch("both", "a", "mine").branch("both", "b", "other").begin()
	waits := j.p.Waits(j.s)
	at := slices.IndexFunc(waits, func(w machine.Wait) bool { return w.Lookup != nil })
	if at < 0 || waits[at].Lookup.Subject != "hebron" {
		t.Fatalf("%+v", waits)
	}
	j.must(machine.Event{Answer: &machine.LookupAnswer{Node: waits[at].Node, Visit: waits[at].Visit, Answer: activity.Answer{Facts: activity.Facts{At: j.at}, Found: true}}})
	j.took("other", "sendBack")
	j.took("other", machine.Submit, area("50"))
	j.took("mine", "approve", with("hebron:clerk"))
	j.took("other", "approve", by("O2"))
	j.ended("completed")
}

func TestAnAuthorityThatIsNotThereIsAnIncidentThatIsTriedAgain(t *testing.T) {
	j := placed(t).begin()
	visit := j.asked().Visit
	j.exists("hebron", false)
	j.expect("open-task:first!incident.no-authority")
	if e := j.effects[0]; e.Task.Role != "town:operator" || !slices.Equal(e.Task.Actions, []string{machine.Retry}) || e.Detail != `form.area >= 100 ? "hebron" : "nablus"` {
		t.Fatalf("%+v %+v", e, e.Task)
	}
	if s := j.p.Skips("first", machine.NoAuthority); s.Why != machine.InDefinition {
		t.Errorf("a decision can be skipped: %+v", s)
	}
	j.took("first", machine.Retry)
	if j.asked().Visit == visit {
		t.Error("it asks for the same visit once more")
	}
	j.must(j.answer(activity.Answer{Failed: machine.Unavailable}))
	j.expect("open-task:first!incident.lookup-failed")
	j.took("first", machine.Retry)
	j.exists("hebron", true)
	j.took("first", "approve", with("hebron:clerk"))
}

func TestNobodyIsAskedWhileTheApplicationIsSuspended(t *testing.T) {
	j := placed(t).begin()
	j.must(suspends(machine.Suspend, j.at))
	j.exists("hebron", true)
	if j.task() != nil {
		t.Fatal("a task is opened while everything stands still")
	}
	j.must(suspends(machine.Resume, j.at))
	j.exists("hebron", true)
	j.took("first", "approve", with("hebron:clerk"))
}

func TestWhoIsCompetentStaysSoByAnotherPlan(t *testing.T) {
	at := func() *journey {
		j := placed(t).begin()
		j.exists("hebron", true)
		return j
	}
	change := func(review func(*plan.ReviewNode)) *machine.Program {
		d := placed(t)
		review(d.Nodes[0].Review)
		return d.program()
	}
	j := at()
	j.migrate(change(func(r *plan.ReviewNode) { r.Role = "engineer" }))
	if j.task().Role != "hebron:engineer" {
		t.Errorf("%+v", j.task())
	}
	j = at()
	j.migrate(change(func(r *plan.ReviewNode) { r.Of, r.Authority = "", "nablus" }))
	if j.task().Role != "nablus:clerk" {
		t.Errorf("the definition names the authority now: %+v", j.task())
	}
	j = at()
	j.migrate(change(func(r *plan.ReviewNode) { r.Of = `form.area > 0 ? "hebron" : "nablus"` }))
	if j.task().Role != "hebron:clerk" {
		t.Errorf("%+v", j.task())
	}
	at().refuses(change(func(r *plan.ReviewNode) { r.Of = `form.area > 0 ? "nablus" : "hebron"` }), activity.Obstacle{Code: machine.NoDecision, At: "first"})
	asking := placed(t).begin()
	asking.refuses(placed(t).program(), activity.Obstacle{Code: machine.IsBusy, At: "first"})
}

func TestAReviewHasOneAuthority(t *testing.T) {
	for _, both := range []func(*plan.ReviewNode){
		func(r *plan.ReviewNode) { r.Authority = "hebron" },
		func(r *plan.ReviewNode) { r.Of = "form.area" },
		func(r *plan.ReviewNode) { r.Of = "form.town" },
	} {
		d := placed(t)
		both(d.Nodes[0].Review)
		if _, err := machine.Load(d.Plan); err == nil {
			t.Errorf("it is loaded: %+v", d.Nodes[0].Review)
		}
	}
}
