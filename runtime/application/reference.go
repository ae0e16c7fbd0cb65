package application

import (
	"crypto/rand"
	"strings"
)

// alphabet is Crockford's base 32: no I, L, O or U, so that what is read aloud or copied by hand comes back right.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// referenceLength counts the characters without the dash, the check character included.
const referenceLength = 8

// newReference makes a reference such as D7K2-94QM: 35 random bits and a check character. It says nothing about how many there are.
func newReference() string {
	var b [referenceLength - 1]byte
	_, _ = rand.Read(b[:]) // never fails
	for i := range b {
		b[i] = alphabet[b[i]%32]
	}
	s := string(b[:])
	s += string(checkOf(s))
	return s[:4] + "-" + s[4:]
}

// checkOf is Luhn's check modulo 32: it finds every wrong character and nearly every swap of two neighbours.
func checkOf(s string) byte {
	sum, double := 0, true
	for i := len(s) - 1; i >= 0; i-- {
		n := strings.IndexByte(alphabet, s[i])
		if double {
			n *= 2
		}
		sum += n/32 + n%32
		double = !double
	}
	return alphabet[(32-sum%32)%32]
}

// spelling undoes what people do to a reference when they copy it.
var spelling = strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "", " ", "")

// ParseReference reads a reference as people write it (d7k294qm, D7K2 94QM, O for 0) and gives it as it is stored. ok is false when it
// cannot be one: a mistyped reference is known without asking the database.
func ParseReference(s string) (reference string, ok bool) {
	if len(s) > 4*referenceLength {
		return "", false
	}
	s = spelling.Replace(strings.ToUpper(s))
	if len(s) != referenceLength || strings.Trim(s, alphabet) != "" || checkOf(s[:referenceLength-1]) != s[referenceLength-1] {
		return "", false
	}
	return s[:4] + "-" + s[4:], true
}
