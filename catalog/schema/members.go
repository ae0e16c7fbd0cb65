package schema

import (
	"encoding/json"
	"errors"
	"strconv"

	qri "github.com/qri-io/jsonschema"
)

// The assertions about the members of lists and objects. A violation stands at the member that is
// wrong or missing, so that a page can show it beside the right field.

func parseUniqueItems(raw json.RawMessage) (check, error) {
	on := string(raw) == "true"
	if !on && string(raw) != "false" {
		return nil, errors.New("want true or false")
	}
	return func(a *assertion, st *qri.ValidationState, v any) {
		list, ok := v.([]any)
		if !ok || !on || len(list) < 2 {
			return
		}
		seen := make(map[string]bool, len(list))
		var key []byte
		for i, e := range list {
			key = appendCanonical(key[:0], e)
			if seen[string(key)] {
				a.failAt(st, strconv.Itoa(i), nil)
				return
			}
			seen[string(key)] = true
		}
	}, nil
}

func parseRequired(raw json.RawMessage) (check, error) {
	names, err := texts(raw)
	return func(a *assertion, st *qri.ValidationState, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			return
		}
		for _, n := range names {
			if _, there := o[n]; !there {
				a.failAt(st, n, nil)
			}
		}
	}, err
}

// parseDependentRequired reports the missing member; Params names the one that asks for it.
func parseDependentRequired(raw json.RawMessage) (check, error) {
	v, err := Decode(raw)
	if err != nil {
		return nil, err
	}
	rules, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("want an object of lists")
	}
	needs := map[string][]string{}
	for k, l := range rules {
		list, ok := l.([]any)
		if !ok {
			return nil, errors.New("want an object of lists")
		}
		if needs[k], err = differentTexts(list); err != nil {
			return nil, err
		}
	}
	return func(a *assertion, st *qri.ValidationState, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			return
		}
		for k, names := range needs {
			if _, there := o[k]; !there {
				continue
			}
			for _, n := range names {
				if _, there := o[n]; !there {
					asker, _ := json.Marshal(k)
					a.failAt(st, n, asker)
				}
			}
		}
	}, nil
}

// parseAdditionalProperties knows only `false`, judged against the properties beside it and no
// others: qri lets a closed object accept a key that one of its members declares.
func parseAdditionalProperties(raw json.RawMessage) (check, error) {
	if string(raw) != "false" {
		return nil, errors.New("can only be false")
	}
	return func(a *assertion, st *qri.ValidationState, v any) {
		o, ok := v.(map[string]any)
		if !ok {
			return
		}
		var known map[string]*qri.Schema
		if s, ok := st.Local.JSONProp("properties").(*structure); ok {
			known = s.Keyword.(*properties).members
		}
		for k := range o {
			if _, declared := known[k]; declared {
				continue
			}
			if nameable(k) {
				a.failAt(st, k, nil)
			} else {
				a.fail(st, nil)
			}
		}
	}, nil
}

// nameable says whether a key that a stranger sent may stand in a path. One that doesn't look like a
// field's name may be anything, an address or a megabyte, so the object around it is blamed.
func nameable(key string) bool {
	return len(key) <= 64 && only(key, "_-")
}
