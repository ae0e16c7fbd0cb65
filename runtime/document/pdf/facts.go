package pdf

var (
	labelStyle  = style{11, true, accent}
	secondStyle = style{9, false, grey}
	valueStyle  = style{12, false, ink}
	otherStyle  = style{10.5, false, grey}
	totalStyle  = style{14, true, accent}
)

// style is how the value of a fact looks.
func (r Row) style() style {
	if r.Total {
		return totalStyle
	}
	return valueStyle
}

// facts are labelled values, in one column or two.
func (l *layout) facts(b *Block) []band {
	out := l.caption(b.Text)
	if len(b.Rows) == 0 {
		return out
	}
	first := len(out)
	table := l.root.add("Table", "")
	if b.Across {
		for i := 0; i < len(b.Rows); i += 2 {
			out = append(out, l.pair(b.Rows[i:min(i+2, len(b.Rows))], table))
		}
	} else {
		for i, r := range b.Rows {
			one := l.row(r, table)
			one.whole = i+1 < len(b.Rows) && b.Rows[i+1].Total // no total alone on a page
			out = append(out, one)
		}
	}
	if len(b.Text) == 0 && !l.sheet.card {
		out[first].before += 6 // away from a text above
	}
	return out
}

// rowBand is the band of one fact. A card has no room between its facts, and no lines.
func (l *layout) rowBand() band {
	if l.sheet.card {
		return band{before: 1, after: 1, loose: true, in: l.span}
	}
	return band{before: 7, after: 7, rule: 0.4, ruled: hairline, loose: true, in: l.span}
}

// row is a labelled fact. Two languages of opposite direction have their labels
// at both sides and the value between; two of one direction that stand side by
// side have a column each; otherwise labels stand above each other at the side
// where reading begins.
func (l *layout) row(r Row, table *element) band {
	r.Label, r.Value = l.said(r.Label), l.said(r.Value)
	tr := table.add("TR", "")
	b := l.rowBand()
	if r.Total && !l.sheet.card {
		b.tint, b.rule, b.ruled = true, 0.9, accent
	}
	switch {
	case l.facing():
		l.facingRow(&b, r, tr)
		return b
	case l.doc.Arrange == SideBySide && len(l.speak) == 2:
		l.halvedRow(&b, r, tr)
		return b
	}
	labels, gap, pad := l.span.width*0.34, 12*l.sheet.scale, 4*l.sheet.scale
	labelX, valueX := l.span.x+pad, l.span.x+labels+gap
	if l.start() == right {
		labelX, valueX = l.span.x+l.span.width-labels+gap-pad, l.span.x+pad
	}
	b.columns = [][]set{
		l.stack(r.Label, labelStyle, secondStyle, labelX, labels-gap, l.start(), tr.add("TH", "")),
		l.stack(r.Value, r.style(), otherStyle, valueX, l.span.width-labels-gap-2*pad, l.start(), tr.add("TD", "")),
	}
	return b
}

func (l *layout) facingRow(b *band, r Row, tr *element) {
	labels, gap, pad := l.span.width*0.25, 10*l.sheet.scale, 4*l.sheet.scale
	valueX, values := l.span.x+labels+gap, l.span.width-2*labels-2*gap
	side := func(t Text) (float64, align) {
		if rightToLeft(t.Lang) {
			return l.span.x + l.span.width - labels - pad, right
		}
		return l.span.x + pad, left
	}
	for i, t := range r.Label {
		st := labelStyle
		if i > 0 {
			st = otherStyle
		}
		x, a := side(t)
		b.columns = append(b.columns, l.paragraph(t, st, x, labels, a, tr.add("TH", t.Lang)))
		if i == 0 { // read as main label, value, other label
			b.columns = append(b.columns, l.stack(r.Value, r.style(), otherStyle, valueX, values, centre, tr.add("TD", "")))
		}
	}
	if len(r.Label) == 0 {
		b.columns = append(b.columns, l.stack(r.Value, r.style(), secondStyle, valueX, values, centre, tr.add("TD", "")))
	}
}

// halvedRow has a half for each language, with the label above the value.
func (l *layout) halvedRow(b *band, r Row, tr *element) {
	for i, lang := range l.speak {
		at := l.span.half(l.column(lang), 22*l.sheet.scale)
		var column []set
		for _, t := range r.Label {
			if t.Lang == lang || t.Lang == "" && i == 0 {
				column = append(column, l.paragraph(t, style{9.5, true, accent}, at.x, at.width, l.start(), tr.add("TH", t.Lang))...)
			}
		}
		for _, t := range r.Value {
			if t.Lang == lang || t.Lang == "" {
				column = append(column, l.paragraph(t, r.style(), at.x, at.width, l.start(), tr.add("TD", t.Lang))...)
			}
		}
		b.columns = append(b.columns, column)
	}
}

// pair is two facts beside each other, each with its labels above its value.
func (l *layout) pair(rows []Row, table *element) band {
	tr := table.add("TR", "")
	b := l.rowBand()
	for i, r := range rows {
		r.Label, r.Value = l.said(r.Label), l.said(r.Value)
		place := i
		if l.start() == right {
			place = 1 - i
		}
		at := l.span.half(place, 20*l.sheet.scale)
		th := tr.add("TH", "")
		var column []set
		for k, t := range r.Label {
			st := style{9.5, true, accent}
			if k > 0 {
				st = style{8.5, false, grey}
			}
			if k == 1 && len(r.Label) == 2 && l.facing() { // on the same line, where its reading begins
				b.columns = append(b.columns, l.paragraph(t, st, at.x, at.width, l.end(), th.add("P", t.Lang)))
				continue
			}
			column = append(column, l.paragraph(t, st, at.x, at.width, l.start(), th.add("P", t.Lang))...)
		}
		column = append(column, l.stack(r.Value, r.style(), otherStyle, at.x, at.width, l.start(), tr.add("TD", ""))...)
		b.columns = append(b.columns, column)
	}
	return b
}
