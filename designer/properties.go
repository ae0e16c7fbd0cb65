package designer

import (
	"reflect"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// property is one key of the thing that is selected.
type property struct {
	Key, Label, Doc string
	Was             []ui.Hidden // what the form shows: only what differs from it is edited
	Control         ui.Component
}

// panel is the property panel.
type panel struct {
	Title     string
	At        string
	Language  string     // in which the help is written
	Main      []property // what is given or must be
	More      []property
	Removable bool
	Editable  bool
}

// Names of controls: the value of a key, and what it was when the page was made.
const (
	valueControl = "p."
	wasControl   = "was."
)

// allowed are the keys that a thing of a type may have, nil for all.
func allowed(n *source.Node, t reflect.Type) func(key string) bool {
	switch t {
	case reflect.TypeFor[catalog.Field]():
		_, kind := n.Get("type")
		if kind == nil {
			break
		}
		own := check.FieldKeys(catalog.FieldType(kind.Value))
		special := map[string]bool{}
		for _, name := range catalog.FieldType("").Values() {
			for _, key := range check.FieldKeys(catalog.FieldType(name)) {
				special[key] = true
			}
		}
		return func(key string) bool { return !special[key] || slices.Contains(own, key) }
	case reflect.TypeFor[catalog.Step]():
		for _, kind := range catalog.StepKinds() {
			if key, _ := n.Get(string(kind)); key != nil {
				own := append(check.StepKeys(kind), "step", "title", "when", string(kind))
				return func(key string) bool { return slices.Contains(own, key) }
			}
		}
	}
	return func(string) bool { return true }
}

// propertiesOf are the keys of a thing that are not things of their own.
func (v *visit) propertiesOf(n *source.Node, t reflect.Type, at edit.Path, languages []string, only func(key string) bool) panel {
	p := panel{At: at.String(), Removable: len(at) > 0}
	may := allowed(n, t)
	for _, k := range source.Spec(t) {
		if !may(k.Name) || only != nil && !only(k.Name) {
			continue
		}
		_, value := n.Get(k.Name)
		s, _ := shapeOf(k)
		if s == listShape || s == namedShape || s == thingShape && (value == nil || value.Kind == source.Mapping) {
			continue // in the outline
		}
		one := v.property(k, s, value, languages)
		if k.Required || value != nil {
			p.Main = append(p.Main, one)
		} else {
			p.More = append(p.More, one)
		}
	}
	return p
}

func (v *visit) property(k source.Key, s shape, value *source.Node, languages []string) property {
	one := property{Key: k.Name, Label: v.keyLabel(k.Name), Doc: k.Doc}
	field := ui.Field{Name: valueControl + k.Name, Label: one.Label, Optional: !k.Required}
	now := ""
	if value != nil && value.Kind == source.Scalar {
		now = value.Value
	}
	if value != nil && (value.Kind == source.Mapping || value.Kind == source.List) && s != textShape && s != wordsShape {
		s = rawShape
	}
	was := func(name, value string) { one.Was = append(one.Was, ui.Hidden{Name: wasControl + name, Value: value}) }
	switch s {
	case textShape:
		var set ui.Fieldset
		set.Field = ui.Field{Name: field.Name, Label: one.Label, Optional: !k.Required}
		words := map[string]string{}
		if value != nil {
			words = languagesOf(value)
		}
		for _, lang := range languages {
			set.Body = append(set.Body, inLanguage{Name: valueControl + k.Name + "." + lang, Lang: lang, Dir: ui.Dir(lang), Label: v.language(lang), About: one.Label, Value: words[lang]})
			was(k.Name+"."+lang, words[lang])
		}
		one.Control = set
		return one
	case choiceShape:
		choice := ui.Select{Field: field, Prompt: v.locale.T("designer.property.none")}
		for _, word := range k.Type.Values {
			choice.Options = append(choice.Options, ui.Option{Value: word, Text: v.word(k.Name, word), Selected: word == now})
		}
		one.Control = choice
	case boolShape:
		one.Control = ui.Select{Field: field, Prompt: v.locale.T("designer.property.none"), Options: []ui.Option{
			{Value: "true", Text: v.locale.T("designer.property.true"), Selected: now == "true"}, {Value: "false", Text: v.locale.T("designer.property.false"), Selected: now == "false"}}}
	case wordsShape:
		var words []string
		for _, item := range value.Items() {
			words = append(words, item.Value)
		}
		now = strings.Join(words, ", ")
		field.Hint = v.locale.T("designer.property.commas")
		one.Control = ui.Input{Field: field, Value: now, Dir: "ltr"}
	case formulaShape:
		one.Control = formulaBox{Field: field, Value: now}
	case rawShape, thingShape:
		if value != nil {
			now = strings.TrimRight(value.Text(), "\n")
		}
		field.Hint = v.locale.T("designer.property.raw")
		one.Control = rawBox{Field: field, Value: now}
	default:
		one.Control = ui.Input{Field: field, Value: now, Dir: "ltr"}
	}
	was(k.Name, now)
	return one
}

// inLanguage is a box for words in one language.
type inLanguage struct{ Name, Lang, Dir, Label, About, Value string }

func (inLanguage) Component() string { return "designer/in-language" }

// formulaBox is a box for a formula.
type formulaBox struct {
	ui.Field
	Value string
}

func (formulaBox) Component() string { return "designer/formula" }

// rawBox is a box for what is written as text.
type rawBox struct {
	ui.Field
	Value string
}

func (rawBox) Component() string { return "designer/raw" }

// Rows is how high the box is.
func (b rawBox) Rows() int { return max(2, min(12, strings.Count(b.Value, "\n")+2)) }

// keyLabel is what a key is called on the page: in words where it has some, else as it is written.
func (v *visit) keyLabel(key string) string {
	if slices.Contains(namedKeys, key) {
		return v.locale.T("designer.key." + key)
	}
	return key
}

// word is a value of a closed set in words, where the palette has some for it.
func (v *visit) word(key, word string) string {
	if key == "type" {
		for _, p := range fieldPatterns() {
			if p.Name == word {
				return v.locale.T("designer.add." + word)
			}
		}
	}
	return word
}

// language is the name of a language in the language of the page, by its code where there is none.
func (v *visit) language(code string) string {
	if slices.Contains([]string{"ar", "en", "fr", "kk", "ru"}, code) {
		return v.locale.T("designer.language." + code)
	}
	return code
}

// changesOf are the edits that the property form of a thing asks for: of what differs from what its page showed.
func changesOf(file string, root *source.Node, t reflect.Type, at edit.Path, posted func(string) (string, bool)) []edit.Do {
	var out []edit.Do
	n := root.Lookup(at...)
	var order []string
	for _, k := range source.Spec(t) {
		order = append(order, k.Name)
	}
	changed := func(name string) (string, bool) {
		now, given := posted(valueControl + name)
		was, _ := posted(wasControl + name)
		now = strings.ReplaceAll(now, "\r\n", "\n")
		return now, given && now != strings.ReplaceAll(was, "\r\n", "\n")
	}
	for _, k := range source.Spec(t) {
		here := at.To(k.Name)
		s, _ := shapeOf(k)
		_, value := n.Get(k.Name)
		if s == textShape {
			out = append(out, textEdits(file, value, here, order, k.Name, posted, changed)...)
			continue
		}
		now, differs := changed(k.Name)
		if !differs {
			continue
		}
		if value != nil && (value.Kind == source.Mapping || value.Kind == source.List) && s != wordsShape {
			s = rawShape
		}
		switch {
		case strings.TrimSpace(now) == "":
			out = append(out, edit.Remove(file, here))
		case s == wordsShape:
			var words []string
			for _, word := range strings.Split(now, ",") {
				if word = strings.TrimSpace(word); word != "" {
					words = append(words, source.Quote(word))
				}
			}
			out = append(out, edit.Put(file, here, "["+strings.Join(words, ", ")+"]", order))
		case s == rawShape, s == thingShape:
			out = append(out, edit.Put(file, here, strings.TrimRight(now, "\n"), order))
		case s == boolShape, k.Type.Kind == "whole number", k.Type.Kind == "decimal number":
			out = append(out, edit.Put(file, here, strings.TrimSpace(now), order))
		default:
			out = append(out, edit.Set(file, here, strings.TrimSpace(now), order))
		}
	}
	return out
}

// textEdits are those of the words of one key.
func textEdits(file string, value *source.Node, here edit.Path, order []string, key string, posted func(string) (string, bool), changed func(string) (string, bool)) (out []edit.Do) {
	words := map[string]string{}
	for _, lang := range textLanguages {
		if now, differs := changed(key + "." + lang); differs {
			words[lang] = strings.TrimSpace(now)
		}
	}
	if len(words) == 0 {
		return nil
	}
	if value == nil || value.Kind != source.Mapping {
		var parts []string
		for _, lang := range textLanguages {
			if words[lang] != "" {
				parts = append(parts, lang+": "+source.Quote(words[lang]))
			}
		}
		if len(parts) == 0 {
			return nil
		}
		return append(out, edit.Put(file, here, "{"+strings.Join(parts, ", ")+"}", order))
	}
	for _, lang := range textLanguages {
		word, differs := words[lang]
		switch {
		case !differs:
		case word == "":
			out = append(out, edit.Remove(file, here.To(lang)))
		default:
			out = append(out, edit.Set(file, here.To(lang), word, textLanguages))
		}
	}
	return out
}

// textLanguages are those in which texts may be written in boxes of their own.
var textLanguages = []string{"ar", "en", "kk", "ru", "fr"}

// namedKeys are the keys that have a name in words.
var namedKeys = []string{
	"section", "title", "intro", "when", "fields", "field", "type", "label", "hint", "optional", "pattern", "message", "min", "max", "maxSize",
	"accept", "options", "prefill", "value", "require", "unit", "atLeast", "atMost", "declaration", "form", "steps", "step", "review", "pay", "issue",
	"notify", "refuse", "end", "text", "decisions", "within", "refund", "fees", "fee", "amount", "exempt", "rebates", "facts", "summary", "authority",
	"promised", "keep", "legalBasis", "tariff", "service", "scenarios", "deliver", "to", "then", "comment",
}
