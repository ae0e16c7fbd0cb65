package machine_test

import (
	"testing"

	"github.com/diwan-gov/diwan/workflows/machine"
)

func TestATraceNotesWhatStepsComeBy(t *testing.T) {
	p := licence(t)
	var trace machine.Trace
	s, _, refused := p.StepTraced(machine.State{}, machine.Event{Start: start()}, &trace)
	if refused != "" || trace.Seen[machine.Mark{What: machine.NodeMark, At: s.Node}] != 1 {
		t.Fatalf("%q %v", refused, trace.Seen)
	}
	j := begin(t, p)
	j.valid("2026-01-01")
	due := machine.Mark{What: machine.FeeMark, Name: "late", Held: true}
	if trace.Seen[due] != 0 {
		t.Fatal("a step that is not traced was noted")
	}
	waits := p.Waits(j.s)
	if _, _, refused = p.StepTraced(j.s, machine.Event{Due: &machine.Due{At: waits[0].DueAt}}, &trace); refused != "" {
		t.Fatal(refused)
	}
	var limits, ends int
	for m, n := range trace.Seen {
		switch {
		case m.What == machine.LimitMark && m.Name == "lapse":
			limits += n
		case m.What == machine.NodeMark && p.Plan().Nodes[m.At].Key == "end/lapsed":
			ends += n
		}
	}
	if limits != 1 || ends != 1 {
		t.Fatalf("%v", trace.Seen)
	}
}
