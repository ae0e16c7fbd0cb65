package schema

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// typeOf names a value's JSON Schema type; a number without a fraction is an integer, as 1.0 is.
func typeOf(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case json.Number:
		if isInteger(x) {
			return "integer"
		}
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}

// foreign finds the first place that Decode could not have made: another Go type, a number
// outside the bounds, too deep a nest (or a map that holds itself).
func foreign(v any, path []string) (string, bool) {
	switch x := v.(type) {
	case nil, bool, string:
		return "", false
	case json.Number:
		return join(path), !numberGrammar(string(x)) || !numberInRange(string(x))
	case []any:
		if len(path) >= MaxDepth {
			return join(path), true
		}
		for i, e := range x {
			switch e.(type) {
			case nil, bool, string:
				continue
			}
			if p, bad := foreign(e, append(path, strconv.Itoa(i))); bad {
				return p, true
			}
		}
		return "", false
	case map[string]any:
		if len(path) >= MaxDepth {
			return join(path), true
		}
		found := ""
		bad := false
		for k, e := range x {
			if p, b := foreign(e, append(path, k)); b && (!bad || p < found) {
				found, bad = p, true
			}
		}
		return found, bad
	}
	return join(path), true
}

var escapePointer = strings.NewReplacer("~", "~0", "/", "~1")

func join(path []string) string {
	var b strings.Builder
	for _, p := range path {
		b.WriteByte('/')
		escapePointer.WriteString(&b, p)
	}
	return b.String()
}

// appendCanonical writes a text that two values share exactly when JSON Schema calls them equal:
// 1 and 1.0 are, and the order of keys is nothing. Enum, const and uniqueItems compare by it, so
// that a list is checked in one pass and not pair by pair.
func appendCanonical(b []byte, v any) []byte {
	switch x := v.(type) {
	case nil:
		return append(b, 'n')
	case bool:
		return strconv.AppendBool(b, x)
	case json.Number:
		if s, ok := plainInteger(string(x)); ok {
			return strconv.AppendInt(append(b, '#'), s, 10)
		}
		return append(append(b, '#'), exact(x).RatString()...)
	case string:
		b = strconv.AppendInt(append(b, '"'), int64(len(x)), 10)
		return append(append(b, ':'), x...)
	case []any:
		b = append(b, '[')
		for _, e := range x {
			b = append(appendCanonical(b, e), ',')
		}
		return append(b, ']')
	case map[string]any:
		keys := make([]string, 0, len(x))
		for k := range x {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		b = append(b, '{')
		for _, k := range keys {
			b = appendCanonical(append(appendCanonical(b, k), '='), x[k])
		}
		return append(b, '}')
	}
	return b
}
