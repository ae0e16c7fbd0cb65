package compile_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

var update = flag.Bool("update", false, "rewrite what the archives expect")

// archive is a catalogue with what compiling its only service must give, in the txtar format.
type archive struct {
	comment string
	names   []string
	files   map[string]string
}

func unpack(text string) archive {
	a := archive{files: map[string]string{}}
	name := ""
	for line := range strings.Lines(text) {
		if n, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(n, " --\n") {
			name = strings.TrimSuffix(n, " --\n")
			a.names = append(a.names, name)
			a.files[name] = ""
		} else if name == "" {
			a.comment += line
		} else {
			a.files[name] += line
		}
	}
	return a
}

func (a archive) catalogue() fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, n := range a.names {
		if strings.HasSuffix(n, ".yaml") || strings.HasSuffix(n, ".js") {
			fsys[n] = &fstest.MapFile{Data: []byte(a.files[n])}
		}
	}
	return fsys
}

func TestDefinitionsCompileAsTheArchivesSay(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d archives, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			a := unpack(string(text))
			c, list := catalog.Load(a.catalogue())
			if list.HasErrors() || len(c.Services) == 0 {
				t.Fatalf("the catalogue itself: %s", told(list, c.Files))
			}
			p, texts, findings := compile.Compile(c, c.Services[0]) // others are there to be named
			got := map[string]string{"findings.txt": told(findings, c.Files)}
			if p != nil {
				got["plan.json"], got["texts.json"] = readable(t, p), readable(t, texts)
				if _, err := machine.Load(p); err != nil {
					t.Error(err)
				}
			}
			if *update {
				rewrite(t, file, a, got)
				return
			}
			for _, n := range []string{"findings.txt", "plan.json", "texts.json"} {
				if got[n] != a.files[n] {
					t.Errorf("%s differs (go test -update rewrites it):\n%s", n, got[n])
				}
			}
		})
	}
}

func readable(t *testing.T, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func rewrite(t *testing.T, file string, a archive, got map[string]string) {
	t.Helper()
	out := a.comment
	for _, n := range a.names {
		if strings.HasSuffix(n, ".yaml") || strings.HasSuffix(n, ".js") {
			out += "-- " + n + " --\n" + a.files[n]
		}
	}
	for _, n := range []string{"findings.txt", "plan.json", "texts.json"} {
		if got[n] != "" {
			out += "-- " + n + " --\n" + got[n]
		}
	}
	if err := os.WriteFile(file, []byte(out), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTheSameDefinitionGivesTheSameBytes(t *testing.T) {
	text, err := os.ReadFile("testdata/whole.txtar")
	if err != nil {
		t.Fatal(err)
	}
	fsys := unpack(string(text)).catalogue()
	shared, _ := catalog.Load(fsys)
	var mu sync.Mutex
	seen := map[string]int{}
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			c := shared
			if i%2 == 0 {
				c, _ = catalog.Load(fsys)
			}
			p, texts, _ := compile.Compile(c, c.Services[0])
			logic, err1 := p.Canonical()
			words, err2 := texts.Canonical()
			if err1 != nil || err2 != nil {
				t.Error(err1, err2)
			}
			if back, err := plan.Decode(logic); err != nil {
				t.Error(err)
			} else if again, _ := back.Canonical(); !bytes.Equal(again, logic) {
				t.Error("a plan does not survive its bytes")
			}
			mu.Lock()
			defer mu.Unlock()
			seen[plan.DigestOf(logic)+plan.DigestOf(words)]++
		})
	}
	wg.Wait()
	if len(seen) != 1 {
		t.Fatalf("%d different plans of one definition", len(seen))
	}
}

func TestAnAmountThatNobodyReadsDoesNotMakeANewPlan(t *testing.T) {
	text, err := os.ReadFile("testdata/whole.txtar")
	if err != nil {
		t.Fatal(err)
	}
	digest := func(file, old, new string) string {
		a := unpack(string(text))
		if !strings.Contains(a.files[file], old) {
			t.Fatalf("%s does not hold %q", file, old)
		}
		a.files[file] = strings.Replace(a.files[file], old, new, 1)
		c, _ := catalog.Load(a.catalogue())
		p, _, list := compile.Compile(c, c.Services[0])
		if p == nil {
			t.Fatal(told(list, c.Files))
		}
		b, _ := p.Canonical()
		return plan.DigestOf(b)
	}
	same := digest("tariffs/town.yaml", "unused: 3", "unused: 3")
	if digest("tariffs/town.yaml", "unused: 3", "unused: 4.00 ILS, more: 1") != same || digest("tariffs/town.yaml", "perYear: 10.00", "perYear: 12.00") != same ||
		digest("registries/land.yaml", "taxed: date?", "taxed: text") != same {
		t.Fatal("reference data that decides nothing here made a new plan")
	}
	if digest("tariffs/town.yaml", "plate: 2.00 ILS", "plate: 2") == same {
		t.Fatal("the type of a value that is printed has changed and the plan has not")
	}
}

func TestAWordOrACommentDoesNotMakeANewPlan(t *testing.T) {
	text, err := os.ReadFile("testdata/whole.txtar")
	if err != nil {
		t.Fatal(err)
	}
	digests := func(change func(string) string) (logic, words string) {
		a := unpack(string(text))
		a.files["services/permit.yaml"] = change(a.files["services/permit.yaml"])
		c, _ := catalog.Load(a.catalogue())
		p, texts, list := compile.Compile(c, c.Services[0])
		if p == nil {
			t.Fatal(told(list, c.Files))
		}
		l, _ := p.Canonical()
		w, _ := texts.Canonical()
		return plan.DigestOf(l), plan.DigestOf(w)
	}
	l0, w0 := digests(func(s string) string { return s })
	l1, w1 := digests(func(s string) string {
		return "# why\n" + strings.Replace(s, "en: It is not yours", "en: Not yours", 1)
	})
	l2, w2 := digests(func(s string) string { return strings.Replace(s, "atMost: 2", "atMost: 3", 1) })
	if l0 != l1 || w0 == w1 || l0 == l2 || w0 != w2 {
		t.Fatalf("logic %v %v, words %v %v", l0 == l1, l0 == l2, w0 == w1, w0 == w2)
	}
}
