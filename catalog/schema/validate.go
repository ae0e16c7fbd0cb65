package schema

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
)

// MaxViolations is the most that Validate returns; nobody reads further.
const MaxViolations = 1000

// Violation is one thing that is wrong with a value. It holds nothing that the user sent except
// member names that look like a field's name.
type Violation struct {
	Path    string          `json:"path"`             // JSON pointer to the value, "" is the document
	Keyword string          `json:"keyword"`          // the keyword that it breaks
	Params  json.RawMessage `json:"params,omitempty"` // the schema's side: the limit, the choices, the type
}

// Validate checks a value that came from Decode, or was built of the same types, and returns what is
// wrong, sorted and without repeats; nil means valid. Two keywords aren't in any schema: "false"
// stands for a schema that nothing satisfies, and "value" for something Decode could not have made.
func (s *Schema) Validate(v any) []Violation {
	var path [MaxDepth]string
	if p, bad := foreign(v, path[:0]); bad {
		return []Violation{{Path: p, Keyword: "value"}}
	}
	errs := *s.root.Validate(context.Background(), v).Errs
	if len(errs) == 0 {
		return nil
	}
	out := make([]Violation, 0, len(errs))
	for _, e := range errs {
		if found, ok := e.InvalidValue.(*Violation); ok {
			out = append(out, *found)
		} else { // only the top schema has no keyword around it: it is `false`
			out = append(out, Violation{Keyword: "false"})
		}
	}
	slices.SortFunc(out, compareViolations)
	out = slices.CompactFunc(out, func(a, b Violation) bool { return compareViolations(a, b) == 0 })
	return out[:min(len(out), MaxViolations)]
}

func compareViolations(a, b Violation) int {
	return cmp.Or(
		cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.Keyword, b.Keyword),
		cmp.Compare(string(a.Params), string(b.Params)),
	)
}
