package draw

import (
	"slices"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// Options say how a picture is made.
type Options struct {
	Lang string // ar or en; anything else is drawn in English from left to right
	// Name gives the name in Lang of a role, an authority or a registry by its code, "" where it has none; nil knows none.
	Name func(kind, code string) string
	// Taken shows the way of one application; nil draws the plan alone.
	Taken *Taken
	// Marks say what became of nodes from one plan to another, by key: in a colour, by a sign and in a word.
	Marks map[string]Mark
	// Href gives the address that a step leads to by its code, "" for none; nil makes a picture without links.
	Href func(step string) string
	// Chosen is the code of the step that is being looked at elsewhere on the page; "" is none.
	Chosen string
	// ID is put before the ids of an SVG, where several stand on one page.
	ID string
}

// Mark is what became of a node.
type Mark string

// The marks.
const (
	Added   Mark = "added"
	Removed Mark = "removed"
	Moved   Mark = "moved"
	Changed Mark = "changed"
)

// form is the shape of a box.
type form uint8

const (
	start form = iota // where an application comes from
	task
	choice
	split
	merge
	end
)

// box is one thing in the picture.
type box struct {
	form  form
	node  *plan.Node
	title string
	lines []line
	actor actor
	good  bool          // of an end: in favour of the applicant, or neutral
	whole bool          // of a start: something that may happen at any time
	by    *plan.Trigger // of a start: what it is, nil for the applicant
	clock *plan.Rung    // of such a start: the time limit that it is

	row        int
	x, y, w, h float64 // centre and size
	// leftOf and rightOf is room that the box needs beside it, for its name.
	leftOf, rightOf float64
	side            []int // boxes beside it, by their indexes: ends
	back            []int // boxes on the other side: corrections
	number          int   // among the boxes
	beside          int   // the box that it stands beside, or -1
}

// line is a line of words in a box.
type line struct {
	text string
	code bool
}

// actor is who acts at a box.
type actor uint8

const (
	system actor = iota
	officer
	applicant
)

// link leads from one box to another.
type link struct {
	from, to int
	edge     int // of the plan
	label    string
	code     bool       // the label is a formula
	rung     *plan.Rung // the time limit that leads here
	guard    string     // the formula of a condition
	keeps    bool       // the time limit does not end the waiting
	back     bool
	exit     float64 // how far from the middle it leaves to the side
	points   []point
	at       point // of the label
	anchor   int   // of the label: -1 begins there, 0 stands around it
	lines    []string
	down     float64 // how far the label stands under its row
}

type point struct{ x, y float64 }

// graph is a plan as boxes and links.
type graph struct {
	plan   *plan.Plan
	texts  *plan.Texts
	words  words
	strict bool
	boxes  []box
	links  []link

	width, height float64
}

// newGraph takes what applications can reach. A strict one is what BPMN wants: behind what has several outcomes a gateway, an end for each way
// to it, and an event for each time limit.
func newGraph(p *plan.Plan, t *plan.Texts, o Options, strict bool) *graph {
	drawn := *p
	drawn.Nodes = p.Drawn()
	p = &drawn
	g := &graph{plan: p, texts: t, words: words{o, t}, strict: strict}
	first := make([]int, len(p.Nodes)) // box that stands for a node
	last := make([]int, len(p.Nodes))  // box from which its edges leave
	joins := joinsOf(p)
	for i := range p.Nodes {
		n := &p.Nodes[i]
		if n.Kind == plan.Join {
			continue
		}
		first[i] = g.add(g.words.box(p, n))
		last[i] = first[i]
		if n.Kind == plan.Fork {
			last[i] = g.add(box{form: merge, node: n, title: g.words.merge(n.Fork)})
		}
	}
	for i := range p.Nodes {
		if p.Nodes[i].Kind == plan.Join && joins[i] >= 0 {
			first[i] = last[joins[i]]
		}
	}
	through := passages(p)
	for i := range p.Nodes {
		to := i
		for range p.Nodes { // gates in a row end some day: a plan does not go round without a limit
			if next, ok := through[to]; ok {
				to = next
			}
		}
		first[i] = first[to]
	}
	if len(p.Nodes) > 0 {
		g.begins(first[0])
	}
	for i := range p.Nodes {
		if n := &p.Nodes[i]; n.Kind == plan.Fork {
			for _, b := range n.Fork.Branches {
				l := link{from: first[i], to: first[b.Entry], edge: -1, guard: b.When}
				l.label, l.code = g.words.branch(n, b, g.strict)
				g.links = append(g.links, l)
			}
		}
	}
	for i, e := range p.Edges {
		from, to := &p.Nodes[e.From], &p.Nodes[e.To]
		if _, passed := through[e.From]; passed || from.Kind == plan.Join {
			continue
		}
		l := link{from: last[e.From], to: first[e.To], edge: i, back: e.Back}
		l.label, l.code, l.rung = g.words.edge(p, e, g.strict)
		if from.Kind == plan.Gate {
			l.guard = e.Guard
		}
		if to.Kind == plan.Join && to.Join != nil && to.Join.Against && l.label == "" {
			l.label = g.words.say("against")
		}
		g.links = append(g.links, l)
	}
	g.whole(first)
	if g.strict {
		g.stricter()
	}
	g.reached()
	g.attach()
	return g
}

// passages are the gates at which nothing is decided, with the node to which they lead: a picture leaves them out.
func passages(p *plan.Plan) map[int]int {
	out := map[int]int{}
	ways := make([]int, len(p.Nodes))
	for _, e := range p.Edges {
		ways[e.From]++
	}
	for _, e := range p.Edges {
		if p.Nodes[e.From].Kind == plan.Gate && ways[e.From] == 1 && e.Guard == "" {
			out[e.From] = e.To
		}
	}
	return out
}

func (g *graph) add(b box) int {
	b.beside = -1
	g.boxes = append(g.boxes, b)
	return len(g.boxes) - 1
}

// begins draws what starts the service: the submission, or each of its triggers.
func (g *graph) begins(to int) {
	triggers := g.plan.Triggers
	if len(triggers) == 0 {
		triggers = []plan.Trigger{{By: "applicant"}}
	}
	for i := range triggers {
		from := g.add(g.words.begins(&triggers[i]))
		g.links = append(g.links, link{from: from, to: to, edge: -1})
	}
}

// whole draws what may happen at any time: withdrawal, events of the whole case and the deadline's ways.
func (g *graph) whole(first []int) {
	entry := func(title string, to int, rung *plan.Rung) {
		from := g.add(box{form: start, title: title, whole: true})
		g.boxes[from].clock = rung
		g.links = append(g.links, link{from: from, to: first[to], edge: -1})
	}
	p := g.plan
	if p.Withdraw >= 0 && p.Withdraw < len(p.Nodes) {
		entry(g.words.say("withdraws"), p.Withdraw, nil)
	}
	for _, a := range p.Anytime {
		entry(g.words.say("anytime")+" "+a.Event, a.To, nil)
	}
	if p.Deadline != nil {
		for _, way := range p.Deadline.Ways {
			for i, r := range p.Deadline.Clock.Rungs {
				if r.Then == way.On {
					entry(g.words.say("deadline")+" "+g.words.rung(r), way.To, &p.Deadline.Clock.Rungs[i])
				}
			}
		}
	}
}

// reached drops what nothing leads to.
func (g *graph) reached() {
	live := make([]bool, len(g.boxes))
	var queue []int
	for i := range g.boxes {
		if g.boxes[i].form == start {
			live[i] = true
			queue = append(queue, i)
		}
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, l := range g.links {
			if l.from == at && !live[l.to] {
				live[l.to] = true
				queue = append(queue, l.to)
			}
		}
	}
	to := make([]int, len(g.boxes))
	var boxes []box
	for i, b := range g.boxes {
		to[i] = len(boxes)
		if live[i] {
			boxes = append(boxes, b)
		}
	}
	g.links = slices.DeleteFunc(g.links, func(l link) bool { return !live[l.from] || !live[l.to] })
	for i := range g.links {
		g.links[i].from, g.links[i].to = to[g.links[i].from], to[g.links[i].to]
	}
	g.boxes = boxes
	for i := range g.boxes {
		g.boxes[i].number = i
	}
}

// attach puts ends beside the one box that leads to them, and corrections on its other side, so that the way of a good application is
// straight.
func (g *graph) attach() {
	var in, out [][]int
	for range g.boxes {
		in, out = append(in, nil), append(out, nil)
	}
	for i, l := range g.links {
		out[l.from], in[l.to] = append(out[l.from], i), append(in[l.to], i)
	}
	source := func(b int) int { // the only box that leads to b, or -1
		from := -1
		for _, i := range in[b] {
			if f := g.links[i].from; from >= 0 && f != from {
				return -1
			} else {
				from = f
			}
		}
		return from
	}
	leaf := func(b int) bool { return g.boxes[b].form == end }
	goesOn := func(b, without int) bool {
		return slices.ContainsFunc(out[b], func(i int) bool { return g.links[i].to != without && !leaf(g.links[i].to) })
	}
	for b := range g.boxes {
		from := source(b)
		if from < 0 || g.boxes[b].node == nil || g.boxes[b].node.Kind != plan.Correct || g.boxes[from].beside >= 0 {
			continue
		}
		if !slices.ContainsFunc(out[b], func(i int) bool { return g.links[i].to != from && !leaf(g.links[i].to) }) && goesOn(from, b) {
			g.boxes[b].beside = from
			g.boxes[from].back = append(g.boxes[from].back, b)
			for _, i := range out[b] {
				g.links[i].back = g.links[i].back || g.links[i].to == from
			}
		}
	}
	for b := range g.boxes {
		if !leaf(b) {
			continue
		}
		at := g.owner(in[b])
		if at < 0 || g.boxes[at].form == start && len(g.boxes[at].side) > 0 || g.boxes[at].form == start && !g.boxes[at].whole ||
			g.boxes[at].form != start && g.boxes[at].beside < 0 && !goesOn(at, b) {
			continue
		}
		g.boxes[b].beside = at
		g.boxes[at].side = append(g.boxes[at].side, b)
	}
}

// owner is the box beside which an end stands: the one that leads to it, or the one whose corrections do so too; -1 where there are several.
func (g *graph) owner(in []int) int {
	at := -1
	for _, i := range in {
		from := g.links[i].from
		switch {
		case at < 0 || at == from || g.boxes[at].beside == from:
			at = from
		case g.boxes[from].beside != at:
			return -1
		}
	}
	return at
}

// joinsOf gives, for each node of kind join, the fork whose branch it ends, or -1.
func joinsOf(p *plan.Plan) []int {
	of := make([]int, len(p.Nodes))
	for i := range of {
		of[i] = -1
	}
	for f := range p.Nodes {
		if p.Nodes[f].Kind != plan.Fork {
			continue
		}
		seen := make([]bool, len(p.Nodes))
		var queue []int
		for _, b := range p.Nodes[f].Fork.Branches {
			queue = append(queue, b.Entry)
		}
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			if seen[at] {
				continue
			}
			seen[at] = true
			if p.Nodes[at].Kind == plan.Join {
				of[at] = f
				continue
			}
			for _, e := range p.Edges { // the branches of a fork inside belong to it
				if e.From == at && e.Out == 0 {
					queue = append(queue, e.To)
				}
			}
		}
	}
	return of
}
