package check

import (
	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/catalog/unit"
)

// units: those of fields are of the table. That numbers of different units do not meet is found where their formulas are compiled.
func units(p *pass) {
	for f := range p.fields() {
		knownUnit(f.Unit, p.add)
	}
}

// unitOf: only a number that a registry takes or gives has a unit, and one of the table.
func unitOf(o *overview, t *catalog.Type) {
	if !t.Unit.IsZero() && t.Word != "integer" && t.Word != "decimal" {
		o.add(problem("misplaced-key", t.KeyRange("unit"), "a value of type {type} has no unit", "type", t.Word).
			WithHelp("Only an integer or a decimal has one: change the type, or remove the key."))
		return
	}
	knownUnit(t.Unit, o.add)
}

func knownUnit(u source.Text, add func(diag.Diagnostic)) {
	if _, known := unit.Of(u.Value); known || u.IsZero() {
		return
	}
	if meant := formula.UnitMeant(u.Value); meant != "" {
		add(problem("unknown-unit", u.Range(), "there is no {what} {name:q}", "what", diag.Phrase("unit"), "name", u.Value).WithSuggestion(meant))
		return
	}
	add(unknown("unit", u, unit.Codes()))
}
