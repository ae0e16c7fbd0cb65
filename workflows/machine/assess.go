package machine

import (
	"errors"
	"math"
	"slices"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// errBadFee: a fee line is negative, in another currency or too large.
var errBadFee = errors.New("a fee line is negative, in another currency or too large")

// assess works out the fee lines of a payment in the order of the plan. Lines of earlier payments are read as they were frozen; one that is
// not due is zero.
func (r *run) assess(n *node) (*activity.Assessment, error) {
	if len(r.p.plan.FeeReads) > 0 { // what only fees read is forgotten again
		before, local := r.values.share(), r.local
		if local != nil {
			local.share()
		}
		defer func() { r.values, r.local = before, local }()
	}
	known := r.feeValues()
	a := &activity.Assessment{Currency: r.p.plan.Currency, Lines: make([]activity.Line, 0, len(n.fees))}
	sums := 0
	for _, f := range n.fees {
		if err := r.sumsBefore(n, a, known, f.order, &sums); err != nil {
			return nil, err
		}
		line, due, err := r.line(f)
		if err != nil {
			return nil, err
		}
		r.mark(Mark{What: FeeMark, Name: f.Code, Held: due})
		if !due {
			continue
		}
		if line.Amount > math.MaxInt64-a.Total {
			return nil, errBadFee
		}
		known.set(f.Code, line.Amount)
		a.Lines = append(a.Lines, line)
		a.Total += line.Amount
	}
	if err := r.sumsBefore(n, a, known, len(r.p.plan.Fees), &sums); err != nil {
		return nil, err
	}
	whole, ok := r.p.total.of(a.Total)
	if !ok {
		return nil, errBadFee
	}
	a.Total = whole
	for _, l := range a.Lines {
		whole -= l.Amount
	}
	if whole != 0 { // what rounding has made of subtotals and of the total
		a.Lines = append(a.Lines, activity.Line{Fee: activity.RoundingLine, Amount: whole})
	}
	if a.Tariff = r.view().tariff; a.Tariff == "" && r.s.Tariff != nil {
		a.Tariff = r.s.Tariff.Version
	}
	return a, nil
}

// sumsBefore rounds the subtotals that are known before the fee of a place is worked out, each once and in the order of the plan's list.
func (r *run) sumsBefore(n *node, a *activity.Assessment, known *feeValues, place int, next *int) error {
	for *next < len(r.p.sums) && r.p.sums[*next].after < place {
		s := &r.p.sums[*next]
		*next++
		exact := int64(0)
		here := false
		for _, line := range s.Of {
			amount := known.of(line)
			if amount > math.MaxInt64-exact {
				return errBadFee
			}
			exact += amount
			here = here || slices.ContainsFunc(a.Lines, func(l activity.Line) bool { return l.Fee == line })
		}
		rounded, ok := s.round.of(exact)
		if !ok || rounded-exact > math.MaxInt64-a.Total {
			return errBadFee
		}
		known.set(s.Code, rounded)
		if !here {
			continue
		}
		a.Sums = append(a.Sums, activity.Sum{Code: s.Code, Exact: exact, Rounded: rounded})
		if s.round != nil && s.round.adds {
			a.Total += rounded - exact
		}
	}
	return nil
}

// line works out one line; due is false where its condition does not hold.
func (r *run) line(f *fee) (line activity.Line, due bool, err error) {
	if f.when != nil {
		if due, err = r.holds(f.when); err != nil || !due {
			return line, false, err
		}
	}
	full, err := r.amount(f.amount)
	if err != nil {
		return line, false, err
	}
	line = activity.Line{Fee: f.Code, Amount: full, Head: f.Head, Deposit: f.Deposit, HeldWith: f.HeldWith, Rows: r.rowsHeld(f)}
	change := func(kind string, index int, to int64) {
		if to != line.Amount || kind == "exempt" {
			line.Full = full
			line.Changes = append(line.Changes, activity.Adjustment{Kind: kind, Index: index, By: to - line.Amount})
			r.mark(Mark{What: ChangeMark, Name: f.Code, Kind: kind, At: index, Held: true})
			line.Amount = to
		}
	}
	for i, e := range f.exempt {
		holds, err := r.holds(e)
		if err != nil {
			return line, false, err
		}
		if holds {
			change("exempt", i, 0)
			return line, true, nil
		}
	}
	for i := range f.rebates {
		to, err := r.rebated(&f.rebates[i], line.Amount)
		if err != nil {
			return line, false, err
		}
		change("rebate", i, to)
	}
	for _, bound := range []struct {
		kind string
		e    *expression
		pick func(a, b int64) int64
	}{{"atLeast", f.atLeast, func(a, b int64) int64 { return max(a, b) }}, {"atMost", f.atMost, func(a, b int64) int64 { return min(a, b) }}} {
		if bound.e == nil {
			continue
		}
		limit, err := r.amount(bound.e)
		if err != nil {
			return line, false, err
		}
		change(bound.kind, 0, bound.pick(line.Amount, limit))
	}
	rounded, ok := f.round.of(line.Amount)
	if !ok {
		return line, false, errBadFee
	}
	change("round", 0, rounded)
	line.Shares, err = f.split(line.Amount)
	return line, true, err
}

// rowsHeld says which rows held of the facts that a line reads. A fact that has no value is not needed, or the line would have none.
func (r *run) rowsHeld(f *fee) []activity.FactRow {
	var out []activity.FactRow
	for _, i := range f.inRows {
		fact := &r.p.facts[i]
		if n, err := r.eval(fact.number); err == nil {
			out = append(out, activity.FactRow{Fact: fact.name, Row: int(n.(int64))})
		}
	}
	return out
}

// rebated is what a rebate leaves, never below zero.
func (r *run) rebated(b *rebate, amount int64) (int64, error) {
	if b.when != nil {
		if holds, err := r.holds(b.when); err != nil || !holds {
			return amount, err
		}
	}
	if b.amount != nil {
		off, err := r.amount(b.amount)
		return max(0, amount-off), err
	}
	off, err := formula.Money{Minor: amount}.Percent(b.percent)
	return max(0, amount-off.Minor), err
}

func (r *run) holds(e *expression) (bool, error) {
	v, err := r.eval(e)
	return v == true, err
}

// amount is the value of a formula of money, which is never below zero.
func (r *run) amount(e *expression) (int64, error) {
	v, err := r.eval(e)
	if err != nil {
		return 0, err
	}
	m, ok := v.(formula.Money)
	if !ok || m.Minor < 0 || m.Currency != r.p.plan.Currency {
		return 0, errBadFee
	}
	return m.Minor, nil
}

// split gives each authority its part; what rounding leaves goes to the first.
func (f *fee) split(amount int64) ([]activity.Share, error) {
	if len(f.shares) == 0 || amount == 0 {
		return nil, nil
	}
	out := make([]activity.Share, len(f.shares))
	rest := amount
	for i := 1; i < len(f.shares); i++ {
		part, err := formula.Money{Minor: amount}.Percent(f.shares[i].percent)
		if err != nil || part.Minor > rest {
			return nil, errBadFee
		}
		out[i] = activity.Share{Authority: f.shares[i].authority, Amount: part.Minor}
		rest -= part.Minor
	}
	out[0] = activity.Share{Authority: f.shares[0].authority, Amount: rest}
	return out, nil
}

// feeValues are what lines and subtotals came to, as later lines read them.
type feeValues struct {
	currency string
	amounts  map[string]int64
	root     map[string]any // roots["fees"] of this assessment alone; nil where no line reads another
}

func (k *feeValues) of(code string) int64 { return k.amounts[code] }

func (k *feeValues) set(code string, amount int64) {
	if k.amounts == nil { // nobody reads it
		return
	}
	k.amounts[code] = amount
	if k.root != nil {
		k.root[code] = formula.Money{Minor: amount, Currency: k.currency}
	}
}

// feeValues lets the formulas of fees read the lines that were assessed before, and the day.
func (r *run) feeValues() *feeValues {
	k := &feeValues{currency: r.p.plan.Currency}
	if len(r.p.plan.FeeReads) == 0 && len(r.p.sums) == 0 {
		return k
	}
	k.amounts = make(map[string]int64, len(r.p.plan.Fees))
	for _, a := range r.s.Assessments {
		for _, l := range a.Lines {
			k.amounts[l.Fee] = l.Amount
		}
		for _, s := range a.Sums {
			k.amounts[s.Code] = s.Rounded
		}
	}
	if len(r.p.plan.FeeReads) == 0 {
		return k
	}
	days := map[string]any{}
	if given, is := r.view().roots["asOf"].(map[string]any); is {
		for name, v := range given {
			days[name] = v
		}
	}
	if today, err := formula.ParseDate(dayOf(r.at, r.p.zone).String()); err == nil {
		days["assessed"] = today
	}
	v := r.view().with("asOf", days)
	k.root = make(map[string]any, len(r.p.plan.Fees)+len(r.p.sums))
	for i := range r.p.plan.Fees {
		k.set(r.p.plan.Fees[i].Code, k.amounts[r.p.plan.Fees[i].Code])
	}
	for i := range r.p.sums {
		k.set(r.p.sums[i].Code, k.amounts[r.p.sums[i].Code])
	}
	v.roots["fees"] = k.root // with has made v its own
	if r.t().Scope == 0 {
		r.values = v
	} else {
		r.local, r.localOf = v, r.t().Scope
	}
	return k
}
