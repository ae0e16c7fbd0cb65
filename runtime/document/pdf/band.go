package pdf

import "slices"

// style is how a paragraph looks.
type style struct {
	size   float64
	strong bool
	colour colour
}

type align int

const (
	left align = iota
	centre
	right
)

// set is a line ready to be drawn: where in its column and as whose content.
type set struct {
	line   line
	x      float64 // from the left edge of the page
	size   float64
	height float64
	colour colour
	owner  *element
}

// baseline is the distance from the top of the line to its baseline.
func (s set) baseline() float64 { return s.height*0.5 + s.size*0.34 }

// band is a horizontal part of the document: columns of lines side by side. A
// band that does not fit below goes to the next page; one that is higher than a
// page is continued there.
type band struct {
	columns [][]set
	before  float64 // space above and below the lines
	after   float64
	tint    bool
	rule    float64 // thickness of the line below; 0 for none
	ruled   colour
	loose   bool // may grow when the page has room
	whole   bool // keep with the band that follows
	in      span // where tint and rule are drawn; the whole content where it is zero

	fixed float64           // height of what draw draws, in place of columns
	draw  func(top float64) // or nil

	turn          bool     // a new page begins
	speak         []string // with it, another language
	opens, closes *aside   // what stands beside the bands between
	head          *band    // repeated where the band begins a page
}

func height(lines []set) float64 {
	h := 0.0
	for _, l := range lines {
		h += l.height
	}
	return h
}

func (b band) height() float64 {
	h := 0.0
	for _, c := range b.columns {
		h = max(h, height(c)+b.drop(c))
	}
	if b.closes != nil {
		h = max(b.closes.height-b.closes.inner, 0)
	}
	return b.before + max(h, b.fixed) + b.after
}

// drop moves a column down so that first baselines stand on one line.
func (b band) drop(column []set) float64 {
	if len(column) == 0 {
		return 0
	}
	deepest := 0.0
	for _, c := range b.columns {
		if len(c) > 0 {
			deepest = max(deepest, c[0].baseline())
		}
	}
	return deepest - column[0].baseline()
}

// flow draws b, on new pages where it must.
func (l *layout) flow(b band, keep float64) {
	if b.turn {
		if b.speak != nil {
			l.speak = b.speak
		}
		l.newPage()
		return
	}
	if a := b.opens; a != nil {
		keep = a.height
	}
	if b.closes == nil && l.y-b.height()-keep < l.sheet.bottom && b.height()+keep <= l.pageRoom() {
		l.newPage()
		l.repeat(b.head)
	}
	if b.fixed > l.pageRoom() && l.problem == "" {
		l.problem = "higher than a page"
	}
	switch {
	case b.opens != nil:
		l.y -= b.before
		b.draw(l.y)
		b.opens.page, b.opens.floor = len(l.pages), l.y-b.opens.height
		return
	case b.closes != nil:
		if len(l.pages) == b.closes.page {
			l.y = min(l.y, b.closes.floor)
		}
		l.y -= b.after
		return
	case b.draw != nil:
		b.draw(l.y - b.before)
		l.y -= b.height()
		return
	}
	in := b.in
	if in.width == 0 {
		in = l.sheet.content()
	}
	drops := make([]float64, len(b.columns))
	for i, c := range b.columns {
		drops[i] = b.drop(c)
	}
	for {
		room := l.y - l.sheet.bottom - b.before - b.after
		used, left := 0.0, false
		cut := make([]int, len(b.columns))
		for i, c := range b.columns {
			h := drops[i]
			for cut[i] < len(c) && h+c[cut[i]].height <= room {
				h += c[cut[i]].height
				cut[i]++
			}
			left = left || cut[i] < len(c)
			used = max(used, h)
		}
		if b.tint {
			l.artifact(func() {
				l.fill(in.x, l.y-b.before-used-b.after, in.width, b.before+used+b.after, tint)
			})
		}
		for i, c := range b.columns {
			y := l.y - b.before - drops[i]
			for _, s := range c[:cut[i]] {
				l.owned(s.owner, func() { l.drawLine(s.line, s.x, y-s.baseline(), s.size, s.colour) })
				y -= s.height
			}
			b.columns[i], drops[i] = c[cut[i]:], 0
		}
		l.y -= b.before + used + b.after
		if b.rule > 0 {
			l.artifact(func() { l.canvas.rule(in.x, l.y, in.width, b.rule, b.ruled) })
		}
		if !left {
			return
		}
		l.newPage()
		l.repeat(b.head)
	}
}

// repeat draws the head of a table again, at the top of a page.
func (l *layout) repeat(head *band) {
	if head != nil {
		again := *head
		again.columns = slices.Clone(head.columns) // flow uses them up
		l.flow(again, 0)
	}
}

// paragraph sets one text in a column and makes it the content of owner.
func (l *layout) paragraph(t Text, st style, x, width float64, a align, owner *element) []set {
	st.size *= l.sheet.scale
	lang, rtl := t.Lang, rightToLeft(t.Lang)
	if lang == "" {
		rtl = firstStrong([]rune(t.Value))
	}
	lines, problem := l.set.lines(t.Value, lang, rtl, st.strong, int(width/st.size*em))
	if problem != "" && l.problem == "" {
		l.problem = problem
	}
	leading := 1.38
	if rtl {
		leading = 1.55 // room for the marks above and below Arabic letters
	}
	if owner != nil {
		owner.text += plain(t.Value)
	}
	out := make([]set, len(lines))
	for i, n := range lines {
		slack := width - float64(n.width)*st.size/em
		out[i] = set{line: n, x: x, size: st.size, height: st.size * leading, colour: st.colour, owner: owner}
		switch a {
		case centre:
			out[i].x += slack / 2
		case right:
			out[i].x += slack
		}
	}
	return out
}
