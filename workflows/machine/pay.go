package machine

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// pay freezes what is due and waits for it; nothing due passes at once.
func (r *run) pay(n *node) (outcome string, on bool) {
	lines, total, err := r.assess(n)
	if err != nil {
		r.noValue(err)
		return "", false
	}
	if n.Pay.Share > 0 || n.Pay.Rest || len(r.s.Assessments) > 0 {
		lines, total = r.owed(n, lines)
	}
	if r.dry {
		r.s.Assessments = append(slices.Clip(r.s.Assessments), Assessment{Node: r.t().Node, Visit: r.t().Visit, Lines: lines, Total: total})
		return "", false
	}
	if total == 0 {
		return Paid, true
	}
	if !r.arm(n) {
		return "", false
	}
	r.t().Whole, r.t().Part = nil, 0
	if in := n.Pay.Instalments; in != nil {
		r.t().Whole = lines
		lines, total = part(lines, 0, in.Count)
	}
	r.demand(lines, total)
	return "", false
}

// demand freezes what is due now and asks for its payment.
func (r *run) demand(lines []activity.Line, total int64) {
	at := r.t()
	r.s.Assessments = append(slices.Clip(r.s.Assessments), Assessment{Node: at.Node, Visit: at.Visit, Lines: lines, Total: total})
	at.Task = &Task{Kind: PaymentTask, Role: Gateway, Actions: payments}
	a := &activity.Assessment{Currency: r.p.plan.Currency, Lines: lines, Total: total, DueAt: r.dueAt()}
	if a.Tariff = r.view().tariff; a.Tariff == "" && r.s.Tariff != nil {
		a.Tariff = r.s.Tariff.Version
	}
	r.effect(activity.Assess).Assessment = a
}

// errBadFee: a fee line is negative, in another currency or too large.
var errBadFee = errors.New("a fee line is negative, in another currency or too large")

// assess evaluates the fee lines that apply.
func (r *run) assess(n *node) (lines []activity.Line, total int64, err error) {
	lines = make([]activity.Line, 0, len(n.fees))
	for _, f := range n.fees {
		if f.when != nil {
			applies, err := r.eval(f.when)
			if err != nil {
				return nil, 0, err
			}
			if applies != true {
				r.mark(Mark{What: FeeMark, Name: f.code})
				continue
			}
		}
		v, err := r.eval(f.amount)
		if err != nil {
			return nil, 0, err
		}
		m, ok := v.(formula.Money)
		if !ok || m.Minor < 0 || m.Currency != r.p.plan.Currency || m.Minor > math.MaxInt64-total {
			return nil, 0, errBadFee
		}
		r.mark(Mark{What: FeeMark, Name: f.code, Held: true})
		lines = append(lines, activity.Line{Fee: f.code, Amount: m.Minor})
		total += m.Minor
	}
	return lines, total, nil
}

var payments = []string{Paid}

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
			r.close(calledOff, "")
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
	r.s.Tokens = nil
}

// wasPaid tells whether something was paid for a fee that is not settled yet.
func (r *run) wasPaid(fee string) bool {
	return !slices.Contains(r.s.Settled, fee) && slices.ContainsFunc(r.s.Assessments, func(a Assessment) bool {
		return a.Paid && slices.ContainsFunc(a.Lines, func(l activity.Line) bool { return l.Fee == fee && l.Amount > 0 })
	})
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
