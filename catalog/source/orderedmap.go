package source

import (
	"iter"
	"reflect"
)

// Map is a mapping with free keys, in the order of the file.
type Map[V any] struct {
	Ranged
	Entries []Entry[V]
}

// Entry is one key of a Map and its value.
type Entry[V any] struct {
	Key   Text
	Value V
}

// Get is the value of a key, found by looking at each entry, and whether it is there.
func (m Map[V]) Get(key string) (V, bool) {
	for i := range m.Entries {
		if m.Entries[i].Key.Value == key {
			return m.Entries[i].Value, true
		}
	}
	var none V
	return none, false
}

// Len is the number of entries.
func (m Map[V]) Len() int { return len(m.Entries) }

// All are the keys and values in order.
func (m Map[V]) All() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for i := range m.Entries {
			if !yield(m.Entries[i].Key.Value, m.Entries[i].Value) {
				return
			}
		}
	}
}

// Keys are the keys in order.
func (m Map[V]) Keys() []string {
	keys := make([]string, len(m.Entries))
	for i := range m.Entries {
		keys[i] = m.Entries[i].Key.Value
	}
	return keys
}

// DecodeNode accepts a mapping whose values are all of V.
func (m *Map[V]) DecodeNode(n *Node, d *Decoder) {
	if n.Kind != Mapping {
		d.Expected(n, "keys with values")
		return
	}
	m.node = n
	m.Entries = make([]Entry[V], n.Len())
	i := 0
	for k, v := range n.Pairs() {
		e := &m.Entries[i]
		e.Key = Text{Ranged: Ranged{k}, Value: k.Value}
		d.Decode(v, &e.Value)
		i++
	}
}

// Describe names the type for the language reference.
func (*Map[V]) Describe() Type {
	of := TypeOf(reflect.TypeFor[V]())
	return Type{Kind: "map", Of: &of}
}
