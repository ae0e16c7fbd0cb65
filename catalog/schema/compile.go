package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	qri "github.com/qri-io/jsonschema"
)

// Draft is the only value that $schema may have, and only at the top.
const Draft = "https://json-schema.org/draft/2020-12/schema"

// CompileError says what in a schema lies outside the closed set.
type CompileError struct {
	Path   string // JSON pointer into the schema
	Reason string
}

func (e *CompileError) Error() string { return fmt.Sprintf("schema at %q: %s", e.Path, e.Reason) }

// Schema is compiled and read only; any number of goroutines may use it.
type Schema struct {
	root *qri.Schema
}

// Compile reads a schema, refusing with a *CompileError everything that the package doesn't check.
func Compile(b []byte) (*Schema, error) {
	v, err := Decode(b)
	if err != nil {
		return nil, &CompileError{Reason: err.Error()}
	}
	if err := (walker{}).schema(v, nil); err != nil {
		return nil, err
	}
	register()
	root := &qri.Schema{}
	if err := json.Unmarshal(b, root); err != nil {
		// Qri tells the keyword but not the place; walk again to find it.
		if located := (walker{assertions: true}).schema(v, nil); located != nil {
			return nil, located
		}
		return nil, &CompileError{Reason: err.Error()}
	}
	// Qri writes into a schema when it is first used; done here, later uses only read.
	root.Register("", &qri.SchemaRegistry{})
	return &Schema{root: root}, nil
}

// walker goes through a decoded schema, in the order of its keys so that the same schema always
// gives the same error. It looks at shapes and, if assertions is set, at every assertion's value.
type walker struct{ assertions bool }

func (w walker) schema(v any, path []string) error {
	if _, ok := v.(bool); ok {
		return nil
	}
	o, ok := v.(map[string]any)
	if !ok {
		return refuse(path, "a schema must be an object, true or false")
	}
	names := make([]string, 0, len(o))
	for n := range o {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		k := keywordNamed(n)
		if k == nil {
			return refuse(path, fmt.Sprintf("keyword %q is not in the closed set", n))
		}
		if err := w.keyword(k, o[n], append(slices.Clip(path), n)); err != nil {
			return err
		}
	}
	return nil
}

func (w walker) keyword(k *keyword, v any, path []string) error {
	switch k.holds {
	case oneSchema:
		return w.schema(v, path)
	case schemaList:
		list, ok := v.([]any)
		if !ok || len(list) == 0 {
			return refuse(path, "want a list of schemas")
		}
		for i, s := range list {
			if err := w.schema(s, append(slices.Clip(path), strconv.Itoa(i))); err != nil {
				return err
			}
		}
	case schemaMap:
		o, ok := v.(map[string]any)
		if !ok {
			return refuse(path, "want an object of schemas")
		}
		for _, n := range sortedKeys(o) {
			if err := w.schema(o[n], append(slices.Clip(path), n)); err != nil {
				return err
			}
		}
	case noSchema:
		if k.name == "$schema" && (len(path) != 1 || v != Draft) {
			return refuse(path, "can only be "+Draft+", at the top")
		}
		if w.assertions && k.parse != nil {
			return parses(k, v, path)
		}
	}
	return nil
}

func parses(k *keyword, v any, path []string) error {
	raw, err := json.Marshal(v)
	if err == nil {
		_, err = k.parse(raw)
	}
	var inside *DecodeError
	switch {
	case errors.As(err, &inside):
		return refuse(path, decodeReasons[inside.Code])
	case err != nil:
		return refuse(path, err.Error())
	}
	return nil
}

func sortedKeys(o map[string]any) []string {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func refuse(path []string, reason string) error {
	return &CompileError{Path: join(path), Reason: reason}
}
