package pdf

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"rsc.io/qr"
)

var documents = map[string]func() Document{"licence": licence, "birth": birth, "receipt": receipt, "kazakh": kazakh}

// texts lists every text of d that belongs to its content.
func texts(d Document) []string {
	var out []string
	add := func(all ...Text) {
		for _, t := range all {
			out = append(out, plain(t.Value))
		}
	}
	add(d.Authority...)
	add(d.Title...)
	add(d.VerifyHint...)
	add(Text{Value: d.Number}, Text{Value: d.VerifyCode}, Text{Value: d.VerifyURL})
	for _, r := range d.Rows {
		add(r.Label...)
		add(r.Value...)
	}
	for _, p := range d.Paragraphs {
		add(p...)
	}
	if d.Table != nil {
		for _, c := range d.Table.Columns {
			add(c.Title...)
		}
		for _, line := range append(d.Table.Lines, d.Table.Total) {
			for _, cell := range line {
				add(cell...)
			}
		}
	}
	return out
}

func TestEveryTextComesOutOfTheFileAsItWentIn(t *testing.T) {
	for name, make := range documents {
		text := parse(t, render(t, make())).text()
		for _, want := range texts(make()) {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is not in the extracted text\n%s", name, want, text)
			}
		}
	}
}

func TestSameDocumentGivesSameBytes(t *testing.T) {
	for name, make := range documents {
		want := render(t, make())
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				if got, err := Render(make()); err != nil || !bytes.Equal(got, want) {
					t.Errorf("%s: another file, or %v", name, err)
				}
			})
		}
		wait.Wait()
	}
	a, b := licence(), licence()
	b.Number = "DL-2026-0044713"
	id := regexp.MustCompile(`/ID\[<(\w+)>`)
	if x, y := id.Find(render(t, a)), id.Find(render(t, b)); len(x) == 0 || bytes.Equal(x, y) {
		t.Errorf("identifiers of different documents: %s, %s", x, y)
	}
}

func TestFilesAreSmall(t *testing.T) {
	for name, make := range documents {
		if n := len(render(t, make())); n > 80<<10 {
			t.Errorf("%s: %d bytes", name, n)
		}
	}
}

func TestRenderLeavesTheDocumentAlone(t *testing.T) {
	d := receipt()
	d.Rows[0].Value[0].Value = "a\nb\u202e"
	d.Table.Columns[0].Title[0].Value = "c\td"
	d.Paragraphs[0][0].Value = "e\u0000"
	render(t, d)
	if got := d.Rows[0].Value[0].Value + d.Table.Columns[0].Title[0].Value + d.Paragraphs[0][0].Value; got != "a\nb\u202ec\tde\u0000" {
		t.Errorf("Render changed its argument: %q", got)
	}
}

func TestLongDocumentFlowsOverPages(t *testing.T) {
	d := licence()
	for i := range 60 {
		d.Rows = append(d.Rows, Row{Label: two("بند", "Item"), Value: one(fmt.Sprintf("K-%03d", i))})
	}
	d.Rows = append(d.Rows, Row{Label: two("نص", "Text"), Value: one(strings.Repeat("word ", 700) + "end")})
	d.Paragraphs = append(d.Paragraphs, two(strings.Repeat("نص طويل. ", 300)+"ختام", strings.Repeat("Long text. ", 300)+"finis"))
	p := parse(t, render(t, d))
	pages := len(p.pages())
	if pages < 5 {
		t.Fatalf("%d pages", pages)
	}
	text := p.text()
	for _, want := range append(texts(licence()), "K-000", "K-059", "end", "ختام", "finis") {
		if strings.Count(text, want) < 1 {
			t.Errorf("%q is lost", want)
		}
	}
	numbered := map[int]bool{}
	for _, s := range p.shown() {
		if s.y < frameInner || s.y > pageHeight-frameInner || s.x < frameInner || s.right > pageWidth-frameInner {
			t.Errorf("page %d: %q at %.0f–%.0f, %.0f is outside the frame", s.page+1, s.text, s.x, s.right, s.y)
		}
		if s.text == fmt.Sprintf("%d / %d", s.page+1, pages) {
			numbered[s.page] = true
		}
		if s.text == d.VerifyCode && s.page != pages-1 {
			t.Errorf("verification on page %d of %d", s.page+1, pages)
		}
	}
	if len(numbered) != pages {
		t.Errorf("%d of %d pages are numbered", len(numbered), pages)
	}
}

func TestReceiptFitsOnePageWithAmountsUnderEachOther(t *testing.T) {
	p := parse(t, render(t, receipt()))
	if n := len(p.pages()); n != 1 {
		t.Fatalf("%d pages", n)
	}
	edges := map[string]float64{}
	for _, s := range p.shown() {
		edges[s.text] = s.right
	}
	for _, amount := range []string{"150.00", "45.00", "80.00"} {
		if d := edges[amount] - edges["1,250.00"]; d > 0.05 || d < -0.05 {
			t.Errorf("%s ends %.2f pt beside the amount above", amount, d)
		}
	}
}

func TestArabicStandsAtTheRightAndEnglishAtTheLeft(t *testing.T) {
	for _, s := range parse(t, render(t, licence())).shown() {
		switch s.text {
		case "رقم الرخصة":
			if s.right < pageWidth-contentLeft-8 {
				t.Errorf("Arabic label ends at %.0f", s.right)
			}
		case "Licence number":
			if s.x > contentLeft+8 {
				t.Errorf("English label begins at %.0f", s.x)
			}
		}
	}
}

func TestCodeOnThePageIsTheVerificationAddress(t *testing.T) {
	d := licence()
	want, err := qr.Encode(d.VerifyURL, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	p := parse(t, render(t, d))
	content := string(p.stream(p.ref(p.pages()[0], "Contents")))
	_, figure, _ := strings.Cut(content, "/Figure <<")
	figure, _, _ = strings.Cut(figure, "EMC")
	_, figure, _ = strings.Cut(figure, "rg")
	var side, unit, left, bottom float64
	var got [200][200]bool
	for i, f := range strings.Split(strings.TrimSpace(figure), "re") {
		var x, y, w, h float64
		if n, _ := fmt.Sscan(f, &x, &y, &w, &h); n < 4 {
			continue
		}
		if i == 0 { // the upper left finder pattern, seven modules wide
			unit, left, side = h, x, h*float64(want.Size)
			bottom = y + h - side
		}
		row := want.Size - 1 - int((y-bottom)/unit+0.5)
		for k := range int(w/unit + 0.5) {
			got[row][int((x-left)/unit+0.5)+k] = true
		}
	}
	for y := range want.Size {
		for x := range want.Size {
			if got[y][x] != want.Black(x, y) {
				t.Fatalf("module %d, %d differs", x, y)
			}
		}
	}
}

func TestLeastDocumentHasItsTitleOnly(t *testing.T) {
	d := Document{Languages: []string{"en"}, Title: one("Notice")}
	if text := parse(t, render(t, d)).text(); strings.TrimSpace(text) != "Notice" {
		t.Errorf("content is %q", text)
	}
}

func TestWatermarkStandsOnEveryPageInFull(t *testing.T) {
	d := licence()
	d.Watermark = two("نسخة للتدريب لا يُعتدّ بها", "Specimen for training, not valid for any purpose")
	d.Paragraphs = append(d.Paragraphs, two(strings.Repeat("نص طويل. ", 300), "x"))
	p := parse(t, render(t, d))
	found := map[int]bool{}
	for _, s := range p.shown() {
		if s.text == d.Watermark[1].Value && s.mcid < 0 && s.right-s.x < 620 {
			found[s.page] = true
		}
	}
	if len(found) != len(p.pages()) || len(found) < 2 {
		t.Errorf("watermark on %d of %d pages", len(found), len(p.pages()))
	}
}

func BenchmarkCertificate(b *testing.B) {
	b.ReportAllocs()
	d := licence()
	for b.Loop() {
		render(b, d)
	}
}
