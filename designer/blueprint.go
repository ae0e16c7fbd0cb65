package designer

import (
	"net/url"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// familyTab is the side of a service of a blueprint: what it gives for the parameters.
const familyTab = "family"

// familyPart asks for the parameters of a blueprint.
type familyPart struct {
	Title, About string
	Open         ui.Link // the blueprint
	Fields       []ui.Component
	Was          []ui.Hidden
}

// Controls of parameters, and the values that begin a service of a blueprint on the page of a new one.
const (
	parameterControl = "with."
	fromBlueprint    = "blueprint:"
)

// family is the blueprint of which the open service is made; nil where it is of none, or of one that there is not.
func (b *workbench) family() *catalog.Blueprint {
	if b.root == nil || b.kind != nil {
		return nil
	}
	_, code := b.root.Get("blueprint")
	if code == nil {
		return nil
	}
	return blueprintOf(b.c, code.Value)
}

func blueprintOf(c *catalog.Catalogue, code string) *catalog.Blueprint {
	if i := slices.IndexFunc(c.Blueprints, func(p *catalog.Blueprint) bool { return p.Code.Value == code }); i >= 0 {
		return c.Blueprints[i]
	}
	return nil
}

func (b *workbench) familyPart() *familyPart {
	p := b.family()
	if p == nil {
		return nil
	}
	part := &familyPart{Title: b.say(p.Title), About: b.say(p.About), Open: ui.Link{Text: b.say(p.Title), Href: editPath(b.ch.Number, p.Range().File, "")}}
	for i := range p.Parameters {
		part.parameter(b, &p.Parameters[i])
	}
	return part
}

func (f *familyPart) parameter(b *workbench, p *catalog.Parameter) {
	name := p.Code.Value
	given := b.root.Lookup("with", name)
	field := ui.Field{Name: parameterControl + name, Label: b.say(p.Title), Optional: p.Default != nil}
	if field.Label == "" {
		field.Label = name
	}
	if p.Default != nil && p.Default.Kind == source.Scalar {
		field.Hint = b.locale.T("designer.family.default", "value", p.Default.Value)
	}
	was := func(name, value string) { f.Was = append(f.Was, ui.Hidden{Name: wasControl + name, Value: value}) }
	now := ""
	if given != nil && given.Kind == source.Scalar {
		now = given.Value
	}
	switch p.Type {
	case catalog.ListParameter, catalog.AnyParameter: // of any shape: it is written on the side of the text
		return
	case catalog.TextsParameter:
		words := map[string]string{}
		if given != nil {
			words = languagesOf(given)
		}
		set := ui.Fieldset{Field: field}
		for _, lang := range b.languages() {
			set.Body = append(set.Body, inLanguage{Name: field.Name + "." + lang, Lang: lang, Dir: ui.Dir(lang), Label: b.language(lang), About: field.Label, Value: words[lang]})
			was(field.Name+"."+lang, words[lang])
		}
		f.Fields = append(f.Fields, set)
		return
	case catalog.YesNoParameter:
		s := ui.Select{Field: field}
		for _, value := range []string{"true", "false"} {
			s.Options = append(s.Options, ui.Option{Value: value, Text: b.locale.T("designer.family." + value), Selected: now == value})
		}
		f.Fields = append(f.Fields, s)
	default:
		f.Fields = append(f.Fields, ui.Input{Field: field, Value: now, Dir: "auto", MaxLength: change.MostTitle})
	}
	was(field.Name, now)
}

// parameters are the edits of what was typed for parameters: only what differs from what the page had shown. What is emptied is taken away, so that what
// the blueprint says by itself holds.
func (b *workbench) parameters(form url.Values) (edit.Do, string, error) {
	p := b.family()
	if p == nil {
		return nil, "", change.ErrInvalid
	}
	var order []string
	for i := range p.Parameters {
		order = append(order, p.Parameters[i].Code.Value)
	}
	typed := func(name string) (string, bool) {
		value := strings.Join(strings.Fields(form.Get(name)), " ")
		return value, form.Has(name) && value != form.Get(wasControl+name)
	}
	var list []edit.Do
	if b.root.Lookup("with") == nil {
		list = append(list, begins())
	}
	for _, name := range order {
		at := edit.Path{"with", name}
		if value, differs := typed(parameterControl + name); differs {
			if value == "" {
				list = append(list, edit.Remove(b.file, at))
			} else {
				list = append(list, edit.Set(b.file, at, value, order))
			}
		}
		words, changed := map[string]string{}, []string(nil)
		for _, lang := range b.languages() {
			value, is := typed(parameterControl + name + "." + lang)
			if words[lang] = value; is {
				changed = append(changed, lang)
			}
		}
		if changed != nil {
			list = append(list, b.inLanguages(at, words, changed, order))
		}
	}
	if list == nil {
		return func(now []byte) ([]byte, error) { return now, nil }, "", nil
	}
	return edit.All(list...), "", nil
}

// begins adds the mapping of parameters; it is taken away again by nobody, since one of them is about to be given.
func begins() edit.Do {
	return func(now []byte) ([]byte, error) {
		return edit.Put("", edit.Path{"with"}, "{}", []string{"blueprint", "service", "title", "summary", "keywords", "lifeEvents", "sample"})(now)
	}
}

// inLanguages gives a text that stands there its words, each where it stands, or puts it there.
func (b *workbench) inLanguages(at edit.Path, words map[string]string, changed, order []string) edit.Do {
	if b.root.Lookup(at...) != nil {
		var list []edit.Do
		for _, lang := range changed {
			list = append(list, edit.Set(b.file, at.To(lang), words[lang], textLanguages))
		}
		return edit.All(list...)
	}
	var parts []string
	for _, lang := range b.languages() {
		parts = append(parts, lang+": "+source.Quote(words[lang]))
	}
	return edit.Put(b.file, at, "{"+strings.Join(parts, ", ")+"}", order)
}

// member is a service of a blueprint, as it begins: what it is called, and its authority where that is a parameter.
func member(p *catalog.Blueprint, c *catalog.Catalogue, authority, code string, titles map[string]string) []byte {
	l := leaflet{}
	for _, lang := range c.Settings.Languages {
		l.Languages = append(l.Languages, lang.Value)
	}
	text := "blueprint: " + p.Code.Value + "\nservice: " + code + "\n"
	for _, key := range []string{"title", "summary"} {
		if k, _ := p.Service.Get(key); k == nil {
			text += key + ": " + l.each(titles) + "\n"
		}
	}
	for i := range p.Parameters {
		if one := &p.Parameters[i]; one.Code.Value == "authority" && one.Type == catalog.TextParameter {
			text += "with:\n  authority: " + authority + "\n"
		}
	}
	return []byte(text)
}
