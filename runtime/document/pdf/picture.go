package pdf

import (
	"fmt"
	"math"
)

// picture is the drawing or the photograph of a block; without either, an empty
// place for one.
func (l *layout) picture(b *Block) figure {
	w, h := l.pictureSize(b)
	if w == 0 {
		return figure{}
	}
	e := l.root.add("Figure", "")
	for i, t := range l.said(b.Alt) {
		if i > 0 {
			e.alt += " / "
		}
		e.alt += t.Value
	}
	if e.alt == "" {
		e.alt = "–"
	}
	return figure{w, h, func(x, top float64) {
		e.linkBox = [4]float64{x, top - h, x + w, top}
		l.owned(e, func() {
			switch {
			case b.Drawing != nil:
				l.drawing(b.Drawing, x, top, max(w, h))
			case b.Photo != nil:
				l.photo(b.Photo, x, top-h, w, h)
			default:
				l.box(x, top-h, w, h, 0.5, hairline)
			}
		})
		if b.Photo != nil {
			l.artifact(func() { l.box(x, top-h, w, h, 0.4, grey) })
		}
	}}
}

// pictureSize is how large a picture is drawn. A photograph beside a block has the size that ICAO
// asks of passports, 35 by 45 mm, and on a card what fits; a picture on a line of its own is whole.
func (l *layout) pictureSize(b *Block) (w, h float64) {
	const mm = 72 / 25.4
	times := map[Size]float64{Small: 0.6, Usual: 1, Large: 1.6}[b.Size]
	if l.sheet.card {
		times *= 0.62
	}
	if b.Drawing == nil && (b.Photo == nil || b.Place != Centred) {
		return 35 * mm * times, 45 * mm * times
	}
	wide, high := 1.0, 1.0
	if b.Drawing != nil {
		wide, high = b.Drawing.Width, b.Drawing.Height
	} else {
		longer := float64(max(b.Photo.Width, b.Photo.Height))
		wide, high = float64(b.Photo.Width)/longer, float64(b.Photo.Height)/longer
	}
	side := 60 * mm * times
	if b.Place == Centred {
		if b.Size == Large {
			side = l.span.width / wide
		}
		side = min(side, l.span.width/wide, (l.pageRoom()-40*l.sheet.scale)*0.6/high)
	}
	return side * wide, side * high
}

// finest is how near points may be on paper: 0.15 points are 480 to an inch.
const finest = 0.15

// drawing fills the outlines of d; side is the longer side of its box. Points that nobody could tell from the one before are left out.
func (l *layout) drawing(d *Drawing, x, top, side float64) {
	for _, s := range d.Shapes {
		l.put(colour{s.Red, s.Green, s.Blue}, "rg")
		for _, ring := range s.Rings {
			var last [2]float64
			for i, p := range ring {
				at := [2]float64{x + p[0]*side, top - p[1]*side}
				operator := "l"
				switch {
				case i == 0:
					operator = "m"
				case i < len(ring)-1 && math.Hypot(at[0]-last[0], at[1]-last[1]) < finest:
					continue
				}
				l.put(at[0], at[1], operator)
				last = at
			}
			l.put("h")
		}
		if s.NonZero {
			l.put("f")
		} else {
			l.put("f*")
		}
	}
}

// photo draws a photograph in the box whose lower left corner is x, y, and cuts off what is too long of it.
func (l *layout) photo(p *Photo, x, y, w, h float64) {
	name := len(l.photos)
	for i, known := range l.photos {
		if known == p {
			name = i
		}
	}
	if name == len(l.photos) {
		l.photos = append(l.photos, p)
	}
	scale := max(w/float64(p.Width), h/float64(p.Height))
	pw, ph := float64(p.Width)*scale, float64(p.Height)*scale
	l.put("q", x, y, w, h, "re W n", pw, 0.0, 0.0, ph, x-(pw-w)/2, y-(ph-h)/2, "cm /I"+fmt.Sprint(name), "Do Q")
}

// photo adds an image.
func (f *file) photo(p *Photo) int {
	return f.add("<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length %d>>\nstream\n%s\nendstream",
		p.Width, p.Height, len(p.JPEG), p.JPEG)
}
