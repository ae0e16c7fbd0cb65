package pdf

import (
	"math/rand/v2"
	"strings"
	"testing"

	gobidi "github.com/go-text/typesetting/bidi"
)

func setter(t testing.TB) *typesetter {
	t.Helper()
	if _, err := loadFaces(); err != nil {
		t.Fatal(err)
	}
	return typesetters.New().(*typesetter)
}

// glyphIDs lists the drawn glyphs of a text from left to right.
func glyphIDs(t testing.TB, text string, rtl bool) []uint16 {
	t.Helper()
	lines, problem := setter(t).lines(text, "", rtl, false, 1_000_000)
	if problem != "" || len(lines) != 1 {
		t.Fatalf("%q: %d lines, %s", text, len(lines), problem)
	}
	var out []uint16
	for _, r := range lines[0].runs {
		for _, g := range r.glyphs {
			if !g.blank {
				out = append(out, g.id)
			}
		}
	}
	return out
}

func TestArabicLettersTakeTheirJoinedForms(t *testing.T) {
	for _, letter := range []string{"ب", "ع", "ه", "ك"} {
		alone, joined := glyphIDs(t, letter, true), glyphIDs(t, strings.Repeat(letter, 3), true)
		forms := map[uint16]bool{alone[0]: true}
		for _, g := range joined {
			forms[g] = true
		}
		if len(joined) != 3 || len(forms) != 4 {
			t.Errorf("%s: alone %v, three joined %v", letter, alone, joined)
		}
	}
	if n := len(glyphIDs(t, "لا", true)); n != 1 {
		t.Errorf("lam and alef are drawn as %d glyphs", n)
	}
}

func TestNoLanguageLacksAGlyph(t *testing.T) {
	for name, text := range map[string]string{
		"Arabic":      "ابتثجحخدذرزسشصضطظعغفقكلمنهوي ءآأؤإئىة ًٌٍَُِّْٰ ٠١٢٣٤٥٦٧٨٩ ،؛؟«»٪ـ",
		"Persian":     "پچژگکی ۰۱۲۳۴۵۶۷۸۹",
		"Kazakh":      "АаӘәБбВвГгҒғДдЕеЁёЖжЗзИиЙйКкҚқЛлМмНнҢңОоӨөПпРрСсТтУуҰұҮүФфХхҺһЦцЧчШшЩщЪъЫыІіЬьЭэЮюЯя",
		"English":     "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 .,:;!?()[]/–—“”‘’'\"&@%+*#",
		"French":      "àâæçéèêëîïôœùûüÿ ÀÉÇŒ €",
		"Turkish":     "çğıİöşü",
		"transcribed": "‘Abd al-Raḥmān Ṣāliḥ aṭ-Ṭā’ī ḍ ẓ ġ ū ī",
		"currency":    "₪ ₸ $ € № §",
	} {
		for _, strong := range []bool{false, true} {
			if _, problem := setter(t).lines(text, "", firstStrong([]rune(text)), strong, 1000); problem != "" {
				t.Errorf("%s, strong %v: %s", name, strong, problem)
			}
		}
	}
}

// seen is a text as it stands on the paper, read from left to right.
func seen(t testing.TB, text string, rtl bool) string {
	t.Helper()
	lines, problem := setter(t).lines(text, "", rtl, false, 1_000_000)
	if problem != "" {
		t.Fatal(problem)
	}
	out := ""
	for x := -1; ; {
		next := -1
		for i, r := range lines[0].runs {
			if r.x > x && (next < 0 || r.x < lines[0].runs[next].x) {
				next = i
			}
		}
		if next < 0 {
			return out
		}
		x = lines[0].runs[next].x
		for _, g := range lines[0].runs[next].glyphs {
			out += g.text
		}
	}
}

func TestMixedTextStandsInTheRightOrder(t *testing.T) {
	for _, c := range []struct {
		text string
		rtl  bool
		want string
	}{
		{"صدر في 12/03/2025 هنا", true, "انه 12/03/2025 يف ردص"},
		{"مادة 12/ب", true, "ب/12 ةدام"},
		{"No. طابق 12 ثان end", false, "No. ناث 12 قباط end"}, // the number moves with the words
		{"شارع 12 Ramallah", false, "12 عراش Ramallah"},
		{"abc ١٢ باب", false, "abc باب ١٢"},
		{"+970 59 123", false, "+970 59 123"},
		{"اسم " + Isolate("Ann (B.)") + "، هنا", true, "انه ،Ann (B.) مسا"},
		{"by " + Isolate("باب 7") + ": 12", false, "by 7 باب: 12"},
		{"a " + Isolate("جد "+"x") + " z", false, "a x دج z"},
	} {
		text, problem := clean(c.text)
		if problem != "" {
			t.Fatal(problem)
		}
		if got := seen(t, text, c.rtl); got != c.want {
			t.Errorf("%q stands as %q, not %q", c.text, got, c.want)
		}
	}
}

func TestLevelsAgreeWithTheBidiAlgorithmOnDirection(t *testing.T) {
	alphabet := []rune("ab אج١2,./%(+) \u064b")
	random := rand.New(rand.NewPCG(1, 2))
	var ours, theirs gobidi.Paragraph
	for range 5000 {
		rs := make([]rune, 1+random.IntN(12))
		for i := range rs {
			rs[i] = alphabet[random.IntN(len(alphabet))]
		}
		for base, direction := range []gobidi.Direction{gobidi.LeftToRight, gobidi.RightToLeft} {
			got := make([]int, len(rs))
			levels(&ours, rs, base, got)
			runs, from := theirs.Segment(rs, direction), 0
			for i := range runs.NumRuns() {
				run := runs.Run(i)
				if got[from] != int(run.Level) {
					t.Fatalf("%q base %d: run at %d has level %d, not %d", string(rs), base, from, got[from], run.Level)
				}
				for k := from; k < run.End; k++ {
					if got[k]%2 != int(run.Level)%2 {
						t.Fatalf("%q base %d: levels %v", string(rs), base, got)
					}
				}
				from = run.End
			}
		}
	}
}

func TestLinesKeepToTheirWidth(t *testing.T) {
	for _, text := range []string{strings.Repeat("W", 500), strings.Repeat("كلمة وأخرى ", 60), strings.Repeat("مم", 200), "a " + strings.Repeat("слово ", 80)} {
		lines, problem := setter(t).lines(strings.TrimSpace(text), "", firstStrong([]rune(text)), false, 8000)
		if problem != "" || len(lines) < 3 {
			t.Fatalf("%d lines, %s", len(lines), problem)
		}
		for _, l := range lines {
			if l.width > 8000 {
				t.Errorf("%.10q…: a line of %d", text, l.width)
			}
		}
	}
}
