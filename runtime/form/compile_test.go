package form_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestCompileRefusesAPlanThatWasNotChecked(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(p *plan.Plan)
	}{
		{"twice", `field "kind" is empty or given twice`, func(p *plan.Plan) { p.Form.Fields[0].Code = "kind" }},
		{"type", `type "colour"`, func(p *plan.Plan) { p.Form.Fields[0].Type = "colour" }},
		{"circle", "depends on itself", func(p *plan.Plan) { p.Form.Fields[1].When = "has(form.age)" }},
		{"fact circle", `no fact "asks" before it`, func(p *plan.Plan) { p.Facts[0].Formula = "facts.asks" }},
		{"condition", "there is nothing called nothing", func(p *plan.Plan) { p.Form.Fields[0].When = "nothing" }},
		{"lookup", "not known while the form is filled in", func(p *plan.Plan) {
			p.Scope = append(p.Scope, plan.Field{Name: "licence", Kind: "record", Fields: []plan.Field{{Name: "valid", Kind: "bool"}}})
			p.Form.Fields[0].When = "licence.valid"
		}},
		{"pattern", "missing closing", func(p *plan.Plan) { p.Form.Fields[0].Pattern = "(" }},
		{"limit", "a limit of a text", func(p *plan.Plan) { p.Form.Fields[0].Min = "1" }},
		{"accept", `accepts "exe"`, func(p *plan.Plan) { p.Form.Fields[0].Accept = []string{"exe"} }},
		{"prefill", "prefill", func(p *plan.Plan) { p.Form.Fields[0].Prefill = "prefill" }},
		{"rule", `rule 0: no such field "x"`, func(p *plan.Plan) { p.Form.Rules[0].Field = "x" }},
		{"script", "nothing runs scripts", func(p *plan.Plan) { p.Form.Scripts = []plan.Script{{Field: "kind", File: "a.js"}} }},
		{"schema", "schema", func(p *plan.Plan) { p.Form.Schema = json.RawMessage(`{"$ref":"#"}`) }},
	} {
		p, _ := load(t, conditional, "")
		c.change(p)
		if _, err := form.Compile(p, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	p, _ := load(t, scriptOnNumber, "function check() {}")
	if _, err := form.Compile(p, &scripted{}); err == nil || !strings.Contains(err.Error(), "check.js") {
		t.Errorf("a script without validate: %v", err)
	}
}

func TestASchemaOfAnotherFormIsNeverPassed(t *testing.T) {
	p, _ := load(t, conditional, "")
	p.Form.Schema = json.RawMessage(`{"type":"object","required":["other"]}`)
	f, err := form.Compile(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Validate(t.Context(), map[string]any{"kind": "a"}, usual()); err == nil {
		t.Error("passed")
	}
}

func TestACallThatWasGivenUpIsAnError(t *testing.T) {
	f, _ := compile(t, scriptOnNumber, &scripted{err: context.Canceled})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, problems, err := f.Validate(ctx, map[string]any{"number": "12"}, usual()); !errors.Is(err, context.Canceled) || problems != nil {
		t.Error(problems, err)
	}
}

func TestAFormServesManyAtOnce(t *testing.T) {
	f, texts := compile(t, conditional, nil)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				raw := map[string]any{"kind": "b", "child": "yes", "age": "18", "school": "x"}
				_, problems, err := f.Validate(t.Context(), raw, usual())
				if err != nil || len(problems) != 1 || f.View(texts, "en", raw, problems, usual(), nil).Sections == nil {
					t.Error(problems, err)
				}
			}
		})
	}
	all.Wait()
}

func TestEveryCodeHasASentenceInBothLanguages(t *testing.T) {
	codes := []string{
		"required", "type", "pattern", "min", "max", "option", "date", "email", "phone", "national-number", "too-long", "file-missing",
		"file-type", "file-size", "file-pages", "rule", "script", "script-unavailable", "unknown-field", "iban", "too-few", "too-many", "no-value",
	}
	placeholder := regexp.MustCompile(`\{[a-z]+\}`)
	written := map[string]map[string]string{}
	for _, lang := range []string{"ar", "en", "kk", "ru", "fr"} {
		b, err := fs.ReadFile(form.Messages, "messages/"+lang+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Form struct {
				Problem map[string]string `yaml:"problem"`
			} `yaml:"form"`
		}
		if err := yaml.Unmarshal(b, &file); err != nil {
			t.Fatal(err)
		}
		written[lang] = file.Form.Problem
		for _, code := range codes {
			p := form.Problem{Code: code, Message: "form.problem." + code}
			if got := p.Text(nil, lang); got == "" || got != file.Form.Problem[code] {
				t.Errorf("%s in %s: %q", code, lang, got)
			}
		}
	}
	for lang, sentences := range written {
		for key, text := range sentences {
			en, ok := written["en"][key]
			if !ok || strings.Join(placeholder.FindAllString(text, -1), "") != strings.Join(placeholder.FindAllString(en, -1), "") {
				t.Errorf("%s in %s: %q and %q", key, lang, text, en)
			}
		}
		if len(sentences) != len(written["en"]) {
			t.Errorf("%s has %d sentences, English %d", lang, len(sentences), len(written["en"]))
		}
	}
	p := form.Problem{Code: "min", Message: "form.problem.min-date", Args: map[string]string{"min": "1900-01-31"}}
	if got := p.Text(nil, "uz"); got != "Write a date that is not before 31/1/1900" {
		t.Errorf("%q", got)
	}
	if got := p.Text(nil, "ru"); got != "Укажите дату не раньше 31.01.1900" {
		t.Errorf("%q", got)
	}
	if got := p.Text(nil, "ar"); got != "اكتب تاريخًا لا يسبق \u206631/1/1900\u2069" {
		t.Errorf("%q", got)
	}
}
