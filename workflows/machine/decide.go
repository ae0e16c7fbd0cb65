package machine

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// review opens an officer's task. Where the application names the authority, it is first asked whether there is such a one.
func (r *run) review(n *node) {
	if n.of != nil {
		r.address(n)
	} else {
		r.reviewBy(n, n.role)
	}
}

// reviewBy opens the task for the officers with a capacity.
func (r *run) reviewBy(n *node, role string) {
	if !r.arm(n) {
		return
	}
	t := &Task{Kind: ReviewTask, Role: role}
	more := &activity.Task{}
	if p := n.Review.Panel; p != nil && p.Notice != nil {
		at, err := due(*p.Notice, r.at, r.p.zone, r.s.Calendar)
		if err != nil {
			r.incident(NoCalendar)
			return
		}
		t.From, more.From = &at, &at
	}
	r.offer(n, t, more)
}

// invite opens the task of somebody who is no officer.
func (r *run) invite(n *node) {
	if !r.arm(n) {
		return
	}
	t := &Task{Kind: InviteTask, Role: Applicant}
	switch n.Invite.Whom {
	case "person":
		who, err := r.text(n.about)
		if err != nil || who == "" {
			r.incident(NoValue)
			return
		}
		t.Role = Person + ":" + who
	case Public:
		t.Role = Public
	}
	r.offer(n, t, &activity.Task{})
}

// offer opens a task with the decisions that are possible now.
func (r *run) offer(n *node, t *Task, more *activity.Task) {
	t.Actions, more.Comment = n.actions, n.comments
	if len(n.whens) > 0 {
		t.Actions, more.Comment = nil, nil
		for i, d := range n.decisions() {
			if n.whens[i] != nil {
				holds, err := r.eval(n.whens[i])
				if err != nil {
					r.noValue(err)
					return
				}
				if holds != true {
					continue
				}
			}
			t.Actions = append(t.Actions, d.Action)
			if d.Comment {
				more.Comment = append(more.Comment, d.Action)
			}
		}
		if len(t.Actions) == 0 {
			r.incident(NoWay)
			return
		}
	}
	r.open(t, more)
}

// decide takes a decision. One that has been taken as often as it may be stands for the one that follows it.
func (r *run) decide(a *activity.Act) Refusal {
	n, t := r.node(), r.t().Task
	d, effective, refused := r.admit(n, t, a)
	if refused != "" {
		return refused
	}
	kept, given, refused := r.brought(n, a)
	if refused != "" {
		return refused
	}
	public := n.Kind == plan.Invite && n.Invite.Whom == Public
	if at := r.t(); !public {
		r.s.Deciders = append(slices.Clip(r.s.Deciders), Decider{at.Node, at.Visit, a.Actor, at.Scope})
	}
	if given && n.Own() != nil {
		r.learn(kept)
		r.effect(activity.Keep).Values = kept.Values
	}
	if public {
		r.hear()
		r.voted(d.Action, a.Actor)
		return ""
	}
	if n.Kind == plan.Review && n.Review.Panel != nil {
		action, decided := r.vote(n, a.Actor, d.Action)
		if !decided {
			r.voted(d.Action, a.Actor)
			return ""
		}
		effective = r.standsFor(n, action)
	}
	if effective.AtMost > 0 {
		r.countRound(effective.Action)
	}
	if n.Kind == plan.Review {
		r.decidedOn()
	}
	r.goOn(effective.Action, a.Actor)
	return ""
}

// admit says whether an act is a decision that its actor may take now, and which decision it stands for.
func (r *run) admit(n *node, t *Task, a *activity.Act) (d, effective plan.Decision, refused Refusal) {
	d, ok := n.decision(a.Action)
	switch {
	case a.Actor == r.s.Applicant && t.Role != Applicant:
		return d, d, OwnApplication
	case !ok:
		return d, d, UnknownAction
	case t.From != nil && r.at.Before(*t.From):
		return d, d, TooEarly
	case slices.ContainsFunc(t.Votes, func(v Vote) bool { return v.Actor == a.Actor }):
		return d, d, HasVoted
	case n.Kind == plan.Review && r.decidedBefore(n.Review.NotSame, a.Actor):
		return d, d, SameOfficer
	}
	effective = r.standsFor(n, a.Action)
	if (d.Comment || effective.Comment) && !a.Comment {
		return d, d, CommentRequired
	}
	return d, effective, ""
}

// standsFor is the decision that an action comes to: itself, or what follows it when it has been taken as often as it may be.
func (r *run) standsFor(n *node, action string) plan.Decision {
	d, _ := n.decision(action)
	if d.AtMost > 0 && r.rounds(d.Action) >= d.AtMost {
		d, _ = n.decision(d.Then) // Load has checked that it exists
	}
	return d
}

// decidedBefore tells whether somebody has decided at one of the steps (four eyes).
func (r *run) decidedBefore(steps []string, actor string) bool {
	if len(steps) == 0 {
		return false
	}
	return slices.ContainsFunc(r.s.Deciders, func(d Decider) bool {
		return d.Actor == actor && slices.Contains(steps, r.p.nodes[d.Node].Step)
	})
}

// decidedOn notes the day of a decision.
func (r *run) decidedOn() {
	today := dayOf(r.at, r.p.zone).String()
	if today == r.s.Decided {
		return
	}
	r.s.Decided = today
	if r.p.readsDecided {
		asOf, _ := days("asOf", "submitted", r.s.Submitted, "decided", today) // Submitted has been read before
		r.values, r.local = r.values.with("asOf", asOf), nil
	}
}

// hear counts what one of the public has said: its period ends by the clock. Who has spoken is not kept, for they may be very many; the runtime
// takes one statement of each.
func (r *run) hear() {
	t := *r.t().Task
	t.Heard++
	r.t().Task = &t
}

// voted tells of a voice that has decided nothing yet.
func (r *run) voted(action, actor string) {
	e := r.effect(activity.Voted)
	e.Outcome, e.Actor = action, actor
}

// vote notes a vote; decided says that the panel has come to action.
func (r *run) vote(n *node, actor, action string) (taken string, decided bool) {
	t := *r.t().Task
	t.Votes = append(slices.Clip(t.Votes), Vote{actor, action})
	r.t().Task = &t
	p := n.Review.Panel
	votes := map[string]int{}
	for _, v := range t.Votes {
		votes[v.Action]++
	}
	first, second, ahead := 0, 0, ""
	for _, d := range n.Review.Decisions { // in their order, so that the same votes always give the same
		switch c := votes[d.Action]; {
		case c > first:
			first, second, ahead = c, first, d.Action
		case c > second:
			second = c
		}
	}
	rest := p.Members - len(t.Votes)
	switch {
	case len(t.Votes) >= p.Quorum && first > second+rest:
		return ahead, true
	case rest <= 0:
		return p.Tie, true
	}
	return "", false
}

// objection is the one thing that the public can do where the plan names nothing else.
var objection = []plan.Decision{{Action: Submit}}

// decisions of a review or an invitation, in the plan's order.
func (n *node) decisions() []plan.Decision {
	switch {
	case n.Kind == plan.Review:
		return n.Review.Decisions
	case n.Kind == plan.Invite && len(n.Invite.Decisions) == 0:
		return objection
	case n.Kind == plan.Invite:
		return n.Invite.Decisions
	}
	return nil
}

func (n *node) decision(action string) (plan.Decision, bool) {
	for _, d := range n.decisions() {
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

// counted lets formulas read how many of the public have spoken.
func (r *run) counted(n *node, count int) {
	kept := Answered{Result: n.Root()}
	kept.set("count", json.RawMessage(strconv.Itoa(count)))
	if r.learn(kept) {
		r.effect(activity.Keep).Values = kept.Values
	}
}
