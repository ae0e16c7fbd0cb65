package machine

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Codes of obstacles.
const (
	HasEnded      = "ended"
	OtherService  = "other-service"
	IsBusy        = "busy"           // an answer is waited for: try again when it has come
	StepGone      = "step-gone"      // the application waits at a step that the other plan does not have, or that is of another kind there
	BranchGone    = "branch-gone"    // or in a branch that it does not have
	LimitGone     = "limit-gone"     // a time limit that runs leads nowhere there
	FeeGone       = "fee-gone"       // a fee was assessed that it does not know
	ValueMissing  = "value-missing"  // it needs a value of the form that was not asked for
	ValueOther    = "value-other"    // a value or an answer is of another type there
	AnswerMissing = "answer-missing" // a step before this place was added, whose answer is read behind it
	UndoGone      = "undo-gone"      // it has entered something that the other plan does not know how to take back
	NoDecision    = "no-decision"    // nothing can be decided there as things are
	StepSkipped   = "step-skipped"   // a note: a step before this place was added; it does not happen
)

// Migrate carries s, a state of p, over to the other plan: by the keys of nodes and branches, everything that was decided, answered, paid and
// promised included. Moments of clocks stay as they were promised. Open tasks offer what they offer there. Like Step it is pure, and gives the
// state, the effects that the shell has carried out, and why it cannot be; with an obstacle nothing changes. Notes are no obstacles.
func (p *Program) Migrate(s State, to *Program, m activity.Move) (_ State, _ []activity.Effect, obstacles, notes []activity.Obstacle) {
	x := &migrating{from: p, to: to, s: s}
	switch {
	case s.Status == "" || s.Status == Ended:
		x.no(HasEnded, "")
	case p.plan.Service != to.plan.Service:
		x.no(OtherService, to.plan.Service)
	case !p.fits(&s):
		x.no(OtherService, "")
	}
	if len(x.obstacles) > 0 {
		return s, nil, x.obstacles, nil
	}
	x.place()
	x.undo()
	x.values(m)
	x.before()
	if len(x.obstacles) > 0 {
		return s, nil, x.obstacles, x.notes
	}
	x.history()
	effects := x.offer(m)
	if len(x.obstacles) > 0 {
		return s, nil, x.obstacles, x.notes
	}
	x.s.Sequence++
	return x.s, effects, nil, x.notes
}

type migrating struct {
	from, to         *Program
	s                State // what it becomes
	obstacles, notes []activity.Obstacle
}

func (x *migrating) no(code, at string) {
	if o := (activity.Obstacle{Code: code, At: at}); !slices.Contains(x.obstacles, o) {
		x.obstacles = append(x.obstacles, o)
	}
}

// node is the index that a node of the one plan has in the other, where it is of the same kind.
func (x *migrating) node(i int) (int, bool) {
	if i < 0 { // of a step that had gone already
		return 0, false
	}
	to, ok := x.to.index[x.from.nodes[i].Key]
	return to, ok && x.to.nodes[to].Kind == x.from.nodes[i].Kind
}

// place moves the tokens.
func (x *migrating) place() {
	x.s.Tokens = slices.Clone(x.s.Tokens)
	for i := range x.s.Tokens {
		t := &x.s.Tokens[i]
		was := &x.from.nodes[t.Node]
		if t.Asked != nil {
			x.no(IsBusy, was.Key)
			continue
		}
		at, ok := x.node(t.Node)
		if !ok {
			x.no(StepGone, was.Key)
			continue
		}
		if !x.sameRegion(t.Node, at) {
			x.no(BranchGone, was.Key)
			continue
		}
		if w := x.to.nodes[at].Wait; t.Task != nil && t.Task.Kind == EventTask && w.Event != t.Task.Actions[0] {
			x.no(StepGone, was.Key) // it waits for something else there
			continue
		}
		t.Node = at
		if t.Next != nil {
			next, ok := x.node(*t.Next)
			if !ok || !x.sameRegion(*t.Next, next) {
				x.no(StepGone, x.from.nodes[*t.Next].Key)
				continue
			}
			t.Next = &next
		}
		for _, moment := range t.Clock {
			if moment.Then != plan.Remind && moment.Then != plan.Escalate && !x.to.nodes[at].leads(moment.Then) {
				x.no(LimitGone, was.Key)
			}
		}
		if t.Of != 0 {
			x.branch(t)
		}
		if t.Region != nil {
			x.region(t, was)
		}
	}
	if n, ok := x.to.index[x.from.nodes[x.s.Node].Key]; ok {
		x.s.Node = n
	}
	if c := x.s.Case; c != nil {
		switch d := x.to.deadline; {
		case d == nil:
			x.s.Case = nil
		case slices.ContainsFunc(c.Clock, func(m Moment) bool { return m.Rung >= len(d.rungs) || d.rungs[m.Rung].Then != m.Then }):
			x.no(LimitGone, "deadline")
		}
	}
}

// undo moves what would be taken back, and what is being taken back.
func (x *migrating) undo() {
	moved := func(i int) int {
		to, ok := x.node(i)
		if ok && x.from.nodes[i].undo >= 0 {
			ok = x.to.nodes[to].undo >= 0
		}
		if !ok {
			x.no(UndoGone, x.from.nodes[i].Key)
		}
		return to
	}
	x.s.Written = slices.Clone(x.s.Written)
	for i := range x.s.Written {
		x.s.Written[i].Node = moved(x.s.Written[i].Node)
	}
	for i := range x.s.Tokens {
		if u := x.s.Tokens[i].Undoing; u != nil {
			x.s.Tokens[i].Undoing = &Undoing{To: moved(u.To), Node: moved(u.Node), Visit: u.Visit}
		}
	}
}

// sameRegion tells whether two nodes stand in regions of the same forks.
func (x *migrating) sameRegion(from, to int) bool {
	a, b := x.from.region[from], x.to.region[to]
	if a < 0 || b < 0 {
		return a < 0 && b < 0
	}
	return x.from.nodes[a].Key == x.to.nodes[b].Key && x.sameRegion(a, b)
}

// branch moves which branch of its fork a token is. Its fork stands before it and has been moved.
func (x *migrating) branch(t *Token) {
	fork := indexOf(x.s.Tokens, t.Of)
	n := &x.to.nodes[x.s.Tokens[fork].Node]
	if n.Kind != plan.Fork || n.Fork.Each != nil {
		return
	}
	if b, ok := x.branchIndex(n, t.Branch); ok {
		t.Branch = b
	} else {
		x.no(BranchGone, n.Key)
	}
}

// branchIndex is the index in the other plan of a branch of a fork, by its key.
func (x *migrating) branchIndex(n *node, branch int) (int, bool) {
	was := x.from.nodes[x.from.index[n.Key]].Fork.Branches
	if branch >= len(was) {
		return 0, false
	}
	i := slices.IndexFunc(n.Fork.Branches, func(b plan.Branch) bool { return b.Key == was[branch].Key })
	return i, i >= 0
}

// region moves how the branches of a fork stand. How many are needed was decided when they began.
func (x *migrating) region(t *Token, was *node) {
	n := &x.to.nodes[t.Node]
	if (was.Fork.Each == nil) != (n.Fork.Each == nil) {
		x.no(StepGone, was.Key)
		return
	}
	region := *t.Region
	region.Ended = slices.Clone(region.Ended)
	for i := range region.Ended {
		if n.Fork.Each != nil {
			break
		}
		b, ok := x.branchIndex(n, region.Ended[i].Index)
		if !ok {
			x.no(BranchGone, was.Key)
			return
		}
		region.Ended[i].Index = b
	}
	t.Region = &region
}

// values takes the other plan's read set and looks whether everything is there and of its type.
func (x *migrating) values(m activity.Move) {
	x.s.Reads, x.s.Tariff, x.s.values = m.Reads, m.Tariff, nil
	if x.s.Calendar == nil { // else the next event brings what was published since, and limits follow it where they are to
		x.s.Calendar = m.Facts.Calendar
	}
	if m.Facts.Tariffs != nil {
		x.s.Tariffs = m.Facts.Tariffs
	}
	for _, path := range x.to.reads {
		raw, ok := m.Reads[path.full]
		if !ok || string(raw) == "null" {
			// What is missing by its own plan too is missed no more than before.
			if !path.optional && !slices.Contains(x.from.plan.Reads, path.full) {
				x.no(ValueMissing, path.full)
			}
			continue
		}
		if _, err := x.to.decode(path.root, path.typ, raw); err != nil {
			x.no(ValueOther, path.full)
		}
	}
	var answers []Answered
	for _, a := range x.s.Answers {
		if x.to.scope[a.Result] == nil {
			continue // nobody reads it any more
		}
		if _, err := x.to.decodeRoot(a.Result, a.Values); err != nil {
			x.no(ValueOther, a.Result)
		}
		answers = append(answers, a)
	}
	x.s.Answers = answers
	for _, a := range x.s.Assessments {
		for _, l := range a.Lines {
			if l.Fee != activity.RoundingLine && x.to.fees[l.Fee] == nil {
				x.no(FeeGone, l.Fee)
			}
		}
	}
}

// before looks for steps that the other plan has before every place of the application, and the one plan does not have.
func (x *migrating) before() {
	for i := range x.to.nodes {
		n := &x.to.nodes[i]
		if _, had := x.from.index[n.Key]; had || n.Kind == plan.Gate || n.Kind == plan.End || n.Kind == plan.Join || n.Kind == plan.Undo {
			continue
		}
		if slices.ContainsFunc(x.s.Tokens, func(t Token) bool { return t.Region == nil && !x.to.leadsTo(i, t.Node) || x.to.leadsTo(t.Node, i) }) {
			continue
		}
		x.notes = append(x.notes, activity.Obstacle{Code: StepSkipped, At: n.Key})
		root := n.Root()
		if root == "" || n.When != "" || slices.ContainsFunc(x.s.Answers, func(a Answered) bool { return a.Result == root }) {
			continue
		}
		if slices.ContainsFunc(x.to.scope[root], x.needed) {
			x.no(AnswerMissing, n.Key)
		}
	}
}

// needed tells whether formulas take a field of an answer as given.
func (x *migrating) needed(f formula.Field) bool { return !f.Optional && f.When == "" }

// leadsTo tells whether one can come from one node to another, in any number of steps.
func (p *Program) leadsTo(from, to int) bool {
	seen := make([]bool, len(p.nodes))
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		n := &p.nodes[queue[0]]
		next := func(i int) bool {
			if i == to {
				return true
			}
			if !seen[i] {
				seen[i] = true
				queue = append(queue, i)
			}
			return false
		}
		for _, e := range n.edges {
			if next(e.to) {
				return true
			}
		}
		if n.Kind == plan.Fork {
			for _, b := range n.Fork.Branches {
				if next(b.Entry) {
					return true
				}
			}
		}
		if n.Kind == plan.Join { // behind a join comes what comes behind its fork
			if fork := p.region[queue[0]]; fork >= 0 && next(fork) {
				return true
			}
		}
	}
	return false
}

// history moves what was counted and decided, by node. What the other plan does not know is forgotten.
func (x *migrating) history() {
	visits := make([]int, len(x.to.nodes))
	for i, n := range x.s.Visits {
		if to, ok := x.to.index[x.from.nodes[i].Key]; ok {
			visits[to] = n
		}
	}
	x.s.Visits = visits
	x.s.Rounds = moved(x, x.s.Rounds, func(r *Round) *int { return &r.Node })
	x.s.Deciders = moved(x, x.s.Deciders, func(d *Decider) *int { return &d.Node })
	x.s.Left = moved(x, x.s.Left, func(l *Left) *int { return &l.Node })
	x.s.Standing = moved(x, x.s.Standing, func(l *Left) *int { return &l.Node })
	assessments := slices.Clone(x.s.Assessments)
	for i := range assessments {
		// A payment whose step has gone stays: it was paid, and can go back. No step comes to it again.
		if to, ok := x.node(assessments[i].Node); ok {
			assessments[i].Node = to
		} else {
			assessments[i].Node = -1
		}
	}
	x.s.Assessments = assessments
	var taken []Taken
	for _, t := range x.s.Taken {
		if e, ok := x.edge(t.Edge); ok {
			t.Edge = e
			taken = append(taken, t)
		}
	}
	x.s.Taken = taken
}

// moved gives entries by node as the other plan knows them.
func moved[T any](x *migrating, list []T, node func(*T) *int) (out []T) {
	for _, e := range list {
		if to, ok := x.node(*node(&e)); ok {
			*node(&e) = to
			out = append(out, e)
		}
	}
	return out
}

// edge is the edge of the other plan that leads from the same node by the same outcome to the same node.
func (x *migrating) edge(i int) (int, bool) {
	e := x.from.plan.Edges[i]
	for j, o := range x.to.plan.Edges {
		if o.On == e.On && o.AtMost > 0 && x.to.nodes[o.From].Key == x.from.nodes[e.From].Key && x.to.nodes[o.To].Key == x.from.nodes[e.To].Key {
			return j, true
		}
	}
	return 0, false
}

// officers are those whose task an open review is by the other plan. Whom the application has named there stays as it was named, and where the
// one plan has written who decides and the other lets the application say it, nobody has asked yet whether there is such an authority.
func (x *migrating) officers(r *run, n *node, t *Task) (role string, known bool) {
	if n.of == nil {
		return n.role, true
	}
	was := x.from.nodes[x.from.index[n.Key]].Review
	authority, _, _ := strings.Cut(t.Role, ":")
	if was.Of != n.Review.Of {
		if named, err := r.text(n.of); err != nil || named != authority {
			return "", false
		}
	}
	return authority + ":" + n.role, true
}

// offer lets open tasks offer what they offer by the other plan.
func (x *migrating) offer(m activity.Move) []activity.Effect {
	r := &run{p: x.to, s: x.s, at: m.Facts.At.UTC(), left: x.to.most}
	r.values = x.to.valuesOf(&x.s)
	var effects []activity.Effect
	for i := range r.s.Tokens {
		t := r.s.Tokens[i].Task
		if t == nil || t.Kind != ReviewTask && t.Kind != InviteTask {
			continue
		}
		r.cur = i
		n := r.node()
		offered := *t
		if t.Kind == ReviewTask {
			role, known := x.officers(r, n, t)
			if !known {
				x.no(NoDecision, n.Key)
				continue
			}
			offered.Role = role
		}
		r.effects = nil
		r.offer(n, &offered, &activity.Task{From: t.From})
		now := r.t().Task
		if now.Kind != t.Kind || now.Role == t.Role && slices.Equal(now.Actions, t.Actions) {
			if now.Kind != t.Kind {
				x.no(NoDecision, n.Key)
			}
			r.s.Tokens[i].Task = t
			continue
		}
		now.Revision = t.Revision + 1
		for j := range r.effects {
			if open := r.effects[j].Task; open != nil {
				open.Revision = now.Revision
			}
		}
		effects = append(effects, r.effects...)
	}
	r.cur = 0
	r.keepDeadline()
	r.effects = nil
	r.tell()
	x.s = r.s
	x.s.values = r.values.share()
	return append(effects, r.effects...)
}
