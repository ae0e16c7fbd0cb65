package compare

import (
	"bytes"
	"cmp"
	"path"
	"reflect"
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Catalogues tells what changed from one catalogue to another. Both should have been read without errors: what could not be read is not
// compared. Definitions are matched by their kind and code wherever their files lie.
func Catalogues(before, after *catalog.Catalogue) Difference {
	old, new := definitions(before), definitions(after)
	var d Difference
	takenOld := make([]bool, len(old))
	becomes := make([]*definition, len(new))
	for j := range new {
		i := slices.IndexFunc(old, func(o definition) bool {
			return o.kind == new[j].kind && o.code == new[j].code && o.file == new[j].file
		})
		if i < 0 {
			i = slices.IndexFunc(old, func(o definition) bool { return o.kind == new[j].kind && o.code == new[j].code })
		}
		if i >= 0 && !takenOld[i] {
			takenOld[i], becomes[j] = true, &old[i]
		}
	}
	tried := 0
	for j := range new {
		for i := range old {
			if becomes[j] != nil || takenOld[i] || old[i].kind != new[j].kind || tried > mostRenamed {
				continue
			}
			if tried++; renamedDefinition(&old[i], &new[j]) {
				takenOld[i], becomes[j] = true, &old[i]
			}
		}
	}
	for j := range new {
		if becomes[j] == nil {
			d = append(d, wholeDefinition(&new[j], false))
			continue
		}
		d = append(d, elsewhere(pairOf(becomes[j], &new[j], before, after), &new[j], before, after)...)
	}
	for i := range old {
		if !takenOld[i] {
			d = append(d, wholeDefinition(&old[i], true))
		}
	}
	d = append(d, scripts(before, after)...)
	d.sort()
	return d
}

// mostRenamed is how often a definition that went is held against one that came, in a whole catalogue.
const mostRenamed = 2000

// Definitions tells what changed from the definition in a file of one catalogue to that in a file of another; the two may be the same
// catalogue. It is false where one of the files declares nothing, or the two declare things of different kinds.
func Definitions(before *catalog.Catalogue, oldFile string, after *catalog.Catalogue, newFile string) (Difference, bool) {
	old, new := definitions(before), definitions(after)
	i := slices.IndexFunc(old, func(o definition) bool { return o.file == oldFile })
	j := slices.IndexFunc(new, func(n definition) bool { return n.file == newFile })
	if i < 0 || j < 0 || old[i].kind != new[j].kind {
		return nil, false
	}
	d := Difference(pairOf(&old[i], &new[j], before, after))
	d.sort()
	return d, true
}

// definition is one file that declares something.
type definition struct {
	kind, code, file string
	name             map[string]string
	own              string // the key that holds its code
	node             *source.Node
	typ              source.Type
}

func (d *definition) part() Part { return Part{Kind: d.kind, Code: d.code, Name: d.name} }

func definitions(c *catalog.Catalogue) []definition {
	var out []definition
	for file, v := range c.Definitions() {
		n, ok := v.(interface{ Node() *source.Node })
		if !ok || n.Node() == nil {
			continue
		}
		t := reflect.TypeOf(v).Elem()
		d := definition{kind: kebab(t.Name()), file: file, node: n.Node(), typ: source.Type{Kind: "mapping", Go: t}, name: nameOf(n.Node())}
		if name := codeKey(source.Spec(t), d.node); name != "" {
			d.code, d.own = d.node.Lookup(name).Value, name
		}
		out = append(out, d)
	}
	return out
}

// renamedDefinition tells that a definition lies in the same file under another code, or has another code and nothing else.
func renamedDefinition(old, new *definition) bool {
	if old.kind != new.kind {
		return false
	}
	w := newWalker(Part{})
	a, b := old.thing(), new.thing()
	return w.likeness(&a, &b) >= likeEnough || old.file == new.file && w.likeness(&a, &b) > 0.5
}

func (d *definition) thing() thing {
	return thing{part: d.part(), own: d.own, node: d.node, k: source.Key{Type: d.typ}}
}

// wholeDefinition is a definition that came or went.
func wholeDefinition(d *definition, gone bool) Change {
	c := Change{Kind: d.kind + "-added", Concern: concernOf(d.kind, "", Right), Definition: d.part(), New: d.node.Head(), sentence: "definitionAdded",
		args: map[string]value{"what": phrase([]Part{d.part()})}}
	if gone {
		c.Kind, c.Old, c.New, c.sentence = d.kind+"-removed", d.node.Head(), diag.Range{}, "definitionRemoved"
	}
	return c
}

// pairOf compares a definition with what became of it.
func pairOf(old, new *definition, before, after *catalog.Catalogue) []Change {
	if untouched(old, new, before, after) {
		return nil
	}
	w := newWalker(new.part())
	k := source.Key{Type: new.typ}
	if old.code == new.code && w.meaning(old.node, k, true) == w.meaning(new.node, k, false) {
		return nil
	}
	w.titles = titlesOf(before, after, new.code)
	at := place{kind: new.kind, own: new.own, concern: concernOf(new.kind, "", Data), old: old.node, new: new.node}
	if old.code != new.code {
		w.addNamed(at, new.kind+"-renamed", "renamedDefinition", old.node, new.node, arg{"old", plain(old.code)}, arg{"new", plain(new.code)})
	}
	w.find(k, old.node, new.node)
	w.value(at, k, old.node, new.node)
	w.settle()
	tellAffected(w.changes, after)
	return w.changes
}

// untouched tells quickly that a definition is what it was: of a thousand most are, and to read what each of them means takes longer than all the rest.
func untouched(old, new *definition, before, after *catalog.Catalogue) bool {
	if old.node == new.node {
		return true
	}
	same := func(file string) bool {
		was, there := before.Files[file]
		is, stays := after.Files[file]
		return there && stays && bytes.Equal(was, is)
	}
	return old.file == new.file && old.code == new.code && same(new.file) && !slices.ContainsFunc(after.MadeOf(new.file), func(file string) bool { return !same(file) })
}

// elsewhere leaves out what a member of a family takes over and what is told where it stands: in a blueprint, fragment or text that changed.
func elsewhere(changes []Change, d *definition, before, after *catalog.Catalogue) []Change {
	return slices.DeleteFunc(changes, func(c Change) bool {
		file := cmp.Or(c.New.File, c.Old.File)
		return file != d.file && (c.Old.File == "" || c.Old.File == file) && slices.Contains(after.MadeOf(d.file), file) &&
			before.Files[file] != nil && !bytes.Equal(before.Files[file], after.Files[file])
	})
}

// beside are the files that stand beside definitions, by what their names end in.
var beside = map[string]struct {
	kind    string
	concern Concern
}{".js": {"script", Right}, ".svg": {"drawing", Wording}}

// scripts are the scripts and drawings that changed, each a change of the services beside it, which alone can call it, or of those that issue
// a document with it.
func scripts(before, after *catalog.Catalogue) []Change {
	var out []Change
	for file, content := range after.Files {
		what, is := beside[path.Ext(file)]
		old, had := before.Files[file]
		if !is || !had || bytes.Equal(bytes.TrimSpace(old), bytes.TrimSpace(content)) {
			continue
		}
		c := Change{Kind: what.kind, Concern: what.concern, Definition: Part{Kind: what.kind, Code: file}, Old: diag.Range{File: file}, New: diag.Range{File: file},
			sentence: what.kind, args: map[string]value{}}
		for _, s := range after.Services {
			if path.Dir(s.File) == path.Dir(file) && mentions(s.Node(), path.Base(file)) || printed(after, s, file) {
				c.Affects = append(c.Affects, s.Code.Value)
			}
		}
		out = append(out, c)
	}
	for _, side := range []struct {
		has, other *catalog.Catalogue
		kind       string
	}{{after, before, "added"}, {before, after, "removed"}} {
		for file := range side.has.Files {
			what, is := beside[path.Ext(file)]
			if _, both := side.other.Files[file]; !is || both {
				continue
			}
			part := Part{Kind: what.kind, Code: file}
			c := Change{Kind: what.kind + "-" + side.kind, Concern: what.concern, Definition: part, New: diag.Range{File: file}, sentence: "definitionAdded",
				args: map[string]value{"what": phrase([]Part{part})}}
			if side.kind == "removed" {
				c.Old, c.New, c.sentence = c.New, diag.Range{}, "definitionRemoved"
			}
			out = append(out, c)
		}
	}
	return out
}

// printed tells that the service issues a document with the drawing on it.
func printed(c *catalog.Catalogue, s *catalog.Service, file string) bool {
	for step := range s.AllSteps() {
		if d := c.Document(step.Issue.Value); d != nil && d.Layout != nil && path.Dir(d.Head().File) == path.Dir(file) && mentions(d.Node(), path.Base(file)) {
			return true
		}
	}
	return false
}
