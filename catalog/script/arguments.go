package script

import (
	"encoding/json"
	"strings"
)

// arguments writes [value, form] with only the fields that the script reads: less to send, and less
// that a script could give away.
func (s *Script) arguments(value any, form map[string]any) ([]byte, error) {
	if !s.readsAll {
		part := make(map[string]any, len(s.reads))
		for _, path := range s.reads {
			take(form, part, path)
		}
		form = part
	}
	return json.Marshal([2]any{value, form})
}

// take copies what stands at a path. What isn't an object inside the path is taken whole.
func take(from, to map[string]any, path string) {
	name, rest, more := strings.Cut(path, ".")
	v, there := from[name]
	if !there {
		return
	}
	inner, isObject := v.(map[string]any)
	if !more || !isObject {
		to[name] = v
		return
	}
	part, ok := to[name].(map[string]any)
	if !ok {
		part = map[string]any{}
		to[name] = part
	}
	take(inner, part, rest)
}
