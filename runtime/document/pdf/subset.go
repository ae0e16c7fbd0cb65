package pdf

import (
	"encoding/binary"

	"github.com/go-text/typesetting/font/opentype"
)

// outline returns the glyf entry of a glyph; nil for a blank one.
func (f *face) outline(gid uint16) []byte {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	if binary.BigEndian.Uint16(f.tables["head"][50:]) == 1 {
		return glyf[binary.BigEndian.Uint32(loca[4*int(gid):]):binary.BigEndian.Uint32(loca[4*int(gid)+4:])]
	}
	return glyf[2*int(binary.BigEndian.Uint16(loca[2*int(gid):])) : 2*int(binary.BigEndian.Uint16(loca[2*int(gid)+2:]))]
}

func (f *face) advance(gid uint16) uint16 {
	n := binary.BigEndian.Uint16(f.tables["hhea"][34:])
	return binary.BigEndian.Uint16(f.tables["hmtx"][4*int(min(gid, n-1)):])
}

// variant is a glyph with the place and the advance that shaping gave it. Marks
// are moved and letters kerned in the font, not in the text: readers take a
// change of baseline, or a gap, within a word for its end.
type variant struct {
	id      uint16
	dx, dy  int16
	advance uint16
}

func (f *face) natural(id uint16) variant { return variant{id: id, advance: f.advance(id)} }

// subset builds a TrueType file with the given glyphs of f, numbered from 1 in
// that order after the glyph for missing characters, and one blank glyph without
// width at the end, whose number is the second result. Hinting programs are left out: they cost a third of the size
// and paper has no pixels to fit.
func (f *face) subset(glyphs []variant) (program []byte, blank uint16) {
	order := append([]variant{f.natural(0)}, glyphs...)
	number := make(map[variant]uint16, len(order))
	for i, g := range order {
		number[g] = uint16(i)
	}
	var glyf, hmtx []byte
	var loca []byte
	for i := 0; i < len(order); i++ { // grows by the parts of composite glyphs
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		part := func(id uint16) uint16 {
			key := f.natural(id)
			n, ok := number[key]
			if !ok {
				n = uint16(len(order))
				number[key] = n
				order = append(order, key)
			}
			return n
		}
		v := order[i]
		if src := f.outline(v.id); v != f.natural(v.id) && len(src) >= 10 {
			glyf = appendMoved(glyf, src, part(v.id), v)
		} else {
			glyf = appendOutline(glyf, src, part)
		}
	}
	for range 2 { // the blank glyph's begin and end
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	}
	for _, g := range order {
		hmtx = binary.BigEndian.AppendUint16(hmtx, g.advance)
		hmtx = binary.BigEndian.AppendUint16(hmtx, leftBearing(f.outline(g.id))+uint16(g.dx))
	}
	hmtx = append(hmtx, 0, 0, 0, 0)
	count := uint16(len(order) + 1)
	patched := func(tag string, at int, v uint16) []byte {
		t := append([]byte(nil), f.tables[tag]...)
		binary.BigEndian.PutUint16(t[at:], v)
		return t
	}
	head := patched("head", 50, 1)
	binary.BigEndian.PutUint32(head[8:], 0) // the checksum of another file
	maxp := patched("maxp", 4, count)
	for i := 14; i < 28; i++ { // no hinting: no zones, storage, functions, instructions
		maxp[i] = 0
	}
	maxp[15] = 1
	var tables []opentype.Table // sorted by tag, padded to words
	for _, t := range []struct {
		tag  string
		data []byte
	}{{"glyf", glyf}, {"head", head}, {"hhea", patched("hhea", 34, count)}, {"hmtx", hmtx}, {"loca", loca}, {"maxp", maxp}} {
		for len(t.data)%4 != 0 {
			t.data = append(t.data, 0)
		}
		tables = append(tables, opentype.Table{Tag: opentype.MustNewTag(t.tag), Content: t.data})
	}
	return opentype.WriteTTF(tables), count - 1
}

// leftBearing is the left edge of an outline, where readers expect the glyph.
func leftBearing(outline []byte) uint16 {
	if len(outline) < 10 {
		return 0
	}
	return binary.BigEndian.Uint16(outline[2:])
}

// appendMoved makes a composite of one part at another place.
func appendMoved(dst, src []byte, part uint16, v variant) []byte {
	const wordsThatMove = 0x0003
	be := binary.BigEndian
	dst = be.AppendUint16(dst, 0xffff)
	for at := 2; at < 10; at += 4 { // the bounds
		dst = be.AppendUint16(dst, be.Uint16(src[at:])+uint16(v.dx))
		dst = be.AppendUint16(dst, be.Uint16(src[at+2:])+uint16(v.dy))
	}
	for _, n := range []uint16{wordsThatMove, part, uint16(v.dx), uint16(v.dy)} {
		dst = be.AppendUint16(dst, n)
	}
	return append(dst, 0, 0) // to a multiple of four
}

// appendOutline copies one glyph without its instructions, renumbering parts.
func appendOutline(dst, src []byte, renumber func(uint16) uint16) []byte {
	if len(src) < 10 {
		return dst
	}
	be := binary.BigEndian
	contours := int(int16(be.Uint16(src)))
	if contours >= 0 {
		ends := 10 + 2*contours
		dst = append(dst, src[:ends]...)
		dst = append(dst, 0, 0)
		dst = append(dst, src[ends+2+int(be.Uint16(src[ends:])):]...)
	} else {
		const words, scale, more, scaleXY, matrix, instructions = 0x1, 0x8, 0x20, 0x40, 0x80, 0x100
		dst = append(dst, src[:10]...)
		for at := 10; ; {
			flags, length := be.Uint16(src[at:]), 6
			if flags&words != 0 {
				length += 2
			}
			switch {
			case flags&scale != 0:
				length += 2
			case flags&scaleXY != 0:
				length += 4
			case flags&matrix != 0:
				length += 8
			}
			dst = be.AppendUint16(dst, flags&^instructions)
			dst = be.AppendUint16(dst, renumber(be.Uint16(src[at+2:])))
			dst = append(dst, src[at+4:at+length]...)
			if at += length; flags&more == 0 {
				break
			}
		}
	}
	for len(dst)%4 != 0 {
		dst = append(dst, 0)
	}
	return dst
}
