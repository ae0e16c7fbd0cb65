package source_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/diwan-gov/diwan/catalog/source"
)

func TestFormatGivesTheOneLayout(t *testing.T) {
	long := strings.Repeat("a long value ", 12)
	for _, test := range []struct{ name, in, want string }{
		{"spaces", "a:    1   \nb :  x\n", "a: 1\nb: x\n"},
		{"brackets", "b :  {x: 1, y : 2 ,z: [ 1,2, ]}\n", "b: {x: 1, y: 2, z: [1, 2]}\n"},
		{"indentation", "a:\n    b:\n       - c: 1\n         d:\n         - 2\n         - 3\n", "a:\n  b:\n    - c: 1\n      d:\n        - 2\n        - 3\n"},
		{"list at its key", "steps:\n- step: a\n  when: b\n-   step: c\n", "steps:\n  - step: a\n    when: b\n  - step: c\n"},
		{"empty lines", "\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"},
		{"windows and a mark", "\ufeffa: 1\r\nb:\r\n    - 2\r\n", "a: 1\nb:\n  - 2\n"},
		{"quotes", "a: 'text'\nb: \"x y\"\nc: '1'\nd: 'yes'\ne: 'a: b'\nf: '2026-01-01'\ng: '#x'\nh: {ar: 'نص', en: 'a, b'}\ni: '[0-9]{7}'\nj: ''\nk: \"a\\nb\"\n",
			"a: text\nb: x y\nc: '1'\nd: 'yes'\ne: 'a: b'\nf: '2026-01-01'\ng: '#x'\nh: {ar: نص, en: 'a, b'}\ni: '[0-9]{7}'\nj: ''\nk: \"a\\nb\"\n"},
		{"comments", "# head\n\n\n# more\na: 1   #  one\nb:      # of b\n      # first\n    - x # x\n      # under x\n    # last\n# c\nc: 2\n   # end\n",
			"# head\n\n# more\na: 1 #  one\nb: # of b\n  # first\n  - x # x\n  # under x\n  # last\n# c\nc: 2\n# end\n"},
		{"hyphen and hyphen", "a:\n-  - 1\n   - 2\n-\n  b: 1\n", ""},
		{"lists in lists", "a:\n-  - 1\n   - 2\n- - 3\n", "a:\n  - - 1\n    - 2\n  - - 3\n"},
		{"value on the next line", "a:\n   text\nb:\n    {x: 1}\n", "a: text\nb: {x: 1}\n"},
		{"brackets over lines", "a: {x: 1,\n   y: [1,\n  2]\n }\n", "a: {x: 1, y: [1, 2]}\n"},
		{"brackets with comments", "a: {x: 1, # one\n    y: 2}\nb:  1\n", "a: {x: 1, # one\n    y: 2}\nb: 1\n"},
		{"too long", "a: {x: {ar: " + long + ", en: " + long + "}, y: 1}\n", "a:\n  x:\n    ar: " + strings.TrimSpace(long) + "\n    en: " + strings.TrimSpace(long) + "\n  y: 1\n"},
		{"too long in a list", "a:\n- {x: " + long + ", y: " + long + "}\n", "a:\n  - x: " + strings.TrimSpace(long) + "\n    y: " + strings.TrimSpace(long) + "\n"},
		{"block", "a:\n    b: |\n            one\n              two\n\n            three\n    c: >-\n     folded\n     text\n", "a:\n  b: |\n    one\n      two\n\n    three\n  c: >-\n    folded\n    text\n"},
		{"folded", "a: one\n      two\n\n      three\nb: 'x\n   y'\n", "a: one\n  two\n\n  three\nb: x y\n"},
		{"nothing", "a:\nb:\n  - \n  - x\nc: {}\nd: []\ne: ~\n", "a:\nb:\n  -\n  - x\nc: {}\nd: []\ne: ~\n"},
		{"a plus", "a: |+\n  x\n\nb:    1\n", "a: |+\n  x\n\nb:    1\n"},
	} {
		got, list := source.Format("f.yaml", []byte(test.in))
		if test.want == "" {
			test.want = test.in // unusual: left as it is
		}
		if string(got) != test.want {
			t.Errorf("%s: %v\ngot\n%s\nwant\n%s", test.name, list, got, test.want)
		}
	}
}

func TestWhatDoesNotParseIsRefusedWithItsFinding(t *testing.T) {
	for _, text := range []string{"", "a: [1\n", "a: 1\na: 2\n", "a: &x 1\n", "a: !t 1\n", "\xff: 1\n", "a: 1\n---\nb: 2\n"} {
		if got, list := source.Format("f.yaml", []byte(text)); got != nil || !list.HasErrors() {
			t.Errorf("%q: %q, %v", text, got, list)
		}
	}
}

// definitions gives every definition of the samples and of the archives of the checker.
func definitions(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir("../../samples", func(p string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".yaml") {
			out[p], err = os.ReadFile(p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	archives, err := filepath.Glob("../check/testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			out[name+"/"+f.Name] = f.Data
		}
	}
	return out
}

func TestFormattingKeepsTheMeaningOfEveryDefinitionAndSettles(t *testing.T) {
	changed := 0
	for name, content := range definitions(t) {
		if keepsMeaning(t, name, content) {
			changed++
		}
	}
	if changed < 10 {
		t.Errorf("only %d definitions were formatted", changed)
	}
}

// keepsMeaning formats content and tells whether that gave something. What comes out has the same tree and stays as it is.
func keepsMeaning(t *testing.T, name string, content []byte) bool {
	t.Helper()
	out, list := source.Format(name, content)
	if out == nil {
		if !list.HasErrors() {
			t.Errorf("%s: neither text nor findings", name)
		}
		return false
	}
	again, _ := source.Format(name, out)
	if string(again) != string(out) {
		t.Errorf("%s: formatting twice\n%s\ngives\n%s", name, out, again)
	}
	before, _ := source.Parse(name, content, source.Limits{})
	after, list := source.Parse(name, out, source.Limits{})
	if after == nil || list.HasErrors() {
		t.Fatalf("%s: the result does not parse: %v\n%s", name, list, out)
	}
	equal(t, name, before, after)
	if a, b := strings.Count(string(content), "#"), strings.Count(string(out), "#"); a != b {
		t.Errorf("%s: %d of %d number signs are left", name, b, a)
	}
	return true
}

func equal(t *testing.T, name string, a, b *source.Node) {
	t.Helper()
	if a.Kind != b.Kind || a.Value != b.Value || a.Len() != b.Len() {
		t.Errorf("%s: %v %q became %v %q", name, a.Kind, a.Value, b.Kind, b.Value)
		return
	}
	type pair struct{ a, b *source.Node }
	var pairs []pair
	for i, c := range a.Items() {
		pairs = append(pairs, pair{c, b.Items()[i]})
	}
	for k, v := range a.Pairs() {
		_, w := b.Get(k.Value)
		if w == nil {
			t.Errorf("%s: key %s is lost", name, k.Value)
			return
		}
		pairs = append(pairs, pair{v, w})
	}
	for _, p := range pairs {
		equal(t, name, p.a, p.b)
	}
}

func FuzzFormat(f *testing.F) {
	for _, content := range definitions(f) {
		f.Add(content)
	}
	for _, s := range []string{"a: 'b' # c\n", "- - a\n  - b\n", "? a\n: b\n", "a:\n  # c\n  - {x: 1}\n", "a: >\n  b\n\n  c\n# d\n", "a: \"x\\\n  y\"\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 20_000 {
			return
		}
		keepsMeaning(t, "f.yaml", content)
	})
}
