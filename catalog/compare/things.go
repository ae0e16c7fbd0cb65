package compare

import (
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/catalog/source"
)

// thing is one item of a list, or one entry of a map with free names, that has a code: a field, a fee, a step, a decision.
type thing struct {
	part Part
	node *source.Node
	k    source.Key
	own  string // the key that holds its code; "" where the code is the name of an entry
	bare bool   // it has no code; the part counts it
}

// loose is a thing that came or went. At the end of the walk one that went here and came there has moved.
type loose struct {
	thing
	at     place
	gone   bool
	before *Part // of one that came: the thing before it, nil where it is the first
}

// things compares two lists.
func (w *walker) things(at place, k source.Key, a, b *source.Node) {
	old, new := w.called(listed(k, a)), w.called(listed(k, b))
	pairs := w.pair(old, new)
	w.paired(at, old, new, pairs)
	w.order(at, old, new, pairs)
}

// called gives things that have no name of their own the title of what their code stands for.
func (w *walker) called(all []thing) []thing {
	for i := range all {
		p := &all[i].part
		if title := w.titles.of(referring[p.Kind], p.Code); p.Name == nil && !all[i].bare && title != "" {
			p.Name = map[string]string{"ar": title}
		}
	}
	return all
}

// entries compares two maps with free names.
func (w *walker) entries(at place, k source.Key, a, b *source.Node) {
	old, new := named(k, a, w.renames), named(k, b, nil)
	pairs := w.pair(old, new)
	w.paired(at, old, new, pairs)
	if orderCounts(k) {
		w.order(at, old, new, pairs)
	}
}

// listed are the things of a list.
func listed(k source.Key, n *source.Node) []thing {
	if n == nil {
		return nil
	}
	out := make([]thing, 0, n.Len())
	for i, c := range n.Items() {
		of := recognised(item(k), c)
		kind := kindOf(of.Type, k.Name)
		keys := keysOf(of.Type)
		t := thing{part: Part{Kind: kind, Code: strconv.Itoa(i + 1), Name: nameOf(c)}, node: c, k: of, bare: true}
		if name := codeKey(keys, c); name != "" && kind != factRow { // the days of a row are no name: they may move
			_, v := c.Get(name)
			t.part.Code, t.own, t.bare = v.Value, name, false
			if kind == triggerKind {
				t.part.Kind = triggerKind + "-" + name // by somebody, by an event, by a day of a right
			}
			if name != keys[0].Name && kind == kebab(keys[0].Name) {
				t.part.Kind = kebab(name) // a list that holds several kinds of things: a subtotal among fees
			}
		}
		out = append(out, t)
	}
	return out
}

// named are the things of a map; codes that refer to something that was renamed are the new ones.
func named(k source.Key, n *source.Node, r renames) []thing {
	var out []thing
	for name, c := range n.Pairs() {
		of := recognised(entry(nil, k, name.Value), c)
		out = append(out, thing{part: Part{Kind: kindOf(of.Type, k.Name), Code: r.code(k, name.Value), Name: nameOf(c)}, node: c, k: of})
	}
	return out
}

// codeKey is the key whose value is the code of a thing: the first that the specification names and the thing has, where that is a word
// and no formula. "" where it has none.
func codeKey(keys []source.Key, n *source.Node) string {
	for _, k := range keys {
		if _, v := n.Get(k.Name); v != nil {
			if v.Kind == source.Scalar && k.Type.Kind == "text" && !isFormula(k) {
				return k.Name
			}
			return ""
		}
	}
	return ""
}

// nameOf is the title or label of a thing.
func nameOf(n *source.Node) map[string]string {
	for _, name := range []string{"title", "label"} {
		if _, v := n.Get(name); v != nil && v.Kind == source.Mapping {
			return plainText(v)
		}
	}
	return nil
}

// pairing is an old thing and the new one that it became, by their indexes.
type pairing struct{ old, new int }

// pair matches things: by code, then those that are equal but for it, then those that have most in common. The pairs are in the order of
// the new things.
func (w *walker) pair(old, new []thing) []pairing {
	var pairs []pairing
	takenOld, takenNew := make([]bool, len(old)), make([]bool, len(new))
	match := func(fits func(a, b *thing) bool) {
		for j := range new {
			if takenNew[j] {
				continue
			}
			for i := range old {
				if !takenOld[i] && fits(&old[i], &new[j]) {
					takenOld[i], takenNew[j] = true, true
					pairs = append(pairs, pairing{i, j})
					break
				}
			}
		}
	}
	match(func(a, b *thing) bool { return !a.bare && !b.bare && a.part.Code == b.part.Code })
	match(func(a, b *thing) bool {
		return a.bare && b.bare && w.meaning(a.node, a.k, true) == w.meaning(b.node, b.k, false)
	})
	if left := max(len(old), len(new)) - len(pairs); left > mostCompared {
		return sorted(pairs) // a list of many hundreds of which nothing stayed is told as what went and what came
	}
	match(func(a, b *thing) bool { return a.bare == b.bare && w.likeness(a, b) == 1 })
	match(func(a, b *thing) bool { return a.bare == b.bare && w.likeness(a, b) >= likeEnough })
	match(func(a, b *thing) bool { return a.bare && b.bare && w.likeness(a, b) > 0.3 })
	return sorted(pairs)
}

// mostCompared is how many things without a partner are compared with each other.
const mostCompared = 100

func sorted(pairs []pairing) []pairing {
	slices.SortFunc(pairs, func(a, b pairing) int { return a.new - b.new })
	return pairs
}

// paired compares the pairs and notes what came and what went.
func (w *walker) paired(at place, old, new []thing, pairs []pairing) {
	for i := range old {
		if !slices.ContainsFunc(pairs, func(p pairing) bool { return p.old == i }) {
			w.loose = append(w.loose, loose{thing: old[i], at: at, gone: true})
		}
	}
	next := 0
	for j := range new {
		if next < len(pairs) && pairs[next].new == j {
			w.same(at, old[pairs[next].old], new[j])
			next++
			continue
		}
		l := loose{thing: new[j], at: at}
		if j > 0 {
			l.before = &new[j-1].part
		}
		w.loose = append(w.loose, l)
	}
}

// same compares a thing with what became of it.
func (w *walker) same(at place, a, b thing) {
	if w.meaning(a.node, a.k, true) == w.meaning(b.node, b.k, false) && (a.bare || a.part.Code == b.part.Code) {
		return
	}
	in := at.at(b.part, a.node, b.node)
	in.own = b.own
	if !a.bare && !b.bare && a.part.Code != b.part.Code {
		w.addNamed(in, b.part.Kind+"-renamed", "renamed", a.node, b.node, arg{"old", plain(a.part.Code)}, arg{"new", plain(b.part.Code)})
	}
	if rule := ruleOf(in.kind, ""); rule != nil && rule(w, in, b.k, a.node, b.node) {
		return
	}
	w.value(in, b.k, a.node, b.node)
}
