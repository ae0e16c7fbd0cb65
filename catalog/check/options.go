package check

import "github.com/diwan-gov/diwan/catalog"

// options looks at the answers of choices.
func options(p *pass) {
	for f := range p.fields() {
		if f.Type != catalog.ChoiceField && f.Type != catalog.ChoicesField {
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
