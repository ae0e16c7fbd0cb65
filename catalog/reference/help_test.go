package reference_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/reference"
)

// ofTheLanguage are words of definitions, which are the same in every text: paths, mappings, patterns.
var ofTheLanguage = regexp.MustCompile(`\{[^}]*\}|[a-z]+\.[a-zA-Z]+|[a-z]+[A-Z][a-zA-Z]+|[0-9]{4}-[0-9]{2}-[0-9]{2}|YYYY-MM-DD`)

// What stands at a key stands there in Arabic too, and says the same of the language's own words.
func TestEveryKeyIsExplainedInArabic(t *testing.T) {
	docs := map[string]string{}
	for _, m := range reference.Mappings() {
		for _, k := range m.Keys {
			if k.Doc != "" {
				docs[k.Doc] = m.Name + "." + k.Name
			}
		}
	}
	for doc, at := range docs {
		arabic, lang := reference.Help(doc, "ar")
		if lang != "ar" || !regexp.MustCompile(`\p{Arabic}`).MatchString(arabic) {
			t.Errorf("%s has no Arabic: %q", at, doc)
			continue
		}
		for _, word := range ofTheLanguage.FindAllString(doc, -1) {
			if !strings.Contains(arabic, word) {
				t.Errorf("%s does not say %s: %s", at, word, arabic)
			}
		}
	}
	file, err := os.ReadFile("help.ar.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var seen []string
	for line := range strings.Lines(string(file)) {
		english, _, _ := strings.Cut(line, "\t")
		if docs[english] == "" || slices.Contains(seen, english) {
			t.Errorf("nobody reads %q", english)
		}
		seen = append(seen, english)
	}
	if text, lang := reference.Help("x", "ar"); text != "x" || lang != "en" {
		t.Errorf("what has no Arabic: %q, %s", text, lang)
	}
}
