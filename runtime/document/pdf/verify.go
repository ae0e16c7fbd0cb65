package pdf

import (
	"strings"

	"rsc.io/qr"
)

// verification is the block that leads a reader to the place where the document
// can be checked: at the foot of the last page, or where the layout puts it.
type verification struct {
	code   *qr.Code
	in     span
	short  []set
	hint   []set
	figure *element
	link   *element
	side   float64
	quiet  float64 // margin that scanners need
}

func (v *verification) height() float64 {
	if v == nil {
		return 0
	}
	return max(v.side+2*v.quiet+height(v.short), height(v.hint)) + 14
}

// codeSide is the side of the square. A longer address gets a larger one so that
// its modules stay wide enough for a phone.
func (l *layout) codeSide(code *qr.Code, size Size) float64 {
	modules := float64(code.Size)
	if l.sheet.card {
		return max(44, modules*1.15)
	}
	usual := min(max(88*l.sheet.scale, modules*1.7*max(l.sheet.scale, 0.75)), 230)
	switch size {
	case Small:
		return max(usual*0.72, modules*1.2)
	case Large:
		return min(usual*1.4, 230)
	}
	return usual
}

// encode makes the code; nil if there is no address. Level M bears a crease and a stamp's edge.
func (l *layout) encode() *qr.Code {
	if l.doc.VerifyURL == "" {
		return nil
	}
	code, err := qr.Encode(l.doc.VerifyURL, qr.M)
	if err != nil {
		l.problem = "verifyURL does not fit in a QR code"
		return nil
	}
	return code
}

func (l *layout) address() string {
	address, _, _ := strings.Cut(l.doc.VerifyURL, "#")
	return address
}

// verification sets the block without drawing it; nil if there is no address.
func (l *layout) verification(size Size) *verification {
	code := l.encode()
	if code == nil {
		return nil
	}
	m := l.sheet
	v := &verification{code: code, in: m.content(), side: l.codeSide(code, size)}
	v.quiet = 4 * v.side / float64(code.Size)
	v.figure = l.root.add("Figure", "")
	v.figure.alt = "QR: " + l.address()
	x := l.codeX(v)
	if l.doc.VerifyCode != "" {
		v.short = l.paragraph(Text{Value: l.doc.VerifyCode}, style{9, true, ink}, x-v.quiet, v.side+2*v.quiet, centre, l.root.add("P", ""))
	}
	used := v.side + 2*v.quiet + 16*m.scale // by the code and the gap beside it
	width := v.in.width - used - 4
	hintX := v.in.x + used
	if l.start() == right {
		hintX = v.in.x + 4
	}
	for i, t := range l.doc.VerifyHint {
		st := style{10, false, ink}
		if i > 0 {
			st = style{9, false, grey}
		}
		v.hint = append(v.hint, l.paragraph(t, st, hintX, width, l.start(), l.root.add("P", t.Lang))...)
	}
	v.link = l.root.add("Link", "")
	v.link.link = l.address()
	v.hint = append(v.hint, l.paragraph(Text{Value: l.address()}, style{9, true, accent}, hintX, width, l.start(), v.link)...)
	if v.height() > l.pageRoom() && l.problem == "" {
		l.problem = "longer than a page"
	}
	return v
}

func (l *layout) codeX(v *verification) float64 {
	if l.start() == left {
		return v.in.x + v.quiet
	}
	return v.in.x + v.in.width - v.side - v.quiet
}

// footVerification puts the block at the foot of the last page.
func (l *layout) footVerification(v *verification) {
	if v == nil {
		return
	}
	if l.y-v.height() < l.sheet.bottom {
		l.newPage()
	}
	l.drawVerification(v, l.sheet.bottom)
}

// drawVerification draws the block above bottom.
func (l *layout) drawVerification(v *verification, bottom float64) {
	x, y := l.codeX(v), bottom+height(v.short)+v.quiet
	l.drawCode(v.code, v.figure, x, y, v.side)
	top := y - v.quiet - 1
	for _, s := range v.short {
		l.owned(s.owner, func() { l.drawLine(s.line, s.x, top-s.baseline(), s.size, s.colour) })
		top -= s.height
	}
	top = y + v.side/2 + height(v.hint)/2 // beside the middle of the code
	top = max(top, bottom+height(v.hint))
	box := [4]float64{l.sheet.width, l.sheet.height, 0, 0}
	for _, s := range v.hint {
		l.owned(s.owner, func() { l.drawLine(s.line, s.x, top-s.baseline(), s.size, s.colour) })
		if s.owner == v.link {
			box = [4]float64{min(box[0], s.x), min(box[1], top-s.height), max(box[2], s.x+float64(s.line.width)*s.size/em), max(box[3], top)}
		}
		top -= s.height
	}
	v.link.linkBox, v.link.linkPage = box, len(l.pages)-1
}

// drawCode draws the code with its lower left corner at x, y, on white and within a line.
func (l *layout) drawCode(code *qr.Code, figure *element, x, y, side float64) {
	quiet := 4 * side / float64(code.Size)
	l.artifact(func() { l.fill(x-quiet, y-quiet, side+2*quiet, side+2*quiet, colour{1, 1, 1}) })
	l.owned(figure, func() { l.qrCode(code, x, y, side) })
	l.artifact(func() { l.box(x-quiet, y-quiet, side+2*quiet, side+2*quiet, 0.5, gold) })
	figure.linkBox = [4]float64{x, y, x + side, y + side}
}

// codeFigure is the code alone, with its short form below, to stand beside another block.
func (l *layout) codeFigure(size Size) figure {
	code := l.encode()
	if code == nil {
		return figure{}
	}
	side := l.codeSide(code, size)
	quiet := 4 * side / float64(code.Size)
	width := side + 2*quiet
	link := l.root.add("Link", "")
	link.link = l.address()
	e := link.add("Figure", "")
	e.alt = "QR: " + l.address()
	var short []set
	if l.doc.VerifyCode != "" {
		short = l.paragraph(Text{Value: l.doc.VerifyCode}, style{9, true, ink}, 0, width, centre, l.root.add("P", ""))
	}
	return figure{width, width + height(short), func(x, top float64) {
		l.drawCode(code, e, x+quiet, top-quiet-side, side)
		link.linkBox, link.linkPage = e.linkBox, len(l.pages)-1
		top -= width
		for _, s := range short {
			l.owned(s.owner, func() { l.drawLine(s.line, x+s.x, top-s.baseline(), s.size, s.colour) })
			top -= s.height
		}
	}}
}
