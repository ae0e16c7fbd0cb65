package check

import (
	"math/big"
	"regexp"
	"strings"
)

type tokenKind uint8

const (
	noToken tokenKind = iota
	pathToken
	numberToken
	wordToken // a text
	signToken
)

type token struct {
	kind tokenKind
	text string
}

var tokenForm = regexp.MustCompile(`^(?:([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)|(-?[0-9]+(?:\.[0-9]+)?)|("[^"\\]*"|'[^'\\]*')|(==|!=|<=|>=|&&|\|\||[<>!()\[\],]))`)

// readCondition reads a condition; false where it is not one of those of which something can be proved.
func readCondition(text string) (condition, bool) {
	r := &conditionReader{}
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		m := tokenForm.FindStringSubmatch(rest)
		if m == nil || len(r.tokens) > 400 {
			return nil, false
		}
		for kind, t := range m[1:] {
			if t != "" {
				r.tokens = append(r.tokens, token{tokenKind(kind + 1), t})
			}
		}
		rest = rest[len(m[0]):]
	}
	c := r.either(0)
	return c, c != nil && r.at == len(r.tokens)
}

// conditionReader reads tokens by descent; nil is what it cannot read.
type conditionReader struct {
	tokens []token
	at     int
}

func (r *conditionReader) peek() token {
	if r.at < len(r.tokens) {
		return r.tokens[r.at]
	}
	return token{}
}

func (r *conditionReader) take(words ...string) bool {
	for _, w := range words {
		if t := r.peek(); t.text == w && t.kind != wordToken {
			r.at++
			return true
		}
	}
	return false
}

// mostNestedConditions bounds the descent.
const mostNestedConditions = 40

func (r *conditionReader) either(depth int) condition {
	c := r.both(depth)
	all := anyOf{c}
	for c != nil && r.take("or", "||") {
		c = r.both(depth)
		all = append(all, c)
	}
	if c == nil {
		return nil
	}
	return all
}

func (r *conditionReader) both(depth int) condition {
	c := r.negated(depth)
	all := allOf{c}
	for c != nil && r.take("and", "&&") {
		c = r.negated(depth)
		all = append(all, c)
	}
	if c == nil {
		return nil
	}
	return all
}

func (r *conditionReader) negated(depth int) condition {
	if depth > mostNestedConditions {
		return nil
	}
	if r.take("not", "!") {
		c := r.negated(depth + 1)
		if c == nil {
			return nil
		}
		return not{c}
	}
	if r.take("(") {
		c := r.either(depth + 1)
		if c == nil || !r.take(")") {
			return nil
		}
		return c
	}
	return r.question()
}

// question reads a comparison with a literal, or a value that is yes or no.
func (r *conditionReader) question() condition {
	t := r.peek()
	if t.kind != pathToken {
		return nil
	}
	r.at++
	if t.text == "has" {
		inner := token{}
		if r.take("(") {
			inner = r.peek()
			r.at++
		}
		if inner.kind != pathToken || !r.take(")") {
			return nil
		}
		return asks("has(" + inner.text + ")")
	}
	for _, op := range []string{"==", "!=", "<=", ">=", "<", ">", "in"} {
		if r.take(op) {
			return r.compared(t.text, op)
		}
	}
	switch t.text {
	case "true":
		return allOf{}
	case "false":
		return anyOf{}
	}
	return asks(t.text)
}

func (r *conditionReader) compared(path, op string) condition {
	c := comparison{path: path, op: op}
	if op == "in" {
		if !r.take("[") {
			return nil
		}
		for {
			s, kind, ok := r.literal()
			if !ok || c.kind != noToken && kind != c.kind {
				return nil
			}
			c.kind, c.with = kind, append(c.with, s)
			if r.take("]") {
				return c
			}
			if !r.take(",") {
				return nil
			}
		}
	}
	if t := r.peek(); t.kind == pathToken && (t.text == "true" || t.text == "false") && (op == "==" || op == "!=") {
		r.at++
		if (t.text == "true") == (op == "==") {
			return asks(path)
		}
		return not{asks(path)}
	}
	s, kind, ok := r.literal()
	if !ok || kind == wordToken && op != "==" && op != "!=" {
		return nil
	}
	c.kind, c.with = kind, []sample{s}
	return c
}

func (r *conditionReader) literal() (sample, tokenKind, bool) {
	t := r.peek()
	r.at++
	switch t.kind {
	case wordToken:
		return sample{text: "=" + t.text[1:len(t.text)-1]}, wordToken, true
	case numberToken:
		n, ok := new(big.Rat).SetString(t.text)
		return sample{number: n}, numberToken, ok
	}
	return sample{}, noToken, false
}
