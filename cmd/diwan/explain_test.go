package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/explain"
)

const (
	findingsFile = "../../docs/findings.md"
	pagesFolder  = "../../catalog/explain/pages"
)

// judged is everything that is found in a catalogue, with the sources.
func judged(all map[string]string) (diag.List, map[string][]byte) {
	files := fstest.MapFS{}
	sources := map[string][]byte{}
	for name, text := range all {
		files[name] = &fstest.MapFile{Data: []byte(text)}
		sources[name] = []byte(text)
	}
	c, loaded := catalog.Load(files)
	return findings(c, loaded), sources
}

func printed(t *testing.T, l *diag.Language, list diag.List, sources map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := diag.WriteTextIn(&b, l, list, func(file string) []byte { return sources[file] }); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheCatalogueOfTheExamplesIsClean(t *testing.T) {
	list, sources := judged(explain.Base())
	if len(list) > 0 {
		t.Error(printed(t, nil, list, sources))
	}
}

func TestThePageOfEachFindingShowsItOnce(t *testing.T) {
	for _, code := range explain.Codes() {
		t.Run(string(code), func(t *testing.T) {
			p, _ := explain.Of(string(code))
			for _, lang := range []string{"en", "ar"} {
				if !strings.HasSuffix(p.Meaning[lang], ".") {
					t.Errorf("under \"-- %s --\" stand two or three sentences: what the finding means and why it matters", lang)
				}
			}
			if p.NoExample["en"] != "" && p.NoExample["ar"] != "" {
				return
			}
			if p.Wrong.File == "" || p.Right.File == "" {
				t.Fatal("write \"-- wrong FILE --\" and \"-- right FILE --\", as the package comment of catalog/explain says")
			}
			right, err := p.Catalogue(p.Right)
			if err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(right, explain.Base()) { // the base is judged above
				if list, sources := judged(right); len(list) > 0 {
					t.Errorf("the right example is not clean:\n%s", printed(t, nil, list, sources))
				}
			}
			wrong, err := p.Catalogue(p.Wrong)
			if err != nil {
				t.Fatal(err)
			}
			list, sources := judged(wrong)
			if len(list) != 1 || list[0].Code != code {
				t.Fatalf("the wrong example gives another thing than one %s:\n%s", code, printed(t, nil, list, sources))
			}
			if list[0].Help == "" && list[0].Suggestion == "" {
				t.Errorf("the finding does not say what to do, WithHelp: %s", list[0])
			}
			en, ar := printed(t, nil, list, sources), printed(t, explain.Arabic(), list, sources)
			if *update {
				note(t, code, en, ar)
				return
			}
			if p.Found["en"] != en || p.Found["ar"] != ar {
				t.Errorf("the check says\n%s%sgo test ./cmd/diwan -run Page -update writes it into the page", en, ar)
			}
		})
	}
}

// note writes what is found into the page, before its sentences.
func note(t *testing.T, code diag.Code, en, ar string) {
	t.Helper()
	name := filepath.Join(pagesFolder, string(code)+".txtar")
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var kept, sentences []txtar.File
	for _, f := range a.Files {
		switch {
		case f.Name == "sentences":
			sentences = append(sentences, f)
		case !strings.HasPrefix(f.Name, "found "):
			kept = append(kept, f)
		}
	}
	a.Files = append(append(kept, txtar.File{Name: "found en", Data: []byte(en)}, txtar.File{Name: "found ar", Data: []byte(ar)}), sentences...)
	if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTheCommittedPagesOfFindingsAreWhatTheProgramPrints(t *testing.T) {
	code, out, errs := call(t, "reference", "findings")
	if code != exitClean || errs != "" {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if *update {
		if err := os.WriteFile(findingsFile, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if committed := read(t, findingsFile); committed != out {
		t.Error("docs/findings.md is not up to date: go test ./cmd/diwan -run Findings -update (twice where the pages themselves are new)")
	}
}
