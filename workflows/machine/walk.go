package machine

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// walk lets the current token enter node i and go on, node by node, until it waits or the application ends; then the tokens that it has
// forked. How many nodes one step may enter is bounded, so that a round without a wait is found.
func (r *run) walk(i int) {
	r.pass(i)
	r.arriveAll()
}

// arriveAll lets the tokens that are on their way arrive.
func (r *run) arriveAll() {
	for len(r.arrivals) > 0 && r.s.Status != Ended {
		a := r.arrivals[0]
		r.arrivals = r.arrivals[1:]
		if at := indexOf(r.s.Tokens, a.token); at >= 0 { // else it was called off in between
			r.cur = at
			r.pass(a.node)
		}
	}
}

// pass lets the current token go from node to node until it waits.
func (r *run) pass(i int) {
	if r.standsStill(i) {
		return
	}
	for r.left > 0 {
		r.left--
		if e := r.stands(i); e != nil {
			r.cross(e)
			i = e.to
			continue
		}
		if r.takesBack(i) {
			return
		}
		r.arrive(i)
		outcome, on := r.visit()
		if !on {
			return
		}
		e, ok := r.follow(outcome)
		if !ok {
			return
		}
		r.done(outcome, "")
		r.cross(e)
		i = e.to
	}
	r.arrive(i)
	r.incident(NoProgress)
}

// goOn leaves a node that waited, by its outcome.
func (r *run) goOn(outcome, actor string) {
	r.close(outcome, actor)
	e, ok := r.follow(outcome)
	if !ok {
		return
	}
	r.done(outcome, actor)
	r.cross(e)
	r.walk(e.to)
}

func (r *run) arrive(i int) {
	if !r.visited {
		r.s.Visits, r.visited = slices.Clone(r.s.Visits), true
	}
	r.s.Visits[i]++
	t := r.t()
	t.Node, t.Visit = i, r.s.Visits[i]
	r.mark(Mark{What: NodeMark, At: i})
	if r.node().speaks() {
		r.effect(activity.Entered)
	}
}

// visit does what the node is for. on says that the application goes on at once, by outcome; otherwise it waits or has ended.
func (r *run) visit() (outcome string, on bool) {
	switch n := r.node(); n.Kind {
	case plan.Gate:
		return "", true
	case plan.Lookup, plan.Write, plan.Right, plan.Start, plan.Draw:
		if r.dry && n.Kind != plan.Lookup {
			return r.foreseen(n)
		}
		r.ask(n)
	case plan.Pay:
		return r.pay(n)
	case plan.Review, plan.Invite:
		if r.dry {
			if outcome, ok := r.inFavour(n); ok {
				r.assumed = true
				return outcome, true
			}
		}
		if n.Kind == plan.Review {
			r.review(n)
		} else {
			r.invite(n)
		}
	case plan.Appointment:
		r.appoint(n)
	case plan.Wait:
		return r.wait(n)
	case plan.Place:
		r.rank()
	case plan.Compute:
		return r.compute(n)
	case plan.Notify:
		return r.notify(n)
	case plan.Revoke:
		r.effect(activity.Revoke).Document = n.Revoke.Document
		return n.answered, true
	case plan.PayOut:
		return r.payOut(n)
	case plan.Settle:
		return r.settle(n)
	case plan.Correct:
		r.correct(n)
	case plan.Issue:
		e := r.effect(activity.Issue)
		e.Document, e.Deliver = n.Issue.Document, n.Issue.Deliver
		return "issued", true
	case plan.Answer:
		r.effect(activity.ShowRows)
		return "answered", true
	case plan.Fork:
		return r.fork(n)
	case plan.Join:
		return r.join(n)
	case plan.End:
		r.end(n)
	}
	return "", false
}

// follow finds the edge that the outcome takes. Where none can be found it opens an incident and says so.
func (r *run) follow(outcome string) (e *edge, ok bool) {
	e, err := r.way(outcome)
	switch {
	case err != nil:
		r.noValue(err)
	case e == nil:
		r.incident(NoWay)
	default:
		return e, true
	}
	r.t().Task.After = outcome
	return nil, false
}

// way is the edge that the outcome takes, nil where there is none.
func (r *run) way(outcome string) (*edge, error) {
	edges := r.node().edges
	for i := range edges {
		e := &edges[i]
		if e.on != outcome || e.atMost > 0 && r.taken(e) >= e.atMost {
			continue
		}
		if e.guard == nil {
			r.mark(Mark{What: EdgeMark, At: e.index})
			return e, nil
		}
		holds, err := r.eval(e.guard)
		if err != nil {
			return nil, err
		}
		r.mark(Mark{What: GuardMark, At: e.index, Held: holds == true})
		if holds == true {
			r.mark(Mark{What: EdgeMark, At: e.index})
			return e, nil
		}
	}
	return nil, nil
}

func (r *run) done(outcome, actor string) {
	r.remember(outcome)
	if r.node().speaks() {
		e := r.effect(activity.Done)
		e.Outcome, e.Actor = outcome, actor
	}
}

// close ends whatever the current token waits for.
func (r *run) close(outcome, actor string) {
	at := r.t()
	if t := at.Task; t != nil {
		kind := activity.CloseTask
		if t.Kind == PaymentTask || t.Kind == PayoutTask {
			kind = activity.Cancel
		}
		if t.Kind == PaymentTask && outcome != Paid || t.Kind == PayoutTask && outcome != PaidOut || !t.system() {
			e := r.effect(kind)
			e.Outcome, e.Actor = outcome, actor
		}
	}
	at.Task, at.Clock, at.Asked, at.HeldAt = nil, nil, nil, nil
}

// incident asks an operator to look. Retry enters the node again, or, where only the way on is missing, looks for it again. Skip goes on without
// what has failed outside, where the plan does not need it.
func (r *run) incident(code string) *activity.Effect {
	t := r.t()
	t.Clock, t.Asked, t.HeldAt = nil, nil, nil
	task, more := &Task{Kind: IncidentTask, Role: r.p.operator, Actions: retries, Incident: code}, &activity.Task{}
	if t.Undoing != nil || r.p.Skips(r.node().Key, code).Why == "" {
		task.Actions, more.Comment = retriesOrSkips, skips
	}
	e := r.open(task, more)
	e.Reason = "incident." + code
	return e
}

// noValue is the incident of a formula that has no value.
func (r *run) noValue(err error) {
	code, detail := incidentOf(err)
	r.incident(code).Detail = detail
}

var (
	retries        = []string{Retry}
	skips          = []string{Skip}
	retriesOrSkips = []string{Retry, Skip}
)

// open makes t the open task of the current token and asks for it.
func (r *run) open(t *Task, more *activity.Task) *activity.Effect {
	t.Revision = 1
	r.t().Task = t
	if more == nil {
		more = &activity.Task{}
	}
	more.Kind, more.Role, more.Actions, more.Revision = string(t.Kind), t.Role, t.Actions, t.Revision
	more.DueAt = r.dueAt()
	e := r.effect(activity.OpenTask)
	e.Task = more
	return e
}

// view is what formulas of the current token may read.
func (r *run) view() *values {
	scope := r.t().Scope
	if scope == 0 {
		return r.values
	}
	if r.local == nil || r.localOf != scope {
		r.local, r.localOf = r.p.within(r.values.share(), &r.s, scope), scope
	}
	return r.local
}

// eval evaluates a formula, and before it the facts that it reads and that are not known yet.
func (r *run) eval(e *expression) (any, error) {
	v := r.view()
	if v.err != nil {
		return nil, v.err
	}
	if e.tariff && r.p.tariffOn != nil {
		var err error
		if v, err = r.p.withTariff(v, r.s.Tariffs); err != nil {
			return nil, err
		}
		for _, i := range r.p.tariffOn.facts {
			r.markRow(&r.p.facts[i], v)
		}
	}
	var because map[string]error // facts that have no value
	for _, i := range e.facts {
		f := &r.p.facts[i]
		if _, known := v.facts[f.name]; known {
			continue
		}
		value, err := f.formula.Eval(v.roots)
		if err != nil {
			// A formula may guard against what a fact reads; then it does not need this fact.
			if because == nil {
				because = map[string]error{}
			}
			because[f.name] = rootOf(err, because)
			continue
		}
		r.markRow(f, v)
		v = v.learn(f.name, value)
	}
	if r.t().Scope == 0 {
		r.values = v
	} else {
		r.local = v
	}
	value, err := e.formula.Eval(v.roots)
	if err != nil {
		err = rootOf(err, because)
	}
	return value, err
}

// learn keeps an answer and lets formulas read it; false where a value is not of its declared type, and then nothing has changed.
func (r *run) learn(a Answered) bool {
	if a.Result == "" { // nobody reads it
		return true
	}
	object, err := r.p.decodeRoot(a.Result, a.Values)
	if err != nil {
		return false
	}
	a.In = r.t().Scope
	r.forget(a.Result)
	r.s.Answers = append(slices.Clip(r.s.Answers), a)
	if a.In == 0 {
		r.values = r.values.with(a.Result, object)
	}
	r.local = nil
	return true
}

// forget takes an answer away, where there is one.
func (r *run) forget(result string) {
	in := r.t().Scope
	is := func(a Answered) bool { return a.Result == result && a.In == in }
	if !slices.ContainsFunc(r.s.Answers, is) {
		return
	}
	r.s.Answers = without(r.s.Answers, is)
	if in == 0 {
		r.values = r.values.with(result, nil)
	}
	r.local = nil
}

// rootOf is why a value is missing: a formula that reads a fact without a value says only that the fact is absent.
func rootOf(err error, because map[string]error) error {
	var failed *formula.EvalError
	if len(because) > 0 && errors.As(err, &failed) && failed.Failure == formula.AbsentValue && because[failed.Field] != nil {
		return because[failed.Field]
	}
	return err
}

// set adds a value to an answer that no state holds yet.
func (a *Answered) set(name string, v json.RawMessage) {
	if a.Values == nil {
		a.Values = map[string]json.RawMessage{}
	}
	a.Values[name] = v
}
