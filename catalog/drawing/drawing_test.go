package drawing_test

import (
	"math"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/drawing"
)

func TestADrawingBecomesFilledOutlines(t *testing.T) {
	d, err := drawing.Parse([]byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100">
		<g transform="translate(10 0)"><rect x="0" y="10" width="90" height="80" fill="#004d40"/></g>
		<path d="M0 0 L10 0 L10 10 Z" fill="none" stroke="#b8993f" stroke-width="2"/></svg>`))
	if err != nil {
		t.Fatal(err)
	}
	if d.Width != 1 || d.Height != 0.5 || len(d.Shapes) != 2 {
		t.Fatalf("a box of %v by %v with %d shapes", d.Width, d.Height, len(d.Shapes))
	}
	low, high := drawing.Point{X: 9, Y: 9}, drawing.Point{}
	for _, p := range d.Shapes[0].Rings[0] {
		low.X, low.Y, high.X, high.Y = min(low.X, p.X), min(low.Y, p.Y), max(high.X, p.X), max(high.Y, p.Y)
	}
	near := func(a, b float64) bool { return math.Abs(a-b) < 0.002 }
	if !near(low.X, 0.05) || !near(high.X, 0.5) || !near(low.Y, 0.05) || !near(high.Y, 0.45) {
		t.Errorf("the rectangle lies from %v to %v", low, high)
	}
	if s := d.Shapes[0]; !near(s.Green, 77/255.0) || s.Red != 0 || s.Opacity != 1 {
		t.Errorf("the rectangle is %v", s)
	}
}

func TestWhatIsNoDrawingIsRefused(t *testing.T) {
	svg := func(inside string) string {
		return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">` + inside + `</svg>`
	}
	for name, text := range map[string]string{
		"nothing":         "",
		"other XML":       "<p>x</p>",
		"cut off":         `<svg viewBox="0 0 10 10"><rect`,
		"a script":        svg(`<script>alert(1)</script><rect width="5" height="5"/>`),
		"a picture":       svg(`<image href="https://example.org/x.png"/>`),
		"letters":         svg(`<text>X</text>`),
		"entities":        `<!DOCTYPE svg [<!ENTITY a "aaaa">]>` + svg(`<rect width="5" height="5"/>`),
		"no box":          `<svg xmlns="http://www.w3.org/2000/svg"><rect width="5" height="5"/></svg>`,
		"an empty one":    svg(""),
		"too many bytes":  svg(`<path d="M0 0` + strings.Repeat(" L1 1 2 2", 9000) + `Z"/>`),
		"too many points": svg(`<path stroke="red" d="M0 0` + strings.Repeat("q9 9 1 1", 7900) + `Z"/>`),
	} {
		if _, err := drawing.Parse([]byte(text)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
