package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// families looks at what definitions are made of, apart from what they become: that is judged where it is used.
func families(o *overview) {
	used := map[string]bool{}
	for file := range o.catalogue.Definitions() {
		for _, from := range o.catalogue.MadeOf(file) {
			used[from] = true
		}
	}
	complete := o.catalogue.Complete("services")
	codes, texts := newRegister("blueprint", kebabForm.MatchString, kebabHelp, o.add), newRegister("shared text", kebabForm.MatchString, kebabHelp, o.add)
	for _, b := range o.catalogue.Blueprints {
		codes.enter(b.Code)
		holes(o, "blueprint", b.Parameters, b.Service)
		places(o, b)
		unused(o, "blueprint", b.Code, complete && !used[b.Head().File])
	}
	codes = newRegister("fragment", kebabForm.MatchString, kebabHelp, o.add)
	for _, f := range o.catalogue.Fragments {
		codes.enter(f.Code)
		holes(o, "fragment", f.Parameters, f.Items)
		unused(o, "fragment", f.Code, complete && !used[f.Head().File])
	}
	for _, t := range o.catalogue.Texts {
		for i := range t.Texts.Entries {
			texts.enter(t.Texts.Entries[i].Key)
		}
	}
}

func unused(o *overview, what diag.Phrase, code source.Text, is bool) {
	if is && !code.IsZero() {
		o.add(warning("unused", code.Range(), "nothing uses the {what} {name}", "what", what, "name", code.Value).WithHelp("Use it, or remove the file."))
	}
}

// holes compares the holes of a template with the parameters that it declares.
func holes(o *overview, what string, parameters []catalog.Parameter, template *source.Node) {
	names := newRegister("parameter", catalog.IsName, nameHelp, o.add)
	var declared []string
	for i := range parameters {
		names.enter(parameters[i].Code)
		declared = append(declared, parameters[i].Code.Value)
	}
	var seen []string
	template.Holes(func(at *source.Node, name string) {
		if !slices.Contains(declared, name) && !slices.Contains(seen, name) {
			o.add(problem("unknown-parameter", at.Range(), "there is no parameter {name:q}", "name", name).
				WithSuggestion(diag.Near(name, declared)).WithHelp("Declare it under parameters."))
		}
		seen = append(seen, name)
	})
	for i := range parameters {
		if code := parameters[i].Code; template != nil && !code.IsZero() && !slices.Contains(seen, code.Value) {
			o.add(warning("unused", code.Range(), "nothing uses the {what} {name}", "what", diag.Phrase("parameter"), "name", code.Value).
				WithHelp("Write $({name}) where it belongs, or remove it."))
		}
	}
}

// places compares the places of a blueprint with those that it declares.
func places(o *overview, b *catalog.Blueprint) {
	var declared, seen []string
	for _, p := range b.Places {
		declared = append(declared, p.Value)
	}
	b.Service.Each(func(n *source.Node) *source.Node {
		if _, name := n.Get("place"); name != nil && n.Len() == 1 {
			if !slices.Contains(declared, name.Value) {
				o.add(problem("unknown-place", name.Range(), "the blueprint has no place {name:q}", "name", name.Value).
					WithSuggestion(diag.Near(name.Value, declared)).WithHelp("Declare it under places."))
			}
			seen = append(seen, name.Value)
		}
		return n
	})
	for _, p := range b.Places {
		if !slices.Contains(seen, p.Value) {
			o.add(warning("unused", p.Range(), "nothing uses the {what} {name}", "what", diag.Phrase("place"), "name", p.Value).
				WithHelp("Write {place: {name}} in a list, or remove it."))
		}
	}
}
