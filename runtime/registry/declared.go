package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Undeclared says which field is not as it is declared; it never holds a value.
type Undeclared struct {
	Field string // behind those that hold it: children.1.name
	why   string
}

func (u *Undeclared) Error() string { return u.Field + " " + u.why }

// Declared gives the declared fields of an answer, each of its declared type, and drops all others: what nobody declared is not kept about
// anybody. The error says where, never what.
func Declared(fields []plan.Field, answer []byte) (json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		return nil, errors.New("not one JSON value")
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("not an object")
	}
	kept, err := pick(fields, object)
	if err != nil {
		return nil, err
	}
	return json.Marshal(kept)
}

func pick(fields []plan.Field, object map[string]any) (map[string]any, error) {
	kept := make(map[string]any, len(fields))
	for _, f := range fields {
		v := object[f.Name]
		if v == nil { // null and missing are the same
			if !f.Optional {
				return nil, &Undeclared{f.Name, "is missing"}
			}
			continue
		}
		v, err := pickValue(f, v)
		if err != nil {
			return nil, within(f.Name, err)
		}
		kept[f.Name] = v
	}
	return kept, nil
}

// within says in which field or line an error is.
func within(name string, err error) error {
	if inner := (*Undeclared)(nil); errors.As(err, &inner) {
		return &Undeclared{name + "." + inner.Field, inner.why}
	}
	return &Undeclared{name, err.Error()}
}

func pickValue(f plan.Field, v any) (any, error) {
	switch v := v.(type) {
	case string:
		if strings.IndexByte(v, 0) >= 0 {
			return nil, errors.New("a text with the character NUL, which cannot be stored")
		}
	case map[string]any:
		if f.Kind == "record" {
			return pick(f.Fields, v)
		}
	case []any:
		if f.Kind != "list" {
			break
		}
		out := make([]any, len(v))
		for i, item := range v {
			line, ok := item.(map[string]any)
			if !ok {
				return nil, &Undeclared{strconv.Itoa(i), "is not an object"}
			}
			var err error
			if out[i], err = pick(f.Fields, line); err != nil {
				return nil, within(strconv.Itoa(i), err)
			}
		}
		return out, nil
	}
	t, err := machine.Type(f)
	if err != nil {
		return nil, err
	}
	value, err := formula.DecodeValue(t, v)
	if err != nil {
		return nil, err
	}
	return formula.EncodeValue(value), nil
}
