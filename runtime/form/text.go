package form

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Line is a text of one line as every form keeps it, however it was typed: for pages that ask for one beside a form.
func Line(s string) string { return line(s) }

// line is the one form of a text of one line: composed, western digits, single spaces, nothing at the ends and nothing invisible.
func line(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range composed(s) {
		r = character(r)
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case r < 0:
			continue
		case space && b.Len() > 0:
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// plain is the usual case, which needs no copy: ASCII without control characters, double spaces or spaces at the ends.
func plain(s string) bool {
	before := byte(' ')
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return s == "" || before != ' '
}

// paragraphs is the one form of a text of several lines: composed, lines ended by \n, nothing at the ends and nothing invisible. Digits stay
// as they are, since nothing reads them.
func paragraphs(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	s = composed(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
	for _, r := range s {
		if r == '\n' || r == '\t' || !invisible(r) {
			b.WriteRune(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// composed makes the same word the same bytes (NFC). What is not UTF-8 becomes U+FFFD.
func composed(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return norm.NFC.String(s)
}

// character is what a character of a line is stored as, or -1.
func character(r rune) rune {
	switch {
	case r >= '٠' && r <= '٩':
		return '0' + r - '٠'
	case r >= '۰' && r <= '۹':
		return '0' + r - '۰'
	case r == '٫': // the Arabic decimal point
		return '.'
	case r == '٬': // the Arabic mark between thousands
		return ','
	case r == '−':
		return '-'
	case unicode.IsSpace(r):
		return ' '
	case invisible(r):
		return -1
	}
	return r
}

// invisible are control characters and the marks that steer direction: they come along with copied numbers and make two equal texts
// differ. Joiners are part of words in some languages.
func invisible(r rune) bool {
	switch {
	case unicode.IsControl(r), r == '\u061C', r == '\u200B', r == '\u200E', r == '\u200F', r == '\uFEFF', r == '\u00AD',
		r >= '\u202A' && r <= '\u202E', r >= '\u2060' && r <= '\u2069':
		return true
	}
	return false
}
