package servicetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// PointKind is what of a definition can be covered.
type PointKind string

// The kinds, in the order in which they are shown. A condition has two points: it holds, and it does not.
const (
	StepPoint     PointKind = "step"
	DecisionPoint PointKind = "decision"
	GuardPoint    PointKind = "guard"
	FeePoint      PointKind = "fee"
	FactPoint     PointKind = "fact" // a row of a fact
	LimitPoint    PointKind = "limit"
	EndingPoint   PointKind = "ending"
	TriggerPoint  PointKind = "trigger"
)

// PointKinds lists the kinds.
func PointKinds() []PointKind {
	return []PointKind{StepPoint, DecisionPoint, GuardPoint, FeePoint, FactPoint, LimitPoint, EndingPoint, TriggerPoint}
}

// Point is one thing of a definition that a scenario reaches, or should.
type Point struct {
	Kind  PointKind
	Name  string // as "review: approve", or "form.area > 100 does not hold"
	Range diag.Range
	Times int // how often the scenarios came by

	how way // of an ending
}

// point is a Point with the marks of the machine that reach it.
type point struct {
	Point
	marks []machine.Mark
}

// points lists what of the plan can be reached, kind by kind and in the order of the definition.
func (u *unit) points() []point {
	var out []point
	put := func(kind PointKind, name string, at diag.Range, marks ...machine.Mark) {
		out = append(out, point{Point{Kind: kind, Name: name, Range: at}, marks})
	}
	pl := u.p.Plan()
	byStep := map[string][]machine.Mark{}
	var order []string
	for i := range pl.Nodes {
		n := &pl.Nodes[i]
		if n.Step == "" || n.Key != n.Step {
			continue // a gate before a step is no visit of it
		}
		if byStep[n.Step] == nil {
			order = append(order, n.Step)
		}
		byStep[n.Step] = append(byStep[n.Step], machine.Mark{What: machine.NodeMark, At: i})
	}
	for _, step := range order {
		put(StepPoint, step, u.stepRange(step), byStep[step]...)
	}
	u.decisions(put)
	for i := range pl.Edges {
		e := &pl.Edges[i]
		if e.Guard == "" {
			continue
		}
		at := u.guardRange(pl.Nodes[e.From].Step, e.Guard)
		put(GuardPoint, e.Guard+" holds", at, machine.Mark{What: machine.GuardMark, At: i, Held: true})
		put(GuardPoint, e.Guard+" does not hold", at, machine.Mark{What: machine.GuardMark, At: i})
	}
	for i := range pl.Fees {
		u.fee(&pl.Fees[i], put)
	}
	u.rows(put)
	for i := range pl.Nodes {
		if limits := pl.Nodes[i].Clock(); limits != nil {
			for _, r := range limits.Rungs {
				put(LimitPoint, pl.Nodes[i].Key+": "+r.Then, u.limitRange(&pl.Nodes[i]), machine.Mark{What: machine.LimitMark, At: i, Name: r.Then})
			}
		}
	}
	for i := range pl.Nodes {
		if n := &pl.Nodes[i]; n.Kind == plan.End {
			at, how := u.ending(i)
			put(EndingPoint, n.End.Outcome, at, machine.Mark{What: machine.NodeMark, At: i})
			out[len(out)-1].how = how
		}
	}
	return out
}

// fee is a line: due or not, and each thing that changes it.
func (u *unit) fee(f *plan.Fee, put func(PointKind, string, diag.Range, ...machine.Mark)) {
	declared := u.s.Fee(f.Code)
	if declared == nil {
		return
	}
	at := declared.Code.Range()
	put(FeePoint, f.Code, at, machine.Mark{What: machine.FeeMark, Name: f.Code, Held: true})
	if f.When != "" {
		put(FeePoint, f.Code+" is not due", at, machine.Mark{What: machine.FeeMark, Name: f.Code})
	}
	changed := func(key, by string, i int, at diag.Range) {
		put(FeePoint, f.Code+" "+key+": "+by, at, machine.Mark{What: machine.ChangeMark, Name: f.Code, Kind: key, At: i, Held: true})
	}
	for i, when := range f.Exempt {
		changed("exempt", when, i, declared.Exempt[i].When.Range())
	}
	for i := range f.Rebates {
		changed("rebate", f.Rebates[i].When, i, declared.Rebates[i].Head())
	}
	if f.AtLeast != "" {
		changed("atLeast", f.AtLeast, 0, declared.AtLeast.Range())
	}
	if f.AtMost != "" {
		changed("atMost", f.AtMost, 0, declared.AtMost.Range())
	}
}

// decisions are the ways out of nodes at which somebody decides.
func (u *unit) decisions(put func(PointKind, string, diag.Range, ...machine.Mark)) {
	pl := u.p.Plan()
	for i := range pl.Nodes {
		n := &pl.Nodes[i]
		var decisions []plan.Decision
		switch {
		case n.Review != nil:
			decisions = n.Review.Decisions
		case n.Invite != nil:
			decisions = n.Invite.Decisions
		}
		for _, d := range decisions {
			var marks []machine.Mark
			for j := range pl.Edges {
				if pl.Edges[j].From == i && pl.Edges[j].On == d.Action {
					marks = append(marks, machine.Mark{What: machine.EdgeMark, At: j})
				}
			}
			at := u.stepRange(n.Step)
			if step := u.s.Step(n.Step); step != nil && slices.Contains(step.Decisions.Keys(), d.Action) { // what is only sent stands nowhere
				at = step.Decisions.KeyRange(d.Action)
			}
			put(DecisionPoint, n.Step+": "+d.Action, at, marks...)
		}
	}
}

// rows are those of facts that the machine evaluates: what only forms and papers read, it does not see.
func (u *unit) rows(put func(PointKind, string, diag.Range, ...machine.Mark)) {
	for _, f := range u.p.Plan().Facts {
		declared, ok := u.s.Facts.Get(f.Name)
		if !ok || f.Row == "" || !u.p.Evaluates(f.Name) {
			continue
		}
		for i := range declared.Cases {
			put(FactPoint, fmt.Sprintf("%s: %d", f.Name, i+1), declared.Cases[i].Head(), machine.Mark{What: machine.RowMark, Name: f.Name, At: i + 1})
		}
	}
}

func (u *unit) stepRange(code string) diag.Range {
	if st := u.s.Step(code); st != nil {
		return st.Code.Range()
	}
	return u.s.KeyRange("steps")
}

// guardRange is where a guard is written: the step's own condition, else the step.
func (u *unit) guardRange(code, guard string) diag.Range {
	if st := u.s.Step(code); st != nil && st.When.Value == guard {
		return st.When.Range()
	}
	return u.stepRange(code)
}

func (u *unit) limitRange(n *plan.Node) diag.Range {
	st := u.s.Step(n.Step)
	if st == nil {
		return u.s.KeyRange("steps")
	}
	if _, suffix, inner := strings.Cut(n.Key, "/"); inner {
		if d, ok := st.Decisions.Get(suffix); ok {
			return d.KeyRange("within")
		}
	}
	return st.KeyRange("within")
}

// cover counts how often the marks of each point were seen.
func cover(points []point, seen map[machine.Mark]int) []Point {
	out := make([]Point, len(points))
	for i := range points {
		out[i] = points[i].Point
		for _, m := range points[i].marks {
			out[i].Times += seen[m]
		}
	}
	return out
}
