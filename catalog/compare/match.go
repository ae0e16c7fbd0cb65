package compare

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog/source"
)

// likeEnough is the share of values that two things with different codes have in common when one became the other.
const likeEnough = 0.75

// likeness is the share of the values that two things have in common, their codes aside: 1 where all are the same. A thing with
// nothing but a code is like no other.
func (w *walker) likeness(a, b *thing) float64 {
	if a.part.Kind != b.part.Kind {
		return 0
	}
	x, y := w.leaves(a, true), w.leaves(b, false)
	total := len(x) + len(y)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	common := 0
	for _, leaf := range x {
		if i := slices.Index(y, leaf); i >= 0 {
			y = slices.Delete(y, i, i+1)
			common++
		}
	}
	return float64(2*common) / float64(total)
}

// leaves are the values of a thing with the ways to them, its code left out.
func (w *walker) leaves(t *thing, old bool) []string {
	var out []string
	var visit func(way string, n *source.Node, k source.Key)
	visit = func(way string, n *source.Node, k source.Key) {
		switch n.Kind {
		case source.Mapping:
			keys := keysOf(k.Type)
			for name, c := range n.Pairs() {
				visit(way+"."+name.Value, c, entry(keys, k, name.Value))
			}
		case source.List:
			for _, c := range n.Items() {
				visit(way, c, item(k))
			}
		default:
			out = append(out, way+"="+w.meaning(n, k, old))
		}
	}
	if t.node.Kind != source.Mapping {
		visit("", t.node, t.k)
		return out
	}
	keys := keysOf(t.k.Type)
	for name, c := range t.node.Pairs() {
		if name.Value != t.own {
			visit("."+name.Value, c, entry(keys, t.k, name.Value))
		}
	}
	return out
}

// order tells which things stand elsewhere among those that stayed. As few as possible have moved: the others are the longest run that
// kept its order.
func (w *walker) order(at place, old, new []thing, pairs []pairing) {
	kept := longestRising(pairs)
	for i, p := range pairs {
		if kept[i] {
			continue
		}
		t := new[p.new]
		in := at.at(t.part, old[p.old].node, t.node)
		in.concern = orderConcern(at.concern)
		for j := i + 1; ; j++ {
			if j == len(pairs) {
				w.addNamed(in, t.part.Kind+"-moved", "last", old[p.old].node, t.node)
				break
			}
			if kept[j] {
				w.addNamed(in, t.part.Kind+"-moved", "before", old[p.old].node, t.node, arg{"next", phrase([]Part{new[pairs[j].new].part})})
				break
			}
		}
	}
}

// longestRising marks the longest run of pairs, which are in the order of the new things, whose old indexes rise.
func longestRising(pairs []pairing) []bool {
	best, from := make([]int, len(pairs)), make([]int, len(pairs))
	last := -1
	for i := range pairs {
		best[i], from[i] = 1, -1
		for j := range i {
			if pairs[j].old < pairs[i].old && best[j]+1 > best[i] {
				best[i], from[i] = best[j]+1, j
			}
		}
		if last < 0 || best[i] > best[last] {
			last = i
		}
	}
	kept := make([]bool, len(pairs))
	for i := last; i >= 0; i = from[i] {
		kept[i] = true
	}
	return kept
}

// settle makes changes of what came and what went: one that went from one place and came to another of the same definition has moved.
func (w *walker) settle() {
	for len(w.loose) > 0 {
		all := w.loose
		w.loose = nil
		used := make([]bool, len(all))
		for i := range all {
			if !all[i].gone || all[i].bare {
				continue
			}
			j := slices.IndexFunc(all, func(l loose) bool {
				return !l.gone && !l.bare && l.part.Kind == all[i].part.Kind && l.part.Code == all[i].part.Code
			})
			if j < 0 || used[j] || !roams(all[i].part.Kind) {
				continue
			}
			used[i], used[j] = true, true
			in := all[j].at.at(all[j].part, all[i].node, all[j].node)
			in.own = all[j].own
			w.addNamed(in, in.kind+"-moved", "moved", all[i].node, all[j].node, arg{"old", phrase(all[i].at.parts)}, arg{"new", phrase(all[j].at.parts)})
			w.value(in, all[j].k, all[i].node, all[j].node)
		}
		for i, l := range all {
			if !used[i] {
				w.cameOrWent(l)
			}
		}
	}
}

func (w *walker) cameOrWent(l loose) {
	what := arg{"what", w.described(l.thing)}
	in := l.at.at(l.part, nil, nil)
	in.old, in.new = nil, nil // there is no place in the other file
	if l.gone {
		w.addNamed(in, l.part.Kind+"-removed", "removed", l.node, nil, what)
		return
	}
	switch {
	case l.k.Type.Kind != "mapping" || l.bare:
		w.addNamed(in, l.part.Kind+"-added", "added", nil, l.node, what)
	case l.before == nil:
		w.addNamed(in, l.part.Kind+"-added", "addedFirst", nil, l.node, what)
	default:
		w.addNamed(in, l.part.Kind+"-added", "addedAfter", nil, l.node, what, arg{"after", phrase([]Part{*l.before})})
	}
}
