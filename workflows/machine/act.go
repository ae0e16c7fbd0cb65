package machine

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// act takes what a person or the gateway did, if they may and it still fits.
func (r *run) act(a *activity.Act) Refusal {
	if a.Node == "" {
		return r.withdraw(a)
	}
	if !r.stand(a.Node, a.Visit) {
		return Closed
	}
	t := r.t().Task
	switch {
	case t == nil:
		return Closed
	case t.Kind != PaymentTask && a.Revision != t.Revision: // the gateway knows no revisions
		return Revision
	case !slices.Contains(a.Capacities, t.Role):
		return Forbidden
	case !slices.Contains(t.Actions, a.Action):
		return UnknownAction
	}
	switch t.Kind {
	case ReviewTask:
		return r.decide(a)
	case CorrectTask:
		return r.submit(a)
	case PaymentTask:
		r.paid()
		r.goOn(Paid, a.Actor)
	case IncidentTask:
		r.close(Retry, a.Actor)
		if t.After != "" {
			r.goOn(t.After, a.Actor)
		} else {
			r.walk(r.t().Node)
		}
	}
	return ""
}

func (r *run) withdraw(a *activity.Act) Refusal {
	switch {
	case a.Action != Withdraw || r.p.plan.Withdraw < 0:
		return UnknownAction
	case !slices.Contains(a.Capacities, Applicant):
		return Forbidden
	}
	r.leap(Withdraw, a.Actor, r.p.plan.Withdraw)
	return ""
}

// leap takes the whole application to a node: whatever runs is called off.
func (r *run) leap(outcome, actor string, to int) {
	r.cur = 0
	r.callOff(outcome, actor)
	r.close(outcome, actor)
	r.done(outcome, actor)
	r.walk(to)
}

func (r *run) review(n *node) {
	if !r.arm(n) {
		return
	}
	t := &Task{Kind: ReviewTask, Role: r.p.plan.Authority + ":" + n.Review.Role, Actions: make([]string, len(n.Review.Decisions))}
	var comment []string
	for i, d := range n.Review.Decisions {
		t.Actions[i] = d.Action
		if d.Comment {
			comment = append(comment, d.Action)
		}
	}
	r.open(t, &activity.Task{Comment: comment})
}

// decide takes a decision of a review. One that has been taken as often as it may be stands for the one that follows it.
func (r *run) decide(a *activity.Act) Refusal {
	if a.Actor == r.s.Applicant {
		return OwnApplication
	}
	d, ok := r.decision(a.Action)
	if !ok {
		return UnknownAction
	}
	effective := d
	if d.AtMost > 0 && r.rounds(d.Action) >= d.AtMost {
		effective, _ = r.decision(d.Then) // Load has checked that it exists
	}
	if (d.Comment || effective.Comment) && !a.Comment {
		return CommentRequired
	}
	if effective.AtMost > 0 {
		r.countRound(effective.Action)
	}
	at := r.t()
	r.s.Deciders = append(slices.Clip(r.s.Deciders), Decider{at.Node, at.Visit, a.Actor, at.Scope})
	if today := dayOf(r.at, r.p.zone).String(); today != r.s.Decided {
		r.s.Decided = today
		if r.p.readsDecided {
			asOf, _ := days("asOf", "submitted", r.s.Submitted, "decided", today) // Submitted has been read before
			r.values, r.local = r.values.with("asOf", asOf), nil
		}
	}
	r.goOn(effective.Action, a.Actor)
	return ""
}

func (r *run) decision(action string) (plan.Decision, bool) {
	for _, d := range r.node().Review.Decisions {
		if d.Action == action {
			return d, true
		}
	}
	return plan.Decision{}, false
}

func (r *run) rounds(action string) int {
	t := r.t()
	for _, x := range r.s.Rounds {
		if x.Node == t.Node && x.Action == action && x.In == t.Scope {
			return x.Count
		}
	}
	return 0
}

func (r *run) countRound(action string) {
	t := r.t()
	rounds := slices.Clone(r.s.Rounds)
	i := slices.IndexFunc(rounds, func(x Round) bool { return x.Node == t.Node && x.Action == action && x.In == t.Scope })
	if i < 0 {
		rounds = append(rounds, Round{Node: t.Node, Action: action, In: t.Scope})
		i = len(rounds) - 1
	}
	rounds[i].Count++
	r.s.Rounds = rounds
}

func (r *run) correct(n *node) {
	if !r.arm(n) {
		return
	}
	r.open(&Task{Kind: CorrectTask, Role: Applicant, Actions: []string{Submit}}, &activity.Task{Frozen: n.Correct.Frozen})
}

// submit takes a corrected form: its values replace those of the form, while what is known of the applicant stays as it was.
func (r *run) submit(a *activity.Act) Refusal {
	reads := make(map[string]json.RawMessage, len(r.p.reads))
	for _, path := range r.p.reads {
		from := a.Reads
		if path.root == Applicant {
			from = r.s.Reads
		}
		if v, ok := from[path.full]; ok {
			reads[path.full] = v
		}
	}
	next := r.s
	next.Reads = reads
	if len(reads) == 0 {
		next.Reads = nil
	}
	values := r.p.valuesOf(&next)
	if values.err != nil && r.values.err == nil {
		return Invalid
	}
	for _, path := range r.node().Correct.Frozen {
		path = "form." + strings.TrimPrefix(path, "form.")
		if !same(r.s.Reads[path], reads[path]) {
			return Frozen
		}
	}
	r.s.Reads, r.values, r.local = next.Reads, values, nil
	r.goOn(Submit, a.Actor)
	return ""
}
