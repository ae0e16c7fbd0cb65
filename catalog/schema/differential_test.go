package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	oracle "github.com/santhosh-tekuri/jsonschema/v6"
)

// TestAgreesWithAFullImplementation compares validity on random schemas of the closed set and random
// values. Both sides draw from few names, words and numbers, so that rules often meet.
func TestAgreesWithAFullImplementation(t *testing.T) {
	seed := rand.Uint64()
	r := maker{rand.New(rand.NewPCG(seed, 1))}
	valid, invalid := 0, 0
	for i := range 12_000 {
		text := encode(t, r.schema(0))
		ours, err := Compile(text)
		if err != nil {
			t.Fatalf("seed %d: Compile(%s): %v", seed, text, err)
		}
		theirs := compileOracle(t, text)
		for range 8 {
			b := encode(t, r.value(0))
			v := mustDecode(t, string(b))
			violations := ours.Validate(v)
			if err := theirs.Validate(v); (err == nil) != (violations == nil) {
				t.Fatalf("seed %d, case %d\nschema %s\nvalue  %s\nours   %s\noracle %v", seed, i, text, b, found(violations), err)
			}
			if violations == nil {
				valid++
			} else {
				invalid++
			}
		}
	}
	if valid < 10_000 || invalid < 10_000 {
		t.Errorf("seed %d: %d valid and %d invalid cases say too little", seed, valid, invalid)
	}
}

func encode(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func compileOracle(t *testing.T, text []byte) *oracle.Schema {
	t.Helper()
	doc, err := oracle.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := oracle.NewCompiler()
	c.DefaultDraft(oracle.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("mem:///s.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mem:///s.json")
	if err != nil {
		t.Fatalf("oracle refuses %s: %v", text, err)
	}
	return s
}

// maker draws schemas and values.
type maker struct{ *rand.Rand }

func (m maker) name() string { return pick(m, "a", "b", "c", "") }

func pick[T any](m maker, of ...T) T { return of[m.IntN(len(of))] }

func (m maker) number() json.Number {
	return pick[json.Number](m, "0", "-0", "1", "1.0", "2", "-1", "0.5", "19.99", "1e2", "100", "0.1", "3", "12345678901234567890", "12345678901234567891", "1e-3")
}

func (m maker) word() string {
	return pick(m, "", "a", "ab", "abc", "دين", "2024-02-29", "2023-02-29", "1", "true")
}

func (m maker) names() []string {
	out := []string{}
	for _, n := range []string{"a", "b", "c"} {
		if m.IntN(3) == 0 {
			out = append(out, n)
		}
	}
	return out
}

func (m maker) value(depth int) any {
	n := 6
	if depth > 3 {
		n = 4
	}
	switch m.IntN(n) {
	case 0:
		return pick[any](m, nil, true, false)
	case 1, 2:
		return m.number()
	case 3:
		return m.word()
	case 4:
		l := []any{}
		for range m.IntN(4) {
			l = append(l, m.value(depth+1))
		}
		return l
	}
	o := map[string]any{}
	for range m.IntN(4) {
		o[m.name()] = m.value(depth + 1)
	}
	return o
}

func (m maker) schemas(depth int) []any {
	l := []any{m.schema(depth + 1)}
	for range m.IntN(2) {
		l = append(l, m.schema(depth+1))
	}
	return l
}

func (m maker) schema(depth int) any {
	if m.IntN(12) == 0 {
		return m.IntN(3) > 0
	}
	s := map[string]any{}
	for range 1 + m.IntN(3) {
		k := keywords[m.IntN(len(keywords))]
		if k.holds != noSchema && depth > 2 || k.name == "$schema" && depth > 0 {
			continue
		}
		s[k.name] = m.operand(k, depth)
	}
	return s
}

// operand gives a keyword a value; a keyword that it doesn't know fails the test by a panic.
func (m maker) operand(k keyword, depth int) any {
	switch k.holds {
	case oneSchema:
		return m.schema(depth + 1)
	case schemaList:
		return m.schemas(depth)
	case schemaMap:
		o := map[string]any{}
		for range 1 + m.IntN(3) {
			o[m.name()] = m.schema(depth + 1)
		}
		return o
	}
	switch k.name {
	case "type":
		one := func() string {
			return pick(m, "null", "boolean", "integer", "number", "string", "array", "object")
		}
		if a, b := one(), one(); a != b && m.IntN(2) == 0 {
			return []string{a, b}
		}
		return one()
	case "enum":
		return []any{m.value(2), "a", m.number()}
	case "const", "default":
		return m.value(2)
	case "pattern":
		return pick(m, "^a", "b$", "^[a-z]{2,3}$", `^\p{L}+$`, `\d`)
	case "format":
		return "date"
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
		return m.number()
	case "multipleOf":
		return pick[json.Number](m, "1", "2", "0.01", "0.5", "1e1", "0.1")
	case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties":
		return m.IntN(4)
	case "uniqueItems", "readOnly", "writeOnly", "deprecated":
		return m.IntN(3) > 0
	case "required":
		return m.names()
	case "dependentRequired":
		return map[string]any{m.name(): m.names()}
	case "additionalProperties":
		return false
	case "title", "description", "$comment":
		return "x"
	case "examples":
		return []any{m.value(2)}
	case "$schema":
		return Draft
	}
	panic(fmt.Sprintf("no operand for %s", k.name))
}
