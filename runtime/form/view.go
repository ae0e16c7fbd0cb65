package form

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// View is a form ready to be rendered, in one language.
type View struct {
	Sections []Section
	// Dynamic are the fields whose answer may show or hide others: a page asks again when one changes, or offers to continue.
	Dynamic []string
}

// Section is a group of fields. It is not visible when none of its fields is.
type Section struct {
	Code, Title, Intro string
	Visible            bool
	Fields             []Field
}

// Field is one question with its answer as it was typed, right or wrong.
type Field struct {
	Code string
	Type string // as in the language: text, date, choice …
	// Label, Hint and Error are in the page's language.
	Label, Hint, Error string
	Visible, Required  bool
	Frozen             bool // shown, and no longer to be changed
	Dynamic            bool // its answer may show or hide others

	Value            string // of a file the ID of its upload; of a date empty
	Day, Month, Year string // of a date
	Checked          bool   // of a consent
	Options          []Option

	InputMode    string // keyboard of a phone, as in HTML: numeric, decimal, tel, email, or ""
	Autocomplete string // as in HTML, or ""
	Direction    string // ltr for what is always written so, else ""
	MaxLength    int    // in characters, 0 = none
	Currency     string // of money
	Accept       string // of a file, as in HTML: .pdf,.jpg
	Kinds        string // of a file, for people: PDF, JPEG
	MaxSize      int64  // of a file in bytes, 0 = none of its own
}

// Option is one answer of a choice, or of a question of yes or no.
type Option struct {
	Value, Label, Hint string
	Chosen             bool
}

// View makes the form of answers (typed, stored or prefilled) and the problems that Validate found in them. texts are those of the plan.
// frozen are the fields that can no longer be changed. A context that does not decode leaves conditional fields hidden.
func (f *Form) View(texts *plan.Texts, lang string, values map[string]any, problems []Problem, with Context, frozen []string) View {
	a, err := f.newAnswers(with)
	if err != nil {
		a, _ = f.newAnswers(Context{Submitted: with.Submitted}) // of an empty context nothing can fail to decode
	}
	a.take(values)
	sentences := make(map[string]string, len(problems))
	for _, p := range problems {
		sentences[p.Field] = p.Text(texts, lang)
	}
	w := words{texts, lang}
	view := View{Dynamic: f.Dynamic()}
	for i := range f.fields {
		code := f.fields[i].Section
		if n := len(view.Sections); n == 0 || view.Sections[n-1].Code != code {
			view.Sections = append(view.Sections, w.section(code))
		}
		section := &view.Sections[len(view.Sections)-1]
		field := f.view(i, w, values[f.fields[i].Code])
		field.Visible, field.Error = a.visible[i], sentences[field.Code]
		field.Frozen = slices.Contains(frozen, field.Code)
		section.Visible = section.Visible || field.Visible
		section.Fields = append(section.Fields, field)
	}
	return view
}

func (f *Form) view(i int, w words, value any) Field {
	c := &f.fields[i]
	out := Field{
		Code: c.Code, Type: c.Type, Required: !c.Optional, Dynamic: slices.Contains(f.dynamic, c.Code), MaxLength: c.longest,
		InputMode: c.manner.mode, Direction: c.manner.direction, Autocomplete: c.manner.autocomplete,
	}
	text := w.field(c.Code)
	out.Label, out.Hint = text.Label.In(w.lang, w.languages()...), text.Hint.In(w.lang, w.languages()...)
	switch catalog.FieldType(c.Type) {
	case catalog.DateField:
		out.Year, out.Month, out.Day = boxesOf(value)
		return out
	case catalog.ConsentField:
		given, _ := truth(value, true)
		out.Checked = given == true
		return out
	case catalog.YesNoField:
		out.Value = yesOrNo(value)
		for _, answer := range []string{"yes", "no"} {
			out.Options = append(out.Options, Option{Value: answer, Label: sentence("form."+answer, w.lang, nil), Chosen: out.Value == answer})
		}
		return out
	case catalog.ChoiceField:
		out.Value = typed(value)
		for at, option := range c.Options {
			label := w.option(text, at)
			out.Options = append(out.Options, Option{
				Value: option, Label: label.Label.In(w.lang, w.languages()...), Hint: label.Hint.In(w.lang, w.languages()...), Chosen: out.Value == option,
			})
		}
		return out
	case catalog.MoneyField:
		out.Currency = f.plan.Currency
	case catalog.FileField:
		out.MaxSize, out.Kinds = c.MaxSize, kindsOfFile(c.Accept)
		for _, kind := range c.Accept {
			out.Accept = strings.TrimPrefix(out.Accept+","+fileNames[kind], ",")
		}
	}
	out.Value = typed(value)
	return out
}

// typed shows an answer as it was typed, or as it is stored.
func typed(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return string(v)
	}
	return ""
}

func yesOrNo(v any) string {
	switch b, _ := truth(v, false); b {
	case true:
		return "yes"
	case false:
		return "no"
	}
	return ""
}

// boxesOf puts a date into three boxes: what was typed into them, or the parts of a day that is one.
func boxesOf(v any) (year, month, dayOfMonth string) {
	if typedBoxes, ok := v.(map[string]any); ok {
		return typed(typedBoxes["year"]), typed(typedBoxes["month"]), typed(typedBoxes["day"])
	}
	normal, code := day(v)
	text, ok := normal.(string)
	if code != "" || !ok {
		return "", "", typed(v) // kept, so that it can be seen and corrected
	}
	return text[:4], strings.TrimPrefix(text[5:7], "0"), strings.TrimPrefix(text[8:], "0")
}

// words finds the texts of a form; what has none is shown by its code.
type words struct {
	texts *plan.Texts
	lang  string
}

func (w words) languages() []string { return w.texts.Languages }

func (w words) section(code string) Section {
	for _, s := range w.texts.Sections {
		if s.Code == code {
			return Section{Code: code, Title: s.Title.In(w.lang, w.languages()...), Intro: s.Intro.In(w.lang, w.languages()...)}
		}
	}
	return Section{Code: code, Title: code}
}

func (w words) field(code string) plan.FieldText {
	for _, f := range w.texts.Fields {
		if f.Code == code {
			return f
		}
	}
	return plan.FieldText{Code: code, Label: plan.Text{w.lang: code}}
}

func (w words) option(f plan.FieldText, i int) plan.OptionText {
	if i < len(f.Options) {
		return f.Options[i]
	}
	return plan.OptionText{}
}
