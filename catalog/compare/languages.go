package compare

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog/source"
)

// languages compares the same words language by language.
func (w *walker) languages(at place, a, b *source.Node) {
	var langs []string
	for _, n := range []*source.Node{a, b} {
		for name := range n.Pairs() {
			if !slices.Contains(langs, name.Value) {
				langs = append(langs, name.Value)
			}
		}
	}
	if at.concern != Example {
		at.concern = Wording
	}
	for _, lang := range langs {
		_, old := a.Get(lang)
		_, new := b.Get(lang)
		if w.meaning(old, inLanguage, true) == w.meaning(new, inLanguage, false) {
			continue
		}
		name, known := languageWords[lang]
		if !known {
			name = word{lang, "بلغة " + lang}
		}
		args := []arg{{"language", value{plain: lang, en: name.en, ar: name.ar}}, {"old", words(old)}, {"new", words(new)}}
		switch {
		case old == nil:
			w.addNamed(at, at.codeOf()+"-given", "textGiven", a, new, args...)
		case new == nil:
			w.addNamed(at, at.codeOf()+"-taken", "textTaken", old, b, args...)
		default:
			w.add(at, "textChanged", old, new, args...)
		}
	}
}

// inLanguage is what stands behind the name of a language: words, or a list of search words.
var inLanguage = source.Key{Name: "in language", Type: source.Type{Kind: "text"}}

func words(n *source.Node) value {
	switch {
	case n == nil:
		return value{}
	case n.Kind == source.Scalar:
		return value{plain: short(n.Value), en: quote(n.Value, "en"), ar: quote(n.Value, "ar")}
	}
	return value{plain: short(flow(n, "")), ar: short(flow(n, "ar"))}
}
