package merge

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Conflict is something that both sides have changed, to different ends.
type Conflict struct {
	File string
	// Path leads to it by the names of keys and of things: form, section home, fields, field age, type. Without one it is the whole file.
	Path []string
	// Base, Ours and Theirs are what stands there, as YAML; "" where nothing does.
	Base, Ours, Theirs string
	// Order tells that both have put the things of a list into another order.
	Order bool
}

// Side is one of the two that are joined.
type Side int

// The sides.
const (
	Ours Side = iota
	Theirs
)

// Choice settles a conflict; ok is false where nobody has chosen.
type Choice func(Conflict) (side Side, ok bool)

// Files joins catalogues, each as paths with contents. The conflicts that choice leaves open are those of the answer; of them ours is kept.
func Files(base, ours, theirs map[string][]byte, choice Choice) (merged map[string][]byte, open []Conflict) {
	merged = maps.Clone(ours)
	paths := slices.Sorted(maps.Keys(theirs))
	for path := range base {
		if _, there := theirs[path]; !there {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	for _, path := range paths {
		content, conflicts := File(path, base[path], ours[path], theirs[path], choice)
		open = append(open, conflicts...)
		if content == nil {
			delete(merged, path)
		} else {
			merged[path] = content
		}
	}
	return merged, open
}

// File joins one file; nil is a file that is not there.
func File(name string, base, ours, theirs []byte, choice Choice) (merged []byte, open []Conflict) {
	m := &merger{file: name, choice: choice, text: ours}
	switch {
	case same(base, theirs), same(ours, theirs):
		return ours, nil
	case same(base, ours):
		return theirs, nil
	}
	merged, open = m.file3(base, ours, theirs)
	if len(open) == 0 {
		return merged, nil
	}
	// What cannot be put into our text, where a comment stands in the way, may go the other way round.
	turned := &merger{file: name, text: theirs, choice: func(c Conflict) (Side, bool) {
		if choice == nil {
			return Ours, false
		}
		side, ok := choice(c.turned())
		return 1 - side, ok
	}}
	other, left := turned.file3(base, theirs, ours)
	if len(left) > 0 {
		return merged, open
	}
	return other, nil
}

func (c Conflict) turned() Conflict {
	c.Ours, c.Theirs = c.Theirs, c.Ours
	return c
}

// file3 joins a file that both have changed.
func (m *merger) file3(base, ours, theirs []byte) (merged []byte, open []Conflict) {
	name := m.file
	b, o, t := parse(name, base), parse(name, ours), parse(name, theirs)
	if b == nil || o == nil || t == nil { // made or removed by one of the two, or no YAML: there is no meaning to join
		if m.theirs(Conflict{File: name, Base: string(base), Ours: string(ours), Theirs: string(theirs)}) {
			return theirs, nil
		}
		return ours, m.open
	}
	m.join(nil, nil, b, o, t)
	return m.text, m.open
}

func same(a, b []byte) bool { return (a == nil) == (b == nil) && bytes.Equal(a, b) }

// parse reads a file whole, or not at all.
func parse(name string, content []byte) *source.Node {
	if content == nil {
		return nil
	}
	root, _ := source.Parse(name, content, source.Limits{})
	if _, err := source.Edit(root); err != nil {
		return nil
	}
	return root
}

// merger works its way through three trees and changes the text of ours.
type merger struct {
	file   string
	choice Choice
	text   []byte
	open   []Conflict
}

// theirs tells a conflict, and whether it is settled for theirs.
func (m *merger) theirs(c Conflict) bool {
	c.File = m.file
	if m.choice != nil {
		if side, ok := m.choice(c); ok {
			return side == Theirs
		}
	}
	m.open = append(m.open, c)
	return false
}

// ours is the node at a path in the text as it has become.
func (m *merger) ours(path []any) *source.Node { return parse(m.file, m.text).Lookup(path...) }

// edit makes an edit of the text; false where it cannot be made without losing something.
func (m *merger) edit(do func(e *source.Editor) (source.Splice, error)) bool {
	e, err := source.Edit(parse(m.file, m.text))
	if err != nil {
		return false
	}
	s, err := do(e)
	if err != nil {
		return false
	}
	m.text = s.Apply(m.text)
	return true
}

// join brings what theirs has made of base into ours. All three are there, path leads to ours, and named is the path in words.
func (m *merger) join(path []any, named []string, b, o, t *source.Node) {
	switch {
	case b.Means(t) || o.Means(t):
	case b.Kind == source.Mapping && o.Kind == source.Mapping && t.Kind == source.Mapping:
		m.mapping(path, named, b, o, t)
	case named3(b, o, t):
		m.list(path, named, b, o, t)
	case b.Means(o):
		m.take(path, named, b, o, t)
	default:
		if m.theirs(Conflict{Path: named, Base: b.Text(), Ours: o.Text(), Theirs: t.Text()}) {
			m.take(path, named, b, o, t)
		}
	}
}

// take puts theirs in the place of ours.
func (m *merger) take(path []any, named []string, b, o, t *source.Node) {
	if !m.edit(func(e *source.Editor) (source.Splice, error) { return e.Put(path, t.Text(), nil) }) {
		m.open = append(m.open, Conflict{File: m.file, Path: named, Base: b.Text(), Ours: o.Text(), Theirs: t.Text()})
	}
}

// mapping joins key by key.
func (m *merger) mapping(path []any, named []string, b, o, t *source.Node) {
	var order []string
	for k := range t.Pairs() {
		order = append(order, k.Value)
	}
	i := -1
	for k, theirs := range t.Pairs() {
		i++
		name := k.Value
		at, words := below(path, any(name)), below(named, name)
		_, base := b.Get(name)
		_, ours := o.Get(name)
		switch {
		case base != nil && ours != nil:
			m.join(at, words, base, ours, theirs)
		case base == nil && ours == nil:
			m.put(at, words, t.Excerpt(i), order, Conflict{Path: words, Theirs: theirs.Text()})
		case base == nil: // both have added it
			if !ours.Means(theirs) && m.theirs(Conflict{Path: words, Ours: ours.Text(), Theirs: theirs.Text()}) {
				m.take(at, words, ours, ours, theirs)
			}
		case !base.Means(theirs): // we have removed what they have changed
			if c := (Conflict{Path: words, Base: base.Text(), Theirs: theirs.Text()}); m.theirs(c) {
				m.put(at, words, t.Excerpt(i), order, c)
			}
		}
	}
	for k, base := range b.Pairs() {
		_, theirs := t.Get(k.Value)
		_, ours := o.Get(k.Value)
		if theirs == nil && ours != nil {
			m.remove(below(path, any(k.Value)), Conflict{Path: below(named, k.Value), Base: base.Text(), Ours: ours.Text()}, base.Means(ours))
		}
	}
}

func (m *merger) put(path []any, named []string, value string, order []string, c Conflict) {
	if !m.edit(func(e *source.Editor) (source.Splice, error) { return e.Put(path, value, order) }) {
		c.File = m.file
		m.open = append(m.open, c)
	}
}

// remove takes away what they have removed: at once where we have not touched it, else where it is so chosen.
func (m *merger) remove(path []any, c Conflict, untouched bool) {
	if !untouched && !m.theirs(c) {
		return
	}
	if !m.edit(func(e *source.Editor) (source.Splice, error) { return e.Remove(path) }) {
		c.File = m.file
		m.open = append(m.open, c)
	}
}

func below[T any](path []T, step T) []T { return append(path[:len(path):len(path)], step) }

// named3 tells three lists whose things all have a name of their own.
func named3(lists ...*source.Node) bool {
	for _, l := range lists {
		if l.Kind != source.List {
			return false
		}
		if names := namesOf(l); len(names) == 0 || slices.Contains(names, "") || len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
			return false
		}
	}
	return true
}

// namesOf are the names of the things of a list: their first key with its value, or the value that an item is; "" of one that has none.
func namesOf(list *source.Node) []string {
	var names []string
	for _, item := range list.Items() {
		name := ""
		switch item.Kind {
		case source.Scalar:
			name = item.Value
		case source.Mapping:
			for k, v := range item.Pairs() {
				if v.Kind == source.Scalar {
					name = k.Value + " " + v.Value
				}
				break
			}
		}
		names = append(names, name)
	}
	return names
}

// list joins thing by thing, and then their order.
func (m *merger) list(path []any, named []string, b, o, t *source.Node) {
	base, theirs := namesOf(b), namesOf(t)
	for i, name := range theirs {
		was, at := slices.Index(base, name), slices.Index(namesOf(m.ours(path)), name)
		item, words := t.Items()[i], below(named, name)
		switch {
		case was >= 0 && at >= 0:
			m.join(below(path, any(at)), words, b.Items()[was], m.ours(path).Items()[at], item)
		case was < 0 && at < 0:
			m.insert(path, theirs[:i], t.Excerpt(i), Conflict{Path: words, Theirs: item.Text()})
		case was < 0: // both have added it
			if ours := m.ours(path).Items()[at]; !ours.Means(item) && m.theirs(Conflict{Path: words, Ours: ours.Text(), Theirs: item.Text()}) {
				m.take(below(path, any(at)), words, ours, ours, item)
			}
		case !b.Items()[was].Means(item): // we have removed what they have changed
			if c := (Conflict{Path: words, Base: b.Items()[was].Text(), Theirs: item.Text()}); m.theirs(c) {
				m.insert(path, theirs[:i], t.Excerpt(i), c)
			}
		}
	}
	// Last, as an edit that takes the last thing of a list takes the list, and what is new would have no place.
	for i, name := range base {
		if slices.Contains(theirs, name) {
			continue
		}
		if at := slices.Index(namesOf(m.ours(path)), name); at >= 0 {
			ours := m.ours(path).Items()[at]
			m.remove(below(path, any(at)), Conflict{Path: below(named, name), Base: b.Items()[i].Text(), Ours: ours.Text()}, ours.Means(b.Items()[i]))
		}
	}
	m.order(path, named, base, namesOf(o), theirs)
}

// insert puts a thing of theirs behind the nearest of those before it that we have too.
func (m *merger) insert(path []any, before []string, value string, c Conflict) {
	at := 0
	for _, name := range slices.Backward(before) {
		if i := slices.Index(namesOf(m.ours(path)), name); i >= 0 {
			at = i + 1
			break
		}
	}
	if !m.edit(func(e *source.Editor) (source.Splice, error) { return e.Insert(path, at, value) }) {
		c.File = m.file
		m.open = append(m.open, c)
	}
}

// order brings the things that all three have into the order of theirs, where they have changed it and we have not.
func (m *merger) order(path []any, named []string, base, ours, theirs []string) {
	everywhere := func(name string) bool {
		return slices.Contains(base, name) && slices.Contains(ours, name) && slices.Contains(theirs, name)
	}
	only := func(names []string) (out []string) {
		for _, n := range names {
			if everywhere(n) {
				out = append(out, n)
			}
		}
		return out
	}
	base, ours, theirs = only(base), only(ours), only(theirs)
	if slices.Equal(base, theirs) || slices.Equal(ours, theirs) {
		return
	}
	if !slices.Equal(base, ours) && !m.theirs(Conflict{Path: named, Base: strings.Join(base, ", "), Ours: strings.Join(ours, ", "), Theirs: strings.Join(theirs, ", "), Order: true}) {
		return
	}
	for i, name := range theirs {
		now := namesOf(m.ours(path))
		from, to := slices.Index(now, name), 0
		if i > 0 {
			to = slices.Index(now, theirs[i-1]) + 1
		} else {
			to = slices.IndexFunc(now, everywhere)
		}
		if from < to {
			to--
		}
		if from != to && !m.edit(func(e *source.Editor) (source.Splice, error) { return e.Move(path, from, to) }) {
			m.open = append(m.open, Conflict{File: m.file, Path: named, Order: true, Base: strings.Join(base, ", "), Ours: strings.Join(ours, ", "), Theirs: strings.Join(theirs, ", ")})
			return
		}
	}
}

// String says where it is.
func (c Conflict) String() string {
	return fmt.Sprintf("%s: %s", c.File, strings.Join(c.Path, " › "))
}
