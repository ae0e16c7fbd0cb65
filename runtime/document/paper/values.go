package paper

import (
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/runtime/document/pdf"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// languagesOf are those of the title, the applicant's first.
func languagesOf(title plan.Text, first string) []string {
	var out []string
	for l, v := range title {
		if v != "" {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		switch {
		case a == first:
			return -1
		case b == first:
			return 1
		}
		return strings.Compare(a, b)
	})
	return out[:min(len(out), pdf.MaxLanguages)]
}

func texts(languages []string, t plan.Text) []pdf.Text {
	var out []pdf.Text
	for _, l := range languages {
		if t[l] != "" {
			out = append(out, pdf.Text{Lang: l, Value: t[l]})
		}
	}
	return out
}

func value(languages []string, c Cell) []pdf.Text {
	if words := texts(languages, c.Words); len(words) > 0 {
		return words
	}
	switch c.Kind {
	case "bool":
		if c.Value == "true" {
			return Word(languages, "yes")
		}
		if c.Value == "false" {
			return Word(languages, "no")
		}
	case "date":
		if day, err := time.Parse(time.DateOnly, c.Value); err == nil {
			return []pdf.Text{{Value: day.Format("02/01/2006")}}
		}
	case "money":
		if len(languages) > 0 { // one amount for all languages of a paper, as its first one writes it
			return []pdf.Text{{Value: pdf.Plain(amount(languages[0], c.Value))}}
		}
	case "record", "list":
		if len(c.Rows) > 0 {
			return joined(languages, c.Columns, c.Rows[0])
		}
	}
	if c.Value == "" {
		return []pdf.Text{{Value: "–"}}
	}
	return []pdf.Text{{Value: pdf.Plain(c.Value)}}
}

// joined writes one line of a list as a text in each language: Date: 31/01/2027 · Amount: 250.00 ILS.
func joined(languages []string, columns []Column, line []Cell) []pdf.Text {
	var out []pdf.Text
	for _, l := range languages {
		var parts []string
		for i, c := range line {
			if i < len(columns) {
				parts = append(parts, columns[i].in(l)+": "+pdf.Isolate(said(languages, c, l)))
			}
		}
		out = append(out, pdf.Text{Lang: l, Value: strings.Join(parts, " · ")})
	}
	return out
}

func (c Column) in(language string) string { return c.Label.In(language, "en", "ar", c.Code) }

// said is a value in a sentence of a language.
func said(languages []string, c Cell, language string) string {
	if c.Kind == "money" {
		languages = []string{language}
	}
	return in(value(languages, c), language)
}

func in(all []pdf.Text, language string) string {
	for _, t := range all {
		if t.Lang == language || t.Lang == "" {
			return t.Value
		}
	}
	return ""
}
