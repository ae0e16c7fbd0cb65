package compare

import (
	"cmp"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// walker compares one definition and gathers what changed.
type walker struct {
	renames    renames
	meant      map[side]string // what meaning gave, under these renames
	titles     titles
	definition Part
	changes    []Change
	loose      []loose
}

func newWalker(definition Part) *walker {
	return &walker{renames: renames{}, meant: map[side]string{}, definition: definition}
}

// place is where the walk stands: the things on the way, and the key of the innermost, dotted where it lies deeper.
type place struct {
	parts    []Part
	kind     string // of the innermost thing
	key      string
	own      string // the key of the innermost thing that holds its code
	concern  Concern
	old, new *source.Node // nearest nodes that are there, for the places of what is not
}

// in is the place behind a key.
func (at place) in(name string) place {
	if at.key != "" {
		name = at.key + "." + name
	}
	at.key = name
	at.concern = concernOf(at.kind, name, at.concern)
	return at
}

// at is the place of a thing below.
func (at place) at(p Part, old, new *source.Node) place {
	at.parts = at.parts[:len(at.parts):len(at.parts)]
	if outer := strings.Split(at.key, "."); len(outer) > 1 {
		at.parts = append(at.parts, Part{Kind: outer[0]}) // withdraw, refund of renewal
	}
	at.parts = append(at.parts, p)
	at.kind, at.key, at.own = p.Kind, "", ""
	at.concern = concernOf(p.Kind, "", at.concern)
	if old != nil {
		at.old = old
	}
	if new != nil {
		at.new = new
	}
	return at
}

// value compares what stands behind a key; nil is an absent one.
func (w *walker) value(at place, k source.Key, a, b *source.Node) {
	a, b = given(a, k), given(b, k)
	if w.meaning(a, k, true) == w.meaning(b, k, false) {
		return
	}
	k = recognised(k, cmp.Or(b, a))
	if rule := ruleOf(at.kind, at.key); rule != nil && rule(w, at, k, a, b) {
		return
	}
	switch {
	case k.Type.Go == wordsType || k.Type.Go == keywordsType:
		w.languages(at, a, b)
	case isThings(k) && empty(a, source.List) && empty(b, source.List):
		w.things(at, k, a, b)
	case k.Type.Kind == "map" && empty(a, source.Mapping) && empty(b, source.Mapping):
		w.entries(at, k, a, b)
	case a == nil || b == nil:
		w.whole(at, k, a, b)
	case a.Kind == source.Mapping && b.Kind == source.Mapping:
		w.mapping(at, k, a, b)
	case a.Kind == source.List && b.Kind == source.List && scalars(a) && scalars(b):
		w.words(at, item(k), a, b)
	case a.Kind == source.List && b.Kind == source.List:
		w.things(at, k, a, b)
	default:
		w.whole(at, k, a, b)
	}
}

// given is nil for what means the same as nothing.
func given(n *source.Node, k source.Key) *source.Node {
	if n == nil || n.Kind == source.Null || isNo(n, k) {
		return nil
	}
	return n
}

// empty tells that n is of the kind, or absent.
func empty(n *source.Node, kind source.Kind) bool { return n == nil || n.Kind == kind }

// isThings tells a list of mappings that the language knows.
func isThings(k source.Key) bool {
	return k.Type.Kind == "list" && k.Type.Of != nil && (k.Type.Of.Kind == "mapping" || k.Type.Of.Kind == "one of")
}

func scalars(n *source.Node) bool {
	return !slices.ContainsFunc(n.Items(), func(c *source.Node) bool { return c.Kind != source.Scalar })
}

// mapping compares key by key: those of the specification in its order, then what is unknown in the order of the files.
func (w *walker) mapping(at place, k source.Key, a, b *source.Node) {
	keys := keysOf(k.Type)
	versioned := at.kind == "tariff" && at.key == "" && w.versions(at, a, b)
	names := make([]string, 0, len(keys))
	for _, key := range keys {
		names = append(names, key.Name)
	}
	for _, n := range []*source.Node{a, b} {
		for name := range n.Pairs() {
			if !slices.Contains(names, name.Value) {
				names = append(names, name.Value)
			}
		}
	}
	for _, name := range names {
		if name == at.own && at.key == "" || versioned && slices.Contains(ofVersion, name) {
			continue // a thing under another code was renamed, which is told where the two were matched
		}
		_, old := a.Get(name)
		_, new := b.Get(name)
		w.value(at.in(name), key(keys, name), old, new)
	}
}

// whole tells that a value was given, taken away or changed as a whole.
func (w *walker) whole(at place, k source.Key, a, b *source.Node) {
	switch {
	case a == nil:
		w.add(at, "set", nil, b, arg{"new", w.shown(b, k)})
	case b == nil:
		w.add(at, "unset", a, nil, arg{"old", w.shown(a, k)})
	default:
		w.add(at, "changed", a, b, arg{"old", w.shown(a, k)}, arg{"new", w.shown(b, k)})
	}
}

// words compares two lists of words: what came, what went, and otherwise their order.
func (w *walker) words(at place, k source.Key, a, b *source.Node) {
	left := func(from, in *source.Node, old bool) (out []*source.Node) {
		var have []string
		for _, c := range in.Items() {
			have = append(have, w.meaning(c, k, !old))
		}
		for _, c := range from.Items() {
			if i := slices.Index(have, w.meaning(c, k, old)); i >= 0 {
				have = slices.Delete(have, i, i+1)
			} else {
				out = append(out, c)
			}
		}
		return out
	}
	gone, come := left(a, b, true), left(b, a, false)
	if len(come) > 0 {
		w.addNamed(at, at.codeOf()+"-added", "more", a, b, arg{"new", w.together(come, k)})
	}
	if len(gone) > 0 {
		w.addNamed(at, at.codeOf()+"-removed", "fewer", a, b, arg{"old", w.together(gone, k)})
	}
	if len(gone)+len(come) == 0 {
		w.addNamed(at, at.codeOf()+"-moved", "order", a, b, arg{"new", w.together(b.Items(), k)})
	}
}

type arg struct {
	name  string
	value value
}

// codeOf is the stable code of a change of the key at which the walk stands.
func (at place) codeOf() string {
	if at.key == "" {
		return at.kind
	}
	return at.kind + "-" + kebab(at.key)
}

func (w *walker) add(at place, sentence string, a, b *source.Node, args ...arg) {
	w.addNamed(at, at.codeOf(), sentence, a, b, args...)
}

// addNamed makes a change. Where one of the nodes is absent, its place is that of the nearest thing round it.
func (w *walker) addNamed(at place, kind, sentence string, a, b *source.Node, args ...arg) {
	for i, p := range at.parts { // a refund is known by its fee
		if title := w.titles.of(referring[p.Kind], p.Code); p.Name == nil && title != "" {
			at.parts = slices.Clone(at.parts)
			at.parts[i].Name = map[string]string{"ar": title}
		}
	}
	c := Change{Kind: kind, Concern: at.concern, Definition: w.definition, Subject: at.parts, Key: at.key, sentence: sentence,
		Old: rangeOf(a, at.old), New: rangeOf(b, at.new), args: map[string]value{}}
	for _, x := range args {
		c.args[x.name] = x.value
	}
	w.changes = append(w.changes, c)
}

func rangeOf(n, round *source.Node) diag.Range {
	switch {
	case n != nil:
		return n.Range()
	case round != nil:
		return round.Head()
	}
	return diag.Range{}
}
