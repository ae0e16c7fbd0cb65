package registry

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// declared gives the declared fields of an answer, each of its declared type, and drops all others: what nobody declared is not kept about
// anybody. The error says where, never what.
func declared(fields []plan.Field, answer []byte) (json.RawMessage, error) {
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
				return nil, fmt.Errorf("%s is missing", f.Name)
			}
			continue
		}
		v, err := pickValue(f, v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		kept[f.Name] = v
	}
	return kept, nil
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
				return nil, fmt.Errorf("%d is not an object", i)
			}
			var err error
			if out[i], err = pick(f.Fields, line); err != nil {
				return nil, fmt.Errorf("%d: %w", i, err)
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
