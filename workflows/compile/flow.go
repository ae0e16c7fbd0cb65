package compile

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

var yesNo = formula.Type{Kind: formula.KindBool}

// flow makes the graph: of each point of the flow a node, of each way an edge.
func (k *compiler) flow() {
	f := k.scope.Flow
	if f.Start < 0 {
		k.add("no-steps", k.s.RangeOf("steps"), "nothing happens: the service has no steps")
		return
	}
	for st := range k.s.AllSteps() {
		if f.At(st) < 0 {
			k.add("twice", st.Code.Range(), "the step {name:q} is given twice", "name", st.Code.Value)
		}
	}
	for i := range f.Points {
		k.plan.Nodes = append(k.plan.Nodes, k.node(i))
	}
	edges := make([]*plan.Edge, len(f.Ways))
	for i := range f.Points {
		k.edges(i, edges)
	}
	for _, e := range edges {
		if e != nil {
			k.plan.Edges = append(k.plan.Edges, *e)
		}
	}
	for i := range f.Points {
		k.freeze(i)
	}
	k.asides()
	k.unreachable()
	k.plan.Nodes = append(k.plan.Nodes, k.undos...)
	k.before()
}

// node makes the node of a point.
func (k *compiler) node(i int) plan.Node {
	p := &k.scope.Flow.Points[i]
	n := plan.Node{Key: p.Key}
	if p.Step != nil {
		n.Step = p.Step.Code.Value
	}
	switch p.Kind {
	case catalog.EndPoint:
		n.Kind, n.End = plan.End, &plan.EndNode{Outcome: p.Outcome, Reason: p.Text.Len() > 0, Refund: k.refund(p.Refund), Undo: p.TakesBack() && k.s.Undoes()}
		return n
	case catalog.JoinPoint:
		n.Kind, n.Join = plan.Join, &plan.JoinNode{Against: p.Against}
		return n
	}
	for _, g := range k.scope.Given(i) {
		n.When = catalog.Both(n.When, g.Value)
	}
	switch p.Kind {
	case catalog.GatePoint:
		n.Kind = plan.Gate
	case catalog.CorrectPoint:
		n.Kind, n.Correct = plan.Correct, &plan.CorrectNode{Frozen: []string{}, Clock: k.clock(i, &p.Decision.Value.Within)}
	case catalog.StepPoint:
		k.step(i, p.Step, &n)
	}
	return n
}

func (k *compiler) refund(written source.Map[source.Text]) []plan.Refund {
	var out []plan.Refund
	for i := range k.s.Fees {
		if what, ok := written.Get(k.s.Fees[i].Code.Value); ok {
			out = append(out, plan.Refund{Fee: k.s.Fees[i].Code.Value, What: what.Value})
		}
	}
	return out
}

// edges makes the edges of a point: of its ways those that the plan follows one by one. Branches are entries of their fork, and where a
// time limit brings about a decision the edge is that of the decision.
func (k *compiler) edges(i int, edges []*plan.Edge) {
	f := k.scope.Flow
	always := map[string]bool{}
	var before []source.Text // what did not hold, or the way would have been taken
	for _, w := range f.From(i) {
		way := &f.Ways[w]
		if way.Branch != nil || always[way.On] {
			continue
		}
		edges[w] = &plan.Edge{
			From: i, To: way.To, On: way.On, Guard: k.formula(i, way.Guard, yesNo, before...), AtMost: way.AtMost, Back: way.Back, Invalidates: way.Invalidates,
		}
		switch {
		case way.AtMost > 0:
		case way.Guard.Value == "":
			always[way.On] = true
		default:
			before = append(before, source.Text{Value: "not (" + way.Guard.Value + ")"})
		}
	}
}

// asides says what may happen wherever the application is.
func (k *compiler) asides() {
	s := k.s
	if d := s.Deadline; d != nil {
		k.plan.Deadline = &plan.Deadline{Paused: values(d.Paused), NotBefore: k.formula(k.scope.Flow.Start, d.NotBefore, day)}
		if c := k.clock(k.scope.Flow.Start, &d.Within); c != nil {
			k.plan.Deadline.Clock = *c
		}
		if x := d.Extension; x != nil {
			k.plan.Deadline.Extension = &plan.Extension{By: span(x.By), Role: x.Role.Value}
		}
	}
	for _, a := range k.scope.Flow.Asides {
		switch {
		case a.Withdraw:
			k.plan.Withdraw = a.Point
		case a.Point < 0:
		case a.Deadline != nil:
			i := slices.IndexFunc(s.Deadline.Within.Rungs, func(r catalog.Rung) bool { return r.Key.Node() == a.Deadline.Key.Node() })
			k.plan.Deadline.Ways = append(k.plan.Deadline.Ways, plan.Way{On: k.plan.Deadline.Clock.Rungs[i].Then, To: a.Point})
		default:
			any := plan.Anytime{Event: a.Anytime.Event.Value, When: k.formula(a.Point, a.Anytime.When, yesNo), To: a.Point}
			if by := a.Anytime.By.Value; by != catalog.EventWord {
				any.By = by
			} else {
				any.About = k.concerned(a.Point, a.Anytime)
			}
			k.plan.Anytime = append(k.plan.Anytime, any)
		}
	}
	if o := s.Suspend; o != nil {
		k.plan.Suspend = &plan.Suspend{Role: o.By.Value, For: span(o.For), Times: o.Times()}
	}
	if o := s.Reopen; o != nil {
		to := -1
		if st := s.Step(o.To.Value); st != nil {
			to = k.scope.Flow.Before(st)
		}
		if to < 0 {
			k.unknown("step", o.To)
			return
		}
		k.plan.Reopen = &plan.Reopen{Role: o.By.Value, Within: span(o.Within), Outcomes: values(o.Outcomes), Times: o.Times(), To: to}
	}
	if r := s.Round; r != nil {
		k.round(r)
	}
}

// concerned is whom or what an event from outside must be about, so that it concerns the application: the applicant where nothing is written.
// An event that says nothing of that kind concerns every application.
func (k *compiler) concerned(point int, a *catalog.Anytime) string {
	e := k.c.Event(a.Event.Value)
	switch {
	case !a.About.IsZero():
		return k.formula(point, a.About, words)
	case e == nil || e.About.IsZero():
		return ""
	}
	applicant := catalog.ApplicantPlace + ".nationalNumber"
	k.needs[applicant] = true
	return applicant
}

// unreachable reports steps to which nobody comes.
func (k *compiler) unreachable() {
	if k.list.HasErrors() {
		return
	}
	for i, reached := range k.scope.Flow.Reached() {
		if p := &k.scope.Flow.Points[i]; !reached && p.Step != nil && p.Key == p.Step.Code.Value {
			k.add("unreachable", p.Step.Code.Range(), "no application comes to this step")
		}
	}
}

// freeze says which form fields may not change in a correction: those on which a step before has relied, in form order.
func (k *compiler) freeze(i int) {
	c := k.plan.Nodes[i].Correct
	if c == nil {
		return
	}
	before := make([]int8, len(k.plan.Nodes)) // 0 not known, 1 yes, -1 no
	for _, f := range k.s.Fields() {
		path := catalog.FormRoot + "." + f.Code.Value
		if slices.ContainsFunc(k.relied, func(r reliance) bool {
			if r.point < 0 || r.anew != nil && r.anew == k.scope.Flow.Points[i].Step || !slices.Contains(r.paths, path) {
				return false
			}
			if before[r.point] == 0 {
				before[r.point] = map[bool]int8{true: 1, false: -1}[k.scope.Flow.Follows(r.point, i)]
			}
			return before[r.point] == 1
		}) {
			c.Frozen = append(c.Frozen, f.Code.Value)
		}
	}
}
