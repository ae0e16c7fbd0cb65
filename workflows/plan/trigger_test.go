package plan_test

import (
	"testing"

	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestAPlanSaysWhoBeginsIt(t *testing.T) {
	p := &plan.Plan{}
	if !p.ByApplicant() {
		t.Error("without triggers the applicant applies")
	}
	p.Triggers = []plan.Trigger{{By: "clerk"}, {Event: "civil.birth-recorded"}, {Right: "permit"}}
	if p.ByApplicant() {
		t.Error("nobody applies")
	}
	for i, want := range []bool{true, false, false} {
		if p.Triggers[i].Counter() != want {
			t.Errorf("trigger %d: at the counter: %v", i, !want)
		}
	}
	p.Triggers = append(p.Triggers, plan.Trigger{By: "applicant"})
	if !p.ByApplicant() || p.Triggers[3].Counter() {
		t.Error("the applicant applies too")
	}
}
