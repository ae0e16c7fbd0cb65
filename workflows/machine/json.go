package machine

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/diwan-gov/diwan/catalog/formula"
)

// decodeJSON reads one value of a declared type. Numbers keep their digits. The error never holds the value.
func decodeJSON(t formula.Type, raw json.RawMessage) (any, error) { return decodeIn("", t, raw) }

// decodeIn is decodeJSON where amounts may stand without their currency.
func decodeIn(currency string, t formula.Type, raw json.RawMessage) (any, error) {
	if v, ok := plain(t.Kind, raw); ok {
		return v, nil
	}
	if v, ok := plainJSON(raw); ok {
		return formula.DecodeIn(currency, t, v)
	}
	if t.Kind == formula.KindMoney {
		if v, ok := plainMoney(raw); ok {
			return v, nil
		}
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || d.More() {
		return nil, errors.New("not one JSON value")
	}
	return formula.DecodeIn(currency, t, v)
}

// plain reads a whole number, a day or a truth value as it is nearly always written, at no cost beside the value.
func plain(k formula.Kind, raw json.RawMessage) (any, bool) {
	switch {
	case len(raw) == 0:
	case k == formula.KindInt && len(raw) < 19:
		n, at := int64(0), 0
		if raw[0] == '-' {
			at = 1
		}
		if at == len(raw) || raw[at] == '0' && len(raw) > 1 {
			return nil, false
		}
		for _, b := range raw[at:] {
			if b < '0' || b > '9' {
				return nil, false
			}
			n = n*10 + int64(b-'0')
		}
		if at == 1 {
			n = -n
		}
		return n, true
	case k == formula.KindDate && len(raw) == 12 && raw[0] == '"' && raw[11] == '"':
		if d, err := formula.ParseDate(string(raw[1:11])); err == nil {
			return d, true
		}
	case k == formula.KindBool && string(raw) == "true":
		return true, true
	case k == formula.KindBool && string(raw) == "false":
		return false, true
	}
	return nil, false
}

// plainJSON reads what nearly every value is, without the decoder's buffers: a text without escapes, a number or a truth value.
func plainJSON(raw json.RawMessage) (any, bool) {
	if len(raw) == 0 {
		return nil, false
	}
	switch c := raw[0]; {
	case c == '"' && len(raw) >= 2 && raw[len(raw)-1] == '"':
		text := raw[1 : len(raw)-1]
		for _, b := range text {
			if b == '"' || b == '\\' || b < ' ' {
				return nil, false
			}
		}
		return string(text), utf8.Valid(text)
	case c == '-' || c >= '0' && c <= '9':
		return json.Number(raw), json.Valid(raw) && raw[len(raw)-1] > ' '
	case string(raw) == "true":
		return true, true
	case string(raw) == "false":
		return false, true
	}
	return nil, false
}

// plainMoney reads an amount in the one way in which it is written here.
func plainMoney(raw json.RawMessage) (formula.Money, bool) {
	value, ok := bytes.CutPrefix(raw, []byte(`{"value":"`))
	value, currency, middle := bytes.Cut(value, []byte(`","currency":"`))
	currency, end := bytes.CutSuffix(currency, []byte(`"}`))
	if !ok || !middle || !end {
		return formula.Money{}, false
	}
	m, err := formula.ParseMoney(string(value) + " " + string(currency))
	return m, err == nil
}

// encodeJSON writes the value of a formula.
func encodeJSON(v any) (json.RawMessage, error) {
	switch x := v.(type) {
	case int64:
		return strconv.AppendInt(nil, x, 10), nil
	case string:
		if isPlain(x) { // as nearly every number and name of a register is
			return append(append(append(make([]byte, 0, len(x)+2), '"'), x...), '"'), nil
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(formula.EncodeValue(v)); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// isPlain tells a text that JSON writes as it is.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
