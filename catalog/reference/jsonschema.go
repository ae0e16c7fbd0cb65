package reference

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// JSONSchema is the language as a JSON Schema (2020-12), for editors that have no language server for it. One schema serves all kinds of files:
// the first key says which kind a file is. It is looser than the check, which alone decides, and the same bytes every time.
func JSONSchema() []byte {
	w := &schemaWriter{defs: object{}}
	var kinds, first []any
	for _, k := range catalog.FileKinds() {
		if len(source.Spec(k.Type)) > 0 {
			first = append(first, begins(k.Type))
			kinds = append(kinds, object{"if": only(k.Type), "then": w.ref(k.Type)})
		}
	}
	schema := object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Definitions of a service catalogue",
		"type": "object", "anyOf": first, "allOf": kinds, "$defs": w.defs,
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(schema); err != nil {
		panic("reference: " + err.Error()) // maps, lists and words
	}
	return b.Bytes()
}

type object map[string]any

// begins tells a file that declares a value of type t by its first key.
func begins(t reflect.Type) object {
	key := source.Spec(t)[0]
	out := object{"required": []string{key.Name}}
	if key.Type.Kind == "text" {
		out["properties"] = object{key.Name: scalar()}
	}
	return out
}

// only is begins for a file that nothing tells as one of another kind: a service names an authority too, and a blueprint holds a service.
func only(t reflect.Type) object {
	var others []any
	for _, k := range catalog.FileKinds() {
		keys := source.Spec(k.Type)
		if k.Type == t || len(keys) == 0 {
			continue
		}
		if own := keyNamed(t, keys[0].Name); own == nil || own.Type.Kind != "text" {
			others = append(others, begins(k.Type))
		}
	}
	out := begins(t)
	out["not"] = object{"anyOf": others}
	return out
}

// keyNamed is the key of that name of a struct, or nil.
func keyNamed(t reflect.Type, name string) *source.Key {
	keys := source.Spec(t)
	if t == serviceType {
		keys = append(keys[:len(keys):len(keys)], catalog.FamilyKeys()...)
	}
	for i := range keys {
		if keys[i].Name == name {
			return &keys[i]
		}
	}
	return nil
}

var serviceType = reflect.TypeFor[catalog.Service]()

// schemaWriter collects the schemas of mappings.
type schemaWriter struct{ defs object }

// scalar is any text: YAML reads some as numbers or truth values.
func scalar() object { return object{"type": []string{"string", "number", "boolean"}} }

// ref names the schema of a struct, which is written when it is named first.
func (w *schemaWriter) ref(t reflect.Type) object {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := t.Name()
	if _, known := w.defs[name]; !known {
		w.defs[name] = nil // it may hold itself
		w.defs[name] = w.mapping(t)
	}
	return object{"$ref": "#/$defs/" + name}
}

// mapping is the schema of a struct.
func (w *schemaWriter) mapping(t reflect.Type) object {
	properties := object{}
	required := []string{}
	for _, k := range source.Spec(t) {
		p := w.value(k.Type)
		doc := k.Doc
		p["description"] = doc
		p["markdownDescription"] = "`" + k.Name + "`: " + Value(k.Type) + "\n\n" + doc
		properties[k.Name] = p
		if k.Required {
			required = append(required, k.Name)
		}
	}
	out := object{"title": name(t), "type": "object", "properties": properties, "required": required, "additionalProperties": false}
	if t == serviceType {
		for _, k := range catalog.FamilyKeys() {
			p := w.value(k.Type)
			p["description"] = k.Doc
			properties[k.Name] = p
		}
		// A service that is made of a blueprint has the rest from there.
		out["required"] = required[:1]
		out["if"] = object{"required": []string{"blueprint"}}
		out["else"] = object{"required": required}
	}
	return out
}

// value is the schema of a value. It is an object of its own, to which a description may be added.
func (w *schemaWriter) value(t source.Type) object {
	switch t.Kind {
	case "text":
		return scalar()
	case "choice":
		return object{"enum": choices(t.Values)}
	case "true or false":
		return object{"type": "boolean"}
	case "whole number":
		return object{"type": "integer"}
	case "decimal number":
		return object{"type": "number"}
	case "list":
		return object{"type": "array", "items": object{"anyOf": []any{w.value(*t.Of), useOfFragment()}}}
	case "map":
		return object{"type": "object", "additionalProperties": w.value(*t.Of)}
	case "mapping":
		if t.Go == nil {
			return object{"type": "object"}
		}
		return w.ref(t.Go)
	case "one of":
		var shapes []any
		for _, s := range t.Shapes {
			shapes = append(shapes, w.value(s))
		}
		return object{"anyOf": shapes}
	}
	return object{} // a value with a form of its own, which the check knows
}

// choices are the values as YAML reads them: true and yes-no are no texts alike.
func choices(values []string) []any {
	var out []any
	for _, v := range values {
		out = append(out, v)
		switch v {
		case "true", "false":
			out = append(out, v == "true")
		}
	}
	return out
}

// useOfFragment stands for the items of a fragment in any list.
func useOfFragment() object {
	properties := object{}
	for _, k := range catalog.UseKeys() {
		properties[k.Name] = object{"description": k.Doc}
	}
	return object{"type": "object", "properties": properties, "required": []string{"use"}, "additionalProperties": false, "title": "Use of a fragment"}
}
