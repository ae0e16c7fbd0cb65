package pdf

import "strconv"

// part is a piece of the document that is composed by itself; where is how its problem is told.
type part struct {
	where string
	make  func() []band
}

// parts are the document's blocks, or those of a document that has none of its own.
func (l *layout) parts() []part {
	if l.doc.Blocks != nil {
		return l.ownBlocks()
	}
	out := []part{{"authority", func() []band { return l.heading(nil, nil) }}, {"title or number", l.title}}
	rows := (*element)(nil)
	if len(l.doc.Rows) > 0 {
		rows = l.root.add("Table", "")
	}
	for i, r := range l.doc.Rows {
		out = append(out, part{"rows[" + strconv.Itoa(i) + "]", func() []band { return []band{l.row(r, rows)} }})
	}
	if t := l.doc.Table; t != nil {
		out = append(out, part{"table", func() []band { return l.table(t) }})
	}
	for i, p := range l.doc.Paragraphs {
		out = append(out, part{"paragraphs[" + strconv.Itoa(i) + "]", func() []band { return l.statement(p, i == 0, Usual) }})
	}
	return out
}

func (l *layout) ownBlocks() []part {
	var out []part
	turns := [][]string{l.doc.Languages}
	if l.doc.Arrange == OneAfterOther {
		turns = nil
		for _, lang := range l.doc.Languages {
			turns = append(turns, []string{lang})
		}
	}
	for n, turn := range turns {
		if n > 0 {
			out = append(out, part{"", func() []band { return []band{{turn: true, speak: turn}} }})
		}
		waiting := []int(nil) // blocks that stand beside the next one
		for i := range l.doc.Blocks {
			b := &l.doc.Blocks[i]
			if b.Kind == Verification && n < len(turns)-1 {
				continue // once, at the end
			}
			if b.Place != Centred {
				waiting = append(waiting, i)
				continue
			}
			beside := waiting
			waiting = nil
			out = append(out, part{"blocks[" + strconv.Itoa(i) + "]", func() []band {
				l.speak = turn
				return l.besides(beside, func() []band { return l.block(b) })
			}})
		}
		if len(waiting) > 0 { // beside nothing: by themselves
			out = append(out, part{"blocks", func() []band {
				l.speak = turn
				return l.besides(waiting, func() []band { return nil })
			}})
		}
	}
	return out
}

func (l *layout) block(b *Block) []band {
	switch b.Kind {
	case Heading:
		return l.heading(b.Text, b.Drawing)
	case Title:
		return l.title()
	case Facts:
		return l.facts(b)
	case Paragraph:
		return l.statement(l.said(b.Text), false, b.Size)
	case List:
		return l.list(b)
	case Lines:
		return append(l.caption(b.Text), l.table(b.Table)...)
	case Picture:
		return l.centred(l.picture(b))
	case Signatures:
		return l.signatures(b.Items)
	case Verification:
		if v := l.verification(b.Size); v != nil {
			h := v.height()
			return []band{{before: 6, fixed: h, draw: func(top float64) { l.drawVerification(v, top-h) }}}
		}
	case NewPage:
		return []band{{turn: true}}
	}
	return nil
}

// said are the texts of a block in the languages that are printed now. Where a text has none of them, its first stands for it.
func (l *layout) said(all []Text) []Text {
	if len(l.speak) == len(l.doc.Languages) || len(all) == 0 {
		return all
	}
	var out []Text
	for _, t := range all {
		for _, lang := range l.speak {
			if t.Lang == lang || t.Lang == "" {
				out = append(out, t)
				break
			}
		}
	}
	if len(out) == 0 {
		return all[:1]
	}
	return out
}

// aside is what stands beside a block: its own height, and where the space below it begins.
type aside struct {
	figures []figure
	height  float64
	inner   float64 // of the block
	page    int
	floor   float64
}

// figure is something of a fixed size that is drawn from its upper left corner.
type figure struct {
	width, height float64
	draw          func(x, top float64)
}

// besides composes a block in the room that the blocks beside it leave.
func (l *layout) besides(beside []int, make func() []band) []band {
	if len(beside) == 0 {
		return make()
	}
	whole, gap := l.span, 14*l.sheet.scale
	a := &aside{}
	var xs []float64
	for _, i := range beside {
		b := &l.doc.Blocks[i]
		f := l.figureOf(b)
		if f.draw == nil {
			continue
		}
		x := l.span.x
		if (b.Place == BesideStart) == (l.start() == right) {
			x += l.span.width - f.width
		} else {
			l.span.x += f.width + gap
		}
		l.span.width -= f.width + gap
		a.figures, xs, a.height = append(a.figures, f), append(xs, x), max(a.height, f.height)
	}
	inner := make()
	l.span = whole
	if len(a.figures) == 0 {
		return inner
	}
	for _, b := range inner {
		a.inner += b.height() - (b.before+b.after)*(1-l.sheet.scale) // compose scales them
	}
	open := band{before: 4, opens: a, draw: func(top float64) {
		for i, f := range a.figures {
			f.draw(xs[i], top)
		}
	}}
	return append(append([]band{open}, inner...), band{closes: a, after: 4})
}

// figureOf is the picture or the code of a block that stands beside another.
func (l *layout) figureOf(b *Block) figure {
	if b.Kind == Verification {
		return l.codeFigure(b.Size)
	}
	return l.picture(b)
}

// centred is a figure in the middle of a line of its own.
func (l *layout) centred(f figure) []band {
	if f.draw == nil {
		return nil
	}
	x := l.span.x + (l.span.width-f.width)/2
	return []band{{before: 8, after: 8, fixed: f.height, draw: func(top float64) { f.draw(x, top) }}}
}
