package source

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

var (
	// ErrStale means that the node was parsed from other bytes than those to be edited.
	ErrStale = errors.New("the file has changed since it was read")
	// ErrRefused means that no way to write the value was found that leaves everything else as it is.
	ErrRefused = errors.New("the edit would change more than the value")
)

// Set replaces the value of the scalar n in src, the bytes that n was parsed from, and returns the new bytes;
// src stays as it is. It keeps the style of the value where it can. It proves the edit: the result is parsed
// again, and every other node must have the same value in the same style at the same place, shifted by
// exactly the length of the edit. Otherwise it returns ErrRefused; ErrStale if src is not what n came from.
func Set(src []byte, n *Node, value string) ([]byte, error) {
	if n.doc.src != string(src) {
		return nil, ErrStale
	}
	if n.Kind != Scalar && n.Kind != Null {
		return nil, fmt.Errorf("%w: it is %s", ErrRefused, n.Kind)
	}
	if n.made {
		return nil, fmt.Errorf("%w: a blueprint fills it", ErrRefused)
	}
	start, end := int(n.start), int(n.end)
	if n.Style == Literal || n.Style == Folded {
		if header := n.doc.src[start:n.doc.lineEnd(start)]; !plainHeader[header] {
			// A comment or an indentation stands there, and would be lost.
			return nil, fmt.Errorf("%w: the block begins with %q", ErrRefused, header)
		}
		end = n.doc.lineEnd(end)
	}
	for _, written := range n.spellings(value) {
		out := make([]byte, 0, len(src)+len(written))
		out = append(append(append(out, src[:start]...), written...), src[end:]...)
		after, _ := Parse(n.doc.file, out, unlimited)
		if after == nil || after.doc.problems > n.doc.problems {
			continue
		}
		e := edit{from: n, value: value, start: start, end: end, grown: len(written) - (end - start)}
		if e.only(n.doc.root, after) && e.met {
			return out, nil
		}
	}
	return nil, ErrRefused
}

// unlimited: the file has passed the limits of whoever parsed it; the proof must not fail on them.
var unlimited = Limits{Bytes: 1 << 30, Nodes: 1 << 30, Depth: 1 << 30, Keys: 1 << 30}

var plainHeader = map[string]bool{"|": true, "|-": true, ">": true, ">-": true}

// ambiguous are plain words that other readers of YAML take for something else than text.
var ambiguous = regexp.MustCompile(`(?i)^(true|false|null|~|yes|no|on|off|y|n)$`)

// spellings are the ways to write value in place of n, the preferred first; the last always means the value.
func (n *Node) spellings(value string) []string {
	var all []string
	space := ""
	if n.start == n.end {
		space = " " // after the colon or hyphen of a key or item without a value
	}
	printable := strings.IndexFunc(value, func(r rune) bool {
		return r != '\n' && !unicode.IsPrint(r) && !(unicode.Is(unicode.Cf, r) && !direction(r) && r != 0xfeff)
	}) < 0
	single := printable && !strings.Contains(value, "\n")
	switch {
	case n.Style == Literal && printable && value != "":
		all = append(all, n.block(value))
	case n.Style == SingleQuoted && single:
		all = append(all, "'"+strings.ReplaceAll(value, "'", "''")+"'")
	case n.Style == Plain && single && (!ambiguous.MatchString(value) || n.typ == typeOther):
		all = append(all, space+value)
	}
	if n.Style == Plain && single && strings.Contains(value, `"`) { // rather than with a backslash before each of them
		all = append(all, space+"'"+strings.ReplaceAll(value, "'", "''")+"'")
	}
	return append(all, space+doubleQuoted(value))
}

// block writes value as a literal block with the indentation that the block n has.
func (n *Node) block(value string) string {
	first := strings.TrimLeft(n.Value, "\n")
	at := n.At(len(n.Value) - len(first))
	indent := strings.Repeat(" ", at.Column-1)
	var b strings.Builder
	b.WriteString("|")
	text, ended := strings.CutSuffix(value, "\n")
	if !ended {
		b.WriteString("-")
	}
	for line := range strings.SplitSeq(text, "\n") {
		b.WriteByte('\n')
		if line != "" {
			b.WriteString(indent)
			b.WriteString(line)
		}
	}
	return b.String()
}

// doubleQuoted writes any value on one line.
func doubleQuoted(value string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range value {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r > 0xffff && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08X`, r)
		case r != ' ' && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// edit is one replacement, to be compared with what came of it.
type edit struct {
	from       *Node
	value      string
	start, end int
	grown      int
	met        bool
}

// only tells whether b is a with nothing changed but the value of the edit.
func (e *edit) only(a, b *Node) bool {
	if int(a.start) == int(e.from.start) && a.Kind == e.from.Kind && a.end == e.from.end {
		e.met = true
		return b.Kind == Scalar && b.Value == e.value && int(b.start) >= e.start && int(b.end) <= e.end+e.grown &&
			(b.Style != Plain || b.typ == typeText || b.typ == a.typ)
	}
	if a.Kind != b.Kind || a.Style != b.Style || a.typ != b.typ || a.Value != b.Value || len(a.children) != len(b.children) {
		return false
	}
	start := a.start
	if int(start) > e.start {
		start += int32(e.grown)
	}
	if b.start != start {
		return false
	}
	for i := range a.children {
		if !e.only(a.children[i], b.children[i]) {
			return false
		}
	}
	return true
}
