package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// options looks at the answers of choices.
func options(p *pass) {
	for f := range p.fields() {
		if f.Type != catalog.ChoiceField && f.Type != catalog.ChoicesField {
			continue
		}
		if f.Has("optionsFrom") {
			if f.Has("options") {
				p.add(problem("contradiction", f.KeyRange("options"), "a field with {key} has no {other}", "key", "optionsFrom", "other", "options").
					WithHelp("Keep the one or the other.").WithRelated(f.KeyRange("optionsFrom"), "{key}", "key", "optionsFrom"))
			}
			continue
		}
		if len(f.Options) == 0 {
			p.add(problem("no-options", f.RangeOf("options"), "the choice has no options").WithHelp("Write options with a value and a label each."))
			continue
		}
		seen := map[string]int{}
		whole := 0
		for i := range f.Options {
			o := &f.Options[i]
			if o.Whole() {
				whole++
			}
			if o.Value.IsZero() {
				continue
			}
			if o.Value.Value == "" {
				p.add(problem("empty-value", o.Value.Range(), "the value is empty").WithHelp("Write a word or a number. For no answer at all the field is optional."))
			}
			if first, twice := seen[o.Value.Value]; twice {
				p.add(problem("twice", o.Value.Range(), "the option {value:q} is given twice", "value", o.Value.Value).
					WithRelated(f.Options[first].Value.Range(), "the first one"))
				continue
			}
			seen[o.Value.Value] = i
		}
		mixed(p, f, whole)
	}
}

// offers: what a choice is made of is a list of records, whose members can be a value and a label.
func offers(p *pass) {
	for _, at := range p.positions {
		from := at.offers
		if from == nil || at.formula == nil {
			continue
		}
		given := at.formula.Type()
		if given.Kind != formula.KindList || given.Elem == nil || given.Elem.Object == nil {
			p.add(problem("no-records", from.List.Range(), "this gives {got}, but options are made of a list of records", "got", given.Said()).
				WithHelp("Name a list of records that a registry gives, such as list: owned.vehicles."))
			continue
		}
		record := given.Elem.Object.Fields
		for _, name := range []source.Text{from.Value, from.Label} {
			if name.Value == "" {
				continue
			}
			i := slices.IndexFunc(record, func(f formula.Field) bool { return f.Name == name.Value })
			switch {
			case i < 0:
				var have []string
				for _, f := range record {
					have = append(have, f.Name)
				}
				p.add(unknown("member of the record", name, have))
			case record[i].Type.Kind != formula.KindText:
				p.add(problem("option-member", name.Range(), "{name} is {got}, but the value and the label of an option are texts", "name", name.Value, "got", record[i].Type.Said()).
					WithHelp("Let the registry give it as a text."))
			case record[i].Optional && name == from.Value:
				p.add(problem("option-member", name.Range(), "{name} may be absent, so nobody could choose such a record", "name", name.Value).
					WithHelp("Choose a text that every record has."))
			}
		}
	}
}

// mixed: a formula must know whether it compares numbers or texts.
func mixed(p *pass, f *catalog.Field, whole int) {
	if whole == 0 || whole == len(f.Options) {
		return
	}
	for i := range f.Options {
		if o := &f.Options[i]; o.Whole() != f.Options[0].Whole() {
			p.add(problem("mixed-options", o.Value.Range(), "some values are whole numbers and some are texts").
				WithHelp(`Write all as numbers, or put the numbers in quotation marks: "1".`))
			return
		}
	}
}
