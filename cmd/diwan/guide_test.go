package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/reference"
)

// The guide is followed as a newcomer would: its files are saved into a copy of the sample catalogue, one after the other.
func TestAReaderOfTheGuideEndsWithACleanService(t *testing.T) {
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS("../../samples/palestine")); err != nil {
		t.Fatal(err)
	}
	blocks := exampleForm.FindAllStringSubmatch(reference.Guide("en"), -1)
	if len(blocks) != 6 {
		t.Fatalf("the guide has %d files", len(blocks))
	}
	for _, b := range blocks {
		name := filepath.Join(root, filepath.FromSlash(b[1]))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(b[2]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, loaded := catalog.Load(os.DirFS(root))
	for _, f := range findings(c, loaded) {
		t.Error(f)
	}
	for _, b := range blocks {
		if c.Files[b[1]] == nil {
			t.Errorf("%s is read by nobody", b[1])
		}
	}
}

// A catalogue from nothing is what the last section shows, with the guide's own authority and service.
func TestACatalogueFromAnEmptyFolderIsClean(t *testing.T) {
	own := regexp.MustCompile("(?s)```yaml\n# in ([a-z/.-]+)[^\n]*\n(.*?)```").FindAllStringSubmatch(reference.Guide("en"), -1)
	if len(own) != 3 {
		t.Fatalf("%d files", len(own))
	}
	all := map[string]string{}
	for _, b := range append(own, exampleForm.FindAllStringSubmatch(reference.Guide("en"), -1)[:4]...) {
		all[b[1]] = b[2]
	}
	list, sources := judged(all)
	for _, f := range list {
		if f.Range.File != "sample/people.yaml" && f.Severity == diag.Error {
			t.Error(printed(t, nil, diag.List{f}, sources))
		}
	}
}

func TestTheGuideShowsTheSameInBothLanguages(t *testing.T) {
	if arabic := reference.Guide("ar"); strings.Contains(arabic, "[[") || strings.Count(arabic, "```") != strings.Count(reference.Guide("en"), "```") {
		t.Error("the Arabic guide does not show every block of the English one")
	}
	if arabic := reference.API("ar"); strings.Contains(arabic, "[[") || strings.Count(arabic, "```") != strings.Count(reference.API("en"), "```") {
		t.Error("the Arabic page about the API does not show every command of the English one")
	}
	hole, marks := regexp.MustCompile(`\[\[[a-zA-Z-]+\]\]`), regexp.MustCompile("(?m)^#+ (`[a-zA-Z]+`)?")
	for _, lang := range []string{"ar", "en"} {
		if left := hole.FindAllString(reference.Steps(lang), -1); len(left) > 0 {
			t.Errorf("the chapter on steps in %s names examples that are not there: %v", lang, left)
		}
	}
	if en, ar := marks.FindAllString(reference.Steps("en"), -1), marks.FindAllString(reference.Steps("ar"), -1); !slices.Equal(en, ar) {
		t.Errorf("the chapter on steps has other headings in Arabic:\n%v\n%v", en, ar)
	}
	if en, ar := codeOf(reference.Steps("en")), codeOf(reference.Steps("ar")); !slices.Equal(en, ar) {
		t.Error("the chapter on steps has other examples in Arabic")
	}
}

func TestTheCommittedGuideIsTheOneThatIsServed(t *testing.T) {
	for name, text := range map[string]string{"guide.md": reference.Guide("en"), "guide.ar.md": reference.Guide("ar"), "steps.md": reference.Steps("en"), "steps.ar.md": reference.Steps("ar"),
		"api.md": reference.API("en"), "api.ar.md": reference.API("ar")} {
		file := filepath.Join("../../docs", name)
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if read(t, file) != text {
			t.Errorf("docs/%s is not up to date: go test ./cmd/diwan -run Guide -update", name)
		}
	}
}

func codeOf(markdown string) []string {
	return regexp.MustCompile("(?s)```yaml\n.*?```").FindAllString(markdown, -1)
}
