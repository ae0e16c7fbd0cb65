package check

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// feeFormula is one formula of a fee line, with what it must give and the conditions under which alone it is evaluated.
type feeFormula struct {
	text   source.Text
	want   formula.Type
	guards []source.Text
}

func feeFormulas(f *catalog.Fee) []feeFormula {
	out := []feeFormula{{f.When, yesNo, nil}, {f.Amount, money, []source.Text{f.When}}}
	for i := range f.Exempt {
		out = append(out, feeFormula{f.Exempt[i].When, yesNo, []source.Text{f.When}})
	}
	for i := range f.Rebates {
		r := &f.Rebates[i]
		out = append(out, feeFormula{r.When, yesNo, []source.Text{f.When}}, feeFormula{r.Amount, money, []source.Text{f.When, r.When}})
	}
	return append(out, feeFormula{f.AtLeast, money, []source.Text{f.When}}, feeFormula{f.AtMost, money, []source.Text{f.When}})
}

// feeLines looks at what is taken off, rounded and shared of each line, and at what lines read of each other.
func feeLines(p *pass) {
	s := p.service
	for i := range s.Fees {
		f := &s.Fees[i]
		if f.Code.Value == catalog.RoundingLine {
			p.add(problem("code", f.Code.Range(), "this {what} cannot have the code {code:q}", "code", f.Code.Value, "what", diag.Phrase("fee")).
				WithHelp("The line that shows what rounding has made of the total is called so."))
		}
		reductions(p, f)
		roundedTo(p, f.Round)
		if f.Round != nil && f.Round.Has("difference") {
			p.add(problem("rounding", f.Round.KeyRange("difference"), "a single line leaves no difference: what it comes to is what is due").WithHelp("Remove difference."))
		}
		payees(p, f)
	}
	sums(p)
	if s.Total != nil {
		roundedTo(p, s.Total.Round)
		bearer(p, s.Total.Round, true)
	}
	for _, at := range p.positions {
		earlier(p, at)
		assessedDay(p, at)
	}
}

// reductions: an exemption leaves something to pay for others, and a rebate is a part of the line.
func reductions(p *pass, f *catalog.Fee) {
	for i := range f.Exempt {
		if w := f.Exempt[i].When; strings.TrimSpace(w.Value) == "true" || f.When.Value != "" && w.Value == f.When.Value {
			p.add(problem("always-exempt", w.Range(), "whoever the fee {fee} is due from is exempt from it", "fee", f.Code.Value).
				WithHelp("Remove the line, or say who is exempt."))
		}
	}
	for i := range f.Rebates {
		r := &f.Rebates[i]
		if r.Has("percent") == r.Has("amount") {
			p.add(problem("rebate", r.Head(), "a rebate is a percentage or an amount").WithHelp("Write percent: 20, or amount: with a formula."))
			continue
		}
		if r.Has("percent") && !percentage(r.Percent.Value, true) {
			p.add(problem("rebate", r.Percent.Range(), "{value:q} is no percentage above 0 and up to 100", "value", r.Percent.Value).WithHelp("Write 20 or 12.5.").
				WithSuggestion(plainly(r.Percent.Value)))
		} else if r.Percent.Value == "100" {
			p.add(problem("rebate", r.Percent.Range(), "nothing is left of the line").WithHelp("Write it under exempt."))
		}
	}
}

// percentage tells a number above 0 and up to 100.
func percentage(text string, whole bool) bool {
	d, err := formula.ParseDecimal(text)
	zero, hundred := formula.NewDecimal(0, 0), formula.NewDecimal(100, 0)
	return err == nil && d.Cmp(zero) > 0 && (d.Cmp(hundred) < 0 || whole && d.Cmp(hundred) == 0)
}

// roundedTo: the unit is an amount in the currency of the catalogue.
func roundedTo(p *pass, r *catalog.Rounding) {
	if r == nil || r.To.IsZero() {
		return
	}
	currency := p.catalogue.Settings.Currency.Value
	m, err := formula.ParseMoney(r.To.Value)
	switch {
	case err != nil || m.Minor <= 0:
		p.add(problem("rounding", r.To.Range(), "{value:q} is no unit to which {currency} is rounded", "value", r.To.Value, "currency", currency).
			WithHelp("Write an amount with no more decimals than the currency has: 0.50 {currency}.", "currency", currency).WithSuggestion(plainly(r.To.Value)))
	case m.Currency != currency:
		p.add(problem("other-currency", r.To.Range(), "the amount is in {have}, but fees of the catalogue are in {want}", "have", m.Currency, "want", currency).WithHelp("Write it in {want}.", "want", currency))
	case m.Minor == 1:
		p.add(warning("rounding", r.To.Range(), "every amount is a whole number of {unit} already", "unit", r.To.Value).WithHelp("Remove round, or write a larger unit."))
	}
}

// bearer: it is written who bears the difference, and the way of rounding keeps that promise.
func bearer(p *pass, r *catalog.Rounding, total bool) {
	switch {
	case r == nil:
	case !r.Has("difference"):
		p.add(problem("no-bearer", r.Head(), "it is not written who bears the difference that rounding makes").
			WithHelp("Write difference: authority where the applicant is never asked for more than the exact sum, else difference: applicant."))
	case total && r.Difference == catalog.AuthorityBears && r.Way != catalog.RoundDown && r.Way != "":
		p.add(problem("no-bearer", r.RangeOf("difference"), "rounded {way}, the applicant may be asked for more than the exact sum", "way", string(r.Way)).
			WithHelp("Write way: down, or difference: applicant."))
	}
}

// payees: who receives a line and the head under which it is earned exist, and the parts are the whole.
func payees(p *pass, f *catalog.Fee) {
	if f.Has("payee") {
		knownAuthority(p.catalogue, f.Payee, p.add)
		if f.Has("split") {
			p.add(problem("split", f.KeyRange("split"), "the line has a payee and is split").WithHelp("Remove one of the two."))
		}
	}
	if h := f.Revenue; !h.IsZero() && p.catalogue.Head(h.Value) == nil {
		var have []string
		for i := range p.catalogue.Settings.Heads {
			have = append(have, p.catalogue.Settings.Heads[i].Code.Value)
		}
		p.add(unknown("revenue head", h, have))
	}
	if !f.Has("split") {
		return
	}
	if f.Deposit {
		p.add(problem("split", f.KeyRange("split"), "a deposit is held by one authority").WithHelp("Remove split; say who gets it in the step that forfeits it."))
	}
	sum, read := formula.NewDecimal(0, 0), f.Split.Len() > 0
	for _, e := range f.Split.Entries {
		knownAuthority(p.catalogue, e.Key, p.add)
		if !percentage(e.Value.Value, false) {
			read = false
			p.add(problem("split", e.Value.Range(), "{value:q} is no share above 0 and below 100", "value", e.Value.Value).WithHelp("Write percent, such as 30 or 12.5.").
				WithSuggestion(plainly(e.Value.Value)))
			continue
		}
		d, _ := formula.ParseDecimal(e.Value.Value)
		sum = sum.Plus(d)
	}
	if read && sum.Cmp(formula.NewDecimal(100, 0)) != 0 {
		p.add(problem("split", f.RangeOf("split"), "the shares are {sum} percent together, not 100", "sum", sum.String()).WithHelp("Let them be the whole: {transport: 70, municipality: 30}."))
	}
}

// sums looks at subtotals.
func sums(p *pass) {
	s := p.service
	var have []string
	for i := range s.Fees {
		have = append(have, s.Fees[i].Code.Value)
	}
	for i := range s.Subtotals {
		t := &s.Subtotals[i]
		if len(t.Of) == 0 && t.Has("of") {
			p.add(problem("subtotal", t.RangeOf("of"), "the subtotal sums no line").WithHelp("Name the lines: of: [renewal, stamp]."))
		}
		steps := map[int]bool{}
		for j, line := range t.Of {
			if s.Fee(line.Value) == nil {
				p.add(unknown("fee", line, have))
				continue
			}
			if slices.Index(values(t.Of), line.Value) < j {
				p.add(problem("twice", line.Range(), "the line {fee} is summed twice", "fee", line.Value).WithHelp("Remove one of the two."))
			}
			steps[firstPaid(s, line.Value)] = true
		}
		roundedTo(p, t.Round)
		bearer(p, t.Round, false)
		if t.Round != nil && t.Round.Difference == catalog.ApplicantBears && len(steps) > 1 {
			p.add(problem("subtotal", t.RangeOf("of"), "the lines are paid in several steps, so that no payment can ask for the difference").
				WithHelp("Let one step ask for them, or write difference: authority."))
		}
	}
}

// earlier: a line reads only what has been worked out before it.
func earlier(p *pass, at *position) {
	if at.fee == nil || at.formula == nil {
		return
	}
	s := p.service
	self := lineIndex(s, at.fee.Code.Value)
	told := map[string]bool{}
	for _, path := range at.formula.Reads() {
		name, is := strings.CutPrefix(path, catalog.FeesRoot+".")
		if !is || told[name] {
			continue
		}
		told[name] = true
		needed := []string{name}
		if t := s.Subtotal(name); t != nil {
			needed = values(t.Of)
		}
		for _, line := range needed {
			i := lineIndex(s, line)
			if i < 0 {
				continue
			}
			switch {
			case i >= self:
				p.add(problem("fee-too-early", where(at.text, catalog.FeesRoot, catalog.FeesRoot+"."+name), "{name} is read before {line} is worked out", "name", catalog.FeesRoot+"."+name, "line", line).
					WithRelated(s.Fees[i].Code.Range(), "the line").WithHelp("Lines are worked out in their order: put what is read first."))
			case firstPaid(s, line) > firstPaid(s, at.fee.Code.Value):
				p.add(problem("fee-too-early", where(at.text, catalog.FeesRoot, catalog.FeesRoot+"."+name), "{line} is assessed in a later step than this line", "line", line).
					WithRelated(s.Fees[i].Code.Range(), "the line").WithHelp("Let one step ask for both, or the later one for this line."))
			default:
				continue
			}
			break
		}
	}
}

// firstPaid is the place among all steps of the first that asks for the line; behind all where none does.
func firstPaid(s *catalog.Service, line string) int {
	i := 0
	for step := range s.AllSteps() {
		if slices.Contains(values(step.Pay), line) {
			return i
		}
		i++
	}
	return i
}

func lineIndex(s *catalog.Service, code string) int {
	return slices.IndexFunc(s.Fees, func(f catalog.Fee) bool { return f.Code.Value == code })
}

// assessedDay: what the day of the assessment chooses is read only when fees are assessed.
func assessedDay(p *pass, at *position) {
	if at.assess || at.formula == nil || p.tariffDay == nil || p.tariffDay.formula == nil || at.form {
		return
	}
	if through, reads := p.reads(at.formula)[catalog.AsOfRoot+"."+catalog.AssessedDay]; reads {
		p.add(problem("tariff-too-early", where(at.text, catalog.TariffRoot, through), "the tariff is read here, but it is chosen only when fees are assessed").
			WithHelp("Read it in the formulas of fees, or let another day choose it."))
	}
}
