package draw

import "slices"

// Taken is the way that one application has taken through a plan.
type Taken struct {
	Visits map[string]int // how often it was at a node, by key
	Now    []string       // keys of the nodes at which it is
	Moves  []Move         // in their order
}

// Move is a step on that way: from a node, by an outcome, to the next one. From is "" at the start, To where nothing more is known than the outcome.
type Move struct{ From, On, To string }

// light tells which links the application has taken, by index. What stands between two nodes and is never noted, such as a condition, is found in
// the picture.
func (g *graph) light(t *Taken) map[int]bool {
	lit := map[int]bool{}
	out := make([][]int, len(g.boxes))
	for i, l := range g.links {
		out[l.from] = append(out[l.from], i)
	}
	for _, m := range t.Moves {
		for _, i := range g.route(m, out) {
			lit[i] = true
		}
	}
	return lit
}

// route finds the links of a move: the shortest way over boxes that no timeline notes. Nothing where the picture has none, as where an officer's
// act led away from wherever the application was.
func (g *graph) route(m Move, out [][]int) []int {
	came := map[int]int{} // link by which a box was reached
	var queue []int
	for i := range g.boxes {
		b := &g.boxes[i]
		if m.From == "" && b.form == start && !b.whole || m.From != "" && b.node != nil && b.node.Key == m.From {
			queue = append(queue, i)
			came[i] = -1
		}
	}
	var first []int // links that leave by the outcome
	for _, b := range queue {
		for _, i := range out[b] {
			if e := g.links[i].edge; m.On != "" && e >= 0 && g.plan.Edges[e].On == m.On {
				first = append(first, i)
			}
		}
	}
	if m.To == "" {
		if len(first) == 1 {
			return first
		}
		return nil
	}
	for begun := len(queue); len(queue) > 0; begun-- {
		at := queue[0]
		queue = queue[1:]
		for _, i := range out[at] {
			to := g.links[i].to
			if _, known := came[to]; known || begun > 0 && len(first) > 0 && !slices.Contains(first, i) {
				continue
			}
			came[to] = i
			b := &g.boxes[to]
			if b.node != nil && b.node.Key == m.To {
				var way []int
				for i := came[to]; i >= 0; i = came[g.links[i].from] {
					way = append(way, i)
				}
				return way
			}
			if b.form == choice || b.form == split || b.form == merge {
				queue = append(queue, to)
			}
		}
	}
	return nil
}
