package source

import (
	"reflect"
	"slices"
	"strings"
	"sync"
)

// shape is how a Go type is decoded.
type shape uint8

const (
	shapeText shape = iota
	shapeEnum
	shapeBool
	shapeInt
	shapeSlice
	shapePointer
	shapeStruct
	shapeHook
	shapeNode
)

// plan is what Decode and Spec know about a Go type, worked out once.
type plan struct {
	shape    shape
	elem     reflect.Type // of a slice or pointer
	values   []string     // of an enum
	fields   []field      // of a struct, in order
	names    []string
	byName   map[string]int
	required []int
	ranged   [][]int
}

type field struct {
	name, doc string
	names     string // what the text is the code of
	index     []int
	typ       reflect.Type
	required  bool
}

var (
	nodeType   = reflect.TypeFor[*Node]()
	rangedType = reflect.TypeFor[Ranged]()
	hookType   = reflect.TypeFor[Hook]()
	enumType   = reflect.TypeFor[Enum]()

	plans sync.Map // reflect.Type to *plan; as many entries as the program has types
)

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p, _ := plans.LoadOrStore(t, makePlan(t))
	return p.(*plan)
}

func makePlan(t reflect.Type) *plan {
	switch {
	case t == nodeType:
		return &plan{shape: shapeNode}
	case reflect.PointerTo(t).Implements(hookType):
		return &plan{shape: shapeHook}
	}
	switch t.Kind() {
	case reflect.String:
		if t.Implements(enumType) {
			return &plan{shape: shapeEnum, values: reflect.Zero(t).Interface().(Enum).Values()}
		}
		return &plan{shape: shapeText}
	case reflect.Bool:
		return &plan{shape: shapeBool}
	case reflect.Int, reflect.Int64:
		return &plan{shape: shapeInt}
	case reflect.Slice:
		return &plan{shape: shapeSlice, elem: t.Elem()}
	case reflect.Pointer:
		return &plan{shape: shapePointer, elem: t.Elem()}
	case reflect.Struct:
		p := &plan{shape: shapeStruct, byName: map[string]int{}}
		p.add(t, nil)
		for i, f := range p.fields {
			p.names = append(p.names, f.name)
			if f.required {
				p.required = append(p.required, i)
			}
		}
		return p
	}
	panic("source: a definition cannot hold a " + t.String())
}

// add collects the fields of t, which stands at the index at in the struct of the plan.
func (p *plan) add(t reflect.Type, at []int) {
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(slices.Clone(at), i)
		tag, tagged := f.Tag.Lookup("diwan")
		switch {
		case !tagged && f.Type == rangedType && f.IsExported():
			p.ranged = append(p.ranged, index)
		case !tagged && f.Anonymous && f.Type.Kind() == reflect.Struct:
			p.add(f.Type, index)
		case tagged:
			name, option, _ := strings.Cut(tag, ",")
			_, twice := p.byName[name]
			if name == "" || twice || !f.IsExported() || option != "" && option != "required" {
				panic("source: wrong tag on " + t.String() + "." + f.Name)
			}
			p.byName[name] = len(p.fields)
			p.fields = append(p.fields, field{
				name: name, doc: f.Tag.Get("doc"), names: f.Tag.Get("names"), index: index, typ: f.Type, required: option == "required",
			})
		}
	}
}
