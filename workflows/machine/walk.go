package machine

import (
	"encoding/json"
	"slices"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// walk enters node i and goes on, node by node, until one waits or the application ends. Nothing that guards read changes on the way, so
// a walk that is longer than the plan goes round in circles.
func (r *run) walk(i int) {
	for range r.p.nodes {
		r.arrive(i)
		outcome, on := r.visit()
		if !on {
			return
		}
		next, ok := r.follow(outcome)
		if !ok {
			return
		}
		r.done(outcome, "")
		i = next
	}
	r.arrive(i)
	r.incident(NoProgress)
}

// goOn leaves a node that waited, by its outcome.
func (r *run) goOn(outcome, actor string) {
	r.close(outcome, actor)
	next, ok := r.follow(outcome)
	if !ok {
		return
	}
	r.done(outcome, actor)
	r.walk(next)
}

func (r *run) arrive(i int) {
	if !r.visited {
		r.s.Visits, r.visited = slices.Clone(r.s.Visits), true
	}
	r.s.Node = i
	r.s.Visits[i]++
	r.s.Status = Open
	if r.node().speaks() {
		r.effect(activity.Entered)
	}
}

// visit does what the node is for. on says that the application goes on at once, by outcome; otherwise it waits or has ended.
func (r *run) visit() (outcome string, on bool) {
	switch n := r.node(); n.Kind {
	case plan.Gate:
		return "", true
	case plan.Lookup:
		r.ask(n)
	case plan.Pay:
		return r.pay(n)
	case plan.Review:
		if r.dry {
			if outcome, ok := r.inFavour(n); ok {
				r.assumed = true
				return outcome, true
			}
		}
		r.review(n)
	case plan.Correct:
		r.correct(n)
	case plan.Issue:
		e := r.effect(activity.Issue)
		e.Document, e.Deliver = n.Issue.Document, n.Issue.Deliver
		return "issued", true
	case plan.Answer:
		r.effect(activity.ShowRows)
		return "answered", true
	case plan.End:
		r.end(n)
	}
	return "", false
}

// follow finds the edge that the outcome takes. Where none can be found it opens an incident and says so.
func (r *run) follow(outcome string) (to int, ok bool) {
	for _, e := range r.node().edges {
		if e.on != outcome {
			continue
		}
		if e.guard == nil {
			return e.to, true
		}
		holds, err := r.eval(e.guard)
		if err != nil {
			r.incident(NoValue)
			r.s.Task.After = outcome
			return 0, false
		}
		if holds == true {
			return e.to, true
		}
	}
	r.incident(NoWay)
	r.s.Task.After = outcome
	return 0, false
}

func (r *run) done(outcome, actor string) {
	if r.node().speaks() {
		e := r.effect(activity.Done)
		e.Outcome, e.Actor = outcome, actor
	}
}

// close ends whatever the node waits for.
func (r *run) close(outcome, actor string) {
	if t := r.s.Task; t != nil {
		kind := activity.CloseTask
		if t.Kind == PaymentTask {
			kind = activity.Cancel
		}
		if t.Kind != PaymentTask || outcome != Paid {
			e := r.effect(kind)
			e.Outcome, e.Actor = outcome, actor
		}
	}
	r.s.Task, r.s.Clock, r.s.Asked = nil, nil, nil
}

// incident asks an operator to look. Retry enters the node again, or, where only the way on is missing, looks for it again.
func (r *run) incident(code string) {
	r.s.Clock, r.s.Asked = nil, nil
	r.s.Status = Open
	r.open(&Task{Kind: IncidentTask, Role: r.p.plan.Authority + ":" + Operator, Actions: []string{Retry}, Incident: code}, nil).Reason = "incident." + code
}

// open makes t the open task of the node and asks for it.
func (r *run) open(t *Task, more *activity.Task) *activity.Effect {
	t.Visit, t.Revision = r.s.Visits[r.s.Node], 1
	r.s.Task = t
	if more == nil {
		more = &activity.Task{}
	}
	more.Kind, more.Role, more.Actions, more.Revision = string(t.Kind), t.Role, t.Actions, t.Revision
	if c := r.s.Clock; c != nil {
		more.DueAt = &c.DueAt
	}
	e := r.effect(activity.OpenTask)
	e.Task = more
	return e
}

// arm arms the node's clock; false means that it could not and that an incident is open.
func (r *run) arm(c *plan.Clock) bool {
	if c == nil {
		return true
	}
	at, err := due(c, r.at, r.p.zone, r.s.Calendar)
	if err != nil {
		r.incident(NoCalendar)
		return false
	}
	r.s.Clock = &Clock{DueAt: at, Then: c.Then}
	return true
}

// ask waits for a registry.
func (r *run) ask(n *node) {
	l := &activity.Lookup{
		Application: r.s.Application, Node: n.Key, Visit: r.s.Visits[r.s.Node],
		Registry: n.Lookup.Registry, Operation: n.Lookup.Operation, Keep: n.Lookup.Keep,
		With: make([]activity.Argument, len(n.with)),
	}
	for i, e := range n.with {
		v, err := r.eval(e)
		if err != nil {
			r.incident(NoValue)
			return
		}
		raw, err := encodeJSON(v)
		if err != nil {
			r.incident(NoValue)
			return
		}
		l.With[i] = activity.Argument{Name: n.Lookup.With[i].Name, Value: raw}
	}
	r.s.Asked = l
}

// eval evaluates a formula, and before it the facts that it reads and that are not known yet.
func (r *run) eval(e *expression) (any, error) {
	if r.values.err != nil {
		return nil, r.values.err
	}
	for _, i := range e.facts {
		f := &r.p.facts[i]
		if _, known := r.values.facts[f.name]; known {
			continue
		}
		v, err := f.formula.Eval(r.values.roots)
		if err != nil {
			// A formula may guard against what a fact reads; then it does not need this fact.
			continue
		}
		r.values = r.values.learn(f.name, v)
	}
	return e.formula.Eval(r.values.roots)
}

// set adds a value to an answer that no state holds yet.
func (a *Answered) set(name string, v json.RawMessage) {
	if a.Values == nil {
		a.Values = map[string]json.RawMessage{}
	}
	a.Values[name] = v
}
