package machine

import (
	"slices"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// t is the token that moves now.
func (r *run) t() *Token { return &r.s.Tokens[r.cur] }

func (r *run) node() *node { return &r.p.nodes[r.t().Node] }

// effect adds an effect of the node where the current token is; the caller fills in the rest.
func (r *run) effect(kind activity.EffectKind) *activity.Effect {
	n, t := r.node(), r.t()
	r.effects = append(r.effects, activity.Effect{Kind: kind, Node: n.Key, Step: n.Step, Visit: t.Visit})
	e := &r.effects[len(r.effects)-1]
	if t.Scope != 0 {
		e.Item = numberOf(r.s.Tokens, t)
	}
	return e
}

// speaks tells nodes that a timeline shows from those that only decide.
func (n *node) speaks() bool {
	return n.Step != "" && n.Kind != plan.Gate && n.Kind != plan.End && n.Kind != plan.Join
}

// indexOf is the place of the token with an ID, or -1.
func indexOf(tokens []Token, id int) int {
	for i := range tokens {
		if tokens[i].ID == id {
			return i
		}
	}
	return -1
}

// below tells whether the token at i is a branch of the one with the ID, or a branch of such a branch.
func below(tokens []Token, i, id int) bool {
	for range tokens {
		of := tokens[i].Of
		if of == id {
			return true
		}
		if i = indexOf(tokens, of); i < 0 {
			return false
		}
	}
	return false
}

// callOff ends whatever runs below the current token, which goes on alone.
func (r *run) callOff(outcome, actor string) {
	if len(r.s.Tokens) == 1 {
		return
	}
	stays, id := r.cur, r.t().ID
	var gone []int
	for i := range r.s.Tokens {
		if below(r.s.Tokens, i, id) {
			gone = append(gone, r.s.Tokens[i].ID)
			if r.cur = i; r.t().Visit > 0 { // one that has not arrived yet waits for nothing
				r.close(outcome, actor)
			}
		}
	}
	r.cur = stays
	r.drop(gone...)
	r.t().Region = nil
}

// drop takes tokens away, and what is known in their scope only. The current token is found again, or is the first one.
func (r *run) drop(ids ...int) {
	if len(ids) == 0 {
		return
	}
	gone := func(id int) bool { return slices.Contains(ids, id) }
	s, id := &r.s, r.t().ID
	s.Tokens = slices.DeleteFunc(s.Tokens, func(t Token) bool { return gone(t.ID) })
	// A token that has not arrived yet never does: its ID may soon be another's.
	r.arrivals = without(r.arrivals, func(a arrival) bool { return gone(a.token) })
	s.Answers = without(s.Answers, func(a Answered) bool { return gone(a.In) })
	s.Rounds = without(s.Rounds, func(a Round) bool { return gone(a.In) })
	s.Deciders = without(s.Deciders, func(a Decider) bool { return gone(a.In) })
	s.Taken = without(s.Taken, func(a Taken) bool { return gone(a.In) })
	s.Left = without(s.Left, func(a Left) bool { return gone(a.In) })
	s.Standing = without(s.Standing, func(a Left) bool { return gone(a.In) })
	r.branchesOver(gone)
	r.local = nil
	r.cur = max(indexOf(s.Tokens, id), 0)
}

// without is list without what is gone, in an array of its own where there is anything gone; nil where nothing is left.
func without[T any](list []T, gone func(T) bool) []T {
	if !slices.ContainsFunc(list, gone) {
		return list
	}
	out := slices.DeleteFunc(slices.Clone(list), gone)
	if len(out) == 0 {
		return nil
	}
	return out
}
