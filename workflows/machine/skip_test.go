package machine_test

import (
	"slices"
	"testing"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// failing is a journey whose first step has failed for good.
func failing(t *testing.T, d *draft) *journey {
	t.Helper()
	j := d.begin()
	j.must(j.answer(activity.Answer{Failed: "gone"}))
	return j
}

func writing(result string) plan.Node {
	return plan.Node{Key: "write", Step: "write", Kind: plan.Write, Lookup: &plan.LookupNode{Registry: "land", Operation: "transfer", Result: result}}
}

func TestAnOperatorSkipsWhatNobodyReadsAndSaysWhy(t *testing.T) {
	j := failing(t, drawn(t, writing("visit"), review("review", "approve"), end("completed")).wire("write -written> review\nreview -approve> end/completed"))
	w := j.p.Waits(j.s)[0]
	if !slices.Equal(w.Actions, []string{machine.Retry, machine.Skip}) || !slices.Equal(w.Comment, []string{machine.Skip}) {
		t.Fatalf("%+v", w)
	}
	if r := j.decide("write", machine.Skip, func(a *activity.Act) { a.Comment = false }); r != machine.CommentRequired {
		t.Fatalf("without a reason: %q", r)
	}
	if r := j.decide("write", machine.Skip, by("P1")); r != machine.OwnApplication {
		t.Fatalf("in their own application: %q", r)
	}
	j.took("write", machine.Skip)
	j.expect("close-task:write=skip done:write=skip entered:review open-task:review")
	j.waitsFor("review:review")
}

func TestAQuestionThatIsSkippedCountsAsNotFound(t *testing.T) {
	ask := plan.Node{Key: "ask", Step: "ask", Kind: plan.Lookup, Lookup: &plan.LookupNode{Registry: "land", Operation: "plot", Result: "visit", Keep: []string{"safe"}}}
	d := drawn(t, ask, plan.Node{Key: "gate", Kind: plan.Gate}, end("completed"), end("refused")).
		wire("ask -found> gate\nask -notFound> end/refused\ngate -> end/completed\ngate -> end/refused")
	d.edge("gate", "end/completed").Guard = "has(visit.safe)"
	j := failing(t, d)
	if s := j.p.Skips("ask", machine.LookupFailed); s.Why != "" || s.Ends != "refused" {
		t.Fatalf("%+v", s)
	}
	j.took("ask", machine.Skip)
	j.ended("refused")
}

func TestWhatIsTakenForGrantedIsNotSkipped(t *testing.T) {
	guarded := func(guard string, change func(*draft)) *draft {
		d := drawn(t, writing("visit"), plan.Node{Key: "gate", Kind: plan.Gate}, end("completed"), end("refused")).
			wire("write -written> gate\ngate -> end/completed\ngate -> end/refused")
		d.edge("gate", "end/completed").Guard = guard
		if change != nil {
			change(d)
		}
		return d
	}
	sure := func(d *draft) { d.Scope[4].Fields[0].Optional = false }
	for name, x := range map[string]struct {
		d    *draft
		want string
	}{
		"asked whether it is there": {guarded("has(visit.safe)", nil), ""},
		"taken for granted":         {guarded("visit.safe", sure), machine.AnswerRead},
		"by what takes it back": {guarded("has(visit.count)", func(d *draft) {
			sure(d)
			d.Nodes[0].Lookup.Undo = "write/undo"
			d.Nodes = append(d.Nodes, plan.Node{Key: "write/undo", Step: "write", Kind: plan.Undo, When: "has(visit)", Lookup: &plan.LookupNode{
				With: []plan.Argument{{Name: "safe", Formula: "visit.safe", Kind: "bool"}}}})
		}), ""},
		"another field is": {guarded("has(visit.count)", sure), ""},
		"by a paper": {guarded("form.area > 3", func(d *draft) {
			sure(d)
			d.Documents = []plan.Document{{Code: "paper", Rows: []plan.Row{{Formula: "visit.safe", Kind: "bool"}}}}
		}), machine.AnswerRead},
		"by what an officer fills in": {guarded("form.area > 3", func(d *draft) {
			r := review("review", "approve")
			r.Review.Form = &plan.Form{Fields: []plan.FormField{{Code: "n", When: "not visit.safe"}}}
			d.Nodes = append(d.Nodes, r)
			d.Edges = append(d.Edges, plan.Edge{From: len(d.Nodes) - 1, To: d.at("end/completed"), On: "approve"})
		}), machine.AnswerRead},
	} {
		if got := x.d.program().Skips("write", machine.ActionFailed).Why; got != x.want {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
	j := failing(t, guarded("visit.safe", sure))
	if r := j.decide("write", machine.Skip); r != machine.UnknownAction {
		t.Fatal(r)
	}
	if s := j.p.Skips("write", machine.NoTariff); s.Why != machine.InDefinition {
		t.Errorf("%+v", s)
	}
}

func TestWhatIsGrantedOrDrawnIsNotSkipped(t *testing.T) {
	grant := plan.Node{Key: "grant", Step: "grant", Kind: plan.Right, Right: &plan.RightNode{Right: "stall", Change: "granted"}}
	change := plan.Node{Key: "change", Step: "change", Kind: plan.Right, Right: &plan.RightNode{Right: "stall", Change: "revoked", Of: `"1"`}}
	draw := plan.Node{Key: "draw", Step: "draw", Kind: plan.Draw, Draw: &plan.DrawNode{Result: "drawn", Channels: []plan.Channel{{Name: "green", Weight: 1}}}}
	start := plan.Node{Key: "start", Step: "start", Kind: plan.Start, Start: &plan.StartNode{Service: "other"}}
	p := drawn(t, grant, change, draw, start, end("completed")).wire("grant -changed> change\nchange -changed> draw\ndraw -drawn> start\nstart -started> end/completed").program()
	for node, want := range map[string]string{"grant": machine.IsGranted, "change": "", "draw": machine.IsDrawn, "start": ""} {
		if got := p.Skips(node, machine.ActionFailed).Why; got != want {
			t.Errorf("%s: %q, want %q", node, got, want)
		}
	}
	if got := p.Skips("start", machine.ActionFailed).Ends; got != "completed" {
		t.Errorf("it ends %q", got)
	}
}
