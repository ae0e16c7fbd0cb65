package pdf

import "fmt"

// Paper is the size of the sheet.
type Paper int

// The papers. A Card is ISO/IEC 7810 ID-1, the size of a bank card; its pages are its sides.
const (
	A4 Paper = iota
	A5
	Card
)

// Border is the frame of a page.
type Border int

// The borders.
const (
	DoubleBorder Border = iota
	LineBorder
	NoBorder
)

// Numbers says when pages are numbered.
type Numbers int

// When pages are numbered.
const (
	NumberedAlways Numbers = iota
	NumberedSeveral
	NumberedNever
)

// Sheet is what a document is printed on. The zero Sheet is an upright A4 page with a double border and a number.
type Sheet struct {
	Paper     Paper
	Landscape bool    // of A4 and A5
	Margin    float64 // times the usual one, 0.5 to 2; 0 is 1
	Border    Border
	Waves     bool // fine lines behind everything
	Numbers   Numbers
}

// The A4 page: a double frame, the content within, a footer below it. Other papers take these times their scale.
const (
	frameOuter, frameInner = 24.0, 29.0
	contentLeft            = 58.0
	contentBottom          = 78.0
	footerY                = 60.0
	firstDown, laterDown   = 52.0, 78.0 // from the upper edge to the content of the first and of later pages
)

// page measures of a sheet, in points.
type measures struct {
	width, height  float64
	scale          float64 // of letters and of the spaces between
	outer, inner   float64 // frames, from the edge
	left           float64 // margin of the content
	bottom, footer float64
	first, later   float64 // top of the content of the first and of later pages
	card           bool
}

func (s Sheet) measures() measures {
	m := measures{width: pageWidth, height: pageHeight, scale: 1}
	switch s.Paper {
	case A5:
		m.width, m.height, m.scale = 419.53, 595.28, 0.8
	case Card:
		return card(s)
	}
	if s.Landscape {
		m.width, m.height = m.height, m.width
	}
	margin := 1.0
	if s.Margin != 0 {
		margin = s.Margin
	}
	m.outer, m.inner = frameOuter*m.scale, frameInner*m.scale
	m.left = max(contentLeft*margin*m.scale, m.inner+10*m.scale)
	m.bottom, m.footer = contentBottom*m.scale, footerY*m.scale
	m.first, m.later = m.height-firstDown*m.scale, m.height-laterDown*m.scale
	if s.Numbers == NumberedNever {
		m.bottom = m.footer
	}
	return m
}

// card is a plastic card: small letters, no footer and no running head, since a side is no page to be put in order.
func card(s Sheet) measures {
	const width, height, edge = 242.65, 153.0, 9.0
	margin := edge
	if s.Margin != 0 {
		margin = max(edge*s.Margin, 7)
	}
	return measures{
		width: width, height: height, scale: 0.5, outer: 4, inner: 5.5, left: margin, bottom: margin, footer: 0,
		first: height - margin, later: height - margin, card: true,
	}
}

// content is where the blocks of the page stand.
func (m measures) content() span { return span{m.left, m.width - 2*m.left} }

// span is a part of the page's width.
type span struct{ x, width float64 }

// half is one of two columns of a span, from the left.
func (s span) half(i int, gap float64) span {
	w := (s.width - gap) / 2
	return span{s.x + float64(i)*(w+gap), w}
}

// background draws frame and waves.
func (l *layout) background() {
	m := l.sheet
	if l.doc.Sheet.Waves {
		l.waves()
	}
	switch l.doc.Sheet.Border {
	case DoubleBorder:
		l.box(m.outer, m.outer, m.width-2*m.outer, m.height-2*m.outer, 1.6*m.scale, accent)
		l.box(m.inner, m.inner, m.width-2*m.inner, m.height-2*m.inner, 0.5, gold)
	case LineBorder:
		l.box(m.outer, m.outer, m.width-2*m.outer, m.height-2*m.outer, max(0.9*m.scale, 0.5), accent)
	}
}

// Of one wave: from crest to crest, and from the middle to the crest's handle; and from line to line.
const waveLength, waveRise, waveStep = 74.0, 13.0, 9.0

// waves draws lines too fine and too close for a copier, over the whole page within its frame. They are one line, drawn again and again.
func (l *layout) waves() {
	m := l.sheet
	step := waveStep * m.scale
	l.put("q", m.outer, m.outer, m.width-2*m.outer, m.height-2*m.outer, "re W n", veil, "RG 0.35 w")
	for y, n := m.outer-waveRise, 0; y < m.height+waveRise; y, n = y+step, n+1 {
		l.put("q 1 0 0 1", -float64(n%4)*waveLength*m.scale/4, y, "cm /W Do Q")
	}
	l.put("Q")
}

// wave adds the line that waves draws.
func (f *file) wave(m measures) int {
	var c canvas
	c.pages = []*page{{}}
	length, rise := waveLength*m.scale, waveRise*m.scale
	c.put(0.0, 0.0, "m")
	x := 0.0
	for up := 1.0; x < m.width+length; x, up = x+length/2, -up {
		c.put(x+length/6, up*rise, x+length/3, up*rise, x+length/2, 0.0, "c")
	}
	c.put("S")
	return f.stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[-1 %.1f %.1f %.1f]", -rise, x+1, rise), c.page().content.Bytes())
}
