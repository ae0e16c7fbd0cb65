package machine

import (
	"slices"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// Less is what goes back of an earlier payment whose fees a correction has made less. The earlier assessment stays as it was frozen.
type Less struct {
	Of    int             `json:"of"`    // index of that assessment in State.Assessments
	Lines []activity.Line `json:"lines"` // as activity.Less.Lines
	Whole bool            `json:"whole,omitempty"`
}

// kept is what was asked for a fee by the i-th assessment, less what has gone back of it since.
func (s *State) kept(i int, fee string) (sum int64) {
	sum = sumOf(s.Assessments[i].Lines, fee)
	for _, a := range s.Assessments {
		for _, l := range a.Less {
			if l.Of == i {
				sum += sumOf(l.Lines, fee)
			}
		}
	}
	return sum
}

func allOf(lines []activity.Line) (all int64) {
	for _, l := range lines {
		all += l.Amount
	}
	return all
}

func sumOf(lines []activity.Line, fee string) (sum int64) {
	for _, l := range lines {
		if l.Fee == fee {
			sum += l.Amount
		}
	}
	return sum
}

// owing weighs what was assessed anew against what was paid before. Lines are never set off against each other: what one has become more is asked
// for, what another has become less goes back, from whoever had it and the way on which it came.
type owing struct {
	due    []activity.Line
	before []*earlier
	most   int64 // that may go back
}

// earlier is a payment that counts.
type earlier struct {
	of       int             // index of its assessment
	fees     int64           // what is left of its fees
	rounding int64           // and of its line of rounding
	back     []activity.Line // below zero, of fees
	sum      int64           // that goes back, once the rounding is known
}

// earlierPaid are the payments that count when the current token comes to a payment, the newest first.
func (r *run) earlierPaid(rest bool) (out []*earlier) {
	for i := len(r.s.Assessments) - 1; i >= 0; i-- {
		a := &r.s.Assessments[i]
		if !a.Paid || !rest && !(a.Node == r.t().Node && a.Superseded) {
			continue
		}
		e := &earlier{of: i, rounding: r.s.kept(i, activity.RoundingLine)}
		var seen []string
		for _, l := range a.Lines {
			if l.Fee != activity.RoundingLine && !slices.Contains(seen, l.Fee) {
				seen = append(seen, l.Fee)
				e.fees += r.s.kept(i, l.Fee)
			}
		}
		out = append(out, e)
	}
	return out
}

// paidBefore is what was paid for a fee, and is kept.
func (r *run) paidBefore(o *owing, fee string) (sum int64) {
	for _, e := range o.before {
		sum += r.s.kept(e.of, fee)
	}
	return max(sum, 0)
}

// left is what was paid before, and is kept.
func (o *owing) left() (all int64) {
	for _, e := range o.before {
		all += e.fees + e.rounding
	}
	return all
}

// takeOff lets an amount of a fee go back, from the newest payments first. Deposits that were settled stay as they are.
func (r *run) takeOff(n *node, o *owing, fee string, amount int64) {
	if slices.Contains(r.s.Settled, fee) {
		return
	}
	for _, e := range o.before {
		a := &r.s.Assessments[e.of]
		by := min(amount, o.most, r.s.kept(e.of, fee))
		if n.Pay.Share > 0 { // the rest sees to what rounding has made of it
			by = min(by, e.fees+e.rounding)
		}
		at := slices.IndexFunc(a.Lines, func(l activity.Line) bool { return l.Fee == fee })
		if by <= 0 || at < 0 || a.Node < 0 || a.Node >= len(r.p.nodes) { // the last of another plan, whose step has gone
			continue
		}
		l := a.Lines[at]
		e.back = append(e.back, activity.Line{Fee: fee, Amount: -by, Head: l.Head, Deposit: l.Deposit})
		e.fees -= by
		e.sum += by
		o.most -= by
		amount -= by
	}
}

// roundOwed brings what rounding has made of the total to what it is now. It is asked for, or taken from what is asked for; where nothing is, it is
// added to what goes back, or taken from that. With the last fee of a payment its line of rounding goes back, as far as that is not kept for this.
func (r *run) roundOwed(o *owing, now activity.Line) {
	change, asked := now.Amount, allOf(o.due)
	for _, e := range o.before {
		switch left := e.fees + e.rounding; {
		case e.empty():
			e.sum, e.rounding = e.sum+e.rounding, 0
		case left < 0: // it gives back no more than there is
			e.sum, e.rounding = e.sum+left, e.rounding-left
		}
		change -= e.rounding
	}
	if asked > 0 && asked+change >= 0 {
		if change != 0 {
			o.due = append(o.due, cut(now, change))
		}
		return
	}
	if asked > 0 { // what little is asked for is less than what rounding takes off
		o.due = nil
	}
	change += asked
	for _, empty := range []bool{false, true} {
		for _, e := range o.before {
			if e.empty() != empty {
				continue
			}
			left := e.rounding + e.fees // beside what goes back
			by := min(max(change, -left), e.sum)
			e.sum, e.rounding, change = e.sum-by, e.rounding+by, change-by
		}
	}
	if change > 0 { // shares that were paid for less
		o.due = append(o.due, cut(now, change))
	}
}

// empty tells that every fee of it goes back.
func (e *earlier) empty() bool { return e.fees == 0 && len(e.back) > 0 }

// goesBack are the lines that have become less, by the payment of which they go back.
func (r *run) goesBack(o *owing) (out []Less) {
	for _, e := range o.before {
		if e.sum <= 0 {
			continue
		}
		lines := e.back
		if rounding := e.sum + allOf(lines); rounding != 0 {
			lines = append(lines, activity.Line{Fee: activity.RoundingLine, Amount: -rounding})
		}
		out = append(out, Less{Of: e.of, Lines: lines, Whole: e.empty()})
	}
	return out
}
