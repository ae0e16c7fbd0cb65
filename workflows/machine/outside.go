package machine

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// compute freezes values; formulas and papers read them from then on.
func (r *run) compute(n *node) (outcome string, on bool) {
	kept := Answered{Result: n.Compute.Result}
	for i, e := range n.with {
		v, err := r.eval(e)
		if err != nil {
			r.noValue(err)
			return "", false
		}
		raw, err := encodeJSON(v)
		if err != nil {
			r.incident(NoValue)
			return "", false
		}
		kept.set(n.arguments[i].Name, raw)
	}
	if !r.learn(kept) {
		r.incident(NoValue)
		return "", false
	}
	r.effect(activity.Keep).Values = kept.Values
	return n.answered, true
}

// notify tells somebody.
func (r *run) notify(n *node) (outcome string, on bool) {
	to := &activity.Notified{Whom: n.Notify.Whom}
	switch n.Notify.Whom {
	case "person":
		var err error
		if to.Person, err = r.text(n.about); err != nil {
			r.noValue(err)
			return "", false
		}
	case "role":
		to.Role = r.p.plan.Authority + ":" + n.Notify.Role
	}
	r.effect(activity.Notice).Notice = to
	return n.answered, true
}

// payOut pays money out and waits until it is known what became of it; nothing to pay passes.
func (r *run) payOut(n *node) (outcome string, on bool) {
	person, err := r.text(n.about)
	if err != nil {
		r.noValue(err)
		return "", false
	}
	v, err := r.eval(n.amount)
	if err != nil {
		r.noValue(err)
		return "", false
	}
	m, is := v.(formula.Money)
	if !is || m.Minor < 0 || m.Currency != r.p.plan.Currency {
		r.incident(BadFee)
		return "", false
	}
	if m.Minor == 0 || r.dry {
		return n.answered, true
	}
	account, err := r.text(n.account)
	if err != nil {
		r.noValue(err)
		return "", false
	}
	r.effect(activity.PayOut).PayOut = &activity.Payout{Person: person, Account: account, Amount: m.Minor, Currency: m.Currency}
	r.t().Task = &Task{Kind: PayoutTask, Role: Gateway, Actions: payouts}
	return "", false
}

var payouts = []string{PaidOut, Failed}

// settle decides about deposits: those that were paid and not settled before.
func (r *run) settle(n *node) (outcome string, on bool) {
	var fees []string
	for _, fee := range n.Settle.Fees {
		if r.wasPaid(fee) {
			fees = append(fees, fee)
		}
	}
	if len(fees) > 0 {
		r.effect(activity.Settle).Settlement = &activity.Settlement{Fees: fees, What: n.Settle.What}
		r.s.Settled = append(slices.Clip(r.s.Settled), fees...)
	}
	return n.answered, true
}

// wait waits for a day, for a length of time, for an event, or for what of these comes first.
func (r *run) wait(n *node) (outcome string, on bool) {
	if !r.arm(n) {
		return "", false
	}
	w, t := n.Wait, r.t()
	over := func(m Moment) {
		i := slices.IndexFunc(t.Clock, func(o Moment) bool { return m.DueAt.Before(o.DueAt) })
		if i < 0 {
			i = len(t.Clock)
		}
		t.Clock = slices.Insert(slices.Clip(t.Clock), i, m)
	}
	if w.For != nil {
		at, err := due(*w.For, r.at, r.p.zone, r.s.Calendar)
		if err != nil {
			r.incident(NoCalendar)
			return "", false
		}
		over(Moment{DueAt: at, Then: timeOver, In: countedIn(w.For.Unit)})
	}
	if n.until != nil {
		v, err := r.eval(n.until)
		if err != nil {
			r.noValue(err)
			return "", false
		}
		on, err := dayIn(v)
		if err != nil {
			r.incident(NoValue)
			return "", false
		}
		begins := on.add(-1).end(r.p.zone) // the day has come when the one before it is over
		if !begins.After(r.at) {
			t.Clock = nil
			return timeOver, true
		}
		over(Moment{DueAt: begins, Then: timeOver})
	}
	if w.Event != "" {
		t.Task = &Task{Kind: EventTask, Role: Events, Actions: []string{w.Event}}
	}
	return "", false
}

// timeOver and happened are the outcomes of a wait.
const (
	timeOver = "over"
	happened = "happened"
)

// happens takes an event from outside to the branches that wait for it.
func (r *run) happens(a *activity.Act) Refusal {
	heard := false
	var waiting []int
	for i := range r.s.Tokens {
		if t := &r.s.Tokens[i]; t.Task != nil && t.Task.Kind == EventTask && t.Task.Actions[0] == a.Action {
			waiting = append(waiting, t.ID)
		}
	}
	for _, id := range waiting {
		if r.s.Status == Ended {
			break
		}
		if r.cur = indexOf(r.s.Tokens, id); r.cur < 0 { // one before it has called it off
			r.cur = 0
			continue
		}
		n := r.node()
		if n.about != nil {
			if about, err := r.text(n.about); err != nil || about != a.About {
				continue
			}
		}
		kept, given, bad := r.brought(n, a)
		if bad != "" {
			return bad
		}
		heard = true
		if given {
			r.learn(kept)
			r.effect(activity.Keep).Values = kept.Values
		}
		r.close(happened, "")
		r.goOn(happened, "")
	}
	if !heard {
		return Closed
	}
	return ""
}

// brought is what an act brings for formulas to read under the node's root; bad where a value is not of its declared type.
func (r *run) brought(n *node, a *activity.Act) (kept Answered, given bool, bad Refusal) {
	root := n.Root()
	if root == "" || r.p.scope[root] == nil {
		return kept, false, ""
	}
	kept.Result = root
	for _, f := range r.p.scope[root] {
		if v, ok := a.Reads[root+"."+f.Name]; ok && !bytes.Equal(v, null) {
			kept.set(f.Name, v)
		}
	}
	if _, err := r.p.decodeRoot(root, kept.Values); err != nil {
		return kept, false, Invalid
	}
	return kept, true, ""
}

var null = json.RawMessage("null")

// draws tells whether an answer to a draw names one of its channels.
func (n *node) draws(values map[string]json.RawMessage) bool {
	var channel string
	return json.Unmarshal(values["channel"], &channel) == nil &&
		slices.ContainsFunc(n.Draw.Channels, func(c plan.Channel) bool { return c.Name == channel })
}
