package source_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/source"
)

func TestSetKeepsTheStyleOfTheValue(t *testing.T) {
	const in = "a: x # c\nb: 'q'\nc: \"d\"\nd: |\n  one\n  two\n# f\ne: 60\nf:   # nothing\ng: {h: i, j: k}\n"
	for _, test := range []struct {
		path       []any
		value      string
		before, to string
	}{
		{[]any{"a"}, "form.x * 2 > 1", "a: x # c", "a: form.x * 2 > 1 # c"},
		{[]any{"a"}, "قيمة جديدة", "a: x # c", "a: قيمة جديدة # c"},
		{[]any{"a"}, "b: c # d", "a: x # c", "a: \"b: c # d\" # c"},
		{[]any{"a"}, "no", "a: x # c", "a: \"no\" # c"},
		{[]any{"a"}, "012", "a: x # c", "a: \"012\" # c"},
		{[]any{"a"}, "", "a: x # c", "a: \"\" # c"},
		{[]any{"a"}, "one\ntwo", "a: x # c", "a: \"one\\ntwo\" # c"},
		{[]any{"a"}, "\u202ex", "a: x # c", "a: \"\\u202Ex\" # c"},
		{[]any{"b"}, "it's", "b: 'q'", "b: 'it''s'"},
		{[]any{"c"}, `\"`, `c: "d"`, `c: "\\\""`},
		{[]any{"d"}, "three\n\n  four\n", "|\n  one\n  two\n", "|\n  three\n\n    four\n"},
		{[]any{"d"}, "five", "|\n  one\n  two\n", "|-\n  five\n"},
		{[]any{"d"}, " six\n", "|\n  one\n  two\n", "\" six\\n\"\n"},
		{[]any{"e"}, "61", "e: 60", "e: 61"},
		{[]any{"f"}, "g", "f:   #", "f: g   #"},
		{[]any{"g", "h"}, "l, m", "{h: i,", "{h: \"l, m\","},
	} {
		root, list := source.Parse("f", []byte(in), source.Limits{})
		if list != nil {
			t.Fatal(list)
		}
		got, err := source.Set([]byte(in), root.Lookup(test.path...), test.value)
		if want := strings.Replace(in, test.before, test.to, 1); err != nil || string(got) != want {
			t.Errorf("%v to %q: got %v\n%s", test.path, test.value, err, got)
		}
	}
}

// Every scalar of the example is set to every awkward value: the result reads back as exactly that value, and
// nothing but the lines of the value differs.
func TestSetChangesNothingElse(t *testing.T) {
	values := []string{
		"new", "قيمة جديدة", "a: b # c", "it's \"q\"\\", "no", "012", "", "line1\nline2", "42", "- x", "\u200ex", "!x", "*x", "&x",
		"{a", "x]", "%", "@", " lead", "trail ", "\ttab", "a\n\n\nb\n", "\n", "#", "null", "---", "\u2028", "\ufeff", "|", ">",
	}
	content := []byte(example)
	root, _ := read(t, example)
	edits := 0
	everyScalar(root, func(n *source.Node) {
		for _, v := range values {
			out, err := source.Set(content, n, v)
			if err != nil {
				t.Errorf("%q to %q: %v", n.Value, v, err)
				continue
			}
			edits++
			start, end := n.Range().Start.Offset, len(example)-n.Range().End.Offset
			if n.Style == source.Literal {
				end--
			}
			if !strings.HasPrefix(string(out), example[:start]) || !strings.HasSuffix(string(out), example[len(example)-end:]) {
				t.Errorf("%q to %q changed more:\n%s", n.Value, v, out)
			}
			again, list := source.Parse("f", out, source.Limits{})
			found := false
			if again != nil {
				everyScalar(again, func(m *source.Node) {
					found = found || m.Value == v && m.Range().Start == n.Range().Start
				})
			}
			if !found || list != nil {
				t.Errorf("%q to %q reads otherwise: %v", n.Value, v, list)
			}
		}
	})
	if edits < 500 {
		t.Errorf("only %d edits", edits)
	}
}

func TestSetRefusesWhatItCannotProve(t *testing.T) {
	const in = "a: | # why\n  x\nb: [c]\n"
	root, _ := source.Parse("f", []byte(in), source.Limits{})
	if _, err := source.Set([]byte(in), root.Lookup("a"), "y"); !errors.Is(err, source.ErrRefused) {
		t.Errorf("a comment would be lost: %v", err)
	}
	if _, err := source.Set([]byte(in), root.Lookup("b"), "y"); !errors.Is(err, source.ErrRefused) {
		t.Errorf("a list is no scalar: %v", err)
	}
	if _, err := source.Set([]byte(in+"#"), root.Lookup("b", 0), "y"); !errors.Is(err, source.ErrStale) {
		t.Errorf("other bytes: %v", err)
	}
}
