package source

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// mostHidden bounds how many problems with characters one file reports: a binary file has millions.
const mostHidden = 50

// hidden reports the characters that a definition must not hold. It returns false if the file cannot be
// read as YAML in spite of them.
func (d *document) hidden(list *diag.List) bool {
	readable, found := true, 0
	for i := d.bom; i < len(d.src) && found < mostHidden; {
		c := d.src[i]
		if c >= 0x20 && c < 0x7f || c == '\n' || c == '\t' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(d.src[i:])
		if problem, fatal, bad := d.character(i, r, size); bad {
			list.Add(problem)
			found++
			readable = readable && !fatal
		}
		i += size
	}
	return readable
}

// character judges one character that is not plain ASCII.
func (d *document) character(i int, r rune, size int) (problem diag.Diagnostic, fatal, bad bool) {
	at := d.span(i, i+size)
	name := fmt.Sprintf("U+%04X", r)
	switch {
	case r == utf8.RuneError && size == 1:
		return diag.New(diag.Error, "not-utf8", at, "byte {byte} is not UTF-8", "byte", fmt.Sprintf("0x%02X", d.src[i])).
			WithHelp("Save the file as UTF-8."), true, true
	case r == '\r' && i+1 < len(d.src) && d.src[i+1] == '\n':
		return problem, false, false
	case r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029:
		// Some YAML readers end the line here and some do not: a key could hide behind it.
		return diag.New(diag.Error, "hidden-line-break", at, "hidden line break {character}", "character", name).
			WithHelp("Replace it with an ordinary line break, or write it as an escape in double quotation marks."), true, true
	case direction(r):
		return diag.New(diag.Error, "direction-control", at, "hidden direction control {character}", "character", name).
			WithHelp("Remove it: it can make the file read otherwise than it works. Where a text needs it, write it as an escape in double quotation marks."), false, true
	case unicode.IsControl(r), r == 0xfeff, r == 0xfffe, r == 0xffff:
		return diag.New(diag.Error, "control-character", at, "hidden control character {character}", "character", name).
			WithHelp("Remove it."), true, true
	}
	return problem, false, false
}

// direction tells embeddings, overrides and isolates. The plain marks U+200E, U+200F and U+061C order a text
// and cannot reach beyond their neighbours, so texts may hold them.
func direction(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }

// shown leaves out of a key what nobody can see.
func shown(key string) string {
	return strings.Map(func(r rune) rune {
		if invisible(string(r)) {
			return -1
		}
		return r
	}, key)
}

// invisible tells what nobody can see in a key: a key with it looks like another key.
func invisible(key string) bool {
	for _, r := range key {
		if r >= utf8.RuneSelf && (unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Z, r)) {
			return true
		}
	}
	return false
}
