package machine

import (
	"fmt"
	"slices"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Outcomes of what takes something back: what was entered is taken back, what was started is withdrawn.
const (
	undone    = "undone"
	withdrawn = "withdrawn"
)

// Unavailable is Answer.Failed of what was asked for in vain for so long that nobody knows whether it was done.
const Unavailable = "unavailable"

// Written is what a write has entered or a start has started, or may have, and what takes it back. It stands in State.Written in the order in which it was entered.
type Written struct {
	Node  int                 `json:"node"` // the write
	Visit int                 `json:"visit"`
	In    int                 `json:"in,omitempty"`    // Token.Scope, or over
	Asked *activity.Lookup    `json:"asked,omitempty"` // it was asked for, and nobody knows yet whether it was done
	With  []activity.Argument `json:"with,omitempty"`  // arguments of what takes it back, as they were when it was entered
	Void  bool                `json:"void,omitempty"`  // it is invalidated, and stands no more
	Undo  int                 `json:"undo,omitempty"`  // visit of the node that takes it back, once that has begun
}

// over is Written.In of a branch that is over.
const over = -1

// Undoing says of a token that something is taken back before it comes to the node To.
type Undoing struct {
	To    int `json:"to"`
	Node  int `json:"node"` // of Written
	Visit int `json:"visit"`
}

// ending tells whether everything is being taken back, after which the application ends.
func (s *State) ending(p *Program) bool {
	return len(s.Tokens) == 1 && s.Tokens[0].Undoing != nil && p.nodes[s.Tokens[0].Undoing.To].Kind == plan.End
}

// promise notes that the current token's write was asked for. One that is asked for again since its answer could not be read was entered.
func (r *run) promise(l *activity.Lookup) {
	if t := r.t(); r.written(t.Node, t.Visit) < 0 {
		r.s.Written = append(slices.Clip(r.s.Written), Written{Node: t.Node, Visit: t.Visit, In: t.Scope, Asked: l})
	}
}

func (w Written) same(o Written) bool { return o.Node == w.Node && o.Visit == w.Visit }

// entered notes that a visit of a write was done, now, and with what it would be taken back.
func (r *run) entered(node, visit int) {
	at := r.written(node, visit)
	if at < 0 {
		return
	}
	w := r.s.Written[at]
	r.s.Written = without(r.s.Written, w.same)
	w.Asked = nil
	w.With, _ = r.arguments(&r.p.nodes[r.p.nodes[node].undo]) // where one has no value, that is found when it is taken back
	r.s.Written = append(slices.Clip(r.s.Written), w)
}

// neverEntered notes that a write was not done of which nobody knew.
func (r *run) neverEntered(node, visit int) {
	if at := r.written(node, visit); at >= 0 && r.s.Written[at].Asked != nil {
		r.gone(node, visit)
	}
}

// gone notes that what was entered stands no more.
func (r *run) gone(node, visit int) {
	r.s.Written = without(r.s.Written, Written{Node: node, Visit: visit}.same)
}

// written is the index of what a visit of a write has entered, or -1.
func (r *run) written(node, visit int) int {
	return slices.IndexFunc(r.s.Written, Written{Node: node, Visit: visit}.same)
}

// void marks what was entered at nodes that are forgotten, and in branches for each item whose region is.
func (r *run) void(nodes []int) {
	scope := r.t().Scope
	for i, w := range r.s.Written {
		forgotten := func(n int) bool {
			return n == w.Node || r.p.nodes[n].Kind == plan.Fork && r.p.nodes[n].Fork.Each != nil && r.p.inside(w.Node, n)
		}
		if !w.Void && (scope == 0 || w.In == scope) && slices.ContainsFunc(nodes, forgotten) {
			r.s.Written = slices.Clone(r.s.Written)
			r.s.Written[i].Void = true
		}
	}
}

// branchesOver says of what was entered in branches that they are over: their IDs may be others' soon.
func (r *run) branchesOver(dropped func(id int) bool) {
	for i, w := range r.s.Written {
		if w.In > 0 && dropped(w.In) {
			r.s.Written = slices.Clone(r.s.Written)
			r.s.Written[i].In = over
		}
	}
}

// takesBack begins to take back what must not stand when the current token comes to node i; false where nothing is. Before an end that says so
// that is everything, before any other what was invalidated, and before a write what it has entered earlier and is to enter anew.
func (r *run) takesBack(i int) bool {
	if len(r.s.Written) == 0 {
		return false
	}
	n := &r.p.nodes[i]
	scope := r.t().Scope
	own := func(w Written) bool {
		return w.Node == i && (w.In == scope || w.In == over && w.Void) && (w.Void || w.Asked != nil) && !r.takenElsewhere(w)
	}
	var back func(Written) bool
	switch {
	case n.Kind == plan.End && n.End.Undo:
		back = func(Written) bool { return true }
	case n.Kind == plan.End:
		back = func(w Written) bool { return w.Void }
	case n.undo >= 0 && slices.ContainsFunc(r.s.Written, own):
		back = func(w Written) bool {
			return own(w) || w.Void && w.In == scope && !r.takenElsewhere(w) && !r.beside(Left{Node: w.Node, In: w.In})
		}
	default:
		return false
	}
	next := -1
	for at, w := range r.s.Written {
		if back(w) && (next < 0 || w.Asked != nil || r.s.Written[next].Asked == nil) { // what is on its way first: it will be the last that was entered
			next = at
		}
	}
	if next < 0 {
		return false
	}
	if n.Kind == plan.End {
		r.alone()
	}
	r.takeBack(i, next)
	return true
}

// takenElsewhere tells whether another branch takes it back already, or is still about to enter it.
func (r *run) takenElsewhere(w Written) bool {
	me := r.t().ID
	return slices.ContainsFunc(r.s.Tokens, func(t Token) bool {
		return t.Undoing != nil && t.Undoing.Node == w.Node && t.Undoing.Visit == w.Visit || t.ID != me && t.Node == w.Node && t.Visit == w.Visit
	})
}

// alone ends everything but one token, which goes on to the end.
func (r *run) alone() {
	me := r.t().ID
	var others []int
	for i := range r.s.Tokens {
		if r.s.Tokens[i].ID != me && r.s.Tokens[i].Visit > 0 {
			r.cur = i
			r.close(CalledOff, "")
		}
		if i > 0 {
			others = append(others, r.s.Tokens[i].ID)
		}
	}
	r.cur = 0
	r.drop(others...)
	r.s.Tokens[0] = Token{ID: r.s.Tokens[0].ID}
	r.s.Case = nil
}

// takeBack has what was entered taken back by the current token, or, where nobody knows whether it was entered, asks for that first.
func (r *run) takeBack(to, at int) {
	w, t := r.s.Written[at], r.t()
	t.Undoing = &Undoing{To: to, Node: w.Node, Visit: w.Visit}
	if w.Asked != nil { // whoever does it does it once, however often it is asked for
		t.Node, t.Visit, t.Asked = w.Node, w.Visit, w.Asked
		return
	}
	undo := r.p.nodes[w.Node].undo
	if w.Undo == 0 {
		r.arrive(undo)
		r.s.Written = slices.Clone(r.s.Written)
		r.s.Written[at].Undo = t.Visit
	} else {
		t.Node, t.Visit = undo, w.Undo
	}
	n := r.node()
	if n.Withdraw != nil {
		t.Asked = &activity.Lookup{Application: r.s.Application, Node: n.Key, Visit: t.Visit, Do: activity.Withdraw, Subject: n.Withdraw.Service,
			With: []activity.Argument{}, Keep: []string{}, Began: &activity.Began{Node: r.p.nodes[w.Node].Key, Visit: w.Visit}}
		return
	}
	with := w.With
	if len(with) < len(n.with) {
		var err error
		if with, err = r.arguments(n); err != nil {
			r.noValue(err)
			return
		}
	}
	t.Asked = &activity.Lookup{
		Application: r.s.Application, Node: n.Key, Visit: t.Visit, Do: activity.Write, Registry: n.Lookup.Registry, Operation: n.Lookup.Operation, With: with, Keep: n.keep,
	}
}

// tookBack takes the answer of what takes something back.
func (r *run) tookBack(a *activity.Answer) {
	t, n := r.t(), r.node()
	u, asked := *t.Undoing, t.Asked
	t.Asked = nil
	known := n.Kind != plan.Undo && a.Failed != "" && a.Failed != Unavailable // it has never been entered
	over := n.Withdraw != nil && a.Failed == "" && !a.Found                   // what was started has ended
	if !known && !over && (a.Failed != "" || !a.Found) {
		r.incident(ActionFailed).Detail = a.Failed
		return
	}
	switch {
	case known:
		r.gone(u.Node, u.Visit)
	case over:
		r.effect(activity.Done).Outcome = CalledOff
		r.gone(u.Node, u.Visit)
	case n.Kind == plan.Undo:
		r.effect(activity.Done).Outcome = n.answered
		r.gone(u.Node, u.Visit)
	default:
		kept, root := r.keptOf(n, asked, a), n.Root()
		r.learn(kept)
		r.entered(u.Node, u.Visit)
		if at := r.written(u.Node, u.Visit); at >= 0 && r.s.Written[at].Void && root != "" {
			r.forget(root)
		}
	}
	t.Undoing = nil
	r.walk(u.To)
}

// leaveIt goes on without taking something back that an operator has seen to.
func (r *run) leaveIt(actor string) {
	t := r.t()
	u := *t.Undoing
	if r.node().Kind == plan.Undo {
		e := r.effect(activity.Done)
		e.Outcome, e.Actor = Skip, actor
	}
	r.gone(u.Node, u.Visit)
	t.Undoing = nil
	r.walk(u.To)
}

// loadUndo ties writes, and what starts other services, to what takes them back.
func (p *Program) loadUndo() error {
	for i := range p.nodes {
		n := &p.nodes[i]
		back := n.Undo()
		if back == "" {
			continue
		}
		at, ok := p.index[back]
		if !ok || p.nodes[at].Kind != plan.Undo || p.nodes[at].takes != 0 || (p.nodes[at].Withdraw != nil) != (n.Kind == plan.Start) {
			return fmt.Errorf("node %s: there is nothing that takes it back, or it takes back something else", n.Key)
		}
		n.undo, p.nodes[at].takes = at, i+1
	}
	for i := range p.nodes {
		if n := &p.nodes[i]; n.Kind == plan.Undo && n.takes == 0 {
			return fmt.Errorf("node %s takes nothing back", n.Key)
		}
	}
	return nil
}

// undoes tells whether what a state says of writes fits the plan.
func (p *Program) undoes(s *State) bool {
	write := func(i int) bool { return i >= 0 && i < len(p.nodes) && p.nodes[i].undo >= 0 }
	if slices.ContainsFunc(s.Written, func(w Written) bool { return !write(w.Node) || w.Undo < 0 }) {
		return false
	}
	return !slices.ContainsFunc(s.Tokens, func(t Token) bool {
		u := t.Undoing
		if u == nil {
			return p.nodes[t.Node].Kind == plan.Undo && t.Next == nil
		}
		return u.To < 0 || u.To >= len(p.nodes) || !write(u.Node) || t.Node != u.Node && t.Node != p.nodes[u.Node].undo || t.Region != nil ||
			!slices.ContainsFunc(s.Written, Written{Node: u.Node, Visit: u.Visit}.same) ||
			p.nodes[u.To].Kind == plan.End && len(s.Tokens) > 1
	})
}

// IsBeingUndone tells whether everything is being taken back, after which the application ends; nothing else may be done meanwhile.
func (p *Program) IsBeingUndone(s State) bool { return s.Status != Ended && p.fits(&s) && s.ending(p) }
