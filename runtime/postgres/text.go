package postgres

import (
	"strings"
	"unicode/utf8"
)

// Storable tells whether texts can be stored: Postgres keeps valid UTF-8 without the character NUL, and fails the whole statement over
// anything else. Ask it of what a client sends as free text, before it looks like a fault of the database.
func Storable(texts ...string) bool {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return false
		}
	}
	return true
}
