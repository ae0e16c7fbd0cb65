package pdf

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/go-text/typesetting/font/opentype"
)

func TestUnwantedCharactersAreNeutralised(t *testing.T) {
	for in, want := range map[string]string{
		"a\x00b\x1b[31mc\u0085d":           "ab[31mc d",
		"line\r\nbreak\ttab\u2028x":        "line  break tab x",
		"Ali\u202eilA\u202c \u202dx\u202a": "AliilA x",
		"\u2068open":                       "\u2068open\u2069",
		"close\u2069\u2069d":               "closed",
		"می\u200cخواهم":                    "می\u200cخواهم",
		"\ufeff\u00adsoft\ue000":           "soft",
		"\u2068\u200d\u2069":               "",
		"  trimmed \n":                     "trimmed",
	} {
		if got, problem := clean(in); got != want || problem != "" {
			t.Errorf("%q becomes %q (%s), not %q", in, got, problem, want)
		}
	}
	if got := Isolate("a\u2069b\u2067"); got != "\u2068ab\u2069" {
		t.Errorf("an inserted value escapes: %q", got)
	}
	d := licence()
	d.Rows[0].Value = one("Layla \u202eifaL\u202c Al Lafi")
	if text := parse(t, render(t, d)).text(); !strings.Contains(text, "Layla ifaL Al Lafi") {
		t.Error("an override changes what is drawn")
	}
}

func TestWhatCannotBeDrawnIsRefusedAtItsPlace(t *testing.T) {
	for _, c := range []struct {
		change func(*Document)
		where  string
		says   string
	}{
		{func(d *Document) { d.Rows[2].Value = one("名") }, "rows[2]", "U+540D"},
		{func(d *Document) { d.Footer = one("ok 🙂") }, "footer or watermark", "U+1F642"},
		{func(d *Document) { d.Rows[1].Label[1].Value = strings.Repeat("x", 100<<10) }, "rows[1].label[1]", "at most 4000"},
		{func(d *Document) { d.Title[0].Value = "\xff" }, "title[0]", "UTF-8"},
		{func(d *Document) { d.Rows[0].Value = one("a" + strings.Repeat("\u0301", 50)) }, "rows[0].value[0]", "marks"},
		{func(d *Document) { d.Rows[0].Value = one(strings.Repeat("\u2067", 20)) }, "rows[0].value[0]", "isolates"},
		{func(d *Document) { d.Title = one("\u202e\u2068\u200d") }, "title", "missing"},
		{func(d *Document) { d.Footer = one(strings.Repeat("many words ", 80)) }, "footer or watermark", "three lines"},
		{func(d *Document) { d.VerifyHint = one(strings.Repeat("many words ", 350)) }, "verifyHint or verifyCode", "page"},
		{func(d *Document) { d.Rows = make([]Row, MaxRows+1) }, "rows", "at most"},
		{func(d *Document) { d.Rows[0].Value = []Text{{"fr", "x"}} }, "rows[0].value[0]", "language"},
		{func(d *Document) { d.Languages = nil }, "languages", "0 languages"},
		{func(d *Document) { d.Languages[1] = "en)/JS" }, "languages[1]", "tag"},
		{func(d *Document) { d.VerifyURL = "javascript:alert(1)" }, "verifyURL", "https"},
		{func(d *Document) { d.VerifyURL = "https://a.example/" + strings.Repeat("x", 2000) }, "verifyURL", "1200"},
		{func(d *Document) { d.Table = &Table{Columns: make([]Column, 2), Lines: [][]Cell{{nil}}} }, "table.lines[0]", "1 cells"},
		{func(d *Document) { d.Table = &Table{Columns: []Column{{Share: math.NaN()}}} }, "table.columns[0].share", "between"},
		{func(d *Document) { d.Attachment = &Attachment{Name: "../x)", MediaType: "a/b"} }, "attachment", "not allowed"},
		{func(d *Document) { d.SealBytes = -1 }, "sealBytes", "between"},
		{func(d *Document) {
			for range 16 {
				d.Paragraphs = append(d.Paragraphs, []Text{{"en", strings.Repeat("x", MaxTextRunes)}})
			}
		}, "paragraphs[15][0]", "together"},
	} {
		d := licence()
		c.change(&d)
		_, err := Render(d)
		var input *InputError
		if !errors.As(err, &input) || input.Where != c.where || !strings.Contains(input.Problem, c.says) {
			t.Errorf("want %q at %s, got %v", c.says, c.where, err)
		}
	}
}

func TestAnyMixtureIsDrawnOrRefused(t *testing.T) {
	alphabet := []rune("aЖبلا١2 .(%،\u0651\u0670\u0301\u200d\u200f\u061c\u2066\u2067\u2068\u2069\u202e\n\x00\u0640名")
	random := rand.New(rand.NewPCG(3, 4))
	drawn := 0
	for range 300 {
		rs := make([]rune, 1+random.IntN(40))
		for i := range rs {
			rs[i] = alphabet[random.IntN(len(alphabet)-random.IntN(2))]
		}
		d := Document{Languages: []string{"ar", "en"}, Title: two("عنوان", "Title"), Rows: []Row{{Label: two(string(rs), string(rs)), Value: one(string(rs))}}, Number: Isolate(string(rs))}
		raw, err := Render(d)
		var input *InputError
		if err == nil {
			parse(t, raw).text()
			drawn++
		} else if !errors.As(err, &input) {
			t.Fatalf("%q: %v", string(rs), err)
		}
	}
	if drawn < 50 {
		t.Errorf("only %d of 300 were drawn", drawn)
	}
}

func TestAddressCannotLeaveItsString(t *testing.T) {
	d := licence()
	d.VerifyURL = `https://verify.example.gov/c/)>>/JS(x\`
	if raw := render(t, d); !bytes.Contains(raw, []byte(`URI(https://verify.example.gov/c/\)>>/JS\(x\\)`)) {
		t.Error("address is not escaped")
	}
}

func TestStructureNamesEveryPieceOfContent(t *testing.T) {
	for name, make := range documents {
		p := parse(t, render(t, make()))
		for number, body := range p.objects {
			dictionary, _, _ := bytes.Cut(body, []byte("\nstream\n"))
			for _, m := range regexp.MustCompile(`(\d+) 0 R`).FindAllSubmatch(dictionary, -1) {
				if n, _ := strconv.Atoi(string(m[1])); p.objects[n] == nil {
					t.Errorf("%s: object %d refers to %d, which is missing", name, number, n)
				}
			}
		}
		tree := string(p.objects[p.ref(p.catalog(), "StructTreeRoot")])
		for i, page := range p.pages() {
			_, owners, _ := strings.Cut(tree, fmt.Sprintf("%d[", i))
			if i == 0 {
				_, owners, _ = strings.Cut(tree, "/Nums[0[")
			}
			owners, _, _ = strings.Cut(owners, "]")
			marks := strings.Count(string(p.stream(p.ref(page, "Contents"))), "/MCID")
			if n := strings.Count(owners, " 0 R"); n != marks || n == 0 {
				t.Errorf("%s: page %d has %d marks and %d owners", name, i+1, marks, n)
			}
		}
		catalog := string(p.objects[p.catalog()])
		if !strings.Contains(catalog, "/Lang("+make().Languages[0]+")") || !strings.Contains(catalog, "/Marked true") {
			t.Errorf("%s: catalog %s", name, catalog)
		}
		metadata := string(p.objects[p.ref(p.catalog(), "Metadata")])
		if !strings.Contains(metadata, make().Title[0].Value) || !strings.Contains(metadata, "2026-11-21T09:30:00Z") || strings.Contains(metadata, "pdfaid") {
			t.Errorf("%s: metadata %s", name, metadata)
		}
	}
}

func TestEmbeddedFontsAreWhole(t *testing.T) {
	for name, make := range documents {
		p := parse(t, render(t, make()))
		for number, body := range p.objects {
			if !bytes.Contains(body, []byte("/Length1")) {
				continue
			}
			loader, err := opentype.NewLoader(bytes.NewReader(p.stream(number)))
			if err != nil {
				t.Fatal(err)
			}
			table := func(tag string) []byte {
				raw, err := loader.RawTable(opentype.MustNewTag(tag))
				if err != nil {
					t.Fatal(err)
				}
				return raw
			}
			be, glyf, loca, count := binary.BigEndian, table("glyf"), table("loca"), int(binary.BigEndian.Uint16(table("maxp")[4:]))
			if len(loca) != 4*(count+1) || len(table("hmtx")) != 4*count || int(be.Uint32(loca[4*count:])) > len(glyf) {
				t.Fatalf("%s: %d glyphs, loca %d, hmtx %d, glyf %d", name, count, len(loca), len(table("hmtx")), len(glyf))
			}
			for i := range count {
				g := glyf[be.Uint32(loca[4*i:]):be.Uint32(loca[4*i+4:])]
				if len(g) > 14 && g[0] == 0xff && int(be.Uint16(g[12:])) >= count {
					t.Errorf("%s: glyph %d has part %d of %d", name, i, be.Uint16(g[12:]), count)
				}
			}
		}
	}
}

func TestRecordIsCarriedInsideTheFile(t *testing.T) {
	d := licence()
	d.Attachment = &Attachment{Name: "record.jwt", MediaType: "application/vc+jwt", Data: []byte("eyJ.e30.x")}
	p := parse(t, render(t, d))
	spec := p.ref(p.catalog(), "AF")
	if got := p.stream(p.ref(spec, "F")); !bytes.Equal(got, d.Attachment.Data) {
		t.Errorf("attachment is %q", got)
	}
}

func TestSealCoversAllButItsOwnSlot(t *testing.T) {
	d := licence()
	if _, err := Seal(render(t, d), func([]byte) ([]byte, error) { return []byte{1}, nil }); !errors.Is(err, ErrNoSlot) {
		t.Errorf("a file without a slot: %v", err)
	}
	d.SealBytes = 16
	raw := render(t, d)
	var covered []byte
	sealed, err := Seal(raw, func(c []byte) ([]byte, error) { covered = c; return []byte("signature"), nil })
	if err != nil || len(sealed) != len(raw) {
		t.Fatal(len(sealed), err)
	}
	m := regexp.MustCompile(`/ByteRange\[0 (\d+) (\d+) (\d+)\]`).FindSubmatch(sealed)
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(string(m[i+1]))
	}
	if got := append(bytes.Clone(sealed[:n[0]]), sealed[n[1]:]...); !bytes.Equal(got, covered) || n[1]+n[2] != len(sealed) {
		t.Errorf("byte range %v of %d", n, len(sealed))
	}
	if slot := string(sealed[n[0]:n[1]]); slot != fmt.Sprintf("<%x%s>", "signature", strings.Repeat("0", 14)) {
		t.Errorf("slot %s", slot)
	}
	parse(t, sealed)
	if _, err := Seal(raw, func([]byte) ([]byte, error) { return make([]byte, 17), nil }); !errors.Is(err, ErrNoSlot) {
		t.Errorf("too large a signature: %v", err)
	}
	broken := errors.New("key is gone")
	if _, err := Seal(raw, func([]byte) ([]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("signer's error: %v", err)
	}
}
