package pdf

import (
	"bytes"
	"fmt"
	"image/color"
	"image/jpeg"
	"slices"
)

// blocks gives clean copies of blocks.
func (c *checker) blocks(in []Block) []Block {
	c.atMost("blocks", len(in), MaxBlocks)
	if c.err != nil || in == nil {
		return nil
	}
	out := slices.Clone(in)
	for i := range out {
		b, at := &out[i], fmt.Sprintf("blocks[%d]", i)
		b.Text, b.Alt = c.texts(at+".text", b.Text), c.texts(at+".alt", b.Alt)
		c.atMost(at+".items", len(b.Items), MaxRows)
		c.atMost(at+".rows", len(b.Rows), MaxRows)
		if c.err != nil {
			return nil
		}
		if b.Kind == Signatures {
			c.atMost(at+".items", len(b.Items), maxSigners)
		}
		b.Items, b.Rows = slices.Clone(b.Items), slices.Clone(b.Rows)
		for k, item := range b.Items {
			b.Items[k] = c.texts(fmt.Sprintf("%s.items[%d]", at, k), item)
		}
		for k, r := range b.Rows {
			b.Rows[k].Label = c.texts(fmt.Sprintf("%s.rows[%d].label", at, k), r.Label)
			b.Rows[k].Value = c.texts(fmt.Sprintf("%s.rows[%d].value", at, k), r.Value)
		}
		b.Table = c.table(b.Table)
		c.drawing(at+".drawing", b.Drawing)
		c.photo(at+".photo", b.Photo)
	}
	return out
}

const maxSigners = 4

func (c *checker) drawing(where string, d *Drawing) {
	if d == nil {
		return
	}
	points := 0
	for _, s := range d.Shapes {
		for _, r := range s.Rings {
			points += len(r)
		}
	}
	if points > maxPoints || !(d.Width > 0 && d.Width <= 1 && d.Height > 0 && d.Height <= 1) {
		c.fail(where, fmt.Sprintf("not in a box of 1 by 1, or more than %d points", maxPoints))
	}
}

// photo: the file is what it says, since readers that are given other pixels than the dictionary tells show nothing.
func (c *checker) photo(where string, p *Photo) {
	if p == nil {
		return
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(p.JPEG))
	if err != nil || len(p.JPEG) > MaxPhoto || config.Width != p.Width || config.Height != p.Height || config.ColorModel != color.YCbCrModel {
		c.fail(where, fmt.Sprintf("no JPEG of three colours with at most %d bytes and the pixels that are said", MaxPhoto))
	}
}
