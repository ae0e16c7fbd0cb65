package application_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// holding is a plan that holds a plot, and lets it go again where the applicant withdraws.
func holding() *plan.Plan {
	return &plan.Plan{
		Format: plan.Format, Service: service, Authority: "transport", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: 3,
		Scope: []plan.Field{{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "years", Kind: "int"}}}},
		Reads: []string{"form.years"},
		Nodes: []plan.Node{
			{Key: "hold", Step: "hold", Kind: plan.Write, Lookup: &plan.LookupNode{Registry: "land", Operation: "hold", Keep: []string{}, Undo: "hold/undo"}},
			{Key: "review", Step: "review", Kind: plan.Review, Review: &plan.ReviewNode{Role: "licensing-officer", Decisions: []plan.Decision{{Action: "approve"}}}},
			{Key: "end/completed", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}},
			{Key: "end/withdrawn", Kind: plan.End, End: &plan.EndNode{Outcome: "withdrawn", Undo: true}},
			{Key: "hold/undo", Step: "hold", Kind: plan.Undo, Lookup: &plan.LookupNode{Registry: "land", Operation: "free", Keep: []string{},
				With: []plan.Argument{{Name: "years", Formula: "form.years", Kind: "int"}}}},
		},
		Edges: []plan.Edge{{From: 0, To: 1, On: "written"}, {From: 1, To: 2, On: "approve"}},
		Form:  plan.Form{Schema: []byte("{}")},
	}
}

func TestWhatWasEnteredIsTakenBackWhenTheApplicantWithdrawsAndMeanwhileNothingElseIsDone(t *testing.T) {
	o := newOffice(t)
	o.republish(holding())
	o.work()
	o.ports.refusedWrites = map[string]string{"free": "locked"}
	v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		t.Fatal(err)
	}
	if v = o.settled(v.ID, application.Answered); !v.Withdrawable || v.Undoing {
		t.Fatalf("%+v", v)
	}
	withdraw := application.ActRequest{Action: application.Withdraw}
	if a, err := o.book.Act(t.Context(), o.applicant(), v.ID, withdraw, "w1"); err != nil || a.Code != "" {
		t.Fatalf("%+v, %v", a, err)
	}
	if v, err = o.book.ForApplicant(t.Context(), o.me.ID, v.ID); err != nil || !v.Undoing || v.Withdrawable || v.Step != "hold" || v.Status != application.Open {
		t.Fatalf("%+v, %v", v, err)
	}
	if a, err := o.book.Act(t.Context(), o.applicant(), v.ID, withdraw, "w2"); err != nil || a.Code != "being-undone" {
		t.Fatalf("withdrawn twice: %+v, %v", a, err)
	}
	i := -1
	o.until("an operator is asked", func() bool {
		if v, err = o.book.ForApplicant(t.Context(), o.me.ID, v.ID); err != nil {
			t.Fatal(err)
		}
		i = slices.IndexFunc(v.Tasks, application.Task.Open)
		return i >= 0
	})
	if x := v.Tasks[i]; x.Kind != "incident" || x.Detail != "locked" || !x.Skipping.Undo || !slices.Equal(x.Actions, []string{"retry", "skip"}) {
		t.Fatalf("%+v", x)
	}
	o.ports.mu.Lock()
	o.ports.refusedWrites = nil
	o.ports.mu.Unlock()
	operator := application.Actor{Person: uuid.New(), Capacities: []string{"transport:operator"}, Kind: application.Officer}
	if a, err := o.book.Act(t.Context(), operator, v.ID, application.ActRequest{Task: v.Tasks[i].ID, Action: "retry", Revision: v.Tasks[i].Revision}, "r"); err != nil || a.Code != "" {
		t.Fatalf("%+v, %v", a, err)
	}
	v = o.settled(v.ID, ended)
	taken := slices.ContainsFunc(v.Timeline, func(e application.Event) bool { return e.Step == "hold" && e.Outcome == "undone" })
	if v.Outcome != "withdrawn" || v.Undoing || !taken || !slices.Equal(o.ports.written, []string{"hold", "free", "free"}) {
		t.Errorf("%s, %q: %+v", v.Outcome, o.ports.written, v.Timeline)
	}
}

func TestWhatWasRefusedIsTakenUpAgainByAnOfficerWhoSaysWhy(t *testing.T) {
	o := newOffice(t)
	pl := holding()
	pl.Nodes = append(pl.Nodes[:len(pl.Nodes)-1:len(pl.Nodes)-1], plan.Node{Key: "end/refused", Kind: plan.End, End: &plan.EndNode{Outcome: "refused"}})
	pl.Nodes[0].Lookup.Undo = ""
	pl.Nodes[1].Review.Decisions = append(pl.Nodes[1].Review.Decisions, plan.Decision{Action: "refuse"})
	pl.Edges = append(pl.Edges, plan.Edge{From: 1, To: 4, On: "refuse"})
	pl.Reopen = &plan.Reopen{Role: "licensing-officer", Within: plan.Span{Count: 30, Unit: "days"}, Outcomes: []string{"refused"}, Times: 1, To: 1}
	o.republish(pl)
	o.work()
	v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		t.Fatal(err)
	}
	v = o.settled(v.ID, application.Answered)
	decide := func(action, key string) *application.View {
		t.Helper()
		i := slices.IndexFunc(v.Tasks, application.Task.Open)
		x := v.Tasks[i]
		a, err := o.book.Act(t.Context(), o.officer(), v.ID, application.ActRequest{Task: x.ID, Action: action, Revision: x.Revision}, key)
		if err != nil || a.Code != "" {
			t.Fatalf("%s: %+v, %v", action, a, err)
		}
		return o.settled(v.ID, ended)
	}
	decide("refuse", "d1")
	seen, err := o.book.ForOfficer(t.Context(), officer, v.ID)
	if err != nil || !slices.Equal(seen.Anytime, []string{application.Reopen}) || seen.Outcome != "refused" {
		t.Fatalf("%+v, %v", seen, err)
	}
	reopen := application.ActRequest{Action: application.Reopen, Comment: "The proof was overlooked."}
	for key, x := range map[string]struct {
		actor  application.Actor
		change func(*application.ActRequest)
		want   string
	}{
		"applicant": {o.applicant(), func(*application.ActRequest) {}, "forbidden"},
		"silent":    {o.officer(), func(r *application.ActRequest) { r.Comment = " " }, "comment-required"},
		"other":     {o.officer(), func(r *application.ActRequest) { r.Action = application.Withdraw }, "ended"},
	} {
		r := reopen
		x.change(&r)
		if a, err := o.book.Act(t.Context(), x.actor, v.ID, r, key); err != nil || a.Code != x.want {
			t.Errorf("%s: %+v, %v", key, a, err)
		}
	}
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, reopen, "again"); err != nil || a.Code != "" {
		t.Fatalf("%+v, %v", a, err)
	}
	v, err = o.book.ForOfficer(t.Context(), officer, v.ID)
	if err != nil || v.Status != application.Open || v.Outcome != "" || v.EndedAt != nil || v.Step != "review" {
		t.Fatalf("%+v, %v", v, err)
	}
	i := slices.IndexFunc(v.Timeline, func(e application.Event) bool { return e.Kind == "reopened" })
	if i < 0 || v.Timeline[i].Comment != reopen.Comment || v.Timeline[i].Actor != "officer" {
		t.Errorf("%+v", v.Timeline)
	}
	v = decide("refuse", "d2")
	if v.Outcome != "refused" || v.EndedAt == nil {
		t.Fatalf("%+v", v)
	}
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, reopen, "third"); err != nil || a.Code != "ended" {
		t.Errorf("a second time: %+v, %v", a, err)
	}
	if seen, _ := o.book.ForOfficer(t.Context(), officer, v.ID); len(seen.Anytime) > 0 {
		t.Errorf("%q is offered", seen.Anytime)
	}
}
