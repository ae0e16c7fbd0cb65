package check

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// Most rows, answers and files of one field: a page must hold them, and a formula go through them.
const (
	mostRows  = 200
	mostFiles = 20
)

// groups looks at fields that hold several answers or fields of their own: their bounds, what stands in them, which parts are asked.
func groups(p *pass) {
	for _, l := range p.service.FieldLists() {
		for a := range l.All() {
			f := a.Field
			bounds(p, f)
			switch f.Type {
			case catalog.GroupField:
				group(p, a)
			case catalog.PersonField:
				if !f.Has("as") {
					p.add(problem("missing-key", f.Head(), "required key {key:q} is missing", "key", "as").
						WithHelp("Say in which capacity the person stands in the form: {words}.", "words", catalog.PersonRole("").Values()))
				}
			}
			partsOf(p, f)
			if a.Group != nil && f.Has("prefill") {
				p.add(problem("misplaced-key", f.KeyRange("prefill"), "a field in a group is not filled in before").
					WithHelp("Write prefill on the group, with a formula that gives a list."))
			}
		}
	}
}

func group(p *pass, a catalog.Asked) {
	f := a.Field
	if a.Group != nil {
		p.add(problem("nested-group", f.Code.Range(), "a group stands in the group {group}", "group", a.Group.Code.Value).
			WithHelp("Make two groups of it: the rows of the second name those of the first."))
		return
	}
	for _, key := range []string{"fields", "row", "atLeast", "atMost"} {
		if !f.Has(key) {
			p.add(problem("missing-key", f.Head(), "required key {key:q} is missing", "key", key).WithHelp(groupHelp[key]))
		}
	}
	if f.Has("fields") && len(f.Fields) == 0 {
		p.add(problem("empty-group", f.RangeOf("fields"), "nothing is asked in the rows of the group").WithHelp("Write its fields under fields, or remove it."))
	}
	if f.Has("optional") {
		p.add(problem("misplaced-key", f.KeyRange("optional"), "a group is optional when it may have no rows").WithHelp("Write atLeast: 0."))
	}
}

var groupHelp = map[string]diag.Phrase{
	"fields":  "List what is asked in each row.",
	"row":     "Name one row, so that people read it above the row and on the button: row: {ar: الطفل, en: Child}.",
	"atLeast": "Say how many rows there must be: atLeast: 0 where there may be none.",
	"atMost":  "Say how many rows there may be: every list has a bound.",
}

// bounds: what is counted can be met.
func bounds(p *pass, f *catalog.Field) {
	if !f.IsList() {
		return
	}
	holder, what, limit := f.Ranged, diag.Phrase("rows"), mostRows
	switch {
	case f.Several():
		holder, what, limit = f.Files.Ranged, "files", mostFiles
	case f.Type == catalog.ChoicesField:
		what, limit = "answers", len(f.Options)
	}
	fewest, most := f.Bounds()
	number := func(key string, value int, least int) {
		switch {
		case !holder.Has(key):
		case value < least:
			p.add(problem("bounds", holder.RangeOf(key), "{key} is less than {least}", "key", key, "least", least).WithHelp("Write {least} or more."))
		case value > limit && limit > 0:
			p.add(problem("bounds", holder.RangeOf(key), "there are never more than {most} {what}", "most", limit, "what", what).WithHelp("Write {most} or less."))
		}
	}
	number("atLeast", fewest, 0)
	number("atMost", most, 1)
	if holder.Has("atLeast") && holder.Has("atMost") && most > 0 && fewest > most {
		p.add(problem("nothing-between", holder.RangeOf("atMost"), "atMost is less than atLeast: no answer is possible").
			WithRelated(holder.RangeOf("atLeast"), "atLeast"))
	}
}

// partsOf: what is asked of an address or a person is something that they have.
func partsOf(p *pass, f *catalog.Field) {
	if !f.Has("parts") || len(catalog.PartNames(f.Type)) == 0 {
		return
	}
	seen := map[string]bool{}
	required := false
	for _, part := range f.Parts {
		name, optional := strings.CutSuffix(part.Value, "?")
		required = required || !optional
		switch {
		case !slices.Contains(catalog.PartNames(f.Type), name):
			d := problem("unknown-part", part.Range(), "a field of type {type} has no part {name:q}", "type", string(f.Type), "name", name).
				WithSuggestion(diag.Near(name, catalog.PartNames(f.Type)))
			p.add(d.WithHelp("The parts are {names}.", "names", catalog.PartNames(f.Type)))
		case seen[name]:
			p.add(problem("twice", part.Range(), "the part {name} is given twice", "name", name).WithHelp("Remove one of the two."))
		}
		seen[name] = true
	}
	if !required {
		p.add(problem("no-part", f.RangeOf("parts"), "no part must be filled in").WithHelp("Write one without a question mark, and optional: true where the whole may stay empty."))
	}
}

// whoAnswers: who answers a field is said once. What is worked out is not asked, and what must sometimes be filled in is not simply optional.
func whoAnswers(p *pass, f *catalog.Field) {
	contradiction := func(key, other string, help diag.Phrase) {
		if f.Has(key) && f.Has(other) {
			p.add(problem("contradiction", f.KeyRange(other), "a field with {key} has no {other}", "key", key, "other", other).WithHelp(help).
				WithRelated(f.KeyRange(key), "{key}", "key", key))
		}
	}
	contradiction("value", "prefill", "What value gives stands; remove prefill.")
	contradiction("value", "readOnly", "What value gives can never be changed; remove readOnly.")
	contradiction("value", "require", "It is worked out, so nobody fills it in; remove require.")
	contradiction("require", "optional", "The field may stay empty while require is false; remove optional.")
	contradiction("readOnly", "require", "It is filled in before and cannot be changed; remove require.")
	if f.ReadOnly && !f.Has("prefill") {
		p.add(problem("no-prefill", f.KeyRange("readOnly"), "nobody could ever fill in the field").WithHelp("Write prefill, the formula of what is shown, or remove readOnly."))
	}
	if f.Type == catalog.ConsentField && f.Has("require") {
		p.add(problem("misplaced-key", f.KeyRange("require"), "a consent is needed wherever it is shown").WithHelp("Write its condition as when."))
	}
}
