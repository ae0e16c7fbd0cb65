package source_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/source"
)

const edited = `# about the service
service: a.b.c
title: {ar: خدمة, en: Service} # two languages
form:
  # the first section
  - section: one
    fields:
      - field: x
        type: text # as it is
        label: {ar: س, en: X}

      # asked since 2019
      - field: y
        type: number
        options: [1, 2, 3]

      - field: z
        type: text
steps:
  - step: s
    when: >-
      form.x > 1 and
      form.y < 2
  - {step: t, pay: [fee]}
scenarios:
  - scenario: only`

func editor(t *testing.T, text string) *source.Editor {
	t.Helper()
	root, list := source.Parse("f", []byte(text), source.Limits{})
	if list.HasErrors() {
		t.Fatal(list)
	}
	e, err := source.Edit(root)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestAnEditChangesItsLinesAndNoOthers(t *testing.T) {
	fields := []any{"form", 0, "fields"}
	at := func(path []any, more ...any) []any { return slices.Concat(path, more) }
	for name, test := range map[string]struct {
		do       func(e *source.Editor) (source.Splice, error)
		old, new string // the only difference
	}{
		"a key behind the one that comes before it": {func(e *source.Editor) (source.Splice, error) {
			return e.Put(at(fields, 0, "required"), "true", []string{"field", "type", "required", "label"})
		}, "type: text # as it is\n", "type: text # as it is\n        required: true\n"},
		"a key that comes before all": {func(e *source.Editor) (source.Splice, error) {
			return e.Put(at(fields, 2, "hint"), "{en: Z}", []string{"hint", "field"})
		}, "field: z\n", "field: z\n        hint: {en: Z}\n"},
		"a key with lines, at the end": {func(e *source.Editor) (source.Splice, error) {
			return e.Put([]any{"form", 0, "repeat"}, "atMost: 3\ntitle: {en: More}", nil)
		}, "      - field: z\n        type: text\n", "      - field: z\n        type: text\n    repeat:\n      atMost: 3\n      title: {en: More}\n"},
		"a key in brackets": {func(e *source.Editor) (source.Splice, error) {
			return e.Put([]any{"title", "kk"}, source.Quote("a: b"), nil)
		}, "en: Service}", "en: Service, kk: 'a: b'}"},
		"a key in a last line": {func(e *source.Editor) (source.Splice, error) {
			return e.Put([]any{"scenarios", 0, "form"}, "{x: 1}", nil)
		}, "scenario: only", "scenario: only\n    form: {x: 1}"},
		"another value": {func(e *source.Editor) (source.Splice, error) { return e.Put(at(fields, 1, "options"), "[1]", nil) }, "[1, 2, 3]", "[1]"},
		"lines for a value": {func(e *source.Editor) (source.Splice, error) {
			return e.Put(at(fields, 1, "options"), "- {value: 1}\n- {value: 2}", nil)
		}, "options: [1, 2, 3]", "options:\n          - {value: 1}\n          - {value: 2}"},
		"a value for lines": {func(e *source.Editor) (source.Splice, error) { return e.Put([]any{"scenarios"}, "[]", nil) }, "scenarios:\n  - scenario: only", "scenarios: []"},
		"a formula":         {func(e *source.Editor) (source.Splice, error) { return e.Put([]any{"steps", 0, "when"}, "form.x", nil) }, ">-\n      form.x > 1 and\n      form.y < 2", "form.x"},
		"an item": {func(e *source.Editor) (source.Splice, error) {
			return e.Put(at(fields, 2), "field: q\ntype: date", nil)
		}, "field: z\n        type: text", "field: q\n        type: date"},
		"a new item behind": {func(e *source.Editor) (source.Splice, error) { return e.Insert(fields, 1, "field: n\ntype: date") }, "en: X}\n", "en: X}\n\n      - field: n\n        type: date\n"},
		"a new first item":  {func(e *source.Editor) (source.Splice, error) { return e.Insert([]any{"steps"}, 0, "step: n") }, "steps:\n", "steps:\n  - step: n\n"},
		"a new last item": {func(e *source.Editor) (source.Splice, error) {
			return e.Insert([]any{"scenarios"}, 1, "scenario: two\nform: {}")
		}, "scenario: only", "scenario: only\n  - scenario: two\n    form: {}"},
		"an item in brackets":   {func(e *source.Editor) (source.Splice, error) { return e.Insert(at(fields, 1, "options"), 0, "0") }, "[1, 2", "[0, 1, 2"},
		"one less in brackets":  {func(e *source.Editor) (source.Splice, error) { return e.Remove(at(fields, 1, "options", 2)) }, "2, 3]", "2]"},
		"the first in brackets": {func(e *source.Editor) (source.Splice, error) { return e.Remove([]any{"title", "ar"}) }, "{ar: خدمة, en", "{en"},
		"one key less":          {func(e *source.Editor) (source.Splice, error) { return e.Remove(at(fields, 0, "type")) }, "        type: text # as it is\n", ""},
		"the first key less":    {func(e *source.Editor) (source.Splice, error) { return e.Remove(at(fields, 2, "field")) }, "- field: z\n        type", "- type"},
		"an item less":          {func(e *source.Editor) (source.Splice, error) { return e.Remove(at(fields, 2)) }, "\n      - field: z\n        type: text\n", ""},
		"a comment stays":       {func(e *source.Editor) (source.Splice, error) { return e.Remove(at(fields, 1)) }, "      - field: y\n        type: number\n        options: [1, 2, 3]\n\n", "\n"},
		"what becomes empty":    {func(e *source.Editor) (source.Splice, error) { return e.Remove([]any{"steps", 1, "pay", 0}) }, ", pay: [fee]", ""},
		"another name":          {func(e *source.Editor) (source.Splice, error) { return e.Rename([]any{"steps", 0, "when"}, "if") }, "when:", "if:"},
		"upwards, with its comment": {func(e *source.Editor) (source.Splice, error) { return e.Move(fields, 1, 0) },
			"      - field: x\n        type: text # as it is\n        label: {ar: س, en: X}\n\n      # asked since 2019\n      - field: y\n        type: number\n        options: [1, 2, 3]\n",
			"      # asked since 2019\n      - field: y\n        type: number\n        options: [1, 2, 3]\n\n      - field: x\n        type: text # as it is\n        label: {ar: س, en: X}\n"},
		"in brackets": {func(e *source.Editor) (source.Splice, error) { return e.Move(at(fields, 1, "options"), 0, 2) }, "[1, 2, 3]", "[2, 3, 1]"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := test.do(editor(t, edited))
			if err != nil {
				t.Fatal(err)
			}
			got, want := string(s.Apply([]byte(edited))), strings.Replace(edited, test.old, test.new, 1)
			if got != want || want == edited {
				t.Errorf("got\n%s", got)
			}
			if back := s.Inverse([]byte(edited)).Apply([]byte(got)); string(back) != edited {
				t.Errorf("taken back:\n%s", back)
			}
		})
	}
}

func TestAnEditThatWouldLoseOrBreakSomethingIsRefused(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		do   func(e *source.Editor) (source.Splice, error)
	}{
		"a comment inside of what is replaced": {"a:\n  b: 1 # why\n  c: 2\n", func(e *source.Editor) (source.Splice, error) { return e.Put([]any{"a"}, "x", nil) }},
		"a comment between keys":               {"l:\n  - a: 1\n    # why\n    b: 2\n", func(e *source.Editor) (source.Splice, error) { return e.Remove([]any{"l", 0, "a"}) }},
		"lines in brackets":                    {"a: {b: 1}\n", func(e *source.Editor) (source.Splice, error) { return e.Put([]any{"a", "c"}, "d: 1\ne: 2", nil) }},
		"no YAML":                              {"a: 1\n", func(e *source.Editor) (source.Splice, error) { return e.Put([]any{"b"}, "{", nil) }},
		"a key twice":                          {"a: 1\nb: 2\n", func(e *source.Editor) (source.Splice, error) { return e.Rename([]any{"a"}, "b") }},
		"the last key":                         {"a: 1\n", func(e *source.Editor) (source.Splice, error) { return e.Remove([]any{"a"}) }},
		"the last of all":                      {"a: [1]\n", func(e *source.Editor) (source.Splice, error) { return e.Remove([]any{"a", 0}) }},
		"nothing there":                        {"a: 1\n", func(e *source.Editor) (source.Splice, error) { return e.Remove([]any{"b"}) }},
		"no list":                              {"a: 1\n", func(e *source.Editor) (source.Splice, error) { return e.Insert([]any{"a"}, 0, "x") }},
		"an item too far":                      {"a: [1]\n", func(e *source.Editor) (source.Splice, error) { return e.Insert([]any{"a"}, 2, "x") }},
		"no mapping":                           {"a: 1\n", func(e *source.Editor) (source.Splice, error) { return e.Put([]any{"a", "b"}, "x", nil) }},
	} {
		if s, err := test.do(editor(t, test.text)); !errors.Is(err, source.ErrRefused) {
			t.Errorf("%s: %+v, %v", name, s, err)
		}
	}
	root, _ := source.Parse("f", []byte("a: 1\na: 2\n"), source.Limits{})
	if _, err := source.Edit(root); !errors.Is(err, source.ErrRefused) {
		t.Errorf("a file with problems: %v", err)
	}
}

// place is where an edit can be made.
type place struct {
	path []any
	n    *source.Node
}

func places(n *source.Node, path []any) []place {
	out := []place{{path, n}}
	for k, v := range n.Pairs() {
		out = append(out, places(v, slices.Concat(path, []any{k.Value}))...)
	}
	for i, c := range n.Items() {
		out = append(out, places(c, slices.Concat(path, []any{i}))...)
	}
	return out
}

// Edits at random places of the real definitions: the comments stay but for those inside of what goes, and taken back the bytes are the same. Hardly any
// edit is refused. What an edit means is proved by the editor itself; here it is made sure that it touches few lines.
func TestEditsOfRealDefinitionsTouchOnlyTheirLines(t *testing.T) {
	var files []string
	err := filepath.WalkDir("../../samples", func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".yaml") && !strings.Contains(p, "/sample/") {
			files = append(files, p)
		}
		return err
	})
	if err != nil || len(files) < 50 {
		t.Fatal(err, len(files))
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	refused, done := map[string]int{}, map[string]int{}
	for range 1200 {
		file := files[r.IntN(len(files))]
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		root, list := source.Parse(file, text, source.Limits{})
		if root == nil || list.HasErrors() {
			continue
		}
		e, err := source.Edit(root)
		if err != nil {
			t.Fatal(err)
		}
		what := []string{"put", "add", "remove", "insert", "move"}[r.IntN(5)]
		all := slices.DeleteFunc(places(root, nil)[1:], func(p place) bool {
			switch what {
			case "add":
				return p.n.Kind != source.Mapping || p.n.Len() == 0
			case "insert":
				return p.n.Kind != source.List
			case "move":
				return p.n.Kind != source.List || p.n.Len() < 2
			}
			return false
		})
		if len(all) == 0 {
			continue
		}
		p := all[r.IntN(len(all))]
		var s source.Splice
		var lines int // that may differ
		own := strings.Count(string(text[p.n.Range().Start.Offset:p.n.Range().End.Offset]), "\n") + 1
		switch what {
		case "put":
			s, err = e.Put(p.path, "{ar: جديد, en: New}", nil)
			lines = own + 1
		case "add":
			s, err = e.Put(slices.Concat(p.path, []any{"brandNew"}), "12.50", nil)
			lines = 1
		case "remove":
			s, err = e.Remove(p.path)
			lines = own + 2
		case "insert":
			s, err = e.Insert(p.path, r.IntN(p.n.Len()+1), "{brand: new}")
			lines = 2
		case "move":
			s, err = e.Move(p.path, r.IntN(p.n.Len()), r.IntN(p.n.Len()))
			lines = own
		}
		if errors.Is(err, source.ErrRefused) {
			refused[what]++
			if refused[what] < 4 {
				t.Logf("refused: %s of %v in %s: %v", what, p.path, file, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		done[what]++
		after := s.Apply(text)
		if back := s.Inverse(text).Apply(after); string(back) != string(text) {
			t.Fatalf("%s of %v in %s is not taken back", what, p.path, file)
		}
		if n := differing(string(text), string(after)); n > lines && what != "remove" { // what becomes empty by it goes too
			t.Errorf("%s of %v in %s: %d lines differ, at most %d should\n%+v", what, p.path, file, n, lines, s)
		}
	}
	t.Logf("done %v, refused %v", done, refused)
	for what, n := range done {
		if n < 50 || refused[what] > n/10 {
			t.Errorf("%s: %d done, %d refused", what, n, refused[what])
		}
	}
}

// differing is how many lines lie between the common beginning and the common end of two texts, of the one that has more.
func differing(a, b string) int {
	x, y := strings.SplitAfter(a, "\n"), strings.SplitAfter(b, "\n")
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	return max(len(x), len(y))
}

func ExampleEditor() {
	root, _ := source.Parse("f", []byte("form:\n  - field: a # why\n"), source.Limits{})
	e, _ := source.Edit(root)
	s, _ := e.Insert([]any{"form"}, 1, "field: b\ntype: date")
	fmt.Print(string(s.Apply([]byte("form:\n  - field: a # why\n"))))
	// Output:
	// form:
	//   - field: a # why
	//   - field: b
	//     type: date
}
