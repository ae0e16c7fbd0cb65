package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"strings"
	"testing"
)

func square() *Drawing {
	return &Drawing{Width: 1, Height: 1, Shapes: []Shape{{Green: 0.4, Rings: [][][2]float64{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}}}}
}

func photograph(t testing.TB) *Photo {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 35, 45)), nil); err != nil {
		t.Fatal(err)
	}
	return &Photo{JPEG: b.Bytes(), Width: 35, Height: 45}
}

// everyBlock has each kind of block once.
func everyBlock(t testing.TB) Document {
	d := licence()
	d.Blocks = []Block{
		{Kind: Heading, Text: two("دولة النموذج", "State of Sample"), Drawing: square()},
		{Kind: Title},
		{Kind: Picture, Photo: photograph(t), Alt: two("صورة", "Photograph"), Place: BesideStart},
		{Kind: Facts, Text: two("صاحب الرخصة", "The holder"), Rows: d.Rows[:4]},
		{Kind: Facts, Rows: d.Rows[4:], Across: true},
		{Kind: Paragraph, Text: two("يشهد "+Isolate("Layla")+" بذلك", "Certified for "+Isolate("ليلى"))},
		{Kind: List, Text: two("الشروط", "Conditions"), Items: [][]Text{two("الشرط الأول", "The first condition"), two("الشرط الثاني", "The second condition")}},
		{Kind: Lines, Table: &Table{
			Columns: []Column{{Title: two("الاسم", "Partner"), Share: 3}, {Title: two("الحصة", "Part"), Money: true}},
			Lines:   [][]Cell{{one("خليل النجار"), one("60.00")}, {one("Айгүл Қасымова"), one("40.00")}}, Total: []Cell{two("المجموع", "Sum"), one("100.00")},
		}},
		{Kind: Picture, Drawing: square(), Alt: two("مخطط", "Plan")},
		{Kind: Signatures, Items: [][]Text{two("الأمين", "Registrar"), two("الوزير", "Minister")}},
		{Kind: Verification},
	}
	d.Rows, d.Paragraphs = nil, nil
	return d
}

// said lists every text of the blocks.
func said(d Document) []string {
	var out []string
	add := func(all ...[]Text) {
		for _, texts := range all {
			for _, t := range texts {
				out = append(out, plain(t.Value))
			}
		}
	}
	for _, b := range d.Blocks {
		add(b.Text)
		add(b.Items...)
		for _, r := range b.Rows {
			add(r.Label, r.Value)
		}
		if b.Table != nil {
			for _, c := range b.Table.Columns {
				add(c.Title)
			}
			for _, line := range append(b.Table.Lines, b.Table.Total) {
				for _, cell := range line {
					add(cell)
				}
			}
		}
	}
	return out
}

func TestEveryBlockComesOutOfTheFileOnEveryPaper(t *testing.T) {
	for name, sheet := range map[string]Sheet{
		"A4": {}, "A4 landscape": {Landscape: true, Waves: true}, "A5": {Paper: A5, Border: LineBorder}, "A5 landscape": {Paper: A5, Landscape: true, Numbers: NumberedSeveral},
		"card": {Paper: Card, Border: LineBorder, Waves: true},
	} {
		for _, arrange := range []Arrangement{Together, SideBySide, OneAfterOther} {
			d := everyBlock(t)
			d.Sheet, d.Arrange = sheet, arrange
			p := parse(t, render(t, d))
			text := p.text()
			for _, want := range append(said(d), d.Title[0].Value, d.Title[1].Value, d.Number, d.VerifyCode) {
				if !strings.Contains(text, want) {
					t.Errorf("%s, %d: %q is not in the extracted text", name, arrange, want)
				}
			}
			m := d.Sheet.measures()
			for _, s := range p.shown() {
				if s.x < m.outer || s.right > m.width-m.outer+0.5 || s.y < m.outer || s.y > m.height-m.outer {
					t.Errorf("%s, %d: page %d: %q at %.0f–%.0f, %.0f is outside the paper", name, arrange, s.page+1, s.text, s.x, s.right, s.y)
				}
			}
			if again := render(t, d); !bytes.Equal(again, render(t, d)) {
				t.Errorf("%s: another file", name)
			}
		}
	}
}

func TestALongTableHasItsHeadOnEveryPageAndOnceForReaders(t *testing.T) {
	d := licence()
	table := &Table{Columns: []Column{{Title: one("№"), Share: 0.3}, {Title: two("الشريك", "Partner")}}}
	for i := range 200 {
		table.Lines = append(table.Lines, []Cell{one(fmt.Sprint(i + 1)), one(fmt.Sprintf("خليل النجار K%03d", i+1))})
	}
	d.Blocks = []Block{{Kind: Title}, {Kind: Lines, Table: table}}
	p := parse(t, render(t, d))
	pages := len(p.pages())
	if pages < 6 {
		t.Fatalf("%d pages", pages)
	}
	heads, tagged := map[int]bool{}, 0
	for _, s := range p.shown() {
		if s.text == "Partner" {
			heads[s.page] = true
			if s.mcid >= 0 {
				tagged++
			}
		}
	}
	text := p.text()
	for i := range 200 {
		if !strings.Contains(text, fmt.Sprintf("K%03d", i+1)) {
			t.Errorf("line %d is lost", i+1)
		}
	}
	if len(heads) < pages-1 || tagged != 1 { // the verification may stand alone on the last page
		t.Errorf("the head stands on %d of %d pages, %d times for screen readers", len(heads), pages, tagged)
	}
}

func TestEachLanguageHasItsPagesWhereTheyFollowEachOther(t *testing.T) {
	d := everyBlock(t)
	d.Arrange = OneAfterOther
	first := map[string]int{}
	for _, s := range parse(t, render(t, d)).shown() {
		for _, of := range []string{"Conditions", "Partner", "Registrar", "الشروط", "الشريك", "الأمين"} {
			if strings.Contains(s.text, of) {
				first[of] = s.page
			}
		}
	}
	if first["الأمين"] >= first["Conditions"] || first["الشروط"] >= first["Registrar"] {
		t.Errorf("the pages are %v", first)
	}
}

func TestBlocksThatCannotBeDrawnAreToldByTheirPlace(t *testing.T) {
	for where, change := range map[string]func(*Document){
		"blocks[5].text[0]": func(d *Document) { d.Blocks[5].Text = []Text{{"ar", "\xff"}} },
		"blocks[3].rows":    func(d *Document) { d.Blocks[3].Rows = make([]Row, MaxRows+1) },
		"blocks[2].photo":   func(d *Document) { d.Blocks[2].Photo = &Photo{JPEG: []byte("no picture"), Width: 1, Height: 1} },
		"blocks[8].drawing": func(d *Document) { d.Blocks[8].Drawing = &Drawing{Width: 2, Height: 1} },
		"blocks":            func(d *Document) { d.Blocks = make([]Block, MaxBlocks+1) },
		"blocks[9].items":   func(d *Document) { d.Blocks[9].Items = make([][]Text, maxSigners+1) },
		"sheet.margin":      func(d *Document) { d.Sheet.Margin = 9 },
	} {
		d := everyBlock(t)
		change(&d)
		_, err := Render(d)
		if input := (*InputError)(nil); !errors.As(err, &input) || input.Where != where {
			t.Errorf("%s: %v", where, err)
		}
	}
}

func TestLongNamesStayOnTheCard(t *testing.T) {
	long := "عبد الرحمٰن مصطفى عبد القادر إبراهيم Abd al-Rahman Mustafa Abd al-Qadir الشِّهابي الحسيني المقدسي Қасымова Айгүл"
	d := everyBlock(t)
	d.Sheet = Sheet{Paper: Card, Border: LineBorder}
	d.Blocks = []Block{
		{Kind: Heading, Drawing: square()}, {Kind: Title}, {Kind: Picture, Photo: photograph(t), Place: BesideStart}, {Kind: Verification, Place: BesideEnd},
		{Kind: Facts, Rows: []Row{{Label: two("الاسم", "Name"), Value: one(long)}, {Label: two("اسم الأم", "Mother"), Value: one(long)}, {Label: two("الرقم", "Number"), Value: one("42")}}},
	}
	p := parse(t, render(t, d))
	if n := len(p.pages()); n < 2 || n > 4 {
		t.Errorf("%d sides", n)
	}
	m := d.Sheet.measures()
	for _, s := range p.shown() {
		if s.x < m.outer || s.right > m.width-m.outer || s.y < m.outer {
			t.Errorf("%q at %.0f–%.0f, %.0f is outside the card", s.text, s.x, s.right, s.y)
		}
	}
	text := p.text()
	for word := range strings.FieldsFuncSeq(long, func(r rune) bool { return r == ' ' || r == '-' }) { // where lines may break
		if strings.Count(text, word) < 2 {
			t.Errorf("%q is lost", word)
		}
	}
}
