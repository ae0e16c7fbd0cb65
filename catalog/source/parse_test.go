package source_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

var update = flag.Bool("update", false, "write the diagnostics that come out into testdata")

// Each archive holds definitions; after each stands what a person is told about it.
func TestDiagnosticsOfTheArchives(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range archives {
		t.Run(filepath.Base(name), func(t *testing.T) {
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			comment, files := unpack(string(want))
			got := comment
			for _, f := range files {
				if base, ok := strings.CutSuffix(f.name, ".yaml"); ok {
					got += "-- " + f.name + " --\n" + f.content
					got += "-- " + base + ".txt --\n" + string(told(t, f.name, []byte(f.content)))
				}
			}
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

type archived struct{ name, content string }

// unpack reads the txtar format: a comment, then files that each begin with a line "-- name --".
func unpack(archive string) (comment string, files []archived) {
	for line := range strings.Lines(archive) {
		name, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "-- ")
		if name, ended := strings.CutSuffix(name, " --"); ok && ended {
			files = append(files, archived{name: name})
		} else if len(files) == 0 {
			comment += line
		} else {
			files[len(files)-1].content += line
		}
	}
	return comment, files
}

func told(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	root, list := source.Parse(name, content, source.Limits{})
	var d definition
	list.Add(source.Decode(root, &d)...)
	list.Sort()
	var b bytes.Buffer
	if err := diag.WriteText(&b, list, func(string) []byte { return content }); err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		b.WriteString("clean\n")
	}
	return b.Bytes()
}

func TestParseRefusesWhatAnArchiveCannotShow(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"not UTF-8", "a: \xda\xd2\n", "f:1:4: error[not-utf8]: byte 0xDA is not UTF-8"},
		{"next line", "a: 1\u0085b: 2\n", "f:1:5: error[hidden-line-break]: hidden line break U+0085"},
		{"line separator", "a: ق\u2028b: 2\n", "f:1:5: error[hidden-line-break]: hidden line break U+2028"},
		{"lone carriage return", "a: 1\rb: 2\n", "f:1:5: error[hidden-line-break]: hidden line break U+000D"},
		{"override", "a: \u202ex\n", "f:1:4: error[direction-control]: hidden direction control U+202E"},
		{"isolate", "a: b\nc: \u2067x\n", "f:2:4: error[direction-control]: hidden direction control U+2067"},
		{"null byte", "a: \x00\n", "f:1:4: error[control-character]: hidden control character U+0000"},
		{"second mark", "a: \ufeffb\n", "f:1:4: error[control-character]: hidden control character U+FEFF"},
		{"joiner in a key", "ti\u200dtle: a\n", `f:1:1: error[invisible-in-key]: key "ti\u200dtle" holds a character that nobody can see`},
		{"no-break space in a key", "a:\n  \u00a0b: 1\n", `f:2:3: error[invisible-in-key]: key "\u00a0b" holds a character that nobody can see`},
		{"empty", "", "f:1:1: error[empty-file]: the file is empty"},
		{"too deep for the library", strings.Repeat("[", 20000), "f:1:10240: error[too-deep]: values are nested more than 32 deep"},
		{"deep", strings.Repeat("[", 40) + strings.Repeat("]", 40), "f:1:33: error[too-deep]: values are nested more than 32 deep"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, list := source.Parse("f", []byte(test.in), source.Limits{})
			if len(list) == 0 || list[0].String() != test.want {
				t.Errorf("got %v, want %s", list, test.want)
			}
		})
	}
}

func TestEveryHiddenCharacterIsReportedAtOnce(t *testing.T) {
	_, list := source.Parse("f", []byte("a: \u202ex\nb: \u202dy\nc: *z\n"), source.Limits{})
	var got []string
	for _, d := range list {
		got = append(got, string(d.Code))
	}
	if s := strings.Join(got, " "); s != "direction-control direction-control alias" {
		t.Errorf("got %s", s)
	}
}

func TestLimitsStopTheReader(t *testing.T) {
	for _, test := range []struct {
		name, in string
		limits   source.Limits
		summary  string
	}{
		{"bytes", "a: 12345678\n", source.Limits{Bytes: 8}, "more than 8 bytes"},
		{"nodes", "[1, 2, 3, 4]\n", source.Limits{Nodes: 3}, "more than 3 values"},
		{"keys", "{a: 1, b: 2, c: 3}\n", source.Limits{Keys: 2}, "more than 2 keys"},
		{"depth", "a: {b: {c: 1}}\n", source.Limits{Depth: 3}, "values are nested more than 3 deep"},
	} {
		t.Run(test.name, func(t *testing.T) {
			n, list := source.Parse("f", []byte(test.in), test.limits)
			if n != nil || len(list) != 1 || list[0].Summary != test.summary {
				t.Errorf("got %v, %v", n, list)
			}
		})
	}
}

func TestPositionsAreThoseOfAnEditor(t *testing.T) {
	const in = "\ufeffاسم: قيمة # ملاحظة\r\nb: [x, {y: 'z'} ]\r\n"
	root, list := source.Parse("f", []byte(in), source.Limits{})
	if list != nil {
		t.Fatal(list)
	}
	for _, test := range []struct {
		path   []any
		text   string
		line   int
		column int
	}{
		{[]any{"اسم"}, "قيمة", 1, 6},
		{[]any{"b"}, "[x, {y: 'z'} ]", 2, 4},
		{[]any{"b", 0}, "x", 2, 5},
		{[]any{"b", 1}, "{y: 'z'}", 2, 8},
		{[]any{"b", 1, "y"}, "'z'", 2, 12},
	} {
		r := root.Lookup(test.path...).Range()
		if got := in[r.Start.Offset:r.End.Offset]; got != test.text || r.Start.Line != test.line || r.Start.Column != test.column {
			t.Errorf("%v: got %q at %+v", test.path, got, r.Start)
		}
	}
}

func FuzzParseAndDecode(f *testing.F) {
	f.Add([]byte(example))
	for _, s := range []string{"a: b: c", "a: \"x\\\n  y\"", "a: >2-\n    x", "- ? a\n  : b", "!x &y {a: *z}", "a: '", "%YAML 1.1\n--- a\n...", "[a: {b}, ? c]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		root, list := source.Parse("f", in, source.Limits{Bytes: 1 << 12})
		if root == nil && !list.HasErrors() {
			t.Fatal("no tree and no reason")
		}
		var d definition
		list.Add(source.Decode(root, &d)...)
		for _, p := range list {
			if p.Range.Start.Offset > p.Range.End.Offset || p.Range.End.Offset > len(in) {
				t.Fatalf("range outside the file: %+v", p)
			}
		}
		if root != nil {
			edits := 8 // each parses the file again
			everyScalar(root, func(n *source.Node) {
				if edits--; edits < 0 {
					return
				}
				for i := range len(n.Value) + 1 {
					n.At(i)
				}
				const value = "new: 'v' # ق"
				if out, err := source.Set(in, n, value); err == nil && n.Value != value && bytes.Equal(out, in) {
					t.Fatal("Set changed nothing")
				}
			})
		}
	})
}

// everyScalar visits values, not keys.
func everyScalar(n *source.Node, visit func(*source.Node)) {
	if n.Kind == source.Scalar || n.Kind == source.Null {
		visit(n)
	}
	for _, c := range n.Items() {
		everyScalar(c, visit)
	}
	for _, v := range n.Pairs() {
		everyScalar(v, visit)
	}
}
