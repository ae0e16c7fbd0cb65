package pdf

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	firstStrongIsolate = '\u2068'
	popIsolate         = '\u2069'
	maxIsolates        = 8 // depth
	maxMarks           = 6 // on one letter
)

// Isolate wraps a name, number or code that is put into a sentence of another
// direction, so that neither disturbs the order of the other. Direction controls
// inside s are removed: an inserted value cannot escape.
func Isolate(s string) string {
	s = strings.Map(func(r rune) rune {
		if isIsolate(r) {
			return -1
		}
		return r
	}, s)
	return string(firstStrongIsolate) + s + string(popIsolate)
}

// clean returns s with only the characters that may be drawn. Line breaks and
// other spaces become one space each. Controls and the embeddings and overrides
// that let text appear in another order than it is written vanish. Isolates
// stay and are balanced. The second result is the problem, if s is refused.
func clean(s string) (string, string) {
	if len(s) > utf8.UTFMax*MaxTextRunes {
		return "", fmt.Sprintf("%d bytes; at most %d characters", len(s), MaxTextRunes)
	}
	if !utf8.ValidString(s) {
		return "", "not valid UTF-8"
	}
	if utf8.RuneCountInString(s) > MaxTextRunes {
		return "", fmt.Sprintf("more than %d characters", MaxTextRunes)
	}
	var b strings.Builder
	depth, marks := 0, 0
	for _, r := range s {
		if marks++; !unicode.Is(unicode.M, r) {
			marks = 0
		} else if marks > maxMarks {
			return "", fmt.Sprintf("more than %d marks on one letter", maxMarks)
		}
		switch {
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f', r == '\u2028', r == '\u2029', r >= 0x1c && r <= 0x1f:
			b.WriteByte(' ')
		case r == popIsolate:
			if depth > 0 {
				depth--
				b.WriteRune(r)
			}
		case isIsolate(r):
			if depth == maxIsolates {
				return "", fmt.Sprintf("isolates nested deeper than %d", maxIsolates)
			}
			depth++
			b.WriteRune(r)
		case isJoiner(r):
			b.WriteRune(r)
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Variation_Selector):
			// Nothing to draw. The Arabic signs of category Cf (such as the sign
			// for a year) have no use in these documents.
		default:
			b.WriteRune(r)
		}
	}
	for range depth {
		b.WriteRune(popIsolate)
	}
	out := strings.TrimSpace(b.String())
	if strings.TrimFunc(out, func(r rune) bool { return r == ' ' || isIsolate(r) || isJoiner(r) }) == "" {
		return "", ""
	}
	return out, ""
}

func isIsolate(r rune) bool { return r >= '\u2066' && r <= '\u2069' }

// isJoiner reports whether r shapes or orders its neighbours without being
// drawn: the joiners that Persian and Kazakh in Arabic script need, and the
// direction marks, which cannot reverse letters.
func isJoiner(r rune) bool {
	return r == '\u200c' || r == '\u200d' || r == '\u200e' || r == '\u200f' || r == '\u061c'
}
