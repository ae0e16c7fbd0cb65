package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Canonical gives the bytes that the digest covers: JSON of the struct in declaration order, no HTML escaping, no indentation. The same
// plan always gives the same bytes, because a Plan holds arrays only and no maps.
func (p *Plan) Canonical() ([]byte, error) { return canonical(p) }

// Canonical gives the bytes of the texts; maps are written with sorted keys.
func (t *Texts) Canonical() ([]byte, error) { return canonical(t) }

func canonical(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("canonical bytes: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// DigestOf is the address of canonical bytes: SHA-256 in lower-case hex.
func DigestOf(canonical []byte) string {
	h := sha256.Sum256(canonical)
	return hex.EncodeToString(h[:])
}

// Decode reads a plan strictly: unknown keys, text after the value and an unknown format are errors.
func Decode(b []byte) (*Plan, error) {
	var p Plan
	if err := decode(b, &p); err != nil {
		return nil, fmt.Errorf("plan: %w", err)
	}
	if p.Format != Format {
		return nil, fmt.Errorf("plan: format %d, this build knows %d", p.Format, Format)
	}
	return &p, nil
}

// DecodeTexts reads texts strictly.
func DecodeTexts(b []byte) (*Texts, error) {
	var t Texts
	if err := decode(b, &t); err != nil {
		return nil, fmt.Errorf("texts: %w", err)
	}
	return &t, nil
}

func decode(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("text after the value")
	}
	return nil
}
