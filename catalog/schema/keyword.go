package schema

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/qri-io/jsonpointer"
	qri "github.com/qri-io/jsonschema"
)

// inner says where a keyword's value holds schemas.
type inner int

const (
	noSchema inner = iota
	oneSchema
	schemaList
	schemaMap
)

// keyword is one row of the closed set. Exactly one of these is true: engine is set (structure, run
// by qri), parse is set (an assertion, ours), or neither (an annotation, which asserts nothing).
type keyword struct {
	name   string
	holds  inner
	order  int
	engine qri.KeyMaker
	// reports is true where qri adds an error of its own for this keyword; any other error without
	// a name that passes through it comes from a schema that is `false`.
	reports bool
	parse   func(raw json.RawMessage) (check, error)
}

// keywords is the whole language. What isn't here can't be said.
var keywords = []keyword{
	{name: "type", parse: parseType},
	{name: "enum", parse: parseEnum},
	{name: "const", parse: parseConst},
	{name: "minLength", parse: atLeast(countRunes)},
	{name: "maxLength", parse: atMost(countRunes)},
	{name: "pattern", parse: parsePattern},
	{name: "format", parse: parseFormat},
	{name: "minimum", parse: numeric(func(sign int) bool { return sign < 0 })},
	{name: "maximum", parse: numeric(func(sign int) bool { return sign > 0 })},
	{name: "exclusiveMinimum", parse: numeric(func(sign int) bool { return sign <= 0 })},
	{name: "exclusiveMaximum", parse: numeric(func(sign int) bool { return sign >= 0 })},
	{name: "multipleOf", parse: parseMultipleOf},
	{name: "minItems", parse: atLeast(countItems)},
	{name: "maxItems", parse: atMost(countItems)},
	{name: "uniqueItems", parse: parseUniqueItems},
	{name: "minProperties", parse: atLeast(countProperties)},
	{name: "maxProperties", parse: atMost(countProperties)},
	{name: "required", parse: parseRequired},
	{name: "dependentRequired", parse: parseDependentRequired},
	{name: "additionalProperties", parse: parseAdditionalProperties},
	{name: "properties", holds: schemaMap, order: 2, engine: newProperties},
	{name: "items", holds: oneSchema, order: 2, engine: newItems},
	{name: "allOf", holds: schemaList, order: 2, engine: qri.NewAllOf},
	{name: "anyOf", holds: schemaList, order: 2, engine: qri.NewAnyOf, reports: true},
	{name: "oneOf", holds: schemaList, order: 2, engine: qri.NewOneOf, reports: true},
	{name: "not", holds: oneSchema, order: 2, engine: qri.NewNot, reports: true},
	{name: "if", holds: oneSchema, order: 3, engine: qri.NewIf},
	{name: "then", holds: oneSchema, order: 4, engine: qri.NewThen},
	{name: "else", holds: oneSchema, order: 4, engine: qri.NewElse},
	{name: "$schema"}, {name: "$comment"}, {name: "title"}, {name: "description"}, {name: "default"},
	{name: "examples"}, {name: "readOnly"}, {name: "writeOnly"}, {name: "deprecated"},
}

func keywordNamed(name string) *keyword {
	for i := range keywords {
		if keywords[i].name == name {
			return &keywords[i]
		}
	}
	return nil
}

// register fills qri's global registry once. Qri loads its own set lazily and unguarded when it finds
// the registry empty; every road to qri in this package comes by here first, so it never does.
var register = sync.OnceFunc(func() {
	for _, k := range keywords {
		maker := qri.NewVoid
		switch {
		case k.engine != nil:
			maker = func() qri.Keyword { return &structure{Keyword: k.engine(), keyword: &k} }
		case k.parse != nil:
			maker = func() qri.Keyword { return &assertion{keyword: &k} }
		}
		qri.RegisterKeyword(k.name, maker)
		qri.SetKeywordOrder(k.name, max(k.order, 1))
	}
})

// check judges one value and adds what it finds by a.fail or a.failAt.
type check func(a *assertion, st *qri.ValidationState, v any)

// assertion is a keyword that is wholly ours: parsed once, then read only.
type assertion struct {
	keyword *keyword
	raw     json.RawMessage
	check   check
}

func (a *assertion) UnmarshalJSON(b []byte) (err error) {
	a.raw = append(json.RawMessage(nil), b...) // the decoder uses b again
	a.check, err = a.keyword.parse(a.raw)
	return err
}

func (a *assertion) ValidateKeyword(_ context.Context, st *qri.ValidationState, v any) {
	a.check(a, st, v)
}

// Register and Resolve serve references, which the closed set has not.
func (a *assertion) Register(string, *qri.SchemaRegistry)            {}
func (a *assertion) Resolve(jsonpointer.Pointer, string) *qri.Schema { return nil }

func (a *assertion) fail(st *qri.ValidationState, params json.RawMessage) {
	add(st, Violation{Path: join(*st.InstanceLocation), Keyword: a.keyword.name, Params: params})
}

// failAt blames a member of the value: the field that is missing, the item that comes twice.
func (a *assertion) failAt(st *qri.ValidationState, member string, params json.RawMessage) {
	path := join(*st.InstanceLocation) + "/" + escapePointer.Replace(member)
	add(st, Violation{Path: path, Keyword: a.keyword.name, Params: params})
}

// add carries a violation through qri in the place where it would put the user's value.
func add(st *qri.ValidationState, v Violation) {
	*st.Errs = append(*st.Errs, qri.KeyError{InvalidValue: &v})
}

// structure wraps one of qri's own keywords and turns the errors that qri made into violations.
type structure struct {
	qri.Keyword
	keyword *keyword
}

func (s *structure) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, s.Keyword) }

func (s *structure) ValidateKeyword(ctx context.Context, st *qri.ValidationState, v any) {
	before := len(*st.Errs)
	s.Keyword.ValidateKeyword(ctx, st, v)
	for i := before; i < len(*st.Errs); i++ {
		e := &(*st.Errs)[i]
		if _, ours := e.InvalidValue.(*Violation); ours {
			continue
		}
		found := Violation{Path: e.PropertyPath, Keyword: "false"}
		if s.keyword.reports {
			found.Keyword = s.keyword.name
		}
		if s.keyword.name != "properties" && s.keyword.name != "items" {
			// The error is about this very value; qri's "/" could be the document or its member "".
			found.Path = join(*st.InstanceLocation)
		}
		*e = qri.KeyError{InvalidValue: &found}
	}
}
