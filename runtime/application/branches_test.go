package application_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// branched is a plan in which a value is worked out, a channel drawn and a register written to, while two offices look at the application.
func branched() *plan.Plan {
	review := func(key, role string) plan.Node {
		return plan.Node{Key: key, Step: key, Kind: plan.Review, Review: &plan.ReviewNode{Role: role, Decisions: []plan.Decision{{Action: "approve"}, {Action: "refuse"}}}}
	}
	return &plan.Plan{
		Format: plan.Format, Service: service, Authority: "transport", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: -1,
		Scope: []plan.Field{
			{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "years", Kind: "int"}}},
			{Name: "sums", Kind: "record", Fields: []plan.Field{{Name: "months", Kind: "int"}}},
			{Name: "lane", Kind: "record", Fields: []plan.Field{{Name: "channel", Kind: "text"}}},
		},
		Reads: []string{"form.years"},
		Nodes: []plan.Node{
			{Key: "sums", Step: "sums", Kind: plan.Compute, Compute: &plan.ComputeNode{Result: "sums", Values: []plan.Argument{{Name: "months", Formula: "form.years * 12", Kind: "int"}}}},
			{Key: "together", Step: "together", Kind: plan.Fork, Fork: &plan.ForkNode{Branches: []plan.Branch{{Key: "health", Entry: 2}, {Key: "roads", Entry: 3}}}},
			review("health", "health-officer"), review("roads", "licensing-officer"),
			{Key: "for", Kind: plan.Join, Join: &plan.JoinNode{}}, {Key: "against", Kind: plan.Join, Join: &plan.JoinNode{Against: true}},
			{Key: "lane", Step: "lane", Kind: plan.Draw, Draw: &plan.DrawNode{Result: "lane", Channels: []plan.Channel{{Name: "green", Weight: 1}}}},
			{Key: "entry", Step: "entry", Kind: plan.Write, Lookup: &plan.LookupNode{Registry: "licensing", Operation: "enter", With: []plan.Argument{{Name: "months", Formula: "sums.months", Kind: "int"}}, Result: "entry"}},
			{Key: "end/completed", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}}, {Key: "end/refused", Kind: plan.End, End: &plan.EndNode{Outcome: "refused"}},
		},
		Edges: []plan.Edge{
			{From: 0, To: 1, On: "computed"}, {From: 1, To: 6, On: "done"}, {From: 1, To: 9, On: "otherwise"},
			{From: 2, To: 4, On: "approve"}, {From: 2, To: 5, On: "refuse"}, {From: 3, To: 4, On: "approve"}, {From: 3, To: 5, On: "refuse"},
			{From: 6, To: 7, On: "drawn"}, {From: 7, To: 8, On: "written"},
		},
		Form: plan.Form{Schema: []byte("{}")},
	}
}

func (o *office) republish(plans ...*plan.Plan) {
	o.t.Helper()
	o.publish(plans...)
	if err := o.store.Refresh(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// decide takes the open task of a step by somebody of its role.
func (o *office) decide(v *application.View, step, action string) *application.View {
	o.t.Helper()
	i := slices.IndexFunc(v.Tasks, func(t application.Task) bool { return t.Step == step && t.Open() })
	if i < 0 {
		o.t.Fatalf("no open task at %s in %+v", step, v.Tasks)
	}
	t := v.Tasks[i]
	actor := application.Actor{Person: uuid.New(), Capacities: []string{t.Role}, Kind: application.Officer}
	a, err := o.book.Act(o.t.Context(), actor, v.ID, application.ActRequest{Task: t.ID, Action: action, Revision: t.Revision}, uuid.NewString())
	if err != nil || !a.TookEffect() {
		o.t.Fatalf("%s at %s: %+v, %v", action, step, a, err)
	}
	return o.settled(v.ID, application.Started)
}

func ended(p application.Progress) bool { return p.Status == application.Ended }

func TestSeveralTasksAreOpenAtOnceAndWhatIsDoneOutsideIsStored(t *testing.T) {
	o := newOffice(t)
	o.republish(branched())
	o.work()
	begin := func() *application.View {
		v, err := o.book.Submit(t.Context(), o.submission(uuid.NewString()))
		if err != nil {
			t.Fatal(err)
		}
		return o.settled(v.ID, application.Started)
	}
	v := begin()
	open := 0
	for _, task := range v.Tasks {
		if task.Open() {
			open++
		}
	}
	if open != 2 || v.Step != "together" {
		t.Fatalf("%d open tasks at %s", open, v.Step)
	}
	for role, want := range map[string]int{"transport:health-officer": 1, "transport:licensing-officer": 1, "transport:other": 0} {
		q, err := o.book.Queue(t.Context(), holder(role), application.QueueFilter{}, application.Page{})
		if err != nil || len(q.Items) != want {
			t.Fatalf("%s sees %d tasks, %v", role, len(q.Items), err)
		}
	}
	v = o.decide(v, "roads", "approve")
	o.decide(v, "health", "approve")
	v = o.settled(v.ID, ended) // behind the branches something is drawn and written
	if v.Status != application.Ended || v.Outcome != "completed" {
		t.Fatalf("%s %s", v.Status, v.Outcome)
	}
	answers, err := o.book.Answers(t.Context(), officer, v.ID)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, a := range answers {
		got[a.Node] = a.Found
	}
	if !got["sums"] || !got["lane"] || !got["entry"] {
		t.Fatalf("stored: %+v", answers)
	}
	v = o.settled(o.decide(begin(), "health", "refuse").ID, ended)
	if v.Outcome != "refused" {
		t.Fatalf("%s %s", v.Status, v.Outcome)
	}
	for _, task := range v.Tasks {
		if task.Open() || task.Step == "roads" && task.Outcome != "calledOff" {
			t.Fatalf("task %+v", task)
		}
	}
}

func TestNobodyAppliesForAPlaceInARoundWhereNothingRunsRounds(t *testing.T) {
	o := newOffice(t)
	p := branched()
	p.Round = &plan.Round{Opens: "2020-01-01", Closes: "2999-12-31", Rank: "1", Places: 1}
	o.republish(p)
	if _, err := o.book.Submit(t.Context(), o.submission("k")); !errors.Is(err, application.ErrNotOpen) {
		t.Fatal(err)
	}
}

func TestNobodyAppliesForAServiceThatOnlyAnOfficeOrAnEventStarts(t *testing.T) {
	o := newOffice(t)
	p := branched()
	p.Triggers = []plan.Trigger{{By: "applicant"}, {By: "clerk"}, {Event: "civil.birth-recorded"}}
	o.republish(p)
	if _, err := o.book.Submit(t.Context(), o.submission("also")); err != nil {
		t.Fatal(err)
	}
	p = branched()
	p.Triggers = []plan.Trigger{{By: "clerk"}, {Event: "civil.birth-recorded"}}
	o.republish(p)
	if _, err := o.book.Submit(t.Context(), o.submission("k")); !errors.Is(err, application.ErrNotOpen) {
		t.Fatal(err)
	}
}
