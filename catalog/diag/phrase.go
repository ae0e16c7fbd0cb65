package diag

import (
	"fmt"
	"strconv"
	"strings"
)

// Phrase is wording of ours, in English: a sentence, or a word that stands in one. "{name}" in it is the place of the argument of that name
// and "{name:q}" of the same in quotation marks and shortened. Every constant Phrase of the program has its Arabic in catalog/explain; the
// type is what a test finds them by, so it is converted from a constant alone.
type Phrase string

// Code is the stable, kebab-case name of a kind of problem, such as "unknown-key". Each has a page in catalog/explain.
type Code string

// Args are the arguments of a Phrase by name. A value is
//   - a string: what somebody else wrote, or a code. It is shown as it is in every language;
//   - an int;
//   - a Phrase or a Message: ours, told in the language of the reader;
//   - a []string, []Phrase or []Message: enumerated, "a, b and c".
type Args map[string]any

// Message is a Phrase with its arguments. The zero Message says nothing.
type Message struct {
	Phrase Phrase
	Args   Args
}

// Say joins a phrase with its arguments, pairs of name and value as in Args. A place with no argument stays as it is, so that a test sees
// it. It panics on a value of another type than Args takes: that is a mistake in the program.
func Say(phrase Phrase, args ...any) Message {
	m := Message{Phrase: phrase}
	if len(args) < 2 {
		return m
	}
	m.Args = make(Args, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m.Args[args[i].(string)] = args[i+1]
	}
	return m
}

// String is the message in English.
func (m Message) String() string { return m.In(nil) }

// In is the message in a language; nil is English. What the language does not have is told in English.
func (m Message) In(l *Language) string {
	text, own := l.sentence(m.Phrase)
	if len(m.Args) == 0 {
		return l.code(text, own)
	}
	pairs := make([]string, 0, 4*len(m.Args))
	for name, value := range m.Args {
		// Only what has a place is said: an argument may be a message in a message in a message, and saying each of them twice would never end.
		for _, quoted := range []bool{false, true} {
			place := map[bool]string{false: "{" + name + "}", true: "{" + name + ":q}"}[quoted]
			if strings.Contains(text, place) {
				pairs = append(pairs, place, l.value(value, quoted))
			}
		}
	}
	// One replacer: an argument that itself contains a place is not filled in again.
	return strings.NewReplacer(pairs...).Replace(l.code(text, own))
}

// merged gives m also the arguments of other that it does not have.
func (m Message) merged(other Args) Message {
	if len(other) == 0 || m.Phrase == "" {
		return m
	}
	all := make(Args, len(m.Args)+len(other))
	for name, value := range other {
		all[name] = value
	}
	for name, value := range m.Args {
		all[name] = value
	}
	m.Args = all
	return m
}

// Language is another language than English in which findings are told.
type Language struct {
	// Code is the language's code in HTML and in catalogues: ar.
	Code string
	// Sentences are the phrases in the language. Between ` and ` in them stands what is written as it is in a definition.
	Sentences map[Phrase]string
}

// tag is the code of the language; English has en.
func (l *Language) tag() string {
	if l == nil {
		return "en"
	}
	return l.Code
}

func (l *Language) sentence(p Phrase) (text string, own bool) {
	if l != nil {
		if text, own = l.Sentences[p]; own {
			return text, true
		}
	}
	return string(p), false
}

// The isolates keep what runs from left to right in one piece inside a sentence that runs from right to left.
const (
	leftToRight = "\u2066"
	firstStrong = "\u2068"
	endIsolate  = "\u2069"
)

// code puts what stands between ` and ` into isolates.
func (l *Language) code(text string, own bool) string {
	if !own || !strings.Contains(text, "`") {
		return text
	}
	var b strings.Builder
	for i, part := range strings.Split(text, "`") {
		if i%2 == 1 {
			part = leftToRight + part + endIsolate
		}
		b.WriteString(part)
	}
	return b.String()
}

// value tells one argument.
func (l *Language) value(v any, quoted bool) string {
	switch v := v.(type) {
	case string:
		if quoted {
			v = Quote(v)
		}
		if l == nil {
			return v
		}
		return firstStrong + visible(v) + endIsolate
	case int:
		return strconv.Itoa(v)
	case Phrase:
		return Message{Phrase: v}.In(l)
	case Message:
		return v.In(l)
	case []string:
		return enumerate(l, v, quoted)
	case []Phrase:
		return enumerate(l, v, quoted)
	case []Message:
		return enumerate(l, v, quoted)
	}
	panic(fmt.Sprintf("diag: a %T cannot be said", v))
}

// enumerate says "a", "a and b", "a, b and c".
func enumerate[T string | Phrase | Message](l *Language, all []T, quoted bool) string {
	out := ""
	for i, v := range all {
		next := l.value(any(v), quoted)
		switch {
		case i == 0:
			out = next
		case i == len(all)-1:
			out = join(l, "{this} and {next}", out, next)
		default:
			out = join(l, "{this}, {next}", out, next)
		}
	}
	return out
}

func join(l *Language, how Phrase, this, next string) string {
	text, _ := l.sentence(how)
	return strings.NewReplacer("{this}", this, "{next}", next).Replace(text)
}
