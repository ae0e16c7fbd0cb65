package merge_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/merge"
	"github.com/diwan-gov/diwan/catalog/source"
)

const base = `# the service
service: a.b.c
title: {ar: خدمة, en: Service}
promised: 3 working days # by decree
form:
  - section: one
    fields:
      - field: x
        type: text
      - field: y
        type: number
        label: {en: Y}
      - field: z
        type: date
steps:
  - step: pay
    pay: [fee]
  - step: look
    review: officer
`

// with replaces texts that stand there once.
func with(t *testing.T, text string, oldNew ...string) string {
	t.Helper()
	for i := 0; i < len(oldNew); i += 2 {
		if strings.Count(text, oldNew[i]) != 1 {
			t.Fatalf("%q stands there %d times", oldNew[i], strings.Count(text, oldNew[i]))
		}
		text = strings.Replace(text, oldNew[i], oldNew[i+1], 1)
	}
	return text
}

func TestWhatTwoHaveChangedIsJoinedByMeaning(t *testing.T) {
	for name, test := range map[string]struct{ ours, theirs, want []string }{
		"different keys": {
			[]string{"promised: 3", "promised: 5"}, []string{"en: Service}", "en: The service}"},
			[]string{"promised: 3", "promised: 5", "en: Service}", "en: The service}"}},
		"the same on the same line": {
			[]string{"ar: خدمة", "ar: خدمتنا"}, []string{"en: Service}", "en: Service, kk: Қызмет}"},
			[]string{"ar: خدمة, en: Service}", "ar: خدمتنا, en: Service, kk: Қызмет}"}},
		"fields beside each other": {
			[]string{"      - field: y\n", "      - field: ours\n        type: text\n      - field: y\n"},
			[]string{"      - field: y\n", "      # asked by the court\n      - field: theirs\n        type: text # free\n      - field: y\n"},
			[]string{"      - field: y\n", "      # asked by the court\n      - field: theirs\n        type: text # free\n      - field: ours\n        type: text\n      - field: y\n"}},
		"one moves what the other changes": {
			[]string{"      - field: x\n        type: text\n", "", "        type: date\n", "        type: date\n      - field: x\n        type: text\n"},
			[]string{"field: x\n        type: text", "field: x\n        type: email\n        required: true"},
			[]string{"      - field: x\n        type: text\n", "", "        type: date\n", "        type: date\n      - field: x\n        type: email\n        required: true\n"}},
		"one changes what the other moves": {
			[]string{"field: x\n        type: text", "field: x\n        type: email"},
			[]string{"      - field: x\n        type: text\n", "", "        type: date\n", "        type: date\n      - field: x\n        type: text\n"},
			[]string{"      - field: x\n        type: text\n", "", "        type: date\n", "        type: date\n      - field: x\n        type: email\n"}},
		"one removes a field, the other a step": {
			[]string{"      - field: x\n        type: text\n", ""}, []string{"  - step: look\n    review: officer\n", ""},
			[]string{"      - field: x\n        type: text\n", "", "  - step: look\n    review: officer\n", ""}},
		"both do the same": {
			[]string{"3 working", "4 working"}, []string{"3 working", "4 working", "# by decree", "# of the minister"},
			[]string{"3 working", "4 working"}},
		"comments are ours": {
			[]string{"# the service", "# our service"}, []string{"promised: 3", "promised: 9"},
			[]string{"# the service", "# our service", "promised: 3", "promised: 9"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, open := merge.File("f", []byte(base), []byte(with(t, base, test.ours...)), []byte(with(t, base, test.theirs...)), nil)
			if want := with(t, base, test.want...); len(open) > 0 || string(got) != want {
				t.Errorf("%v\n%s", open, got)
			}
		})
	}
}

func TestWhatBothHaveChangedToDifferentEndsIsAskedAbout(t *testing.T) {
	for name, test := range map[string]struct {
		ours, theirs []string
		want         merge.Conflict
		chosen       []string // what it becomes where theirs is chosen
	}{
		"a value": {[]string{"3 working", "4 working"}, []string{"3 working", "5 working"},
			merge.Conflict{Path: []string{"promised"}, Base: "3 working days", Ours: "4 working days", Theirs: "5 working days"}, []string{"3 working", "5 working"}},
		"a value deep inside": {[]string{"type: number", "type: text"}, []string{"type: number", "type: money"},
			merge.Conflict{Path: []string{"form", "section one", "fields", "field y", "type"}, Base: "number", Ours: "text", Theirs: "money"}, []string{"type: number", "type: money"}},
		"removed here, changed there": {[]string{"      - field: y\n        type: number\n        label: {en: Y}\n", ""}, []string{"type: number", "type: money"},
			merge.Conflict{Path: []string{"form", "section one", "fields", "field y"}, Base: "field: y\ntype: number\nlabel: {en: Y}", Theirs: "field: y\ntype: money\nlabel: {en: Y}"}, []string{"type: number", "type: money"}},
		"changed here, removed there": {[]string{"type: number", "type: money"}, []string{"      - field: y\n        type: number\n        label: {en: Y}\n", ""},
			merge.Conflict{Path: []string{"form", "section one", "fields", "field y"}, Base: "field: y\ntype: number\nlabel: {en: Y}", Ours: "field: y\ntype: money\nlabel: {en: Y}"}, []string{"      - field: y\n        type: number\n        label: {en: Y}\n", ""}},
		"added by both": {[]string{"promised:", "keep: 1 year\npromised:"}, []string{"promised:", "keep: 2 years\npromised:"},
			merge.Conflict{Path: []string{"keep"}, Ours: "1 year", Theirs: "2 years"}, []string{"promised:", "keep: 2 years\npromised:"}},
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := with(t, base, test.ours...), with(t, base, test.theirs...)
			got, open := merge.File("f", []byte(base), []byte(ours), []byte(theirs), nil)
			test.want.File = "f"
			if len(open) != 1 || !equal(open[0], test.want) || string(got) != ours {
				t.Errorf("%+v\n%s", open, got)
			}
			got, open = merge.File("f", []byte(base), []byte(ours), []byte(theirs), func(c merge.Conflict) (merge.Side, bool) { return merge.Theirs, equal(c, test.want) })
			if want := with(t, base, test.chosen...); len(open) > 0 || string(got) != want {
				t.Errorf("chosen: %+v\n%s", open, got)
			}
		})
	}
}

func equal(a, b merge.Conflict) bool {
	return a.File == b.File && slices.Equal(a.Path, b.Path) && a.Base == b.Base && a.Ours == b.Ours && a.Theirs == b.Theirs && a.Order == b.Order
}

// A thing is known by its first key: whoever takes that away has put another in its place, also where it was the only one.
func TestTheOnlyThingOfAListIsReplaced(t *testing.T) {
	base := "a: 1\nlist:\n  - script: s.js\n    field: f\nz: 1\n"
	changed, other := "a: 1\nlist:\n  - field: f\nz: 1\n", "a: 2\nlist:\n  - script: s.js\n    field: f\nz: 1\n"
	for _, sides := range [][2]string{{changed, other}, {other, changed}} {
		got, open := merge.File("f", []byte(base), []byte(sides[0]), []byte(sides[1]), nil)
		if want := "a: 2\nlist:\n  - field: f\nz: 1\n"; len(open) > 0 || string(got) != want {
			t.Errorf("%v\n%s", open, got)
		}
	}
}

// Of a list whose things have no names theirs takes the place of ours, comments and all, where we have not touched it.
func TestWhatWeHaveNotTouchedIsTakenWithItsComments(t *testing.T) {
	base := "a: 1\nlist: # why\n  - [x] # because\n  - [y]\nz: 1\n"
	changed, other := "a: 1\nlist: # why\n  - [x] # because\n  - [y, y]\nz: 1\n", "a: 2\nlist: # why\n  - [x] # because\n  - [y]\nz: 1\n"
	for _, sides := range [][2]string{{changed, other}, {other, changed}} {
		got, open := merge.File("f", []byte(base), []byte(sides[0]), []byte(sides[1]), nil)
		if want := "a: 2\nlist: # why\n  - [x] # because\n  - [y, y]\nz: 1\n"; len(open) > 0 || string(got) != want {
			t.Errorf("%v\n%s", open, got)
		}
	}
}

func TestFilesThatComeGoAndCannotBeRead(t *testing.T) {
	files := func(pairs ...string) map[string][]byte {
		m := map[string][]byte{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = []byte(pairs[i+1])
		}
		return m
	}
	got, open := merge.Files(files("a", "x: 1\n", "b", "x: 1\n", "gone", "x: 1\n", "both", "x: 1\n", "js", "1"),
		files("a", "x: 1\n", "b", "x: 2\n", "gone", "x: 1\n", "both", "x: 2\n", "js", "2", "ours", "y: 1\n"),
		files("a", "x: 3\n", "b", "x: 1\n", "js", "3", "theirs", "z: 1\n"), nil)
	want := files("a", "x: 3\n", "b", "x: 2\n", "both", "x: 2\n", "js", "2", "ours", "y: 1\n", "theirs", "z: 1\n")
	if len(got) != len(want) || len(open) != 2 || open[0].File != "both" || open[1].File != "js" {
		t.Errorf("%q, %+v", got, open)
	}
	for path, content := range want {
		if string(got[path]) != string(content) {
			t.Errorf("%s is %q", path, got[path])
		}
	}
}

// Two change a real definition at random, each something else: what comes of it is what comes of making both changes one after the other, in either order.
func TestRandomChangesOfRealDefinitionsAreJoinedInEitherOrder(t *testing.T) {
	var files []string
	err := filepath.WalkDir("../../samples", func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.Contains(p, "/services/") && strings.HasSuffix(p, ".yaml") {
			files = append(files, p)
		}
		return err
	})
	if err != nil || len(files) < 20 {
		t.Fatal(err, len(files))
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	joined, conflicts := 0, 0
	for range 120 {
		file := files[r.IntN(len(files))]
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := changed(r, file, text, "ours"), changed(r, file, text, "theirs")
		one, openOne := merge.File(file, text, ours, theirs, nil)
		other, openOther := merge.File(file, text, theirs, ours, nil)
		if len(openOne) != len(openOther) {
			t.Errorf("%s: %d conflicts one way, %d the other\n%v\n%v", file, len(openOne), len(openOther), openOne, openOther)
			continue
		}
		if len(openOne) > 0 {
			conflicts++
			continue
		}
		joined++
		a, _ := source.Parse(file, one, source.Limits{})
		b, _ := source.Parse(file, other, source.Limits{})
		if a == nil || b == nil {
			t.Fatalf("%s cannot be read any more", file)
		}
		for _, text := range [][]byte{one, other} {
			for _, mark := range []string{"ours", "theirs"} {
				for _, made := range [][]byte{ours, theirs} {
					if strings.Contains(string(made), "brand"+mark) && !strings.Contains(string(text), "brand"+mark) {
						t.Errorf("%s: what is new on the side of %s is lost", file, mark)
					}
				}
			}
		}
	}
	t.Logf("%d joined, %d with conflicts", joined, conflicts)
	if joined < 80 {
		t.Error("too few were joined")
	}
}

// changed makes one change at random.
func changed(r *rand.Rand, file string, text []byte, mark string) []byte {
	for {
		root, _ := source.Parse(file, text, source.Limits{})
		e, err := source.Edit(root)
		if err != nil {
			return text
		}
		path := []any{}
		n := root
		for range 1 + r.IntN(6) { // down some way
			if n.Len() == 0 || n.Kind != source.Mapping && n.Kind != source.List {
				break
			}
			i := r.IntN(n.Len())
			if n.Kind == source.List {
				path, n = append(path, any(i)), n.Items()[i]
				continue
			}
			j := 0
			for k, v := range n.Pairs() {
				if j == i {
					path, n = append(path, any(k.Value)), v
					break
				}
				j++
			}
		}
		var s source.Splice
		switch r.IntN(4) {
		case 0:
			s, err = e.Put(append(path[:len(path):len(path)], "brand"+mark), "1", nil)
		case 1:
			s, err = e.Insert(path, r.IntN(n.Len()+1), "{brand"+mark+": 1}")
		case 2:
			s, err = e.Remove(path)
		default:
			if n.Kind != source.List || n.Len() < 2 {
				continue
			}
			s, err = e.Move(path, r.IntN(n.Len()), r.IntN(n.Len()))
		}
		if err == nil {
			return s.Apply(text)
		}
	}
}
