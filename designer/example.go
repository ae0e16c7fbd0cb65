package designer

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// decideControl begins the names of the controls that say what is decided at a step.
const decideControl = "_decide."

// exampleControl is what an example is called; codes of fields have no underscore, so they cannot meet.
const exampleControl = "_example"

var errExample = errors.New("designer: the example is not accepted")

// exampleForm is the form by which an example is added: that of the service, and each step at which something is decided.
func (b *workbench) exampleForm() (out template.HTML) {
	w, sc, err := b.walk(b.chosen())
	if w == nil || err != nil {
		return ""
	}
	show := func(c ui.Component) {
		html, err := b.ui.HTML(b.locale.Lang(), c)
		if err == nil {
			out += html
		}
	}
	show(ui.Input{Field: ui.Field{Name: exampleControl, Label: b.locale.T("designer.example.name")}, MaxLength: change.MostTitle})
	var typed map[string]any
	if sc != nil {
		typed = w.Typed(sc)
	}
	f := filling.New(b.ctx, filling.Options{Form: w.Form(), Texts: w.Texts(), With: w.Context(), Locale: b.locale, Documents: noFiles{}, Path: b.r.URL.Path})
	for _, s := range w.Sheet().View(b.locale.Lang(), typed, nil).Sections {
		for _, q := range f.Questions(b.ctx, s.Fields) {
			show(q)
		}
	}
	for st := range b.service.AllSteps() {
		if st.Decisions.Len() == 0 {
			continue
		}
		choice := ui.Select{Field: ui.Field{Name: decideControl + st.Code.Value, Label: b.locale.T("designer.example.decide", "step", b.say(st.Title))}}
		for i, code := range st.Decisions.Keys() {
			choice.Options = append(choice.Options, ui.Option{Value: code, Text: code, Selected: i == 0})
		}
		show(choice)
	}
	return out
}

// example adds an example of what was filled in and decided, and expects of it what comes out.
func (b *workbench) example() (edit.Do, error) {
	w, sc, err := b.walk(b.chosen())
	title := strings.TrimSpace(b.r.PostFormValue(exampleControl))
	if w == nil || err != nil || title == "" || strings.ContainsAny(title, "\n\r") {
		return nil, errExample
	}
	typed := w.Form().Parse(b.r.PostForm)
	day := b.o.Now().In(b.zone()).Format(time.DateOnly)
	if sc != nil && sc.On.Value != "" {
		day = sc.On.Value // tariffs and clocks are those of the example that it was made from
	}
	body := "scenario: " + source.Quote(title) + "\non: " + day
	var answers []string
	for _, code := range slices.Sorted(maps.Keys(typed)) {
		value, err := json.Marshal(typed[code])
		if err != nil {
			return nil, err
		}
		if text, is := typed[code].(string); is {
			if value = []byte(source.Quote(text)); text == "true" || text == "false" {
				value = []byte(text)
			}
		}
		if string(value) != `""` && string(value) != "null" {
			answers = append(answers, code+": "+string(value))
		}
	}
	body += "\nform: {" + strings.Join(answers, ", ") + "}"
	if sc != nil {
		if _, n := sc.Node().Get("answers"); n != nil {
			body += "\nanswers:\n  " + strings.ReplaceAll(strings.TrimSpace(n.Text()), "\n", "\n  ")
		}
	}
	var decided []string
	for st := range b.service.AllSteps() {
		if code := b.r.PostFormValue(decideControl + st.Code.Value); slices.Contains(st.Decisions.Keys(), code) {
			decided = append(decided, st.Code.Value+": "+code)
		}
	}
	if len(decided) > 0 {
		body += "\ndecide: {" + strings.Join(decided, ", ") + "}"
	}
	return func(now []byte) ([]byte, error) {
		with := func(expected string) ([]byte, error) {
			return edit.Insert(b.file, edit.Path{"scenarios"}, -1, body+"\nexpect: {"+expected+"}", nil)(now)
		}
		next, err := with("end: none") // what comes out does not hang on what is expected
		if err != nil {
			return nil, err
		}
		c, problems := b.c.WithFile(b.file, next)
		s := serviceOf(c, b.file)
		if problems.HasErrors() || s == nil {
			return nil, errExample
		}
		came := servicetest.New(c, b.o.Scripts).Outcomes(s, s.Scenarios[len(s.Scenarios)-1:])
		if len(came) != 1 || !came[0].Ran {
			return nil, errExample
		}
		return with(b.expected(came[0]))
	}, nil
}

// expected is what came out, as an example expects it.
func (b *workbench) expected(o servicetest.Outcome) string {
	parts := []string{"path: [" + strings.Join(o.Path, ", ") + "]"}
	var fees []string
	for _, f := range o.Fees {
		fees = append(fees, f.Fee+": "+amount(ui.Money{Minor: f.Amount, Currency: b.c.Settings.Currency.Value}))
	}
	if len(fees) > 0 {
		parts = append(parts, "fees: {"+strings.Join(fees, ", ")+"}")
	}
	if o.End != "" {
		parts = append(parts, "end: "+o.End)
	}
	return strings.Join(parts, ", ")
}

// amount writes money as definitions do.
func amount(m ui.Money) string {
	digits := ui.MinorDigits(m.Currency)
	text := fmt.Sprintf("%0*d", digits+1, m.Minor)
	if digits == 0 {
		return text + " " + m.Currency
	}
	return text[:len(text)-digits] + "." + text[len(text)-digits:] + " " + m.Currency
}
