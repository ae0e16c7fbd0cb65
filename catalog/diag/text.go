package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// WriteText shows problems to a person at a terminal: the place and the summary, the line of source with a
// caret under the range, related places, and what to do. sourceOf returns the bytes of a file, or nil if it
// has none; it may be nil. The only errors are those of w.
func WriteText(w io.Writer, list List, sourceOf func(file string) []byte) error {
	return WriteTextIn(w, nil, list, sourceOf)
}

// WriteTextIn is WriteText in another language; nil is English.
func WriteTextIn(w io.Writer, l *Language, list List, sourceOf func(file string) []byte) error {
	var b strings.Builder
	for i := range list {
		d := list[i].In(l)
		b.WriteString(d.line(l))
		b.WriteByte('\n')
		if sourceOf != nil {
			if line, ok := lineAt(sourceOf(d.Range.File), d.Range.Start); ok {
				writeLine(&b, line, d.Range)
			}
		}
		for _, r := range d.Related {
			fmt.Fprintf(&b, "  %s:%d:%d: %s\n", visible(r.Range.File), r.Range.Start.Line, r.Range.Start.Column, l.safe(r.Message))
		}
		if d.Help != "" {
			fmt.Fprintf(&b, "%s\n", l.safe(Say("help: {what}", "what", d.help).In(l)))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// lineAt is the line of source that holds the byte at p. It goes by the offset alone: a source that has
// changed since gives a wrong line, never a panic.
func lineAt(source []byte, p Position) (string, bool) {
	if source == nil || p.Line < 1 || p.Offset < 0 || p.Offset > len(source) {
		return "", false
	}
	start := bytes.LastIndexByte(source[:p.Offset], '\n') + 1
	line := source[start:]
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	line = bytes.TrimSuffix(line, []byte("\r"))
	if start == 0 {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	return string(line), true
}

const (
	indent      = "    "
	longestLine = 160 // runes of a source line that are shown
	leadIn      = 60  // runes that are shown before the range when a line is cut
)

// writeLine prints the line and, under it, a caret below each rune of the range that lies on this line.
func writeLine(b *strings.Builder, line string, r Range) {
	runes := []rune(visible(line))
	from := min(r.Start.Column-1, len(runes))
	to := len(runes)
	if r.End.Line == r.Start.Line {
		to = min(r.End.Column-1, len(runes))
	}
	more := ""
	if len(runes) > longestLine {
		cut := max(0, min(from-leadIn, len(runes)-longestLine))
		end := min(len(runes), cut+longestLine)
		if end < len(runes) {
			more = "…"
		}
		runes = runes[cut:end]
		from, to = from-cut, min(to-cut, len(runes))
		if cut > 0 {
			runes[0] = '…'
		}
	}
	fmt.Fprintf(b, "%s%s%s\n%s", indent, string(runes), more, indent)
	for _, c := range runes[:from] {
		// A tab stays a tab, so that the caret is right whatever the width of tabs.
		if c == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteString(strings.Repeat(" ", cells(c)))
		}
	}
	carets := 0
	for i := from; i < to; i++ {
		carets += cells(runes[i])
	}
	b.WriteString(strings.Repeat("^", max(1, carets)))
	b.WriteByte('\n')
}

// cells is the width of a rune on a terminal: none for marks such as the Arabic vowel signs and for joiners,
// two for the wide East Asian scripts.
func cells(c rune) int {
	switch {
	case unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case c >= 0x1100 && (c <= 0x115f || c >= 0x2e80 && c <= 0xa4cf || c >= 0xac00 && c <= 0xd7a3 ||
		c >= 0xf900 && c <= 0xfaff || c >= 0xfe30 && c <= 0xfe6f || c >= 0xff00 && c <= 0xff60 || c >= 0x1f300 && c <= 0x1faff):
		return 2
	}
	return 1
}

// safe is visible for text that English was made into. Another language's own isolates stay: its arguments were made visible before them.
func (l *Language) safe(s string) string {
	if l == nil {
		return visible(s)
	}
	return s
}

// visible replaces what could drive a terminal or turn the direction of the line, rune for rune.
func visible(s string) string {
	return strings.Map(func(c rune) rune {
		if c != '\t' && unicode.IsControl(c) || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c == 0x2028 || c == 0x2029 {
			return unicode.ReplacementChar
		}
		return c
	}, s)
}
