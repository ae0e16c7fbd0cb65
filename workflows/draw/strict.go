package draw

import (
	"slices"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// stricter makes the graph what BPMN means by it: a task with two ways out would take both, so a gateway chooses; each way to an end has an end of
// its own; a decision that stands for itself when the time is over has a way from its timer too, and so has a limit that only reminds.
func (g *graph) stricter() {
	g.timers()
	for b := range g.boxes { // the boxes that are added behind need no gateway
		if f := g.boxes[b].form; f != task && f != merge {
			continue
		}
		var out []int
		for i, l := range g.links {
			if l.from == b && l.rung == nil {
				out = append(out, i)
			}
		}
		if len(out) < 2 {
			continue
		}
		gate := g.add(box{form: choice, node: g.boxes[b].node})
		for _, i := range out {
			g.links[i].from = gate
		}
		g.links = append(g.links, link{from: b, to: gate})
	}
	led := make([]bool, len(g.boxes))
	for i := range g.links {
		l := &g.links[i]
		to := g.boxes[l.to]
		switch {
		case g.boxes[l.from].whole && to.form != end:
			l.to = g.add(box{form: end, node: to.node, title: to.title})
		case to.form == end && led[l.to]:
			l.to = g.add(to)
		case to.form == end:
			led[l.to] = true
		}
	}
}

// timers adds the ways of time limits that have no edge of their own in the plan.
func (g *graph) timers() {
	for b := range g.boxes {
		n := g.boxes[b].node
		if n == nil || g.boxes[b].form != task {
			continue
		}
		clock := clockOf(n)
		if clock == nil {
			continue
		}
		for i := range clock.Rungs {
			r := &clock.Rungs[i]
			if r.Then == plan.Remind || r.Then == plan.Escalate {
				to := g.add(box{form: end, title: g.words.say("then/" + r.Then), good: true})
				g.links = append(g.links, link{from: b, to: to, rung: r, keeps: true, label: g.words.rung(*r)})
				continue
			}
			if slices.Contains(actions(n), r.Then) {
				at := slices.IndexFunc(g.plan.Edges, func(e plan.Edge) bool { return &g.plan.Nodes[e.From] == n && e.On == r.Then })
				if at < 0 {
					continue
				}
				decided := slices.IndexFunc(g.links, func(l link) bool { return l.from == b && l.edge == at })
				if decided >= 0 {
					g.links = append(g.links, link{from: b, to: g.links[decided].to, rung: r, label: g.words.rung(*r), edge: at})
				}
			}
		}
	}
	for b := range g.boxes { // side by side on the right edge of their box
		var timed []int
		for i, l := range g.links {
			if l.from == b && l.rung != nil {
				timed = append(timed, i)
			}
		}
		for n, i := range timed {
			g.links[i].exit = (float64(n) - float64(len(timed)-1)/2) * timerApart
		}
	}
}

// timerApart is the distance of two timers on the edge of a task; a timer is 36 wide.
const timerApart = 44
