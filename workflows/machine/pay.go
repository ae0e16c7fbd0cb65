package machine

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// pay freezes what is due and waits for it; nothing due passes at once.
func (r *run) pay(n *node) (outcome string, on bool) {
	a, err := r.assess(n)
	if err != nil {
		r.noValue(err)
		return "", false
	}
	var less []Less
	if n.Pay.Share > 0 || n.Pay.Rest || len(r.s.Assessments) > 0 {
		a.Lines, a.Total, less = r.owed(n, a.Lines)
	}
	if r.dry {
		r.freeze(a, less)
		return "", false
	}
	if a.Total == 0 {
		if changed(a.Lines) || len(less) > 0 { // that somebody need not pay, and why, is kept
			r.freeze(a, less)
			r.effect(activity.Assess).Assessment = a
		}
		return Paid, true
	}
	if !r.arm(n) {
		return "", false
	}
	t := r.t()
	t.Whole, t.Part, t.Parts, t.Since = nil, 0, 0, nil
	if in := n.Pay.Instalments; in != nil {
		t.Whole, t.Parts = a.Lines, in.Count
		first, err := r.instalment(n, a.Tariff)
		if err != nil {
			r.incident(NoCalendar)
			return "", false
		}
		first.Sums = a.Sums
		a = first
	}
	r.demand(a, less)
	return "", false
}

func changed(lines []activity.Line) bool {
	return slices.ContainsFunc(lines, func(l activity.Line) bool { return len(l.Changes) > 0 })
}

// freeze keeps an assessment in the state: whatever changes later, this is what was asked for, and what goes back of earlier payments.
func (r *run) freeze(a *activity.Assessment, less []Less) {
	at := r.t()
	for _, l := range less {
		of := &r.s.Assessments[l.Of]
		a.Less = append(a.Less, activity.Less{Node: r.p.nodes[of.Node].Key, Visit: of.Visit, Lines: l.Lines, Whole: l.Whole})
	}
	r.s.Assessments = append(slices.Clip(r.s.Assessments),
		Assessment{Node: at.Node, Visit: at.Visit, Lines: a.Lines, Sums: a.Sums, Total: a.Total, Tariff: a.Tariff, Less: less})
}

// demand freezes what is due now and asks for its payment.
func (r *run) demand(a *activity.Assessment, less []Less) {
	r.freeze(a, less)
	r.t().Task = &Task{Kind: PaymentTask, Role: Gateway, Actions: payments}
	a.DueAt = r.dueAt()
	a.Late = r.mayBeLate()
	r.effect(activity.Assess).Assessment = a
}

var payments = []string{Paid}

// mayBeLate tells that what the current token waits for can still be given after it was due: being late is only told to somebody.
func (r *run) mayBeLate() bool {
	for _, m := range r.t().Clock {
		if m.Then != plan.Remind {
			return m.Then == plan.Escalate
		}
	}
	return false
}

// paid marks the assessment of the current token's payment.
func (r *run) paid() {
	as, t := slices.Clone(r.s.Assessments), r.t()
	for i := range as {
		if as[i].Node == t.Node && as[i].Visit == t.Visit {
			as[i].Paid = true
		}
	}
	r.s.Assessments = as
}

// end ends the application: what was paid goes back or stays as the end says, line by line.
func (r *run) end(n *node) {
	at := r.t().ID
	for i := range r.s.Tokens { // what runs in other branches ends with it
		if r.s.Tokens[i].ID != at && r.s.Tokens[i].Visit > 0 {
			r.cur = i
			r.close(CalledOff, "")
		}
	}
	r.cur = indexOf(r.s.Tokens, at)
	var refunds []activity.LineRefund
	for _, x := range n.End.Refund {
		if r.wasPaid(x.Fee) {
			refunds = append(refunds, activity.LineRefund{Fee: x.Fee, What: x.What})
		}
	}
	if len(refunds) > 0 {
		r.effect(activity.Refund).Refunds = refunds
	}
	e := r.effect(activity.Ended)
	e.Outcome = n.End.Outcome
	if n.End.Reason {
		e.Reason = n.Key
	}
	r.s.Status, r.s.Outcome, r.s.Node = Ended, n.End.Outcome, r.t().Node
	r.branchesOver(func(int) bool { return true })
	r.s.Tokens = nil
	r.leaveOpen()
	if r.s.Until == nil { // else what stands may still have to be taken back
		r.s.Written = nil
	}
}

// wasPaid tells whether something was paid for a fee that is not settled yet and has not gone back by a correction.
func (r *run) wasPaid(fee string) bool {
	if slices.Contains(r.s.Settled, fee) {
		return false
	}
	for i := range r.s.Assessments {
		if r.s.Assessments[i].Paid && r.s.kept(i, fee) > 0 {
			return true
		}
	}
	return false
}

// same tells whether two JSON values are the same text but for white space; an absent value is the same as null.
func same(a, b json.RawMessage) bool {
	var x, y bytes.Buffer
	for _, v := range []struct {
		raw json.RawMessage
		to  *bytes.Buffer
	}{{a, &x}, {b, &y}} {
		if len(v.raw) == 0 {
			v.to.WriteString("null")
		} else if json.Compact(v.to, v.raw) != nil {
			return false
		}
	}
	return bytes.Equal(x.Bytes(), y.Bytes())
}
