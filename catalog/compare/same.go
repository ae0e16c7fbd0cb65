package compare

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// keysOf are those of a mapping, of the shape of a value that is one, or none.
func keysOf(t source.Type) []source.Key {
	if t.Kind == "one of" {
		for _, s := range t.Shapes {
			if s.Kind == "mapping" && s.Go != nil {
				return source.Spec(s.Go)
			}
		}
	}
	if t.Go == nil || t.Kind == "text" || t.Kind == "list" || t.Kind == "map" {
		return nil
	}
	keys := source.Spec(t.Go)
	if t.Go == blueprintType {
		keys = slices.Clone(keys)
		i := slices.IndexFunc(keys, func(k source.Key) bool { return k.Name == "service" })
		keys[i].Type = source.Type{Kind: "mapping", Go: serviceType} // with holes, but a service
	}
	return keys
}

// key is the specification of one key; an unknown one holds anything.
func key(keys []source.Key, name string) source.Key {
	i := slices.IndexFunc(keys, func(k source.Key) bool { return k.Name == name })
	if i < 0 {
		return source.Key{Name: name, Type: source.Type{Kind: "any"}}
	}
	return keys[i]
}

// isFormula tells whether the specification says that a key holds a formula.
func isFormula(k source.Key) bool {
	return k.Names == "formula" || strings.HasPrefix(k.Doc, "Formula") || strings.HasPrefix(k.Doc, "Named formula") || strings.Contains(k.Doc, "ach a formula")
}

// givesAuthority tells a formula from the code of an authority, where a key may hold either.
func givesAuthority(k source.Key, text string) bool {
	return k.Name == "of" && k.Names == "authority" && !catalog.NamesAuthority(text)
}

var (
	wordsType     = reflect.TypeFor[catalog.Text]()
	keywordsType  = reflect.TypeFor[catalog.Keywords]()
	blueprintType = reflect.TypeFor[catalog.Blueprint]()
	serviceType   = reflect.TypeFor[catalog.Service]()

	valueLike = regexp.MustCompile(`^(-?[0-9][0-9.]*|true|false|null|~)$`)
)

// meaning writes what a node means, so that two nodes mean the same exactly where it is the same. k says what stands there: its type, and
// by its words whether it is a formula. Renamed codes of the old side are written with their new names.
func (w *walker) meaning(n *source.Node, k source.Key, old bool) string {
	if n == nil {
		return "~"
	}
	at := side{n, old}
	m, known := w.meant[at]
	if !known {
		var b strings.Builder
		w.write(&b, n, k, old, false)
		m = b.String()
		w.meant[at] = m
	}
	return m
}

// side is a node of the old or of the new definition.
type side struct {
	node *source.Node
	old  bool
}

// write is meaning; listed tells that n is an item of a list, which has a code of its own.
func (w *walker) write(b *strings.Builder, n *source.Node, k source.Key, old, listed bool) {
	k = recognised(k, n)
	switch {
	case n == nil || n.Kind == source.Null || n.Kind == source.Invalid:
		b.WriteByte('~')
	case n.Kind == source.Scalar:
		b.WriteByte('"')
		b.WriteString(w.scalar(n, k, old))
		b.WriteByte('"')
	case n.Kind == source.List:
		of := item(k)
		b.WriteByte('[')
		for _, c := range n.Items() {
			w.write(b, c, of, old, true)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	default:
		keys := keysOf(k.Type)
		own := ""
		if listed {
			own = codeKey(keys, n)
		}
		entries := make([]string, 0, n.Len())
		for name, c := range n.Pairs() {
			inner := entry(keys, k, name.Value)
			if isNo(c, inner) {
				continue
			}
			code := name.Value
			if old && len(keys) == 0 {
				code = w.renames.code(k, code)
			}
			entries = append(entries, code+":"+w.meaning(c, inner, old && name.Value != own))
		}
		if !orderCounts(k) {
			slices.Sort(entries)
		}
		b.WriteString("{" + strings.Join(entries, ",") + "}")
	}
}

// item is what stands in a list of k; formulas in a list are formulas.
func item(k source.Key) source.Key {
	of := source.Type{Kind: "any"}
	if k.Type.Of != nil {
		of = *k.Type.Of
	}
	return source.Key{Name: k.Name, Type: of, Doc: k.Doc, Names: k.Names}
}

// entry is what stands behind a name in a mapping: a key of the language, or an entry of a map with free names.
func entry(keys []source.Key, k source.Key, name string) source.Key {
	switch {
	case k.Type.Go == wordsType || k.Type.Go == keywordsType:
		return inLanguage
	case len(keys) > 0:
		return key(keys, name)
	}
	e := item(k)
	e.Name = ""
	if e.Names != "formula" {
		e.Names = "" // it is the free names that are codes
	}
	return e
}

// recognised gives a mapping of which the specification says nothing, as in a fragment, the type that its keys tell.
func recognised(k source.Key, n *source.Node) source.Key {
	if k.Type.Kind != "any" || n == nil || n.Kind != source.Mapping {
		return k
	}
	for name := range n.Pairs() {
		t, ok := firstKeys()[name.Value]
		if !ok {
			continue
		}
		keys, fits := source.Spec(t), true
		for other := range n.Pairs() {
			fits = fits && slices.ContainsFunc(keys, func(k source.Key) bool { return k.Name == other.Value })
		}
		if fits {
			k.Type = source.Type{Kind: "mapping", Go: t}
			return k
		}
	}
	return k
}

// firstKeys are the mappings of the language by their first key, where that is a key of its own: field, fee, step.
var firstKeys = sync.OnceValue(func() map[string]reflect.Type {
	out := map[string]reflect.Type{}
	seen := map[reflect.Type]bool{}
	var visit func(t source.Type)
	visit = func(t source.Type) {
		for _, s := range t.Shapes {
			visit(s)
		}
		if t.Of != nil {
			visit(*t.Of)
		}
		keys := keysOf(t)
		if len(keys) == 0 || seen[t.Go] {
			return
		}
		seen[t.Go] = true
		if first := keys[0]; first.Name == kebab(t.Go.Name()) {
			out[first.Name] = t.Go
		}
		for _, k := range keys {
			visit(k.Type)
		}
	}
	for _, kind := range catalog.FileKinds() {
		visit(source.Type{Kind: "mapping", Go: kind.Type})
	}
	return out
})

// isNo tells a truth value that is written as what its absence means.
func isNo(n *source.Node, k source.Key) bool {
	return k.Type.Kind == "true or false" && n.Kind == source.Scalar && n.Value == "false"
}

// scalar is a scalar without what its spelling adds.
func (w *walker) scalar(n *source.Node, k source.Key, old bool) string {
	text := strings.TrimSpace(n.Value)
	if isFormula(k) || givesAuthority(k, text) {
		tokens := formula.Written(text)
		if old {
			tokens = w.renames.formula(tokens)
		}
		return strings.Join(tokens, "\x00")
	}
	if m, err := formula.ParseMoney(text); err == nil {
		return m.String()
	}
	if d, ok := catalog.ParseDuration(text); ok {
		return d.String()
	}
	if old {
		text = w.renames.code(k, text)
	}
	// Where a number and the text of its digits are different things, the quotation marks count.
	if (k.Type.Kind == "any" || k.Name == "value") && n.Style != source.Plain && valueLike.MatchString(text) {
		return "'" + text
	}
	if k.Name == inLanguage.Name {
		return strings.Join(strings.Fields(text), " ")
	}
	return text
}
