package application

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
)

// requestHash tells requests apart: SHA-256 over their JSON, whose maps have sorted keys.
func requestHash(parts ...any) ([]byte, error) {
	b, err := json.Marshal(parts)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	sum := sha256.Sum256(b)
	return sum[:], nil
}

// values decodes an object and keeps numbers as they are written.
func values(b []byte) (map[string]any, error) {
	if len(b) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var m map[string]any
	err := d.Decode(&m)
	return m, err
}

// decoded decodes a value and keeps numbers as they are written.
func decoded(b json.RawMessage) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// raw decodes one level of an object.
func raw(b []byte) (map[string]json.RawMessage, error) {
	var m map[string]json.RawMessage
	if len(b) == 0 {
		return m, nil
	}
	err := json.Unmarshal(b, &m)
	return m, err
}

// reads picks the plan's read set out of a form, the facts of the applicant and those of who applies for them; what is not there has no value.
func reads(paths []string, form, applicant, behalf map[string]json.RawMessage) map[string]json.RawMessage {
	out := make(map[string]json.RawMessage, len(paths))
	for _, path := range paths {
		root, name, _ := strings.Cut(path, ".")
		from := form
		switch root {
		case "applicant":
			from = applicant
		case "representative":
			from = behalf
		}
		if v, ok := from[name]; ok && string(v) != "null" {
			out[path] = v
		}
	}
	return out
}
