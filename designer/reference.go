package designer

import (
	"reflect"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/editor"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// Senses that only pages have: what is chosen there is written as one of several things.
const (
	toldSense    = "told"    // whom a message goes to: applicant, or a role
	invitedSense = "invited" // who is asked: applicant, public, or a person of the form
)

// named is something that may be chosen by its code.
type named struct{ Code, Title string }

// sense says what a key of a thing is the code of; "" where it is no code of anything that can be listed.
func (b *workbench) sense(t reflect.Type, k source.Key) string {
	if t == reflect.TypeFor[catalog.Step]() {
		switch k.Name {
		case string(catalog.NotifyStep):
			return toldSense
		case string(catalog.InviteStep):
			return invitedSense
		}
	}
	sense := editor.Names(t, &k)
	if sense == k.Name && declared(t) == k.Name {
		return ""
	}
	switch sense {
	case "role", "step", "fee", "field", "document", "service", "right", "event", "authority", "calendar", "tariff", "operation", "outcome", "drawing":
		return sense
	}
	return ""
}

// namedOf lists what may be chosen of a kind in the open file.
func (b *workbench) namedOf(sense, key string) (out []named) {
	add := func(code string, title catalog.Text) {
		if code != "" && !slices.ContainsFunc(out, func(n named) bool { return n.Code == code }) {
			out = append(out, named{code, b.say(title)})
		}
	}
	word := func(code string) { out = append(out, named{code, b.said("designer.word."+code, code)}) }
	s := b.service
	switch sense {
	case toldSense:
		word(catalog.ApplicantPlace)
		return append(out, b.namedOf("role", key)...)
	case invitedSense:
		word(catalog.ApplicantPlace)
		word("public")
	case "role":
		if s != nil {
			for _, r := range b.c.Roles(s.Authority.Value) {
				if !strings.HasPrefix(r.Code.Value, "catalogue-") { // those of the catalogue decide nothing of applications
					add(r.Code.Value, r.Title)
				}
			}
		}
	case "step":
		if s != nil {
			for st := range s.AllSteps() {
				add(st.Code.Value, st.Title)
			}
		}
	case "fee":
		if s != nil {
			for i := range s.Fees {
				add(s.Fees[i].Code.Value, s.Fees[i].Title)
			}
		}
	case "field":
		if s != nil {
			for _, f := range s.Fields() {
				add(f.Code.Value, f.Label)
			}
		}
	case "document":
		for _, d := range b.c.Documents {
			add(d.Code.Value, d.Title)
		}
	case "service":
		for _, other := range b.c.Services {
			add(other.Code.Value, other.Title)
		}
	case "right":
		for _, r := range b.c.Rights {
			add(r.Code.Value, r.Title)
		}
	case "event":
		for _, e := range b.c.Events {
			add(e.Code.Value, catalog.Text{})
		}
	case "authority":
		for _, a := range b.c.Authorities {
			add(a.Code.Value, a.Title)
		}
	case "calendar":
		for _, c := range b.c.Calendars {
			add(c.Code.Value, catalog.Text{})
		}
	case "tariff":
		for _, t := range b.c.Tariffs {
			add(t.Code.Value, catalog.Text{})
		}
	case "operation":
		for _, r := range b.c.Registries {
			for i := range r.Operations {
				if op := &r.Operations[i]; op.Writes == (key == string(catalog.WriteStep)) {
					add(r.Code.Value+"/"+op.Code.Value, op.Title)
				}
			}
		}
	case "outcome":
		for _, w := range []string{"approved", catalog.IssuedOutcome, catalog.CompletedOutcome, catalog.RefusedOutcome} {
			word(w)
		}
	case "drawing":
		for _, name := range b.c.Images() {
			add(name, catalog.Text{})
		}
	}
	for _, w := range editor.Words(key) {
		if sense == "" {
			word(w)
		}
	}
	return out
}

// options are what may be chosen, with what is chosen now, also where it is none of it.
func (b *workbench) options(sense, key string, now []string) (out []ui.Option) {
	for _, n := range b.namedOf(sense, key) {
		text := n.Title
		if text == "" {
			text = n.Code
		}
		out = append(out, ui.Option{Value: n.Code, Text: text, Selected: slices.Contains(now, n.Code)})
	}
	for _, code := range now {
		if code != "" && !slices.ContainsFunc(out, func(o ui.Option) bool { return o.Value == code }) {
			out = append(out, ui.Option{Value: code, Text: code, Selected: true})
		}
	}
	return out
}

func (b *workbench) codeControl(field ui.Field, sense, key, now string) ui.Component {
	return ui.Select{Field: field, Prompt: b.locale.T("designer.property.none"), Options: b.options(sense, key, []string{now})}
}

func (b *workbench) codesControl(field ui.Field, sense, key string, value *source.Node) (ui.Component, string) {
	var now []string
	for _, item := range value.Items() {
		now = append(now, item.Value)
	}
	options := b.options(sense, key, now)
	// In the order of the boxes, as a browser brings them: what nobody touches is no edit.
	var shown []string
	for _, o := range options {
		if o.Selected {
			shown = append(shown, o.Value)
		}
	}
	return ui.Checkboxes{Field: field, Options: options}, strings.Join(shown, ", ")
}
