package machine

import (
	"slices"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// anew starts the branches again in which something was decided that the current token has just forgotten, and that run beside its own: the
// branch goes once more through its steps, where what is not forgotten stands. nodes are what is forgotten; left is Left as it was before.
func (r *run) anew(nodes []int, left []Left) {
	me := *r.t()
	for own := me; own.Of != 0; {
		fork := indexOf(r.s.Tokens, own.Of)
		if fork < 0 || r.s.Tokens[fork].Region == nil {
			return
		}
		node := r.s.Tokens[fork].Node
		if r.p.nodes[node].Fork.Each == nil { // the branches of items share their steps: what is forgotten there is one's own
			var again []int
			for _, i := range nodes {
				if b := r.p.branchOf(i, node); b >= 0 && b != own.Branch && !slices.Contains(again, b) && r.decided(i, left, own.Of) {
					again = append(again, b)
				}
			}
			for _, b := range again {
				r.restart(own.Of, b, nodes, left)
			}
		}
		if fork = indexOf(r.s.Tokens, own.Of); fork < 0 {
			return
		}
		own = r.s.Tokens[fork]
	}
}

// decided tells whether node i was left already, in a branch of the fork at which the token of stands, and is not being decided right now.
func (r *run) decided(i int, left []Left, of int) bool {
	if !slices.ContainsFunc(left, func(l Left) bool { return l.Node == i }) {
		return false
	}
	for at := range r.s.Tokens {
		if r.s.Tokens[at].Node == i && below(r.s.Tokens, at, of) {
			return false
		}
	}
	return true
}

// restart lets a branch of the fork at which the token of stands begin again, whether it has ended or still runs.
func (r *run) restart(of, branch int, forgotten []int, left []Left) {
	id := r.t().ID
	fork := indexOf(r.s.Tokens, of)
	at := r.s.Tokens[fork]
	region := *at.Region
	ended := func(b Branch) bool { return b.Index == branch }
	running := slices.IndexFunc(r.s.Tokens, func(t Token) bool { return t.Of == of && t.Branch == branch })
	switch {
	case running >= 0 && r.s.Tokens[running].Visit == 0:
		return // it is only about to begin
	case running >= 0:
		r.cur = running
		r.callOff(CalledOff, "")
		r.close(CalledOff, "")
		r.drop(r.t().ID)
	case slices.ContainsFunc(region.Ended, ended):
		region.Live++
		region.Ended = without(region.Ended, ended)
	default:
		return // it was never entered
	}
	fork = indexOf(r.s.Tokens, of)
	r.s.Tokens[fork].Region = &region
	next := r.s.lastID() + 1
	r.s.Tokens = append(r.s.Tokens, Token{ID: next, Of: of, Branch: branch, Scope: at.Scope})
	r.arrivals = append(r.arrivals, arrival{next, r.p.nodes[at.Node].Fork.Branches[branch].Entry})
	for _, l := range left {
		if l.In != at.Scope || r.p.branchOf(l.Node, at.Node) != branch || slices.ContainsFunc(forgotten, func(i int) bool { return i == l.Node || r.p.inside(i, l.Node) }) {
			continue
		}
		r.s.Standing = append(slices.Clip(without(r.s.Standing, func(o Left) bool { return o.Node == l.Node && o.In == l.In })), l)
	}
	r.cur = max(indexOf(r.s.Tokens, id), 0)
}

// branchOf is the branch of a fork in which node i lies, however deep; -1 where it lies in none, or in several.
func (p *Program) branchOf(i, fork int) int {
	for range p.nodes {
		switch p.region[i] {
		case fork:
			return p.branch[i]
		case outside, unreached:
			return -1
		}
		i = p.region[i]
	}
	return -1
}

// beside tells whether something was left in a branch that runs beside the current token, or beside one above it.
func (r *run) beside(l Left) bool {
	for own := *r.t(); own.Of != 0; {
		fork := indexOf(r.s.Tokens, own.Of)
		if fork < 0 {
			return false
		}
		if at := &r.s.Tokens[fork]; r.p.nodes[at.Node].Fork.Each == nil {
			if b := r.p.branchOf(l.Node, at.Node); b >= 0 && b != own.Branch {
				return true
			}
		} else if in := indexOf(r.s.Tokens, l.In); in >= 0 && l.In != own.ID && below(r.s.Tokens, in, at.ID) && !below(r.s.Tokens, in, own.ID) {
			return true
		}
		own = r.s.Tokens[fork]
	}
	return false
}

// lastID is the highest ID of a token.
func (s *State) lastID() (id int) {
	for i := range s.Tokens {
		id = max(id, s.Tokens[i].ID)
	}
	return id
}

// loadBranches says for each node of a region in which of its branches it lies, -1 where branches share it.
func (p *Program) loadBranches() {
	p.branch = make([]int, len(p.nodes))
	for i := range p.branch {
		p.branch[i] = unreached
	}
	for at := range p.nodes {
		if p.nodes[at].Kind != plan.Fork {
			continue
		}
		for b, branch := range p.nodes[at].Fork.Branches {
			p.mark(branch.Entry, at, b)
		}
	}
	for i := range p.nodes {
		for _, e := range p.nodes[i].edges {
			p.returns = p.returns || slices.ContainsFunc(e.forgets, func(f int) bool { return p.region[f] >= 0 })
		}
	}
}

// mark takes a node, and what follows it in the same region, to be in a branch of the fork.
func (p *Program) mark(entry, fork, branch int) {
	type place struct{ node, branch int }
	for queue := []place{{entry, branch}}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		switch was := p.branch[at.node]; {
		case p.region[at.node] != fork || was == at.branch || was == outside:
			continue
		case was != unreached:
			at.branch = outside
		}
		p.branch[at.node] = at.branch
		for _, e := range p.nodes[at.node].edges {
			queue = append(queue, place{e.to, at.branch})
		}
	}
}
