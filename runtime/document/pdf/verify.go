package pdf

import (
	"strings"

	"rsc.io/qr"
)

// verification is the block at the foot of the last page that leads a reader to
// the place where the document can be checked.
type verification struct {
	code   *qr.Code
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

// verification sets the block without drawing it; nil if there is no address.
func (l *layout) verification() *verification {
	if l.doc.VerifyURL == "" {
		return nil
	}
	// Level M bears a crease and a stamp's edge; a longer address gets a larger
	// square so that its modules stay wide enough for a phone.
	code, err := qr.Encode(l.doc.VerifyURL, qr.M)
	if err != nil {
		l.problem = "verifyURL does not fit in a QR code"
		return nil
	}
	v := &verification{code: code, side: min(max(88, float64(code.Size)*1.7), 230)}
	v.quiet = 4 * v.side / float64(code.Size)
	address, _, _ := strings.Cut(l.doc.VerifyURL, "#")
	v.figure = l.root.add("Figure", "")
	v.figure.alt = "QR: " + address
	x := l.codeX(v)
	if l.doc.VerifyCode != "" {
		v.short = l.paragraph(Text{Value: l.doc.VerifyCode}, style{10, true, ink}, x-20, v.side+40, centre, l.root.add("P", ""))
	}
	used := v.side + 2*v.quiet + 16 // by the code and the gap beside it
	width := contentWidth - used - 4
	hintX := contentLeft + used
	if l.start() == right {
		hintX = contentLeft + 4
	}
	for i, t := range l.doc.VerifyHint {
		st := style{10, false, ink}
		if i > 0 {
			st = style{9, false, grey}
		}
		v.hint = append(v.hint, l.paragraph(t, st, hintX, width, l.start(), l.root.add("P", t.Lang))...)
	}
	v.link = l.root.add("Link", "")
	v.link.link = address
	v.hint = append(v.hint, l.paragraph(Text{Value: address}, style{9, true, accent}, hintX, width, l.start(), v.link)...)
	if v.height() > l.pageRoom() && l.problem == "" {
		l.problem = "longer than a page"
	}
	return v
}

func (l *layout) codeX(v *verification) float64 {
	if l.start() == left {
		return contentLeft + v.quiet
	}
	return contentLeft + contentWidth - v.side - v.quiet
}

// drawVerification puts the block at the foot of the last page.
func (l *layout) drawVerification(v *verification) {
	if v == nil {
		return
	}
	if l.y-v.height() < contentBottom {
		l.newPage()
	}
	x, y := l.codeX(v), contentBottom+height(v.short)+v.quiet
	l.owned(v.figure, func() { l.qrCode(v.code, x, y, v.side) })
	l.artifact(func() { l.box(x-v.quiet, y-v.quiet, v.side+2*v.quiet, v.side+2*v.quiet, 0.5, gold) })
	v.figure.linkBox = [4]float64{x, y, x + v.side, y + v.side}
	top := y - v.quiet - 1
	for _, s := range v.short {
		l.owned(s.owner, func() { l.drawLine(s.line, s.x, top-s.baseline(), s.size, s.colour) })
		top -= s.height
	}
	top = y + v.side/2 + height(v.hint)/2 // beside the middle of the code
	top = max(top, contentBottom+height(v.hint))
	box := [4]float64{pageWidth, pageHeight, 0, 0}
	for _, s := range v.hint {
		l.owned(s.owner, func() { l.drawLine(s.line, s.x, top-s.baseline(), s.size, s.colour) })
		if s.owner == v.link {
			box = [4]float64{min(box[0], s.x), min(box[1], top-s.height), max(box[2], s.x+float64(s.line.width)*s.size/em), max(box[3], top)}
		}
		top -= s.height
	}
	v.link.linkBox, v.link.linkPage = box, len(l.pages)-1
}
