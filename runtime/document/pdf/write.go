package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/go-text/typesetting/font"
	"github.com/klauspost/compress/zlib"
)

// file collects the numbered objects of a PDF file.
type file struct {
	objects [][]byte // objects[i] has number i+1
	packed  bytes.Buffer
}

// packers holds compressors, which are large.
var packers = sync.Pool{New: func() any { return zlib.NewWriter(nil) }}

func (f *file) reserve() int {
	f.objects = append(f.objects, nil)
	return len(f.objects)
}

func (f *file) set(number int, body string) { f.objects[number-1] = []byte(body) }

func (f *file) add(format string, args ...any) int {
	n := f.reserve()
	f.set(n, fmt.Sprintf(format, args...))
	return n
}

// stream adds a compressed stream; dict is the rest of its dictionary.
func (f *file) stream(dict string, data []byte) int {
	f.packed.Reset()
	packer := packers.Get().(*zlib.Writer)
	defer packers.Put(packer)
	packer.Reset(&f.packed)
	packer.Write(data) // into memory: cannot fail
	packer.Close()
	return f.add("<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", dict, f.packed.Len(), f.packed.Bytes())
}

// bytes is the finished file. The identifier follows from the content.
func (f *file) bytes(catalog, info int) []byte {
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(f.objects))
	for i, body := range f.objects {
		offsets[i] = out.Len()
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, body)
	}
	id := sha256.Sum256(out.Bytes())
	table := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(f.objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&out, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%X><%X>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(f.objects)+1, catalog, info, id[:16], id[:16], table)
	return out.Bytes()
}

// textString encodes a PDF text string.
func textString(s string) string {
	return "<FEFF" + utf16Hex(s) + ">"
}

func utf16Hex(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String()
}

// plain is a text without its isolates.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if isIsolate(r) {
			return -1
		}
		return r
	}, s)
}

// write assembles the file from the drawn pages.
func (l *layout) write(faces *[faceCount]*face) []byte {
	f := &file{}
	catalog, tree := f.reserve(), f.reserve()
	var fonts strings.Builder
	for id := range l.glyphs {
		if len(l.glyphs[id].list) > 0 {
			fmt.Fprintf(&fonts, "/F%d %d 0 R", id, f.font(faces[id], faceNames[id], l.glyphs[id].list))
		}
	}
	images := ""
	for i, p := range l.photos {
		images += fmt.Sprintf("/I%d %d 0 R", i, f.photo(p))
	}
	if l.doc.Sheet.Waves {
		images += fmt.Sprintf("/W %d 0 R", f.wave(l.sheet))
	}
	if images != "" {
		images = "/XObject<<" + images + ">>"
	}
	numbers := make([]int, len(l.pages))
	for i := range l.pages {
		numbers[i] = f.reserve()
	}
	links := f.structure(l, numbers)
	extra, seal := "", 0
	if l.doc.SealBytes > 0 {
		seal = f.seal(l.doc, numbers[len(numbers)-1])
		extra = fmt.Sprintf("/AcroForm<</SigFlags 3/Fields[%d 0 R]>>", seal)
	}
	var kids strings.Builder
	for i, p := range l.pages {
		notes := links.onPage(i)
		if seal > 0 && i == len(l.pages)-1 {
			notes += fmt.Sprintf("%d 0 R ", seal)
		}
		if notes != "" {
			notes = "/Annots[" + notes + "]"
		}
		content := f.stream("", p.content.Bytes())
		f.set(numbers[i], fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %v %v]/Resources<</Font<<%s>>%s/ExtGState<</G0<</ca 0.075>>>>>>/Contents %d 0 R/StructParents %d/Tabs/S%s>>",
			tree, l.sheet.width, l.sheet.height, fonts.String(), images, content, i, notes))
		fmt.Fprintf(&kids, "%d 0 R ", numbers[i])
	}
	f.set(tree, fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids.String(), len(l.pages)))
	if a := l.doc.Attachment; a != nil {
		extra += f.attachment(a)
	}
	direction := ""
	if l.start() == right {
		direction = "/Direction/R2L"
	}
	metadata := f.metadata(l.doc, l.main(l.doc.Title))
	f.set(catalog, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/Lang(%s)/MarkInfo<</Marked true>>/ViewerPreferences<</DisplayDocTitle true%s>>/StructTreeRoot %d 0 R/Metadata %d 0 R%s>>",
		tree, l.doc.Languages[0], direction, links.root, metadata.xmp, extra))
	return f.bytes(catalog, metadata.info)
}

// font adds a subset with exactly the glyphs in list; code i+1 stands for
// list[i], its glyph and its text.
func (f *file) font(face *face, name string, list []glyph) int {
	var order []variant
	place := map[variant]uint16{}
	for _, g := range list {
		if _, ok := place[g.variant]; !ok && !g.blank {
			order = append(order, g.variant)
			place[g.variant] = uint16(len(order))
		}
	}
	sub, blank := face.subset(order)
	toGlyph := make([]byte, 2, 2*len(list)+2)
	var widths, texts strings.Builder
	for i, g := range list {
		at := blank
		if !g.blank {
			at = place[g.variant]
		}
		toGlyph = binary.BigEndian.AppendUint16(toGlyph, at)
		fmt.Fprintf(&widths, "%d ", g.advance)
		if i%100 == 0 {
			if i > 0 {
				texts.WriteString("endbfchar\n")
			}
			fmt.Fprintf(&texts, "%d beginbfchar\n", min(100, len(list)-i))
		}
		fmt.Fprintf(&texts, "<%04X> <%s>\n", i+1, utf16Hex(g.text))
	}
	digest := sha256.Sum256(sub)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + digest[i]%26
	}
	name = string(tag) + "+" + name
	program := f.stream(fmt.Sprintf("/Length1 %d", len(sub)), sub)
	extents, _ := font.NewFace(face.font).FontHExtents()
	bounds := func(at int) int16 { return int16(binary.BigEndian.Uint16(face.tables["head"][at:])) }
	descriptor := f.add("<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %.0f/Descent %.0f/CapHeight 698/StemV 80/FontFile2 %d 0 R>>",
		name, bounds(36), bounds(38), bounds(40), bounds(42), extents.Ascender, extents.Descender, program)
	descendant := f.add("<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap %d 0 R/DW 0/W[1[%s]]>>",
		name, descriptor, f.stream("", toGlyph), widths.String())
	unicode := f.stream("", []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def\n/CMapName /Text def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"+
		texts.String()+"endbfchar\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"))
	return f.add("<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, descendant, unicode)
}

// attachment embeds a record as an associated file; the result belongs in the
// catalog.
func (f *file) attachment(a *Attachment) string {
	sum := sha256.Sum256(a.Data)
	media := strings.NewReplacer("/", "#2F", "+", "#2B").Replace(a.MediaType)
	data := f.stream(fmt.Sprintf("/Type/EmbeddedFile/Subtype/%s/Params<</Size %d>>", media, len(a.Data)), a.Data)
	spec := f.add("<</Type/Filespec/F(%s)/UF(%s)/Desc(SHA-256 %x)/AFRelationship/Data/EF<</F %d 0 R/UF %d 0 R>>>>", a.Name, a.Name, sum, data, data)
	return fmt.Sprintf("/AF[%d 0 R]/Names<</EmbeddedFiles<</Names[(%s) %d 0 R]>>>>", spec, a.Name, spec)
}
