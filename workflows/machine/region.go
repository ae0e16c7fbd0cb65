package machine

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// Outcomes of a fork, and of what is called off because the others have decided, or because nothing is left of it to take back.
const (
	allDone   = "done"
	otherwise = "otherwise"
	CalledOff = "calledOff"
)

// mostItems bounds a region with a branch for each item.
const mostItems = 200

// fork starts the branches of a region; the current token waits for them. Where all of none are needed, and where fewer are to be entered than
// are needed, it goes on at once.
func (r *run) fork(n *node) (outcome string, on bool) {
	type branch struct {
		index, entry, number int
		item                 json.RawMessage
	}
	var branches []branch
	if e := n.Fork.Each; e != nil {
		v, err := r.eval(n.list)
		items, is := v.([]any)
		if err != nil {
			r.noValue(err)
			return "", false
		}
		if !is {
			r.incident(NoValue)
			return "", false
		}
		if len(items) > e.AtMost {
			r.incident(TooMany)
			return "", false
		}
		for i, item := range items {
			raw, err := encodeJSON(item)
			if err != nil {
				r.incident(NoValue)
				return "", false
			}
			branches = append(branches, branch{i, n.Fork.Branches[0].Entry, i + 1, raw})
		}
	} else {
		for i, b := range n.Fork.Branches {
			if when := n.whens[i]; when != nil {
				holds, err := r.eval(when)
				if err != nil {
					r.noValue(err)
					return "", false
				}
				if holds != true {
					continue
				}
			}
			branches = append(branches, branch{index: i, entry: b.Entry})
		}
	}
	need := n.Fork.Need
	if need == 0 {
		need = len(branches)
	}
	switch {
	case need > len(branches):
		return otherwise, true
	case need == 0:
		return allDone, true
	}
	at := r.t()
	at.Region = &Region{Need: need, Live: len(branches)}
	of, scope, id := at.ID, at.Scope, r.s.lastID()
	for _, b := range branches {
		id++
		t := Token{ID: id, Of: of, Branch: b.index, Scope: scope, Number: b.number, Item: b.item}
		if b.number > 0 {
			t.Scope = id
		}
		r.s.Tokens = append(r.s.Tokens, t)
		r.arrivals = append(r.arrivals, arrival{id, b.entry})
	}
	return "", false
}

// join ends the branch of the current token. Where that decides the region, the token at the fork moves on.
func (r *run) join(n *node) (outcome string, on bool) {
	branch := *r.t()
	fork := indexOf(r.s.Tokens, branch.Of)
	if fork < 0 || r.s.Tokens[fork].Region == nil {
		r.incident(NoWay) // Load has checked that joins are in regions; only a state from elsewhere comes here
		return "", false
	}
	r.cur = fork
	r.drop(branch.ID)
	region := *r.t().Region
	region.Live--
	region.Ended = append(slices.Clip(region.Ended), Branch{branch.Branch, n.Join.Against})
	r.t().Region = &region
	switch favour := region.inFavour(); {
	case favour >= region.Need:
		outcome = allDone
	case favour+region.Live < region.Need:
		outcome = otherwise
	default:
		return "", false
	}
	r.callOff(CalledOff, "")
	r.t().Region = nil
	return outcome, true
}

// rise leaves as many regions as an edge says: what else runs in them is called off.
func (r *run) rise(out int) {
	for range out {
		fork := indexOf(r.s.Tokens, r.t().Of)
		if fork < 0 {
			return
		}
		id := r.t().ID
		r.cur = fork
		r.drop(id) // it has been closed already
		r.callOff(CalledOff, "")
		r.t().Region = nil
	}
}

// loadFork checks and compiles the branches of a fork.
func (p *Program) loadFork(c *compiler, n *plan.Node, out *node) (err error) {
	f := n.Fork
	if f == nil || len(f.Branches) == 0 || f.Need < 0 || f.Each != nil && len(f.Branches) != 1 || f.Each == nil && f.Need > len(f.Branches) {
		return errors.New("a fork without branches, or that needs more than it has")
	}
	for _, b := range f.Branches {
		if b.Entry < 0 || b.Entry >= len(p.plan.Nodes) {
			return fmt.Errorf("the branch %s leads nowhere", b.Key)
		}
		when, err := c.optional(source{text: b.When, kind: "bool"}, n.When)
		if err != nil {
			return err
		}
		out.whens = append(out.whens, when)
	}
	e := f.Each
	if e == nil {
		return nil
	}
	if e.AtMost < 1 || e.AtMost > mostItems || p.scope[e.Item] == nil || e.Number == "" {
		return fmt.Errorf("branches for each item need a name of the item and of its number, and a limit of 1 to %d", mostItems)
	}
	out.list, err = c.compile(source{text: e.List, kind: "list"}, n.When)
	return err
}

// surely is how many branches of a fork run whatever is written in the form.
func surely(f *plan.ForkNode) (n int) {
	if f.Each != nil {
		return 0
	}
	for _, b := range f.Branches {
		if b.When == "" {
			n++
		}
	}
	return n
}

// loadRegions says for each node to which fork's region it belongs and refuses edges that leave a region without saying so, and joins
// outside one.
func (p *Program) loadRegions() error {
	p.region = make([]int, len(p.nodes))
	for i := range p.region {
		p.region[i] = unreached
	}
	type place struct{ node, fork int }
	queue := []place{{0, outside}}
	add := func(node, fork int) error {
		if p.nodes[node].Kind == plan.End {
			return nil // an end ends all, wherever it is reached
		}
		if was := p.region[node]; was != unreached && was != fork {
			return fmt.Errorf("node %s belongs to two regions", p.nodes[node].Key)
		} else if was == unreached {
			p.region[node] = fork
			queue = append(queue, place{node, fork})
		}
		return nil
	}
	roots := []int{0}
	if p.plan.Withdraw >= 0 {
		roots = append(roots, p.plan.Withdraw)
	}
	for _, a := range p.plan.Anytime {
		roots = append(roots, a.To)
	}
	if d := p.plan.Deadline; d != nil {
		for _, w := range d.Ways {
			roots = append(roots, w.To)
		}
	}
	queue = queue[:0]
	for _, i := range roots {
		if i < 0 || i >= len(p.nodes) {
			return errors.New("a way to a node that does not exist")
		}
		if err := add(i, outside); err != nil {
			return err
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		n := &p.nodes[at.node]
		if n.Kind == plan.Join && at.fork == outside {
			return fmt.Errorf("node %s: a join in no region", n.Key)
		}
		for _, e := range n.edges {
			to := at.fork
			for range e.out {
				if to == outside {
					return fmt.Errorf("node %s: an edge leaves more regions than there are", n.Key)
				}
				to = p.region[to]
			}
			if err := add(e.to, to); err != nil {
				return err
			}
		}
		if n.Kind != plan.Fork {
			continue
		}
		for _, b := range n.Fork.Branches {
			if err := add(b.Entry, at.node); err != nil {
				return err
			}
		}
	}
	for i, n := range p.nodes {
		if fork := p.region[i]; n.Kind == plan.Join && n.Join.Against && fork >= 0 && !p.nodes[fork].leads(otherwise) {
			return fmt.Errorf("node %s: it is not said what follows when a branch goes against", p.nodes[fork].Key)
		}
		if n.Kind == plan.Fork && n.Fork.Need > surely(n.Fork) && !n.leads(otherwise) {
			return fmt.Errorf("node %s: it is not said what follows when fewer branches run than are needed", n.Key)
		}
	}
	return nil
}

// Values of Program.region beside the index of a fork.
const (
	outside   = -1
	unreached = -2
)
