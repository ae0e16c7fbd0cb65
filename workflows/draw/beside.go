package draw

// sideGap is how far ends stand from their box: the labels of the links must fit.
func (g *graph) sideGap(b int) float64 {
	gap := leastSide
	for _, k := range g.links {
		if k.from == b && g.boxes[k.to].beside == b && g.boxes[k.to].form == end {
			gap = max(gap, g.labelWidth(&k)+40)
		}
	}
	return gap
}

// backGap is the same for the corrections on the other side.
func (g *graph) backGap(b int) float64 {
	gap := leastSide
	for _, k := range g.links {
		if k.from == b && g.boxes[k.to].beside == b && g.boxes[k.to].form != end || k.to == b && g.boxes[k.from].beside == b {
			gap = max(gap, g.labelWidth(&k)+40)
		}
	}
	return gap
}

func (g *graph) labelWidth(k *link) float64 {
	most := 0.0
	for _, s := range k.lines {
		most = max(most, k.measure(s))
	}
	return most
}

func (k *link) measure(s string) float64 {
	if k.code {
		return codeWidth(s, labelSize)
	}
	return width(s, labelSize)
}

// Sizes of labels.
const (
	labelSize = 12.0
	labelLine = 14.0
)

// label breaks the labels of the links into lines.
func (g *graph) label(most float64) {
	for i := range g.links {
		k := &g.links[i]
		k.lines = nil
		if k.label != "" {
			k.lines = wrap(k.label, most, 3, k.measure)
		}
	}
}

// extent is how far a box reaches to the left and right of its centre with what stands beside it.
func (g *graph) extent(b int) (left, right float64) {
	x := &g.boxes[b]
	left, right = x.w/2+x.leftOf, x.w/2+x.rightOf
	if len(x.side) > 0 {
		wide := 0.0
		for _, e := range x.side {
			wide = max(wide, g.boxes[e].w+g.boxes[e].rightOf)
		}
		right = x.w/2 + g.sideGap(b) + wide
	}
	if len(x.back) > 0 {
		wide := 0.0
		for _, c := range x.back {
			wide = max(wide, g.boxes[c].w)
			for _, e := range g.boxes[c].side {
				wide = max(wide, g.boxes[e].w)
			}
		}
		left += g.backGap(b) + wide
	}
	return left, right
}

// stack is the height of the ends beside a box.
func (g *graph) stack(ends []int) float64 {
	h := 0.0
	for i, e := range ends {
		if i > 0 {
			h += stackGap
		}
		h += g.boxes[e].h
	}
	return h
}

// block is the height of a correction with the ends under it.
func (g *graph) block(c int) float64 {
	h := g.boxes[c].h
	for _, e := range g.boxes[c].side {
		h += underGap + g.boxes[e].h
	}
	return h
}

// reach is how far a box reaches above and below its centre with what stands beside it.
func (g *graph) reach(b int) (above, below float64) {
	x := &g.boxes[b]
	above = max(x.h/2, g.stack(x.side)/2)
	below = above
	h := 0.0
	for i, c := range x.back {
		if i == 0 {
			above = max(above, g.boxes[c].h/2)
			h = -g.boxes[c].h / 2
		} else {
			h += stackGap
		}
		h += g.block(c)
	}
	return above, max(below, h)
}

// place puts what stands beside a box round it.
func (g *graph) place(b int) {
	x := &g.boxes[b]
	at := x.y - g.stack(x.side)/2
	gap := g.sideGap(b)
	for _, e := range x.side {
		s := &g.boxes[e]
		s.x, s.y = x.x+x.w/2+gap+s.w/2, at+s.h/2
		at += s.h + stackGap
	}
	gap = g.backGap(b)
	for i, c := range x.back {
		s := &g.boxes[c]
		s.x, s.y = x.x-x.w/2-gap-s.w/2, x.y
		if i > 0 {
			s.y = at + s.h/2
		}
		at = s.y + s.h/2
		for _, e := range s.side {
			under := &g.boxes[e]
			under.x, under.y = s.x, at+underGap+under.h/2
			at = under.y + under.h/2
		}
		at += stackGap
	}
}
