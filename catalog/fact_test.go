package catalog_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
)

const factService = `service: a.b
form:
  - section: one
    fields:
      - {field: area, type: integer}
      - {field: kind, type: choice, options: [{value: a}, {value: b}]}
      - {field: floors, type: integer, when: form.kind == 'b'}
      - {field: note, type: integer, optional: true}
facts:
  plain: form.area * 2
  band: {cases: [{when: form.area <= 100, value: 1}, {when: form.area <= 200, value: 1.5}, {value: 2}]}
  guarded: {cases: [{when: not has(form.note), value: 0}, {when: form.note > 5, value: 5}, {value: form.note}]}
  either: {cases: [{when: form.kind == 'b', value: form.floors}, {when: form.kind == 'a', value: 1}]}
  said: {cases: [{when: "form.area > 1 ? form.kind == 'a' : false", value: "'x' // why\n"}, {value: "'y'"}]}
  rate:
    on: asOf.submitted
    cases:
      - {since: 2026-07-01, value: facts.band}
      - {when: form.area > 1000, value: 9}
      - {until: 2025-12-31, value: 0.15}
      - {since: 2026-01-01, until: 2026-06-30, when: form.kind == 'a', value: 0.16}
      - {since: 2026-01-01, until: 2026-06-30, value: 0.17}
`

func TestTheFirstRowOfAFactThatFitsGivesItsValue(t *testing.T) {
	c, list := catalog.Load(fstest.MapFS{"catalogue.yaml": {Data: []byte("catalogue: x\n")}, "services/a.yaml": {Data: []byte(factService)}})
	sc := c.Scope(c.Service("a.b"))
	if len(sc.Problems) > 0 {
		t.Fatal(lines(sc.Problems), lines(list))
	}
	for _, test := range []struct {
		day  string
		form map[string]any
		want string
	}{
		{"2026-06-30", map[string]any{"area": int64(100), "kind": "a"}, "plain=200 band=1#1 guarded=0#1 either=1#2 said=x#1 rate=0.16#4"},
		{"2026-06-30", map[string]any{"area": int64(1), "kind": "b", "floors": int64(7), "note": int64(6)}, "plain=2 band=1#1 guarded=5#2 either=7#1 said=y#2 rate=0.17#5"},
		{"2026-01-01", map[string]any{"area": int64(101), "kind": "a", "note": int64(5)}, "plain=202 band=1.5#2 guarded=5#3 either=1#2 said=x#1 rate=0.16#4"},
		{"2025-12-31", map[string]any{"area": int64(201), "kind": "a"}, "plain=402 band=2#3 guarded=0#1 either=1#2 said=x#1 rate=0.15#3"},
		{"2025-12-31", map[string]any{"area": int64(1001), "kind": "a"}, "plain=2002 band=2#3 guarded=0#1 either=1#2 said=x#1 rate=9#2"},
		// The row of the period stands before the one of every day.
		{"2026-07-01", map[string]any{"area": int64(1001), "kind": "a"}, "plain=2002 band=2#3 guarded=0#1 either=1#2 said=x#1 rate=2#1"},
		// A value that no form can bring stops the case.
		{"2026-07-01", map[string]any{"area": int64(1), "kind": "c"}, "plain=2 band=1#1 guarded=0#1 either=formula: no row fits this case said=y#2 rate=1#1"},
	} {
		day, _ := formula.ParseDate(test.day)
		facts := map[string]any{}
		values := formula.Values{"form": test.form, "asOf": map[string]any{"submitted": day}, "facts": facts}
		told := map[string]string{}
		for _, f := range sc.Facts {
			v, err := f.Formula.Eval(values)
			if err != nil {
				told[f.Name] = err.Error()
				continue
			}
			facts[f.Name] = v
			told[f.Name] = fmt.Sprint(v)
			if f.Row == "" {
				continue
			}
			number, _ := sc.Plain.Compile(f.Row, formula.Type{Kind: formula.KindInt})
			row, err := number.Eval(values)
			if err != nil {
				t.Fatal(err)
			}
			told[f.Name] += fmt.Sprintf("#%v", row)
		}
		var got []string
		for _, name := range []string{"plain", "band", "guarded", "either", "said", "rate"} {
			got = append(got, name+"="+told[name])
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s %v: got %s, want %s", test.day, test.form, strings.Join(got, " "), test.want)
		}
	}
}

func TestAFactTakesAsManyRowsAsItMay(t *testing.T) {
	for n, want := range map[int]string{catalog.MostCases: "", catalog.MostCases + 1: "a fact has at most 40 rows"} {
		var b strings.Builder
		b.WriteString("service: a.b\nform:\n  - {section: s, fields: [{field: area, type: integer}]}\nfacts:\n  band:\n    cases:\n")
		for i := range n - 1 {
			fmt.Fprintf(&b, "      - {when: form.area == %d, value: %d}\n", i, i*2)
		}
		b.WriteString("      - {value: 0}\n")
		c, _ := catalog.Load(fstest.MapFS{"catalogue.yaml": {Data: []byte("catalogue: x\n")}, "services/a.yaml": {Data: []byte(b.String())}})
		got := lines(c.Scope(c.Service("a.b")).Problems)
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%d rows: got %s", n, got)
		}
	}
}
