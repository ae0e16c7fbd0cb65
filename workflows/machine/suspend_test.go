package machine_test

import (
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// suspending has a payment and, beside each other, a review and a wait for an event; a head suspends it twice, for 90 days at most.
func suspending(t *testing.T) *draft {
	pay := plan.Node{Key: "pay", Step: "pay", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"permit"}, Clock: ladder(10, "days", "lapse")}}
	first := review("first", "approve", "refuse")
	first.Review.Clock = &plan.Clock{Rungs: []plan.Rung{
		{Span: plan.Span{Count: 48, Unit: "hours"}, Then: plan.Remind},
		{Span: plan.Span{Count: 5, Unit: "working days"}, Then: plan.Escalate},
		{Span: plan.Span{Count: 14, Unit: "days"}, Then: "refuse"},
		{Date: "form.event", Then: plan.Remind},
	}}
	d := drawn(t, pay, first, end("completed"), end("refused"), end("lapsed"), end("withdrawn")).
		wire("pay -paid> first\npay -lapse> end/lapsed\nfirst -approve> end/completed\nfirst -refuse> end/refused")
	d.Withdraw = d.at("end/withdrawn")
	d.Nodes[d.Withdraw].End.Refund = []plan.Refund{{Fee: "permit", What: "all"}}
	d.Suspend = &plan.Suspend{Role: "head", For: plan.Span{Count: 90, Unit: "days"}, Times: 2}
	d.Deadline = &plan.Deadline{Clock: plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 60, Unit: "days"}, Then: plan.Escalate}}}}
	return d
}

func ladder(count int, unit, then string) *plan.Clock {
	return &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: count, Unit: unit}, Then: then}}}
}

func suspends(action string, at time.Time, change ...func(*activity.Act)) machine.Event {
	a := &activity.Act{Action: action, Actor: "O9", Capacities: []string{"town:head"}, Comment: true, Facts: activity.Facts{At: at}}
	for _, c := range change {
		c(a)
	}
	return machine.Event{Act: a}
}

func TestASuspendedApplicationCountsOnWithWhatWasLeft(t *testing.T) {
	j := suspending(t).begin()
	j.took("pay", machine.Paid)
	was := j.s.Tokens[0].Clock
	for _, x := range []struct {
		change func(*activity.Act)
		want   machine.Refusal
	}{
		{func(a *activity.Act) { a.Capacities = []string{"town:clerk"} }, machine.Forbidden},
		{func(a *activity.Act) { a.Actor = "P1" }, machine.OwnApplication},
		{func(a *activity.Act) { a.Comment = false }, machine.CommentRequired},
		{func(a *activity.Act) { a.Action = machine.Resume }, machine.UnknownAction},
	} {
		if got := j.step(suspends(machine.Suspend, j.at, x.change)); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
	waits := j.p.Waits(j.s)
	stood := time.Date(2026, 3, 4, 7, 30, 0, 0, time.UTC) // Wednesday, 09:30 in Hebron
	j.must(suspends(machine.Suspend, stood))
	j.expect("suspended:first")
	j.waitsFor(":suspended")
	if m, ok := j.s.DueAt(); !ok || m.Then != machine.Resume || m.DueAt.Format(time.DateOnly) != "2026-06-02" {
		t.Fatalf("it goes on by itself at %v", m)
	}
	if got := j.step(machine.Event{Act: waits[0].Act("approve", "O1", activity.Facts{At: stood})}); got != machine.Suspended {
		t.Errorf("a decision: %q", got)
	}
	if got := j.step(suspends(machine.Suspend, stood)); got != machine.Suspended {
		t.Errorf("suspended twice: %q", got)
	}
	if got := j.step(machine.Event{Due: &machine.Due{At: was[3].DueAt}}); got != machine.Late {
		t.Errorf("a time limit: %q", got)
	}
	if got := j.step(suspends(machine.Resume, stood, func(a *activity.Act) { a.Capacities = []string{"town:clerk"} })); got != machine.Forbidden {
		t.Errorf("resumed by somebody else: %q", got)
	}

	j.s = roundTrip(t, j.s)
	on := time.Date(2026, 3, 11, 9, 0, 0, 0, time.UTC) // seven days, five of them worked, an hour and a half
	j.must(suspends(machine.Resume, on))
	j.expect("resumed:first")
	due := map[string]time.Time{}
	for _, m := range j.s.Tokens[0].Clock {
		due[m.Then+m.In] = m.DueAt
	}
	for _, m := range was {
		want := m.DueAt
		switch m.In {
		case "time":
			want = want.Add(on.Sub(stood))
		case "days":
			want = want.AddDate(0, 0, 7)
		case "working days": // Monday and five are next Monday; five more are the Monday after
			want = want.AddDate(0, 0, 7)
		}
		if m.In != "" && dst(want) != dst(m.DueAt) {
			want = want.Add(-time.Hour) // the night of 28 March is an hour shorter: a day still ends when it is over
		}
		if got := due[m.Then+m.In]; !got.Equal(want) {
			t.Errorf("%s in %q: due %s, want %s", m.Then, m.In, got, want)
		}
	}
	e := j.effects[0]
	if len(e.Dues) != 1 || e.Dues[0].Node != "first" || !e.Dues[0].DueAt.Equal(due["escalateworking days"]) || e.Actor != "O9" {
		t.Errorf("%+v", e)
	}
	if c := j.s.Case; c.PausedAt != nil || len(c.Clock) != 1 {
		t.Errorf("the deadline stands still: %+v", c)
	}
	j.took("first", "approve")
	j.ended("completed")
}

func dst(t time.Time) bool {
	zone, _ := time.LoadLocation("Asia/Hebron")
	return t.In(zone).IsDST()
}

func TestWhatComesWhileItIsSuspendedLeadsOnWhenItIsResumed(t *testing.T) {
	j := suspending(t).begin()
	j.must(suspends(machine.Suspend, j.at))
	j.waitsFor(":suspended pay:payment")
	j.took("pay", machine.Paid)
	j.waitsFor(":suspended")
	if !j.s.Assessments[0].Paid {
		t.Fatal("what was paid does not count")
	}
	resumed := j.s
	j.must(machine.Event{Due: &machine.Due{At: j.dueAt()}}) // nobody resumed it
	j.expect("resumed:pay entered:first open-task:first")
	if j.effects[0].Actor != "" {
		t.Errorf("resumed by %s", j.effects[0].Actor)
	}
	j.must(suspends(machine.Suspend, j.at.AddDate(0, 4, 0)))
	j.must(suspends(machine.Resume, j.at.AddDate(0, 4, 1)))
	if got := j.step(suspends(machine.Suspend, j.at.AddDate(0, 4, 2))); got != machine.Closed {
		t.Errorf("a third time: %q", got)
	}

	j.s = resumed // the applicant may leave at any time, and what was paid goes back
	j.must(machine.Event{Act: &activity.Act{Action: machine.Withdraw, Actor: "P1", Capacities: []string{machine.Applicant}, Facts: activity.Facts{At: j.at}}})
	j.ended("withdrawn")
	if i := len(j.effects) - 2; j.effects[i].Kind != activity.Refund {
		t.Errorf("%s", told(j.effects))
	}
}

func TestASuspendedApplicationIsCarriedOver(t *testing.T) {
	d := suspending(t)
	j := d.begin()
	j.must(suspends(machine.Suspend, j.at))
	j.took("pay", machine.Paid)
	other := *d.Plan
	other.Suspend = nil
	to, err := machine.Load(&other)
	if err != nil {
		t.Fatal(err)
	}
	next, _, obstacles, _ := j.p.Migrate(j.s, to, activity.Move{Facts: activity.Facts{At: j.at, Calendar: week}, Reads: j.s.Reads})
	if len(obstacles) > 0 {
		t.Fatalf("%v", obstacles)
	}
	j.p, j.s = to, next
	j.must(suspends(machine.Resume, j.at.AddDate(0, 0, 3))) // by whoever could when it was suspended
	j.waitsFor("first:review :deadline")
}

// An answer may bear a later instant than the timer that is taken behind it: servers' clocks differ, and midnight may lie between.
func TestAClockThatHasStoodStillForNoTimeIsNoShorter(t *testing.T) {
	d := drawn(t, plan.Node{Key: "visit", Step: "visit", Kind: plan.Start, Start: &plan.StartNode{Service: "town.visit", Wait: true,
		Clock: &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: 3, Unit: "days"}, Then: plan.Escalate}}}}}, end("completed"))
	d.wire("visit -ended> end/completed")
	d.Suspend = &plan.Suspend{Role: "head", For: plan.Span{Count: 24, Unit: "hours"}, Times: 1}
	j := d.begin()
	j.must(suspends(machine.Suspend, time.Date(2026, 3, 2, 21, 59, 59, 9e8, time.UTC))) // a tenth of a second before midnight in Hebron
	until := j.p.Waits(j.s)[0].DueAt
	j.at = until.Add(200 * time.Millisecond)
	j.does("")
	was := j.s.Tokens[0].Clock[0].DueAt
	j.must(machine.Event{Due: &machine.Due{At: until}})
	if got := j.s.Tokens[0].Clock[0].DueAt; got.Before(was) {
		t.Errorf("it was due %s and is due %s", was, got)
	}
}
