package ui

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// model is the language that says which messages there are, and which places each of them has.
const model = "en"

// Spoken are those of the languages in which the interface itself speaks, in their order; English where it speaks none of them. A catalogue may
// declare more: its own texts are then still searched and given to programs, but no page is half in one language and half in another.
func Spoken(languages []string) ([]string, error) {
	kit := messages{}
	if err := kit.load(messageFiles); err != nil {
		return nil, err
	}
	return kit.whole(languages), nil
}

// whole are those of the languages that lack nothing.
func (m messages) whole(languages []string) []string {
	var out []string
	for _, lang := range languages {
		if m.complete(lang) == nil {
			out = append(out, lang)
		}
	}
	if out == nil {
		out = []string{model}
	}
	return out
}

// complete proves that a language has the messages of the others, each with exactly the plural forms that its grammar chooses among and with the
// places that the message has elsewhere.
func (m messages) complete(lang string) error {
	for _, pair := range [][2]string{{lang, model}, {model, lang}} {
		for _, key := range slices.Sorted(maps.Keys(m[pair[0]])) {
			if _, ok := m[pair[1]][key]; !ok {
				return fmt.Errorf("ui: message %s is in %s but not in %s", key, pair[0], pair[1])
			}
		}
	}
	forms := formsOf(lang)
	for _, key := range slices.Sorted(maps.Keys(m[lang])) {
		if err := checkForms(m[lang][key], m[model][key], forms); err != nil {
			return fmt.Errorf("ui: message %s in %s: %w", key, lang, err)
		}
	}
	return nil
}

// formsOf are the plural forms of a language, with how many of the numbers to 200, and of the million, each is for.
func formsOf(lang string) map[plural.Form]int {
	tag := language.Make(lang)
	forms := map[plural.Form]int{plural.Other: 0}
	for n := range 201 {
		forms[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)]++
	}
	forms[plural.Cardinal.MatchPlural(tag, 1_000_000, 0, 0, 0, 0)]++
	return forms
}

var placePattern = regexp.MustCompile(`\{[A-Za-z]+\}`)

func checkForms(text, as message, forms map[plural.Form]int) error {
	if len(text) > 1 || len(as) > 1 {
		for name, form := range pluralForms {
			_, needed := forms[form]
			if _, has := text[form]; has != needed {
				return fmt.Errorf("the form %s is there: %t, needed: %t", name, has, needed)
			}
		}
	}
	want := places(as[plural.Other])
	for form, words := range text {
		got := places(words)
		if forms[form] == 1 && len(text) > 1 { // a form for one number alone may say it in words
			got = append(got, "{count}")
		}
		for _, place := range want {
			if !slices.Contains(got, place) {
				return fmt.Errorf("%q has no place %s", words, place)
			}
		}
		for _, place := range places(words) {
			if !slices.Contains(want, place) {
				return fmt.Errorf("%q has a place %s, which the message has not in %s: %s", words, place, model, strings.Join(want, " "))
			}
		}
	}
	return nil
}

func places(text string) []string { return placePattern.FindAllString(text, -1) }
