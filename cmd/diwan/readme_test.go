package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
)

const (
	readmeFile   = "../../README.md"
	languageFile = "../../docs/language.md"
)

var update = flag.Bool("update", false, "write the reference of the language again")

func TestTheCommittedReferenceIsWhatTheProgramPrints(t *testing.T) {
	code, out, errs := call(t, "reference")
	if code != exitClean || errs != "" {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if *update {
		if err := os.WriteFile(languageFile, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if committed := read(t, languageFile); committed != out {
		t.Error("docs/language.md is not up to date: go test ./cmd/diwan -run Reference -update")
	}
}

// A block of the README whose first line is "# some/file.yaml" is that file in the sample catalogue.
var exampleForm = regexp.MustCompile("(?s)```yaml\n# ([a-z/.-]+\\.yaml)\n(.*?)```")

func TestTheExamplesOfTheReadmeAreCleanInTheSampleCatalogue(t *testing.T) {
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS("../../samples/palestine")); err != nil {
		t.Fatal(err)
	}
	blocks := exampleForm.FindAllStringSubmatch(read(t, readmeFile), -1)
	if len(blocks) < 2 {
		t.Fatalf("%d examples", len(blocks))
	}
	scenarios := 0
	for _, b := range blocks {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(b[1])), []byte(b[2]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, loaded := catalog.Load(os.DirFS(root))
	for _, f := range findings(c, loaded) {
		t.Error(f)
	}
	for _, b := range blocks {
		for _, s := range c.Services {
			if s.File == b[1] {
				scenarios += len(s.Scenarios)
			}
		}
	}
	if scenarios < 2 {
		t.Errorf("the example has %d scenarios", scenarios)
	}
}

func TestTheReadmeNamesWhatThereIs(t *testing.T) {
	text := read(t, readmeFile)
	has := func(what, name string) {
		if !strings.Contains(text, "`"+name) {
			t.Errorf("the %s %s is missing", what, name)
		}
	}
	for _, f := range catalog.FieldType("").Values() {
		has("field type", f)
	}
	for _, f := range formula.Functions() {
		has("function", f.Use)
	}
	for _, k := range catalog.StepKinds() {
		has("step", string(k)+":")
	}
	for _, c := range commands() {
		has("command", c.Name())
	}
	_, folders, _ := strings.Cut(text, "## Where a line lives")
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z]+/[a-z/]*)` \\|").FindAllStringSubmatch(folders, -1) {
		if info, err := os.Stat(filepath.Join("../..", row[1])); err != nil || !info.IsDir() {
			t.Errorf("the folder map names %s: %v", row[1], err)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
