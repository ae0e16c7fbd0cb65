package form

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/unit"
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
	Name string // of its control: Code, or that behind the group, the row or the record in which it stands
	Type string // as in the language: text, date, choice …
	// Label, Hint and Error are in the page's language.
	Label, Hint, Error string
	Visible, Required  bool
	Frozen             bool // shown, and no longer to be changed
	Derived            bool // worked out by the server: shown, never asked
	Dynamic            bool // its answer may show or hide others, or change what is worked out

	Value            string // of a file the ID of its upload; of a date empty
	Day, Month, Year string // of a date
	Checked          bool   // of a consent
	Options          []Option
	None             string   // said in place of options where there is nothing to choose
	Values           []string // IDs of several uploads

	Parts   []Field // of a record
	Rows    []Row   // of a group
	RowName string  // of one row of a group
	More    bool    // a row or a file may be added
	Fewer   bool    // a row may be removed
	AtLeast int     // rows, answers or files
	AtMost  int

	InputMode    string // keyboard of a phone, as in HTML: numeric, decimal, tel, email, or ""
	Autocomplete string // as in HTML, or ""
	Direction    string // ltr for what is always written so, else ""
	MaxLength    int    // in characters, 0 = none
	Currency     string // of money
	Unit         string // of a number, in words
	Declaration  string // of a consent: what is agreed to
	Accept       string // of a file, as in HTML: .pdf,.jpg
	Kinds        string // of a file, for people: PDF, JPEG
	MaxSize      int64  // of a file in bytes, 0 = none of its own
	MaxPages     int    // of each PDF, 0 = none of its own
	Several      bool   // takes several files
}

// Each calls do for every field of the view, those in rows and records too, each before what it holds.
func (v *View) Each(do func(*Field)) {
	for i := range v.Sections {
		each(v.Sections[i].Fields, do)
	}
}

// Each calls do for the field and for what it holds.
func (f *Field) Each(do func(*Field)) {
	do(f)
	each(f.Parts, do)
	for i := range f.Rows {
		each(f.Rows[i].Fields, do)
	}
}

func each(fields []Field, do func(*Field)) {
	for i := range fields {
		fields[i].Each(do)
	}
}

// Row is one row of a group. Title is its name with its number.
type Row struct {
	Name   string // of the row, as its controls begin: children.2
	Title  string
	Fields []Field
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
	w := words{texts: texts, lang: lang, frozen: frozen, problems: make(map[string]string, len(problems))}
	for _, p := range problems {
		w.problems[p.Field] = p.Text(texts, lang)
	}
	view := View{Dynamic: f.Dynamic()}
	for i := range f.block.fields {
		code := f.block.fields[i].Section
		if n := len(view.Sections); n == 0 || view.Sections[n-1].Code != code {
			view.Sections = append(view.Sections, w.section(code))
		}
		section := &view.Sections[len(view.Sections)-1]
		field := a.view(i, w, w.field(f.block.fields[i].Code), values)
		field.Dynamic = slices.Contains(f.dynamic, field.Code)
		section.Visible = section.Visible || field.Visible
		section.Fields = append(section.Fields, field)
	}
	return view
}

// view makes one field; raw are the answers of its block as they were typed.
func (a *answers) view(i int, w words, text plan.FieldText, raw map[string]any) Field {
	f := &a.block.fields[i]
	name := a.key + f.Code
	out := Field{
		Code: f.Code, Name: name, Type: f.Type, Visible: a.visible[i], Required: a.visible[i] && a.required(i), Error: w.problems[name],
		Frozen: slices.Contains(w.frozen, name), Derived: f.value != nil, Dynamic: a.path != "" && a.block.moves(i), MaxLength: f.longest,
		InputMode: f.manner.mode, Direction: f.manner.direction, Autocomplete: f.manner.autocomplete,
		Label: w.in(text.Label), Hint: w.in(text.Hint), AtLeast: f.AtLeast, AtMost: f.AtMost,
	}
	if !a.visible[i] {
		out.Required = !f.Optional && f.require == nil && (!f.list() || f.AtLeast > 0)
	}
	value := raw[f.Code]
	if f.value != nil && a.values[i] != nil { // where it cannot be worked out now, what is stored stands
		value = a.values[i]
	}
	switch {
	case f.group():
		a.viewRows(i, w, text, value, &out)
	case f.inner != nil:
		parts, _ := value.(map[string]any)
		out.Parts = a.viewRecord(i, w, parts)
	default:
		f.show(&out, w, text, value)
	}
	if f.records != nil {
		a.choices(i, w.in(text.None), value, &out)
	}
	switch catalog.FieldType(f.Type) {
	case catalog.MoneyField:
		out.Currency = a.form.plan.Currency
	case catalog.IntegerField, catalog.DecimalField:
		out.Unit = UnitName(f.Unit, w.lang)
	}
	return out
}

// viewRows shows the rows that were typed, and at least as many as there must be.
func (a *answers) viewRows(i int, w words, text plan.FieldText, value any, out *Field) {
	f := &a.block.fields[i]
	given, _ := value.([]any)
	out.RowName = w.in(text.Row)
	for at := range max(len(given), f.AtLeast) {
		var r *answers
		for _, taken := range a.inner[i] {
			if taken.at == at {
				r = taken
			}
		}
		var fields map[string]any
		if at < len(given) {
			fields, _ = given[at].(map[string]any)
		}
		if r == nil { // not typed yet
			r = a.row(i, at)
			r.take(fields)
		}
		row := Row{Name: strings.TrimSuffix(r.key, "."), Title: out.RowName + " " + strconv.Itoa(at+1)}
		for j := range f.inner.fields {
			row.Fields = append(row.Fields, r.view(j, w, fieldText(text.Fields, f.inner.fields[j].Code), fields))
		}
		out.Rows = append(out.Rows, row)
	}
	out.More = !out.Derived && (f.AtMost == 0 || len(out.Rows) < f.AtMost)
	out.Fewer = !out.Derived && len(out.Rows) > f.AtLeast
}

func (a *answers) viewRecord(i int, w words, parts map[string]any) (out []Field) {
	f := &a.block.fields[i]
	var r *answers
	if len(a.inner[i]) == 1 {
		r = a.inner[i][0]
	} else {
		r = a.row(i, -1)
		r.take(parts)
	}
	for j := range f.inner.fields {
		inner := &f.inner.fields[j]
		label := sentence("form.part."+inner.Code, w.lang, nil)
		part := r.view(j, w, plan.FieldText{Code: inner.Code, Label: plan.Text{w.lang: label}}, parts)
		if hint := sentence("form.hint."+inner.Code, w.lang, nil); hint != "form.hint."+inner.Code {
			part.Hint = hint
		}
		part.Required = part.Required && !f.Optional
		out = append(out, part)
	}
	return out
}

// show puts the answer of a field without fields of its own into the view.
func (f *field) show(out *Field, w words, text plan.FieldText, value any) {
	switch catalog.FieldType(f.Type) {
	case catalog.DateField:
		out.Year, out.Month, out.Day = boxesOf(value)
		return
	case catalog.ConsentField:
		given, _ := truth(value, true)
		out.Checked, out.Declaration = given == true, w.in(text.Declaration)
		return
	case catalog.YesNoField:
		out.Value = yesOrNo(value)
		for _, answer := range []string{"yes", "no"} {
			out.Options = append(out.Options, Option{Value: answer, Label: sentence("form."+answer, w.lang, nil), Chosen: out.Value == answer})
		}
		return
	case catalog.ChoiceField, catalog.ChoicesField:
		chosen := map[string]bool{}
		list, _ := items(value)
		for _, item := range list {
			chosen[typed(item)] = true
		}
		if !f.list() {
			out.Value = typed(value)
		}
		for at, option := range f.Options {
			label := w.option(text, at)
			out.Options = append(out.Options, Option{Value: option, Label: w.in(label.Label), Hint: w.in(label.Hint), Chosen: chosen[option]})
		}
		return
	case catalog.FileField:
		out.MaxSize, out.MaxPages, out.Kinds, out.Several = f.MaxSize, f.MaxPages, kindsOfFile(f.Accept), f.list()
		for _, kind := range f.Accept {
			out.Accept = strings.TrimPrefix(out.Accept+","+fileNames[kind], ",")
		}
		if f.list() {
			list, _ := items(value)
			for _, item := range list {
				out.Values = append(out.Values, typed(item))
			}
			out.More = f.AtMost == 0 || len(out.Values) < f.AtMost
			return
		}
	case catalog.IBANField:
		if out.Value = typed(value); out.Value == compact(asIBAN, line(out.Value)) { // as it is stored: as it is printed
			out.Value = fours(out.Value)
		}
		return
	}
	out.Value = typed(value)
}

// PartLabel names a part of an address, a person or a place: what the plan has no words for, since it is the same everywhere.
func PartLabel(part string) plan.Text {
	out := plan.Text{}
	for _, lang := range languages {
		out[lang] = sentence("form.part."+part, lang, nil)
	}
	return out
}

// UnitName is what the unit of a field is called behind a number, in a language.
func UnitName(code, lang string) string { return unit.Name(code, lang) }

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
	texts    *plan.Texts
	lang     string
	problems map[string]string // by name of control
	frozen   []string
}

func (w words) in(t plan.Text) string { return t.In(w.lang, w.languages()...) }

func (w words) languages() []string { return w.texts.Languages }

func (w words) section(code string) Section {
	for _, s := range w.texts.Sections {
		if s.Code == code {
			return Section{Code: code, Title: w.in(s.Title), Intro: w.in(s.Intro)}
		}
	}
	return Section{Code: code, Title: code}
}

func (w words) field(code string) plan.FieldText {
	if f := fieldText(w.texts.Fields, code); f.Code != "" {
		return f
	}
	return plan.FieldText{Code: code, Label: plan.Text{w.lang: code}}
}

func (w words) option(f plan.FieldText, i int) plan.OptionText {
	if i < len(f.Options) {
		return f.Options[i]
	}
	return plan.OptionText{}
}
