package source

import "github.com/diwan-gov/diwan/catalog/diag"

// Ranged, as a field or embedded in a struct, receives the node that the struct was decoded from. The zero
// Ranged, as in values made by hand, has zero ranges.
type Ranged struct{ node *Node }

// Node is what the value was decoded from, or nil.
func (r Ranged) Node() *Node { return r.node }

// Range is where the whole value stands.
func (r Ranged) Range() diag.Range {
	if r.node == nil {
		return diag.Range{}
	}
	return r.node.Range()
}

// Head is a tight range for a problem that concerns the value as a whole.
func (r Ranged) Head() diag.Range {
	if r.node == nil {
		return diag.Range{}
	}
	return r.node.Head()
}

// RangeOf is where the value of a key stands. If the key is absent it is Head, where the key is missing.
func (r Ranged) RangeOf(key string) diag.Range {
	if r.node == nil {
		return diag.Range{}
	}
	if _, v := r.node.Get(key); v != nil {
		return v.Range()
	}
	return r.node.Head()
}

// KeyRange is where the key itself stands. If it is absent it is Head.
func (r Ranged) KeyRange(key string) diag.Range {
	if r.node == nil {
		return diag.Range{}
	}
	if k, _ := r.node.Get(key); k != nil {
		return k.Range()
	}
	return r.node.Head()
}

// Has tells whether the key is written, whatever its value.
func (r Ranged) Has(key string) bool {
	if r.node == nil {
		return false
	}
	k, _ := r.node.Get(key)
	return k != nil
}

// Text is a scalar as it is written, with its place. Names, formulas and whatever else needs its own range
// use it; a struct that embeds it is a text of its own kind.
type Text struct {
	Ranged
	Value string

	from int // where Value begins in the scalar: not 0 for a Part
	part bool
}

// String is the value.
func (t Text) String() string { return t.Value }

// IsZero tells that the text is absent.
func (t Text) IsZero() bool { return t.node == nil && t.Value == "" }

// Quoted tells whether the text stands in quotation marks, so that "60" can be told from 60.
func (t Text) Quoted() bool {
	return t.node != nil && (t.node.Style == SingleQuoted || t.node.Style == DoubleQuoted)
}

// At is the place in the file of the byte at offset in Value; see Node.At.
func (t Text) At(offset int) diag.Position {
	if t.node == nil {
		return diag.Position{}
	}
	return t.node.At(t.from + offset)
}

// Span is the range in the file of Value[from:to]; see Node.Span.
func (t Text) Span(from, to int) diag.Range {
	if t.node == nil {
		return diag.Range{}
	}
	return t.node.Span(t.from+from, t.from+to)
}

// Part is Value[from:to] as a text of its own: the formula in `14 days before form.day`.
func (t Text) Part(from, to int) Text {
	return Text{Ranged: t.Ranged, Value: t.Value[from:to], from: t.from + from, part: true}
}

// Range is where the text stands, with its quotation marks where it is no Part.
func (t Text) Range() diag.Range {
	if t.part {
		return t.Span(0, len(t.Value))
	}
	return t.Ranged.Range()
}

// DecodeNode accepts any scalar.
func (t *Text) DecodeNode(n *Node, d *Decoder) {
	if n.Kind != Scalar {
		d.Expected(n, "text")
		return
	}
	t.node, t.Value = n, n.Value
}

// Decimal is an exact decimal number as it is written, such as 12.50: an optional minus sign, up to 15 digits
// without a leading zero, and up to 10 after the point. It never passes through a binary number.
type Decimal struct{ Text }

// DecodeNode accepts a plain decimal number.
func (x *Decimal) DecodeNode(n *Node, d *Decoder) {
	if n.Kind != Scalar || n.Style != Plain || !decimal(n.Value) {
		d.expectedNumber(n, "a decimal number", decimal)
		return
	}
	x.node, x.Value = n, n.Value
}

// Describe names the type for the language reference.
func (*Decimal) Describe() Type { return Type{Kind: "decimal number"} }

// Describe names the type for the language reference.
func (*Text) Describe() Type { return Type{Kind: "text"} }

// Take gives into the node, for a Hook whose shapes differ.
func Take(n *Node, into *Ranged) { into.node = n }
