package editor

import (
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Entry is one thing that a file declares, with what it declares inside.
type Entry struct {
	Kind   string // field, step, fee and so on
	Name   string
	Title  string     // in the main language
	Range  diag.Range // the whole declaration
	Select diag.Range // the name alone
	Below  []Entry
}

// Outline lists what the file declares, in its order, each thing under what it stands in.
func (v *View) Outline() []Entry {
	if v.root == nil || v.typ == nil {
		return nil
	}
	root := rootOf(v.root, v.typ)
	return v.entries(root)
}

// entries lists what is declared at s or, where nothing is, below it.
func (v *View) entries(s *spot) []Entry {
	var below []Entry
	children(s, func(c *spot) { below = append(below, v.entries(c)...) })
	if s.node.Kind != source.Mapping {
		return below
	}
	_, owner := keysOf(s.typ)
	kind := declares(owner)
	if kind == "" {
		return below
	}
	_, name := s.node.Get(kind)
	if name == nil || name.Kind != source.Scalar {
		return below
	}
	title := v.title(mention{spot: &spot{mapping: s.node}})
	return []Entry{{Kind: kind, Name: name.Value, Title: title, Range: s.node.Range(), Select: name.Range(), Below: below}}
}

// children visits the values directly below s. A key of a map that declares something is an entry itself and is visited as its value.
func children(s *spot, visit func(*spot)) {
	walk(s, func(c *spot) bool {
		if c.up == s && !c.isKey {
			visit(c)
		}
		return true
	})
}
