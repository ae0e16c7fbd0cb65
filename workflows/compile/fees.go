package compile

import (
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// fees compiles the fee lines, which are evaluated wherever a step asks for them.
func (k *compiler) fees() {
	for i := range k.s.Fees {
		f := &k.s.Fees[i]
		var points []int
		for st := range k.s.AllSteps() {
			if at := k.scope.Flow.At(st); at >= 0 && slices.Contains(values(st.Pay), f.Code.Value) {
				points = append(points, at)
			}
		}
		k.plan.Fees = append(k.plan.Fees, k.fee(points, f))
	}
	for i := range k.s.Subtotals {
		t := &k.s.Subtotals[i]
		k.plan.Subtotals = append(k.plan.Subtotals, plan.Subtotal{Code: t.Code.Value, Of: values(t.Of), Round: rounding(t.Round)})
	}
	if k.s.Total != nil {
		k.plan.Total = rounding(k.s.Total.Round)
	}
}

func (k *compiler) fee(points []int, f *catalog.Fee) plan.Fee {
	yes, money := formula.Type{Kind: formula.KindBool}, formula.Type{Kind: formula.KindMoney}
	line := func(text source.Text, want formula.Type, guards ...source.Text) string {
		if text.Value == "" {
			return ""
		}
		compiled, problems := k.scope.CompileFee(text, want, guards...)
		k.read(compiled, problems, text, points...)
		return text.Value
	}
	out := plan.Fee{
		Code: f.Code.Value, When: line(f.When, yes), Amount: line(f.Amount, money, f.When),
		AtLeast: line(f.AtLeast, money, f.When), AtMost: line(f.AtMost, money, f.When), Round: rounding(f.Round), Head: f.Revenue.Value, Deposit: f.Deposit, HeldWith: f.HeldWith.Value,
	}
	for i := range f.Exempt {
		out.Exempt = append(out.Exempt, line(f.Exempt[i].When, yes, f.When))
	}
	for i := range f.Rebates {
		r := &f.Rebates[i]
		out.Rebates = append(out.Rebates, plan.Rebate{When: line(r.When, yes, f.When), Percent: r.Percent.Value, Amount: line(r.Amount, money, f.When, r.When)})
	}
	if f.Payee.Value != "" && f.Payee.Value != k.s.Authority.Value {
		out.Shares = []plan.Share{{Authority: f.Payee.Value, Percent: "100"}}
	}
	for _, e := range f.Split.Entries {
		out.Shares = append(out.Shares, plan.Share{Authority: e.Key.Value, Percent: e.Value.Value})
	}
	return out
}

func rounding(r *catalog.Rounding) *plan.Rounding {
	if r == nil {
		return nil
	}
	return &plan.Rounding{To: r.To.Value, Way: string(r.Way), Difference: string(r.Difference)}
}

// feeReads lists what only fee formulas may read, and do.
func (k *compiler) feeReads() {
	for path := range k.needs {
		if root, _ := cut(path); root == catalog.FeesRoot || path == catalog.AsOfRoot+"."+catalog.AssessedDay {
			k.plan.FeeReads = append(k.plan.FeeReads, path)
		}
	}
	slices.Sort(k.plan.FeeReads)
}

// feeWords takes the words of the lines: their names, and why somebody pays less.
func feeWords(t *plan.Texts, s *catalog.Service) {
	for i := range s.Fees {
		f := &s.Fees[i]
		t.Fees[f.Code.Value] = text(f.Title)
		for j := range f.Exempt {
			t.Fees[f.Code.Value+"/exempt/"+strconv.Itoa(j)] = text(f.Exempt[j].Title)
		}
		for j := range f.Rebates {
			t.Fees[f.Code.Value+"/rebate/"+strconv.Itoa(j)] = text(f.Rebates[j].Title)
		}
	}
	for i := range s.Subtotals {
		if s.Subtotals[i].Title.Len() > 0 {
			t.Fees[s.Subtotals[i].Code.Value] = text(s.Subtotals[i].Title)
		}
	}
}

// factWords takes the titles of the facts in rows, with the days of their rows.
func factWords(t *plan.Texts, s *catalog.Service) {
	for i := range s.Facts.Entries {
		e := &s.Facts.Entries[i]
		if e.Value.Title.Len() == 0 || len(e.Value.Cases) == 0 {
			continue
		}
		f := plan.FactText{Title: text(e.Value.Title)}
		for j := range e.Value.Cases {
			f.Rows = append(f.Rows, plan.RowDays{Since: e.Value.Cases[j].Since.Value, Until: e.Value.Cases[j].Until.Value})
		}
		if t.Facts == nil {
			t.Facts = map[string]plan.FactText{}
		}
		t.Facts[e.Key.Value] = f
	}
}
