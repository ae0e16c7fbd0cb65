package review

import (
	"reflect"
	"testing"

	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

func TestEveryTemplateFitsItsStruct(t *testing.T) {
	templates, err := ui.New(ui.Site{}, files)
	if err != nil {
		t.Fatal(err)
	}
	uitest.CheckTemplates(t, templates, map[string]any{"review": reviewPage{}, "history": historyPage{}, "confirm": confirmPage{}})
	for _, problem := range uitest.Check(templates.Trees(), marked{}.Component(), reflect.TypeFor[marked](), nil) {
		t.Error(problem)
	}
}

func TestLinesThatChangedHaveTheirNumbers(t *testing.T) {
	was := []byte("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n")
	is := []byte("a\nb\nc\nd\nE\ne2\nf\ng\nh\ni\nj\nk")
	var got []line
	for _, l := range lines(was, is) {
		if l.Sign != "" {
			got = append(got, l)
		}
	}
	want := []line{{Sign: gap}, {Old: 5, Sign: minus, Text: "e"}, {New: 5, Sign: plus, Text: "E"}, {New: 6, Sign: plus, Text: "e2"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := lines(nil, []byte("- x\n-- y\n")); len(got) != 2 || !reflect.DeepEqual(got[0], line{New: 1, Sign: plus, Text: "- x"}) || got[1].Text != "-- y" {
		t.Errorf("a new file: %+v", got)
	}
	if got := lines([]byte("a\n"), []byte("a")); len(got) != 0 {
		t.Errorf("the end of the last line: %+v", got)
	}
}

func TestWhatIsQuotedStandsAlone(t *testing.T) {
	got := segments([]compare.Segment{{Text: "السيناريوهات «one», «two» وواحد", Role: "name"}, {Text: " 5 → 6"}, {Text: "«open"}}, "ar")
	want := []quoted{{"السيناريوهات «", false}, {"one", true}, {"»", false}, {", «", false}, {"two", true}, {"»", false}, {" وواحد", false}}
	if !reflect.DeepEqual(got[0].Parts, want) || got[0].Dir != "rtl" {
		t.Errorf("%+v", got[0])
	}
	if got[1].Dir != "" || len(got[1].Parts) != 1 || len(got[2].Parts) != 1 || got[2].Parts[0].Text != "«open" {
		t.Errorf("%+v", got[1:])
	}
}
