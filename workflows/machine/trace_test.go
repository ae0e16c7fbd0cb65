package machine_test

import (
	"testing"

	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestATraceNotesWhichRowOfAFactHeld(t *testing.T) {
	p := rated(t, func(pl *plan.Plan) {
		pl.Facts[1].Formula = `form.cc < 1000 ? tariff.engine(form.cc) : tariff.engine(form.cc) * 2`
		pl.Facts[1].Row = `form.cc < 1000 ? 1 : 2`
		pl.Facts[0].Row = `form.eventDate < date("2020-01-01") ? 1 : 2`
	})
	var trace machine.Trace
	if _, _, refused := p.StepTraced(machine.State{}, machine.Event{Start: asked("2025-06-01", "1000")}, &trace); refused != "" {
		t.Fatal(refused)
	}
	for m, want := range map[machine.Mark]int{
		{What: machine.RowMark, Name: "engine", At: 1}: 0, {What: machine.RowMark, Name: "engine", At: 2}: 1, {What: machine.RowMark, Name: "day", At: 2}: 1,
	} {
		if got := min(trace.Seen[m], 1); got != want {
			t.Errorf("%v was seen %d times", m, trace.Seen[m])
		}
	}
	if !p.Evaluates("engine") || !p.Evaluates("day") || p.Evaluates("other") {
		t.Error("the machine evaluates both facts")
	}
}

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
