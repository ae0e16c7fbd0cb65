package main

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/explain"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/draw"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// mostCheckTime is what a definition of any bytes may take; alone on a machine it is a small part of that.
const mostCheckTime = 10 * time.Second

// FuzzCheck: any bytes, and any change of a sound definition, are judged in bounded time, with findings that stand in the text and are
// known to the reference.
func FuzzCheck(f *testing.F) {
	grafts := seeds(f, func(which uint16, edits []byte) { f.Add(which, edits, "") })
	for _, raw := range []string{"", "service: x", "- a\n- b", "form: [{section: a, fields: [{field: a, type: group, fields: [{}]}]}]", "steps: {steps: [steps]}", "\xff\xfe", "a: &a [*a]"} {
		f.Add(uint16(0), []byte{}, raw)
	}
	f.Fuzz(func(t *testing.T, which uint16, edits []byte, raw string) {
		began := time.Now()
		file := grafts.file(which)
		content := []byte(raw)
		if raw == "" {
			content = grafts.changed(file, edits)
		}
		_, list := file.with(content)
		if took := time.Since(began); took > mostCheckTime {
			t.Fatalf("took %v", took)
		}
		for _, d := range list {
			text := content
			if d.Range.File != file.name {
				var err error
				if text, err = fs.ReadFile(file.in.files, d.Range.File); err != nil {
					t.Fatalf("%v: a finding in a file that there is not", d)
				}
			}
			if d.Range.Start.Offset > d.Range.End.Offset || d.Range.End.Offset > len(text) {
				t.Fatalf("%v stands outside of the text", d)
			}
			if _, known := explain.Of(string(d.Code)); !known {
				t.Fatalf("%v has a code that the reference does not know", d)
			}
		}
	})
}

// FuzzCompile: a service in which the checker finds no error compiles, runs in the machine and can be drawn.
func FuzzCompile(f *testing.F) {
	grafts := seeds(f, func(which uint16, edits []byte) { f.Add(which, edits) })
	f.Fuzz(func(t *testing.T, which uint16, edits []byte) {
		file := grafts.file(which)
		content := grafts.changed(file, edits)
		c, list := file.with(content)
		if list.HasErrors() {
			for _, s := range c.Services {
				if s.File == file.name {
					compile.Compile(c, s) // what it says is told by the checker already; it ends
				}
			}
			return
		}
		for _, s := range c.Services {
			if !file.shared && s.File != file.name {
				continue
			}
			pl, texts, problems := compile.Compile(c, s)
			if pl == nil || problems.HasErrors() {
				t.Fatalf("%s is clean and does not compile: %v\n%s", s.File, problems, content)
			}
			if _, err := machine.Load(pl); err != nil {
				t.Fatalf("%s is clean and does not load: %v\n%s", s.File, err, content)
			}
			if svg := draw.SVG(pl, texts, draw.Options{Lang: "ar"}); len(svg) == 0 {
				t.Fatal("no picture")
			}
		}
	})
}

// seed is a catalogue of samples, and each of its definitions a file to be changed.
type seedCatalogue struct {
	files fs.FS
	c     *catalog.Catalogue
}

type seedFile struct {
	in     *seedCatalogue
	name   string
	lines  []string
	shared bool // other definitions are made of it
}

func (s *seedFile) with(content []byte) (*catalog.Catalogue, diag.List) {
	c, list := s.in.c.WithFile(s.name, content)
	list.Add(check.Shared(c)...)
	for _, one := range c.Services {
		if s.shared || one.File == s.name {
			list.Add(check.Service(c, one)...)
		}
	}
	list.Sort()
	return c, list.Once()
}

// grafting holds what changes are made of: every line of every definition, by its key.
type grafting struct {
	files []*seedFile
	byKey map[string][]graft
}

type graft struct {
	of   *seedFile
	line int
}

func seeds(f *testing.F, add func(which uint16, edits []byte)) *grafting {
	g := &grafting{byKey: map[string][]graft{}}
	for _, sample := range []string{"palestine", "kazakhstan", "qatar"} {
		files := os.DirFS("../../samples/" + sample)
		c, list := catalog.Load(files)
		if list.HasErrors() {
			f.Fatal(list)
		}
		in := &seedCatalogue{files, c}
		if err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(name) != ".yaml" {
				return err
			}
			text, err := fs.ReadFile(files, name)
			folder, _, _ := strings.Cut(name, "/")
			g.files = append(g.files, &seedFile{in, name, strings.Split(string(text), "\n"), folder != "services"})
			return err
		}); err != nil {
			f.Fatal(err)
		}
	}
	for i, file := range g.files {
		for j, line := range file.lines {
			if key := keyOf(line); key != "" {
				g.byKey[key] = append(g.byKey[key], graft{file, j})
			}
		}
		add(uint16(i), nil)
		add(uint16(i), []byte{byte(i), byte(i), byte(len(file.lines) / 2), byte(7 * i)})
	}
	return g
}

func (g *grafting) file(which uint16) *seedFile { return g.files[int(which)%len(g.files)] }

// keyOf is the key that a line of YAML begins with, "" where it begins with none.
func keyOf(line string) string {
	line = strings.TrimLeft(line, " -")
	key, _, is := strings.Cut(line, ":")
	if !is || strings.ContainsAny(key, " {[\"'#") {
		return ""
	}
	return key
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// block is the line at i and those after it that stand deeper.
func block(lines []string, i int) []string {
	end := i + 1
	for end < len(lines) && (strings.TrimSpace(lines[end]) == "" || indent(lines[end]) > indent(lines[i])) {
		end++
	}
	return lines[i:end]
}

var oddities = []string{"", "''", "[]", "{}", "~", "form", "facts", "true", "-", "?", ": ", "0", "-1", "99999999999999999999", "ق", "\t", "step", "{to: applicant}", "continue",
	"1 == 1", "2026-02-30", "0 days", "1000000 working days", "&a", "*a", "|", "\u202e", "'\x00'"}

// changed is the file after edits of four bytes each: what is done, at which line, and with what.
func (g *grafting) changed(file *seedFile, edits []byte) []byte {
	lines := slices.Clone(file.lines)
	for n := 0; len(edits) >= 4 && n < 6 && len(lines) > 0; n++ {
		op, with := edits[0]%8, int(edits[3])
		at := (int(edits[1])<<8 | int(edits[2])) % len(lines)
		edits = edits[4:]
		whole := block(lines, at)
		key := keyOf(lines[at])
		others := g.byKey[key]
		switch {
		case op == 0:
			lines = slices.Delete(lines, at, at+len(whole))
		case op == 1:
			lines = slices.Insert(lines, at, slices.Clone(whole)...)
		case op == 2:
			to := (at + with + 1) % len(lines)
			lines[at], lines[to] = lines[to], lines[at]
		case op == 3:
			head, _, is := strings.Cut(lines[at], ": ")
			if is {
				lines[at] = head + ": " + oddities[with%len(oddities)]
			}
		case op == 4: // somewhere in the line
			odd := oddities[with%len(oddities)]
			i := (with * 7) % (len(lines[at]) + 1)
			lines[at] = lines[at][:i] + odd + lines[at][i:]
		case len(others) == 0:
		default: // what another definition says under this key: in its place, or beside it
			from := others[(with*131+at)%len(others)]
			var new []string
			for _, line := range block(from.of.lines, from.line) {
				new = append(new, strings.Repeat(" ", max(0, indent(line)-indent(from.of.lines[from.line])+indent(lines[at])))+strings.TrimLeft(line, " "))
			}
			if dash := strings.HasPrefix(strings.TrimSpace(lines[at]), "- "); dash && !strings.HasPrefix(strings.TrimSpace(new[0]), "- ") {
				new[0] = strings.Repeat(" ", indent(lines[at])) + "- " + strings.TrimLeft(new[0], " ")
			}
			if op == 5 {
				lines = slices.Insert(lines, at, new...)
			} else {
				lines = slices.Replace(lines, at, at+len(whole), new...)
			}
		}
	}
	return []byte(strings.Join(lines, "\n"))
}
