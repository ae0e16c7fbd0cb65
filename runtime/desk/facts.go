package desk

import (
	"cmp"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// attested is the order in which the facts of the applicant are shown; others follow.
var attested = []string{"name", "nationalNumber", "birthDate", "age", "sex"}

// applicant shows what was attested about the applicant at the submission, and about who applies for them.
func (k *kase) applicant() []ui.Component {
	shown := []ui.Component{k.person(k.locale.T("desk.case.applicant"), k.a.Facts)}
	if as, _ := k.a.Behalf["as"].(string); as != "" {
		facts := maps.Clone(k.a.Behalf)
		delete(facts, "as")
		capacity := cmp.Or(k.locale.Pick(k.texts.OnBehalf[as]), k.locale.T("desk.case.capacity."+as))
		shown = append(shown, k.person(k.locale.T("desk.case.behalf", "capacity", capacity), facts))
	}
	return shown
}

// person shows what was attested about somebody.
func (k *kase) person(title string, facts map[string]any) ui.Component {
	list := ui.SummaryList{Title: title}
	codes := attested
	for _, code := range slices.Sorted(maps.Keys(facts)) {
		if !slices.Contains(codes, code) {
			codes = append(slices.Clip(codes), code)
		}
	}
	for _, code := range codes {
		fact, known := facts[code]
		if !known {
			continue
		}
		row := ui.SummaryRow{Key: k.said("desk.fact."+code, code), Value: k.plain(fact, "")}
		switch code {
		case "birthDate":
			row.Value = k.plain(fact, "date")
		case "sex":
			row.Value = k.said("desk.sex."+row.Value, row.Value)
		}
		list.Rows = append(list.Rows, row)
	}
	return list
}

// answers are the answers of the form, section by section, each with what it was before the last correction.
func (k *kase) answers() ([]ui.Component, error) {
	versions, err := k.o.Book.Corrections(k.ctx, k.officer.Capacities, k.a.ID)
	if err != nil {
		return nil, err
	}
	var before map[string]any
	if n := len(versions); n > 1 {
		before = versions[n-2].Form
	}
	words := map[string]plan.FieldText{}
	for _, t := range k.texts.Fields {
		words[t.Code] = t
	}
	var lists []ui.Component
	for _, section := range k.texts.Sections {
		list := ui.SummaryList{Title: k.locale.Pick(section.Title)}
		for _, f := range k.plan.Form.Fields {
			if f.Section != section.Code {
				continue
			}
			row, shown := k.answer(f, words[f.Code], before)
			if shown {
				list.Rows = append(list.Rows, row)
			}
		}
		if len(list.Rows) > 0 {
			lists = append(lists, list)
		}
	}
	return lists, nil
}

// answer is one answer; it is not shown where the question was not asked and never was.
func (k *kase) answer(f plan.FormField, t plan.FieldText, before map[string]any) (ui.SummaryRow, bool) {
	now, given := k.a.Form[f.Code]
	was, had := before[f.Code]
	row := k.row(f.Code, f, t, now)
	if before != nil && !reflect.DeepEqual(now, was) {
		row.Body = append(row.Body, changed{Had: had, Was: k.written(f.Code, f, t, was), File: f.Type == "file"})
	}
	return row, given || f.Optional && f.When == "" || len(row.Body) > 0
}

// row shows an answer: files as links, the rows of a group each with its own answers. at are the codes that lead to the field.
func (k *kase) row(at string, f plan.FormField, t plan.FieldText, value any) ui.SummaryRow {
	row := ui.SummaryRow{Key: k.locale.Pick(t.Label)}
	list, isList := value.([]any)
	switch {
	case f.Type == "file" && value != nil:
		if !isList {
			list = []any{value}
		}
		for _, id := range list {
			row.Body = append(row.Body, k.file(id))
		}
	case f.Type == "group":
		for i, item := range list {
			answers, _ := item.(map[string]any)
			inner := ui.SummaryList{}
			for j := range f.Fields {
				if v, given := answers[f.Fields[j].Code]; given && j < len(t.Fields) {
					inner.Rows = append(inner.Rows, k.row(at+"."+f.Fields[j].Code, f.Fields[j], t.Fields[j], v))
				}
			}
			row.Body = append(row.Body, ui.Heading{Text: k.locale.Pick(t.Row) + " " + strconv.Itoa(i+1), Level: 3}, inner)
		}
	default:
		row.Value = k.written(at, f, t, value)
	}
	return row
}

// changed says that an answer was corrected.
type changed struct {
	Was       string
	Had, File bool
}

func (changed) Component() string { return "desk/changed" }

// fileLink leads to an upload, to be saved; without Href it cannot be had, and Why says so.
type fileLink struct {
	Name, Href string
	Size       int64
	Why        string
	Bad        bool // it never will be
}

func (fileLink) Component() string { return "desk/file" }

func (k *kase) file(value any) ui.Component {
	text, _ := value.(string)
	link := fileLink{Name: k.locale.T("desk.case.file"), Href: "/desk/applications/" + k.a.ID.String() + "/uploads/" + text}
	id, err := uuid.Parse(text)
	if err != nil {
		return ui.Text{Text: link.Name}
	}
	var up document.Upload
	if up, err = k.o.Documents.StatOf(k.ctx, k.a.ID, id); err == nil {
		link.Name, link.Size = up.Name, up.Size
	}
	switch {
	case err != nil || up.Readable():
	case up.State == document.Infected:
		link.Href, link.Why, link.Bad = "", k.locale.T("desk.case.fileInfected"), true
	default:
		link.Href, link.Why = "", k.locale.T("desk.case.fileWaiting")
	}
	return link
}

// written is an answer as people read it; one that was chosen from a registry under the label that was kept with it.
func (k *kase) written(at string, f plan.FormField, t plan.FieldText, value any) string {
	switch f.Type {
	case "group":
		list, _ := value.([]any)
		var lines []string
		for i, item := range list {
			lines = append(lines, k.locale.Pick(t.Row)+" "+strconv.Itoa(i+1)+": "+strings.ReplaceAll(k.parts(at, f, t, item), "\n", " · "))
		}
		return strings.Join(lines, "\n")
	case "address", "person", "place":
		return k.parts(at, f, t, value)
	case "choices":
		list, _ := value.([]any)
		one := f
		one.Type = "choice"
		var lines []string
		for _, item := range list {
			lines = append(lines, k.written(at, one, t, item))
		}
		return strings.Join(lines, "\n")
	case "integer", "decimal":
		if f.Unit != "" && value != nil {
			return k.plain(value, f.Kind) + " " + form.UnitName(f.Unit, k.locale.Lang())
		}
	case "choice":
		plain := k.plain(value, "")
		if i := slices.Index(f.Options, plain); i >= 0 && i < len(t.Options) {
			return k.locale.Pick(t.Options[i].Label)
		}
		if label := k.a.Labels[form.LabelKey(at, plain)]; label != "" && label != plain {
			return label + " (" + plain + ")"
		}
		return plain
	case "money":
		if amount, ok := value.(string); ok {
			return k.amount(amount, k.plan.Currency)
		}
	}
	return k.plain(value, f.Kind)
}

// parts writes the parts of a record, or the answers of a row, a line each.
func (k *kase) parts(at string, f plan.FormField, t plan.FieldText, value any) string {
	answers, _ := value.(map[string]any)
	var lines []string
	for i := range f.Fields {
		inner := &f.Fields[i]
		v, given := answers[inner.Code]
		if !given {
			continue
		}
		words := plan.FieldText{Label: form.PartLabel(inner.Code)}
		if i < len(t.Fields) {
			words = t.Fields[i]
		}
		lines = append(lines, k.locale.Pick(words.Label)+": "+k.written(at+"."+inner.Code, *inner, words, v))
	}
	return strings.Join(lines, "\n")
}

// plain writes any value that came from JSON, of a kind as formulas have them.
func (v *visit) plain(value any, kind string) string {
	switch value := value.(type) {
	case nil:
		return ""
	case bool:
		if value {
			return v.locale.T("desk.yes")
		}
		return v.locale.T("desk.no")
	case json.Number:
		return value.String()
	case string:
		if kind == "date" {
			return v.locale.Day(value)
		}
		return value
	case map[string]any:
		if amount, ok := value["value"].(string); ok {
			currency, _ := value["currency"].(string)
			return v.amount(amount, currency)
		}
		texts := map[string]string{}
		for lang, text := range value {
			texts[lang], _ = text.(string)
		}
		return v.locale.Pick(texts)
	}
	b, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return string(b)
}
