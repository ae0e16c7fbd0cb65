package plan_test

import (
	"slices"
	"testing"

	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestAPlanSaysWhatItNeeds(t *testing.T) {
	p := &plan.Plan{Nodes: []plan.Node{
		{Kind: plan.Review, Review: &plan.ReviewNode{}}, {Kind: plan.Pay, Pay: &plan.PayNode{}},
		{Kind: plan.Fork, Fork: &plan.ForkNode{Each: &plan.Each{}}}, {Kind: plan.Notify, Notify: &plan.NotifyNode{Whom: "role"}},
		{Kind: plan.Fork, Fork: &plan.ForkNode{}}, {Kind: plan.Wait, Wait: &plan.WaitNode{Until: "x"}},
	}}
	if got, want := p.Needs(), []string{"branches", "items", "messages", "notices"}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
	p.Anytime = []plan.Anytime{{Event: "died"}, {Event: "stop", By: "applicant"}}
	p.Nodes = p.Nodes[:2]
	if got, want := p.Needs(), []string{"anytime", "events"}; !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
}

func TestWhatStartsAServiceIsNeededForItselfOnly(t *testing.T) {
	p := &plan.Plan{}
	if !p.ByApplicant() {
		t.Error("without triggers the applicant applies")
	}
	p.Triggers = []plan.Trigger{{By: "clerk"}, {Event: "civil.birth-recorded"}, {Right: "permit"}}
	if p.ByApplicant() {
		t.Error("nobody applies")
	}
	var got []string
	p.Triggers = append(p.Triggers, plan.Trigger{By: "applicant"})
	for i := range p.Triggers {
		got = append(got, p.Triggers[i].Needs())
	}
	if want := []string{plan.NeedsCounters, plan.NeedsProactive, plan.NeedsDated, ""}; !slices.Equal(got, want) || len(p.Needs()) != 0 || !p.ByApplicant() {
		t.Errorf("%v, want %v; %v", got, want, p.Needs())
	}
	if p.Fees = []plan.Fee{{Code: "held", Deposit: true, HeldWith: "permit"}}; !slices.Equal(p.Needs(), []string{plan.NeedsDeposits}) {
		t.Error("a deposit that is held with a right needs deposits")
	}
}
