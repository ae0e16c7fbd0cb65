package pdf

// heading is the head of the first page: two languages at the two sides of the
// drawing, or of an ornament where there is none; any other number below it.
func (l *layout) heading(above []Text, d *Drawing) []band {
	if l.sheet.card {
		return l.cardHeading(above, d)
	}
	scale := l.sheet.scale
	side, mark := 30*scale, band{draw: func(top float64) {
		l.artifact(func() { l.ornament(l.span.x+l.span.width/2, top-15*scale, 15*scale) })
	}}
	if d != nil {
		side = 62 * scale
		w := side * d.Width / max(d.Width, d.Height)
		x := l.span.x + (l.span.width-w)/2
		mark.draw = func(top float64) { l.artifact(func() { l.drawing(d, x, top+10*scale, side) }) }
	}
	above, authority := l.said(above), l.said(l.doc.Authority)
	var lines []Text
	lines = append(lines, above...)
	lines = append(lines, authority...)
	st := func(i int) style {
		if len(above) > 0 && i < len(above) {
			return style{13.5, true, accent}
		}
		return style{12, true, accent}
	}
	b := band{before: 8, after: 10, rule: 0.7, ruled: gold}
	width := l.span.width/2 - side/2 - 19*scale
	if len(authority) == 2 && len(above) != 1 {
		for i, t := range authority {
			x, a := l.span.x, left
			if rightToLeft(t.Lang) || i == 1 && !rightToLeft(authority[0].Lang) {
				x, a = l.span.x+l.span.width-width, right
			}
			var column []set
			for k, o := range above {
				if k == i {
					column = l.paragraph(o, st(k), x, width, a, l.root.add("P", o.Lang))
				}
			}
			b.columns = append(b.columns, append(column, l.paragraph(t, st(len(above)), x, width, a, l.root.add("P", t.Lang))...))
		}
		if d != nil {
			b.columns = append(b.columns, l.blank(side-14*scale))
		}
		return []band{mark, b}
	}
	b.before, b.columns = 42, [][]set{nil}
	if d != nil {
		b.before = side/scale - 4
	}
	for i, t := range lines {
		b.columns[0] = append(b.columns[0], l.paragraph(t, st(i), l.span.x, l.span.width, centre, l.root.add("P", t.Lang))...)
	}
	return []band{mark, b}
}

// blank is empty space in a column.
func (l *layout) blank(h float64) []set { return []set{{height: h}} }

// cardHeading is one line across the card: the authority in each language, the drawing at the side where reading begins.
func (l *layout) cardHeading(above []Text, d *Drawing) []band {
	in, side := l.span, 0.0
	b := band{before: 0, after: 3, rule: 0.5, ruled: gold}
	out := []band{}
	if d != nil {
		side = 20
		w := side * d.Width / max(d.Width, d.Height)
		x := in.x
		if l.start() == right {
			x += in.width - w
		} else {
			in.x += w + 5
		}
		in.width -= w + 5
		out = append(out, band{draw: func(top float64) { l.artifact(func() { l.drawing(d, x, top, side) }) }})
	}
	for i, all := range [][]Text{l.said(above), l.said(l.doc.Authority)} {
		st := style{13.5 - 2*float64(i), i == 0 || len(above) == 0, accent}
		for k, t := range all {
			if len(b.columns) <= k {
				b.columns = append(b.columns, nil)
			}
			at, a := in, l.start()
			if len(all) == 2 {
				at = in.half(l.column(t.Lang), 6)
				if k == 1 {
					a = l.end()
				}
			}
			b.columns[k] = append(b.columns[k], l.paragraph(t, st, at.x, at.width, a, l.root.add("P", t.Lang))...)
		}
	}
	b.columns = append(b.columns, l.blank(side))
	return append(out, b)
}

// title stands in the middle, the main language large.
func (l *layout) title() []band {
	title := l.said(l.doc.Title)
	if l.sheet.card {
		return l.cardTitle(title)
	}
	b := band{before: 20, after: 10}
	number := Text{Value: l.doc.Number}
	if l.doc.Arrange == SideBySide && len(title) == 2 {
		for i, t := range title {
			at, role := l.span.half(l.column(t.Lang), 16), "H1"
			if i > 0 {
				role = "P"
			}
			b.columns = append(b.columns, l.paragraph(t, style{18, true, accent}, at.x, at.width, centre, l.root.add(role, t.Lang)))
		}
	} else {
		b.columns = [][]set{nil}
		role := "H1"
		for i, t := range title {
			st := style{24, true, accent}
			if i > 0 {
				st = style{14, false, grey}
				role = "P"
			}
			b.columns[0] = append(b.columns[0], l.paragraph(t, st, l.span.x, l.span.width, centre, l.root.add(role, t.Lang))...)
		}
	}
	out := []band{b}
	if number.Value != "" {
		e := l.root.add("P", "")
		n := l.paragraph(number, style{11.5, true, ink}, l.span.x, l.span.width, centre, e)
		out = append(out, band{before: 2, after: 18, columns: [][]set{n}})
	} else {
		out[0].after = 22
	}
	return out
}

// cardTitle is one line: the title in the main language with the others under it, and the number at the other side.
func (l *layout) cardTitle(title []Text) []band {
	wide, narrow := l.span, l.span
	wide.width, narrow.width = l.span.width*0.62, l.span.width*0.36
	if l.start() == right {
		wide.x += l.span.width - wide.width
	} else {
		narrow.x += l.span.width - narrow.width
	}
	var column []set
	for i, t := range title {
		st, role := style{17, true, accent}, "H1"
		if i > 0 {
			st, role = style{11, false, grey}, "P"
		}
		column = append(column, l.paragraph(t, st, wide.x, wide.width, l.start(), l.root.add(role, t.Lang))...)
	}
	number := l.paragraph(Text{Value: l.doc.Number}, style{11.5, true, ink}, narrow.x, narrow.width, l.end(), l.root.add("P", ""))
	return []band{{before: 3, after: 3, columns: [][]set{column, number}}}
}

// caption is a line above a block.
func (l *layout) caption(texts []Text) []band {
	texts = l.said(texts)
	if len(texts) == 0 {
		return nil
	}
	b := band{before: 13, after: 3, whole: true, in: l.span}
	if len(texts) == 2 && (l.doc.Arrange == SideBySide || l.facing()) {
		for i, t := range texts {
			at, a := l.span.half(l.column(t.Lang), 16), l.start()
			if rightToLeft(t.Lang) != rightToLeft(l.speak[0]) {
				a = l.end()
			}
			st := style{12.5, true, accent}
			if i > 0 && l.doc.Arrange != SideBySide {
				st = style{11, true, grey}
			}
			b.columns = append(b.columns, l.paragraph(t, st, at.x, at.width, a, l.root.add("P", t.Lang)))
		}
		return []band{b}
	}
	b.columns = [][]set{l.stack(texts, style{12.5, true, accent}, style{10.5, false, grey}, l.span.x, l.span.width, l.start(), l.root.add("Div", ""))}
	return []band{b}
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

// statement is a paragraph in each of its languages.
func (l *layout) statement(texts []Text, first bool, size Size) []band {
	times := map[Size]float64{Small: 0.82, Usual: 1, Large: 1.3}[size]
	if l.doc.Arrange == SideBySide && len(texts) == 2 && len(l.speak) == 2 {
		b := band{before: 10}
		for _, t := range texts {
			at := l.span.half(l.column(t.Lang), 22*l.sheet.scale)
			b.columns = append(b.columns, l.paragraph(t, style{11 * times, false, ink}, at.x, at.width, l.side(t), l.root.add("P", t.Lang)))
		}
		return []band{b}
	}
	var out []band
	pad := 4 * l.sheet.scale
	for i, t := range texts {
		st := style{11.5 * times, false, ink}
		b := band{before: 9}
		if first && i == 0 {
			b.before = 16
		}
		if i > 0 {
			st, b.before = style{10 * times, false, grey}, 3
		}
		b.columns = [][]set{l.paragraph(t, st, l.span.x+pad, l.span.width-2*pad, l.side(t), l.root.add("P", t.Lang))}
		out = append(out, b)
	}
	return out
}

// side is where the lines of a text begin.
func (l *layout) side(t Text) align {
	if rightToLeft(t.Lang) || t.Lang == "" && l.start() == right {
		return right
	}
	return left
}
