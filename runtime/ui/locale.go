package ui

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Locale writes texts, dates, money and numbers in one language. It is safe for concurrent use.
type Locale struct {
	lang     string
	tag      language.Tag
	messages messages
	zone     *time.Location
}

func newLocale(lang string, m messages, zone *time.Location) *Locale {
	return &Locale{lang: lang, tag: language.Make(lang), messages: m, zone: zone}
}

// Lang is the language's code, such as "ar".
func (l *Locale) Lang() string { return l.lang }

// Dir is "rtl" or "ltr".
func (l *Locale) Dir() string { return Dir(l.lang) }

// Pick chooses the text of this language from a map of languages; where it is missing English, Arabic or
// any other (the first by code) stands in, so that a page never shows an empty name.
func (l *Locale) Pick(texts map[string]string) string {
	for _, lang := range []string{l.lang, "en", "ar"} {
		if text := texts[lang]; text != "" {
			return text
		}
	}
	first := ""
	for lang, text := range texts {
		if text != "" && (first == "" || lang < first) {
			first = lang
		}
	}
	return texts[first]
}

// T is the message of a key as plain text. Arguments are pairs of name and value for the message's {name}
// places; the number named "count" chooses the plural form. Texts are isolated with U+2068 and U+2069 so
// that a Latin name inside an Arabic sentence stays whole. An unknown key comes back as itself.
func (l *Locale) T(key string, args ...any) string {
	text, err := l.translate(key, args, func(s string) string { return s }, isolate)
	if err != nil {
		return key
	}
	return text
}

// html is T for templates: arguments are escaped and wrapped in bdi, and an unknown key is an error.
func (l *Locale) html(key string, args ...any) (template.HTML, error) {
	text, err := l.translate(key, args, template.HTMLEscapeString, func(s string) string { return string(bdi(s)) })
	return template.HTML(text), err
}

func isolate(s string) string { return "\u2068" + s + "\u2069" }

// translate replaces the places of a message; escape is for the message's own words, wrap for its arguments.
func (l *Locale) translate(key string, args []any, escape, wrap func(string) string) (string, error) {
	found, ok := l.messages.find(l.lang, key)
	if !ok {
		return "", fmt.Errorf("ui: no message %q", key)
	}
	if len(args)%2 != 0 {
		return "", fmt.Errorf("ui: message %q: arguments come in pairs of name and value", key)
	}
	form := plural.Other
	pairs := make([]string, 0, len(args))
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return "", fmt.Errorf("ui: message %q: %v is not a name", key, args[i])
		}
		value := ""
		switch v := args[i+1].(type) {
		case int:
			if name == "count" {
				form = plural.Cardinal.MatchPlural(l.tag, abs(v), 0, 0, 0, 0)
			}
			value = l.Number(int64(v))
		case int64:
			value = l.Number(v)
		case time.Time:
			value = l.Date(v)
		case Money:
			value = wrap(l.Money(v))
		default:
			value = wrap(fmt.Sprint(v))
		}
		pairs = append(pairs, "{"+name+"}", value)
	}
	text, ok := found[form]
	if !ok {
		text = found[plural.Other]
	}
	return strings.NewReplacer(pairs...).Replace(escape(text)), nil
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// Number writes a whole number with the language's grouping and Latin digits.
func (l *Locale) Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	return sign + group(digits, l.T("number.group"))
}

// group puts sep between thousands; four digits stay together, as they do in years and short codes.
func group(digits, sep string) string {
	if len(digits) <= 4 {
		return digits
	}
	first := len(digits) % 3
	parts := []string{}
	if first > 0 {
		parts = append(parts, digits[:first])
	}
	for i := first; i < len(digits); i += 3 {
		parts = append(parts, digits[i:i+3])
	}
	return strings.Join(parts, sep)
}

// Size writes a number of bytes as people read it: 350 KB, 1.2 MB.
func (l *Locale) Size(bytes int64) string {
	if bytes < 1<<20 {
		return l.T("size.kb", "n", int(max(1, (bytes+1023)/1024)))
	}
	tenths := (bytes*10 + 1<<19) >> 20
	whole, rest := tenths/10, tenths%10
	text := l.Number(whole)
	if rest != 0 {
		text += l.T("number.decimal") + strconv.FormatInt(rest, 10)
	}
	return strings.Replace(l.T("size.mb"), "{n}", text, 1)
}
