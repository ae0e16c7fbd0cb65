package designer

import (
	"errors"
	"regexp"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// paperPart is where a step that issues a document gets to it, or gets a new one.
type paperPart struct {
	Open   ui.Link // the document that it issues
	Fields []ui.Component
}

// Controls of a new paper.
const (
	paperTitle    = "paper.title."
	paperCode     = "paper.code"
	paperRegister = "paper.register"
)

// registerPrefix is how the prefix of a paper's numbers is written.
var registerPrefix = regexp.MustCompile(`^[A-Z]{1,8}$`)

var errPaper = errors.New("designer: a paper needs a title in each language, a code of its own and a prefix")

// paperPart is that of a step; nil where it issues nothing.
func (b *workbench) paperPart(step *source.Node) *paperPart {
	_, issued := step.Get(string(catalog.IssueStep))
	if issued == nil {
		return nil
	}
	part := &paperPart{}
	if d := b.c.Document(issued.Value); d != nil {
		part.Open = ui.Link{Text: b.say(d.Title), Href: editPath(b.ch.Number, d.Range().File, "")}
	}
	if !b.editable || b.service == nil {
		return part
	}
	for _, l := range b.c.Settings.Languages {
		part.Fields = append(part.Fields, ui.Input{Field: ui.Field{Name: paperTitle + l.Value, Label: b.locale.T("designer.paper.name") + " – " + b.language(l.Value)}, Dir: ui.Dir(l.Value), MaxLength: change.MostTitle})
	}
	part.Fields = append(part.Fields,
		ui.Input{Field: ui.Field{Name: paperCode, Label: b.locale.T("designer.paper.code"), Hint: b.locale.T("designer.new.codeHint")}, Width: 30, Dir: "ltr", MaxLength: longestCode},
		ui.Input{Field: ui.Field{Name: paperRegister, Label: b.locale.T("designer.paper.register"), Hint: b.locale.T("designer.paper.registerHint")}, Width: 10, Dir: "ltr", MaxLength: 8})
	return part
}

// mostRows is how many answers of the form a new paper begins with.
const mostRows = 8

// newPaper makes a paper of what the form asks, and has the selected step issue it.
func (b *workbench) newPaper() (edit.Do, string, error) {
	form := b.r.PostForm
	code, register := strings.TrimSpace(form.Get(paperCode)), strings.ToUpper(strings.TrimSpace(form.Get(paperRegister)))
	file := "documents/" + code + ".yaml"
	if _, there := b.c.Files[file]; there || b.c.Document(code) != nil || !shortCode.MatchString(code) || len(code) > longestCode || !registerPrefix.MatchString(register) || b.service == nil {
		return nil, "", errPaper
	}
	var titles []string
	for _, l := range b.c.Settings.Languages {
		title := strings.TrimSpace(form.Get(paperTitle + l.Value))
		if title == "" || strings.ContainsAny(title, "\n\r") {
			return nil, "", errPaper
		}
		titles = append(titles, l.Value+": "+source.Quote(title))
	}
	rows := []string{"{label: " + b.inEach("designer.paper.holder") + ", value: applicant.name}"}
	for _, f := range b.service.Fields() {
		plain := !f.Optional && f.When.IsZero() && f.Require.IsZero() && !f.IsList() && !f.IsRecord() && f.Type != catalog.FileField && f.Type != catalog.ConsentField
		if plain && len(rows) <= mostRows {
			rows = append(rows, "{label: "+asWritten(f.Label)+", value: form."+f.Code.Value+"}")
		}
	}
	rows = append(rows, "{label: "+b.inEach("designer.paper.issued")+", value: issued.on}")
	body := paperText(code, "{"+strings.Join(titles, ", ")+"}", register, rows)
	_, err := b.o.Changes.Edit(b.ctx, b.person, b.ch.Number, file, func(now []byte) ([]byte, error) {
		if now != nil {
			return nil, errPaper
		}
		return []byte(body), nil
	})
	return edit.Set(b.file, b.at.To(string(catalog.IssueStep)), code, nil), b.at.String(), err
}

// paperText is the definition of a document.
func paperText(code, title, register string, rows []string) string {
	return "document: " + code + "\ntitle: " + title + "\nregister: " + register + "\nrows:\n  - " + strings.Join(rows, "\n  - ") + "\n"
}

// asWritten is a text in each of its languages, on one line.
func asWritten(t catalog.Text) string {
	var parts []string
	for _, lang := range textLanguages {
		if word := t.Plain()[lang]; word != "" {
			parts = append(parts, lang+": "+source.Quote(word))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
