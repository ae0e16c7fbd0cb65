package compile

import (
	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// layout takes how a paper looks, with the drawings that stand on it; nil where nothing is said.
func layout(c *catalog.Catalogue, d *catalog.Document) *plan.Layout {
	l := d.Layout
	if l == nil {
		return nil
	}
	out := &plan.Layout{
		Paper: string(l.Paper), Landscape: l.Landscape, Margins: string(l.Margins), Languages: values(l.Languages), Arrange: string(l.Arrange),
		Border: string(l.Border), Background: string(l.Background), Watermark: given(l.Watermark), Numbers: string(l.Numbers),
	}
	for i := range l.Blocks {
		b := &l.Blocks[i]
		block := plan.Block{
			Kind: string(b.Kind), Text: given(b.Text), Items: all(b.Items), Rows: values(b.Rows), Across: int(b.Across), Of: b.Of.Value,
			Counted: b.Counted, Image: b.Image.Value, Alt: given(b.Alt), At: string(b.At), Size: string(b.Size), Signers: all(b.Signers),
		}
		for _, column := range b.Columns {
			block.Columns = append(block.Columns, plan.BlockColumn{
				Code: column.Code.Value, Title: given(column.Title), Share: int(column.Share), Total: column.Total,
			})
		}
		if _, svg := c.Image(b.Image.Value); svg != nil {
			if out.Images == nil {
				out.Images = map[string]string{}
			}
			out.Images[b.Image.Value] = string(svg)
		}
		out.Blocks = append(out.Blocks, block)
	}
	return out
}

// given is a text, or nil where none is written.
func given(t catalog.Text) plan.Text {
	if t.Len() == 0 {
		return nil
	}
	return text(t)
}

func all(texts []catalog.Text) []plan.Text {
	var out []plan.Text
	for _, t := range texts {
		out = append(out, text(t))
	}
	return out
}
