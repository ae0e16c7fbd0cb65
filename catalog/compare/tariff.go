package compare

import (
	"reflect"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// ofVersion are the keys of a tariff that say what its version says, where it has one, and those that say more.
var ofVersion = []string{"since", "until", "amounts", "tables", "versions"}

var versionType = reflect.TypeFor[catalog.TariffVersion]()

// versions compares the versions of a tariff where one side has a list of them. A tariff that had one version and now has two is told as a
// version that was added, whatever the shape in which it is written; and what the new version changes is told against the one before it.
func (w *walker) versions(at place, a, b *source.Node) bool {
	_, old := a.Get("versions")
	_, new := b.Get("versions")
	if old == nil && new == nil {
		return false
	}
	before, after := versionsOf(a), versionsOf(b)
	pairs := w.pairCodes(before, after)
	for i := range before {
		if !slices.ContainsFunc(pairs, func(p pairing) bool { return p.old == i }) {
			w.addNamed(at.at(before[i].part, before[i].node, nil), "version-removed", "removed", before[i].node, nil, arg{"what", phrase([]Part{before[i].part})})
		}
	}
	for j := range after {
		in := at.at(after[j].part, nil, after[j].node)
		i := slices.IndexFunc(pairs, func(p pairing) bool { return p.new == j })
		if i >= 0 {
			w.version(in, before[pairs[i].old].node, after[j].node)
			continue
		}
		w.addNamed(in, "version-added", "added", nil, after[j].node, arg{"what", phrase([]Part{after[j].part})})
		if j > 0 {
			w.version(in, after[j-1].node, after[j].node)
		}
	}
	return true
}

// version compares what two versions say.
func (w *walker) version(at place, a, b *source.Node) {
	keys := keysOf(source.TypeOf(versionType))
	for _, name := range ofVersion[1:4] {
		_, old := a.Get(name)
		_, new := b.Get(name)
		w.value(at.in(name), key(keys, name), old, new)
	}
}

// versionsOf are the versions of a tariff, the oldest first; one that has no list is a version itself.
func versionsOf(n *source.Node) []thing {
	nodes := []*source.Node{n}
	if _, list := n.Get("versions"); list != nil {
		nodes = list.Items()
	}
	var out []thing
	for _, v := range nodes {
		since := ""
		if s := v.Lookup("since"); s != nil {
			since = s.Value
		}
		out = append(out, thing{part: Part{Kind: "version", Code: since}, node: v})
	}
	slices.SortStableFunc(out, func(a, b thing) int { return strings.Compare(a.part.Code, b.part.Code) })
	return out
}

// pairCodes matches things by their codes alone.
func (w *walker) pairCodes(old, new []thing) []pairing {
	var out []pairing
	for j := range new {
		i := slices.IndexFunc(old, func(t thing) bool { return t.part.Code == new[j].part.Code })
		if i >= 0 && !slices.ContainsFunc(out, func(p pairing) bool { return p.old == i }) {
			out = append(out, pairing{i, j})
		}
	}
	return out
}

// tableRow: a row of a table is shown as a whole.
func tableRow(w *walker, at place, k source.Key, a, b *source.Node) bool {
	if a.Kind != source.List || b.Kind != source.List {
		return false
	}
	w.add(at, "amount", a, b, arg{"old", w.shown(a, k)}, arg{"new", w.shown(b, k)})
	return true
}
