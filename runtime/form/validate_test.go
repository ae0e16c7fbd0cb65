package form_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/schema"
	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/runtime/form"
)

const everything = `service: a.b
tariff: t
form:
  - section: one
    fields:
      - {field: name, type: text, optional: true, prefill: applicant.name, label: {ar: الاسم, en: Name}}
      - {field: arabic, type: text, optional: true, pattern: '(?i)[\p{Arabic} ]{2,40}', message: {ar: بالعربية, en: In Arabic}}
      - {field: number, type: text, optional: true, pattern: '[0-9]{7}', hint: {ar: سبعة, en: Seven}}
      - {field: notes, type: long-text, optional: true}
      - {field: count, type: integer, optional: true, min: 1, max: 10}
      - {field: weight, type: decimal, optional: true, min: 0.5}
      - {field: price, type: money, optional: true, min: 10, max: 1000.00 ILS}
      - {field: born, type: date, optional: true, min: 1900-01-01, max: today, prefill: applicant.birthDate}
      - {field: agrees, type: yes-no, optional: true}
      - {field: years, type: choice, optional: true, options: [{value: 1, label: {ar: سنة, en: One}}, {value: 5, label: {ar: خمس, en: Five}}]}
      - {field: colour, type: choice, optional: true, options: [{value: red}, {value: "1"}, {value: "٢  x"}]}
      - {field: paper, type: file, optional: true, accept: [pdf, jpeg], maxSize: 2 MB, maxPages: 3}
      - {field: identity, type: national-number, optional: true, prefill: applicant.nationalNumber}
      - {field: phone, type: phone, optional: true}
      - {field: mail, type: email, optional: true}
      - {field: consent, type: consent, optional: true}
validate:
  - {rule: form.count <= tariff.most, when: 'has(form.count) and orElse(form.agrees, false)', field: count, message: {ar: كثير, en: Too many}}
`

func TestEachTypeIsNormalisedAndJudged(t *testing.T) {
	f, _ := compile(t, everything, nil)
	with := usual()
	with.Tariff = map[string]json.RawMessage{"most": json.RawMessage("3")}
	if got := f.TariffReads(); !reflect.DeepEqual(got, []string{"most"}) {
		t.Errorf("reads %v of the tariff", got)
	}
	n := func(s string) json.Number { return json.Number(s) }
	type boxes = map[string]any
	for _, c := range []struct {
		field   string
		raw     any
		want    any // the value, or nil
		problem string
	}{
		{"name", "  ليلى \u00a0 النجار\u200f ", "ليلى النجار", ""},
		{"name", "   ", nil, ""},
		{"name", "a\u0000b\x01", "ab", ""},
		{"name", "\xff", "\uFFFD", ""},
		{"name", "اسم إلى أحمد", "اسم إلى أحمد", ""},
		{"name", "e\u0301", "é", ""},
		{"name", strings.Repeat("ن", 200), strings.Repeat("ن", 200), ""},
		{"name", strings.Repeat("ن", 201), nil, "too-long"},
		{"name", n("12"), nil, "type"},
		{"name", []any{"a"}, nil, "type"},
		{"arabic", "ليان", "ليان", ""},
		{"arabic", "Layan", nil, "pattern"},
		{"number", "١٢٣٤٥٦٧", "1234567", ""},
		{"number", "۱۲۳۴۵۶۷", "1234567", ""},
		{"number", "12345678", nil, "pattern"},
		{"notes", " a\r\nb\u202e \n\n", "a\nb", ""},
		{"count", "٧", n("7"), ""},
		{"count", "007", n("7"), ""},
		{"count", n("5.0"), n("5"), ""},
		{"count", 5, n("5"), ""},
		{"count", "", nil, ""},
		{"count", "5.5", nil, "type"},
		{"count", "five", nil, "type"},
		{"count", true, nil, "type"},
		{"count", "0", nil, "min"},
		{"count", "11", nil, "max"},
		{"count", "99999999999999999999", nil, "type"},
		{"weight", "٢٫٥", n("2.5"), ""},
		{"weight", "2.50", n("2.5"), ""},
		{"weight", "1,250.5", n("1250.5"), ""},
		{"weight", "1,5", nil, "type"},
		{"weight", "0.4", nil, "min"},
		{"price", "250", "250.00", ""},
		{"price", "١٬٠٠٠", "1000.00", ""},
		{"price", "250.00 ILS", "250.00", ""},
		{"price", boxes{"value": "250.00", "currency": "ILS"}, "250.00", ""},
		{"price", boxes{"value": "250.00", "currency": "JOD"}, nil, "type"},
		{"price", "250 JOD", nil, "type"},
		{"price", "250.001", nil, "type"},
		{"price", "9.99", nil, "min"},
		{"price", "1000.01", nil, "max"},
		{"price", "-20", nil, "type"},
		{"born", "٢٠٢٠-٢-٢٩", "2020-02-29", ""},
		{"born", "29/2/2020", "2020-02-29", ""},
		{"born", boxes{"day": "٥", "month": "1", "year": "1990"}, "1990-01-05", ""},
		{"born", boxes{"day": "", "month": "", "year": ""}, nil, ""},
		{"born", boxes{"day": "5", "month": "", "year": "1990"}, nil, "date"},
		{"born", boxes{"day": "5", "month": "1", "year": "90"}, nil, "date"},
		{"born", "2021-02-29", nil, "date"},
		{"born", "yesterday", nil, "date"},
		{"born", n("5"), nil, "type"},
		{"born", "2026-11-22", "2026-11-22", ""},
		{"born", "2026-11-23", nil, "max"},
		{"born", "1899-12-31", nil, "min"},
		{"agrees", "yes", true, ""},
		{"agrees", "no", false, ""},
		{"agrees", false, false, ""},
		{"agrees", "perhaps", nil, "type"},
		{"years", "٥", n("5"), ""},
		{"years", n("5"), n("5"), ""},
		{"years", "2", nil, "option"},
		{"years", "red", nil, "option"},
		{"colour", "1", "1", ""},
		{"colour", "blue", nil, "option"},
		{"colour", "٢  x", "٢  x", ""},
		{"paper", strings.ToUpper(upload), upload, ""},
		{"paper", "upload", nil, "file-missing"},
		{"paper", "00000000-0000-4000-8000-000000000000", nil, "file-missing"},
		{"identity", "٤٠١ ٢٣٤-٥٦٧", "401234567", ""},
		{"identity", "40123456", nil, "national-number"},
		{"phone", "٠٥٩٩ ١٢٣-٤٥٦", "0599123456", ""},
		{"phone", "00970 (599) 123.456", "+970599123456", ""},
		{"phone", "022951234", nil, "phone"},
		{"mail", " layla@example.ps ", "layla@example.ps", ""},
		{"mail", "Layla <layla@example.ps>", nil, "email"},
		{"consent", "on", true, ""},
		{"consent", false, nil, ""},
	} {
		values, found := check(t, f, map[string]any{c.field: c.raw}, with)
		want := c.problem
		if want != "" {
			want = c.field + " " + want
		}
		if found != want {
			t.Errorf("%s %q: problems %q, want %q", c.field, c.raw, found, want)
		}
		if got := values[c.field]; c.problem == "" && got != c.want {
			t.Errorf("%s %q becomes %#v, want %#v", c.field, c.raw, got, c.want)
		}
		again, found := check(t, f, values, with)
		if c.problem == "" && (found != "" || !reflect.DeepEqual(again, values)) {
			t.Errorf("%s %q: a second time %v %q", c.field, c.raw, again, found)
		}
		if b, err := json.Marshal(values); err != nil {
			t.Errorf("%s: %v", b, err)
		} else if _, err := schema.Decode(b); err != nil {
			t.Error(err)
		}
	}
}

func TestFilesAreJudgedByWhatTheyAre(t *testing.T) {
	f, texts := compile(t, everything, nil)
	for _, c := range []struct {
		form.Uploaded
		want string
	}{
		{form.Uploaded{Size: 2 << 20, MediaType: "application/pdf", Pages: 3}, ""},
		{form.Uploaded{Size: 2 << 20, MediaType: "application/pdf", Pages: 4}, "paper file-pages: Upload a file with fewer pages; the largest number of pages is 3"},
		{form.Uploaded{Size: 2<<20 + 1, MediaType: "image/jpeg"}, "paper file-size: Upload a smaller file; the largest size is 2 MB"},
		{form.Uploaded{Size: 1, MediaType: "image/png"}, "paper file-type: Upload a file of one of these kinds: PDF, JPEG"},
	} {
		with := usual()
		with.Upload = func(string) (form.Uploaded, bool) { return c.Uploaded, true }
		_, problems, err := f.Validate(t.Context(), map[string]any{"paper": upload}, with)
		got := ""
		if len(problems) > 0 {
			got = problems[0].Field + " " + problems[0].Code + ": " + problems[0].Text(texts, "en")
		}
		if err != nil || got != c.want {
			t.Errorf("%+v: %q, want %q", c.Uploaded, got, c.want)
		}
	}
	with := usual()
	with.Upload = nil
	if _, found := check(t, f, map[string]any{"paper": upload}, with); found != "paper file-missing" {
		t.Errorf("without uploads: %q", found)
	}
}

const conditional = `service: a.b
form:
  - section: one
    fields:
      - {field: late, type: text, when: facts.asks, optional: true}
      - {field: kind, type: choice, options: [{value: a}, {value: b}]}
      - {field: child, type: yes-no, when: form.kind == 'b'}
      - {field: age, type: integer, when: form.kind == 'b' and form.child, min: 1}
  - section: two
    when: form.kind == 'b' and form.child and form.age >= 3
    fields:
      - {field: school, type: text}
      - {field: grown, type: text, when: 'fullYears(applicant.birthDate, asOf.submitted) >= 60'}
validate:
  - {rule: form.age < 18, when: form.kind == 'b' and form.child, field: age, message: {ar: دون الثامنة عشرة, en: Under 18}}
facts:
  asks: form.kind == 'b' and form.child
  unused: form.kind + 'x'
`

func TestHiddenAnswersAreDroppedBeforeAnythingReadsThem(t *testing.T) {
	f, _ := compile(t, conditional, nil)
	for _, c := range []struct {
		raw   map[string]any
		kept  string
		found string
	}{
		{map[string]any{}, "", "kind required"},
		{map[string]any{"kind": "a", "child": "yes", "age": "40", "school": "x"}, "kind", ""},
		{map[string]any{"kind": "b"}, "kind", "child required"},
		{map[string]any{"kind": "b", "child": "no", "age": "40", "school": "x", "late": "l"}, "child kind", ""},
		{map[string]any{"kind": "b", "child": "yes", "late": "l"}, "child kind late", "age required"},
		{map[string]any{"kind": "b", "child": "yes", "age": "2"}, "age child kind", ""},
		{map[string]any{"kind": "b", "child": "yes", "age": "3"}, "age child kind", "school required"},
		{map[string]any{"kind": "b", "child": "yes", "age": "18", "school": "x"}, "age child kind school", "age rule"},
		{map[string]any{"kind": "b", "child": "yes", "age": "many", "school": "x"}, "child kind", "age type"},
		{map[string]any{"kind": "b", "child": "yes", "age": "3", "school": "x", "grown": "y"}, "age child kind school", ""},
		{map[string]any{"kind": "c", "child": "yes"}, "kind", "kind option"},
	} {
		values, found := check(t, f, c.raw, usual())
		if got := keys(values); got != c.kept || found != c.found {
			t.Errorf("%v: keeps %q, finds %q; want %q, %q", c.raw, got, found, c.kept, c.found)
		}
	}
	old := usual()
	old.Applicant["birthDate"] = "1950-01-01"
	if _, found := check(t, f, map[string]any{"kind": "b", "child": "yes", "age": "3", "school": "x"}, old); found != "grown required" {
		t.Errorf("an old applicant: %q", found)
	}
	if got := f.Dynamic(); !reflect.DeepEqual(got, []string{"kind", "child", "age"}) {
		t.Errorf("dynamic: %v", got)
	}
}

const scriptOnNumber = `service: a.b
form:
  - section: one
    fields:
      - {field: number, type: text, pattern: '[0-9]+'}
      - {field: other, type: text, optional: true}
      - {field: checked, type: yes-no, optional: true}
validate:
  - {script: check.js, field: number, when: "orElse(form.checked, true)", message: {ar: خطأ, en: Wrong number}}
`

func TestScriptsRunOnSoundAnswersOnlyAndFailureIsNeverValid(t *testing.T) {
	broken := errors.New("killed")
	for _, c := range []struct {
		raw    map[string]any
		answer scripted
		found  string
		calls  int
	}{
		{map[string]any{"number": "12"}, scripted{result: script.Result{Valid: true}}, "", 1},
		{map[string]any{"number": "١٢"}, scripted{}, "number script", 1},
		{map[string]any{"number": "12"}, scripted{err: broken}, "number script-unavailable", 1},
		{map[string]any{"number": "12"}, scripted{result: script.Result{Valid: true}, err: broken}, "number script-unavailable", 1},
		{map[string]any{"number": "twelve"}, scripted{}, "number pattern", 0},
		{map[string]any{}, scripted{}, "number required", 0},
		{map[string]any{"number": "12", "checked": false}, scripted{}, "", 0},
	} {
		f, texts := compile(t, scriptOnNumber, &c.answer)
		_, found := check(t, f, c.raw, usual())
		if found != c.found || len(c.answer.calls) != c.calls {
			t.Errorf("%v: %q after %d calls, want %q after %d", c.raw, found, len(c.answer.calls), c.found, c.calls)
		}
		if c.found == "number script" {
			_, problems, _ := f.Validate(t.Context(), c.raw, usual())
			if got := problems[0].Text(texts, "ar"); got != "خطأ" || c.answer.calls[0] != "12" {
				t.Error(got, c.answer.calls)
			}
		}
		if c.answer.err != nil {
			if _, problems, _ := f.Validate(t.Context(), c.raw, usual()); !errors.Is(problems[0].Cause, broken) {
				t.Error("the cause is lost")
			}
		}
	}
}

func TestRulesReadTheTariffAndWaitForSoundAnswers(t *testing.T) {
	f, texts := compile(t, everything, nil)
	with := usual()
	for _, c := range []struct{ count, most, want string }{
		{"3", "3", ""}, {"4", "3", "count rule"}, {"4", "4", ""}, {"0", "3", "count min"}, {"4", "", "count rule"},
	} {
		with.Tariff = map[string]json.RawMessage{"most": json.RawMessage(c.most)}
		raw := map[string]any{"count": c.count, "agrees": "yes"}
		if _, found := check(t, f, raw, with); found != c.want {
			t.Errorf("%+v: %q", c, found)
		}
		if c.want == "count rule" {
			_, problems, _ := f.Validate(t.Context(), raw, with)
			if got := problems[0].Text(texts, "en"); got != "Too many" {
				t.Error(got)
			}
		}
	}
}

func TestUnknownFieldsAreNamedOnlyWhenTheyAreNames(t *testing.T) {
	f, _ := compile(t, everything, nil)
	raw := map[string]any{"stranger": "x", "401234567": "y", "name": "z", "price": "no"}
	_, problems, err := f.Validate(t.Context(), raw, usual())
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, p := range problems {
		paths = append(paths, p.Path+" "+p.Code)
	}
	want := []string{"/price type", " unknown-field", "/stranger unknown-field"}
	if !reflect.DeepEqual(paths, want) {
		t.Errorf("%q", paths)
	}
}

func TestProblemsComeInFormOrderOnceForEachFieldAndNeverEcho(t *testing.T) {
	f, texts := compile(t, everything, nil)
	raw := map[string]any{"phone": "SECRET", "name": strings.Repeat("SECRET", 99), "count": "SECRET", "born": "SECRET", "paper": "SECRET"}
	_, problems, err := f.Validate(t.Context(), raw, usual())
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, p := range problems {
		order = append(order, p.Field)
		b, _ := json.Marshal(p)
		if strings.Contains(string(b)+p.Text(texts, "ar"), "SECRET") {
			t.Errorf("%s", b)
		}
	}
	if want := []string{"name", "count", "born", "paper", "phone"}; !reflect.DeepEqual(order, want) {
		t.Errorf("%v", order)
	}
}

func TestFactsOfAnotherTypeAreAnErrorAndNotAProblem(t *testing.T) {
	f, _ := compile(t, conditional, nil)
	with := form.Context{Applicant: map[string]any{"birthDate": "SECRET"}, Submitted: formula.Date{Year: 2026, Month: 1, Day: 1}}
	_, problems, err := f.Validate(t.Context(), map[string]any{}, with)
	if err == nil || problems != nil || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("%v %v", problems, err)
	}
}

const across = `service: a.b
form:
  - section: one
    fields:
      - {field: low, type: integer, max: 10}
      - {field: high, type: integer}
      - {field: word, type: text}
validate:
  - {rule: form.low < form.high, field: high, message: {ar: أكبر, en: Larger}}
  - {rule: 10 / form.high > 0, field: low, message: {ar: صفر, en: Zero}}
  - {script: check.js, field: word, message: {ar: خطأ, en: Wrong}}
`

// What another field has wrong is said once, there, and not again beside every field that is compared with it.
func TestNothingIsJudgedByAnAnswerThatIsWrongItself(t *testing.T) {
	for _, c := range []struct{ low, high, want string }{
		{"1", "2", "word script"},
		{"3", "2", "high rule, word script"},
		{"-1", "0", "low rule"},
		{"11", "2", "low max"},
		{"many", "2", "low type"},
	} {
		p, _ := load(t, across, "function validate(value, form) { return form.low > 0 }")
		f, err := form.Compile(p, &scripted{})
		if err != nil {
			t.Fatal(err)
		}
		if _, found := check(t, f, map[string]any{"low": c.low, "high": c.high, "word": "w"}, usual()); found != c.want {
			t.Errorf("%+v: %q", c, found)
		}
	}
	p, _ := load(t, across, "function validate(value, form) { return Object.keys(form).length > 0 }")
	calls := &scripted{result: script.Result{Valid: true}}
	f, err := form.Compile(p, calls)
	if err != nil {
		t.Fatal(err)
	}
	if check(t, f, map[string]any{"low": "11", "high": "12", "word": "w"}, usual()); len(calls.calls) != 0 {
		t.Error("a script that reads the whole form was given a wrong answer")
	}
}
