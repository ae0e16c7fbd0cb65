package machine_test

import (
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// reopening has a payment, a review and a second one that refuses; it may be reopened once, at the first review, within 30 days.
func reopening(t *testing.T) *draft {
	pay := plan.Node{Key: "pay", Step: "pay", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"permit", "deposit"}}}
	d := drawn(t, review("early", "on", "off"), pay, review("first", "approve", "refuse"), review("second", "approve", "refuse"), end("completed"), end("refused")).
		wire("early -on> pay\nearly -off> end/refused\npay -paid> first\nfirst -approve> second\nfirst -refuse> end/refused\nsecond -approve> end/completed\nsecond -refuse> end/refused")
	d.Nodes[d.at("end/refused")].End.Refund = []plan.Refund{{Fee: "permit", What: "all"}, {Fee: "deposit", What: "keep"}}
	d.Reopen = &plan.Reopen{Role: "head", Within: plan.Span{Count: 30, Unit: "days"}, Outcomes: []string{"refused"}, Times: 1, To: d.at("first")}
	return d
}

func reopens(at time.Time, change ...func(*activity.Act)) machine.Event {
	a := &activity.Act{Action: machine.Reopen, Actor: "O9", Capacities: []string{"town:head"}, Comment: true, Facts: activity.Facts{At: at}}
	for _, c := range change {
		c(a)
	}
	return machine.Event{Act: a}
}

func TestWhatWasRefusedIsTakenUpAgainAndDecidedAnew(t *testing.T) {
	j := reopening(t).begin()
	j.took("early", "on")
	j.took("pay", machine.Paid)
	j.took("first", "approve")
	j.took("second", "refuse")
	until, open := j.s.ReopenedUntil()
	if !open || !until.After(j.at.AddDate(0, 0, 29)) {
		t.Fatalf("until %s", until)
	}
	for _, x := range []struct {
		change func(*activity.Act)
		want   machine.Refusal
	}{
		{func(a *activity.Act) { a.Capacities = []string{"town:clerk"} }, machine.Forbidden},
		{func(a *activity.Act) { a.Actor = "P1" }, machine.OwnApplication},
		{func(a *activity.Act) { a.Comment = false }, machine.CommentRequired},
		{func(a *activity.Act) { a.Facts.At = until }, machine.Over},
		{func(a *activity.Act) { a.Action = machine.Withdraw }, machine.Over},
	} {
		if got := j.step(reopens(j.at, x.change)); got != x.want {
			t.Errorf("%q, want %q", got, x.want)
		}
	}
	j.must(reopens(j.at))
	j.expect("reopened:first entered:first open-task:first")
	if _, open := j.s.ReopenedUntil(); open || j.s.Status != machine.Open || j.s.Outcome != "" {
		t.Fatalf("%+v", j.s)
	}
	j.took("first", "approve")
	j.waitsFor("second:review") // it does not stand that it was refused
	j.took("second", "refuse")
	j.ended("refused")
	for _, e := range j.effects {
		for _, x := range e.Refunds {
			if x.Fee == "permit" {
				t.Error("what went back goes back again")
			}
		}
	}
	if r := j.step(reopens(j.at)); r != machine.Over {
		t.Fatalf("a second time: %q", r)
	}
}

func TestWhatHasNotBeenAtTheStepIsNotReopened(t *testing.T) {
	j := reopening(t).begin()
	j.took("early", "off")
	if _, open := j.s.ReopenedUntil(); open {
		t.Fatal("it may be reopened at a step that it has never come to")
	}
	if r := j.step(reopens(j.at)); r != machine.Over {
		t.Fatal(r)
	}
}

func TestWhatWentBackIsPaidAgainAndWhatStayedIsNot(t *testing.T) {
	d := reopening(t)
	d.Reopen.To = d.at("pay")
	j := d.begin()
	j.took("early", "on")
	j.took("pay", machine.Paid)
	j.took("first", "refuse")
	j.must(reopens(j.at))
	for _, e := range j.effects {
		if e.Assessment != nil && (e.Assessment.Total != 10005 || len(e.Assessment.Lines) != 1) {
			t.Errorf("%+v", e.Assessment)
		}
	}
	j.took("pay", machine.Paid)
	j.took("first", "refuse")
	if got := j.effects[len(j.effects)-2].Refunds; len(got) != 2 {
		t.Errorf("%+v", got)
	}
}

// What an end lets stand is known still when the application is reopened: it is taken back before it is entered anew, and before a refusal.
func TestWhatStoodAtTheEndIsTakenBackAfterReopening(t *testing.T) {
	stood := func(to string) *journey {
		d := two(t)
		d.Nodes[d.Withdraw].End.Undo = false
		d.Reopen = &plan.Reopen{Role: "head", Within: plan.Span{Count: 30, Unit: "days"}, Outcomes: []string{"withdrawn"}, Times: 1, To: d.at(to)}
		j := d.begin()
		j.does("enter-a")
		j.does("enter-b")
		j.must(withdraws(j))
		j.ended("withdrawn")
		j.s = roundTrip(t, j.s)
		j.must(reopens(j.at))
		return j
	}
	j := stood("review")
	j.took("review", "refuse")
	j.asksFor("remove-b 1")
	j.does("remove-b")
	j.asksFor("remove-a 1")
	j.does("remove-a")
	j.ended("refused")

	j = stood("b")
	j.asksFor("remove-b 1")
	j.does("remove-b")
	j.asksFor("enter-b 2")
	j.does("enter-b")
	j.took("review", "approve")
	j.ended("completed")
	if len(j.s.Written) > 0 {
		t.Errorf("%+v is kept and can never be taken back any more", j.s.Written)
	}
}
