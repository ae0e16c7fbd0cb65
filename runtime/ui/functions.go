package ui

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"reflect"
	"regexp"
	"strings"
	"time"
)

// Component is anything that `show` can render: a value with the name of its template, whose dot it is.
// A package may add components of its own in its own templates.
type Component interface{ Component() string }

// functions are what a template of one language can call:
//
//	t "key" "name" value …   message, arguments isolated
//	date v, datetime v       time.Time, or a day as "2026-03-03"
//	lastDay t                the last day before a time limit
//	money m, number n, size n
//	pick m                   this language's text of a map of languages; another's is isolated
//	bdi v                    a value of unknown direction, isolated: names, numbers, what people typed
//	lang, dir, asset "diwan.css", icon "house"
//	show c, show list        components
//	button "text", tag "approved", lines "text"
func functions(locale *Locale, set *template.Template) template.FuncMap {
	return template.FuncMap{
		"t":        locale.html,
		"date":     func(v any) (string, error) { return when(locale, v, locale.Date) },
		"datetime": func(v any) (string, error) { return when(locale, v, locale.DateTime) },
		"lastDay":  locale.LastDay,
		"isoTime":  func(v time.Time) string { return v.UTC().Format(time.RFC3339) },
		"money":    func(m Money) template.HTML { return bdi(locale.Money(m)) },
		"currency": locale.CurrencyName,
		"number":   func(n any) (string, error) { return number(locale, n) },
		"size":     locale.Size,
		"pick":     func(m map[string]string) template.HTML { return pick(locale, m) },
		"pickText": locale.Pick,
		"bdi":      bdi,
		"lang":     locale.Lang,
		"dir":      locale.Dir,
		"asset":    Asset,
		"icon":     Icon,
		"show":     func(c any) (template.HTML, error) { return showAny(set, c) },
		"button":   func(text any) Button { return Button{Text: plain(text)} },
		"tag":      func(state string) Tag { return Tag{State: state} },
		"lines":    func(s string) []string { return strings.FieldsFunc(s, func(r rune) bool { return r == '\n' }) },
		"choice":   choice,
		"inc":      func(n int) int { return n + 1 },
	}
}

var markup = regexp.MustCompile(`<[^>]*>`)

// plain undoes the escaping of a message that is passed on to a component, which escapes again.
func plain(v any) string {
	if h, ok := v.(template.HTML); ok {
		return html.UnescapeString(markup.ReplaceAllString(string(h), ""))
	}
	return fmt.Sprint(v)
}

func when(locale *Locale, v any, instant func(time.Time) string) (string, error) {
	switch v := v.(type) {
	case time.Time:
		return instant(v), nil
	case *time.Time:
		if v == nil {
			return "", nil
		}
		return instant(*v), nil
	case string:
		return locale.Day(v), nil
	}
	return "", fmt.Errorf("ui: %T is no date", v)
}

func number(locale *Locale, v any) (string, error) {
	switch n := reflect.ValueOf(v); n.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return locale.Number(n.Int()), nil
	}
	return "", fmt.Errorf("ui: %T is no whole number", v)
}

// pick isolates a text only when it stands in for a missing one: a text of the page's language that begins
// with a foreign word must keep the page's direction, which bdi would not.
func pick(locale *Locale, texts map[string]string) template.HTML {
	if own := texts[locale.lang]; own != "" {
		return template.HTML(template.HTMLEscapeString(own))
	}
	return bdi(locale.Pick(texts))
}

// bdi isolates a value so that its direction does not disturb the text around it.
func bdi(v any) template.HTML {
	if h, ok := v.(template.HTML); ok {
		return h
	}
	text := fmt.Sprint(v)
	if text == "" {
		return ""
	}
	return template.HTML("<bdi>" + template.HTMLEscapeString(text) + "</bdi>")
}

func showAny(set *template.Template, v any) (template.HTML, error) {
	if v == nil {
		return "", nil
	}
	if c, ok := v.(Component); ok {
		if p := reflect.ValueOf(c); p.Kind() == reflect.Pointer && p.IsNil() {
			return "", nil
		}
		return show(set, c)
	}
	list := reflect.ValueOf(v)
	if list.Kind() != reflect.Slice {
		return "", fmt.Errorf("ui: %T is no component", v)
	}
	var out strings.Builder
	for i := range list.Len() {
		part, err := showAny(set, list.Index(i).Interface())
		if err != nil {
			return "", err
		}
		out.WriteString(string(part))
	}
	return template.HTML(out.String()), nil
}

func show(set *template.Template, c Component) (template.HTML, error) {
	var out bytes.Buffer
	if err := set.ExecuteTemplate(&out, c.Component(), c); err != nil {
		return "", err
	}
	return template.HTML(out.String()), nil
}
