package pdf

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
)

func TestAPlainTextKeepsWhatCanBeDrawnAndShowsWhatCannot(t *testing.T) {
	for in, want := range map[string]string{
		"ليلى خليل النَّجّار": "ليلى خليل النَّجّار", "Zoé Müller": "Zoé Müller", "Асан": "Асан", "٤٠١/2": "٤٠١/2",
		"名 ok": "? ok", "a🙂b": "a?b", "Ḏūl": "Dūl", "a\u2067b\u2069": "ab", "\xff": "\ufffd",
		"م" + strings.Repeat("\u0610", 40): "م",
	} {
		got := Plain(in)
		if in == "\xff" || strings.Contains(in, "\u0610") { // whichever of the two the faces have
			if len([]rune(got)) > 1+maxMarks {
				t.Errorf("%q becomes %q", in, got)
			}
			continue
		}
		if got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := Plain(strings.Repeat("x", MaxTextRunes+5)); len(got) != MaxTextRunes {
		t.Errorf("%d characters are left of a long text", len(got))
	}
}

func TestAnyPlainTextIsDrawn(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	tables := []*unicode.RangeTable{unicode.Arabic, unicode.Latin, unicode.Cyrillic, unicode.Mn, unicode.Han, unicode.So, unicode.Cf, unicode.Zs, unicode.Nd}
	for range 300 {
		rs := make([]rune, 1+random.IntN(40))
		for i := range rs {
			table := tables[random.IntN(len(tables))]
			if n := len(table.R16) + len(table.R32); random.IntN(n) < len(table.R16) {
				x := table.R16[random.IntN(len(table.R16))]
				rs[i] = rune(x.Lo) + rune(x.Stride)*rune(random.IntN(int(x.Hi-x.Lo)/int(x.Stride)+1))
			} else {
				x := table.R32[random.IntN(len(table.R32))]
				rs[i] = rune(x.Lo) + rune(x.Stride)*rune(random.IntN(int(x.Hi-x.Lo)/int(x.Stride)+1))
			}
		}
		text := Plain(string(rs))
		d := Document{Languages: []string{"ar", "en"}, Title: two("عنوان", "Title"), Rows: []Row{{Label: two("قيمة", "Value"), Value: one(text)}}}
		if _, err := Render(d); err != nil {
			t.Fatalf("%+q: %v", string(rs), err)
		}
	}
}
