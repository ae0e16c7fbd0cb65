package draw

import (
	"cmp"
	"math"
	"slices"
)

// gutter is the room between two rows, in which links run from side to side, each in a track of its own.
type gutter struct {
	runs   []run
	tracks int
	labels float64 // height of the labels at its top
	top    float64
}

// run is one level piece of a link.
type run struct {
	from, to float64
	track    int
}

// way is a link through gutters: in each of them it comes down at one x and leaves at another.
type way struct {
	link  int
	steps []crossing
}

type crossing struct {
	gutter   int // 0 is above the first row
	run      int // in the gutter, -1 where it goes straight down
	from, to float64
}

// route gives the rows their heights and the links their points.
func (l *layout) route() {
	l.gutters = make([]gutter, len(l.rows)+1)
	exits := l.ports()
	var ways []way
	for _, c := range l.chains {
		k := &l.links[c.link]
		w := way{link: c.link}
		x := exits[c.link].x
		for i := 1; i < len(c.units); i++ {
			to := c.units[i].x
			if i == len(c.units)-1 {
				to = exits[c.link].y
			}
			w.steps = append(w.steps, l.cross(l.boxes[k.from].row+i, x, to))
			x = to
		}
		ways = append(ways, w)
	}
	for _, i := range l.far {
		k := &l.links[i]
		from, to := &l.boxes[k.from], &l.boxes[k.to]
		lane := margin + float64(l.lanes)*laneGap
		l.lanes++
		ways = append(ways, way{link: i, steps: []crossing{
			l.cross(from.row+1, l.leaves(from), lane), l.cross(to.row, lane, to.x-to.w/2+16)}})
	}
	l.underneath(&ways)
	l.heights(ways)
	for _, w := range ways {
		l.draw(w)
	}
	l.near()
}

// leaves is the x at which a link to a lane at the side leaves its box.
func (l *layout) leaves(from *box) float64 {
	if from.diamond(l.strict) {
		return from.x - from.w/2 - 70
	}
	return from.x - from.w/2 + 16
}

// cornerOut is how far from the middle a link goes down that leaves a gateway at its corner.
const cornerOut = 48.0

// diamond tells a gateway of BPMN, which is left at its corners.
func (b *box) diamond(strict bool) bool {
	return strict && (b.form == choice || b.form == split || b.form == merge)
}

// ports gives each link from row to row the x at which it leaves its box (x) and that at which it comes (y).
func (l *layout) ports() map[int]point {
	out := map[int]point{}
	sides := map[int]map[float64][]chain{} // box, side: the links that leave there
	for _, c := range l.chains {
		k := l.links[c.link]
		from, to := &l.boxes[k.from], &l.boxes[k.to]
		next := c.units[1].x
		side := 0.0
		if math.Abs(next-from.x) > 12 {
			side = math.Copysign(1, next-from.x)
		}
		if from.diamond(l.strict) {
			switch {
			case sides[k.from] == nil:
				side = 0 // the main way goes straight down
			case side == 0 || len(from.side) > 0:
				side = -1 // the ends stand at the other corner
			}
		}
		if sides[k.from] == nil {
			sides[k.from] = map[float64][]chain{}
		}
		sides[k.from][side] = append(sides[k.from][side], c)
		before := c.units[len(c.units)-2].x
		entry := to.x
		if d := before - to.x; math.Abs(d) > 2 && to.form != end {
			entry += math.Copysign(min(math.Abs(d), to.w/2-28, 40), d)
		}
		out[c.link] = point{from.x, entry}
	}
	for b, bySide := range sides {
		box := &l.boxes[b]
		for side, chains := range bySide {
			slices.SortFunc(chains, func(a, b chain) int { return cmp.Compare(math.Abs(a.units[1].x-box.x), math.Abs(b.units[1].x-box.x)) })
			for i, c := range chains {
				p := out[c.link]
				switch {
				case side == 0:
					p.x += 20 * float64(i)
				case box.diamond(l.strict):
					p.x += side * (cornerOut + 26*float64(i))
				case len(bySide) > 1 || len(chains) > 1:
					p.x += side * (box.w/2 - 26) * float64(i+1) / float64(len(chains))
				}
				to := &l.boxes[l.links[c.link].to]
				if len(c.units) == 2 && math.Abs(to.x-p.x) < min(60, to.w/2-12) {
					p.y = p.x // nearly straight is straight
				}
				out[c.link] = p
			}
		}
	}
	return out
}

// cross notes that a link passes a gutter.
func (l *layout) cross(g int, from, to float64) crossing {
	c := crossing{gutter: g, run: -1, from: from, to: to}
	if math.Abs(from-to) > 0.5 {
		l.gutters[g].runs = append(l.gutters[g].runs, run{from: min(from, to), to: max(from, to)})
		c.run = len(l.gutters[g].runs) - 1
	}
	return c
}

// underneath routes a correction's own way to an end on the other side of its box: under the row and up behind the end.
func (l *layout) underneath(ways *[]way) {
	for i, k := range l.links {
		from, to := &l.boxes[k.from], &l.boxes[k.to]
		if from.beside < 0 || to.beside != from.beside {
			continue
		}
		owner := l.boxes[from.beside]
		outside := owner.x + owner.w/2 + l.sideGap(from.beside) + to.w + 12
		x := owner.x - owner.w/2 - l.backGap(from.beside) - from.w/2
		*ways = append(*ways, way{link: i, steps: []crossing{l.cross(owner.row+1, x, outside)}})
		l.width = max(l.width, outside+margin)
	}
}

// heights gives each gutter its tracks and each row its place.
func (l *layout) heights(ways []way) {
	l.stagger(ways)
	y := margin
	l.tops, l.bottoms = make([]float64, len(l.rows)), make([]float64, len(l.rows))
	for i := range l.gutters {
		g := &l.gutters[i]
		g.assign()
		g.top = y
		if i > 0 || g.tracks > 0 {
			y += 14 + g.labels + float64(g.tracks)*trackGap + arrow
		}
		if i == len(l.rows) {
			break
		}
		above, below := 0.0, 0.0
		for _, u := range l.rows[i] {
			if u.box >= 0 {
				a, b := l.reach(u.box)
				above, below = max(above, a), max(below, b)
			}
		}
		l.tops[i] = y
		for _, u := range l.rows[i] {
			if u.box >= 0 {
				l.boxes[u.box].y = math.Round(y + above)
				l.place(u.box)
			}
		}
		y += math.Round(above + below)
		l.bottoms[i] = y
	}
	if n := len(l.gutters) - 1; l.gutters[n].tracks == 0 {
		y = l.bottoms[len(l.rows)-1]
	}
	l.height = y + margin
}

// stagger gives the labels under a row their lines, so that none stands on another.
func (l *layout) stagger(ways []way) {
	slices.SortStableFunc(ways, func(a, b way) int { return cmp.Compare(a.steps[0].from, b.steps[0].from) })
	taken := make([][]float64, len(l.gutters)) // of each line in each gutter, the x up to which it is taken
	for _, w := range ways {
		k := &l.links[w.link]
		if len(k.lines) == 0 || l.boxes[k.from].beside >= 0 {
			continue
		}
		g, x := w.steps[0].gutter, w.steps[0].from
		first := 0
		for i := 0; i < len(k.lines); i++ {
			if n := first + i; n < len(taken[g]) && taken[g][n] > x {
				first, i = n+1, -1
			}
		}
		for i := range k.lines {
			for len(taken[g]) <= first+i {
				taken[g] = append(taken[g], 0)
			}
			taken[g][first+i] = x + 12 + l.labelWidth(k)
		}
		k.down = float64(first) * labelLine
		l.gutters[g].labels = max(l.gutters[g].labels, float64(first+len(k.lines))*labelLine+4)
	}
}

// assign gives runs that overlap different tracks, the shorter ones first.
func (g *gutter) assign() {
	order := make([]int, len(g.runs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(g.runs[a].to-g.runs[a].from, g.runs[b].to-g.runs[b].from) })
	var tracks [][]run
	for _, i := range order {
		r := &g.runs[i]
		t := 0
		for t < len(tracks) && slices.ContainsFunc(tracks[t], func(o run) bool { return r.from < o.to+8 && o.from < r.to+8 }) {
			t++
		}
		if t == len(tracks) {
			tracks = append(tracks, nil)
		}
		tracks[t] = append(tracks[t], *r)
		r.track = t
	}
	g.tracks = len(tracks)
}

// draw makes the points of a link that passes gutters.
func (l *layout) draw(w way) {
	k := &l.links[w.link]
	from, to := &l.boxes[k.from], &l.boxes[k.to]
	k.points = []point{{w.steps[0].from, from.y + from.h/2}}
	if d := w.steps[0].from - from.x; from.diamond(l.strict) && math.Abs(d) > from.w/2 {
		k.points = []point{{from.x + math.Copysign(from.w/2, d), from.y}, {w.steps[0].from, from.y}}
	}
	for _, c := range w.steps {
		if c.run < 0 {
			continue
		}
		g := &l.gutters[c.gutter]
		y := g.top + 14 + g.labels + float64(g.runs[c.run].track)*trackGap
		k.points = append(k.points, point{c.from, y}, point{c.to, y})
	}
	last := w.steps[len(w.steps)-1].to
	if to.beside >= 0 && to.beside == from.beside {
		k.points = append(k.points, point{last, to.y}, point{to.x + to.w/2, to.y})
	} else {
		k.points = append(k.points, point{last, to.y - to.h/2})
	}
	k.at, k.anchor = point{w.steps[0].from + 7, from.y + from.h/2 + labelSize + 4}, -1
	if from.beside < 0 {
		k.at.y = l.gutters[w.steps[0].gutter].top + labelSize + 4 + k.down
	}
}

// near draws the links between boxes that stand beside each other.
func (l *layout) near() {
	for i := range l.links {
		k := &l.links[i]
		from, to := &l.boxes[k.from], &l.boxes[k.to]
		switch {
		case to.beside == k.from && from.beside >= 0: // an end under a correction
			k.points = []point{{from.x, from.y + from.h/2}, {to.x, to.y - to.h/2}}
			k.at, k.anchor = point{from.x + 7, from.y + from.h/2 + labelSize + 8}, -1
		case to.beside == k.from && to.form == end:
			bend := from.x + from.w/2 + 14
			k.points = l.level(point{from.x + from.w/2, from.y + k.exit}, bend, point{to.x - to.w/2, to.y})
			k.at = point{(bend + to.x - to.w/2) / 2, to.y - 5 - float64(len(k.lines)-1)*labelLine}
		case to.beside == k.from: // to a correction
			bend := from.x - from.w/2 - 20
			k.points = l.level(point{from.x - from.w/2, from.y - 9}, bend, point{to.x + to.w/2, to.y - 9})
			k.at = point{(from.x - from.w/2 + to.x + to.w/2) / 2, to.y - 14 - float64(len(k.lines)-1)*labelLine}
		case from.beside == k.to: // and back
			bend := to.x - to.w/2 - 12
			k.points = l.level(point{from.x + from.w/2, from.y + 9}, bend, point{to.x - to.w/2, to.y + 9})
			k.at = point{(to.x - to.w/2 + from.x + from.w/2) / 2, from.y + 9 + labelSize + 2}
		}
	}
}

// level leads from one side to another over a bend; one point less where both are on one height.
func (l *layout) level(from point, bend float64, to point) []point {
	if math.Abs(from.y-to.y) < 0.5 {
		return []point{from, {to.x, from.y}}
	}
	return []point{from, {bend, from.y}, {bend, to.y}, to}
}
