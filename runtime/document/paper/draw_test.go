package paper_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/runtime/document/pdf"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func words(ar, en string) plan.Text { return plan.Text{"ar": ar, "en": en} }

func content() paper.Content {
	cell := func(kind, value string) paper.Cell { return paper.Cell{Kind: kind, Value: value} }
	return paper.Content{
		Language: "en", Number: "CR-2026-000001", Authority: words("الوزارة", "Ministry"),
		Text: plan.DocumentText{Title: words("مستخرج", "Extract"), Layout: &plan.Layout{
			Paper: "A5", Landscape: true, Languages: []string{"ar", "en"}, Arrange: "side by side",
			Blocks: []plan.Block{
				{Kind: "text", Text: words("باسم {name}", "In the name of {name}")},
				{Kind: "text", Text: words("حتى {until}", "Until {until}")},
				{Kind: "table", Of: "partners", Counted: true, Columns: []plan.BlockColumn{{Code: "name", Share: 3}, {Code: "paid", Total: true}}},
				{Kind: "facts", Rows: []string{"name"}},
				{Kind: "facts"},
			},
		}},
		Rows: []paper.Row{
			{Code: "name", Label: words("الاسم", "Name"), Cell: cell("text", "النور")},
			{Label: words("رأس المال", "Capital"), Cell: cell("money", "1000.000 JOD")},
			{Code: "partners", Label: words("الشركاء", "Partners"), Cell: paper.Cell{Kind: "list",
				Columns: []paper.Column{{Code: "name", Label: words("الشريك", "Partner")}, {Code: "paid", Label: words("دفع", "Paid")}},
				Rows:    [][]paper.Cell{{cell("text", "أ"), cell("money", "600.125 JOD")}, {cell("text", "ب"), cell("money", "399.875 JOD")}}}},
		},
	}
}

func TestALayoutPutsRowsIntoItsBlocks(t *testing.T) {
	d := content().Document()
	if d.Sheet.Paper != pdf.A5 || !d.Sheet.Landscape || d.Arrange != pdf.SideBySide || !slices.Equal(d.Languages, []string{"ar", "en"}) {
		t.Errorf("the sheet is %+v, in %v", d.Sheet, d.Languages)
	}
	if len(d.Blocks) != 4 { // a text that names a row which is not printed is not printed either
		t.Fatalf("%d blocks", len(d.Blocks))
	}
	if got := d.Blocks[0].Text[1].Value; got != "In the name of "+pdf.Isolate("النور") {
		t.Errorf("the text says %q", got)
	}
	table := d.Blocks[1].Table
	if got := table.Total[2][0].Value; got != "1,000.000 JOD" || table.Total[1][0].Value != "المجموع" || len(table.Total[0]) != 0 {
		t.Errorf("the last line is %v", table.Total)
	}
	if table.Lines[1][0][0].Value != "2" || table.Columns[1].Title[1].Value != "Partner" {
		t.Errorf("the table is %+v", table)
	}
	if rest := d.Blocks[3].Rows; len(rest) != 1 || rest[0].Label[1].Value != "Capital" {
		t.Errorf("the facts that nothing else shows are %v", rest)
	}
}

func TestAmountsOfTwoCurrenciesHaveNoSum(t *testing.T) {
	c := content()
	c.Rows[2].Cell.Rows[1][1].Value = "399.87 ILS"
	if got := c.Document().Blocks[1].Table.Total[2][0].Value; got != "–" {
		t.Errorf("the sum is %q", got)
	}
}

func TestAnUploadedPhotographIsPrintedInOneSize(t *testing.T) {
	in := image.NewRGBA(image.Rect(0, 0, 900, 600))
	for x := range 900 { // red at both sides, which are cut off
		for y := range 600 {
			c := color.RGBA{255, 255, 255, 255}
			if x < 150 || x >= 750 {
				c = color.RGBA{255, 0, 0, 255}
			}
			in.Set(x, y, c)
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, in); err != nil {
		t.Fatal(err)
	}
	p := paper.Photo(file.Bytes(), false)
	if p == nil || p.Width*45 < p.Height*34 || p.Width*45 > p.Height*36 {
		t.Fatalf("the photograph is %+v", p)
	}
	out, err := jpeg.Decode(bytes.NewReader(p.JPEG))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, _, _ := out.At(2, p.Height/2).RGBA(); r < 0xf000 || g < 0xf000 {
		t.Errorf("the left edge is %x %x: the middle was not cut out", r, g)
	}
	if whole := paper.Photo(file.Bytes(), true); whole == nil || whole.Width != 900 || whole.Height != 600 {
		t.Errorf("the whole picture is %+v", whole)
	}
	for name, wrong := range map[string][]byte{
		"nothing": nil, "text": []byte("no picture"), "cut off": file.Bytes()[:len(file.Bytes())/2],
		// A header that promises more pixels than are ever unpacked.
		"a bomb": append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00"), 0x30, 0xf1, 0xd4, 0x5d),
	} {
		if paper.Photo(wrong, false) != nil {
			t.Errorf("%s: a photograph", name)
		}
	}
}

func TestAPhotographThatIsGoneLeavesItsPlaceEmpty(t *testing.T) {
	c := content()
	c.Text.Layout.Blocks = []plan.Block{{Kind: "picture", Of: "photo", At: "start"}, {Kind: "facts"}}
	c.Rows = append(c.Rows[:2], paper.Row{Code: "photo", Label: words("الصورة", "Photograph"), Cell: paper.Cell{Kind: "text", Value: "0b0e"}})
	want := paper.Wanted{Value: "0b0e"}
	if got := c.Pictures(); !slices.Equal(got, []paper.Wanted{want}) {
		t.Errorf("wanted are %v", got)
	}
	file, err := pdf.Render(c.Document())
	if err != nil || strings.Contains(string(file), "DCTDecode") {
		t.Errorf("%v, or a picture", err)
	}
	c.Photos = map[paper.Wanted]*pdf.Photo{want: paper.Stand(false)}
	if file, err = pdf.Render(c.Document()); err != nil || !strings.Contains(string(file), "DCTDecode") {
		t.Errorf("%v, or no picture", err)
	}
}
