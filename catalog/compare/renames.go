package compare

import (
	"cmp"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// renames are the codes that things of one definition lost and the codes that they have now, by kind. What refers to them by code, a
// formula or a list of fees, has not changed by that.
type renames map[string]map[string]string

// roots says of which kind the names are that a formula reads behind a root.
var roots = map[string]string{"form": "field", "facts": "fact", "fees": "fee", "tariff": "amount"}

// code is the new code for an old one behind a key: the specification says of what a text is the code. Of a code with a stroke, such as
// review/sendBack, the part before it is one.
func (r renames) code(k source.Key, code string) string {
	kind := cmp.Or(k.Names, referring[k.Name])
	first, rest, parts := strings.Cut(code, "/")
	to, ok := r[kind][first]
	switch {
	case !ok:
		return code
	case parts:
		return to + "/" + rest
	}
	return to
}

// referring says of what the codes are that stand behind a key of which the specification does not say it.
var referring = map[string]string{
	"trigger-event": "event", "trigger-right": "right", "trigger-by": "role",
	"pay": "fee", "refund": "fee", "of": "fee", "release": "fee", "forfeit": "fee", "go": "step", "to": "step", "invalidates": "step",
	"notSame": "step", "form": "field", "field": "field", "then": "decision",
	"review": "role", "inspect": "role", "appointment": "role", "role": "role", "authority": "authority", "issue": "document", "revoke": "document", "tariff": "tariff",
}

// formula writes the tokens of an old formula with the new codes.
func (r renames) formula(tokens []string) []string {
	if len(r) == 0 {
		return tokens
	}
	out := slices.Clone(tokens)
	for i := range out {
		switch {
		case i >= 2 && out[i-1] == "." && (i < 3 || tokens[i-3] != "."):
			if to, ok := r[roots[tokens[i-2]]][tokens[i]]; ok {
				out[i] = to
			}
		case (i == 0 || tokens[i-1] != ".") && i+1 < len(tokens) && tokens[i+1] == ".":
			if to, ok := r["step"][tokens[i]]; ok {
				out[i] = to
			}
		}
	}
	return out
}

// find notes what was renamed in a definition, before its parts are compared. A fact that reads a renamed field is found like the field
// when the search is made again with what is known by then.
func (w *walker) find(k source.Key, a, b *source.Node) {
	for range 3 {
		before := w.renames.size()
		w.findIn(k, a, b)
		if w.renames.size() == before {
			return
		}
	}
}

func (w *walker) findIn(k source.Key, a, b *source.Node) {
	if a == nil || b == nil {
		return
	}
	switch {
	case isThings(k) && a.Kind == source.List && b.Kind == source.List:
		w.findAmong(listed(k, a), listed(k, b))
	case k.Type.Kind == "map" && a.Kind == source.Mapping && b.Kind == source.Mapping:
		w.findAmong(named(k, a, w.renames), named(k, b, nil))
	case a.Kind == source.Mapping && b.Kind == source.Mapping:
		k = recognised(k, b)
		for _, key := range keysOf(k.Type) {
			_, old := a.Get(key.Name)
			_, new := b.Get(key.Name)
			w.findIn(key, old, new)
		}
	}
}

func (w *walker) findAmong(old, new []thing) {
	for _, p := range w.pair(old, new) {
		a, b := old[p.old], new[p.new]
		if !a.bare && !b.bare && a.part.Code != b.part.Code {
			if w.renames[b.part.Kind] == nil {
				w.renames[b.part.Kind] = map[string]string{}
			}
			w.renames[b.part.Kind][a.part.Code] = b.part.Code
			clear(w.meant)
		}
		w.findIn(b.k, a.node, b.node)
	}
}

func (r renames) size() int {
	n := 0
	for _, m := range r {
		n += len(m)
	}
	return n
}
