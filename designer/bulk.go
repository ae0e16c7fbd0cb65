package designer

import (
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/check"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/difference"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// bulkPage is the body of the template bulk: one edit of many services, and what each becomes.
type bulkPage struct {
	Path      string
	Fields    []ui.Component
	Carried   []ui.Hidden // what was asked for, beside the services that are chosen
	Becomes   []become
	Shown     bool // a preview was asked for
	Same, All int  // services that stay as they are, and all that fit
	Cut       bool
	Problem   string
}

// become is what a service becomes.
type become struct {
	Lines    joined
	Findings []string // that it has only then
	Errors   bool
	Why      string // it cannot be edited so
}

// mostBulk is how many services are edited at once.
const mostBulk = 100

// bulk is one edit of many services.
type bulk struct {
	words, family, only, key, lang, value string
	remove                                bool
}

// Which services are edited, by the key.
const (
	bulkWithout = "without"
	bulkWith    = "with"
)

// bulkOf reads what a request asks for.
func (v *visit) bulkOf() bulk {
	f := v.r.FormValue
	return bulk{words: f("q"), family: f("family"), only: f("only"), key: f("key"), lang: f("in"), value: strings.TrimSpace(f("value")), remove: f("how") == "remove"}
}

// bulkKeys are the keys of a service that may be set for many at once: single values, and texts by language.
func bulkKeys() (out []source.Key) {
	for _, k := range source.Spec(reflect.TypeFor[catalog.Service]()) {
		switch s, _ := shapeOf(k); s {
		case scalarShape, choiceShape, boolShape, textShape, durationShape:
			if k.Name != "service" && k.Name != "authority" && k.Name != "from" && !strings.HasPrefix(k.Name, "$") {
				out = append(out, k)
			}
		}
	}
	return out
}

// bulkEdit shows the form, with what was asked for where something was.
func (v *visit) bulkEdit() error { return v.showBulk(http.StatusOK, "") }

// bulkApply makes the edits that were chosen in the preview, each file by itself.
func (v *visit) bulkApply() error {
	if v.r.PostFormValue("act") != "apply" {
		return v.showBulk(http.StatusOK, "")
	}
	ch, c, _, err := v.opened()
	if err != nil {
		return err
	}
	if !change.IsAnalyst(v.person, ch.Authority) || !ch.Status.Editable() {
		return change.ErrForeign
	}
	b := v.bulkOf()
	k, known := b.wanted()
	chosen := v.r.PostForm["file"]
	if !known || len(chosen) == 0 || len(chosen) > mostBulk {
		return v.showBulk(http.StatusUnprocessableEntity, v.locale.T("designer.bulk.nothing"))
	}
	base, err := v.o.Changes.Base(v.ctx, ch.Number)
	if err != nil {
		return err
	}
	for _, file := range chosen {
		if serviceOf(c, file) == nil || change.Owner(base, file) != ch.Authority {
			return change.ErrForeign
		}
		_, err := v.o.Changes.Edit(v.ctx, v.person, ch.Number, file, b.do(file, k, c))
		if err != nil && !errors.Is(err, change.ErrNothing) && !errors.Is(err, edit.ErrGone) && !errors.Is(err, edit.ErrUnreadable) {
			return err
		}
	}
	return v.redirect(changePath(ch.Number))
}

// wanted is the key that is edited; false where it is none, or the value is missing.
func (b *bulk) wanted() (source.Key, bool) {
	i := slices.IndexFunc(bulkKeys(), func(k source.Key) bool { return k.Name == b.key })
	if i < 0 || !b.remove && b.value == "" || len(b.value) > 2000 {
		return source.Key{}, false
	}
	k := bulkKeys()[i]
	return k, !b.remove || !k.Required
}

// do is the edit of one file.
func (b *bulk) do(file string, k source.Key, c *catalog.Catalogue) edit.Do {
	order := orderOf(reflect.TypeFor[catalog.Service]())
	text := false
	if s, _ := shapeOf(k); s == textShape {
		text = true
	}
	return func(now []byte) ([]byte, error) {
		root, err := edit.Root(file, now)
		if err != nil {
			return nil, err
		}
		_, is := root.Get(k.Name)
		switch {
		case b.remove && text && b.lang != "":
			if is != nil && is.Kind == source.Mapping && is.Len() == 1 {
				return edit.Remove(file, edit.Path{k.Name})(now)
			}
			return edit.Remove(file, edit.Path{k.Name, b.lang})(now)
		case b.remove:
			return edit.Remove(file, edit.Path{k.Name})(now)
		case !text:
			if is != nil && is.Kind != source.Scalar {
				return nil, edit.ErrGone
			}
			return edit.Set(file, edit.Path{k.Name}, b.value, order)(now)
		case is == nil:
			return edit.Put(file, edit.Path{k.Name}, "{"+b.lang+": "+source.Quote(b.value)+"}", order)(now)
		case is.Kind != source.Mapping:
			return nil, edit.ErrGone
		}
		var languages []string
		for _, l := range c.Settings.Languages {
			languages = append(languages, l.Value)
		}
		return edit.Set(file, edit.Path{k.Name, b.lang}, b.value, languages)(now)
	}
}

func (v *visit) showBulk(status int, problem string) error {
	ch, c, _, err := v.opened()
	if err != nil {
		return err
	}
	if !change.IsAnalyst(v.person, ch.Authority) || !ch.Status.Editable() {
		return change.ErrForeign
	}
	base, err := v.o.Changes.Base(v.ctx, ch.Number)
	if err != nil {
		return err
	}
	b := v.bulkOf()
	body := bulkPage{Path: changePath(ch.Number) + "/bulk", Problem: problem, Fields: v.bulkFields(c, &b)}
	if v.r.Method == http.MethodPost {
		if k, known := b.wanted(); known && v.bulkLanguage(c, k, &b) {
			body.Shown = true
			v.becomes(&body, c, base, ch.Authority, &b, k)
			for name, value := range map[string]string{"q": b.words, "family": b.family, "only": b.only, "key": b.key, "in": b.lang, "value": b.value, "how": v.r.FormValue("how")} {
				body.Carried = append(body.Carried, ui.Hidden{Name: name, Value: value})
			}
			slices.SortFunc(body.Carried, func(a, b ui.Hidden) int { return strings.Compare(a.Name, b.Name) })
		} else if problem == "" {
			body.Problem, status = v.locale.T("designer.bulk.incomplete"), http.StatusUnprocessableEntity
		}
	}
	page := v.page(v.locale.T("designer.bulk.title"), body)
	page.Crumbs = []ui.Link{{Text: v.locale.T("designer.changes.title"), Href: changesPath}, {Text: ch.Words.Title, Href: changePath(ch.Number)}, {Text: v.locale.T("designer.bulk.title")}}
	return v.render(status, "bulk", page)
}

// bulkLanguage tells whether the language fits the key: a text that is set needs one.
func (v *visit) bulkLanguage(c *catalog.Catalogue, k source.Key, b *bulk) bool {
	if s, _ := shapeOf(k); s != textShape {
		b.lang = ""
		return true
	}
	if b.lang == "" {
		return b.remove
	}
	return slices.ContainsFunc(c.Settings.Languages, func(l source.Text) bool { return l.Value == b.lang })
}

// becomes works out what every service that fits becomes.
func (v *visit) becomes(body *bulkPage, c, base *catalog.Catalogue, authority string, b *bulk, k source.Key) {
	for _, s := range c.Services {
		if change.Owner(base, s.File) != authority || !matches(s, b.words) || b.family != "" && !slices.Contains(c.MadeOf(s.File), b.family) {
			continue
		}
		was := c.Files[s.File]
		root, err := edit.Root(s.File, was)
		if err != nil {
			continue
		}
		_, has := root.Get(k.Name)
		if b.lang != "" && has != nil {
			_, has = has.Get(b.lang)
		}
		if b.only == bulkWith && has == nil || b.only == bulkWithout && has != nil {
			continue
		}
		if body.All++; body.All > mostBulk {
			body.Cut = true
			continue
		}
		one := become{Lines: joined{Title: v.say(s.Title), File: s.File}}
		is, err := b.do(s.File, k, c)(was)
		switch {
		case err != nil:
			one.Why = v.locale.T("designer.bulk.cannot")
		case string(is) == string(was):
			body.Same++
			continue
		default:
			for _, l := range difference.Lines(was, is) {
				if l.Sign == difference.Plus || l.Sign == difference.Minus {
					one.Lines.Lines = append(one.Lines.Lines, l)
				}
			}
			v.newFindings(&one, c, s, is)
		}
		body.Becomes = append(body.Becomes, one)
	}
}

// newFindings are those that a service has only after the edit.
func (v *visit) newFindings(one *become, c *catalog.Catalogue, s *catalog.Service, is []byte) {
	known := map[string]bool{}
	for _, f := range check.Service(c, s) {
		known[string(f.Code)+f.Summary] = true
	}
	next, list := c.WithFile(s.File, is)
	if now := serviceOf(next, s.File); now != nil && !list.HasErrors() {
		list.Add(check.Service(next, now)...)
	}
	for _, f := range list {
		if !known[string(f.Code)+f.Summary] {
			one.Findings = append(one.Findings, f.In(v.told()).Summary)
			one.Errors = one.Errors || f.Severity == diag.Error
		}
	}
}

func (v *visit) bulkFields(c *catalog.Catalogue, b *bulk) []ui.Component {
	l := v.locale
	var families, keys, languages []ui.Option
	for file, declared := range c.Definitions() {
		if p, is := declared.(*catalog.Blueprint); is {
			families = append(families, ui.Option{Value: file, Text: v.say(p.Title), Selected: file == b.family})
		}
	}
	for _, k := range bulkKeys() {
		keys = append(keys, ui.Option{Value: k.Name, Text: v.keyLabel(k.Name), Selected: k.Name == b.key})
	}
	for _, lang := range c.Settings.Languages {
		languages = append(languages, ui.Option{Value: lang.Value, Text: v.said("language."+lang.Value, lang.Value), Selected: lang.Value == b.lang})
	}
	return []ui.Component{
		ui.Fieldset{Field: ui.Field{Name: "which", Label: l.T("designer.bulk.which")}, Body: []ui.Component{
			ui.Input{Field: ui.Field{Name: "q", Label: l.T("designer.home.search"), Optional: true}, Value: b.words, Width: 20},
			ui.Select{Field: ui.Field{Name: "family", Label: l.T("designer.home.family"), Optional: true}, Prompt: l.T("designer.home.any"), Options: families},
			ui.Select{Field: ui.Field{Name: "only", Label: l.T("designer.bulk.only"), Optional: true}, Prompt: l.T("designer.home.any"), Options: []ui.Option{
				{Value: bulkWithout, Text: l.T("designer.bulk.without"), Selected: b.only == bulkWithout}, {Value: bulkWith, Text: l.T("designer.bulk.with"), Selected: b.only == bulkWith}}},
		}},
		ui.Fieldset{Field: ui.Field{Name: "what", Label: l.T("designer.bulk.what")}, Body: []ui.Component{
			ui.Select{Field: ui.Field{Name: "key", Label: l.T("designer.bulk.key")}, Options: keys},
			ui.Select{Field: ui.Field{Name: "in", Label: l.T("designer.bulk.language"), Hint: l.T("designer.bulk.languageHint"), Optional: true}, Prompt: l.T("designer.property.none"), Options: languages},
			ui.Radios{Field: ui.Field{Name: "how", Label: l.T("designer.bulk.how")}, Inline: true, Options: []ui.Option{
				{Value: "set", Text: l.T("designer.bulk.set"), Selected: !b.remove}, {Value: "remove", Text: l.T("designer.bulk.remove"), Selected: b.remove}}},
			ui.Textarea{Field: ui.Field{Name: "value", Label: l.T("designer.bulk.value"), Optional: true}, Value: b.value, Rows: 2, MaxLength: 2000},
		}},
	}
}
