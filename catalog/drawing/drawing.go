// Package drawing reads the drawings of a catalogue (SVG: an emblem, a plan) as filled outlines, so that the checker, the preview and the paper
// agree on what can be drawn. It owns no drawing on paper, and opens nothing that a drawing names.
//
//	d, err := drawing.Parse(svg)
//	for _, s := range d.Shapes { … s.Rings … }
package drawing

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"

	"github.com/srwiley/oksvg"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"
)

// Bounds of a drawing: an emblem, not a photograph.
const (
	MaxBytes  = 64 << 10
	maxPoints = 20_000
	unit      = 1000.0 // the longer side, in the units in which curves are broken into lines
)

// ErrTooLarge means that a drawing has more than MaxBytes bytes or too many points.
var ErrTooLarge = errors.New("the drawing is too large")

// Point is a place; y grows downwards.
type Point struct{ X, Y float64 }

// Shape is what one path fills: rings of straight lines.
type Shape struct {
	Red, Green, Blue float64 // 0 to 1
	Opacity          float64
	NonZero          bool // the rule by which rings within rings are holes; even-odd where it is false
	Rings            [][]Point
}

// Drawing is filled shapes, the first at the back, in a box from 0, 0 to Width, Height of which the longer side is 1.
type Drawing struct {
	Width, Height float64
	Shapes        []Shape
}

// Parse reads an SVG. What it does not know of it (text, pictures, styles of other files) is an error, not left out.
func Parse(svg []byte) (d Drawing, err error) {
	if len(svg) > MaxBytes {
		return d, ErrTooLarge
	}
	if err := harmless(svg); err != nil {
		return d, err
	}
	defer func() { // the parser trusts the numbers of a path
		switch recover() {
		case nil:
		case ErrTooLarge:
			d, err = Drawing{}, ErrTooLarge
		default:
			d, err = Drawing{}, errors.New("the drawing cannot be read")
		}
	}()
	icon, err := oksvg.ReadIconStream(bytes.NewReader(svg), oksvg.StrictErrorMode)
	if err != nil {
		return d, fmt.Errorf("the drawing cannot be read: %w", err)
	}
	box := icon.ViewBox
	if !(box.W > 0 && box.H > 0) {
		return d, errors.New("the drawing has no viewBox, or an empty one")
	}
	longer := max(box.W, box.H)
	icon.SetTarget(0, 0, box.W/longer*unit, box.H/longer*unit)
	r := &recorder{}
	icon.Draw(rasterx.NewDasher(unit, unit, r), 1)
	if len(r.shapes) == 0 {
		return d, errors.New("the drawing draws nothing")
	}
	return Drawing{box.W / longer, box.H / longer, r.shapes}, nil
}

// harmless looks for what would load or do something: such a file is no drawing of ours, even if our own reader would pass it over.
func harmless(svg []byte) error {
	dec := xml.NewDecoder(bytes.NewReader(svg))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the drawing cannot be read: %w", err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return errors.New("the drawing declares a document type")
		case xml.StartElement:
			switch t.Name.Local {
			case "script", "image", "foreignObject", "text", "use", "a":
				return fmt.Errorf("the drawing has an element %s", t.Name.Local)
			}
		}
	}
}

// recorder is a rasterx.Scanner that keeps the lines instead of filling pixels.
type recorder struct {
	shapes  []Shape
	now     Shape
	points  int
	winding bool
}

func at(p fixed.Point26_6) Point { return Point{float64(p.X) / 64 / unit, float64(p.Y) / 64 / unit} }

func (r *recorder) Start(a fixed.Point26_6) { r.now.Rings = append(r.now.Rings, []Point{at(a)}) }

func (r *recorder) Line(b fixed.Point26_6) {
	if r.points++; r.points > maxPoints {
		panic(ErrTooLarge) // Parse gives it; the parser would go on for seconds
	}
	if n := len(r.now.Rings); n > 0 {
		r.now.Rings[n-1] = append(r.now.Rings[n-1], at(b))
	}
}

func (r *recorder) Draw() {
	if len(r.now.Rings) > 0 && r.now.Opacity > 0 {
		r.now.NonZero = r.winding
		r.shapes = append(r.shapes, r.now)
	}
	r.Clear()
}

// SetColor takes a plain colour; of a gradient it takes the one in the middle.
func (r *recorder) SetColor(c any) {
	if f, ok := c.(rasterx.ColorFunc); ok {
		c = f(unit/2, unit/2)
	}
	if plain, ok := c.(color.Color); ok {
		n := color.NRGBA64Model.Convert(plain).(color.NRGBA64)
		const full = 65535.0
		r.now.Red, r.now.Green, r.now.Blue, r.now.Opacity = float64(n.R)/full, float64(n.G)/full, float64(n.B)/full, float64(n.A)/full
	}
}

func (r *recorder) SetWinding(nonZero bool) { r.winding = nonZero }
func (r *recorder) Clear()                  { r.now.Rings = nil }

func (r *recorder) SetBounds(_, _ int)                     {}
func (r *recorder) SetClip(image.Rectangle)                {}
func (r *recorder) GetPathExtent() (b fixed.Rectangle26_6) { return b }
