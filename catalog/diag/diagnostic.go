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

	message Message
}

// Diagnostic is one problem.
type Diagnostic struct {
	Severity Severity `json:"severity"`
	// Code is stable: the page of the problem and the tools of others refer to it.
	Code  Code  `json:"code"`
	Range Range `json:"range"`
	// Summary is one sentence without a full stop, ready to be shown: in English, or in the language of In.
	Summary string `json:"summary"`
	// Args are the values in Summary and Help by name, as they are said in English.
	Args map[string]string `json:"args,omitempty"`
	// Help says what to do, or is empty.
	Help string `json:"help,omitempty"`
	// Suggestion is what was probably meant in place of the text in Range, or is empty.
	Suggestion string    `json:"suggestion,omitempty"`
	Related    []Related `json:"related,omitempty"`

	summary, help Message
}

// New makes a Diagnostic of a phrase and its arguments, as Say does.
func New(severity Severity, code Code, r Range, phrase Phrase, args ...any) Diagnostic {
	return Of(severity, code, r, Say(phrase, args...))
}

// Of makes a Diagnostic of a message.
func Of(severity Severity, code Code, r Range, summary Message) Diagnostic {
	d := Diagnostic{Severity: severity, Code: code, Range: r, Summary: summary.String(), summary: summary}
	d.name(summary.Args)
	return d
}

func (d *Diagnostic) name(args Args) {
	if len(args) == 0 {
		return
	}
	all := make(map[string]string, len(d.Args)+len(args))
	for name, value := range d.Args {
		all[name] = value
	}
	for name, value := range args {
		all[name] = (*Language)(nil).value(value, false)
	}
	d.Args = all
}

// WithHelp returns the diagnostic with what to do. The phrase may use the arguments of the summary too.
func (d Diagnostic) WithHelp(phrase Phrase, args ...any) Diagnostic {
	return d.Helped(Say(phrase, args...))
}

// Helped is WithHelp with a message.
func (d Diagnostic) Helped(help Message) Diagnostic {
	d.name(help.Args)
	d.help = help.merged(d.summary.Args)
	d.Help = d.help.String()
	return d
}

// WithMoreHelp returns the diagnostic with one more sentence behind the help that it has.
func (d Diagnostic) WithMoreHelp(phrase Phrase, args ...any) Diagnostic {
	if d.help.Phrase == "" {
		return d.WithHelp(phrase, args...)
	}
	return d.Helped(Say("{first} {then}", "first", d.help, "then", Say(phrase, args...)))
}

// WithSuggestion returns the diagnostic with what was probably meant.
func (d Diagnostic) WithSuggestion(s string) Diagnostic {
	d.Suggestion = s
	return d
}

// WithRelated returns the diagnostic with one more place that explains it.
func (d Diagnostic) WithRelated(r Range, phrase Phrase, args ...any) Diagnostic {
	m := Say(phrase, args...)
	d.Related = append(d.Related[:len(d.Related):len(d.Related)], Related{Range: r, Message: m.String(), message: m})
	return d
}

// In tells the diagnostic in another language; nil is English. It must have been made in this process: what was read from JSON has lost
// what it was made of and stays as it is.
func (d Diagnostic) In(l *Language) Diagnostic {
	if d.summary.Phrase == "" {
		return d
	}
	d.Summary, d.Help = d.summary.In(l), d.help.In(l)
	related := make([]Related, len(d.Related))
	for i, r := range d.Related {
		r.Message = r.message.In(l)
		related[i] = r
	}
	if len(related) > 0 {
		d.Related = related
	}
	return d
}

// String is the first line that WriteText prints for the diagnostic.
func (d Diagnostic) String() string { return d.line(nil) }

// line is the first line in a language. The place stands first in every language, as editors want it.
func (d Diagnostic) line(l *Language) string {
	d = d.In(l)
	var b strings.Builder
	if d.Range.File != "" {
		b.WriteString(visible(d.Range.File))
		b.WriteByte(':')
	}
	if d.Range.Start.Line > 0 {
		fmt.Fprintf(&b, "%d:%d:", d.Range.Start.Line, d.Range.Start.Column)
	}
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	severity := Phrase("error")
	if d.Severity == Warning {
		severity = "warning"
	}
	fmt.Fprintf(&b, "%s[%s]: %s", Say(severity).In(l), d.Code, d.Summary)
	if d.Suggestion != "" {
		fmt.Fprintf(&b, " (%s)", meant(d.Suggestion).In(l))
	}
	return l.safe(b.String())
}

func meant(suggestion string) Message { return Say("did you mean {word:q}?", "word", suggestion) }

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
