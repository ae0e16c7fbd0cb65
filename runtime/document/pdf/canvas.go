package pdf

import (
	"bytes"
	"fmt"
	"strconv"

	"rsc.io/qr"
)

// A4 in points. The origin is the lower left corner.
const pageWidth, pageHeight = 595.28, 841.89

type colour [3]float64

var (
	ink      = colour{0.10, 0.13, 0.15}
	accent   = colour{0.04, 0.27, 0.23}
	gold     = colour{0.72, 0.60, 0.34}
	grey     = colour{0.36, 0.41, 0.43}
	hairline = colour{0.83, 0.86, 0.85}
	tint     = colour{0.945, 0.965, 0.958}
	veil     = colour{0.86, 0.91, 0.89}
)

// element is a node of the logical structure, in the roles of PDF 1.7.
type element struct {
	role, lang string
	text       string // what a leaf says, whole
	alt        string // for a figure
	kids       []*element
	parent     *element
	marks      []mark
	link       string // address of a Link
	linkBox    [4]float64
	linkPage   int
	object     int
}

// mark says that marked content id of a page belongs to an element.
type mark struct{ page, id int }

func (e *element) add(role, lang string) *element {
	kid := &element{role: role, lang: lang, parent: e}
	e.kids = append(e.kids, kid)
	return kid
}

// page is one page being drawn: its content stream and whose content it is.
type page struct {
	content bytes.Buffer
	owners  []*element // by marked content id
}

// canvas draws on the current page and remembers which glyphs were used.
type canvas struct {
	pages  []*page
	photos []*Photo // image i has the name /Ii
	glyphs [faceCount]usage
	number []byte // scratch
}

// usage numbers the glyphs of one face: one character code for each glyph
// and text, so that every code has one meaning in search.
type usage struct {
	codes map[glyph]uint16
	list  []glyph // list[i] has code i+1
}

func (u *usage) code(g glyph) uint16 {
	c, ok := u.codes[g]
	if !ok {
		if u.codes == nil {
			u.codes = map[glyph]uint16{}
		}
		u.list = append(u.list, g)
		c = uint16(len(u.list))
		u.codes[g] = c
	}
	return c
}

func (c *canvas) page() *page { return c.pages[len(c.pages)-1] }

// put appends numbers and operators to the page's content.
func (c *canvas) put(parts ...any) {
	w := &c.page().content
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			w.WriteString(p)
		case float64:
			c.number = appendNumber(c.number[:0], p)
			w.Write(c.number)
		case colour:
			c.put(p[0], p[1], p[2])
			continue
		}
		w.WriteByte(' ')
	}
	w.WriteByte('\n')
}

func appendNumber(b []byte, f float64) []byte {
	b = strconv.AppendFloat(b, f, 'f', 3, 64)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	return b
}

// artifact draws decoration, which is no part of the document's content.
func (c *canvas) artifact(draw func()) {
	c.put("/Artifact BMC")
	draw()
	c.put("EMC")
}

// owned draws content of e; a nil e makes it decoration.
func (c *canvas) owned(e *element, draw func()) {
	if e == nil {
		c.artifact(draw)
		return
	}
	p := c.page()
	id := len(p.owners)
	p.owners = append(p.owners, e)
	e.marks = append(e.marks, mark{len(c.pages) - 1, id})
	fmt.Fprintf(&p.content, "/%s <</MCID %d>> BDC\n", e.role, id)
	draw()
	c.put("EMC")
}

func (c *canvas) fill(x, y, w, h float64, k colour) {
	c.put(k, "rg", x, y, w, h, "re f")
}

func (c *canvas) rule(x, y, w, thick float64, k colour) {
	c.put(k, "RG", thick, "w", x, y, "m", x+w, y, "l S")
}

func (c *canvas) box(x, y, w, h, thick float64, k colour) {
	c.put(k, "RG", thick, "w", x, y, w, h, "re S")
}

// drawLine draws l with its left end at x and its baseline at y.
func (c *canvas) drawLine(l line, x, y, size float64, k colour) {
	c.put("BT", k, "rg")
	for _, r := range l.runs {
		c.drawRun(r, x+float64(r.x)*size/em, y, size)
	}
	c.put("ET")
}

func (c *canvas) drawRun(r run, x, y, size float64) {
	c.put("/F"+strconv.Itoa(int(r.face)), size, "Tf 1 0 0 1", x, y, "Tm")
	w := &c.page().content
	w.WriteByte('<')
	for _, g := range r.glyphs {
		fmt.Fprintf(w, "%04X", c.glyphs[r.face].code(g))
	}
	w.WriteString("> Tj\n")
}

// ornament draws an eight-pointed star, a mark that belongs to no authority.
func (c *canvas) ornament(x, y, radius float64) {
	const cos45 = 0.70710678
	a := radius * cos45
	square := func(k colour, operator string) {
		c.put(k, "rg", k, "RG 0.9 w", x-a, y-a, 2*a, 2*a, "re", operator)
		c.put(x, y-radius, "m", x+radius, y, "l", x, y+radius, "l", x-radius, y, "l h", operator)
	}
	square(gold, "S")
	radius, a = radius*0.62, a*0.62
	square(accent, "f")
}

// qrCode draws text as a QR code in a square whose lower left corner is x, y.
func (c *canvas) qrCode(code *qr.Code, x, y, side float64) {
	unit := side / float64(code.Size)
	c.put("0 0 0 rg")
	for row := range code.Size {
		for from := 0; from < code.Size; from++ {
			to := from
			for to < code.Size && code.Black(to, row) {
				to++
			}
			if to > from {
				c.put(x+float64(from)*unit, y+side-float64(row+1)*unit, float64(to-from)*unit, unit, "re")
				from = to
			}
		}
	}
	c.put("f")
}
