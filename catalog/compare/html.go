package compare

import (
	"html/template"
	"io"
)

// fragment is what a reviewer's page shows. It has no style and no script of its own: what it looks like is the page's affair.
var fragment = template.Must(template.New("difference").Parse(`<section class="difference" lang="{{.Lang}}" dir="{{.Dir}}">
{{- if not .Groups}}
<p class="difference-none">{{.Nothing}}</p>
{{- end}}
{{- range .Groups}}
<section class="difference-definition" data-kind="{{.Kind}}" data-code="{{.Code}}">
<h2><bdi>{{.Title}}</bdi></h2>
<p class="difference-file"><code dir="ltr">{{.File}}</code></p>
{{- range .Concerns}}
<h3>{{.Title}}</h3>
<ul class="changes" data-concern="{{.Concern}}">
{{- range .Changes}}
<li data-kind="{{.Kind}}">{{range .Segments}}
{{- if eq .Role "old"}}<del>{{template "value" .}}</del>
{{- else if eq .Role "new"}}<ins>{{template "value" .}}</ins>
{{- else if eq .Role "name"}}{{template "value" .}}
{{- else}}{{.Text}}{{end}}{{end}}{{if .Lines}} <small class="change-lines" dir="ltr">{{.Lines}}</small>{{end}}</li>
{{- end}}
</ul>
{{- end}}
</section>
{{- end}}
</section>
{{define "value"}}{{if .Code}}<code dir="ltr">{{.Text}}</code>{{else}}<bdi>{{.Text}}</bdi>{{end}}{{end}}`))

type shownGroup struct {
	Kind, Code, Title, File string
	Concerns                []shownConcern
}

type shownConcern struct {
	Concern Concern
	Title   string
	Changes []shownChange
}

type shownChange struct {
	Kind     string
	Segments []Segment
	Lines    string
}

// WriteHTML writes a fragment of a page in a language, ar or en: what was is in del, what is now in ins, formulas are in code from left to
// right. Everything that comes from a definition is escaped. The errors are those of out.
func (d Difference) WriteHTML(out io.Writer, lang string) error {
	page := struct {
		Lang, Dir, Nothing string
		Groups             []shownGroup
	}{Lang: "en", Dir: "ltr", Nothing: nothing.en}
	if lang == "ar" {
		page.Lang, page.Dir, page.Nothing = "ar", "rtl", nothing.ar
	}
	for _, g := range d.Groups() {
		file := inFile(g)
		s := shownGroup{Kind: g.Definition.Kind, Code: g.Definition.Code, Title: g.Definition.in(page.Lang), File: file[3 : len(file)-1]}
		for _, c := range g.Changes {
			if n := len(s.Concerns); n == 0 || s.Concerns[n-1].Concern != c.Concern {
				s.Concerns = append(s.Concerns, shownConcern{Concern: c.Concern, Title: concernWords[c.Concern].in(page.Lang)})
			}
			last := &s.Concerns[len(s.Concerns)-1]
			row := shownChange{Kind: c.Kind, Segments: c.Segments(page.Lang)}
			if l := lines(c); l != "" {
				row.Lines = l[2:]
			}
			last.Changes = append(last.Changes, row)
		}
		page.Groups = append(page.Groups, s)
	}
	return fragment.Execute(out, page)
}
