package form_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/runtime/form"
	workflow "github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// TestMain lets this binary be the worker of a real script pool.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "script-worker" {
		script.Worker(os.Stdin, os.Stdout)
		return
	}
	os.Exit(m.Run())
}

const settings = `catalogue: test
title: {ar: تجربة, en: Test}
languages: [ar, en]
currency: ILS
timeZone: Asia/Hebron
calendar: none
`

const tariff = `tariff: t
title: {ar: تعرفة, en: Tariff}
authority: a
since: 2026-01-01
amounts: {most: 3, fee: 10.00 ILS}
`

// load reads one definition and the script check.js beside it.
func load(t testing.TB, definition, code string) (*plan.Plan, *plan.Texts) {
	t.Helper()
	c, _ := catalog.Load(fstest.MapFS{
		"catalogue.yaml": {Data: []byte(settings)}, "services/a/b.yaml": {Data: []byte(definition)}, "services/a/check.js": {Data: []byte(code)},
		"tariffs/t.yaml": {Data: []byte(tariff)},
	})
	if len(c.Services) != 1 {
		t.Fatal("no service")
	}
	return planOf(t, c, c.Services[0])
}

// planOf compiles what a form needs of a plan.
func planOf(t testing.TB, c *catalog.Catalogue, s *catalog.Service) (*plan.Plan, *plan.Texts) {
	t.Helper()
	sc := c.Scope(s)
	p := &plan.Plan{Format: plan.Format, Service: s.Code.Value, Currency: c.Settings.Currency.Value, Zone: "Asia/Hebron", Scope: planFields(sc.Fields)}
	texts := &plan.Texts{Service: s.Code.Value, Languages: []string{"ar", "en"}}
	for _, f := range sc.Facts {
		p.Facts = append(p.Facts, plan.Fact{Name: f.Name, Formula: f.Text, Kind: kindNames[f.Formula.Type().Kind]})
	}
	var err error
	if p.Form, err = workflow.Fields(s.FieldList()); err != nil {
		t.Fatal(err)
	}
	texts.Fields = workflow.FieldTexts(s.FieldList())
	for i := range s.Form {
		texts.Sections = append(texts.Sections, plan.SectionText{Code: s.Form[i].Code.Value, Title: s.Form[i].Title.Plain(), Intro: s.Form[i].Intro.Plain()})
	}
	for _, v := range s.Validate {
		if v.Rule.Value != "" {
			p.Form.Rules = append(p.Form.Rules, plan.Rule{Field: v.Field.Value, When: v.When.Value, Formula: v.Rule.Value})
			texts.Rules = append(texts.Rules, v.Message.Plain())
			continue
		}
		file, content := c.Script(s, v.Script.Value)
		p.Form.Scripts = append(p.Form.Scripts, plan.Script{Field: v.Field.Value, When: v.When.Value, File: file, Source: string(content)})
		texts.Scripts = append(texts.Scripts, v.Message.Plain())
	}
	return p, texts
}

var kindNames = map[formula.Kind]string{
	formula.KindBool: "bool", formula.KindInt: "int", formula.KindDecimal: "decimal", formula.KindMoney: "money", formula.KindText: "text",
	formula.KindDate: "date", formula.KindList: "list", formula.KindObject: "record",
}

func planFields(fields []formula.Field) []plan.Field {
	var out []plan.Field
	for _, f := range fields {
		pf := plan.Field{Name: f.Name, Kind: kindNames[f.Type.Kind], Optional: f.Optional, When: f.When}
		switch {
		case f.Type.Object != nil:
			pf.Fields = planFields(f.Type.Object.Fields)
		case f.Type.Elem != nil && f.Type.Elem.Object != nil:
			pf.Fields = planFields(f.Type.Elem.Object.Fields)
		case f.Type.Elem != nil:
			pf.Of = kindNames[f.Type.Elem.Kind]
		}
		out = append(out, pf)
	}
	return out
}

// person is the usual sample applicant.
func person() map[string]any {
	return map[string]any{"nationalNumber": "401234567", "name": "ليلى خليل النجار", "birthDate": "1988-03-21", "sex": "female"}
}

const (
	upload  = "5c3b8f9e-8a53-4a3d-9d36-0c6a4f0d8b11"
	picture = "5c3b8f9e-8a53-4a3d-9d36-0c6a4f0d8b12"
)

// uploads knows one PDF of a megabyte.
func uploads(id string) (form.Uploaded, bool) {
	if id == picture {
		return form.Uploaded{Size: 1 << 20, MediaType: "image/jpeg"}, true
	}
	return form.Uploaded{Size: 1 << 20, MediaType: "application/pdf", Pages: 1}, id == upload
}

func usual() form.Context {
	return form.Context{Applicant: person(), Submitted: formula.Date{Year: 2026, Month: 11, Day: 22}, Upload: uploads}
}

// scripted answers every call alike and counts them.
type scripted struct {
	result script.Result
	err    error
	calls  []any
}

func (s *scripted) Call(_ context.Context, _ *script.Script, value any, _ map[string]any) (script.Result, error) {
	s.calls = append(s.calls, value)
	return s.result, s.err
}

func compile(t testing.TB, definition string, scripts form.Scripts) (*form.Form, *plan.Texts) {
	t.Helper()
	p, texts := load(t, definition, "function validate(value, form) { return value.length === 7 }")
	f, err := form.Compile(p, scripts)
	if err != nil {
		t.Fatal(err)
	}
	return f, texts
}

// check validates and writes problems as "field code" for comparison.
func check(t testing.TB, f *form.Form, raw map[string]any, with form.Context) (map[string]any, string) {
	t.Helper()
	values, problems, err := f.Validate(context.Background(), raw, with)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, p := range problems {
		found = append(found, strings.TrimPrefix(p.Path, "/")+" "+p.Code)
	}
	return values, strings.Join(found, ", ")
}

func plainNode(n *source.Node) any {
	switch n.Kind {
	case source.Mapping:
		out := map[string]any{}
		for k, v := range n.Pairs() {
			out[k.Value] = plainNode(v)
		}
		return out
	case source.Scalar:
		return n.Value
	}
	panic("a list in a form")
}

func TestEverySampleFormTakesItsScenarios(t *testing.T) {
	c, _ := catalog.Load(os.DirFS("../../samples/palestine"))
	pool, err := script.NewPool(script.Options{Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	tried := 0
	for _, s := range c.Services {
		p, texts := planOf(t, c, s)
		f, err := form.Compile(p, pool)
		if err != nil {
			t.Errorf("%s: %v", s.Code.Value, err)
			continue
		}
		for _, scenario := range s.Scenarios {
			if scenario.Expect.Has("findings") {
				continue // its form is meant to be refused
			}
			raw := map[string]any{}
			for code, v := range plainNode(scenario.Form).(map[string]any) {
				switch v {
				case "upload":
					v = upload
				case "face.jpg 1 MB":
					v = picture
				}
				raw[code] = v
			}
			with := usual()
			if scenario.Person != nil {
				for name, v := range plainNode(scenario.Person).(map[string]any) {
					with.Applicant[name] = v
				}
			}
			if with.Submitted, err = formula.ParseDate(scenario.On.Value); err != nil {
				t.Fatal(err)
			}
			values, problems, err := f.Validate(t.Context(), raw, with)
			if err != nil || len(problems) > 0 || len(values) != len(raw) {
				t.Errorf("%s, %s: %v %v\n%v\n%v", s.Code.Value, scenario.Title.Value, err, problems, raw, values)
			}
			view := f.View(texts, "ar", raw, problems, with, nil)
			shown := 0
			for _, section := range view.Sections {
				shown += len(section.Fields)
			}
			if shown != len(p.Form.Fields) {
				t.Errorf("%s: %d of %d fields in the view", s.Code.Value, shown, len(p.Form.Fields))
			}
			tried++
		}
	}
	if tried < len(c.Services) {
		t.Errorf("%d scenarios of %d services", tried, len(c.Services))
	}
}

func TestSampleScriptRefusesThroughARealPool(t *testing.T) {
	c, _ := catalog.Load(os.DirFS("../../samples/palestine"))
	pool, err := script.NewPool(script.Options{Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	p, texts := planOf(t, c, c.Service("transport.driving-licence.renew"))
	f, err := form.Compile(p, pool)
	if err != nil {
		t.Fatal(err)
	}
	raw := map[string]any{"licenceNumber": "٧٧٧٧٧٧٧", "years": "5", "phone": "٠٥٩٩ ١٢٣ ٤٥٦", "declaration": "on"}
	_, problems, err := f.Validate(t.Context(), raw, usual())
	if err != nil || len(problems) != 1 || problems[0].Code != form.ScriptProblem {
		t.Fatal(problems, err)
	}
	if got := problems[0].Text(texts, "en"); got != "This licence number is not valid; check its digits" {
		t.Error(got)
	}
}

func ExampleForm_Validate() {
	c, _ := catalog.Load(os.DirFS("../../samples/palestine"))
	p, texts := planOf(&testing.T{}, c, c.Service("transport.vehicle-licence.enquiry"))
	f, _ := form.Compile(p, nil)
	values, problems, _ := f.Validate(context.Background(), map[string]any{"plate": " ٦-١٢٣٤-٩٦ "}, usual())
	fmt.Println(values, problems)
	_, problems, _ = f.Validate(context.Background(), map[string]any{"plate": "6123496"}, usual())
	fmt.Println(problems[0].Path, problems[0].Code, problems[0].Text(texts, "en"))
	// Output:
	// map[plate:6-1234-96] []
	// /plate pattern Write the plate number like 6-1234-96
}
