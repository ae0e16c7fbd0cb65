package machine

import (
	"errors"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Reopen is the action by which an officer takes up again what has ended.
const Reopen = "reopen"

func (p *Program) loadReopen() error {
	o := p.plan.Reopen
	switch {
	case o == nil:
		return nil
	case o.Role == "" || !measured(o.Within) || o.Times < 1 || len(o.Outcomes) == 0:
		return errors.New("who may reopen it, how long, how often and after what is not said")
	case o.To < 0 || o.To >= len(p.nodes) || p.region[o.To] != outside || p.nodes[o.To].Kind == plan.End:
		return errors.New("reopened, it goes on at no step outside of branches")
	}
	p.anew = p.reachable(o.To)
	return nil
}

// reachable are the nodes to which an application may come from one, with it, without going back: an edge back says itself what it invalidates.
func (p *Program) reachable(from int) []int {
	out, seen := []int{from}, make([]bool, len(p.nodes))
	seen[from] = true
	add := func(i int) {
		if !seen[i] {
			seen[i] = true
			out = append(out, i)
		}
	}
	for at := 0; at < len(out); at++ {
		n := &p.nodes[out[at]]
		for _, e := range n.edges {
			if !e.back {
				add(e.to)
			}
		}
		if n.Fork != nil {
			for _, b := range n.Fork.Branches {
				add(b.Entry)
			}
		}
	}
	return out
}

// leaveOpen says until when what ends now may be taken up again; never where its outcome is none of those, or the step was not come to.
func (r *run) leaveOpen() {
	o := r.p.plan.Reopen
	if o == nil || r.dry || !slices.Contains(o.Outcomes, r.s.Outcome) || r.s.Reopened >= o.Times || r.s.Visits[o.To] == 0 {
		return
	}
	if until, err := due(o.Within, r.at, r.p.zone, r.s.Calendar); err == nil {
		r.s.Until = &until
	}
}

// takeUp takes up again what has ended: from a step on everything is decided anew. What was paid, and did not go back, counts.
func (r *run) takeUp(a *activity.Act) Refusal {
	o := r.p.plan.Reopen
	switch {
	case o == nil || r.s.Until == nil || len(r.s.Visits) != len(r.p.nodes) || r.s.Node < 0 || r.s.Node >= len(r.p.nodes) || r.p.nodes[r.s.Node].Kind != plan.End:
		return Over
	case !slices.Contains(a.Capacities, r.p.plan.Authority+":"+o.Role):
		return Forbidden
	case a.Actor == r.s.Applicant:
		return OwnApplication
	case !a.Comment:
		return CommentRequired
	}
	r.facts(a.Facts)
	if !r.at.Before(*r.s.Until) {
		return Over
	}
	r.keepPaid(r.p.nodes[r.s.Node].End.Refund)
	r.s.Status, r.s.Outcome, r.s.Until = Open, "", nil
	r.s.Reopened++
	r.s.Left, r.s.Standing = nil, nil
	r.s.Tokens = []Token{{ID: 1}}
	r.left = r.p.most
	if r.values == nil {
		r.values = r.p.valuesOf(&r.s)
	}
	r.void(r.p.anew)
	n := &r.p.nodes[o.To]
	r.effects = append(r.effects, activity.Effect{Kind: activity.Reopened, Node: n.Key, Step: n.Step, Visit: r.s.Visits[o.To], Actor: a.Actor})
	r.walk(o.To)
	r.conclude()
	return ""
}

// keepPaid lets what was paid count when its step is come to again, but for the lines that went back at the end.
func (r *run) keepPaid(refunds []plan.Refund) {
	var back []string
	for _, x := range refunds {
		if x.What == "all" && r.wasPaid(x.Fee) {
			back = append(back, x.Fee)
		}
	}
	paid := slices.Clone(r.s.Assessments)
	for i := range paid {
		a := &paid[i]
		a.Less = takenBack(a.Less, func(_ int, fee string) bool { return slices.Contains(back, fee) })
		if !a.Paid {
			continue
		}
		a.Superseded = true
		for j, l := range a.Lines {
			if slices.Contains(back, l.Fee) && l.Amount != 0 {
				a.Lines = slices.Clone(a.Lines)
				a.Total -= l.Amount
				a.Lines[j] = activity.Line{Fee: l.Fee, Head: l.Head}
			}
		}
	}
	r.s.Assessments = paid
	for _, e := range r.earlierPaid(true) { // where every fee has gone back, so has what rounding made of them
		if e.fees != 0 || len(back) == 0 {
			continue
		}
		a := &paid[e.of]
		a.Lines = slices.DeleteFunc(slices.Clone(a.Lines), func(l activity.Line) bool { return l.Fee == activity.RoundingLine })
		a.Total = 0
		for i := range paid {
			paid[i].Less = takenBack(paid[i].Less, func(of int, fee string) bool { return of == e.of && fee == activity.RoundingLine })
		}
	}
}

// takenBack leaves out the lines whose payment has gone back whole since.
func takenBack(less []Less, gone func(of int, fee string) bool) (out []Less) {
	for _, l := range less {
		l.Lines = slices.DeleteFunc(slices.Clone(l.Lines), func(x activity.Line) bool { return gone(l.Of, x.Fee) })
		if len(l.Lines) > 0 {
			out = append(out, l)
		}
	}
	return out
}

// ReopenedUntil is the instant until which what has ended may be taken up again; false where it may not. A run that has ended waits until then.
func (s *State) ReopenedUntil() (until time.Time, open bool) {
	if s.Status != Ended || s.Until == nil {
		return time.Time{}, false
	}
	return *s.Until, true
}
