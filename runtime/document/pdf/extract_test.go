package pdf

import (
	"bytes"
	"compress/zlib"
	"encoding/hex"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
)

// parsed is a PDF file taken apart without the code that wrote it.
type parsed struct {
	t       testing.TB
	raw     []byte
	objects map[int][]byte
	trailer string
}

// shown is one string of glyphs on a page.
type shown struct {
	page, mcid int // mcid -1 for decoration
	font       string
	codes      []int
	text       string
	x, y, size float64
	right      float64
}

func parse(t testing.TB, raw []byte) *parsed {
	t.Helper()
	p := &parsed{t: t, raw: raw, objects: map[int][]byte{}}
	at := bytes.LastIndex(raw, []byte("startxref\n"))
	start, err := strconv.Atoi(strings.Fields(string(raw[at:]))[1])
	if err != nil || !bytes.HasPrefix(raw[start:], []byte("xref\n")) {
		t.Fatalf("startxref does not lead to the table: %v", err)
	}
	p.trailer = string(raw[start:])
	for i, m := range regexp.MustCompile(`(?m)^(\d{10}) 00000 n $`).FindAllStringSubmatch(p.trailer, -1) {
		offset, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		head := strconv.Itoa(i+1) + " 0 obj\n"
		if !bytes.HasPrefix(raw[offset:], []byte(head)) {
			t.Fatalf("object %d is not at its offset", i+1)
		}
		body, _, _ := bytes.Cut(raw[offset+len(head):], []byte("\nendobj\n"))
		p.objects[i+1] = body
	}
	return p
}

// ref follows the reference at key in an object's dictionary.
func (p *parsed) ref(object int, key string) int {
	p.t.Helper()
	m := regexp.MustCompile(`/` + key + `\[?[ ]?(\d+) 0 R`).FindSubmatch(p.objects[object])
	if m == nil {
		p.t.Fatalf("object %d has no %s", object, key)
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n
}

func (p *parsed) stream(object int) []byte {
	p.t.Helper()
	_, data, found := bytes.Cut(p.objects[object], []byte("\nstream\n"))
	if !found {
		p.t.Fatalf("object %d is not a stream", object)
	}
	r, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		p.t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		p.t.Fatal(err)
	}
	return out
}

func (p *parsed) catalog() int {
	m := regexp.MustCompile(`/Root (\d+) 0 R`).FindStringSubmatch(p.trailer)
	n, _ := strconv.Atoi(m[1])
	return n
}

func (p *parsed) pages() []int {
	var out []int
	kids := regexp.MustCompile(`/Kids\[([^\]]*)\]`).FindSubmatch(p.objects[p.ref(p.catalog(), "Pages")])
	for _, m := range regexp.MustCompile(`(\d+) 0 R`).FindAllSubmatch(kids[1], -1) {
		n, _ := strconv.Atoi(string(m[1]))
		out = append(out, n)
	}
	return out
}

// unicode is the text of each code of a font; widths are their advances.
func (p *parsed) font(page int, name string) (unicode map[int]string, widths []int) {
	p.t.Helper()
	font := p.ref(page, name)
	unicode = map[int]string{}
	for _, m := range regexp.MustCompile(`<([0-9A-F]{4})> <([0-9A-F]*)>\n`).FindAllSubmatch(p.stream(p.ref(font, "ToUnicode")), -1) {
		code, _ := strconv.ParseInt(string(m[1]), 16, 32)
		raw, err := hex.DecodeString(string(m[2]))
		if err != nil {
			p.t.Fatal(err)
		}
		var units []uint16
		for i := 0; i+1 < len(raw); i += 2 {
			units = append(units, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		unicode[int(code)] = string(utf16.Decode(units))
	}
	descendant := p.ref(font, "DescendantFonts")
	w := regexp.MustCompile(`/W\[1\[([^\]]*)\]`).FindSubmatch(p.objects[descendant])
	for _, f := range strings.Fields(string(w[1])) {
		n, _ := strconv.Atoi(f)
		widths = append(widths, n)
	}
	return unicode, widths
}

var operators = regexp.MustCompile(`/\w+ <</MCID (\d+)>> BDC|/Artifact BMC|EMC|/(F\d) (\S+) Tf 1 0 0 1 (\S+) (\S+) Tm|<([0-9A-F]+)> Tj`)

// shown lists the strings of all pages in the order they are drawn. Text that
// runs right to left is turned round, as every reader does.
func (p *parsed) shown() []shown {
	p.t.Helper()
	var out []shown
	for i, page := range p.pages() {
		fonts := map[string]map[int]string{}
		advances := map[string][]int{}
		s := shown{page: i, mcid: -1}
		for _, m := range operators.FindAllStringSubmatch(string(p.stream(p.ref(page, "Contents"))), -1) {
			switch {
			case m[1] != "":
				s.mcid, _ = strconv.Atoi(m[1])
			case m[2] != "":
				s.font = m[2]
				s.size, _ = strconv.ParseFloat(m[3], 64)
				s.x, _ = strconv.ParseFloat(m[4], 64)
				s.y, _ = strconv.ParseFloat(m[5], 64)
			case m[6] != "":
				if fonts[s.font] == nil {
					fonts[s.font], advances[s.font] = p.font(page, s.font)
				}
				s.codes, s.right = nil, s.x
				var parts []string
				for k := 0; k < len(m[6]); k += 4 {
					code, _ := strconv.ParseInt(m[6][k:k+4], 16, 32)
					s.codes = append(s.codes, int(code))
					parts = append(parts, fonts[s.font][int(code)])
					s.right += float64(advances[s.font][code-1]) * s.size / 1000
				}
				s.text = strings.Join(parts, "")
				neutral := !strings.ContainsFunc(s.text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
				afterLeft := len(out) > 0 && s.right < out[len(out)-1].x+0.1 && s.y == out[len(out)-1].y
				if firstStrong([]rune(s.text)) || neutral && afterLeft {
					slices.Reverse(parts)
					s.text = strings.Join(parts, "")
				}
				out = append(out, s)
			default:
				s.mcid = -1
			}
		}
	}
	return out
}

// text is all content, in reading order, without decoration; lines are joined
// by one space.
func (p *parsed) text() string {
	var b strings.Builder
	page, last := 0, -1
	for _, s := range p.shown() {
		if s.mcid < 0 {
			continue
		}
		if s.mcid != last || s.page != page {
			b.WriteByte(' ')
		}
		page, last = s.page, s.mcid
		b.WriteString(s.text)
	}
	return b.String()
}
