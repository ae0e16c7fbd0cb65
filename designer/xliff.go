package designer

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// XLIFF 2.1 as translators' tools read and write it: OASIS, XML Localisation Interchange File Format Version 2.1, 13 February 2018.
const (
	xliffSpace   = "urn:oasis:names:tc:xliff:document:2.0"
	xliffVersion = "2.1"
	xliffType    = "application/xliff+xml"
)

// Bounds of what is taken in.
const (
	mostUnits  = 5000
	mostXLIFF  = 4 << 20
	sourceName = "from"
	targetName = "to"
)

type xliff struct {
	XMLName xml.Name    `xml:"urn:oasis:names:tc:xliff:document:2.0 xliff"`
	Version string      `xml:"version,attr"`
	Source  string      `xml:"srcLang,attr"`
	Target  string      `xml:"trgLang,attr,omitempty"`
	Files   []xliffFile `xml:"file"`
}

type xliffFile struct {
	ID       string      `xml:"id,attr"`
	Original string      `xml:"original,attr,omitempty"`
	Units    []xliffUnit `xml:"unit"`
}

type xliffUnit struct {
	ID       string         `xml:"id,attr"`
	Name     string         `xml:"name,attr,omitempty"`
	Notes    []string       `xml:"notes>note,omitempty"`
	Segments []xliffSegment `xml:"segment"`
}

type xliffSegment struct {
	State  string  `xml:"state,attr,omitempty"`
	Source string  `xml:"source"`
	Target *string `xml:"target,omitempty"`
}

var (
	errXLIFF    = errors.New("designer: no XLIFF that can be read")
	errLanguage = errors.New("designer: a language that the catalogue has not, or twice the same")
)

// skipped is a text of a file of translations that was not taken.
type skipped struct{ Where, Why string }

// translationPart is how the texts of a file leave for translators and come back.
type translationPart struct {
	Path     string
	From, To []ui.Option
	Skipped  []skipped
}

// export gives the texts of the open file as XLIFF: those that lack the language that is asked for are without a target.
func (v *visit) export() error {
	b, err := v.open()
	if err != nil {
		return err
	}
	from, to := v.r.FormValue(sourceName), v.r.FormValue(targetName)
	if b.root == nil || from == to || !slices.Contains(b.languages(), from) || !slices.Contains(b.languages(), to) {
		return change.ErrInvalid
	}
	file := xliffFile{ID: "f1", Original: b.file}
	eachText(b.root, nil, b.languages(), func(at edit.Path, n *source.Node) {
		words := languagesOf(n)
		if words[from] == "" {
			return
		}
		unit := xliffUnit{ID: fmt.Sprintf("u%d", len(file.Units)+1), Name: at.String(), Notes: []string{b.where(at)}, Segments: []xliffSegment{{State: "initial", Source: words[from]}}}
		if word := words[to]; word != "" {
			unit.Segments[0].State, unit.Segments[0].Target = "translated", &word
		}
		file.Units = append(file.Units, unit)
	})
	name := strings.NewReplacer("/", "-", ".yaml", "").Replace(b.file) + "-" + from + "-" + to + ".xlf"
	v.w.Header().Set("Content-Type", xliffType)
	v.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	v.w.Header().Set("Cache-Control", "no-store")
	if _, err := io.WriteString(v.w, xml.Header); err != nil {
		return nil //nolint:nilerr // nobody listens any more
	}
	e := xml.NewEncoder(v.w)
	e.Indent("", " ")
	return e.Encode(xliff{Version: xliffVersion, Source: from, Target: to, Files: []xliffFile{file}})
}

// translations are what a file of translations says, by the place of the text.
func (b *workbench) translations(body io.Reader) (doc xliff, err error) {
	d := xml.NewDecoder(io.LimitReader(body, mostXLIFF+1))
	d.Strict = true
	d.Entity = nil // none but those of XML
	if err := d.Decode(&doc); err != nil || d.InputOffset() > mostXLIFF || doc.XMLName.Space != xliffSpace || !strings.HasPrefix(doc.Version, "2.") {
		return doc, errXLIFF
	}
	if doc.Source == doc.Target || !slices.Contains(b.languages(), doc.Source) || !slices.Contains(b.languages(), doc.Target) {
		return doc, errLanguage
	}
	units := 0
	for _, f := range doc.Files {
		if units += len(f.Units); units > mostUnits {
			return doc, errXLIFF
		}
	}
	return doc, nil
}

// translatedBy are the edits of a file of translations: of each text whose source is still what the translator has seen. What was not taken is said.
func (b *workbench) translatedBy(doc xliff) (list []edit.Do, left []skipped) {
	words := map[string]map[string]string{}
	paths := map[string]edit.Path{}
	eachText(b.root, nil, b.languages(), func(at edit.Path, n *source.Node) {
		words[at.String()], paths[at.String()] = languagesOf(n), at
	})
	for _, f := range doc.Files {
		if f.Original != "" && f.Original != b.file {
			left = append(left, skipped{f.Original, b.locale.T("designer.xliff.otherFile")})
			continue
		}
		for _, u := range f.Units {
			now, there := words[u.Name]
			var was, target string
			given := false
			for _, s := range u.Segments { // a tool may have taken sentences apart
				was += s.Source
				if s.Target != nil {
					given = true
					target += *s.Target
				}
			}
			target = strings.TrimSpace(target)
			switch {
			case !given || target == "":
			case !there:
				left = append(left, skipped{u.Name, b.locale.T("designer.xliff.gone")})
			case now[doc.Source] != was:
				left = append(left, skipped{b.where(paths[u.Name]), b.locale.T("designer.xliff.moved")})
			case strings.ContainsFunc(target, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }):
				left = append(left, skipped{b.where(paths[u.Name]), b.locale.T("designer.xliff.signs")})
			case now[doc.Target] != target:
				list = append(list, edit.Set(b.file, paths[u.Name].To(doc.Target), target, textLanguages))
			}
		}
	}
	return list, left
}

// translationPart is that of the table of texts.
func (b *workbench) translationPart(left []skipped) *translationPart {
	languages := b.languages()
	if len(languages) < 2 || b.root == nil {
		return nil
	}
	part := &translationPart{Path: changePath(b.ch.Number) + "/texts", Skipped: left}
	for i, l := range languages {
		part.From = append(part.From, ui.Option{Value: l, Text: b.language(l), Selected: i == 0})
		part.To = append(part.To, ui.Option{Value: l, Text: b.language(l), Selected: i == 1})
	}
	return part
}

// importTexts takes translations in, as one edit.
func (v *visit) importTexts() error {
	b, err := v.open()
	if err != nil {
		return err
	}
	if !b.editable {
		return change.ErrForeign
	}
	b.tab = textsTab
	refuse := func(why string) error {
		return b.show(http.StatusUnprocessableEntity, []ui.Banner{{Kind: ui.Caution, Title: v.locale.T("designer.problem.title"), Text: v.locale.T(why)}})
	}
	if b.root == nil {
		return refuse("designer.problem.unreadable")
	}
	upload, _, err := v.r.FormFile("xliff")
	if err != nil {
		return refuse("designer.xliff.none")
	}
	defer upload.Close()
	doc, err := b.translations(upload)
	switch {
	case errors.Is(err, errLanguage):
		return refuse("designer.xliff.language")
	case err != nil:
		return refuse("designer.xliff.unreadable")
	}
	list, left := b.translatedBy(doc)
	if len(list) > 0 {
		_, err = v.o.Changes.Edit(v.ctx, v.person, b.ch.Number, b.file, edit.All(list...))
		if problem := b.refusal(err); problem != "" {
			return b.show(http.StatusUnprocessableEntity, []ui.Banner{{Kind: ui.Caution, Title: v.locale.T("designer.problem.title"), Text: problem}})
		}
		if err != nil && !errors.Is(err, change.ErrNothing) {
			return err
		}
	}
	if len(left) == 0 {
		return v.redirect(editPath(b.ch.Number, b.file, textsTab))
	}
	after, err := v.open()
	if err != nil {
		return err
	}
	after.tab, after.left = textsTab, left
	return after.show(http.StatusOK, []ui.Banner{{Kind: ui.Caution, Title: v.locale.T("designer.xliff.taken", "count", len(list)), Text: v.locale.T("designer.xliff.left", "count", len(left))}})
}
