package application_test

import (
	"testing"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// seniorDecides is the licence service after a change: a senior officer decides, and the applicant no longer corrects.
func seniorDecides(t *testing.T) *plan.Plan {
	p := licence(t)
	for i := range p.Nodes {
		if p.Nodes[i].Key == "review" {
			p.Nodes[i].Review.Role = "senior-officer"
		}
	}
	return p
}

func TestAnOpenApplicationIsMovedToTheReleasedPlan(t *testing.T) {
	o := newOffice(t)
	o.work()
	v := o.paid()
	p := seniorDecides(t)
	o.republish(p)
	live, _ := o.store.Service(service)
	digest := live.PlanDigest
	if list, err := o.book.Unmoved(t.Context(), service, digest, [16]byte{}, 10); err != nil || len(list) != 1 || list[0] != v.ID {
		t.Fatalf("%v %v", list, err)
	}
	before := v.Plan
	if r, err := o.book.Movable(t.Context(), v.ID, digest); err != nil || len(r.Obstacles) > 0 {
		t.Fatalf("%+v %v", r, err)
	}
	if v = o.settled(v.ID, func(application.Progress) bool { return true }); v.Plan != before {
		t.Fatal("a dry run moved it")
	}
	for range 2 { // again changes nothing
		if r, err := o.book.Move(t.Context(), v.ID, digest); err != nil || len(r.Obstacles) > 0 {
			t.Fatalf("%+v %v", r, err)
		}
	}
	v = o.settled(v.ID, func(application.Progress) bool { return true })
	if task := task(t, v); v.Plan != digest || task.Role != "transport:senior-officer" || task.Revision != 2 {
		t.Fatalf("%s %+v", v.Plan, task)
	}
	senior := application.Actor{Person: o.person("Senior").ID, Kind: application.Officer, Capacities: []string{"transport:senior-officer"}}
	a, err := o.book.Act(t.Context(), senior, v.ID, application.ActRequest{Task: task(t, v).ID, Action: "approve", Revision: 2}, "k")
	if err != nil || a.Code != "" {
		t.Fatalf("%+v %v", a, err)
	}
	if v = o.settled(v.ID, ended); v.Outcome != "issued" {
		t.Fatalf("%s", v.Outcome)
	}
	if r, err := o.book.Move(t.Context(), v.ID, digest); err != nil || len(r.Obstacles) != 1 || r.Obstacles[0].Code != machine.HasEnded {
		t.Fatalf("%+v %v", r, err)
	}
}
