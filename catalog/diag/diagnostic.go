package diag

import (
	"fmt"
	"strconv"
	"strings"
)

// Position is a place in a file. Line and Column start at 1 and Column counts runes, as editors show it;
// Offset counts bytes from 0. The zero Position means that no place is known.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Offset int `json:"offset"`
}

// Range is the text from Start up to, not including, End. The zero Range means that no place is known; a
// Range with only File concerns the whole file.
type Range struct {
	File  string   `json:"file"`
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// Severity tells whether a definition can be released in spite of the problem.
type Severity uint8

const (
	Error   Severity = iota // The definition must not be released.
	Warning                 // The definition works; somebody should look.
)

// String is "error" or "warning".
func (s Severity) String() string {
	if s == Warning {
		return "warning"
	}
	return "error"
}

// MarshalText writes the severity as its word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes and refuses anything else.
func (s *Severity) UnmarshalText(b []byte) error {
	switch string(b) {
	case "error":
		*s = Error
	case "warning":
		*s = Warning
	default:
		return fmt.Errorf("severity %q is neither error nor warning", b)
	}
	return nil
}

// Related is a second place that explains a problem, such as the first of two equal keys.
type Related struct {
	Range   Range  `json:"range"`
	Message string `json:"message"`
}

// Diagnostic is one problem.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	// Code is stable and in kebab-case, such as "unknown-key". Translations and documentation refer to it.
	Code  string `json:"code"`
	Range Range  `json:"range"`
	// Summary is one English sentence without a full stop, ready to be shown.
	Summary string `json:"summary"`
	// Args are the values in Summary by name, so that Code and Args can be told in another language.
	Args map[string]string `json:"args,omitempty"`
	// Help says what to do, or is empty.
	Help string `json:"help,omitempty"`
	// Suggestion is what was probably meant in place of the text in Range, or is empty.
	Suggestion string    `json:"suggestion,omitempty"`
	Related    []Related `json:"related,omitempty"`
}

// New makes a Diagnostic from a template. "{name}" in the template stands for the argument of that name and
// "{name:q}" for the same in quotation marks and shortened; args are pairs of name and value. A placeholder
// with no argument stays as it is, so that a test sees it.
func New(severity Severity, code string, r Range, template string, args ...string) Diagnostic {
	d := Diagnostic{Severity: severity, Code: code, Range: r, Summary: template}
	if len(args) < 2 {
		return d
	}
	d.Args = make(map[string]string, len(args)/2)
	// One replacer: an argument that itself contains a placeholder is not expanded again.
	pairs := make([]string, 0, 2*len(args))
	for i := 0; i+1 < len(args); i += 2 {
		name, value := args[i], args[i+1]
		d.Args[name] = value
		pairs = append(pairs, "{"+name+"}", value, "{"+name+":q}", Quote(value))
	}
	d.Summary = strings.NewReplacer(pairs...).Replace(template)
	return d
}

// WithHelp returns the diagnostic with what to do.
func (d Diagnostic) WithHelp(help string) Diagnostic {
	d.Help = help
	return d
}

// WithSuggestion returns the diagnostic with what was probably meant.
func (d Diagnostic) WithSuggestion(s string) Diagnostic {
	d.Suggestion = s
	return d
}

// WithRelated returns the diagnostic with one more place that explains it.
func (d Diagnostic) WithRelated(r Range, message string) Diagnostic {
	d.Related = append(d.Related[:len(d.Related):len(d.Related)], Related{Range: r, Message: message})
	return d
}

// String is the first line that WriteText prints for the diagnostic.
func (d Diagnostic) String() string {
	var b strings.Builder
	if d.Range.File != "" {
		b.WriteString(d.Range.File)
		b.WriteByte(':')
	}
	if d.Range.Start.Line > 0 {
		fmt.Fprintf(&b, "%d:%d:", d.Range.Start.Line, d.Range.Start.Column)
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	fmt.Fprintf(&b, "%s[%s]: %s", d.Severity, d.Code, d.Summary)
	if d.Suggestion != "" {
		fmt.Fprintf(&b, " (did you mean %s?)", Quote(d.Suggestion))
	}
	return visible(b.String())
}

// longestQuote is how many runes of a value a summary shows.
const longestQuote = 40

// Quote puts a value of a definition in quotation marks for a summary: shortened, and with everything that
// does not print escaped, direction controls included.
func Quote(value string) string {
	n := 0
	for i := range value {
		if n == longestQuote {
			return strconv.Quote(value[:i] + "…")
		}
		n++
	}
	return strconv.Quote(value)
}
