package schema

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Limits of a document that Decode accepts. A form is far below all of them.
const (
	MaxBytes = 1 << 20
	MaxDepth = 64
)

// DecodeError says why a document was refused. It never quotes the document.
type DecodeError struct {
	Code   string // syntax, encoding, number, duplicate, depth, size or trailing
	Offset int    // in bytes from the start
}

func (e *DecodeError) Error() string {
	return fmt.Sprintf("json at byte %d: %s", e.Offset, decodeReasons[e.Code])
}

var decodeReasons = map[string]string{
	"syntax":    "not valid JSON",
	"encoding":  "text is not valid Unicode or holds U+0000",
	"number":    fmt.Sprintf("number is longer than %d characters or its exponent beyond %d", maxNumberLength, maxExponent),
	"duplicate": "the same key stands twice in one object",
	"depth":     fmt.Sprintf("nested deeper than %d", MaxDepth),
	"size":      fmt.Sprintf("longer than %d bytes", MaxBytes),
	"trailing":  "text after the value",
}

// Decode reads one JSON document into nil, bool, json.Number, string, []any and map[string]any.
// It is stricter than encoding/json: a duplicate key, invalid Unicode, U+0000 (which Postgres can't
// store), text after the value and anything beyond the limits is a *DecodeError.
func Decode(b []byte) (any, error) {
	if len(b) > MaxBytes {
		return nil, &DecodeError{"size", MaxBytes}
	}
	p := &parser{b: b}
	v := p.value(0)
	p.space()
	if p.err == nil && p.i < len(b) {
		p.fail("trailing")
	}
	if p.err != nil {
		return nil, p.err
	}
	return v, nil
}

// parser reads left to right; after the first failure every method returns at once.
type parser struct {
	b   []byte
	i   int
	err *DecodeError
}

func (p *parser) fail(code string) {
	if p.err == nil {
		p.err = &DecodeError{code, p.i}
	}
}

func (p *parser) space() {
	for p.i < len(p.b) && (p.b[p.i] == ' ' || p.b[p.i] == '\t' || p.b[p.i] == '\n' || p.b[p.i] == '\r') {
		p.i++
	}
}

// next skips space and returns the byte there, 0 at the end.
func (p *parser) next() byte {
	p.space()
	if p.i == len(p.b) {
		return 0
	}
	return p.b[p.i]
}

func (p *parser) value(depth int) any {
	c := p.next()
	switch {
	case c == '{' || c == '[':
		if depth == MaxDepth {
			p.fail("depth")
			return nil
		}
		if c == '{' {
			return p.object(depth + 1)
		}
		return p.array(depth + 1)
	case c == '"':
		return p.text()
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	case c == 't':
		return p.word("true", true)
	case c == 'f':
		return p.word("false", false)
	case c == 'n':
		return p.word("null", nil)
	}
	p.fail("syntax")
	return nil
}

func (p *parser) word(w string, v any) any {
	if len(p.b)-p.i < len(w) || string(p.b[p.i:p.i+len(w)]) != w {
		p.fail("syntax")
		return nil
	}
	p.i += len(w)
	return v
}

func (p *parser) object(depth int) any {
	m := map[string]any{}
	p.i++
	if p.next() == '}' {
		p.i++
		return m
	}
	for p.err == nil {
		if p.next() != '"' {
			p.fail("syntax")
			break
		}
		at := p.i
		k := p.text()
		if _, twice := m[k]; twice && p.err == nil {
			p.err = &DecodeError{"duplicate", at}
		}
		if p.next() != ':' {
			p.fail("syntax")
			break
		}
		p.i++
		m[k] = p.value(depth)
		if !p.more('}') {
			break
		}
	}
	return m
}

func (p *parser) array(depth int) any {
	a := []any{}
	p.i++
	if p.next() == ']' {
		p.i++
		return a
	}
	for p.err == nil {
		a = append(a, p.value(depth))
		if !p.more(']') {
			break
		}
	}
	return a
}

// more steps over a comma and reports true, or over the closing bracket and reports false.
func (p *parser) more(closing byte) bool {
	c := p.next()
	if c != ',' && c != closing {
		p.fail("syntax")
		return false
	}
	p.i++
	return c == ','
}

func (p *parser) number() any {
	start := p.i
	for p.i < len(p.b) && numberByte(p.b[p.i]) {
		p.i++
	}
	s := string(p.b[start:p.i])
	if !numberGrammar(s) {
		p.i = start
		p.fail("syntax")
		return nil
	}
	if !numberInRange(s) {
		p.i = start
		p.fail("number")
		return nil
	}
	return json.Number(s)
}

func (p *parser) text() string {
	start := p.i + 1
	plain := true
	for i := start; i < len(p.b); i++ {
		switch c := p.b[i]; {
		case c == '"':
			raw := p.b[start:i]
			if !utf8.Valid(raw) {
				p.fail("encoding")
				return ""
			}
			p.i = i + 1
			if plain {
				return string(raw)
			}
			s, code := unescape(raw)
			if code != "" {
				p.i = start - 1
				p.fail(code)
			}
			return s
		case c == '\\':
			plain = false
			i++
		case c < 0x20:
			p.i = i
			p.fail("syntax")
			return ""
		}
	}
	p.fail("syntax")
	return ""
}
