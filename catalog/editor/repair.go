package editor

import (
	"bytes"
	"strings"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// A definition that is being written is broken most of the time. What is broken is put aside: a line that cannot be read becomes spaces, so
// that every place in the rest of the file stays where it is.

// mostRepairs bounds how many lines are put aside.
const mostRepairs = 6

// readable parses content, with lines put aside where that is needed. The node is nil where nothing helps. The bytes are those that were
// parsed.
func readable(file string, content []byte) (*source.Node, []byte) {
	text := content
	for range mostRepairs {
		root, list := source.Parse(file, text, source.Limits{})
		if root != nil {
			return root, text
		}
		line := brokenLine(list)
		if line == 0 {
			return nil, text
		}
		if &text[0] == &content[0] {
			text = bytes.Clone(content)
		}
		if !blankLine(text, line) {
			return nil, text
		}
	}
	return nil, text
}

// brokenLine is the line at which the file cannot be read, or 0.
func brokenLine(list diag.List) int {
	for _, d := range list {
		if d.Severity == diag.Error && d.Code != "too-large" && d.Code != "empty-file" {
			return d.Range.Start.Line
		}
	}
	return 0
}

// blankLine overwrites a line with spaces and tells whether there was anything to overwrite.
func blankLine(text []byte, line int) bool {
	start := 0
	for range line - 1 {
		i := bytes.IndexByte(text[start:], '\n')
		if i < 0 {
			return false
		}
		start += i + 1
	}
	found := false
	for i := start; i < len(text) && text[i] != '\n'; i++ {
		found = found || text[i] != ' '
		text[i] = ' '
	}
	return found
}

// marker stands at the cursor while a place is looked for. No definition has this word.
const marker = "zqxCursorzqx"

// marked puts the marker behind what is written of the word at the cursor, in whatever way makes the file readable, and parses that.
func marked(file string, content []byte, w word) (*source.Node, []byte) {
	start := bytes.LastIndexByte(content[:w.from], '\n') + 1
	end := len(content)
	if i := bytes.IndexByte(content[w.to:], '\n'); i >= 0 {
		end = w.to + i
	}
	before, after := string(content[start:w.from])+w.prefix+marker, strings.TrimRight(string(content[w.to:end]), "\r")
	attempts := spellings(before, after)
	try := func(head, rest []byte) (*source.Node, []byte) {
		for _, attempt := range attempts {
			text := make([]byte, 0, len(content)+len(marker)+8)
			text = append(append(append(text, head...), attempt...), rest...)
			if source.Reads(text) {
				root, _ := source.Parse(file, text, source.Limits{})
				return root, text
			}
		}
		return nil, nil
	}
	if len(content) > mostMarked {
		return nil, nil
	}
	if root, text := try(content[:start], content[end:]); root != nil {
		return root, text
	}
	// Another line is broken too: it is put aside, first with the line of the cursor, then what stands below is left out.
	without := bytes.Clone(content)
	for i := start; i < end; i++ {
		without[i] = ' '
	}
	if root, text := readable(file, without); root != nil {
		if root, text := try(text[:start], text[end:]); root != nil {
			return root, text
		}
	}
	if root, text := readable(file, content[:start]); root != nil {
		return try(text, nil)
	}
	return try(content[:start], nil)
}

// mostMarked is the largest file in which places are looked for, as much as Parse reads.
const mostMarked = 1 << 20

// spellings are the ways to make a line readable, the likeliest first.
func spellings(before, after string) []string {
	closing := open(before)
	value := []string{before + after, before + closing}
	key := []string{before + ":" + after, before + ": " + closing}
	if strings.HasPrefix(after, ":") {
		return value[:1]
	}
	if lead := strings.TrimRight(before, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"); strings.TrimSpace(lead) == "" {
		return append(key, value...)
	}
	return append(value, key...)
}

// open is what closes the brackets and the quotation that a line leaves open.
func open(line string) string {
	var closing []byte
	fresh := true // a value or key may begin here
	for i := 0; i < len(line); i++ {
		c := line[i]
		if n := len(closing); n > 0 && (closing[n-1] == '"' || closing[n-1] == '\'') {
			switch {
			case c == '\\' && closing[n-1] == '"':
				i++
			case c == closing[n-1]:
				closing = closing[:n-1]
			}
			continue
		}
		switch {
		case (c == '"' || c == '\'') && fresh:
			closing = append(closing, c)
		case c == '{' && fresh:
			closing = append(closing, '}')
		case c == '[' && fresh:
			closing = append(closing, ']')
		case (c == '}' || c == ']') && len(closing) > 0:
			closing = closing[:len(closing)-1]
		case c == '#' && i > 0 && line[i-1] == ' ':
			i = len(line)
		}
		fresh = c == ' ' && fresh || strings.IndexByte("{[,:-", c) >= 0 || c == ' ' && i > 0 && strings.IndexByte("{[,:-", line[i-1]) >= 0
	}
	for i, j := 0, len(closing)-1; i < j; i, j = i+1, j-1 {
		closing[i], closing[j] = closing[j], closing[i]
	}
	return string(closing)
}

// word is the word at the cursor: what is written of it before the cursor, and where it stands.
type word struct {
	prefix   string
	from, to int
}

// wordAt finds the word round offset. also are the characters beside letters and digits that belong to it.
func wordAt(content []byte, offset int, also string) word {
	part := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80 || strings.IndexByte(also, c) >= 0
	}
	from, to := offset, offset
	for from > 0 && part(content[from-1]) {
		from--
	}
	for to < len(content) && part(content[to]) {
		to++
	}
	return word{string(content[from:offset]), from, to}
}
