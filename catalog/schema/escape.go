package schema

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape resolves the backslashes of a JSON string's inside. It returns a DecodeError code
// instead of mending: half a surrogate pair would turn two different keys into the same one.
func unescape(b []byte) (s, code string) {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] < 0x20 {
			return "", "syntax"
		}
		if b[i] != '\\' {
			out = append(out, b[i])
			continue
		}
		i++ // the scan before has seen that a byte follows every backslash
		switch b[i] {
		case '"', '\\', '/':
			out = append(out, b[i])
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, ok := hex4(b[i+1:])
			if !ok {
				return "", "syntax"
			}
			i += 4
			if utf16.IsSurrogate(r) {
				if len(b) < i+3 || b[i+1] != '\\' || b[i+2] != 'u' {
					return "", "encoding"
				}
				low, ok := hex4(b[i+3:])
				if !ok {
					return "", "syntax"
				}
				if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
					return "", "encoding"
				}
				i += 6
			}
			if r == 0 {
				return "", "encoding"
			}
			out = utf8.AppendRune(out, r)
		default:
			return "", "syntax"
		}
	}
	return string(out), ""
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(string(b[:4]), 16, 16)
	return rune(n), err == nil
}
