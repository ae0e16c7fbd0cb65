package source

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// The YAML library tells where a value begins, not where it ends, and nothing about the characters inside.
// Everything here compares the value with the bytes that it was read from.

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func skipBlank(src string, i int) int {
	for i < len(src) && blank(src[i]) {
		i++
	}
	return i
}

// scalarEnd is the offset after the last character of the scalar n, or its start if that cannot be told.
func (d *document) scalarEnd(n *Node) int {
	start := int(n.start)
	switch n.Style {
	case SingleQuoted, DoubleQuoted:
		return d.closingQuote(start)
	case Literal, Folded:
		header := d.lineEnd(start)
		if end, ok := d.follow(header, n.Value, len(n.Value)); ok && end > header {
			return end
		}
		return header
	}
	if strings.HasPrefix(d.src[start:], n.Value) {
		return start + len(n.Value)
	}
	if end, ok := d.follow(start, n.Value, len(n.Value)); ok {
		return end
	}
	return start
}

// closingQuote is the offset after the mark that closes the quotation at start.
func (d *document) closingQuote(start int) int {
	if start >= len(d.src) || d.src[start] != '"' && d.src[start] != '\'' {
		return start
	}
	mark := d.src[start]
	for i := start + 1; i < len(d.src); i++ {
		switch c := d.src[i]; {
		case c == '\\' && mark == '"':
			i++
		case c == mark && mark == '\'' && i+1 < len(d.src) && d.src[i+1] == '\'':
			i++
		case c == mark:
			return i + 1
		}
	}
	return start
}

// lineEnd is the offset of the line break that ends the line of i.
func (d *document) lineEnd(i int) int {
	if end := strings.IndexByte(d.src[i:], '\n'); end >= 0 {
		i += end
		if d.src[i-min(i, 1)] == '\r' {
			i--
		}
		return i
	}
	return len(d.src)
}

// collectionEnd is the offset after a list or mapping: after its last child, or after its closing bracket.
func (d *document) collectionEnd(n *Node) int {
	i := int(max(n.end, n.start))
	for _, c := range n.children {
		i = max(i, int(c.end))
	}
	if int(n.start) >= len(d.src) || d.src[n.start] != '{' && d.src[n.start] != '[' {
		return i
	}
	// An implicit mapping in a list, [a: b], begins with its key; here the first byte is the bracket, unless
	// that key is itself a collection, which Parse has refused.
	for i = max(i, int(n.start)+1); i < len(d.src); i++ {
		switch c := d.src[i]; {
		case c == '#':
			i = d.lineEnd(i)
		case c == ']' || c == '}':
			return i + 1
		}
	}
	return len(d.src)
}

// follow walks through value and source together, passing over white space in both, and returns the offset of
// the byte value[stop]. It serves every style without escapes, however its lines are folded.
func (d *document) follow(at int, value string, stop int) (int, bool) {
	for v := 0; v < stop; v++ {
		if blank(value[v]) {
			continue
		}
		at = skipBlank(d.src, at)
		if at >= len(d.src) || d.src[at] != value[v] {
			return 0, false
		}
		at++
	}
	if stop < len(value) && !blank(value[stop]) {
		at = skipBlank(d.src, at)
	}
	return at, true
}

// followQuoted is follow for quotations: at is the opening mark.
func (d *document) followQuoted(at, stop int) int {
	mark, src := d.src[at], d.src
	at++
	for v := 0; v < stop && at < len(src); {
		width, length := 1, 1 // bytes in the file, bytes in the value
		switch c := src[at]; {
		case c == '\\' && mark == '"':
			width, length = escape(src[at:])
		case c == '\'' && mark == '\'':
			width = 2
		case blank(c):
			run := skipBlank(src, at) - at
			if breaks := strings.Count(src[at:at+run], "\n"); breaks > 0 {
				width, length = run, max(1, breaks-1)
			}
		}
		if v+length > stop {
			break
		}
		v, at = v+length, at+width
	}
	return at
}

// escape is the width of the escape at the beginning of s and the length of what it stands for.
func escape(s string) (width, length int) {
	if len(s) < 2 {
		return 1, 1
	}
	digits := 0
	switch s[1] {
	case '\n', '\r':
		return skipBlank(s, 1), 0
	case 'N', '_':
		return 2, 2
	case 'L', 'P':
		return 2, 3
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	default:
		return 2, 1
	}
	width = min(2+digits, len(s))
	code, err := strconv.ParseUint(s[2:width], 16, 32)
	if err != nil {
		return width, 1
	}
	return width, max(1, utf8.RuneLen(rune(code)))
}

// At is the place in the file of the byte at offset in the value of a scalar, such as a place in a formula.
// It is exact except in white space at which lines are folded. Where the value cannot be followed in the
// file, and for a node that is no scalar, it is the start of the node.
func (n *Node) At(offset int) diag.Position {
	return n.doc.position(n.offsetAt(offset))
}

// Span is the range in the file of value[from:to] of a scalar.
func (n *Node) Span(from, to int) diag.Range {
	if n.made {
		return n.Range()
	}
	a, b := n.offsetAt(from), n.offsetAt(to)
	return n.doc.span(a, max(a, b))
}

func (n *Node) offsetAt(offset int) int {
	start := int(n.start)
	if n.Kind != Scalar || offset < 0 || n.end == n.start || n.made {
		return start
	}
	offset = min(offset, len(n.Value))
	switch n.Style {
	case SingleQuoted, DoubleQuoted:
		return min(n.doc.followQuoted(start, offset), int(n.end))
	case Literal:
		return n.literalAt(offset)
	case Folded:
		start = n.doc.lineEnd(start)
	case Plain:
		if int(n.end)-start == len(n.Value) {
			return start + offset
		}
	}
	if at, ok := n.doc.follow(start, n.Value, offset); ok {
		return at
	}
	return int(n.start)
}

// literalAt counts from the first visible character of the same line, whose place is certain: the
// indentation of the block is then taken off without knowing it.
func (n *Node) literalAt(offset int) int {
	header := n.doc.lineEnd(int(n.start))
	line := strings.LastIndexByte(n.Value[:offset], '\n') + 1
	first := line
	for first < len(n.Value) && (n.Value[first] == ' ' || n.Value[first] == '\t') {
		first++
	}
	if first >= len(n.Value) || n.Value[first] == '\n' {
		first = offset
	}
	at, ok := n.doc.follow(header, n.Value, first)
	if !ok {
		return int(n.start)
	}
	return at + offset - first
}
