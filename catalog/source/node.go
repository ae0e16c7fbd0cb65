package source

import (
	"iter"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// Kind is the shape of a node.
type Kind uint8

const (
	Invalid Kind = iota // Refused by Parse, which has reported it; Decode passes over it in silence.
	Null                // A key or list item with nothing after it, or written null or ~.
	Scalar
	List
	Mapping
)

// Style is how a scalar is written.
type Style uint8

const (
	Plain Style = iota
	SingleQuoted
	DoubleQuoted
	Literal // a block that begins with |
	Folded  // a block that begins with >
)

// Node is one value of a parsed file. Nodes are made by Parse, never change and may be read by many
// goroutines. A node keeps the text of its file in memory.
type Node struct {
	// Value is the text of a scalar, exactly as meant: 012345678 and no stay what they are.
	Value string
	Kind  Kind
	Style Style

	typ        valueType
	doc        *document
	children   []*Node // items, or keys and values in turn
	start, end int32   // bytes in the file
	made       bool    // its text or its children are not what stands in the file there
}

// valueType is what YAML would take a plain scalar for; edits must not change it.
type valueType uint8

const (
	typeText valueType = iota
	typeOther
	typeNull
)

// document is what all nodes of a file share.
type document struct {
	file     string
	src      string
	lines    []int32 // offset of each line
	bom      int     // bytes of a byte order mark
	root     *Node   // set at the end of Parse
	problems int     // errors that Parse found
}

// Range is where the node stands, from its first character to after its last.
func (n *Node) Range() diag.Range { return n.doc.span(int(n.start), int(n.end)) }

// Head is a tight range for a problem that concerns the whole node: the first key of a mapping, and the
// node's own range for anything else.
func (n *Node) Head() diag.Range {
	if n.Kind == Mapping && len(n.children) > 0 {
		return n.children[0].Range()
	}
	if n.Kind == List && len(n.children) > 0 {
		return n.doc.span(int(n.start), int(n.start)+1)
	}
	return n.Range()
}

// cutOff is where the key begins that stands inside { } without a colon, as in {en: Wait, please}, if n is the nothing behind it; or -1.
func (n *Node) cutOff() int {
	src := n.doc.src
	if n.start != n.end || int(n.start) >= len(src) || src[n.start] != '}' && src[n.start] != ',' {
		return -1
	}
	before := strings.TrimRight(src[:n.start], " \t")
	if before == "" || before[len(before)-1] == ':' {
		return -1
	}
	at := strings.LastIndexAny(before, ",{\n") + 1
	return at + len(before[at:]) - len(strings.TrimLeft(before[at:], " \t"))
}

// File is the name under which the file was parsed.
func (n *Node) File() string { return n.doc.file }

// Items are the items of a list, and none for any other kind or for no node at all.
func (n *Node) Items() []*Node {
	if n == nil || n.Kind != List {
		return nil
	}
	return n.children
}

// Len is the number of keys of a mapping or items of a list.
func (n *Node) Len() int {
	if n.Kind == Mapping {
		return len(n.children) / 2
	}
	return len(n.children)
}

// Pairs are the keys and values of a mapping in the order of the file, and none for any other kind or for no node at all.
func (n *Node) Pairs() iter.Seq2[*Node, *Node] {
	return func(yield func(key, value *Node) bool) {
		if n == nil || n.Kind != Mapping {
			return
		}
		for i := 0; i+1 < len(n.children); i += 2 {
			if !yield(n.children[i], n.children[i+1]) {
				return
			}
		}
	}
}

// Get is the key and the value of that name in a mapping, or nil and nil.
func (n *Node) Get(name string) (key, value *Node) {
	for k, v := range n.Pairs() {
		if k.Value == name {
			return k, v
		}
	}
	return nil, nil
}

// Lookup follows names (string) of mappings and indexes (int) of lists; nil means that there is no such node.
func (n *Node) Lookup(path ...any) *Node {
	for _, step := range path {
		if n == nil {
			return nil
		}
		switch s := step.(type) {
		case string:
			_, n = n.Get(s)
		case int:
			items := n.Items()
			if s < 0 || s >= len(items) {
				return nil
			}
			n = items[s]
		default:
			return nil
		}
	}
	return n
}

// String is the kind as a problem names it.
func (k Kind) String() string { return string(k.Phrase()) }

// Phrase says what stands there.
func (k Kind) Phrase() diag.Phrase {
	return [...]diag.Phrase{"nothing that can be read", "nothing", "text", "a list", "keys with values"}[k]
}

func (d *document) span(start, end int) diag.Range {
	return diag.Range{File: d.file, Start: d.position(start), End: d.position(end)}
}

// position tells the line and column of a byte. It works from the offset each time because nearly no position
// is ever asked for.
func (d *document) position(offset int) diag.Position {
	offset = max(d.bom, min(offset, len(d.src)))
	line := sort.Search(len(d.lines), func(i int) bool { return int(d.lines[i]) > offset })
	start := int(d.lines[line-1])
	return diag.Position{Line: line, Column: utf8.RuneCountInString(d.src[start:offset]) + 1, Offset: offset}
}

// newDocument indexes the lines. A byte order mark is no part of line 1, as in editors.
func newDocument(file string, b []byte) *document {
	d := &document{file: file, src: string(b)}
	if len(d.src) >= 3 && d.src[:3] == "\ufeff" {
		d.bom = 3
	}
	d.lines = append(make([]int32, 0, 1+len(b)/24), int32(d.bom))
	for i := d.bom; i < len(d.src); i++ {
		if d.src[i] == '\n' {
			d.lines = append(d.lines, int32(i+1))
		}
	}
	return d
}
