package pdf

import "strconv"

// The page: a double frame, the content within, a footer below it.
const (
	frameOuter, frameInner = 24.0, 29.0
	contentLeft            = 58.0
	contentWidth           = pageWidth - 2*contentLeft
	contentBottom          = 78.0
	firstTop               = pageHeight - 52
	laterTop               = pageHeight - 78
	footerY                = 60.0
)

// layout turns a Document into drawn pages.
type layout struct {
	canvas
	doc     Document
	set     *typesetter
	root    *element
	y       float64 // top of the free part of the page
	problem string  // of the first text that could not be set
	where   string
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
	at("authority", l.authority)
	at("title or number", l.title)
	rows := (*element)(nil)
	if len(l.doc.Rows) > 0 {
		rows = l.root.add("Table", "")
	}
	for i, r := range l.doc.Rows {
		at("rows["+strconv.Itoa(i)+"]", func() []band { return []band{l.row(r, rows)} })
	}
	if l.doc.Table != nil {
		at("table", func() []band { return l.table(l.doc.Table) })
	}
	for i, p := range l.doc.Paragraphs {
		at("paragraphs["+strconv.Itoa(i)+"]", func() []band { return l.statement(p, i == 0) })
	}
	var seal *verification
	at("verifyHint or verifyCode", func() []band { seal = l.verification(); return nil })
	l.newPage()
	l.adjust(bands, seal.height())
	for i, b := range bands {
		keep := 0.0
		for k := i; k < len(bands)-1 && bands[k].whole; k++ {
			keep += bands[k+1].height()
		}
		l.flow(b, keep)
	}
	l.drawVerification(seal)
	at("footer or watermark", func() []band { l.finishPages(); return nil })
	if l.problem != "" {
		return &InputError{Where: l.where, Problem: l.problem}
	}
	return nil
}

// adjust spreads the rows of a document that leaves its only page half empty,
// and draws them together where that saves a second page.
func (l *layout) adjust(bands []band, reserved float64) {
	const most, least = 4.5, -2.6
	free, n := l.y-contentBottom-reserved, 0.0
	for _, b := range bands {
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
func (l *layout) pageRoom() float64 { return laterTop - contentBottom }

func (l *layout) newPage() {
	l.pages = append(l.pages, &page{})
	l.y = firstTop
	l.artifact(func() {
		l.box(frameOuter, frameOuter, pageWidth-2*frameOuter, pageHeight-2*frameOuter, 1.6, accent)
		l.box(frameInner, frameInner, pageWidth-2*frameInner, pageHeight-2*frameInner, 0.5, gold)
	})
	if len(l.pages) == 1 {
		l.artifact(func() { l.ornament(pageWidth/2, firstTop-17, 15) })
		return
	}
	l.y = laterTop
	l.artifact(func() {
		const half = contentWidth/2 - 6
		titleX, numberX := contentLeft, contentLeft+contentWidth-half
		if l.start() == right {
			titleX, numberX = numberX, titleX
		}
		st := style{9.5, true, accent}
		for _, lines := range [][]set{
			l.paragraph(l.main(l.doc.Title), st, titleX, half, l.start(), nil),
			l.paragraph(Text{Value: l.doc.Number}, st, numberX, half, l.end(), nil),
		} {
			for _, s := range lines[:min(1, len(lines))] { // a running head: the first page has all
				l.drawLine(s.line, s.x, pageHeight-62, s.size, s.colour)
			}
		}
		l.canvas.rule(contentLeft, pageHeight-70, contentWidth, 0.5, gold)
	})
}

// finishPages draws what needs the number of pages.
func (l *layout) finishPages() {
	all := l.pages
	small := style{7.5, false, grey}
	for i := range all {
		l.pages = all[:i+1] // draw on this one
		l.artifact(func() {
			l.watermark()
			l.canvas.rule(contentLeft, footerY+9, contentWidth, 0.4, hairline)
			count := Text{Value: strconv.Itoa(i+1) + " / " + strconv.Itoa(len(all))}
			for _, s := range l.paragraph(count, small, contentLeft, contentWidth, l.end(), nil) {
				l.drawLine(s.line, s.x, footerY-3, s.size, s.colour)
			}
			y := footerY - 3
			for _, t := range l.doc.Footer {
				lines := l.paragraph(t, small, contentLeft, contentWidth-50, l.start(), nil)
				if l.start() == right {
					for k := range lines {
						lines[k].x += 50
					}
				}
				for _, s := range lines {
					if y < frameInner+5 && l.problem == "" {
						l.problem = "the footer has more than three lines"
					}
					l.drawLine(s.line, s.x, y, s.size, s.colour)
					y -= 10.5
				}
			}
		})
	}
}

// watermark draws its texts large and slanted, thin as a veil over everything.
func (l *layout) watermark() {
	const largest, width = 76.0, 600.0
	n := float64(len(l.doc.Watermark))
	for i, t := range l.doc.Watermark {
		l.put("q /G0 gs 0.819 0.574 -0.574 0.819", pageWidth/2, pageHeight/2-20, "cm")
		for _, s := range l.paragraph(t, style{1, true, ink}, 0, 1e5, left, nil) { // one line, however long
			size := min(largest, width*em/float64(max(s.line.width, 1)))
			l.drawLine(s.line, -float64(s.line.width)*size/em/2, (n/2-float64(i))*largest*1.25-largest*0.85, size, s.colour)
		}
		l.put("Q")
	}
}

// main is the text in the main language, or the first there is.
func (l *layout) main(texts []Text) Text {
	for _, t := range texts {
		if t.Lang == l.doc.Languages[0] {
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
	if rightToLeft(l.doc.Languages[0]) {
		return right
	}
	return left
}

func (l *layout) end() align { return right - l.start() }

// facing reports whether the document has two languages of opposite direction,
// which then stand at the sides they begin on.
func (l *layout) facing() bool {
	return len(l.doc.Languages) == 2 && rightToLeft(l.doc.Languages[0]) != rightToLeft(l.doc.Languages[1])
}
