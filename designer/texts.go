package designer

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// textsPart is the table of all texts of a file.
type textsPart struct {
	Languages []ui.Option // Value is the code, Text the name
	Rows      []textRow
	Missing   int
	All       int
	Pages     ui.Pagination

	Translation *translationPart // nil where there is one language
}

// textRow is one text.
type textRow struct {
	Where   string
	At      string
	Missing bool
	Cells   []inLanguage
}

// textsPerPage is how many texts one page of the table shows.
const textsPerPage = 50

// textsPart lists the texts of the file: first those that lack a language, in the order of the file.
func (b *workbench) textsPart() *textsPart {
	part := &textsPart{}
	languages := b.languages()
	for _, l := range languages {
		part.Languages = append(part.Languages, ui.Option{Value: l, Text: b.language(l)})
	}
	if b.root == nil {
		return part
	}
	var rows []textRow
	eachText(b.root, nil, languages, func(at edit.Path, n *source.Node) {
		words := languagesOf(n)
		row := textRow{Where: b.where(at), At: at.String()}
		for _, l := range languages {
			row.Missing = row.Missing || words[l] == ""
			row.Cells = append(row.Cells, inLanguage{Name: "t." + at.String() + "." + l, Lang: l, Dir: ui.Dir(l), Label: b.language(l), About: row.Where, Value: words[l]})
		}
		if row.Missing {
			part.Missing++
		}
		rows = append(rows, row)
	})
	slices.SortStableFunc(rows, func(x, y textRow) int {
		switch {
		case x.Missing == y.Missing:
			return 0
		case x.Missing:
			return -1
		}
		return 1
	})
	part.All = len(rows)
	page, _ := strconv.Atoi(b.r.FormValue("page"))
	pages := (len(rows) + textsPerPage - 1) / textsPerPage
	page = max(1, min(page, pages))
	part.Rows = rows[min(len(rows), (page-1)*textsPerPage):min(len(rows), page*textsPerPage)]
	part.Pages = ui.Paginate(page, pages, func(p int) string { return editPath(b.ch.Number, b.file, textsTab) + "&page=" + strconv.Itoa(p) })
	return part
}

// eachText finds the texts of a file: mappings whose keys are all languages, and whose values are words. Keywords are lists, and examples no texts.
func eachText(n *source.Node, at edit.Path, languages []string, found func(edit.Path, *source.Node)) {
	switch n.Kind {
	case source.List:
		for i, item := range n.Items() {
			eachText(item, at.To(i), languages, found)
		}
	case source.Mapping:
		words := n.Len() > 0
		for key, value := range n.Pairs() {
			words = words && value.Kind == source.Scalar && slices.Contains(textLanguages, key.Value)
		}
		if words {
			found(at, n)
			return
		}
		for key, value := range n.Pairs() {
			if len(at) > 0 || key.Value != "scenarios" {
				eachText(value, at.To(key.Value), languages, found)
			}
		}
	}
}

// where says in which part of the file a text stands: form › licence › years › label.
func (b *workbench) where(at edit.Path) string {
	var parts []string
	n := b.root
	for _, step := range at {
		n = n.Lookup(step)
		switch s := step.(type) {
		case string:
			parts = append(parts, b.keyLabel(s))
		case int:
			name := strconv.Itoa(s + 1)
			for key, value := range n.Pairs() {
				if value.Kind == source.Scalar && (key.Value == "section" || key.Value == "field" || key.Value == "step" || key.Value == "fee" || key.Value == "value") {
					name = value.Value
					break
				}
			}
			parts = append(parts, name)
		}
	}
	return strings.Join(parts, " › ")
}

// translated are the edits of the table of texts: of what differs from what its page showed.
func (b *workbench) translated(form url.Values) edit.Do {
	var list []edit.Do
	eachText(b.root, nil, b.languages(), func(at edit.Path, n *source.Node) {
		words := languagesOf(n)
		for _, l := range b.languages() {
			name := "t." + at.String() + "." + l
			now := strings.TrimSpace(strings.ReplaceAll(form.Get(name), "\r\n", "\n"))
			switch {
			case !form.Has(name) || now == strings.ReplaceAll(form.Get("was."+name), "\r\n", "\n") || now == words[l]:
			case now == "":
				list = append(list, edit.Remove(b.file, at.To(l)))
			default:
				list = append(list, edit.Set(b.file, at.To(l), now, textLanguages))
			}
		}
	})
	return edit.All(list...)
}
