package compare

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// timeLimit compares ladders of limits: {14 days: lapse}.
func timeLimit(w *walker, at place, _ source.Key, a, b *source.Node) bool {
	old, ok := rungs(a)
	new, alsoOk := rungs(b)
	if !ok || !alsoOk {
		return false
	}
	code := at.codeOf()
	rest := slices.Clone(new)
	take := func(fits func(rung) bool) (rung, bool) {
		i := slices.IndexFunc(rest, fits)
		if i < 0 {
			return rung{}, false
		}
		r := rest[i]
		rest = slices.Delete(rest, i, i+1)
		return r, true
	}
	old = slices.DeleteFunc(old, func(o rung) bool {
		_, same := take(func(r rung) bool { return r == o || r.limit == o.limit && r.then == o.then })
		return same
	})
	for _, o := range old {
		if n, ok := take(func(r rung) bool { return r.then == o.then }); ok {
			w.addNamed(at, code, "limitMoved", a, b, arg{"old", spoken(o.limit)}, arg{"new", spoken(n.limit)}, arg{"then", n.leads()})
		} else if n, ok := take(func(r rung) bool { return r.limit == o.limit }); ok {
			w.addNamed(at, code+"-then", "limitLeads", a, b, arg{"limit", spoken(o.limit)}, arg{"old", o.leads()}, arg{"new", n.leads()})
		} else {
			w.addNamed(at, code+"-removed", "limitRemoved", a, b, arg{"old", spoken(o.limit)}, arg{"then", o.leads()})
		}
	}
	for _, n := range rest {
		w.addNamed(at, code+"-added", "limitAdded", a, b, arg{"new", spoken(n.limit)}, arg{"then", n.leads()})
	}
	return true
}

// rung is one limit of a ladder and what follows.
type rung struct {
	limit, then string
	node        *source.Node
}

func (r rung) leads() value {
	if r.node.Kind == source.Scalar {
		return spoken(r.then)
	}
	return value{plain: short(flow(r.node, "")), en: short(flow(r.node, "en")), ar: short(flow(r.node, "ar"))}
}

// rungs reads a ladder; false where it is written in another shape.
func rungs(n *source.Node) ([]rung, bool) {
	if n == nil {
		return nil, true
	}
	if n.Kind != source.Mapping {
		return nil, false
	}
	var out []rung
	for limit, then := range n.Pairs() {
		text := limit.Value
		if d, ok := catalog.ParseDuration(text); ok {
			text = d.String()
		}
		out = append(out, rung{text, flow(then, ""), then})
	}
	return out, true
}
