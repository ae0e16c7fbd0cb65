package machine

import (
	"math"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// owed is what of assessed lines is asked for: a share, the rest, or what payments that were forgotten have not covered, and what of these goes
// back, because it has become less since. Lines of which nothing is left to ask for are dropped. A share that was paid goes back only where it is
// more than the whole: before that, it makes the rest less.
func (r *run) owed(n *node, lines []activity.Line) (due []activity.Line, total int64, less []Less) {
	all := owing{before: r.earlierPaid(true)}
	o := owing{before: r.earlierPaid(n.Pay.Rest), most: math.MaxInt64}
	if n.Pay.Share > 0 {
		o.most = all.left() - allOf(lines)
	}
	rounding := activity.Line{Fee: activity.RoundingLine}
	for _, l := range lines {
		if l.Fee == activity.RoundingLine {
			rounding = l
			continue
		}
		before, asks := r.paidBefore(&o, l.Fee), l.Amount
		if asks -= before; n.Pay.Share > 0 {
			asks = min(portion(l.Amount, int64(n.Pay.Share), 100)-before, l.Amount-r.paidBefore(&all, l.Fee))
		}
		switch {
		case before > l.Amount:
			r.takeOff(n, &o, l.Fee, before-l.Amount)
		case asks > 0 || asks == l.Amount: // also nothing, and why
			o.due = append(o.due, cut(l, asks))
		}
	}
	for _, f := range n.fees { // what is not due at all any more
		if !slices.ContainsFunc(lines, func(l activity.Line) bool { return l.Fee == f.Code }) {
			r.takeOff(n, &o, f.Code, r.paidBefore(&o, f.Code))
		}
	}
	if n.Pay.Share == 0 { // else it stands in the rest
		r.roundOwed(&o, rounding)
	}
	return o.due, allOf(o.due), r.goesBack(&o)
}

// portion is amount * part / whole, a half rounded to the even number; it does not overflow where part <= whole.
func portion(amount, part, whole int64) int64 {
	q, rest := amount/whole*part, amount%whole*part
	q += rest / whole
	switch twice := rest % whole * 2; {
	case twice > whole, twice == whole && q%2 != 0:
		q++
	}
	return q
}

// part is the i-th of count parts of lines, the first of which bear what does not divide.
func part(lines []activity.Line, i, count int) (out []activity.Line, total int64) {
	for _, l := range lines {
		if l.Fee == activity.RoundingLine {
			continue
		}
		if amount := piece(l.Amount, i, count); amount > 0 {
			out = append(out, cut(l, amount))
			total += amount
		}
	}
	for _, l := range lines {
		if l.Fee != activity.RoundingLine {
			continue
		}
		if l.Amount = rounded(lines, l.Amount, i, count); l.Amount != 0 {
			out, total = append(out, l), total+l.Amount
		}
	}
	return out, total
}

func piece(amount int64, i, count int) int64 {
	part := amount / int64(count)
	if int64(i) < amount%int64(count) {
		part++
	}
	return part
}

// rounded is what of the line of rounding stands in the i-th part: all of it in the first, or, where that would be nothing then, off the last ones.
func rounded(lines []activity.Line, amount int64, i, count int) int64 {
	bare := func(i int) (sum int64) {
		for _, l := range lines {
			if l.Fee != activity.RoundingLine {
				sum += piece(l.Amount, i, count)
			}
		}
		return sum
	}
	if bare(0)+amount > 0 {
		if i > 0 {
			return 0
		}
		return amount
	}
	for last := count - 1; last > i; last-- {
		amount = min(0, amount+bare(last))
	}
	return max(amount, -bare(i))
}

// cut is the part of a line that is due now, and says so. Its shares shrink with it; the first takes what rounding leaves.
func cut(l activity.Line, amount int64) activity.Line {
	if amount == l.Amount {
		return l
	}
	if len(l.Changes) == 0 {
		l.Full = l.Amount
	}
	l.Changes = append(slices.Clip(l.Changes), activity.Adjustment{Kind: "part", By: amount - l.Amount})
	shares, rest := slices.Clone(l.Shares), amount
	for i := len(shares) - 1; i > 0; i-- {
		shares[i].Amount = min(rest, portion(shares[i].Amount, amount, l.Amount))
		rest -= shares[i].Amount
	}
	if len(shares) > 0 {
		shares[0].Amount = rest
	}
	l.Amount, l.Shares = amount, shares
	return l
}

// instalment is the current part of the whole, and with it the plan: which of how many it is, and what comes after it and when. The days of
// the plan are counted from the first payment, whenever the others are made; before that, from now.
func (r *run) instalment(n *node, tariff string) (*activity.Assessment, error) {
	t := r.t()
	lines, total := part(t.Whole, t.Part, t.Parts)
	a := &activity.Assessment{Currency: r.p.plan.Currency, Lines: lines, Total: total, Tariff: tariff}
	for i := range t.Parts {
		_, amount := part(t.Whole, i, t.Parts)
		if amount == 0 {
			continue
		}
		a.Parts++
		if i <= t.Part {
			a.Part++
			continue
		}
		at, err := r.instalmentDue(n, i)
		if err != nil {
			return nil, err
		}
		a.Coming = append(a.Coming, activity.Coming{Amount: amount, DueAt: at})
	}
	return a, nil
}

// instalmentDue is when the i-th part is due, from 0: the first has the clock of the step.
func (r *run) instalmentDue(n *node, i int) (time.Time, error) {
	from := r.at
	if r.t().Since != nil {
		from = *r.t().Since
	}
	every := n.Pay.Instalments.Every
	return due(plan.Span{Count: every.Count * i, Unit: every.Unit}, from, r.p.zone, r.s.Calendar)
}

// remindedBefore is how long before an instalment is due whoever pays it is told, unless it is asked for later than that.
const remindedBefore = 3 * 24 * time.Hour

// nextInstalment opens the payment after the one that has just been made; false where none is left.
func (r *run) nextInstalment(n *node, actor string) bool {
	in := n.Pay.Instalments
	if in == nil || r.t().Parts == 0 {
		return false
	}
	for r.t().Part++; r.t().Part < r.t().Parts; r.t().Part++ {
		if _, total := part(r.t().Whole, r.t().Part, r.t().Parts); total == 0 {
			continue
		}
		r.close(Paid, actor)
		r.done(Paid, actor)
		if !r.visited {
			r.s.Visits, r.visited = slices.Clone(r.s.Visits), true
		}
		t := r.t()
		r.s.Visits[t.Node]++
		t.Visit = r.s.Visits[t.Node]
		if t.Since == nil {
			at := r.at
			t.Since = &at
		}
		a, err := r.instalment(n, r.usedTariff())
		at := time.Time{}
		if err == nil {
			at, err = r.instalmentDue(n, t.Part)
		}
		if err != nil {
			r.incident(NoCalendar)
			r.t().Task.After = Paid
			return true
		}
		missed := Moment{DueAt: at, Then: in.Missed, In: byDays}
		clock := []Moment{missed}
		if before := at.Add(-remindedBefore); before.After(r.at) {
			clock = []Moment{{DueAt: before, Then: plan.Remind, In: byDays}, missed}
		}
		r.keepClock(clock)
		r.demand(a, nil)
		return true
	}
	return false
}

// lapses tells whether a missed instalment ends the waiting.
func lapses(p *plan.PayNode) bool {
	return p.Instalments != nil && p.Instalments.Missed != plan.Escalate && p.Instalments.Missed != plan.Remind
}

// usedTariff is the version that the last assessment of the current token used.
func (r *run) usedTariff() string {
	for i := len(r.s.Assessments) - 1; i >= 0; i-- {
		if r.s.Assessments[i].Node == r.t().Node {
			return r.s.Assessments[i].Tariff
		}
	}
	return ""
}
