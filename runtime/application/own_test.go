package application_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// visited is a plan in which an inspector fills in a form; how many places there are then decides, and what else is written is only kept.
func visited() *plan.Plan {
	return &plan.Plan{
		Format: plan.Format, Service: service, Authority: "transport", Currency: "ILS", Zone: "Asia/Hebron", Withdraw: -1,
		Scope: []plan.Field{
			{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "years", Kind: "int"}}},
			{Name: "visit", Kind: "record", Fields: []plan.Field{{Name: "places", Kind: "int"}}},
		},
		Nodes: []plan.Node{
			{Key: "visit", Step: "visit", Kind: plan.Review, Review: &plan.ReviewNode{Role: "licensing-officer", Result: "visit",
				Decisions: []plan.Decision{{Action: "approve"}, {Action: "refuse", Comment: true}}, Form: &plan.Form{Root: "visit",
					Schema: json.RawMessage(`{"type": "object", "additionalProperties": false, "properties": {"places": {"type": "integer"}, "remark": {"type": "string"}}}`),
					Fields: []plan.FormField{
						{Code: "places", Section: "visit", Type: "integer", Kind: "int"}, {Code: "remark", Section: "visit", Type: "text", Kind: "text", When: "form.years > 1"}}}}},
			{Key: "size", Step: "size", Kind: plan.Gate},
			{Key: "end/large", Kind: plan.End, End: &plan.EndNode{Outcome: "large"}}, {Key: "end/small", Kind: plan.End, End: &plan.EndNode{Outcome: "small"}},
		},
		Edges: []plan.Edge{
			{From: 0, To: 1, On: "approve"}, {From: 0, To: 3, On: "refuse"}, {From: 1, To: 2, Guard: "visit.places > 20"}, {From: 1, To: 3},
		},
		Form: plan.Form{Schema: []byte("{}")},
	}
}

// begun submits an application and waits for its first task.
func (o *office) begun() *application.View {
	o.t.Helper()
	v, err := o.book.Submit(o.t.Context(), o.submission(uuid.NewString()))
	if err != nil {
		o.t.Fatal(err)
	}
	return o.settled(v.ID, application.Started)
}

func TestWhatAnOfficerFillsInDecidesAndIsKeptWhole(t *testing.T) {
	o := newOffice(t)
	o.republish(visited())
	o.work()
	v := o.begun()
	visit := task(t, v)
	if !visit.Form {
		t.Fatalf("task %+v asks for nothing", visit)
	}
	own, err := o.book.OwnForm(t.Context(), v, visit)
	if err != nil || own == nil {
		t.Fatal(own, err)
	}
	filled := map[string]any{"places": json.Number("40"), "remark": "bright rooms"}
	if _, problems, err := own.Form.Validate(t.Context(), filled, own.With); err != nil || len(problems) > 0 { // the remark is asked for, by the form of the applicant
		t.Fatal(problems, err)
	}
	r := application.ActRequest{Task: visit.ID, Action: "approve", Revision: visit.Revision}
	if _, err := o.book.Act(t.Context(), o.officer(), v.ID, r, "without"); !errors.Is(err, application.ErrInvalid) {
		t.Errorf("a decision without what it asks for: %v", err)
	}
	r.Data = filled
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, r, "with"); err != nil || !a.TookEffect() {
		t.Fatal(a, err)
	}
	if v = o.settled(v.ID, ended); v.Outcome != "large" {
		t.Errorf("it ended as %s", v.Outcome)
	}
	answers, err := o.book.Answers(t.Context(), officer, v.ID)
	if err != nil || len(answers) != 1 || answers[0].Node != "visit" || answers[0].Values["remark"] != "bright rooms" {
		t.Errorf("kept %+v, %v", answers, err)
	}
	for _, a := range o.engine.applied {
		for _, e := range a.Effects {
			if _, told := e.Values["remark"]; told {
				t.Error("the engine was told what no formula reads")
			}
		}
	}
}

func TestWhatNoFormulaReadsIsKeptToo(t *testing.T) {
	o := newOffice(t)
	p := visited()
	p.Scope[1].Fields = nil
	p.Edges = []plan.Edge{{From: 0, To: 1, On: "approve"}, {From: 0, To: 3, On: "refuse"}, {From: 1, To: 2}}
	o.republish(p)
	o.work()
	v := o.begun()
	r := application.ActRequest{Task: task(t, v).ID, Action: "approve", Revision: 1, Data: map[string]any{"places": 3}}
	if a, err := o.book.Act(t.Context(), o.officer(), v.ID, r, "k"); err != nil || !a.TookEffect() {
		t.Fatal(a, err)
	}
	answers, err := o.book.Answers(t.Context(), officer, v.ID)
	if err != nil || len(answers) != 1 || answers[0].Values["places"] != json.Number("3") {
		t.Errorf("kept %+v, %v", answers, err)
	}
}
