package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	qri "github.com/qri-io/jsonschema"
)

// The assertions about single values. Each parser reads its keyword's value strictly and returns
// the check; a check passes values of another type, as JSON Schema wants.

func parseType(raw json.RawMessage) (check, error) {
	names, err := texts(raw)
	if err != nil {
		var one string
		if json.Unmarshal(raw, &one) != nil {
			return nil, errors.New("want a type or a list of types")
		}
		names = []string{one}
	}
	if len(names) == 0 {
		return nil, errors.New("want at least one type")
	}
	for _, n := range names {
		if n == "" || !strings.Contains(" null boolean integer number string array object ", " "+n+" ") {
			return nil, fmt.Errorf("unknown type %q", n)
		}
	}
	return func(a *assertion, st *qri.ValidationState, v any) {
		is := typeOf(v)
		for _, n := range names {
			if n == is || n == "number" && is == "integer" {
				return
			}
		}
		a.fail(st, a.raw)
	}, nil
}

func parseEnum(raw json.RawMessage) (check, error) {
	list, err := Decode(raw)
	if err != nil {
		return nil, err
	}
	values, ok := list.([]any)
	if !ok || len(values) == 0 {
		return nil, errors.New("want a list of values")
	}
	words := map[string]bool{} // nearly every choice is a text; those need no canonical form
	others := map[string]bool{}
	for _, v := range values {
		if s, ok := v.(string); ok {
			words[s] = true
		} else {
			others[string(appendCanonical(nil, v))] = true
		}
	}
	return func(a *assertion, st *qri.ValidationState, v any) {
		if s, ok := v.(string); ok && words[s] {
			return
		}
		if len(others) > 0 && others[string(appendCanonical(nil, v))] {
			return
		}
		a.fail(st, a.raw)
	}, nil
}

func parseConst(raw json.RawMessage) (check, error) {
	v, err := Decode(raw)
	if err != nil {
		return nil, err
	}
	want := string(appendCanonical(nil, v))
	return func(a *assertion, st *qri.ValidationState, v any) {
		if string(appendCanonical(nil, v)) != want {
			a.fail(st, a.raw)
		}
	}, nil
}

func parsePattern(raw json.RawMessage) (check, error) {
	s, err := text(raw)
	if err != nil {
		return nil, err
	}
	re, err := compilePattern(s)
	if err != nil {
		return nil, err
	}
	return func(a *assertion, st *qri.ValidationState, v any) {
		if s, ok := v.(string); ok && !re.MatchString(s) {
			a.fail(st, a.raw)
		}
	}, nil
}

func parseFormat(raw json.RawMessage) (check, error) {
	s, err := text(raw)
	if err != nil {
		return nil, err
	}
	matches := formatNamed(s)
	if matches == nil {
		return nil, fmt.Errorf("unknown format %q, known are %s", s, strings.Join(Formats(), ", "))
	}
	return func(a *assertion, st *qri.ValidationState, v any) {
		if s, ok := v.(string); ok && !matches(s) {
			a.fail(st, a.raw)
		}
	}, nil
}

// counter gives the size of a value of the type that it counts.
type counter func(v any) (n int, counts bool)

func countRunes(v any) (int, bool)      { s, ok := v.(string); return utf8.RuneCountInString(s), ok }
func countItems(v any) (int, bool)      { l, ok := v.([]any); return len(l), ok }
func countProperties(v any) (int, bool) { o, ok := v.(map[string]any); return len(o), ok }

func atLeast(c counter) func(json.RawMessage) (check, error) {
	return counted(c, func(n, limit int) bool { return n < limit })
}

func atMost(c counter) func(json.RawMessage) (check, error) {
	return counted(c, func(n, limit int) bool { return n > limit })
}

func counted(c counter, wrong func(n, limit int) bool) func(json.RawMessage) (check, error) {
	return func(raw json.RawMessage) (check, error) {
		limit, err := strconv.Atoi(string(raw))
		if err != nil || limit < 0 {
			return nil, errors.New("want a whole number, 0 or more")
		}
		return func(a *assertion, st *qri.ValidationState, v any) {
			if n, ok := c(v); ok && wrong(n, limit) {
				a.fail(st, a.raw)
			}
		}, nil
	}
}

func numeric(wrong func(sign int) bool) func(json.RawMessage) (check, error) {
	return func(raw json.RawMessage) (check, error) {
		limit, ok := newBound(raw)
		if !ok {
			return nil, errors.New("want a number")
		}
		return func(a *assertion, st *qri.ValidationState, v any) {
			if n, ok := v.(json.Number); ok && wrong(limit.compare(n)) {
				a.fail(st, a.raw)
			}
		}, nil
	}
}

func parseMultipleOf(raw json.RawMessage) (check, error) {
	divisor, ok := newBound(raw)
	if !ok || divisor.exact.Sign() <= 0 {
		return nil, errors.New("want a number above 0")
	}
	return func(a *assertion, st *qri.ValidationState, v any) {
		if n, ok := v.(json.Number); ok && !divisor.divides(n) {
			a.fail(st, a.raw)
		}
	}, nil
}

// text reads a JSON string; encoding/json would let null pass for an empty one.
func text(raw json.RawMessage) (string, error) {
	v, err := Decode(raw)
	if err != nil {
		return "", err
	}
	s, ok := v.(string)
	if !ok {
		return "", errors.New("want a text")
	}
	return s, nil
}

// texts reads a list of different strings.
func texts(raw json.RawMessage) ([]string, error) {
	v, err := Decode(raw)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		return nil, errors.New("want a list of texts")
	}
	return differentTexts(list)
}

func differentTexts(list []any) ([]string, error) {
	seen := map[string]bool{}
	out := make([]string, len(list))
	for i, v := range list {
		s, ok := v.(string)
		if !ok || seen[s] {
			return nil, errors.New("want a list of different texts")
		}
		seen[s], out[i] = true, s
	}
	return out, nil
}
