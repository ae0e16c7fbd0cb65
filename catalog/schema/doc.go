// Package schema checks values against JSON Schema. It owns the closed layer over
// github.com/qri-io/jsonschema: which keywords, formats and patterns a schema may use, how a
// JSON document is read, what a violation tells, and the schema that the form of a service
// compiles to (FromService). It may do no I/O.
//
// The engine alone can't be trusted with strangers' input: it fetches references, ignores
// what it doesn't know and races at first use. So the keyword set is closed. Only keywords that
// mean the same in draft 2020-12 are in it, none can refer to another document, and whatever
// lies outside is refused by Compile, never skipped by Validate.
//
//	s, err := schema.Compile([]byte(`{"properties": {"age": {"type": "integer"}}, "required": ["age"]}`))
//	v, err := schema.Decode([]byte(`{"age": "ten"}`))
//	s.Validate(v) // [{Path: "/age", Keyword: "type", Params: "integer"}]
package schema
