package machine_test

import (
	"testing"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// reviewed is a plan in which an officer decides before the payment; approve leads to the node named.
func reviewed(t *testing.T, approve int) *machine.Program {
	t.Helper()
	p, err := machine.Load(&plan.Plan{
		Format: plan.Format, Service: "s", Authority: "a", Currency: "ILS", Zone: "UTC", Withdraw: -1,
		Fees: []plan.Fee{{Code: "card", Amount: `money("10.00 ILS")`}},
		Nodes: []plan.Node{
			{Key: "review", Step: "review", Kind: plan.Review, Review: &plan.ReviewNode{Role: "officer", Decisions: []plan.Decision{
				{Action: "refuse"}, {Action: "sendBack", AtMost: 1, Then: "refuse"}, {Action: "approve"}}}},
			{Key: "review/sendBack", Step: "review", Kind: plan.Correct, Correct: &plan.CorrectNode{}},
			{Key: "pay", Step: "pay", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"card"}}},
			{Key: "end/refused", Kind: plan.End, End: &plan.EndNode{Outcome: "refused"}},
			{Key: "end/completed", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}},
		},
		Edges: []plan.Edge{
			{From: 0, To: 3, On: "refuse"}, {From: 0, To: 1, On: "sendBack"}, {From: 0, To: approve, On: "approve"},
			{From: 1, To: 0, On: "submit"}, {From: 2, To: 4, On: "paid"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAQuoteTakesAReviewBeforeThePaymentToBeDecidedInFavour(t *testing.T) {
	q, err := reviewed(t, 2).Quote(*start(), nil)
	if err != nil || !q.Assumed || q.Kind != plan.Pay || q.Total != 1000 || len(q.Lines) != 1 {
		t.Fatalf("%+v, %v", q, err)
	}
	// Where every decision ends or goes back there is nothing to look forward to.
	if q, err = reviewed(t, 4).Quote(*start(), nil); err != nil || q.Assumed || q.Kind != plan.Review || len(q.Lines) != 0 {
		t.Fatalf("%+v, %v", q, err)
	}
	// A real application waits for its officer all the same.
	p := reviewed(t, 2)
	s, _, refused := p.Step(machine.State{}, machine.Event{Start: start()})
	if refused != "" || p.Waits(s)[0].Kind != machine.ReviewTask {
		t.Fatalf("%+v, %s", p.Waits(s), refused)
	}
}

func TestAQuoteDoesNothingOutside(t *testing.T) {
	d := drawn(t, plan.Node{Key: "write", Step: "write", Kind: plan.Write, Lookup: &plan.LookupNode{Registry: "land", Operation: "transfer"}},
		fork("together", 0), review("health", "refuse", "approve"), join("for", false), join("against", true),
		plan.Node{Key: "pay", Step: "pay", Kind: plan.Pay, Pay: &plan.PayNode{Fees: []string{"permit"}}}, end("completed"), end("refused")).
		branch("together", "health", "health").
		wire("write -written> together\ntogether -done> pay\ntogether -otherwise> end/refused\nhealth -refuse> against\nhealth -approve> for\npay -paid> end/completed")
	p, err := machine.Load(d.Plan)
	if err != nil {
		t.Fatal(err)
	}
	q, err := p.Quote(activity.Start{Facts: activity.Facts{At: monday, Calendar: week}}, func(l activity.Lookup) (activity.Answer, error) {
		t.Errorf("a quote asked for %+v", l)
		return activity.Answer{}, nil
	})
	if err != nil || !q.Assumed || q.Total != 10005 {
		t.Fatalf("%+v, %v", q, err)
	}
}
