package schema_test

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/schema"
)

func TestEverySampleServiceHasASchemaThatCompiles(t *testing.T) {
	c, _ := catalog.Load(os.DirFS("../../samples/palestine"))
	if len(c.Services) == 0 {
		t.Fatal("no services")
	}
	for _, s := range c.Services {
		b, err := schema.FromService(s)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := schema.Compile(b); err != nil {
			t.Errorf("%s: %v\n%s", s.Code.Value, err, b)
		}
		again, _ := schema.FromService(s)
		if !bytes.Equal(b, again) {
			t.Errorf("%s: two runs, two schemas", s.Code.Value)
		}
	}
}

const everyType = `service: a.b.c
form:
  - section: one
    fields:
      - {field: name, type: text, pattern: '[\p{Arabic} ]{2,40}'}
      - {field: code, type: text, pattern: 'A|B', optional: true}
      - {field: spaced, type: text, pattern: 'a\sb', optional: true}
      - {field: notes, type: long-text, optional: true}
      - {field: count, type: integer, min: 1, max: 10}
      - {field: weight, type: decimal, min: 0.5}
      - {field: price, type: money, min: 10}
      - {field: born, type: date, max: today}
      - {field: agrees, type: yes-no}
      - {field: years, type: choice, options: [{value: 1}, {value: 5}]}
      - {field: colour, type: choice, options: [{value: red}, {value: "1"}]}
      - {field: paper, type: file, when: form.agrees}
      - {field: number, type: national-number}
      - {field: phone, type: phone}
      - {field: mail, type: email}
  - section: two
    when: form.agrees
    fields:
      - {field: consent, type: consent}
`

func TestSchemaOfEveryFieldType(t *testing.T) {
	c, _ := catalog.Load(fstest.MapFS{"services/a.yaml": {Data: []byte(everyType)}})
	b, err := schema.FromService(c.Services[0])
	if err != nil {
		t.Fatal(err)
	}
	s, err := schema.Compile(b)
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	const good = `{"name":"ليان","count":1,"weight":0.5,"price":"10.00","born":"2020-02-29","agrees":false,"years":5,"colour":"1",
		"number":"401234567","phone":"0599123456","mail":"a@b.ps"}`
	for _, c := range []struct{ from, to, want string }{
		{"", "", ""},
		{`"ليان"`, `"Layan"`, "/name pattern"},
		{`"ليان"`, `"ليان","code":"A"`, ""},
		{`"ليان"`, `"ليان","code":"AB"`, "/code pattern"},
		{`"ليان"`, `"ليان","notes":"` + strings.Repeat("ن", 4001) + `"`, "/notes maxLength"},
		{`"count":1`, `"count":0`, "/count minimum"},
		{`"count":1`, `"count":1.5`, "/count type"},
		{`"count":1`, `"count":11`, "/count maximum"},
		{`"weight":0.5`, `"weight":0.49`, "/weight minimum"},
		{`"10.00"`, `"10.0000"`, "/price pattern"},
		{`"10.00"`, `10`, "/price type"},
		{`2020-02-29`, `2021-02-29`, "/born format"},
		{`false`, `"no"`, "/agrees type"},
		{`"years":5`, `"years":"5"`, "/years enum"},
		{`"colour":"1"`, `"colour":1`, "/colour enum"},
		{`401234567`, `40123456`, "/number pattern"},
		{`0599123456`, `+970599123456`, ""},
		{`0599123456`, `0299123456`, "/phone pattern"},
		{`a@b.ps`, `a@b`, "/mail format"},
		{`"ليان"`, `"ليان","paper":"upload"`, "/paper pattern"},
		{`"ليان"`, `"ليان","paper":"5c3b8f9e-8a53-4a3d-9d36-0c6a4f0d8b11"`, ""},
		{`"ليان"`, `"ليان","consent":false`, "/consent const"},
		{`"ليان"`, `"ليان","stranger":1`, "/stranger additionalProperties"},
		{`"agrees":false,`, ``, "/agrees required"},
	} {
		v, err := schema.Decode([]byte(strings.Replace(good, c.from, c.to, 1)))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, violation := range s.Validate(v) {
			got = strings.TrimSpace(got + " " + violation.Path + " " + violation.Keyword)
		}
		if got != c.want {
			t.Errorf("%s → %s: %q, want %q", c.from, c.to, got, c.want)
		}
	}
	for _, absent := range []string{"title", `a\\sb`, "today"} {
		if strings.Contains(string(b), absent) {
			t.Errorf("the schema holds %s: %s", absent, b)
		}
	}
}

func TestPatternSpellsScriptsOutAndMeansTheSame(t *testing.T) {
	for _, p := range []string{`[\p{Arabic} ]{2,40}`, `\p{Latin}+`, `[^\p{Hebrew}]`, `\\p[0-9]`, `a|bc`} {
		published, ok := schema.Pattern(p)
		if !ok {
			t.Errorf("%s can't be published", p)
			continue
		}
		theirs, ours := regexp.MustCompile("^(?:"+p+")$"), regexp.MustCompile(published)
		for _, text := range []string{"ليان", "ليان خليل", "Layan", "שלום", "ש", "a", "bc", "b", `\p7`, "ليان3", "٣٤", ""} {
			if theirs.MatchString(text) != ours.MatchString(text) {
				t.Errorf("%s and %s differ on %q", p, published, text)
			}
		}
	}
	for _, p := range []string{`(?i)abc`, `\s`, `\p{Klingon}`, `[`, `\P{Arabic}`} {
		if published, ok := schema.Pattern(p); ok {
			t.Errorf("%s is published as %s", p, published)
		}
	}
}
