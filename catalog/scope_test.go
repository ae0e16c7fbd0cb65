package catalog_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

func TestTheScopeHoldsWhatFormulasOfAServiceRead(t *testing.T) {
	c, _ := catalog.Load(os.DirFS(samples))
	sc := c.Scope(c.Service("health.insurance.renew"))
	if len(sc.Problems) > 0 {
		t.Fatal(lines(sc.Problems))
	}
	var roots []string
	for _, f := range sc.Fields {
		roots = append(roots, f.Name)
	}
	if got := strings.Join(roots, " "); got != "form applicant asOf tariff policy facts" {
		t.Errorf("got %s", got)
	}
	for text, want := range map[string]formula.Kind{
		"form.months": formula.KindInt, "form.dependant": formula.KindText, "tariff.cardFee": formula.KindMoney, "policy.socialList": formula.KindBool,
		"facts.monthly": formula.KindMoney, "asOf.submitted": formula.KindDate, "applicant.birthDate": formula.KindDate,
	} {
		f, list := sc.Compile(source.Text{Value: text}, formula.Type{})
		if len(list) > 0 || f.Type().Kind != want {
			t.Errorf("%s: %s", text, lines(list))
		}
	}
	if _, list := sc.Compile(source.Text{Value: "form.dependantName"}, formula.Type{}); len(list) != 1 || list[0].Code != formula.CodeAbsentValue {
		t.Errorf("a field of a hidden section was read: %s", lines(list))
	}
	guard := source.Text{Value: "facts.hasDependant"}
	if _, list := sc.Compile(source.Text{Value: "form.dependantName"}, formula.Type{}, guard); len(list) > 0 {
		t.Error(lines(list))
	}
	if _, list := sc.Compile(source.Text{Value: "issued.on"}, formula.Type{}); len(list) != 1 {
		t.Error("issued was read outside a document")
	}
	if _, list := sc.CompilePaper(source.Text{Value: "issued.on"}, formula.Type{}); len(list) > 0 {
		t.Error(lines(list))
	}
}

const scopeService = `service: a.b
form:
  - section: one
    fields:
      - {field: n, type: choice, options: [{value: 1}, {value: "2"}]}
      - {field: d, type: decimal}
      - {field: 1x, type: text}
      - {field: n, type: date}
facts:
  second: facts.first + 1
  first: form.d
  text: "'facts.missing'"
  wrong: form.nothing
  after: facts.wrong and lost.x
steps:
  - {step: lost, ask: no/where}
  - {step: form, ask: r/o}
  - {step: once, when: "form.d > 1", ask: r/o}
`

func TestTheScopeOfABrokenServiceLeavesOutWhatIsBroken(t *testing.T) {
	files := fstest.MapFS{
		"catalogue.yaml":    {Data: []byte("catalogue: x\n")},
		"registries/r.yaml": {Data: []byte("registry: r\ntitle: {en: R}\noperations:\n  - {operation: o, gives: {a: integer, b: 'date?', rows: {list: {c: money}}}}\n")},
		"services/a.yaml":   {Data: []byte(scopeService)},
	}
	c, _ := catalog.Load(files)
	sc := c.Scope(c.Service("a.b"))
	if got, want := lines(sc.Problems), "services/a.yaml:13:15: error[formula-unknown-field]: form has no field nothing\n"; got != want {
		t.Errorf("got %s", got)
	}
	var names []string
	for _, f := range sc.Facts {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); got != "first text second" {
		t.Errorf("got %s", got)
	}
	for text, want := range map[string]diag.Code{
		"form.n == '1'": "", "once.a > 0": formula.CodeAbsentValue, "form.d > 1 and once.a > 0": "", "form.d > 1 and once.b > asOf.submitted": formula.CodeAbsentValue,
		"form.d > 1 and once.rows.exists(r, r.c > money('1.00 ILS'))": "", "lost.anything": "", "facts.after": "", "facts.nothing": formula.CodeUnknownField,
	} {
		_, list := sc.Compile(source.Text{Value: text}, formula.Type{})
		if want == "" && len(list) > 0 || want != "" && (len(list) == 0 || list[0].Code != want) {
			t.Errorf("%s: got %s", text, lines(list))
		}
	}
}

func TestDurationsAreReadStrictly(t *testing.T) {
	for text, want := range map[string]string{
		"14 days": "14 days", "1 day": "1 day", "2 working days": "2 working days", "1 working day": "1 working day", "3 hours": "3 hours",
		"0 days": "", "14days": "", "14 Days": "", "-1 days": "", "99999 days": "", "": "", "14 days ": "14 days",
	} {
		d, ok := catalog.ParseDuration(text)
		if ok != (want != "") || ok && d.String() != want {
			t.Errorf("%q: %v %v", text, d, ok)
		}
	}
}
