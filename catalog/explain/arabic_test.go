package explain_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/explain"
)

var (
	place = regexp.MustCompile(`\{([a-z][A-Za-z]*)(:q)?\}`)
	latin = regexp.MustCompile(`[A-Za-z]`)
	piece = regexp.MustCompile("`[^`]*`")
)

// Whoever writes a new sentence is told here which file to open.
func TestEverySentenceHasItsArabic(t *testing.T) {
	found, err := read()
	if err != nil {
		t.Fatal(err)
	}
	arabic := explain.Arabic().Sentences
	for _, phrase := range slices.Sorted(maps.Keys(found.phrases)) {
		if arabic[diag.Phrase(phrase)] == "" {
			t.Errorf("%s: no Arabic.\n\tAdd to catalog/explain/pages/CODE.txtar, under \"-- sentences --\" (or to words.txt where it is a single word):\n%s\n<the same in Arabic>",
				found.phrases[phrase], phrase)
		}
	}
}

func TestNoArabicIsLeftOver(t *testing.T) {
	found, err := read()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[diag.Phrase]string{}
	for _, s := range explain.Sentences() {
		if found.phrases[string(s.English)] == "" {
			t.Errorf("%s: nothing says %q any more: remove it with its Arabic", s.File, s.English)
		}
		if before, twice := seen[s.English]; twice {
			t.Errorf("%s: %q stands in %s too: keep one", s.File, s.English, before)
		}
		seen[s.English] = s.File
	}
}

func TestTheArabicNamesTheSameArguments(t *testing.T) {
	for _, s := range explain.Sentences() {
		have := places(string(s.English))
		for _, name := range places(s.Arabic) {
			if !slices.Contains(have, name) {
				t.Errorf("%s: %q has no argument {%s}", s.File, s.English, name)
			}
		}
	}
}

func places(text string) []string {
	var out []string
	for _, m := range place.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// What runs from left to right stands between ` and `, so that it is isolated; a bare Latin word would tear the sentence apart.
func TestTheArabicIsArabic(t *testing.T) {
	for _, s := range explain.Sentences() {
		if strings.Count(s.Arabic, "`")%2 == 1 {
			t.Errorf("%s: %q has a ` without another", s.File, s.Arabic)
		}
		bare := place.ReplaceAllString(piece.ReplaceAllString(s.Arabic, ""), "")
		if latin.MatchString(bare) {
			t.Errorf("%s: %q: put what is not Arabic between ` and `", s.File, s.Arabic)
		}
		if strings.ContainsAny(bare, ",;?") {
			t.Errorf("%s: %q: write ، ؛ ؟", s.File, s.Arabic)
		}
	}
}

func TestEveryCodeHasItsPage(t *testing.T) {
	found, err := read()
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range slices.Sorted(maps.Keys(found.codes)) {
		if _, ok := explain.Of(code); !ok {
			t.Errorf("%s: the code %s has no page: write catalog/explain/pages/%s.txtar, as the package comment says", found.codes[code], code, code)
		}
	}
	for _, code := range explain.Codes() {
		if found.codes[string(code)] == "" {
			t.Errorf("nothing has the code %s any more: remove its page", code)
		}
	}
}
