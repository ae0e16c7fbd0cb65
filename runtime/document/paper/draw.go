package paper

import (
	"strconv"
	"time"

	"github.com/diwan-gov/diwan/runtime/document/pdf"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Content is what one paper says.
type Content struct {
	Text      plan.DocumentText
	Authority plan.Text
	Language  string // of the applicant: it comes first where the layout says nothing else
	Number    string
	Rows      []Row
	Sample    bool
	IssuedAt  time.Time
	Photos    map[Wanted]*pdf.Photo // without one its place stays empty
}

// Document is the paper as it is drawn; the caller adds what proves it.
func (c Content) Document() pdf.Document {
	l := c.Text.Layout
	languages := languagesOf(c.Text.Title, c.Language)
	if l != nil && len(l.Languages) > 0 {
		languages = l.Languages[:min(len(l.Languages), pdf.MaxLanguages)]
	}
	d := pdf.Document{
		Languages: languages, Authority: texts(languages, c.Authority), Title: texts(languages, c.Text.Title), Number: c.Number,
		VerifyHint: Word(languages, "verify"), CreatedAt: c.IssuedAt,
	}
	if len(d.Title) == 0 { // the layout names languages in which the title is not given: a paper without a title is none
		d.Title = []pdf.Text{{Value: c.Text.Title.In(c.Language, "ar", "en")}}
	}
	if l != nil {
		own(&d, c, languages)
	} else {
		usual(&d, c, languages)
	}
	if c.Sample {
		d.Watermark = Word(languages, "sample")
	}
	return d
}

// usual is a paper without a layout: its rows below each other, the first list as a table, and the body.
func usual(d *pdf.Document, c Content, languages []string) {
	if body := texts(languages, c.Text.Body); len(body) > 0 {
		d.Paragraphs = [][]pdf.Text{body}
	}
	for _, row := range c.Rows {
		label := texts(languages, row.Label)
		switch {
		case row.Cell.Kind == "list" && d.Table == nil && len(row.Cell.Columns) > 0 && len(row.Cell.Columns) <= pdf.MaxColumns:
			d.Rows = append(d.Rows, pdf.Row{Label: label, Value: []pdf.Text{{Value: strconv.Itoa(len(row.Cell.Rows))}}}) // how many stand below
			d.Table = table(languages, row.Cell)
		default:
			d.Rows = append(d.Rows, facts(languages, row)...)
		}
	}
}

// facts are a row as it stands among labelled values: a list has one for each of its lines.
func facts(languages []string, row Row) []pdf.Row {
	label := texts(languages, row.Label)
	if row.Cell.Kind != "list" {
		return []pdf.Row{{Label: label, Value: value(languages, row.Cell), Total: row.Total}}
	}
	var out []pdf.Row
	for _, line := range row.Cell.Rows {
		out = append(out, pdf.Row{Label: label, Value: joined(languages, row.Cell.Columns, line)})
	}
	return out
}
