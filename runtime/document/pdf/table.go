package pdf

import "strconv"

// table is a ruled list with a head, which each page repeats, and perhaps a total.
func (l *layout) table(t *Table) []band {
	if t == nil {
		return nil
	}
	e := l.root.add("Table", "")
	xs, widths := l.columns(t.Columns)
	line := func(cells []Cell, role string, first, rest style, b band) band {
		tr := e.add("TR", "")
		for i, cell := range cells {
			a := l.start()
			if t.Columns[i].Money {
				a = right
			}
			b.columns = append(b.columns, l.stack(l.said(cell), first, rest, xs[i], widths[i], a, tr.add(role, "")))
		}
		b.in = l.span
		return b
	}
	heads := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		heads[i] = c.Title
	}
	head := line(heads, "TH", style{10.5, true, accent}, style{8.5, false, grey}, band{before: 5, after: 5, tint: true, rule: 0.9, ruled: accent, whole: true})
	again := head.copied(l.sheet.scale)
	out := []band{{before: 14, whole: true}, head}
	for i, cells := range t.Lines {
		last := i == len(t.Lines)-1 && t.Total != nil // no total alone on a page
		b := line(cells, "TD", style{11, false, ink}, secondStyle, band{before: 5, after: 5, rule: 0.4, ruled: hairline, loose: true, whole: last})
		b.head = again
		out = append(out, b)
	}
	if t.Total != nil {
		b := line(t.Total, "TD", style{12, true, accent}, style{9.5, true, grey}, band{before: 7, after: 7, tint: true, rule: 0.9, ruled: accent})
		b.head = again
		out = append(out, b)
	}
	return out
}

// copied is the band as decoration, to be drawn again on a later page: it is no second head for a screen reader.
func (b band) copied(scale float64) *band {
	out := b
	out.columns, out.whole = nil, false
	out.before, out.after = b.before*scale, b.after*scale
	for _, c := range b.columns {
		column := make([]set, len(c))
		for i, s := range c {
			s.owner = nil
			column[i] = s
		}
		out.columns = append(out.columns, column)
	}
	return &out
}

// columns gives the left edge and the width of the text of each column.
func (l *layout) columns(cols []Column) (xs, widths []float64) {
	pad := 6 * l.sheet.scale
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
		w := l.span.width * share(c) / sum
		x := l.span.x + at
		if l.start() == right {
			x = l.span.x + l.span.width - at - w
		}
		xs, widths = append(xs, x+pad), append(widths, max(w-2*pad, 12))
		at += w
	}
	return xs, widths
}

// list is numbered lines, such as conditions.
func (l *layout) list(b *Block) []band {
	out := l.caption(b.Text)
	e := l.root.add("L", "")
	for i, item := range b.Items {
		item = l.said(item)
		li := e.add("LI", "")
		n := Text{Value: strconv.Itoa(i+1) + "."}
		if len(item) > 0 {
			n.Lang = item[0].Lang // the point stands behind the number as the language is read
		}
		line := band{before: 4, after: 1}
		indent := 20 * l.sheet.scale
		columns := [][]Text{item}
		if l.doc.Arrange == SideBySide && len(item) == 2 && len(l.speak) == 2 {
			columns = [][]Text{item[:1], item[1:]}
		}
		for _, texts := range columns {
			at := l.span
			if len(columns) == 2 {
				at = l.span.half(l.column(texts[0].Lang), 22*l.sheet.scale)
			}
			a := l.start()
			if len(columns) == 2 {
				a = l.side(texts[0])
			}
			mark, body := span{at.x, indent - 4}, span{at.x + indent, at.width - indent}
			if a == right {
				mark.x, body.x = at.x+at.width-indent+4, at.x
			}
			line.columns = append(line.columns, l.paragraph(n, style{11, true, accent}, mark.x, mark.width, a, li.add("Lbl", "")))
			var column []set
			owner := li.add("LBody", "")
			for k, t := range texts {
				st := style{11, false, ink}
				if k > 0 {
					st = style{9.5, false, grey}
				}
				column = append(column, l.paragraph(t, st, body.x, body.width, l.side(t), owner.add("P", t.Lang))...)
			}
			line.columns = append(line.columns, column)
		}
		out = append(out, line)
	}
	return out
}

// signatures are lines to sign on, beside each other, with who signs below.
func (l *layout) signatures(signers [][]Text) []band {
	n := len(signers)
	if n == 0 {
		return nil
	}
	scale := l.sheet.scale
	gap := 24 * scale
	width := min((l.span.width-float64(n-1)*gap)/float64(n), 190*scale)
	b := band{before: 4, after: 8}
	var xs []float64
	for i, who := range signers {
		x := l.span.x + l.span.width - width - float64(n-1-i)*(width+gap) // the last one at the end
		if l.start() == right {
			x = l.span.x + float64(n-1-i)*(width+gap)
		}
		xs = append(xs, x)
		b.columns = append(b.columns, l.stack(l.said(who), style{10, false, ink}, style{9, false, grey}, x, width, centre, l.root.add("Div", "")))
	}
	return []band{{before: 44, whole: true, draw: func(top float64) {
		l.artifact(func() {
			for _, x := range xs {
				l.canvas.rule(x, top, width, 0.6, ink)
			}
		})
	}}, b}
}
