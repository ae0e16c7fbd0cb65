package pdf

import (
	"slices"
	"strconv"
)

// layout turns a Document into drawn pages.
type layout struct {
	canvas
	doc     Document
	sheet   measures
	span    span     // where the block at hand stands
	speak   []string // the languages that are printed now, the first of which decides direction
	set     *typesetter
	root    *element
	y       float64 // top of the free part of the page
	problem string  // of the first text that could not be set
	where   string
}

func newLayout(d Document, t *typesetter) *layout {
	m := d.Sheet.measures()
	return &layout{doc: d, sheet: m, span: m.content(), speak: d.Languages, set: t, root: &element{role: "Document"}}
}

// compose draws the whole document.
func (l *layout) compose() error {
	var bands []band
	at := func(where string, make func() []band) {
		before := l.problem
		bands = append(bands, make()...)
		if before == "" && l.problem != "" {
			l.where = where
		}
	}
	for _, p := range l.parts() {
		at(p.where, p.make)
	}
	l.speak = l.doc.Languages
	var foot *verification
	if !slices.ContainsFunc(l.doc.Blocks, func(b Block) bool { return b.Kind == Verification }) {
		at("verifyHint or verifyCode", func() []band { foot = l.verification(Usual); return nil })
	}
	for i := range bands {
		bands[i].before *= l.sheet.scale
		bands[i].after *= l.sheet.scale
	}
	l.newPage()
	l.adjust(bands, foot.height())
	for i, b := range bands {
		keep := 0.0
		for k := i; k < len(bands)-1 && bands[k].whole; k++ {
			keep += bands[k+1].height()
		}
		l.flow(b, keep)
	}
	l.speak = l.doc.Languages
	l.footVerification(foot)
	at("footer or watermark", func() []band { l.finishPages(); return nil })
	if l.problem != "" {
		return &InputError{Where: l.where, Problem: l.problem}
	}
	return nil
}

// adjust spreads the rows of a document that leaves its only page half empty,
// and draws them together where that saves a second page.
func (l *layout) adjust(bands []band, reserved float64) {
	most, least := 4.5*l.sheet.scale, -2.6*l.sheet.scale
	free, n := l.y-l.sheet.bottom-reserved, 0.0
	for _, b := range bands {
		if b.turn {
			return
		}
		free -= b.height()
		if b.loose {
			n++
		}
	}
	if n == 0 || free < 2*n*least {
		return
	}
	extra := min(free/n/3, most)
	if free < 0 {
		extra = max(free/n/2-0.01, least)
	}
	for i := range bands {
		if bands[i].loose {
			bands[i].before += extra
			bands[i].after += extra
		}
	}
}

// pageRoom is the height that a continuation page offers.
func (l *layout) pageRoom() float64 { return l.sheet.later - l.sheet.bottom }

func (l *layout) newPage() {
	m := l.sheet
	l.pages = append(l.pages, &page{})
	l.y = m.first
	l.artifact(l.background)
	if len(l.pages) == 1 || m.card {
		return
	}
	l.y = m.later
	l.artifact(func() {
		in := m.content()
		half := in.width/2 - 6
		titleX, numberX := in.x, in.x+in.width-half
		if l.start() == right {
			titleX, numberX = numberX, titleX
		}
		st := style{9.5, true, accent}
		for _, lines := range [][]set{
			l.paragraph(l.main(l.doc.Title), st, titleX, half, l.start(), nil),
			l.paragraph(Text{Value: l.doc.Number}, st, numberX, half, l.end(), nil),
		} {
			for _, s := range lines[:min(1, len(lines))] { // a running head: the first page has all
				l.drawLine(s.line, s.x, m.height-62*m.scale, s.size, s.colour)
			}
		}
		l.canvas.rule(in.x, m.height-70*m.scale, in.width, 0.5, gold)
	})
}

// finishPages draws what needs the number of pages.
func (l *layout) finishPages() {
	all, m, in := l.pages, l.sheet, l.sheet.content()
	small := style{7.5, false, grey}
	numbered := l.doc.Sheet.Numbers == NumberedAlways || l.doc.Sheet.Numbers == NumberedSeveral && len(all) > 1
	for i := range all {
		l.pages = all[:i+1] // draw on this one
		l.artifact(func() {
			l.watermark()
			if !numbered && len(l.doc.Footer) == 0 || m.card {
				return
			}
			l.canvas.rule(in.x, m.footer+9*m.scale, in.width, 0.4, hairline)
			y := m.footer - 3*m.scale
			if numbered {
				count := Text{Value: strconv.Itoa(i+1) + " / " + strconv.Itoa(len(all))}
				for _, s := range l.paragraph(count, small, in.x, in.width, l.end(), nil) {
					l.drawLine(s.line, s.x, y, s.size, s.colour)
				}
			}
			for _, t := range l.doc.Footer {
				lines := l.paragraph(t, small, in.x, in.width-50, l.start(), nil)
				if l.start() == right {
					for k := range lines {
						lines[k].x += 50
					}
				}
				for _, s := range lines {
					if y < m.inner+5 && l.problem == "" {
						l.problem = "the footer has more than three lines"
					}
					l.drawLine(s.line, s.x, y, s.size, s.colour)
					y -= 10.5 * m.scale
				}
			}
		})
	}
}

// watermark draws its texts large and slanted, thin as a veil over everything.
func (l *layout) watermark() {
	m := l.sheet
	upright := min(m.width/pageWidth, m.height/pageHeight*1.35)
	largest, width := 76*upright, 600*upright
	n := float64(len(l.doc.Watermark))
	for i, t := range l.doc.Watermark {
		l.put("q /G0 gs 0.819 0.574 -0.574 0.819", m.width/2, m.height/2-20*upright, "cm")
		for _, s := range l.paragraph(t, style{1 / m.scale, true, ink}, 0, 1e5, left, nil) { // one line, however long
			size := min(largest, width*em/float64(max(s.line.width, 1)))
			l.drawLine(s.line, -float64(s.line.width)*size/em/2, (n/2-float64(i))*largest*1.25-largest*0.85, size, s.colour)
		}
		l.put("Q")
	}
}

// main is the text in the main language, or the first there is.
func (l *layout) main(texts []Text) Text {
	for _, t := range texts {
		if t.Lang == l.speak[0] {
			return t
		}
	}
	if len(texts) > 0 {
		return texts[0]
	}
	return Text{}
}

// start and end are the sides where lines of the main language begin and end.
func (l *layout) start() align {
	if rightToLeft(l.speak[0]) {
		return right
	}
	return left
}

func (l *layout) end() align { return right - l.start() }

// facing reports whether the document has two languages of opposite direction,
// which then stand at the sides they begin on.
func (l *layout) facing() bool {
	return len(l.speak) == 2 && rightToLeft(l.speak[0]) != rightToLeft(l.speak[1])
}

// column is the side of a language where two stand side by side: the first where reading begins.
func (l *layout) column(lang string) int {
	second := len(l.speak) == 2 && lang == l.speak[1]
	if second == (l.start() == left) {
		return 1
	}
	return 0
}
