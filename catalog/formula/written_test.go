package formula_test

import (
	"slices"
	"testing"

	"github.com/diwan-gov/diwan/catalog/formula"
)

func TestFormulasThatAreWrittenDifferentlyHaveTheSameTokensWhereTheyMeanTheSame(t *testing.T) {
	for _, same := range [][2]string{
		{"form.a==1", "form.a  ==\n 1"},
		{"form.a and form.b or form.c", "form.a && form.b || form.c"},
		{"form.a == 'x'", `form.a == "x"`},
		{"form.a // a remark", "form.a"},
	} {
		if a, b := formula.Written(same[0]), formula.Written(same[1]); !slices.Equal(a, b) {
			t.Errorf("%q and %q: %q and %q", same[0], same[1], a, b)
		}
	}
	for _, other := range [][2]string{
		{"form.a == 'x y'", "form.a == 'xy'"},
		{"form.ab", "form.a b"},
		{`'a"b'`, `"ab"`},
		{"form.and", "form.or"},
		{"1.5", "15"},
	} {
		if a, b := formula.Written(other[0]), formula.Written(other[1]); slices.Equal(a, b) {
			t.Errorf("%q and %q: %q", other[0], other[1], a)
		}
	}
}
