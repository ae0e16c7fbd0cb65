package application_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// granting is a plan that grants a right, changes another one and then revokes its paper.
func granting() *plan.Plan {
	return &plan.Plan{
		Format: plan.Format, Service: service, Authority: "transport", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: -1,
		Scope: []plan.Field{{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "years", Kind: "int"}, {Name: "licenceNumber", Kind: "text"}}}},
		Reads: []string{"form.years", "form.licenceNumber"},
		Nodes: []plan.Node{
			{Key: "grant", Step: "grant", Kind: plan.Right, Right: &plan.RightNode{Right: "stall", Change: "granted", Result: "grant",
				Terms: []plan.Argument{{Name: "area", Formula: "form.years", Kind: "int"}}}},
			{Key: "handed", Step: "handed", Kind: plan.Right, Right: &plan.RightNode{Right: "stall", Change: "transferred", Of: "form.licenceNumber", Result: "handed",
				Terms: []plan.Argument{{Name: "holder", Formula: "form.licenceNumber", Kind: "text"}}}},
			{Key: "over", Step: "over", Kind: plan.Revoke, Revoke: &plan.RevokeNode{Document: "stall-permit"}},
			{Key: "end/completed", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}},
		},
		Edges: []plan.Edge{{From: 0, To: 1, On: "changed"}, {From: 1, To: 2, On: "changed"}, {From: 2, To: 3, On: "revoked"}},
		Form:  plan.Form{Schema: []byte("{}")},
	}
}

func TestARightIsGrantedForWhoAppliedAndAPaperIsRevoked(t *testing.T) {
	o := newOffice(t)
	o.republish(granting())
	o.work()
	v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		t.Fatal(err)
	}
	v = o.settled(v.ID, ended)
	if v.Outcome != "completed" || len(o.ports.changed) != 2 || !slices.Equal(o.ports.revoked, []string{"stall-permit: "}) {
		t.Fatalf("%s: %+v, %v", v.Outcome, o.ports.changed, o.ports.revoked)
	}
	first, second := o.ports.changed[0], o.ports.changed[1]
	if first.Application != v.ID || first.Service != service || first.Applicant != o.me.ID || first.Holds != "900000001" || first.Right != "stall" ||
		first.What != "granted" || first.Node != "grant" || first.Visit != 1 || string(first.Terms["area"]) != "5" {
		t.Errorf("%+v", first)
	}
	if second.What != "transferred" || second.Of != "1234567" || string(second.Terms["holder"]) != `"1234567"` {
		t.Errorf("%+v", second)
	}
	answers, err := o.book.Answers(t.Context(), officer, v.ID)
	if err != nil || len(answers) != 2 || answers[0].Values["number"] != "RS-2026-000001" {
		t.Errorf("%+v, %v", answers, err)
	}
}

func TestARightThatRefusesTheChangeIsAnOperatorsMatter(t *testing.T) {
	o := newOffice(t)
	o.republish(granting())
	o.work()
	o.ports.refusedRight = "right-wrong-status"
	v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		t.Fatal(err)
	}
	v = o.settled(v.ID, application.Started)
	if len(v.Tasks) != 1 || v.Tasks[0].Kind != "incident" || v.Tasks[0].Reason != "action-failed" || v.Tasks[0].Detail != "right-wrong-status" {
		t.Fatalf("%+v", v.Tasks)
	}
}

func TestAnOperatorGoesOnWithoutWhatHasFailedAndTheReasonIsKept(t *testing.T) {
	o := newOffice(t)
	pl := granting()
	pl.Nodes, pl.Edges = pl.Nodes[1:], []plan.Edge{{From: 0, To: 1, On: "changed"}, {From: 1, To: 2, On: "revoked"}}
	o.republish(pl)
	o.work()
	o.ports.refusedRight = "no-right"
	v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		t.Fatal(err)
	}
	v = o.settled(v.ID, application.Started)
	x := task(t, v)
	if !slices.Equal(x.Actions, []string{"retry", "skip"}) || !slices.Equal(x.Comment, []string{"skip"}) || x.Skipping.Why != "" {
		t.Fatalf("%+v", x)
	}
	operator := application.Actor{Person: uuid.New(), Capacities: []string{"transport:operator"}, Kind: application.Officer}
	skip := application.ActRequest{Task: x.ID, Action: application.Skip, Revision: x.Revision}
	if a, err := o.book.Act(t.Context(), operator, v.ID, skip, "k1"); err != nil || a.Code != "comment-required" {
		t.Fatalf("without a reason: %+v, %v", a, err)
	}
	skip.Comment = "It was given back on paper."
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, skip, "k2"); err != nil || a.Code != "forbidden" {
		t.Fatalf("an officer who is no operator: %+v, %v", a, err)
	}
	if a, err := o.book.Act(t.Context(), operator, v.ID, skip, "k3"); err != nil || a.Code != "" {
		t.Fatalf("%+v, %v", a, err)
	}
	v = o.settled(v.ID, ended)
	i := slices.IndexFunc(v.Timeline, func(e application.Event) bool { return e.Outcome == application.Skip })
	if v.Outcome != "completed" || i < 0 || v.Timeline[i].Step != "handed" || v.Timeline[i].Actor != "officer" || v.Timeline[i].Comment != skip.Comment {
		t.Errorf("%s: %+v", v.Outcome, v.Timeline)
	}
	last := o.ports.audited[len(o.ports.audited)-1]
	if last.Action != application.Skip || last.Actor != operator.Person.String() || last.Code != "" {
		t.Errorf("%+v", last)
	}
	if n := o.count("SELECT count(*) FROM answer WHERE node = 'handed' AND NOT found"); n != 1 {
		t.Error("it is not kept that there is no answer")
	}
}

func TestWhatIsGrantedCannotBeSkippedAndTheDeskLearnsWhy(t *testing.T) {
	o := newOffice(t)
	o.republish(granting())
	o.work()
	o.ports.refusedRight = "no-right"
	v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		t.Fatal(err)
	}
	if x := task(t, o.settled(v.ID, application.Started)); !slices.Equal(x.Actions, []string{"retry"}) || x.Skipping.Why != "is-granted" {
		t.Errorf("%+v", x)
	}
}
