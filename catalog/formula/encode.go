package formula

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cockroachdb/apd/v3"
)

// Bounds of what DecodeValue accepts.
const (
	maxItems = 10_000
	maxText  = 100_000
)

var (
	errWholeNumber = errors.New("not a whole number")
	errValueType   = errors.New("a value of another type")
	errTooLarge    = errors.New("the value is too large")
	errTooDeep     = errors.New("the value is nested too deep")
	errNothing     = errors.New("no value")
)

// DecodeValue turns a value as encoding/json decodes it with UseNumber (bool,
// json.Number, string, []any, map[string]any) into the Go value that formulas
// read. Decimals may be strings too, money is {"value", "currency"} or
// "250.00 ILS", dates are "2026-01-31". Values that are already decoded pass.
// In objects, null and missing keys are absent and unknown keys are refused;
// whether a field must be there is not asked here. Lists have at most 10,000
// items, text 100,000 bytes. The error says where, never what.
func DecodeValue(t Type, raw any) (any, error) { return decoder{}.decode(t, raw, 0) }

// DecodeIn is DecodeValue for the answers of a form, in which an amount of money may stand without its currency ("250.00"): it is in the
// one that is given.
func DecodeIn(currency string, t Type, raw any) (any, error) {
	return decoder{currency}.decode(t, raw, 0)
}

// decoder knows the currency of amounts that have none, or "".
type decoder struct{ currency string }

func (d decoder) decode(t Type, raw any, depth int) (any, error) {
	if raw == nil {
		return nil, errNothing
	}
	if depth > 2*maxDepth {
		return nil, errTooDeep
	}
	switch t.Kind {
	case KindBool:
		if v, ok := raw.(bool); ok {
			return v, nil
		}
	case KindInt:
		return decodeInt(raw)
	case KindDecimal:
		return decodeDecimal(raw)
	case KindMoney:
		return d.money(raw)
	case KindDate:
		switch v := raw.(type) {
		case string:
			return orError(ParseDate(v))
		case Date:
			if v.Valid() {
				return v, nil
			}
			return nil, errDate
		}
	case KindText:
		if v, ok := raw.(string); ok {
			if len(v) > maxText {
				return nil, errTooLarge
			}
			if !utf8.ValidString(v) {
				return nil, errValueType
			}
			return v, nil
		}
	case KindList:
		return d.list(t, raw, depth)
	case KindObject:
		return d.object(t, raw, depth)
	case KindTable:
		return decodeTable(t, raw)
	}
	return nil, errValueType
}

func orError[T any](v T, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}

func decodeInt(raw any) (any, error) {
	switch v := raw.(type) {
	case int64:
		return v, nil
	case int:
		return int64(v), nil
	case json.Number:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return n, nil
		}
		// JSON has one kind of number: 5.0 and 1e3 are whole too.
		d, err := ParseDecimal(string(v))
		if err != nil {
			return nil, errWholeNumber
		}
		n, failed := d.whole(apd.RoundDown)
		if failed != nil || NewDecimal(n, 0).Cmp(d) != 0 {
			return nil, errWholeNumber
		}
		return n, nil
	}
	return nil, errValueType
}

func decodeDecimal(raw any) (any, error) {
	switch v := raw.(type) {
	case Decimal:
		return v, nil
	case json.Number:
		return orError(ParseDecimal(string(v)))
	case string:
		return orError(ParseDecimal(v))
	case int64:
		return NewDecimal(v, 0), nil
	case int:
		return NewDecimal(int64(v), 0), nil
	}
	return nil, errValueType
}

func (d decoder) money(raw any) (any, error) {
	switch v := raw.(type) {
	case Money:
		if _, ok := exponents[v.Currency]; !ok {
			return nil, errMoneyCurrency
		}
		return v, nil
	case string:
		if d.currency != "" && !strings.Contains(v, " ") {
			v += " " + d.currency
		}
		return orError(ParseMoney(v))
	case map[string]any:
		value, ok1 := v["value"].(string)
		currency, ok2 := v["currency"].(string)
		if !ok1 || !ok2 || len(v) != 2 {
			return nil, errMoneySyntax
		}
		return orError(newMoney(value, currency))
	}
	return nil, errValueType
}

func (d decoder) list(t Type, raw any, depth int) (any, error) {
	list, ok := raw.([]any)
	if !ok || t.Elem == nil {
		return nil, errValueType
	}
	if len(list) > maxItems {
		return nil, errTooLarge
	}
	out := make([]any, len(list))
	for i, item := range list {
		v, err := d.decode(*t.Elem, item, depth+1)
		if err != nil {
			return nil, within(strconv.Itoa(i), err)
		}
		out[i] = v
	}
	return out, nil
}

func (d decoder) object(t Type, raw any, depth int) (any, error) {
	m, ok := raw.(map[string]any)
	if !ok || t.Object == nil {
		return nil, errValueType
	}
	out := make(map[string]any, len(m))
	known := 0
	for _, f := range t.Object.Fields {
		value, there := m[f.Name]
		if !there {
			continue
		}
		known++
		if value == nil {
			continue
		}
		v, err := d.decode(f.Type, value, depth+1)
		if err != nil {
			return nil, within(f.Name, err)
		}
		out[f.Name] = v
	}
	if known < len(m) {
		// The unknown keys come from outside, so they are not repeated.
		return nil, errors.New("a field that is not declared")
	}
	return out, nil
}

// pathError gathers the way to the value from the inside out.
type pathError struct {
	path []string
	err  error
}

func (e *pathError) Error() string {
	var b strings.Builder
	for i := len(e.path) - 1; i >= 0; i-- {
		b.WriteString("/" + e.path[i])
	}
	return fmt.Sprintf("%s: %s", b.String(), e.err)
}

func (e *pathError) Unwrap() error { return e.err }

func within(step string, err error) error {
	if p, ok := err.(*pathError); ok {
		p.path = append(p.path, step)
		return p
	}
	return &pathError{[]string{step}, err}
}

// EncodeValue is the way back: what encoding/json would have decoded. Numbers
// become json.Number, money a map of value and currency, dates a string. A
// value that no formula gives becomes nil.
func EncodeValue(v any) any { return encode(v, 0) }

func encode(v any, depth int) any {
	if depth > 2*maxDepth {
		return nil
	}
	switch x := v.(type) {
	case bool, string:
		return x
	case int64:
		return json.Number(strconv.FormatInt(x, 10))
	case Decimal:
		return json.Number(x.String())
	case Money:
		return map[string]any{"value": x.Value(), "currency": x.Currency}
	case Date:
		return x.String()
	case []any:
		out := make([]any, len(x))
		for i, item := range x {
			out[i] = encode(item, depth+1)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(x))
		for k, item := range x {
			out[k] = encode(item, depth+1)
		}
		return out
	}
	return nil
}
