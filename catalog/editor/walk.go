package editor

import (
	"reflect"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// spot is one node of a file with what the language says about it.
type spot struct {
	node *source.Node
	typ  source.Type // what is wanted there
	key  *source.Key // the key of the language under which it stands, directly or in a list or map; nil at the root
	// owner is the struct that has key, and mapping the node of that mapping.
	owner   reflect.Type
	mapping *source.Node
	// name is the key in front of the node in a map or free mapping; nil for values of keys of the language.
	name  *source.Node
	isKey bool // the node is itself a key: of the language where owner has it, else of a map
	depth int  // how many free mappings and maps lie between key and node
	up    *spot
}

// walk visits the node of s and everything below it: keys before their values, in the order of the file. It stops where visit says so.
func walk(s *spot, visit func(*spot) bool) bool {
	if !visit(s) {
		return false
	}
	switch s.node.Kind {
	case source.List:
		return walkList(s, visit)
	case source.Mapping:
		if keys, owner := keysOf(s.typ); keys != nil {
			return walkMapping(s, keys, owner, visit)
		}
		return walkMap(s, visit)
	}
	return true
}

func walkList(s *spot, visit func(*spot) bool) bool {
	item := source.Type{Kind: "any"}
	if t, ok := shapeOf(s.typ, "list"); ok && t.Of != nil {
		item = *t.Of
	}
	for _, n := range s.node.Items() {
		below := *s
		below.node, below.typ, below.isKey, below.up = n, item, false, s
		if !walk(&below, visit) {
			return false
		}
	}
	return true
}

// walkMapping visits the keys of the language. An unknown key is visited too, with anything behind it.
func walkMapping(s *spot, keys []source.Key, owner reflect.Type, visit func(*spot) bool) bool {
	keys = writtenKeys(s, keys, owner)
	for k, v := range s.node.Pairs() {
		key := find(keys, k.Value)
		below := spot{node: v, typ: source.Type{Kind: "any"}, key: key, owner: owner, mapping: s.node, up: s}
		if key != nil {
			below.typ = heldIn(owner, key, v)
		}
		if !visit(&spot{node: k, key: key, owner: owner, mapping: s.node, isKey: true, up: s}) || !walk(&below, visit) {
			return false
		}
	}
	return true
}

func walkMap(s *spot, visit func(*spot) bool) bool {
	value := source.Type{Kind: "any"}
	if t, ok := shapeOf(s.typ, "map"); ok && t.Of != nil {
		value = *t.Of
	}
	for k, v := range s.node.Pairs() {
		name, below := *s, *s
		name.node, name.isKey, name.up, name.depth = k, true, s, s.depth+1
		below.node, below.typ, below.name, below.isKey, below.up, below.depth = v, value, k, false, s, s.depth+1
		if !visit(&name) || !walk(&below, visit) {
			return false
		}
	}
	return true
}

// shapeOf is t, or the first of its shapes, that is of the kind.
func shapeOf(t source.Type, kind string) (source.Type, bool) {
	if t.Kind == kind {
		return t, true
	}
	for _, s := range t.Shapes {
		if found, ok := shapeOf(s, kind); ok {
			return found, true
		}
	}
	return source.Type{}, false
}

// keysOf lists the keys of the language that a mapping of that type may have; the struct is that of the first shape which has any.
func keysOf(t source.Type) ([]source.Key, reflect.Type) {
	if t.Kind == "mapping" && t.Go != nil {
		return source.Spec(t.Go), structOf(t.Go)
	}
	var keys []source.Key
	var owner reflect.Type
	each(t, func(s source.Type) {
		if s.Kind != "mapping" || s.Go == nil {
			return
		}
		for _, k := range source.Spec(s.Go) {
			if find(keys, k.Name) == nil {
				keys = append(keys, k)
			}
		}
		if owner == nil {
			owner = structOf(s.Go)
		}
	})
	return keys, owner
}

// each visits t, or the shapes of it.
func each(t source.Type, visit func(source.Type)) {
	if len(t.Shapes) == 0 {
		visit(t)
	}
	for _, s := range t.Shapes {
		each(s, visit)
	}
}

func structOf(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

func find(keys []source.Key, name string) *source.Key {
	for i := range keys {
		if keys[i].Name == name {
			return &keys[i]
		}
	}
	return nil
}

// rootOf is the top of a file that declares a value of type t.
func rootOf(n *source.Node, t reflect.Type) *spot {
	return &spot{node: n, typ: source.Type{Kind: "mapping", Go: structOf(t)}}
}

// at is the innermost node that holds the byte, its end included; nil where there is none.
func at(root *spot, offset int) *spot {
	var found *spot
	walk(root, func(s *spot) bool {
		if r := s.node.Range(); holds(r, offset) && (s.node.Len() == 0 || found == nil || inside(r, found.node.Range())) {
			found = s
		}
		return true
	})
	return found
}

func holds(r diag.Range, offset int) bool { return r.Start.Offset <= offset && offset <= r.End.Offset }

func inside(inner, outer diag.Range) bool {
	return outer.Start.Offset <= inner.Start.Offset && inner.End.Offset <= outer.End.Offset
}
