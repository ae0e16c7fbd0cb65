package schema

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// A number is kept as its decimal text and compared exactly. The bounds stop 1e999999999, which
// is twelve bytes to send and gigabytes to expand.
const (
	maxNumberLength = 40
	maxExponent     = 40
)

func numberByte(c byte) bool {
	return c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E'
}

// numberGrammar reports whether s is a number as JSON spells it.
func numberGrammar(s string) bool {
	s = strings.TrimPrefix(s, "-")
	digits := func() bool {
		n := 0
		for n < len(s) && s[n] >= '0' && s[n] <= '9' {
			n++
		}
		s = s[n:]
		return n > 0
	}
	if strings.HasPrefix(s, "0") {
		s = s[1:]
	} else if !digits() {
		return false
	}
	if strings.HasPrefix(s, ".") {
		s = s[1:]
		if !digits() {
			return false
		}
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		if !digits() {
			return false
		}
	}
	return s == ""
}

func numberInRange(s string) bool {
	if len(s) > maxNumberLength {
		return false
	}
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return true
	}
	e, err := strconv.Atoi(s[i+1:])
	return err == nil && e >= -maxExponent && e <= maxExponent
}

// plainInteger returns a small number without point or exponent, which is nearly every one.
func plainInteger(s string) (int64, bool) {
	if len(s) > 18 || strings.ContainsAny(s, ".eE") {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// exact expects a number that has passed numberGrammar and numberInRange.
func exact(n json.Number) *big.Rat {
	r, _ := new(big.Rat).SetString(string(n))
	return r
}

func isInteger(n json.Number) bool {
	if !strings.ContainsAny(string(n), ".eE") {
		return true
	}
	return exact(n).IsInt()
}

// bound is a number in a schema, ready to be compared.
type bound struct {
	small   int64
	isSmall bool
	exact   *big.Rat
}

func newBound(raw json.RawMessage) (bound, bool) {
	s := string(raw)
	if !numberGrammar(s) || !numberInRange(s) {
		return bound{}, false
	}
	b := bound{exact: exact(json.Number(s))}
	b.small, b.isSmall = plainInteger(s)
	return b, true
}

// compare gives the sign of n minus the bound.
func (b bound) compare(n json.Number) int {
	if s, ok := plainInteger(string(n)); ok && b.isSmall {
		switch {
		case s < b.small:
			return -1
		case s > b.small:
			return 1
		}
		return 0
	}
	return exact(n).Cmp(b.exact)
}

// divides reports whether n is a multiple of the bound, in exact decimals: 19.99 is one of 0.01.
func (b bound) divides(n json.Number) bool {
	if s, ok := plainInteger(string(n)); ok && b.isSmall {
		return s%b.small == 0
	}
	return new(big.Rat).Quo(exact(n), b.exact).IsInt()
}
