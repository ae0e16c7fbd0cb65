package paper

import (
	"regexp"
	"strings"

	"github.com/diwan-gov/diwan/catalog/drawing"
	"github.com/diwan-gov/diwan/runtime/document/pdf"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// What the words of a layout are on paper; the empty word is what the zero value is.
var (
	papers      = map[string]pdf.Paper{"A5": pdf.A5, "card": pdf.Card}
	margins     = map[string]float64{"narrow": 0.7, "wide": 1.35}
	borders     = map[string]pdf.Border{"double": pdf.DoubleBorder, "line": pdf.LineBorder, "none": pdf.NoBorder}
	numbers     = map[string]pdf.Numbers{"always": pdf.NumberedAlways, "several": pdf.NumberedSeveral, "never": pdf.NumberedNever}
	arrangement = map[string]pdf.Arrangement{"side by side": pdf.SideBySide, "one after the other": pdf.OneAfterOther}
	places      = map[string]pdf.Place{"start": pdf.BesideStart, "end": pdf.BesideEnd}
	sizes       = map[string]pdf.Size{"small": pdf.Small, "large": pdf.Large}
	kinds       = map[string]pdf.BlockKind{
		"heading": pdf.Heading, "title": pdf.Title, "facts": pdf.Facts, "text": pdf.Paragraph, "list": pdf.List, "table": pdf.Lines,
		"picture": pdf.Picture, "signatures": pdf.Signatures, "verification": pdf.Verification, "new page": pdf.NewPage,
	}
)

// own is a paper with a layout of its own.
func own(d *pdf.Document, c Content, languages []string) {
	l := c.Text.Layout
	d.Sheet = pdf.Sheet{
		Paper: papers[l.Paper], Landscape: l.Landscape, Margin: margins[l.Margins], Border: borders[l.Border], Waves: l.Background == "waves",
		Numbers: numbers[l.Numbers],
	}
	if l.Paper == "card" && l.Border == "" {
		d.Sheet.Border = pdf.LineBorder
	}
	d.Arrange = arrangement[l.Arrange]
	d.Watermark = texts(languages, l.Watermark)
	w := writer{content: c, languages: languages, rows: map[string]*Row{}, elsewhere: map[string]bool{}}
	for i := range c.Rows {
		if code := c.Rows[i].Code; code != "" {
			w.rows[code] = &c.Rows[i]
		}
	}
	for i := range l.Blocks {
		for _, code := range shownBy(&l.Blocks[i]) {
			w.elsewhere[code] = code != "" // what has no name is shown by none
		}
	}
	d.Blocks = []pdf.Block{}
	for i := range l.Blocks {
		if b, ok := w.block(&l.Blocks[i]); ok {
			d.Blocks = append(d.Blocks, b)
		}
	}
}

// writer fills blocks with what the rows say.
type writer struct {
	content   Content
	languages []string
	rows      map[string]*Row // those that are printed, by code
	elsewhere map[string]bool // rows that blocks show by name
}

// block is one block with its words; false where nothing of it is printed.
func (w *writer) block(b *plan.Block) (out pdf.Block, ok bool) {
	out = pdf.Block{Kind: kinds[b.Kind], Place: places[b.At], Size: sizes[b.Size], Across: b.Across == 2}
	if len(b.Text) > 0 {
		if out.Text, ok = w.filled(b.Text); !ok {
			return out, false
		}
	}
	switch out.Kind {
	case pdf.Heading:
		out.Drawing = w.drawing(b.Image)
	case pdf.Facts:
		out.Rows = w.facts(b.Rows)
		return out, len(out.Rows) > 0
	case pdf.List:
		for _, item := range b.Items {
			if said, printed := w.filled(item); printed {
				out.Items = append(out.Items, said)
			}
		}
		return out, len(out.Items) > 0
	case pdf.Lines:
		row := w.rows[b.Of]
		if row == nil || row.Cell.Kind != "list" {
			return out, false
		}
		if len(out.Text) == 0 {
			out.Text = texts(w.languages, row.Label)
		}
		out.Table = w.table(b, row.Cell)
	case pdf.Picture:
		return w.picture(b, out)
	case pdf.Signatures:
		for _, who := range b.Signers {
			out.Items = append(out.Items, texts(w.languages, who))
		}
	}
	return out, true
}

// facts are the rows of these codes, or all that no other block shows.
func (w *writer) facts(codes []string) []pdf.Row {
	var out []pdf.Row
	if len(codes) > 0 {
		for _, code := range codes {
			if row := w.rows[code]; row != nil {
				out = append(out, facts(w.languages, *row)...)
			}
		}
		return out
	}
	for _, row := range w.content.Rows {
		if !w.elsewhere[row.Code] {
			out = append(out, facts(w.languages, row)...)
		}
	}
	return out
}

func (w *writer) picture(b *plan.Block, out pdf.Block) (pdf.Block, bool) {
	if b.Of == "" {
		out.Drawing, out.Alt = w.drawing(b.Image), texts(w.languages, b.Alt)
		return out, out.Drawing != nil
	}
	row := w.rows[b.Of]
	if row == nil {
		return out, false
	}
	out.Photo, out.Alt = w.content.Photos[Wanted{row.Cell.Value, out.Place == pdf.Centred}], texts(w.languages, row.Label)
	return out, true
}

// drawing is one of the layout's; nil where it cannot be drawn, which the checker has told.
func (w *writer) drawing(name string) *pdf.Drawing {
	svg := w.content.Text.Layout.Images[name]
	if svg == "" {
		return nil
	}
	d, err := drawing.Parse([]byte(svg))
	if err != nil {
		return nil
	}
	out := &pdf.Drawing{Width: d.Width, Height: d.Height}
	veiled := func(part, opacity float64) float64 { return 1 - opacity*(1-part) } // as on white paper
	for _, s := range d.Shapes {
		shape := pdf.Shape{Red: veiled(s.Red, s.Opacity), Green: veiled(s.Green, s.Opacity), Blue: veiled(s.Blue, s.Opacity), NonZero: s.NonZero}
		for _, ring := range s.Rings {
			points := make([][2]float64, len(ring))
			for i, p := range ring {
				points[i] = [2]float64{p.X, p.Y}
			}
			shape.Rings = append(shape.Rings, points)
		}
		out.Shapes = append(out.Shapes, shape)
	}
	return out
}

var hole = regexp.MustCompile(`\{([a-z][A-Za-z0-9]*)\}`)

// filled is a text with the values of the rows that it names; false where one of them is not printed.
func (w *writer) filled(t plan.Text) ([]pdf.Text, bool) {
	whole := true
	var out []pdf.Text
	for _, text := range texts(w.languages, t) {
		text.Value = hole.ReplaceAllStringFunc(text.Value, func(h string) string {
			row := w.rows[strings.Trim(h, "{}")]
			if row == nil {
				whole = false
				return ""
			}
			return pdf.Isolate(said(w.languages, row.Cell, text.Lang))
		})
		out = append(out, text)
	}
	return out, whole && len(out) > 0
}

// shownBy are the rows that a block shows by name.
func shownBy(b *plan.Block) []string {
	out := append([]string{b.Of}, b.Rows...)
	for _, t := range append([]plan.Text{b.Text}, b.Items...) {
		for _, said := range t {
			for _, m := range hole.FindAllStringSubmatch(said, -1) {
				out = append(out, m[1])
			}
		}
	}
	return out
}

// Pictures are those that the rows name, to be brought as Photos. What stands on a line of its own is printed whole.
func (c Content) Pictures() []Wanted {
	var out []Wanted
	if c.Text.Layout == nil {
		return nil
	}
	for _, b := range c.Text.Layout.Blocks {
		for _, row := range c.Rows {
			if b.Kind == "picture" && b.Of != "" && row.Code == b.Of && row.Cell.Value != "" {
				out = append(out, Wanted{row.Cell.Value, places[b.At] == pdf.Centred})
			}
		}
	}
	return out
}
