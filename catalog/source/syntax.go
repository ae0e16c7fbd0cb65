package source

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	yaml "gopkg.in/yaml.v3"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// errSecond stands for a second document, which Decode alone would drop in silence.
var errSecond = errors.New("more than one document")

// readYAML reads the one document of r. A nil node without an error is a file with no value in it.
func readYAML(r io.Reader) (root *yaml.Node, err error) {
	// The YAML library panics on a few malformed files instead of returning its error.
	defer func() {
		if p := recover(); p != nil {
			root, err = nil, fmt.Errorf("yaml: %v", p)
		}
	}()
	decoder := yaml.NewDecoder(r)
	var first, second yaml.Node
	if err := decoder.Decode(&first); err == io.EOF {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	switch err := decoder.Decode(&second); err {
	case io.EOF:
		return first.Content[0], nil
	case nil:
		return &second, errSecond
	default:
		return nil, err
	}
}

// problemOf is the library's message without its line, which is off by one or the start of the surrounding
// collection, depending on the kind of error.
func problemOf(err error) string {
	s := strings.TrimPrefix(err.Error(), "yaml: ")
	if strings.HasPrefix(s, "line ") {
		if _, after, ok := strings.Cut(s, ": "); ok {
			s = after
		}
	}
	return s
}

// advice says what to do about the syntax errors that people make.
var advice = []struct{ problem, help string }{
	{"mapping values are not allowed", "If the colon belongs to the text, put the text in quotation marks; otherwise check the indentation."},
	{"did not find expected key", "Check the indentation, and that nothing follows a text in quotation marks."},
	{"did not find expected '-'", "Every item of the list begins with a hyphen in the same column."},
	{"did not find expected ',' or", "Close the bracket, or put a comma between the values."},
	{"found unexpected end of stream", "Close the quotation mark."},
	{"could not find expected ':'", "Write a colon and a space after the key."},
	{"tab character", "Indent with spaces, not with tabs."},
	{"cannot start any token", "Put the text in quotation marks."},
	{"unknown escape", "In double quotation marks a backslash is written twice; in single ones once."},
	{"expected <document start>", "A file holds one mapping; check the indentation."},
}

// syntaxError is the diagnostic for a file that is not YAML.
func (d *document) syntaxError(err error, limits Limits) diag.Diagnostic {
	problem := problemOf(err)
	at := d.locate(problem)
	if strings.HasPrefix(problem, "unknown anchor") {
		return aliasProblem(at)
	}
	if tooDeepToParse(problem) {
		return tooDeep(at, limits.Depth)
	}
	if d.src[at.Start.Offset:at.End.Offset] == "\t" {
		problem = "found a tab character that violates indentation"
	}
	help := "Check the indentation and the quotation marks."
	for _, a := range advice {
		if strings.Contains(problem, a.problem) {
			help = a.help
			break
		}
	}
	return diag.New(diag.Error, "syntax", at, "not valid YAML: {problem}", "problem", problem).WithHelp(help)
}

// tooDeepToParse tells nesting beyond the library's own limit, far above ours.
func tooDeepToParse(problem string) bool { return strings.HasPrefix(problem, "exceeded max depth") }

// lineReader hands out one line at a time and so tells how far the library has read when it gives up.
type lineReader struct {
	rest string
	read int
}

func (r *lineReader) Read(p []byte) (int, error) {
	if r.rest == "" {
		return 0, io.EOF
	}
	n := len(p)
	if end := strings.IndexByte(r.rest, '\n'); end >= 0 && end+1 < n {
		n = end + 1
	}
	n = copy(p[:n], r.rest)
	r.rest, r.read = r.rest[n:], r.read+n
	return n, nil
}

// searchBytes bounds what locate may parse again, about a tenth of a second's work.
const searchBytes = 2 << 20

// locate finds where the problem begins: the last character of the shortest text that ends shortly before the
// place where the library gave up and has the same problem. That is the second colon of "a: b: c", and the
// opening mark of a quotation that is never closed.
func (d *document) locate(problem string) diag.Range {
	text := d.src[d.bom:]
	r := &lineReader{rest: text}
	// The error is the one we already have; only the distance read is news.
	_, _ = readYAML(r)
	budget := searchBytes
	if tooDeepToParse(problem) {
		budget = 0 // deep nesting is slow to parse, and its place is no riddle
	}
	fails := func(end int) bool {
		budget -= end
		if budget < 0 {
			return false
		}
		_, err := readYAML(strings.NewReader(text[:end]))
		return err != nil && problemOf(err) == problem
	}
	end := min(r.read, len(text))
	for end > 0 { // by lines
		before := strings.LastIndexByte(text[:end-1], '\n') + 1
		if before == 0 || !fails(before) {
			break
		}
		end = before
	}
	for end > 0 { // by characters
		_, size := utf8.DecodeLastRuneInString(text[:end])
		if !fails(end - size) {
			break
		}
		end -= size
	}
	_, size := utf8.DecodeLastRuneInString(text[:end])
	return d.span(d.bom+end-size, d.bom+end)
}
