package difference

import (
	"reflect"
	"testing"

	"github.com/diwan-gov/diwan/catalog/compare"
)

func TestLinesThatChangedHaveTheirNumbers(t *testing.T) {
	was := []byte("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\n")
	is := []byte("a\nb\nc\nd\nE\ne2\nf\ng\nh\ni\nj\nk")
	var got []Line
	for _, l := range Lines(was, is) {
		if l.Sign != "" {
			got = append(got, l)
		}
	}
	want := []Line{{Sign: Gap}, {Old: 5, Sign: Minus, Text: "e"}, {New: 5, Sign: Plus, Text: "E"}, {New: 6, Sign: Plus, Text: "e2"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := Lines(nil, []byte("- x\n-- y\n")); len(got) != 2 || !reflect.DeepEqual(got[0], Line{New: 1, Sign: Plus, Text: "- x"}) || got[1].Text != "-- y" {
		t.Errorf("a new file: %+v", got)
	}
	if got := Lines([]byte("a\n"), []byte("a")); len(got) != 0 {
		t.Errorf("the end of the last line: %+v", got)
	}
}

func TestWhatIsQuotedStandsAlone(t *testing.T) {
	got := Segments([]compare.Segment{{Text: "السيناريوهات «one», «two» وواحد", Role: "name"}, {Text: " 5 → 6"}, {Text: "«open"}}, "ar")
	want := []Quoted{{"السيناريوهات «", false}, {"one", true}, {"»", false}, {", «", false}, {"two", true}, {"»", false}, {" وواحد", false}}
	if !reflect.DeepEqual(got[0].Parts, want) || got[0].Dir != "rtl" {
		t.Errorf("%+v", got[0])
	}
	if got[1].Dir != "" || len(got[1].Parts) != 1 || len(got[2].Parts) != 1 || got[2].Parts[0].Text != "«open" {
		t.Errorf("%+v", got[1:])
	}
}
