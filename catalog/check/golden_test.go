package check_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
)

var update = flag.Bool("update", false, "rewrite what the archives in testdata expect")

// Each archive is named for a rule. It holds edits of base.txtar ("old text", a line "==>", "new text", edits separated by a line "---"; an
// edit without an arrow is appended; a file that base does not have is new) and what is then found.
func TestEachRuleFindsWhatItsArchiveSays(t *testing.T) {
	base := archive(t, "testdata/base.txtar")
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		rule := strings.TrimSuffix(filepath.Base(name), ".txtar")
		t.Run(rule, func(t *testing.T) {
			a := archive(t, name)
			files := filesOf(base)
			if rule != "base" {
				edit(t, files, a)
			}
			got := told(t, files)
			want := &a.Files[len(a.Files)-1]
			if want.Name != "want" {
				t.Fatal("the last file of an archive is want")
			}
			if *update {
				want.Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want.Data) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want.Data)
			}
			if rule != "base" && got == "clean\n" {
				t.Error("the archive shows nothing")
			}
		})
	}
}

func TestEveryRuleHasAnArchive(t *testing.T) {
	for _, r := range check.Rules() {
		if _, err := os.Stat("testdata/" + r.Name + ".txtar"); err != nil {
			t.Error(err)
		}
		if r.Doc == "" {
			t.Errorf("%s: no sentence for the reference", r.Name)
		}
	}
}

func archive(t testing.TB, name string) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func filesOf(a *txtar.Archive) fstest.MapFS {
	files := fstest.MapFS{}
	for _, f := range a.Files {
		if f.Name != "want" {
			files[f.Name] = &fstest.MapFile{Data: bytes.Clone(f.Data)}
		}
	}
	return files
}

func edit(t *testing.T, files fstest.MapFS, a *txtar.Archive) {
	t.Helper()
	for _, f := range a.Files[:len(a.Files)-1] {
		have, ok := files[f.Name]
		if !ok {
			files[f.Name] = &fstest.MapFile{Data: f.Data}
			continue
		}
		for change := range strings.SplitSeq(strings.TrimSuffix(string(f.Data), "\n"), "\n---\n") {
			from, to, arrow := strings.Cut(change, "\n==>\n")
			if !arrow {
				from, arrow = strings.CutSuffix(from, "\n==>")
			}
			if !arrow {
				have.Data = append(have.Data, change...)
				continue
			}
			if strings.Count(string(have.Data), from) != 1 {
				t.Fatalf("%s: %q stands there %d times", f.Name, from, strings.Count(string(have.Data), from))
			}
			have.Data = []byte(strings.Replace(string(have.Data), from, to, 1))
		}
	}
}

// told is what load and check print.
func told(t testing.TB, files fs.FS) string {
	t.Helper()
	c, list := catalog.Load(files)
	list.Add(check.Check(c)...)
	list.Sort()
	var b bytes.Buffer
	if err := diag.WriteText(&b, list, func(f string) []byte { return c.Files[f] }); err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		return "clean\n"
	}
	return b.String()
}
