package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestALanguageIsWholeWithEveryMessageFormAndPlace(t *testing.T) {
	russian := func(text string) error {
		all := messages{}
		if err := all.load(fstest.MapFS{
			"messages/en.yaml": {Data: []byte(`my: {n: {one: one, other: "{count}"}, at: "{day}"}`)},
			"messages/ru.yaml": {Data: []byte("my: " + text)},
		}); err != nil {
			t.Fatal(err)
		}
		return all.complete("ru")
	}
	forms := `{one: "{count} день", few: "{count} дня", many: "{count} дней", other: "{count} дня"}`
	if err := russian(`{n: ` + forms + `, at: "{day}"}`); err != nil {
		t.Error(err)
	}
	for text, says := range map[string]string{
		`{n: ` + forms + `}`:                                                               "my.at is in en but not in ru",
		`{n: ` + forms + `, at: "{day}", more: x}`:                                         "my.more is in ru but not in en",
		`{n: ` + forms + `, at: "{date}"}`:                                                 "has no place {day}",
		`{n: ` + forms + `, at: "{day} {date}"}`:                                           "has a place {date}",
		`{n: {one: "{count}", other: "{count}"}, at: "{day}"}`:                             "is there: false, needed: true",
		`{n: "{count}", at: "{day}"}`:                                                      "is there: false, needed: true",
		`{n: {one: один, few: "{count}", many: "{count}", other: "{count}"}, at: "{day}"}`: "has no place {count}", // 21 is one too
	} {
		if err := russian(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}

// A language that lacks a message is not offered any more; this test says which message that is.
func TestEveryPackageWithPagesSpeaksEveryLanguageOfTheProduct(t *testing.T) {
	var packages []string
	for _, pattern := range []string{"../*/messages", "../../designer/messages", "../../designer/*/messages"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, found...)
	}
	if len(packages) < 6 {
		t.Fatal(packages)
	}
	for _, dir := range packages {
		all := messages{}
		if err := all.load(os.DirFS(filepath.Dir(dir))); err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"ar", "en", "kk", "ru", "fr"} {
			if err := all.complete(lang); err != nil {
				t.Errorf("%s: %v", dir, err)
			}
		}
	}
}
