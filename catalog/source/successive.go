package source

import "reflect"

// Successive is one value that stands for every time, or a list with one value for each time.
type Successive[V any] struct {
	Ranged
	Values []V
	Listed bool
}

// Time is the value of the i-th time, from 0; false where the list is shorter.
func (s *Successive[V]) Time(i int) (v V, ok bool) {
	switch {
	case !s.Listed && len(s.Values) == 1:
		return s.Values[0], true
	case s.Listed && i < len(s.Values):
		return s.Values[i], true
	}
	return v, false
}

// DecodeNode takes a value or a list of values.
func (s *Successive[V]) DecodeNode(n *Node, d *Decoder) {
	s.node = n
	if n.Kind == List {
		s.Listed = true
		d.Decode(n, &s.Values)
		return
	}
	s.Values = make([]V, 1)
	d.Decode(n, &s.Values[0])
}

// Describe names the shapes for the language reference.
func (*Successive[V]) Describe() Type {
	of := TypeOf(reflect.TypeFor[V]())
	return Type{Kind: "one of", Shapes: []Type{of, {Kind: "list", Of: &of}}}
}
