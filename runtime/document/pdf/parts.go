package pdf

// authority is the head of the first page: two languages at the two sides of
// the ornament, any other number below it.
func (l *layout) authority() []band {
	const width = contentWidth/2 - 34
	st := style{12, true, accent}
	b := band{before: 8, after: 10, rule: 0.7, ruled: gold}
	if len(l.doc.Authority) == 2 {
		for i, t := range l.doc.Authority {
			x, a := contentLeft, left
			if rightToLeft(t.Lang) || i == 1 && !rightToLeft(l.doc.Authority[0].Lang) {
				x, a = contentLeft+contentWidth-width, right
			}
			b.columns = append(b.columns, l.paragraph(t, st, x, width, a, l.root.add("P", t.Lang)))
		}
		return []band{b}
	}
	b.before = 42
	b.columns = [][]set{nil}
	for _, t := range l.doc.Authority {
		b.columns[0] = append(b.columns[0], l.paragraph(t, st, contentLeft, contentWidth, centre, l.root.add("P", t.Lang))...)
	}
	return []band{b}
}

// title stands in the middle, the main language large.
func (l *layout) title() []band {
	b := band{before: 20, after: 10, columns: [][]set{nil}}
	role := "H1"
	for i, t := range l.doc.Title {
		st := style{24, true, accent}
		if i > 0 {
			st = style{14, false, grey}
			role = "P"
		}
		b.columns[0] = append(b.columns[0], l.paragraph(t, st, contentLeft, contentWidth, centre, l.root.add(role, t.Lang))...)
	}
	out := []band{b}
	if l.doc.Number != "" {
		e := l.root.add("P", "")
		n := l.paragraph(Text{Value: l.doc.Number}, style{11.5, true, ink}, contentLeft, contentWidth, centre, e)
		out = append(out, band{before: 2, after: 18, columns: [][]set{n}})
	} else {
		out[0].after = 22
	}
	return out
}

var (
	labelStyle  = style{11, true, accent}
	secondStyle = style{9, false, grey}
	valueStyle  = style{12, false, ink}
)

// row is a labelled fact. Two languages of opposite direction have their labels
// at both sides and the value between; otherwise labels stand above each other
// at the side where reading begins.
func (l *layout) row(r Row, table *element) band {
	tr := table.add("TR", "")
	b := band{before: 7, after: 7, rule: 0.4, ruled: hairline, loose: true}
	if l.facing() {
		l.facingRow(&b, r, tr)
		return b
	}
	const labels, gap = contentWidth * 0.34, 12.0
	labelX, valueX := contentLeft+4, contentLeft+labels+gap
	if l.start() == right {
		labelX, valueX = contentLeft+contentWidth-labels+gap-4, contentLeft+4
	}
	b.columns = [][]set{
		l.stack(r.Label, labelStyle, secondStyle, labelX, labels-gap, l.start(), tr.add("TH", "")),
		l.stack(r.Value, valueStyle, style{10.5, false, grey}, valueX, contentWidth-labels-gap-8, l.start(), tr.add("TD", "")),
	}
	return b
}

func (l *layout) facingRow(b *band, r Row, tr *element) {
	const labels, gap = contentWidth * 0.25, 10.0
	const valueX, values = contentLeft + labels + gap, contentWidth - 2*labels - 2*gap
	side := func(t Text) (float64, align) {
		if rightToLeft(t.Lang) {
			return contentLeft + contentWidth - labels - 4, right
		}
		return contentLeft + 4, left
	}
	for i, t := range r.Label {
		st := labelStyle
		if i > 0 {
			st = style{10.5, false, grey}
		}
		x, a := side(t)
		b.columns = append(b.columns, l.paragraph(t, st, x, labels, a, tr.add("TH", t.Lang)))
		if i == 0 { // read as main label, value, other label
			b.columns = append(b.columns, l.stack(r.Value, valueStyle, style{10.5, false, grey}, valueX, values, centre, tr.add("TD", "")))
		}
	}
	if len(r.Label) == 0 {
		b.columns = append(b.columns, l.stack(r.Value, valueStyle, secondStyle, valueX, values, centre, tr.add("TD", "")))
	}
}

// stack sets texts below each other, the first in one style, the rest in
// another, each as a paragraph of its own within owner.
func (l *layout) stack(texts []Text, first, rest style, x, width float64, a align, owner *element) []set {
	var out []set
	for i, t := range texts {
		st := first
		if i > 0 {
			st = rest
		}
		out = append(out, l.paragraph(t, st, x, width, a, owner.add("P", t.Lang))...)
	}
	return out
}

// table is a ruled list with a head and perhaps a total.
func (l *layout) table(t *Table) []band {
	e := l.root.add("Table", "")
	xs, widths := l.columns(t.Columns)
	line := func(cells []Cell, role string, first, rest style, b band) band {
		tr := e.add("TR", "")
		for i, cell := range cells {
			a := l.start()
			if t.Columns[i].Money {
				a = right
			}
			b.columns = append(b.columns, l.stack(cell, first, rest, xs[i], widths[i], a, tr.add(role, "")))
		}
		return b
	}
	head := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = c.Title
	}
	out := []band{
		{before: 14, whole: true},
		line(head, "TH", style{10.5, true, accent}, style{8.5, false, grey}, band{before: 5, after: 5, tint: true, rule: 0.9, ruled: accent, whole: true}),
	}
	for i, cells := range t.Lines {
		last := i == len(t.Lines)-1 && t.Total != nil // no total alone on a page
		out = append(out, line(cells, "TD", style{11, false, ink}, secondStyle, band{before: 5, after: 5, rule: 0.4, ruled: hairline, loose: true, whole: last}))
	}
	if t.Total != nil {
		out = append(out, line(t.Total, "TD", style{12, true, accent}, style{9.5, true, grey}, band{before: 7, after: 7, tint: true, rule: 0.9, ruled: accent}))
	}
	return out
}

// columns gives the left edge and the width of the text of each column.
func (l *layout) columns(cols []Column) (xs, widths []float64) {
	const pad = 6.0
	sum := 0.0
	share := func(c Column) float64 {
		if c.Share == 0 {
			return 1
		}
		return max(c.Share, 0.2)
	}
	for _, c := range cols {
		sum += share(c)
	}
	at := 0.0
	for _, c := range cols {
		w := contentWidth * share(c) / sum
		x := contentLeft + at
		if l.start() == right {
			x = contentLeft + contentWidth - at - w
		}
		xs, widths = append(xs, x+pad), append(widths, max(w-2*pad, 12))
		at += w
	}
	return xs, widths
}

// statement is a paragraph in each of its languages.
func (l *layout) statement(texts []Text, first bool) []band {
	var out []band
	for i, t := range texts {
		st := style{11.5, false, ink}
		b := band{before: 9}
		if first && i == 0 {
			b.before = 16
		}
		if i > 0 {
			st, b.before = style{10, false, grey}, 3
		}
		a := left
		if rightToLeft(t.Lang) || t.Lang == "" && l.start() == right {
			a = right
		}
		b.columns = [][]set{l.paragraph(t, st, contentLeft+4, contentWidth-8, a, l.root.add("P", t.Lang))}
		out = append(out, b)
	}
	return out
}
