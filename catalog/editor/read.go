package editor

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// service is the service whose values the formulas of the file read: the one that it declares, the first that issues the document, or the first
// that is made of the blueprint or fragment; nil where there is none.
func (v *View) service() (found *catalog.Service, paper bool) {
	if s := serviceIn(v.catalogue, v.file); s != nil {
		return s, false
	}
	_, code := v.root.Get("document")
	for _, s := range v.catalogue.Services {
		if code != nil && issues(s.Node(), code.Value) {
			return s, true
		}
	}
	for _, s := range v.catalogue.Services {
		if slices.Contains(v.catalogue.MadeOf(s.File), v.file) {
			return s, false
		}
	}
	return nil, false
}

// scope lists what most formulas of the file may read: the roots of the service, and issued in documents.
func (v *View) scope() []formula.Field {
	service, paper := v.service()
	if service == nil {
		return nil
	}
	fields := v.catalogue.Scope(service).Fields
	if paper {
		fields = append(fields[:len(fields):len(fields)], formula.Field{Name: catalog.IssuedRoot, Type: formula.Type{Kind: formula.KindObject,
			Object: &formula.Object{Name: catalog.IssuedRoot, Fields: []formula.Field{
				{Name: "number", Type: formula.Type{Kind: formula.KindText}}, {Name: "on", Type: formula.Type{Kind: formula.KindDate}},
			}}}})
	}
	return fields
}

// resolve gives what each of the names of a formula stands for; the zero Field where that is not known.
func resolve(names []formula.Name, scope []formula.Field) []formula.Field {
	out := make([]formula.Field, len(names))
	for i, n := range names {
		switch {
		case n.Item >= 0:
			if t := out[n.Item].Type; t.Kind == formula.KindList && t.Elem != nil {
				out[i] = formula.Field{Name: n.Word, Type: *t.Elem}
			}
		case n.Of >= 0:
			out[i] = fieldNamed(below(out[n.Of].Type), n.Word)
		case !n.Call:
			out[i] = fieldNamed(scope, n.Word)
		}
	}
	return out
}

// below are the fields that can be read of a value.
func below(t formula.Type) []formula.Field {
	if t.Kind == formula.KindObject && t.Object != nil {
		return t.Object.Fields
	}
	return nil
}

func fieldNamed(fields []formula.Field, name string) formula.Field {
	for _, f := range fields {
		if f.Name == name {
			return f
		}
	}
	return formula.Field{}
}

// offsetIn is the byte of the value of a scalar that stands at a byte of the file, found by halving, since places go up with offsets.
func offsetIn(n *source.Node, offset int) int {
	low, high := 0, len(n.Value)
	for low < high {
		middle := (low + high + 1) / 2
		if n.At(middle).Offset <= offset {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}
