package draw

import (
	"math"
	"slices"
)

// Distances of a picture, in its own units.
const (
	margin    = 24.0
	apart     = 36.0 // between two boxes of a row with what stands beside them
	stackGap  = 14.0 // between two ends that stand beside the same box
	underGap  = 34.0 // between a correction and the ends under it
	leastSide = 46.0 // from a box to what stands beside it
	laneGap   = 14.0
	trackGap  = 12.0
	arrow     = 16.0 // from the last track to the next row
)

// unit is a place in a row: a box with what stands beside it, or a link that passes through.
type unit struct {
	box         int // -1 where a link passes
	left, right float64
	x           float64
	up, down    []neighbour
	first       float64 // where it stood in the walk from the submission
}

type neighbour struct {
	unit   *unit
	weight float64
}

// chain is a link from row to row over the places through which it passes.
type chain struct {
	link  int
	units []*unit
}

// layout is a picture on its way.
type layout struct {
	*graph
	rows    [][]*unit
	unitOf  []*unit
	chains  []chain
	far     []int // links that run in lanes at the side
	gutters []gutter
	tops    []float64 // of the rows
	bottoms []float64
	lanes   int
}

// lay gives every box its place and every link its points. The boxes have their sizes.
func (g *graph) lay() {
	l := &layout{graph: g}
	l.layers()
	l.units()
	l.order()
	l.columns()
	l.route()
}

// layers gives each box that stands beside no other its row: one under all that lead to it.
func (l *layout) layers() {
	state := make([]int, len(l.boxes)) // 0 not seen, 1 on the way, 2 done
	var sorted []int
	var visit func(b int)
	visit = func(b int) {
		state[b] = 1
		for i := range l.links {
			k := &l.links[i]
			if k.from != b || k.back || l.boxes[k.to].beside >= 0 {
				continue
			}
			switch state[k.to] {
			case 0:
				visit(k.to)
			case 1:
				k.back = true
			}
		}
		state[b] = 2
		sorted = append(sorted, b)
	}
	for b := range l.boxes {
		if l.boxes[b].form == start && !l.boxes[b].whole {
			visit(b)
		}
	}
	for b := range l.boxes {
		if state[b] == 0 && l.boxes[b].beside < 0 && !l.boxes[b].whole {
			visit(b)
		}
	}
	slices.Reverse(sorted)
	last := 0
	for _, b := range sorted {
		for _, k := range l.links {
			if k.from == b && !k.back && l.boxes[k.to].beside < 0 {
				l.boxes[k.to].row = max(l.boxes[k.to].row, l.boxes[b].row+1)
			}
		}
		last = max(last, l.boxes[b].row)
	}
	for b := range l.boxes {
		if l.boxes[b].whole {
			last++
			l.boxes[b].row = last
		}
	}
	for b := range l.boxes {
		for at := b; l.boxes[at].beside >= 0; {
			at = l.boxes[at].beside
			l.boxes[b].row = l.boxes[at].row
		}
	}
}

// units makes the places of the rows and notes which links run from row to row.
func (l *layout) units() {
	l.unitOf = make([]*unit, len(l.boxes))
	count := 0
	for b := range l.boxes {
		count = max(count, l.boxes[b].row+1)
	}
	l.rows = make([][]*unit, count)
	n := 0.0
	place := func(row int, u *unit) *unit {
		u.first = n
		n++
		l.rows[row] = append(l.rows[row], u)
		return u
	}
	var walk func(b int)
	walk = func(b int) {
		if l.unitOf[b] != nil || l.boxes[b].beside >= 0 {
			return
		}
		u := &unit{box: b}
		u.left, u.right = l.extent(b)
		l.unitOf[b] = place(l.boxes[b].row, u)
		for i := range l.links {
			if k := &l.links[i]; k.from == b && !k.back {
				walk(k.to)
			}
		}
	}
	for b := range l.boxes {
		if l.boxes[b].form == start {
			walk(b)
		}
	}
	for b := range l.boxes {
		walk(b)
	}
	mainOf := map[int]bool{}
	for i := range l.links {
		k := &l.links[i]
		from, to := &l.boxes[k.from], &l.boxes[k.to]
		switch {
		case to.beside == k.from || from.beside == k.to || from.beside >= 0 && to.beside == from.beside:
			continue // beside each other
		case k.back || from.beside >= 0 || to.beside >= 0 || to.row <= from.row || from.whole:
			l.far = append(l.far, i)
			continue
		}
		weight := 0.4
		if !mainOf[k.from] {
			mainOf[k.from] = true
			weight = 8
		}
		c := chain{link: i, units: []*unit{l.unitOf[k.from]}}
		for row := from.row + 1; row < to.row; row++ {
			c.units = append(c.units, place(row, &unit{box: -1, left: 6, right: 6}))
		}
		c.units = append(c.units, l.unitOf[k.to])
		for j := 1; j < len(c.units); j++ {
			a, b := c.units[j-1], c.units[j]
			weight := weight
			if a.box < 0 != (b.box < 0) {
				weight = 0.02 // a link that passes gives way to boxes
			}
			a.down, b.up = append(a.down, neighbour{b, weight}), append(b.up, neighbour{a, weight})
		}
		l.chains = append(l.chains, c)
	}
}

// order sorts each row so that links cross little: each place stands near the middle of those that it is linked with.
func (l *layout) order() {
	position := map[*unit]float64{}
	for _, row := range l.rows {
		slices.SortFunc(row, func(a, b *unit) int { return int(a.first - b.first) })
		for i, u := range row {
			position[u] = float64(i)
		}
	}
	middle := func(u *unit, of []neighbour) float64 {
		if len(of) == 0 {
			return position[u]
		}
		sum := 0.0
		for _, n := range of {
			sum += position[n.unit]
		}
		return sum / float64(len(of))
	}
	for round := range 8 {
		for i := range l.rows {
			row := l.rows[i]
			if round%2 == 1 {
				row = l.rows[len(l.rows)-1-i]
			}
			want := map[*unit]float64{}
			for _, u := range row {
				if round%2 == 0 {
					want[u] = middle(u, u.up)
				} else {
					want[u] = middle(u, u.down)
				}
			}
			slices.SortStableFunc(row, func(a, b *unit) int {
				switch {
				case want[a] < want[b]:
					return -1
				case want[a] > want[b]:
					return 1
				}
				return 0
			})
			for j, u := range row {
				position[u] = float64(j)
			}
		}
	}
}

// columns gives each place its x: as near as can be to those that it is linked with, the main way before all, and never over another.
func (l *layout) columns() {
	for _, row := range l.rows {
		x := 0.0
		for _, u := range row {
			u.x = x + u.left
			x += u.left + u.right + apart
		}
	}
	for round := range 80 {
		for i := range l.rows {
			row := l.rows[i]
			if round%2 == 1 {
				row = l.rows[len(l.rows)-1-i]
			}
			l.settle(row)
		}
	}
	for _, row := range l.rows { // what may happen at any time stands under the way of the others
		if u := row[0]; u.box >= 0 && l.boxes[u.box].whole {
			u.x = l.rows[0][0].x
		}
	}
	least, most := math.Inf(1), math.Inf(-1)
	for _, row := range l.rows {
		for _, u := range row {
			least, most = min(least, u.x-u.left), max(most, u.x+u.right)
		}
	}
	l.lanes = 0
	shift := margin - least
	if n := len(l.far); n > 0 {
		shift += float64(n)*laneGap + laneGap
	}
	for _, row := range l.rows {
		for _, u := range row {
			u.x = math.Round(u.x + shift)
			if u.box >= 0 {
				l.boxes[u.box].x = u.x
			}
		}
	}
	l.width = most + shift + margin
}

// settle moves the places of one row to where they want to be, as far as their order and distances allow: the least sum of squares.
func (l *layout) settle(row []*unit) {
	type block struct{ sum, weight float64 }
	var blocks []block
	var sizes []int
	offset := 0.0
	offsets := make([]float64, len(row))
	for i, u := range row {
		if i > 0 {
			offset += row[i-1].right + apart + u.left
		}
		offsets[i] = offset
		want, weight := u.x, 0.1
		sum, total := 0.0, 0.0
		for _, n := range slices.Concat(u.up, u.down) {
			sum, total = sum+n.unit.x*n.weight, total+n.weight
		}
		if total > 0 {
			want, weight = sum/total, total
		}
		if u.box < 0 {
			weight /= 100
		}
		blocks, sizes = append(blocks, block{(want - offset) * weight, weight}), append(sizes, 1)
		for n := len(blocks); n > 1 && blocks[n-2].sum/blocks[n-2].weight > blocks[n-1].sum/blocks[n-1].weight; n = len(blocks) {
			blocks[n-2].sum, blocks[n-2].weight = blocks[n-2].sum+blocks[n-1].sum, blocks[n-2].weight+blocks[n-1].weight
			sizes[n-2] += sizes[n-1]
			blocks, sizes = blocks[:n-1], sizes[:n-1]
		}
	}
	i := 0
	for b, block := range blocks {
		for range sizes[b] {
			row[i].x = block.sum/block.weight + offsets[i]
			i++
		}
	}
}
