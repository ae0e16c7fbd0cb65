package source

import (
	"reflect"
	"sync"
)

// Key is one key of a mapping, as the language reference and the designer's property panel show it.
type Key struct {
	Name     string
	Type     Type
	Required bool
	Doc      string // from the tag `doc:"…"`
	// Names is what the text is the code of, such as fee or role, from the tag `names:"…"`; formula for a formula, "" where it is not said.
	Names string
}

// Type is the type of a value in the language.
type Type struct {
	// Kind is "text", "choice" (one of Values), "true or false", "whole number", "decimal number", "list" and
	// "map" (of Of), "mapping" (with the keys Spec(Go)), "any", "one of" (Shapes), or what a Describer says.
	Kind   string
	Doc    string
	Of     *Type
	Values []string
	Shapes []Type
	Go     reflect.Type // of a mapping or a type that decodes itself
}

// Describer is implemented, on the pointer, by a Hook that can tell its shapes.
type Describer interface {
	Describe() Type
}

var describerType = reflect.TypeFor[Describer]()

// Spec lists the keys of a struct, or of what a pointer to a struct points to, in the order of its fields. It
// goes one level deep, since the language is recursive: ask again with Type.Go. For anything but a struct there are none.
// The list is shared by all who ask and must not be changed.
func Spec(t reflect.Type) []Key {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	if known, ok := specs.Load(t); ok {
		return known.([]Key)
	}
	// The keys of a struct that decodes itself are those of its usual shape, so its own hook is not asked.
	p := plan{byName: map[string]int{}}
	p.add(t, nil)
	keys := make([]Key, 0, len(p.fields))
	for _, f := range p.fields {
		keys = append(keys, Key{Name: f.name, Type: TypeOf(f.typ), Required: f.required, Doc: f.doc, Names: f.names})
	}
	specs.Store(t, keys)
	return keys
}

var specs sync.Map // reflect.Type to []Key; as many entries as the program has types

// TypeOf describes a Go type that Decode can fill; others panic, as in Decode.
func TypeOf(t reflect.Type) Type {
	if reflect.PointerTo(t).Implements(describerType) {
		described := reflect.New(t).Interface().(Describer).Describe()
		if described.Go == nil {
			described.Go = t
		}
		return described
	}
	p := planOf(t)
	switch p.shape {
	case shapeEnum:
		return Type{Kind: "choice", Values: p.values}
	case shapeBool:
		return Type{Kind: "true or false"}
	case shapeInt:
		return Type{Kind: "whole number"}
	case shapeNode:
		return Type{Kind: "any"}
	case shapePointer:
		return TypeOf(p.elem)
	case shapeSlice:
		of := TypeOf(p.elem)
		return Type{Kind: "list", Of: &of}
	case shapeStruct:
		return Type{Kind: "mapping", Go: t}
	case shapeHook:
		return Type{Kind: "any", Go: t}
	}
	return Type{Kind: "text"}
}
