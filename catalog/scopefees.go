package catalog

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// AssessedDay is the path of the day on which a payment is asked for.
const AssessedDay = "assessed"

// feeLines builds what compiles the formulas of fees. Most services have no line that reads another, and then it is the plain one.
func (sc *Scope) feeLines(s *Service) {
	sc.Fees = sc.Plain
	if !slices.ContainsFunc(append(s.FeeFormulas(), s.TariffOn), func(t source.Text) bool {
		return mentionsRoot(t.Value, FeesRoot) || mentionsMember(t.Value, AsOfRoot, AssessedDay)
	}) {
		return
	}
	sc.Fees = environment(sc.FeeFields(s))
}

// FeeFields are Fields as the formulas of fee lines read them: with the lines of s (fees.code) and the day of the assessment (asOf.assessed).
func (sc *Scope) FeeFields(s *Service) []formula.Field {
	var lines []formula.Field
	for i := range s.Fees {
		lines = addField(lines, field(s.Fees[i].Code.Value, formula.KindMoney))
	}
	for i := range s.Subtotals {
		lines = addField(lines, field(s.Subtotals[i].Code.Value, formula.KindMoney))
	}
	fields := slices.Clone(sc.Fields)
	for i := range fields {
		if fields[i].Name == AsOfRoot {
			days := slices.Clone(fields[i].Type.Object.Fields)
			fields[i] = object(AsOfRoot, append(days, field(AssessedDay, formula.KindDate)))
		}
	}
	return append(fields, object(FeesRoot, lines))
}

// FeeFormulas are the formulas of the fee lines.
func (s *Service) FeeFormulas() []source.Text {
	var out []source.Text
	for i := range s.Fees {
		f := &s.Fees[i]
		out = append(out, f.When, f.Amount, f.AtLeast, f.AtMost)
		for j := range f.Exempt {
			out = append(out, f.Exempt[j].When)
		}
		for j := range f.Rebates {
			out = append(out, f.Rebates[j].When, f.Rebates[j].Amount)
		}
	}
	return out
}

// mentionsMember tells whether a formula names both words, which is enough to look closer.
func mentionsMember(text, root, member string) bool {
	return mentionsRoot(text, root) && strings.Contains(text, member)
}
