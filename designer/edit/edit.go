// Package edit makes the visual edits of a definition: pure functions from its text to its text. Each is made of the smallest splices that package
// source proves, so that what is not meant stays, byte for byte: comments, order, blank lines, the way in which other values are written.
//
// It knows no page and nothing of what a definition means.
//
//	next, err := edit.Set("services/a.yaml", edit.Path{"form", 0, "title", "ar"}, "رخصتك")(now)
package edit

import (
	"errors"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Path leads to a value: names of mappings (string) and indexes of lists (int).
type Path []any

// Do is an edit, as change.Changes makes it.
type Do func(now []byte) ([]byte, error)

// Errors of edits, for errors.Is; source.ErrRefused where no splice does what was asked.
var (
	ErrUnreadable = errors.New("edit: the text has problems that must be mended in it")
	ErrGone       = errors.New("edit: what was to be edited is not there any more")
)

// String writes a path, as form/0/fields/2.
func (p Path) String() string {
	parts := make([]string, len(p))
	for i, step := range p {
		switch s := step.(type) {
		case int:
			parts[i] = strconv.Itoa(s)
		case string:
			parts[i] = strings.NewReplacer("~", "~0", "/", "~1").Replace(s)
		}
	}
	return strings.Join(parts, "/")
}

// Read reads what String has written. A number is an index where a list stands in the tree, and a name elsewhere.
func Read(root *source.Node, text string) Path {
	var p Path
	if text == "" {
		return p
	}
	at := root
	for _, part := range strings.Split(text, "/") {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		var step any = part
		if n, err := strconv.Atoi(part); err == nil && at != nil && at.Kind == source.List {
			step = n
		}
		p = append(p, step)
		if at != nil {
			at = at.Lookup(step)
		}
	}
	return p
}

// To is the path to something inside of what p leads to.
func (p Path) To(steps ...any) Path {
	return append(append(Path{}, p...), steps...)
}

// Root parses a text that can be edited.
func Root(file string, now []byte) (*source.Node, error) {
	root, problems := source.Parse(file, now, source.Limits{})
	if root == nil || problems.HasErrors() {
		return nil, ErrUnreadable
	}
	return root, nil
}

// with makes one splice.
func with(file string, now []byte, do func(root *source.Node, e *source.Editor) (source.Splice, error)) ([]byte, error) {
	root, err := Root(file, now)
	if err != nil {
		return nil, err
	}
	e, err := source.Edit(root)
	if err != nil {
		return nil, err
	}
	s, err := do(root, e)
	if err != nil {
		return nil, err
	}
	return s.Apply(now), nil
}

// Set gives a scalar another text, in the style in which it is written; where it is not there it is added behind those that order names before it.
// value is what it means: what could be taken for something else is put into quotation marks.
func Set(file string, at Path, value string, order []string) Do {
	return func(now []byte) ([]byte, error) {
		root, err := Root(file, now)
		if err != nil {
			return nil, err
		}
		if n := root.Lookup(at...); n != nil && n.Kind == source.Scalar {
			if n.Value == value {
				return now, nil
			}
			return source.Set(now, n, value)
		}
		if plain(value) {
			if next, err := Put(file, at, value, order)(now); err == nil {
				return next, nil
			}
		}
		return Put(file, at, source.Quote(value), order)(now)
	}
}

// plain tells a text of several words, such as a formula, that says the same without quotation marks.
func plain(value string) bool {
	if !strings.Contains(value, " ") || strings.ContainsAny(value, "\n\r#") {
		return false
	}
	root, err := Root("", []byte("k: "+value+"\n"))
	if err != nil {
		return false
	}
	n := root.Lookup("k")
	return n != nil && n.Kind == source.Scalar && n.Style == source.Plain && n.Value == value
}

// Put gives what stands at a path another value, as it would stand at the left edge of a file, or adds it.
func Put(file string, at Path, value string, order []string) Do {
	return func(now []byte) ([]byte, error) {
		return with(file, now, func(root *source.Node, e *source.Editor) (source.Splice, error) {
			if len(at) > 1 && root.Lookup(at[:len(at)-1]...) == nil {
				return source.Splice{}, ErrGone
			}
			return e.Put(at, value, order)
		})
	}
}

// Remove takes away what stands at a path. What is not there is gone already.
func Remove(file string, at Path) Do {
	return func(now []byte) ([]byte, error) {
		root, err := Root(file, now)
		if err != nil || root.Lookup(at...) == nil {
			return now, err
		}
		return with(file, now, func(_ *source.Node, e *source.Editor) (source.Splice, error) { return e.Remove(at) })
	}
}

// Insert puts an item into a list before the one that has the index now; below 0 at the end. A list that is not there begins with it.
func Insert(file string, list Path, index int, item string, order []string) Do {
	return func(now []byte) ([]byte, error) {
		return with(file, now, func(root *source.Node, e *source.Editor) (source.Splice, error) {
			n := root.Lookup(list...)
			if n == nil || n.Kind == source.Null {
				return e.Put(list, "- "+strings.ReplaceAll(item, "\n", "\n  "), order)
			}
			if index < 0 || index > n.Len() {
				index = n.Len()
			}
			return e.Insert(list, index, item)
		})
	}
}

// Wrap puts an item of a list inside of another one: into is given the item as it would stand at the left edge of a file.
func Wrap(file string, list Path, index int, into func(item string) string) Do {
	return func(now []byte) ([]byte, error) {
		root, err := Root(file, now)
		if err != nil {
			return nil, err
		}
		n := root.Lookup(list...)
		if n == nil || n.Kind != source.List || index < 0 || index >= n.Len() {
			return nil, ErrGone
		}
		next, err := Insert(file, list, index, into(n.Excerpt(index)), nil)(now)
		if err != nil {
			return nil, err
		}
		return Remove(file, list.To(index+1))(next)
	}
}

// Move puts an item of a list to another place of it.
func Move(file string, list Path, from, to int) Do {
	return func(now []byte) ([]byte, error) {
		return with(file, now, func(root *source.Node, e *source.Editor) (source.Splice, error) {
			n := root.Lookup(list...)
			if n == nil || from < 0 || from >= n.Len() {
				return source.Splice{}, ErrGone
			}
			return e.Move(list, from, max(0, min(to, n.Len()-1)))
		})
	}
}

// Carry takes an item out of one list and puts it into another, before the one that has the index there.
func Carry(file string, list Path, from int, into Path, index int) Do {
	return func(now []byte) ([]byte, error) {
		root, err := Root(file, now)
		if err != nil {
			return nil, err
		}
		n, there := root.Lookup(list...), root.Lookup(into...)
		if n == nil || from < 0 || from >= n.Len() || there == nil || there.Kind != source.List {
			return nil, ErrGone
		}
		if below(into, list.To(from)) {
			return nil, source.ErrRefused // into itself
		}
		if n.Len() == 1 {
			return nil, source.ErrRefused // a list is never left empty
		}
		next, err := Insert(file, into, index, n.Excerpt(from), nil)(now)
		if err != nil {
			return nil, err
		}
		if inside := list.To(from); len(list) >= len(into) && inside[:len(into)].String() == into.String() {
			if i, is := inside[len(into)].(int); is && index >= 0 && index <= i { // what is carried has moved on by what was put before it
				inside[len(into)] = i + 1
			}
			return Remove(file, inside)(next)
		}
		return Remove(file, list.To(from))(next)
	}
}

// below tells whether a path leads to something inside of another, or to it.
func below(p, of Path) bool {
	return p.String() == of.String() || strings.HasPrefix(p.String(), of.String()+"/")
}

// All makes edits one after the other.
func All(list ...Do) Do {
	return func(now []byte) ([]byte, error) {
		for _, do := range list {
			var err error
			if now, err = do(now); err != nil {
				return nil, err
			}
		}
		return now, nil
	}
}

// Mend puts other text in the place of some that stands there still; ErrGone where it does not.
func Mend(from, to int, old, text string) Do {
	return func(now []byte) ([]byte, error) {
		if from < 0 || to < from || to > len(now) || string(now[from:to]) != old {
			return nil, ErrGone
		}
		return source.Splice{Start: from, End: to, Text: text}.Apply(now), nil
	}
}
