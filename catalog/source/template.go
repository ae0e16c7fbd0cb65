package source

import (
	"regexp"
	"strings"
)

// hole is a place in a template that a named value fills: $(subject).
var hole = regexp.MustCompile(`\$\(([A-Za-z][A-Za-z0-9]*)\)`)

// Holes calls found for each hole of the tree below n, with the scalar in which it stands, in the order of the file.
func (n *Node) Holes(found func(at *Node, name string)) {
	if n == nil {
		return
	}
	if n.Kind == Scalar {
		for _, m := range hole.FindAllStringSubmatch(n.Value, -1) {
			found(n, m[1])
		}
	}
	for _, c := range n.children {
		c.Holes(found)
	}
}

// Fill gives the tree with its holes filled; nodes without holes are shared with n. A scalar that is nothing but a hole becomes the value
// itself, whatever its kind, so that a problem in it stands where the value was written. In other text the value must be a scalar, or a
// mapping of languages, of which the one is taken under whose key the text stands. A hole without a value stays as it is.
func (n *Node) Fill(values map[string]*Node) *Node { return n.fill(values, "") }

func (n *Node) fill(values map[string]*Node, key string) *Node {
	if n.Kind == Scalar {
		return n.fillScalar(values, key)
	}
	var out *Node
	for i, c := range n.children {
		under := key
		if n.Kind == Mapping && i%2 == 1 {
			under = n.children[i-1].Value
		}
		if filled := c.fill(values, under); filled != c {
			if out == nil {
				out = n.remade(append([]*Node(nil), n.children...))
			}
			out.children[i] = filled
		}
	}
	if out == nil {
		return n
	}
	return out
}

func (n *Node) fillScalar(values map[string]*Node, key string) *Node {
	if !strings.Contains(n.Value, "$(") {
		return n
	}
	if m := hole.FindStringSubmatch(n.Value); m != nil && m[0] == n.Value {
		if v := values[m[1]]; v != nil {
			return v.in(key)
		}
		return n
	}
	changed := false
	text := hole.ReplaceAllStringFunc(n.Value, func(h string) string {
		v := values[h[2:len(h)-1]]
		if v == nil {
			return h
		}
		if v = v.in(key); v.Kind != Scalar {
			return h
		}
		changed = true
		return v.Value
	})
	if !changed {
		return n
	}
	out := n.remade(nil)
	out.Value = text
	return out
}

// in is the value of a mapping of languages under one of them, and any other node as it is.
func (n *Node) in(language string) *Node {
	if _, v := n.Get(language); v != nil {
		return v
	}
	return n
}

// remade is a node in the place of n with other children; it stands where n stands, as a whole.
func (n *Node) remade(children []*Node) *Node {
	out := *n
	out.children, out.made = children, true
	return &out
}

// WithItems gives a list with other items, in the place of n.
func (n *Node) WithItems(items []*Node) *Node { return n.remade(items) }

// With gives a mapping in which key has the value; it is added at the end where it was not there. Key is the node of the key where it is
// added.
func (n *Node) With(key, value *Node) *Node {
	out := n.remade(append([]*Node(nil), n.children...))
	for i := 0; i+1 < len(out.children); i += 2 {
		if out.children[i].Value == key.Value {
			out.children[i+1] = value
			return out
		}
	}
	out.children = append(out.children, key, value)
	return out
}

// Without gives a mapping without a key.
func (n *Node) Without(key string) *Node {
	out := n.remade(nil)
	for k, v := range n.Pairs() {
		if k.Value != key {
			out.children = append(out.children, k, v)
		}
	}
	return out
}

// Each gives the tree in which change has been asked about every list and mapping, from the inside out; nodes that it gives back as they are
// are shared.
func (n *Node) Each(change func(*Node) *Node) *Node {
	if n == nil || n.Kind != Mapping && n.Kind != List {
		return n
	}
	out := n
	for i, c := range n.children {
		if got := c.Each(change); got != c {
			if out == n {
				out = n.remade(append([]*Node(nil), n.children...))
			}
			out.children[i] = got
		}
	}
	return change(out)
}

// Named is a scalar in the place of n with another text.
func (n *Node) Named(text string) *Node {
	out := n.remade(nil)
	out.Value = text
	return out
}

// Size is the number of nodes of the tree.
func (n *Node) Size() int {
	size := 1
	for _, c := range n.children {
		size += c.Size()
	}
	return size
}
