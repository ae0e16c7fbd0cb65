package machine

import (
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// asks tells the nodes that wait for an answer from outside.
func asks(k plan.Kind) bool {
	switch k {
	case plan.Lookup, plan.Write, plan.Undo, plan.Right, plan.Start, plan.Draw:
		return true
	}
	return false
}

// ask waits for an answer from outside: of a registry, of the register of rights, of the service that is started, of chance.
func (r *run) ask(n *node) {
	with, err := r.arguments(n)
	if err != nil {
		r.noValue(err)
		return
	}
	l := &activity.Lookup{Application: r.s.Application, Node: n.Key, Visit: r.t().Visit, With: with, Keep: n.keep}
	switch n.Kind {
	case plan.Lookup, plan.Write:
		l.Registry, l.Operation = n.Lookup.Registry, n.Lookup.Operation
		if n.Kind == plan.Write {
			l.Do = activity.Write
		}
	case plan.Right:
		l.Do, l.Subject, l.Operation = activity.Change, n.Right.Right, n.Right.Change
		l.Of, err = r.text(n.of)
	case plan.Start:
		l.Do, l.Subject = activity.Begin, n.Start.Service
		l.About, err = r.text(n.about)
	case plan.Draw:
		l.Do = activity.Draw
		for _, c := range n.Draw.Channels {
			l.Channels = append(l.Channels, activity.Channel{Name: c.Name, Weight: c.Weight})
		}
	}
	if err != nil {
		r.noValue(err)
		return
	}
	r.t().Asked = l
	if n.undo >= 0 {
		r.promise(l)
	}
}

// address asks whether there is the authority that the application names: a plan does not know which there are. What it names now stands until
// the task is closed, whatever is corrected meanwhile; coming to the node anew asks anew.
func (r *run) address(n *node) {
	authority, err := r.text(n.of)
	if err != nil {
		r.noValue(err)
		return
	}
	r.t().Asked = &activity.Lookup{
		Application: r.s.Application, Node: n.Key, Visit: r.t().Visit, Do: activity.Authority, Subject: authority, With: []activity.Argument{},
	}
}

// addressed opens the task for the officers of an authority that there is.
func (r *run) addressed(n *node, asked *activity.Lookup, a *activity.Answer) {
	switch {
	case a.Failed != "":
		r.incident(LookupFailed).Detail = a.Failed
	case !a.Found:
		r.incident(NoAuthority).Detail = n.Review.Of
	case r.standsStill(r.t().Node): // nobody is asked before the application goes on
	default:
		r.reviewBy(n, asked.Subject+":"+n.role)
	}
}

// arguments works out the arguments of a node.
func (r *run) arguments(n *node) ([]activity.Argument, error) {
	out := make([]activity.Argument, len(n.with))
	for i, e := range n.with {
		v, err := r.eval(e)
		if err != nil {
			return nil, err
		}
		raw, err := encodeJSON(v)
		if err != nil {
			return nil, err
		}
		out[i] = activity.Argument{Name: n.arguments[i].Name, Value: raw}
	}
	return out, nil
}

// text evaluates a formula of text; none gives "".
func (r *run) text(e *expression) (string, error) {
	if e == nil {
		return "", nil
	}
	v, err := r.eval(e)
	if err != nil {
		return "", err
	}
	s, is := v.(string)
	if !is {
		return "", errNoText
	}
	return s, nil
}

// answer takes what came back, if it is waited for.
func (r *run) answer(a *LookupAnswer) Refusal {
	if !r.stand(a.Node, a.Visit) || r.t().Asked == nil {
		return Late
	}
	if r.t().Undoing != nil {
		r.tookBack(&a.Answer)
		return ""
	}
	n, asked, visit := r.node(), r.t().Asked, r.t().Visit
	r.t().Asked = nil
	if n.Kind == plan.Review {
		r.addressed(n, asked, &a.Answer)
		return ""
	}
	failed := LookupFailed
	if n.Kind != plan.Lookup {
		failed = ActionFailed // there is no such thing as nothing found
	}
	if a.Answer.Failed != "" || !a.Answer.Found && n.Kind != plan.Lookup || n.Kind == plan.Draw && !n.draws(a.Answer.Values) {
		if a.Answer.Failed != Unavailable {
			r.neverEntered(r.t().Node, visit)
		}
		r.incident(failed).Detail = a.Answer.Failed
		return ""
	}
	if !a.Answer.Found {
		r.forget(n.Lookup.Result)
		r.goOn("notFound", "")
		return ""
	}
	learnt := r.learn(r.keptOf(n, asked, &a.Answer))
	if n.undo >= 0 {
		r.entered(r.t().Node, visit)
	}
	if !learnt {
		r.incident(failed)
		return ""
	}
	if n.Kind == plan.Start && n.Start.Wait {
		if r.arm(n) {
			r.t().Task = &Task{Kind: ChildTask, Role: Child, Actions: childEnds}
		}
		return ""
	}
	r.goOn(n.answered, "")
	return ""
}

// keptOf is what formulas read of an answer; nothing where nobody reads it.
func (r *run) keptOf(n *node, asked *activity.Lookup, a *activity.Answer) (kept Answered) {
	root := n.Root()
	if root == "" || r.p.scope[root] == nil {
		return kept
	}
	kept.Result = root
	for _, name := range asked.Keep {
		if v, ok := a.Values[name]; ok {
			kept.set(name, v)
		}
	}
	return kept
}

var childEnds = []string{"ended"}
