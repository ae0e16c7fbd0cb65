package machine

import (
	"slices"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// awaited tells the nodes at which something outside is waited for.
func awaited(n *plan.Node) bool {
	return n.Kind == plan.Wait && n.Wait != nil && n.Wait.Event != "" || n.Kind == plan.Start && n.Start != nil && n.Start.Wait
}

// tell says what is waited for from outside, whenever that has changed: the runtime must know, before an event comes, whose it is. What has ended
// waits for nothing.
func (r *run) tell() {
	if !r.p.awaits || r.dry {
		return
	}
	if r.s.Status == Ended {
		r.s.Awaits = nil
		return
	}
	var now []activity.Awaited
	if !r.s.ending(r.p) { // what is about to end waits for nothing
		now = r.awaits()
	}
	if !slices.Equal(now, r.s.Awaits) {
		r.s.Awaits = now
		r.effects = append(r.effects, activity.Effect{Kind: activity.Await, Awaits: now})
	}
}

// awaits are what is waited for: at the application's places, then wherever it is. What has nobody whom it could be about is not waited for.
func (r *run) awaits() []activity.Awaited {
	var out []activity.Awaited
	cur := r.cur
	for i := range r.s.Tokens {
		t := &r.s.Tokens[i]
		if t.Task == nil || t.Task.Kind != EventTask && t.Task.Kind != ChildTask {
			continue
		}
		r.cur = i
		n := r.node()
		a := activity.Awaited{Node: n.Key, Visit: t.Visit}
		if t.Task.Kind == EventTask {
			var err error
			a.Event = t.Task.Actions[0]
			if a.About, err = r.text(n.about); err != nil || n.about != nil && a.About == "" {
				continue
			}
		}
		out = append(out, a)
	}
	r.cur = 0
	for i := range r.p.anytime {
		x := &r.p.anytime[i]
		if x.role != Events {
			continue
		}
		if about, err := r.text(x.about); err == nil && (x.about == nil || about != "") {
			out = append(out, activity.Awaited{Event: x.Event, About: about})
		}
	}
	r.cur = cur
	return out
}
