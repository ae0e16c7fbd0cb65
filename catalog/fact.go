package catalog

import (
	"reflect"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Fact is a named value of a service: a formula, or rows of cases that are tried in their order. Rows with since or until hold on some days
// only, and On says which day counts.
type Fact struct {
	source.Ranged
	Formula source.Text // written as a formula
	Title   Text        `diwan:"title" doc:"What the value is, in each language."`
	On      source.Text `diwan:"on" doc:"Formula of the day that counts, such as asOf.submitted. Needed where rows have since or until."`
	Cases   []FactCase  `diwan:"cases,required" doc:"Rows, tried in their order: the first that fits gives the value. One always fits, on every day."`
}

// FactCase is one row of a fact.
type FactCase struct {
	source.Ranged
	Since source.Text `diwan:"since" doc:"First day on which the row holds (YYYY-MM-DD)."`
	Until source.Text `diwan:"until" doc:"Last day on which it holds."`
	When  source.Text `diwan:"when" doc:"Formula: the row fits when it is true. Without it, it always fits."`
	Value source.Text `diwan:"value,required" doc:"Formula of what the fact is then."`
}

// String is the row in one line, as a definition has it.
func (c *FactCase) String() string {
	var parts []string
	for _, part := range []struct {
		key  string
		text source.Text
	}{{"since", c.Since}, {"until", c.Until}, {"when", c.When}, {"value", c.Value}} {
		if part.text.Value != "" {
			parts = append(parts, part.key+": "+part.text.Value)
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// MostCases bounds the rows of a fact; more of them are a table of a tariff.
const MostCases = 40

// DecodeNode takes a formula or a mapping.
func (f *Fact) DecodeNode(n *source.Node, dec *source.Decoder) {
	if n.Kind != source.Mapping {
		dec.Decode(n, &f.Formula)
		f.Ranged = f.Formula.Ranged
		return
	}
	type mapping Fact
	dec.Decode(n, (*mapping)(f))
}

// Describe names the shapes for the language reference.
func (*Fact) Describe() source.Type {
	return source.Type{Kind: "one of", Shapes: []source.Type{
		{Kind: "text", Doc: "A formula."},
		{Kind: "mapping", Go: reflect.TypeFor[Fact](), Doc: "Rows of cases."},
	}}
}

// Formulas are the formulas of the fact that are written.
func (f *Fact) Formulas() []source.Text {
	if f.Formula.Value != "" {
		return []source.Text{f.Formula}
	}
	var out []source.Text
	add := func(t source.Text) {
		if t.Value != "" {
			out = append(out, t)
		}
	}
	add(f.On)
	for i := range f.Cases {
		add(f.Cases[i].When)
		add(f.Cases[i].Value)
	}
	return out
}

// mentioned are the facts that f names.
func (f *Fact) mentioned() []string {
	if f.Formula.Value != "" {
		return mentionedFacts(f.Formula.Value)
	}
	var out []string
	for _, t := range f.Formulas() {
		out = append(out, mentionedFacts(t.Value)...)
	}
	return out
}
