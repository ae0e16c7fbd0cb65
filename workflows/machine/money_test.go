package machine_test

import (
	"testing"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestAnAmountOfTheFormIsInThePlansCurrency(t *testing.T) {
	p, err := machine.Load(&plan.Plan{
		Format: plan.Format, Service: "s", Authority: "a", Currency: "JOD", Zone: "UTC", Withdraw: -1,
		Scope: []plan.Field{{Name: "form", Kind: "record", Fields: []plan.Field{{Name: "income", Kind: "money"}}}},
		Reads: []string{"form.income"},
		Facts: []plan.Fact{{Name: "low", Formula: `form.income < money("500.000 JOD")`, Kind: "bool"}},
		Nodes: []plan.Node{{Key: "end/completed", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for written, want := range map[string]any{`"499.999"`: true, `"500.000"`: false, `"500.000 JOD"`: false, `{"value":"499.999","currency":"JOD"}`: true} {
		v, err := p.Values(machine.Source{Form: raw("income", written), Submitted: "2026-03-02"})
		if err != nil {
			t.Fatal(err)
		}
		if got := v["facts"].(map[string]any)["low"]; got != want {
			t.Errorf("%s: %v", written, got)
		}
	}
	v, err := p.Values(machine.Source{Form: raw("income", `"12.500"`), Submitted: "2026-03-02"})
	if err != nil {
		t.Fatal(err)
	}
	if got := v["form"].(map[string]any)["income"]; got != (formula.Money{Minor: 12500, Currency: "JOD"}) {
		t.Errorf("%v", got)
	}
}
