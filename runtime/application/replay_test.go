package application_test

import (
	"testing"
	"time"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// replayed takes all applications through the licence service as it would be.
func (o *office) replayed(most int, change func(*plan.Plan)) application.Replayed {
	o.t.Helper()
	p := licence(o.t)
	change(p)
	got, err := o.book.Replay(o.t.Context(), service, time.Now().Add(-time.Hour), most, application.Version{Plan: p, Reference: o.store.Reference(), Day: "2026-05-05"})
	if err != nil {
		o.t.Fatal(err)
	}
	return got
}

// decided lets the officer decide on the open task of an application.
func (o *office) decided(v *application.View, action, key string) *application.View {
	o.t.Helper()
	t := task(o.t, v)
	r := application.ActRequest{Task: t.ID, Action: action, Revision: t.Revision, Comment: "so it is"}
	who := o.officer()
	if action == "submit" {
		r.Comment, r.Data, who = "", form(), o.applicant()
	}
	if a, err := o.book.Act(o.t.Context(), who, v.ID, r, key); err != nil || !a.TookEffect() {
		o.t.Fatalf("%s: %+v, %v", action, a, err)
	}
	v, err := o.book.ForApplicant(o.t.Context(), o.me.ID, v.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	return v
}

func TestPastApplicationsAreReplayedByAnotherPlan(t *testing.T) {
	o := newOffice(t)
	o.work()
	o.submitted() // waits for its payment
	o.paid()      // waits for the officer
	v := o.decided(o.paid(), "sendBack", "k1")
	o.decided(o.decided(v, "submit", "k2"), "approve", "k3")
	o.decided(o.paid(), "refuse", "k4")

	if got := o.replayed(100, func(*plan.Plan) {}); got.Looked != 4 || got.Same != 4 || got.Unknown != 0 || got.Left != 0 || got.Open != 2 || got.Movable != 2 || len(got.Partings) != 0 || len(got.Obstacles) != 0 {
		t.Errorf("the same plan: %+v", got)
	}
	if got := o.replayed(3, func(*plan.Plan) {}); got.Looked != 3 || got.Left != 1 {
		t.Errorf("no more than were asked for: %+v", got)
	}
	renamed := o.replayed(100, func(p *plan.Plan) {
		for i := range p.Nodes {
			if n := &p.Nodes[i]; n.Key == "review" {
				n.Key, n.Step = "look", "look"
			}
		}
	})
	if renamed.Same != 1 || renamed.Movable != 1 || len(renamed.Obstacles) != 1 || renamed.Obstacles[0].What.Code != machine.StepGone || renamed.Obstacles[0].Count != 1 {
		t.Errorf("a step that is gone: %+v", renamed)
	}
	want := []application.Counted[machine.Parting]{
		{What: machine.Parting{Code: machine.NotThere, Step: "review", To: "look"}, Count: 2},
		{What: machine.Parting{Code: machine.WaitsOther, Step: "review", To: "look"}, Count: 1},
	}
	if len(renamed.Partings) != 2 || renamed.Partings[0] != want[0] || renamed.Partings[1] != want[1] {
		t.Errorf("a step that is gone: %+v", renamed.Partings)
	}
	outcome := o.replayed(100, func(p *plan.Plan) {
		for i := range p.Nodes {
			if e := p.Nodes[i].End; e != nil && e.Outcome == "refused" {
				e.Outcome = "declined"
			}
		}
	})
	if outcome.Same != 3 || len(outcome.Partings) != 1 || outcome.Partings[0].What != (machine.Parting{Code: machine.EndsAs, To: "declined", Was: "refused"}) {
		t.Errorf("another outcome: %+v", outcome)
	}
	// What does not lead to where the application is says nothing.
	if _, err := o.pool.Exec(t.Context(), "DELETE FROM answer"); err != nil {
		t.Fatal(err)
	}
	if got := o.replayed(100, func(*plan.Plan) {}); got.Unknown != 4 || got.Looked != 0 {
		t.Errorf("without what was answered: %+v", got)
	}
}
