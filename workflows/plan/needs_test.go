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
