package designer

import (
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/editor"
	"github.com/diwan-gov/diwan/catalog/reference"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// property is one key of the thing that is selected.
type property struct {
	Key, Label string
	Help       explained
	Was        []ui.Hidden // what the form shows: only what differs from it is edited
	Control    ui.Component
	Problems   []string // what is found in it
}

// explained is what a key means, and the language in which that is said.
type explained struct{ Text, Lang, Dir string }

func (v *visit) explained(doc string) explained {
	text, lang := reference.Help(doc, v.locale.Lang())
	return explained{text, lang, ui.Dir(lang)}
}

// panel is the property panel.
type panel struct {
	Title     string
	At        string
	Main      []property // what is given or must be
	More      []property
	Usable    []named // what its formulas can read; nothing where it has none
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
func (b *workbench) propertiesOf(n *source.Node, t reflect.Type, at edit.Path) panel {
	p := panel{At: at.String(), Removable: len(at) > 0}
	may, formulas := allowed(n, t), false
	for _, k := range source.Spec(t) {
		if !may(k.Name) {
			continue
		}
		_, value := n.Get(k.Name)
		s := b.shown(t, k, value)
		if s == listShape || s == namedShape || s == thingShape && (value == nil || value.Kind == source.Mapping || value.Kind == source.List && listOf(k) != nil) {
			continue // in the outline
		}
		one := b.property(n, t, at, k, s, value)
		formulas = formulas || s == formulaShape
		if (k.Required || value != nil) && k.Name != declared(t) {
			p.Main = append(p.Main, one)
		} else {
			p.More = append(p.More, one)
		}
	}
	if formulas {
		p.Usable = b.usable()
	}
	return p
}

// orderOf are the keys of a struct in the order of the language, in which a new one is put among the others.
func orderOf(t reflect.Type) (order []string) {
	for _, k := range source.Spec(t) {
		order = append(order, k.Name)
	}
	return order
}

// declared is the key by which a struct declares a code of its own, such as field; "" where it has none.
func declared(t reflect.Type) string {
	if keys := source.Spec(t); len(keys) > 0 && keys[0].Required && editor.Names(t, &keys[0]) == keys[0].Name {
		return keys[0].Name
	}
	return ""
}

// shown says how a key of a thing is shown: what names something declared elsewhere is chosen, and not written.
func (b *workbench) shown(t reflect.Type, k source.Key, value *source.Node) shape {
	s, _ := shapeOf(k)
	switch {
	case k.Name == "decisions" && t == reflect.TypeFor[catalog.Step]():
		return decisionsShape
	case isRows(t, k.Name, value):
		return tableShape
	case k.Type.Kind == "time limits":
		if ladderIsPlain(value) {
			return limitsShape
		}
		return rawShape
	case s == scalarShape && isDuration(t, k.Name) && (value == nil || plainDuration(value.Value)):
		return durationShape
	case s == textShape, s == choiceShape, s == formulaShape:
		return s
	case k.Type.Kind == "map" && k.Type.Of != nil && k.Type.Of.Kind == "text" && (value == nil || entriesArePlain(value)):
		return entriesShape
	}
	if sense := b.sense(t, k); sense != "" || len(editor.Words(k.Name)) > 0 && s == wordsShape {
		switch {
		case s == scalarShape && (value == nil || value.Kind == source.Scalar):
			return codeShape
		case s == wordsShape && (value == nil || wordsArePlain(value)):
			return codesShape
		}
	}
	if value != nil && (value.Kind == source.Mapping || value.Kind == source.List) && s != wordsShape && s != listShape && s != namedShape && s != thingShape {
		return rawShape
	}
	return s
}

// wordsArePlain tells a list of short texts without a comment of its own.
func wordsArePlain(n *source.Node) bool {
	for _, item := range n.Items() {
		if item.Kind != source.Scalar {
			return false
		}
	}
	return n.Kind == source.List && !strings.Contains(n.Text(), "#")
}

func (b *workbench) property(n *source.Node, t reflect.Type, at edit.Path, k source.Key, s shape, value *source.Node) property {
	one := property{Key: k.Name, Label: b.labelOf(t, k.Name), Help: b.explained(k.Doc), Problems: b.foundAt(value)}
	field := ui.Field{Name: valueControl + k.Name, Label: one.Label, Optional: !k.Required}
	now := ""
	if value != nil && value.Kind == source.Scalar {
		now = value.Value
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
		for _, lang := range b.languages() {
			set.Body = append(set.Body, inLanguage{Name: valueControl + k.Name + "." + lang, Lang: lang, Dir: ui.Dir(lang), Label: b.language(lang), About: one.Label, Value: words[lang]})
			was(k.Name+"."+lang, words[lang])
		}
		one.Control = set
		return one
	case decisionsShape:
		one.Control = b.decisionsControl(field, at, value, was)
		return one
	case tableShape:
		one.Control = b.tableControl(field, n, value, was)
		return one
	case limitsShape:
		one.Control = b.limitsControl(field, at, value, was)
		return one
	case durationShape:
		one.Control = b.durationControl(field, k.Name, now, was)
		return one
	case entriesShape:
		one.Control = b.entriesControl(field, n, t, k, value, was)
		return one
	case codeShape:
		one.Control = b.codeControl(field, b.sense(t, k), k.Name, now)
	case codesShape:
		one.Control, now = b.codesControl(field, b.sense(t, k), k.Name, value)
	case choiceShape:
		choice := ui.Select{Field: field, Prompt: b.locale.T("designer.property.none")}
		for _, word := range k.Type.Values {
			choice.Options = append(choice.Options, ui.Option{Value: word, Text: b.word(k.Name, word), Selected: word == now})
		}
		one.Control = choice
	case boolShape:
		one.Control = ui.Select{Field: field, Prompt: b.locale.T("designer.property.none"), Options: []ui.Option{
			{Value: "true", Text: b.locale.T("designer.property.true"), Selected: now == "true"}, {Value: "false", Text: b.locale.T("designer.property.false"), Selected: now == "false"}}}
	case wordsShape:
		now = wordsOf(value)
		field.Hint = b.locale.T("designer.property.commas")
		one.Control = ui.Input{Field: field, Value: now, Dir: "ltr"}
	case formulaShape:
		one.Control = formulaBox{Field: field, Value: now, Said: b.inWords(now), Builder: b.builder(at, k, now)}
	case rawShape, thingShape:
		if value != nil {
			now = strings.TrimRight(value.Text(), "\n")
		}
		field.Hint = b.locale.T("designer.property.raw")
		one.Control = rawBox{Field: field, Value: now}
	default:
		one.Control = ui.Input{Field: field, Value: now, Dir: "ltr"}
	}
	was(k.Name, now)
	return one
}

// wordsOf is a list of short texts on one line.
func wordsOf(n *source.Node) string {
	var words []string
	for _, item := range n.Items() {
		words = append(words, item.Value)
	}
	return strings.Join(words, ", ")
}

// inLanguage is a box for words in one language.
type inLanguage struct{ Name, Lang, Dir, Label, About, Value string }

func (inLanguage) Component() string { return "designer/in-language" }

// formulaBox is a box for a formula.
type formulaBox struct {
	ui.Field
	Value   string
	Said    string   // in plain words
	Builder *builder // by which a condition is put together; nil where the formula is none
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
func (v *visit) keyLabel(key string) string { return v.said("designer.key."+key, key) }

// labelOf is what a key of a thing is called: in the words for things of its type, where there are some.
func (v *visit) labelOf(t reflect.Type, key string) string {
	return v.said("designer.of."+strings.ToLower(t.Name())+"."+key, v.keyLabel(key))
}

// said is a message, or another text where there is none.
func (v *visit) said(message, otherwise string) string {
	if said := v.locale.T(message); said != message {
		return said
	}
	return otherwise
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

// posted is what a property form has brought: the values, and what its page showed.
type posted url.Values

// value is that of a control; the values of several that share a name stand behind each other, as in wordsOf.
func (p posted) value(name string) string {
	list := slices.DeleteFunc(slices.Clone(p[valueControl+name]), func(one string) bool { return one == "" })
	return strings.ReplaceAll(strings.Join(list, ", "), "\r\n", "\n")
}

// changed is the value of a control where it differs from what the page showed. Boxes of which none is ticked bring nothing but what was.
func (p posted) changed(name string) (now string, differs bool) {
	_, given := p[valueControl+name]
	was, shown := p[wasControl+name]
	now = p.value(name)
	return now, (given || shown) && now != strings.ReplaceAll(strings.Join(was, ""), "\r\n", "\n")
}

// changesOf are the edits that the property form of a thing asks for: of what differs from what its page showed.
func (b *workbench) changesOf(n *source.Node, t reflect.Type, at edit.Path, form posted) (out []edit.Do, err error) {
	order := orderOf(t)
	for _, k := range source.Spec(t) {
		here := at.To(k.Name)
		_, value := n.Get(k.Name)
		s := b.shown(t, k, value)
		switch s {
		case textShape:
			out = append(out, textEdits(b.file, value, here, order, k.Name, form)...)
			continue
		case decisionsShape:
			out = append(out, b.decisionEdits(here, value, order, form)...)
			continue
		case tableShape:
			do, err := b.tableEdits(here, value, form)
			if err != nil {
				return nil, err
			}
			out = append(out, do...)
			continue
		case limitsShape, durationShape, entriesShape:
			do, err := map[shape]func(edit.Path, source.Key, *source.Node, []string, posted) ([]edit.Do, error){
				limitsShape: b.limitEdits, durationShape: b.durationEdits, entriesShape: b.entryEdits}[s](here, k, value, order, form)
			if err != nil {
				return nil, err
			}
			out = append(out, do...)
			continue
		}
		now, differs := form.changed(k.Name)
		if !differs {
			continue
		}
		switch {
		case strings.TrimSpace(now) == "":
			out = append(out, edit.Remove(b.file, here))
		case s == wordsShape, s == codesShape:
			var words []string
			for _, word := range strings.Split(now, ",") {
				if word = strings.TrimSpace(word); word != "" {
					words = append(words, source.Quote(word))
				}
			}
			out = append(out, edit.Put(b.file, here, "["+strings.Join(words, ", ")+"]", order))
		case s == rawShape, s == thingShape:
			out = append(out, edit.Put(b.file, here, strings.TrimRight(now, "\n"), order))
		case s == boolShape, k.Type.Kind == "whole number", k.Type.Kind == "decimal number":
			out = append(out, edit.Put(b.file, here, strings.TrimSpace(now), order))
		default:
			out = append(out, edit.Set(b.file, here, strings.TrimSpace(now), order))
		}
	}
	return out, nil
}

// textEdits are those of the words of one key.
func textEdits(file string, value *source.Node, here edit.Path, order []string, key string, form posted) (out []edit.Do) {
	words := map[string]string{}
	for _, lang := range textLanguages {
		if now, differs := form.changed(key + "." + lang); differs {
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
