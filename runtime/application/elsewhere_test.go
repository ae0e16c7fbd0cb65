package application_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// elsewhere is a plan in which Civil Defence looks at an application of another authority's service, after that one has.
func elsewhere() *plan.Plan {
	decisions := []plan.Decision{{Action: "approve"}, {Action: "refuse"}}
	return &plan.Plan{
		Format: plan.Format, Service: service, Authority: "transport", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: -1,
		Nodes: []plan.Node{
			{Key: "first", Step: "first", Kind: plan.Review, Review: &plan.ReviewNode{Role: "licensing-officer", Decisions: decisions}},
			{Key: "safety", Step: "safety", Kind: plan.Review, Review: &plan.ReviewNode{Role: "safety-officer", Authority: "civil-defence", Decisions: decisions}},
			{Key: "last", Step: "last", Kind: plan.Review, Review: &plan.ReviewNode{Role: "licensing-officer", Decisions: decisions}},
			{Key: "end/done", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}}, {Key: "end/refused", Kind: plan.End, End: &plan.EndNode{Outcome: "refused"}},
		},
		Edges: []plan.Edge{
			{From: 0, To: 1, On: "approve"}, {From: 0, To: 4, On: "refuse"}, {From: 1, To: 2, On: "approve"}, {From: 1, To: 4, On: "refuse"},
			{From: 2, To: 3, On: "approve"}, {From: 2, To: 4, On: "refuse"},
		},
		Form: plan.Form{Schema: []byte("{}")},
	}
}

func TestAnotherAuthorityReadsAndDecidesOnlyWhatIsAddressedToIt(t *testing.T) {
	o := newOffice(t)
	o.republish(elsewhere())
	o.work()
	safety, clerk := []string{"civil-defence:safety-officer"}, []string{"civil-defence:clerk"}
	reads := func(capacities []string, id uuid.UUID) bool {
		t.Helper()
		_, err := o.book.ForOfficer(t.Context(), capacities, id)
		if err != nil && !errors.Is(err, application.ErrNotFound) {
			t.Fatal(err)
		}
		_, answers := o.book.Answers(t.Context(), capacities, id)
		_, forms := o.book.Corrections(t.Context(), capacities, id)
		if answers != nil || (forms == nil) != (err == nil) {
			t.Errorf("view %v, answers %v, forms %v", err, answers, forms)
		}
		return err == nil
	}
	v, other := o.begun(), o.begun()
	if reads(safety, v.ID) {
		t.Error("another authority reads what was never addressed to it")
	}
	first := v.Tasks[0]
	officer := application.Actor{Person: uuid.New(), Capacities: safety, Kind: application.Officer}
	if _, err := o.book.Act(t.Context(), officer, v.ID, application.ActRequest{Task: first.ID, Action: "approve", Revision: 1}, "k"); !errors.Is(err, application.ErrNotFound) {
		t.Errorf("it acts on it: %v", err)
	}
	v = o.decide(v, "first", "approve")
	if !reads(safety, v.ID) || reads(clerk, v.ID) || reads(safety, other.ID) {
		t.Error("only the role that is asked reads, and only that application")
	}
	q, err := o.book.Queue(t.Context(), holder(safety...), application.QueueFilter{}, application.Page{})
	if err != nil || len(q.Items) != 1 || q.Items[0].Application != v.ID {
		t.Errorf("its queue is %+v, %v", q, err)
	}
	if counts, err := o.book.QueueCounts(t.Context(), holder(safety...)); err != nil || len(counts) != 1 || counts[0].Open != 1 {
		t.Errorf("counted %+v, %v", counts, err)
	}
	v = o.decide(v, "safety", "approve")
	if !reads(safety, v.ID) {
		t.Error("it does not read any more what it has decided")
	}
	last := task(t, &application.View{Tasks: v.Tasks[:1]})
	if a, err := o.book.Act(t.Context(), officer, v.ID, application.ActRequest{Task: last.ID, Action: "approve", Revision: 1}, "l"); err != nil || a.Code != "forbidden" {
		t.Errorf("it decides for the other authority: %+v, %v", a, err)
	}
}

func TestATaskGoesToTheAuthorityThatTheApplicationNames(t *testing.T) {
	o := newOffice(t)
	pl := elsewhere()
	pl.Scope = []plan.Field{{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "years", Kind: "int"}}}}
	pl.Reads = []string{"form.years"}
	pl.Nodes[1].Review.Authority, pl.Nodes[1].Review.Of = "", `form.years == 5 ? "civil-defence" : "transport"`
	o.republish(pl)
	o.work()
	v := o.decide(o.begun(), "first", "approve")
	at := func() application.Task {
		t.Helper()
		i := slices.IndexFunc(v.Tasks, func(task application.Task) bool { return task.Step == "safety" && task.Open() })
		if i < 0 {
			t.Fatalf("nobody is asked: %+v", v.Tasks)
		}
		return v.Tasks[i]
	}
	if task := at(); task.Role != "transport:operator" || task.Reason != "no-authority" || task.Detail != pl.Nodes[1].Review.Of {
		t.Fatalf("where there is no such authority %+v is asked", task)
	}
	o.bodies = []release.Authority{{Code: "civil-defence"}}
	o.republish(pl)
	v = o.decide(v, "safety", "retry")
	if task := at(); task.Role != "civil-defence:safety-officer" || task.Reason != "" {
		t.Fatalf("%+v is asked", task)
	}
	for capacity, may := range map[string]bool{"civil-defence:safety-officer": true, "civil-defence:clerk": false, "health:safety-officer": false} {
		_, err := o.book.ForOfficer(t.Context(), []string{capacity}, v.ID)
		q, failed := o.book.Queue(t.Context(), holder(capacity), application.QueueFilter{}, application.Page{})
		if (err == nil) != may || failed != nil || (len(q.Items) == 1) != may {
			t.Errorf("%s reads: %v, and has %d in the queue: %v", capacity, err, len(q.Items), failed)
		}
	}
	if n := o.count("SELECT count(*) FROM answer"); n != 0 {
		t.Errorf("%d answers are stored as if an officer had filled something in", n)
	}
	o.decide(o.decide(v, "safety", "approve"), "last", "approve")
}
