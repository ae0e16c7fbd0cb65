package lsp

import (
	"strings"
	"unicode/utf8"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// text is a document with its lines, for turning places of the protocol into bytes and back. Lines end in \n, \r\n or a lone \r, as the
// protocol has it.
type text struct {
	content string
	lines   []int // where each line begins
	utf8    bool  // characters are counted in bytes and not in UTF-16 units
}

func newText(content string, inBytes bool) *text {
	t := &text{content: content, lines: []int{0}, utf8: inBytes}
	for i := 0; i < len(content); i++ {
		switch {
		case content[i] == '\n', content[i] == '\r' && (i+1 == len(content) || content[i+1] != '\n'):
			t.lines = append(t.lines, i+1)
		}
	}
	return t
}

// offset is the byte of a place. What lies outside is the nearest place inside.
func (t *text) offset(p position) int {
	if p.Line < 0 {
		return 0
	}
	if p.Line >= len(t.lines) {
		return len(t.content)
	}
	start, end := t.lines[p.Line], len(t.content)
	if p.Line+1 < len(t.lines) {
		end = t.lines[p.Line+1]
	}
	line := strings.TrimRight(t.content[start:end], "\r\n")
	units := 0
	for i, r := range line {
		if units >= p.Character {
			return start + i
		}
		units += t.units(r, line[i:])
	}
	return start + len(line)
}

// units is how many characters of the protocol a rune counts for.
func (t *text) units(r rune, from string) int {
	if t.utf8 {
		_, n := utf8.DecodeRuneInString(from)
		return n
	}
	if r > 0xffff {
		return 2
	}
	return 1
}

// position is the place of a byte.
func (t *text) position(offset int) position {
	offset = max(0, min(offset, len(t.content)))
	low, high := 0, len(t.lines)-1
	for low < high {
		if middle := (low + high + 1) / 2; t.lines[middle] <= offset {
			low = middle
		} else {
			high = middle - 1
		}
	}
	p := position{Line: low}
	line := t.content[t.lines[low]:offset]
	for i, r := range line {
		p.Character += t.units(r, line[i:])
	}
	return p
}

func (t *text) span(from, to int) textRange { return textRange{t.position(from), t.position(to)} }

func (t *text) rangeOf(r diag.Range) textRange { return t.span(r.Start.Offset, r.End.Offset) }

// changed is the content with a part replaced.
func (t *text) changed(r textRange, with string) string {
	from, to := t.offset(r.Start), t.offset(r.End)
	if to < from {
		from, to = to, from
	}
	return t.content[:from] + with + t.content[to:]
}
