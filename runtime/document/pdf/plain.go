package pdf

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// standIn is drawn for a character that no face has.
const standIn = '?'

// Plain makes drawable what somebody has typed or a registry has said: isolates
// vanish, a letter keeps as many marks as can be drawn on it, a letter that no
// face has becomes the letter under its marks or else a question mark, and what
// is too long is cut. Render refuses such a text by its place, which is right for
// a definition; a value must not make a paper impossible that was decided and
// paid.
func Plain(s string) string {
	faces, err := loadFaces()
	if err != nil {
		return s // Render says so
	}
	var b strings.Builder
	marks, runes := 0, 0
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, "\ufffd")) {
		mark := unicode.Is(unicode.M, r)
		if marks++; !mark {
			marks = 0
		}
		if marks > maxMarks || isIsolate(r) {
			continue
		}
		if r = drawable(faces, r, mark); r < 0 {
			continue
		}
		if runes++; runes > MaxTextRunes {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// drawable is what is drawn for r, negative for nothing.
func drawable(faces *[faceCount]*face, r rune, mark bool) rune {
	if unicode.IsSpace(r) || unicode.In(r, unicode.C) || has(faces, r) {
		return r // clean takes out what draws nothing
	}
	if mark {
		return -1
	}
	for _, under := range norm.NFKD.String(string(r)) {
		if has(faces, under) {
			return under
		}
		break
	}
	return standIn
}

// has tells whether r can be drawn in either weight.
func has(faces *[faceCount]*face, r rune) bool {
	in := func(a, b faceID) bool {
		_, first := faces[a].font.NominalGlyph(r)
		_, second := faces[b].font.NominalGlyph(r)
		return first || second
	}
	return in(arabicRegular, latinRegular) && in(arabicStrong, latinStrong)
}
