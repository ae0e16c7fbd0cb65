package machine

import (
	"github.com/diwan-gov/diwan/catalog/formula"
)

// within is what is known in a branch for an item: what is known everywhere, the items of the branches round it, its own, and the answers
// that were given there.
func (p *Program) within(v *values, s *State, scope int) *values {
	at := indexOf(s.Tokens, scope)
	if at < 0 {
		return v
	}
	t := &s.Tokens[at]
	fork := indexOf(s.Tokens, t.Of)
	if fork < 0 {
		return v
	}
	if outer := s.Tokens[fork].Scope; outer != 0 && outer != scope {
		v = p.within(v, s, outer)
	}
	each := p.nodes[s.Tokens[fork].Node].Fork
	if each == nil || each.Each == nil {
		return v
	}
	item, err := decodeJSON(formula.Type{Kind: formula.KindObject, Object: &formula.Object{Fields: p.scope[each.Each.Item]}}, t.Item)
	object, is := item.(map[string]any)
	if err != nil || !is {
		v = v.with(each.Each.Item, nil)
		v.keep(err)
		return v
	}
	v = v.with(each.Each.Item, object)
	v.roots[each.Each.Number] = int64(t.Number) // with has made v its own
	for _, a := range s.Answers {
		if a.In != scope {
			continue
		}
		answer, err := p.decodeRoot(a.Result, a.Values)
		v = v.with(a.Result, answer)
		v.keep(err)
	}
	return v
}
