package difference

import (
	"reflect"
	"strings"
	"testing"
)

func TestWordsThatDifferAreMarked(t *testing.T) {
	old, now := Words("the fee is 50 ILS", "the fee is 60 ILS now")
	if want := []Piece{{"the fee is ", false}, {"50", true}, {" ILS", false}}; !reflect.DeepEqual(old, want) {
		t.Errorf("%+v", old)
	}
	if want := []Piece{{"the fee is ", false}, {"60", true}, {" ILS", false}, {" now", true}}; !reflect.DeepEqual(now, want) {
		t.Errorf("%+v", now)
	}
	if old, now := Words("", "رسم جديد"); old != nil || len(now) != 1 || !now[0].Differs {
		t.Errorf("%+v %+v", old, now)
	}
}

func TestPiecesTogetherAreTheText(t *testing.T) {
	long := strings.Repeat("a word ", mostWords)
	for _, pair := range [][2]string{{"a  b\n c", "a b\n c "}, {" ", "x"}, {long, long + "more"}, {"x", "x"}} {
		old, now := Words(pair[0], pair[1])
		for i, list := range [][]Piece{old, now} {
			text := ""
			for _, p := range list {
				text += p.Text
			}
			if text != pair[i] {
				t.Errorf("%q became %q", pair[i], text)
			}
		}
	}
}
