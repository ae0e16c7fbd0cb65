package check

import (
	"regexp"
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/schema"
	"github.com/diwan-gov/diwan/catalog/source"
)

// inputs: a scenario answers what an applicant could: one of the options, a text that the pattern takes.
func inputs(p *pass, form *source.Node) {
	for _, f := range p.service.Fields() {
		_, v := form.Get(f.Code.Value)
		if v == nil || v.Kind != source.Scalar {
			continue
		}
		switch {
		case f.Type == catalog.ChoiceField && len(f.Options) > 0:
			var have []string
			for i := range f.Options {
				have = append(have, f.Options[i].Value.Value)
			}
			if !slices.Contains(have, v.Value) {
				p.add(problem("unknown-option", v.Range(), "{field} has no option {name:q}", "field", f.Code.Value, "name", v.Value).
					WithHelp("There is " + enumerate(have) + "."))
			}
		case f.Type == catalog.TextField && f.Pattern.Value != "":
			if _, usable := schema.Pattern(f.Pattern.Value); !usable { // reported at its place
				continue
			}
			whole, err := regexp.Compile("^(?:" + f.Pattern.Value + ")$")
			if err == nil && !whole.MatchString(source.PlainDigits(v.Value)) {
				p.add(problem("scenario-value", v.Range(), "{value:q} is refused by the pattern of {field}", "value", v.Value, "field", f.Code.Value).
					WithRelated(f.Pattern.Range(), "the pattern").WithHelp("A scenario gives what an applicant can give."))
			}
		}
	}
}
