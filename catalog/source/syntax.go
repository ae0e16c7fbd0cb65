package source

import (
	"errors"
	"fmt"
	"io"
	"regexp"
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

// advice says in plain words what is wrong, and what to do about it, for the syntax errors that people make.
var advice = []struct {
	problem       string
	summary, help diag.Phrase
}{
	{"mapping values are not allowed", "not valid YAML: a colon cannot stand here",
		"If the colon belongs to the text, put the text in quotation marks; otherwise the line is indented too far, or the line above lacks its colon."},
	{"did not find expected key", "not valid YAML: a key is expected here",
		"Keys of one item begin in the same column. Nothing follows a closing quotation mark or bracket: a text that begins with [, { or ' stands in quotation marks as a whole."},
	{"did not find expected '-'", "not valid YAML: an item of the list is expected here",
		"Every item of the list begins with a hyphen and a space in the same column, and its keys stand in one column behind it."},
	{"did not find expected ',' or", "not valid YAML: the bracket that is open here is not closed, or a text in it needs quotation marks",
		"Close the bracket. Inside brackets a text with a comma, a colon, a question mark, a bracket or an apostrophe stands in quotation marks: {en: \"What's new?\"}."},
	{"found unexpected end of stream", "not valid YAML: a quotation mark is not closed", "Close the quotation mark."},
	{"could not find expected ':'", "not valid YAML: a key has no colon", "Write a colon and a space after the key."},
	{"tab character", "not valid YAML: a tab cannot indent", "Indent with spaces, not with tabs."},
	{"cannot start any token", "not valid YAML: a text cannot begin with this character", "Put the text in quotation marks."},
	{"unknown escape", "not valid YAML: this cannot stand behind a backslash", "In double quotation marks a backslash is written twice; in single ones once."},
	{"expected <document start>", "not valid YAML: the file goes on after its end", "All keys of the file begin in the first column; check the indentation."},
}

// lookalikes are characters that are not what they look like, where a space, a comma or a colon is meant. Inside a text they are right.
var lookalikes = []struct {
	form          *regexp.Regexp // its group is the character
	summary, help diag.Phrase
}{
	{regexp.MustCompile(`(?:[:,-]|^) *([\x{00a0}\x{2007}\x{202f}\x{3000}])`), "not valid YAML: this is no space to YAML, though it looks like one", "Type the spaces of the line again."},
	{regexp.MustCompile(`(،) *[a-z]{2,3}:`), "not valid YAML: the comma ، does not separate keys", "Write a plain comma and a space."},
	{regexp.MustCompile(`^[ -]*[A-Za-z]+(：)`), "not valid YAML: the wide colon does not end a key", "Write a plain colon and a space."},
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
	summary, help := diag.Say("not valid YAML: {problem}", "problem", problem), diag.Phrase("Check the indentation and the quotation marks.")
	for _, a := range advice {
		if strings.Contains(problem, a.problem) {
			summary, help = diag.Say(a.summary), a.help
			break
		}
	}
	for _, l := range lookalikes {
		if m := l.form.FindStringSubmatchIndex(d.line(at.Start.Offset)); m != nil {
			summary, help = diag.Say(l.summary), l.help
			start := d.lineStart(at.Start.Offset)
			at = d.span(start+m[2], start+m[3])
			break
		}
	}
	return diag.Of(diag.Error, "syntax", at, summary).WithHelp(help)
}

// line is the text of the line that holds the byte at offset.
func (d *document) line(offset int) string {
	text, _, _ := strings.Cut(d.src[d.lineStart(offset):], "\n")
	return text
}

func (d *document) lineStart(offset int) int {
	return max(d.bom, strings.LastIndexByte(d.src[:offset], '\n')+1)
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
