package pdf

import (
	"fmt"
	"slices"
	"sync"
	"unicode"

	gobidi "github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// em is the size at which text is shaped: the units of the fonts, and of PDF,
// are 1/1000 of the font size.
const em = 1000

// glyph is a placed glyph; text is what it stands for in search and copying.
type glyph struct {
	variant
	blank bool // carries text, draws nothing
	text  string
}

// run is a stretch of one face and direction, glyphs from left to right.
type run struct {
	face   faceID
	rtl    bool
	x      int // from the left edge of the line
	glyphs []glyph
}

// line is one line of a paragraph. Its runs are in reading order, each with
// its place, so that text comes out of the file in the order it is read.
type line struct {
	runs  []run
	width int
}

// typesetter shapes and breaks text. It keeps caches and scratch space, so
// each goroutine takes its own from typesetters.
type typesetter struct {
	faces     [faceCount]*font.Face
	shaper    shaping.HarfbuzzShaper
	segmenter shaping.Segmenter
	wrapper   shaping.LineWrapper
	bidi      gobidi.Paragraph
	order     [2]faceID // faces for the text at hand, preferred one first
}

// typesetters must be used only after loadFaces has succeeded.
var typesetters = sync.Pool{New: func() any {
	faces, err := loadFaces()
	if err != nil {
		panic("pdf: fonts were not loaded before typesetting") // Render loads them first
	}
	t := &typesetter{}
	for i, f := range faces {
		t.faces[i] = font.NewFace(f.font)
	}
	return t
}}

// ResolveFace implements shaping.Fontmap for the text at hand.
func (t *typesetter) ResolveFace(r rune) *font.Face {
	for _, id := range t.order {
		if _, ok := t.faces[id].NominalGlyph(r); ok {
			return t.faces[id]
		}
	}
	return t.faces[t.order[0]]
}

// lines shapes a clean text and breaks it to width (in 1/1000 of the font size).
// The problem is not empty if a character has no glyph.
func (t *typesetter) lines(text, lang string, rtl, strong bool, width int) (_ []line, problem string) {
	rs := []rune(text)
	t.order = [2]faceID{latinRegular, arabicRegular}
	if rtl {
		t.order = [2]faceID{arabicRegular, latinRegular}
	}
	if strong {
		t.order[0] += arabicStrong - arabicRegular
		t.order[1] += arabicStrong - arabicRegular
	}
	direction, base := di.DirectionLTR, 0
	if rtl {
		direction, base = di.DirectionRTL, 1
	}
	depth := make([]int, len(rs))
	levels(&t.bidi, rs, base, depth)
	var shaped []shaping.Output
	for from := 0; from < len(rs); {
		to := from + 1
		for to < len(rs) && depth[to] == depth[from] {
			to++
		}
		in := shaping.Input{Text: rs, RunStart: from, RunEnd: to, Direction: di.DirectionLTR, Size: fixed.I(em), Language: language.NewLanguage(lang)}
		if depth[from]%2 == 1 {
			in.Direction = di.DirectionRTL
		}
		for _, piece := range t.segmenter.Split(in, t) {
			shaped = append(shaped, t.shaper.ShapeNoExtents(piece))
		}
		from = to
	}
	for _, out := range shaped {
		for i := range out.Glyphs {
			g := &out.Glyphs[i]
			if g.GlyphID == 0 {
				return nil, missing(rs[g.TextIndex() : g.TextIndex()+g.RunesCount()])
			}
			if rs[g.TextIndex()] != ' ' {
				g.Width = 1 // extents are not computed; the wrapper takes 0 for a space
			}
		}
	}
	config := shaping.WrapConfig{Direction: direction, DisableTrailingWhitespaceTrim: true}
	wrapped, _ := t.wrapper.WrapParagraphF(config, fixed.I(width), rs, shaping.NewSliceIterator(shaped))
	out := make([]line, 0, len(wrapped))
	for _, w := range wrapped {
		out = append(out, t.place(rs, depth, w))
	}
	return out, ""
}

// missing names the first character of a cluster that draws something.
func missing(cluster []rune) string {
	for _, r := range cluster {
		if !isIsolate(r) && !isJoiner(r) {
			return fmt.Sprintf("no glyph for %U %q", r, r)
		}
	}
	return "no glyph for a control character"
}

// place puts the runs of a broken line in visual order.
func (t *typesetter) place(rs []rune, depth []int, w shaping.Line) line {
	var l line
	var level []int
	for i, out := range w {
		r := run{rtl: out.Direction == di.DirectionRTL, face: faceID(slices.Index(t.faces[:], out.Face))}
		r.glyphs = clusters(rs, out, r.rtl)
		if i == len(w)-1 {
			r.trimEnd()
		}
		if len(r.glyphs) > 0 {
			l.runs = append(l.runs, r)
			level = append(level, depth[out.Runes.Offset])
		}
	}
	for _, i := range visualOrder(level) {
		l.runs[i].x = l.width
		for _, g := range l.runs[i].glyphs {
			l.width += int(g.advance)
		}
	}
	return l
}

// trimEnd drops spaces where the line was broken.
func (r *run) trimEnd() {
	for n := len(r.glyphs); n > 0; n = len(r.glyphs) {
		switch {
		case r.rtl && r.glyphs[0].text == " ":
			r.glyphs = r.glyphs[1:]
		case !r.rtl && r.glyphs[n-1].text == " ":
			r.glyphs = r.glyphs[:n-1]
		default:
			return
		}
	}
}

// clusters gives each glyph of a run the characters it stands for. Readers turn
// right-to-left text round character by character, so there every character
// needs a glyph of its own: where a ligature stands for several, blank glyphs
// without width carry the others, and the letter goes with the last glyph.
func clusters(rs []rune, out shaping.Output, rtl bool) []glyph {
	var all []glyph
	for i := 0; i < len(out.Glyphs); {
		j, at := i, out.Glyphs[i].TextIndex()
		for j < len(out.Glyphs) && out.Glyphs[j].TextIndex() == at {
			j++
		}
		var text []rune
		for _, r := range rs[at : at+out.Glyphs[i].RunesCount()] {
			if !isIsolate(r) && !unicode.Is(unicode.Cf, r) {
				text = append(text, r)
			}
		}
		if rtl {
			slices.Reverse(text)
		}
		for k, g := range out.Glyphs[i:j] {
			p := glyph{variant: variant{uint16(g.GlyphID), int16(g.XOffset.Round()), int16(g.YOffset.Round()), uint16(max(g.Advance.Round(), 0))}}
			if len(text) == 0 && p.advance == 0 {
				continue // a control: neither seen nor copied
			}
			last := k == j-i-1
			switch {
			case !rtl && k == 0:
				p.text = string(text)
			case rtl && last && len(text) > 0:
				for _, r := range text[min(k, len(text)-1) : len(text)-1] {
					all = append(all, glyph{blank: true, text: string(r)})
				}
				p.text = string(text[len(text)-1])
			case rtl && k < len(text)-1:
				p.text = string(text[k])
			}
			all = append(all, p)
		}
		i = j
	}
	return all
}
