package form_test

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/form"
)

const family = `service: a.b
form:
  - section: one
    fields:
      - {field: married, type: yes-no}
      - field: spouse
        type: person
        as: spouse
        when: form.married
      - field: children
        type: group
        atLeast: 1
        atMost: 3
        row: {ar: الطفل, en: Child}
        fields:
          - {field: name, type: text, label: {ar: الاسم, en: Name}, pattern: '[A-Za-z ]+', message: {ar: بالإنجليزية, en: In English}}
          - {field: born, type: date, max: today}
          - {field: age, type: integer, value: 'fullYears(row.born, asOf.submitted)', label: {ar: العمر, en: Age}}
          - {field: school, type: text, when: row.age >= 6}
          - {field: stipend, type: money, optional: true, require: form.married}
          - {field: home, type: address, parts: [locality, 'street?'], optional: true}
      - {field: languages, type: choices, options: [{value: ar}, {value: en}, {value: fr}], atMost: 2}
      - {field: total, type: money, value: 'sum(form.children.map(c, orElse(c.stipend, money("0.00 ILS"))))'}
      - {field: account, type: iban, optional: true, require: form.total > money("100.00 ILS")}
      - {field: papers, type: file, accept: [pdf], files: {atMost: 2}, optional: true}
      - {field: oldest, type: integer, optional: true, value: 'size(form.children) > 1 ? 1 : 0'}
validate:
  - {rule: 'row.age < 18', field: children.age, message: {ar: راشد, en: Not a child}}
  - {rule: 'form.children.exists(c, c.age < 3)', field: children, when: form.married, message: {ar: لا رضيع, en: No infant}}
`

type row = map[string]any

func n(s string) json.Number { return json.Number(s) }

func TestRowsAreNormalisedWorkedOutAndJudgedOneByOne(t *testing.T) {
	f, texts := compile(t, family, nil)
	good := func() row {
		return row{"married": "no", "languages": []any{"en", "ar", "en"}, "children": []any{
			row{"name": "Sara", "born": "2025-01-01", "age": "99", "stipend": "20"},
			row{"name": "", "born": "", "school": "dropped"},
			row{"name": "Omar", "born": "2015-01-01", "school": "Main", "home": row{"locality": "رام الله", "street": " "}},
		}}
	}
	values, found := check(t, f, good(), usual())
	want := row{"married": false, "languages": []any{"ar", "en"}, "papers": []any{}, "total": "20.00", "oldest": n("1"), "children": []any{
		row{"name": "Sara", "born": "2025-01-01", "age": n("1"), "stipend": "20.00"},
		row{"name": "Omar", "born": "2015-01-01", "age": n("11"), "school": "Main", "home": row{"locality": "رام الله"}},
	}}
	// The row in the middle has an answer to a question that it does not ask: it is dropped, and the row with it.
	if found != "" || !reflect.DeepEqual(values, want) {
		t.Fatalf("%s\n%#v\n%#v", found, values, want)
	}
	if again, found := check(t, f, values, usual()); found != "" || !reflect.DeepEqual(again, values) {
		t.Errorf("a second time: %s\n%#v", found, again)
	}
	for _, c := range []struct {
		change func(form row, rows []any)
		want   string
	}{
		{func(f row, _ []any) { f["children"] = []any{} }, "children too-few"},
		{func(f row, _ []any) { delete(f, "children") }, "children too-few"},
		{func(f row, _ []any) { f["children"] = []any{row{}} }, "children/0/name required, children/0/born required"},
		{func(f row, r []any) { f["children"] = append(r, r[0], r[0]) }, "children too-many"},
		{func(f row, _ []any) { f["children"] = "no" }, "children type"},
		{func(f row, _ []any) { f["children"] = []any{"no"} }, "children type"},
		{func(_ row, r []any) { r[2].(row)["name"] = "عمر" }, "children/2/name pattern"},
		{func(_ row, r []any) { r[2].(row)["born"] = "2000-01-01" }, "children/2/age rule"},
		{func(_ row, r []any) { r[2].(row)["born"] = "2030-01-01" }, "children/2/born max"},
		{func(_ row, r []any) { r[2].(row)["born"] = "soon" }, "children/2/born date"},
		{func(_ row, r []any) { delete(r[2].(row), "school") }, "children/2/school required"},
		{func(_ row, r []any) { r[2].(row)["shoe"] = "1" }, "children/2/shoe unknown-field"},
		{func(_ row, r []any) { r[2].(row)["home"] = row{"street": "x"} }, "children/2/home/locality required"},
		{func(_ row, r []any) { r[2].(row)["home"] = row{"locality": strings.Repeat("x", 201)} }, "children/2/home/locality too-long"},
		{func(_ row, r []any) { r[0].(row)["stipend"] = "500" }, "account required"},
		{func(f row, r []any) {
			r[0].(row)["stipend"], f["account"] = "500", "ps92 pals 0000 0000 0400 1234 56702"
		}, ""},
		{func(f row, _ []any) { f["account"] = "PS92PALS000000000400123456703" }, "account iban"},
		{func(f row, _ []any) { f["account"] = "PS92PALS00000000040012345670" }, "account iban"},
		{func(f row, _ []any) { f["account"] = "XX00" }, "account iban"},
		{func(f row, _ []any) { f["languages"] = []any{} }, "languages required"},
		{func(f row, _ []any) { f["languages"] = []any{"ar", "en", "fr"} }, "languages too-many"},
		{func(f row, _ []any) { f["languages"] = []any{"he"} }, "languages option"},
		{func(f row, _ []any) { f["languages"] = "fr" }, ""},
		{func(f row, _ []any) { f["papers"] = []any{upload, upload} }, ""},
		{func(f row, _ []any) { f["papers"] = []any{upload, "00000000-0000-4000-8000-000000000000"} }, "papers file-missing"},
		{func(f row, _ []any) { f["papers"] = []any{"x"} }, "papers file-missing"},
		{func(f row, _ []any) { f["married"] = "yes" }, "spouse/nationalNumber required, spouse/name required, spouse/birthDate required, children/2/stipend required"},
		{func(f row, _ []any) { f["spouse"] = row{"name": "hidden"} }, ""},
		{func(f row, r []any) {
			f["married"], f["spouse"] = "yes", row{"nationalNumber": "401234567", "name": "Laila", "birthDate": "1990-01-01"}
			r[2].(row)["stipend"], r[0].(row)["born"] = "1", "2020-01-01"
			r[0].(row)["school"] = "y"
		}, "children rule"},
	} {
		raw := good()
		c.change(raw, raw["children"].([]any))
		if _, found := check(t, f, raw, usual()); found != c.want {
			t.Errorf("found %q, want %q", found, c.want)
		}
	}
	raw := good()
	raw["children"].([]any)[2].(row)["name"] = "عمر"
	_, problems, _ := f.Validate(t.Context(), raw, usual())
	if p := problems[0]; p.Field != "children.2.name" || p.Text(texts, "en") != "In English" {
		t.Errorf("%+v: %s", p, p.Text(texts, "en"))
	}
}

func TestTheViewOfRowsKeepsWhatWasTypedAndOffersMore(t *testing.T) {
	f, texts := compile(t, family, nil)
	post := url.Values{
		"married": {"yes"}, "children": {"2"}, "children.0.name": {"سارة"}, "children.1.name": {"Omar"}, "children.1.born-day": {"1"},
		"children.1.born-month": {"2"}, "children.1.born-year": {"2015"}, "children.1.home.locality": {"نابلس"}, "languages": {"ar", "fr"},
		"children.7.name": {"beyond"}, "total": {"1"}, "spouse.name": {"ليلى"},
	}
	raw := f.Parse(post)
	_, problems, err := f.Validate(t.Context(), raw, usual())
	if err != nil {
		t.Fatal(err)
	}
	v := f.View(texts, "ar", raw, problems, usual(), nil)
	children := find(t, v, "children")
	if len(children.Rows) != 2 || !children.More || !children.Fewer || children.Rows[1].Title != "الطفل 2" || children.Rows[1].Name != "children.1" {
		t.Fatalf("%+v", children)
	}
	name, age, school, home := children.Rows[0].Fields[0], children.Rows[1].Fields[2], children.Rows[1].Fields[3], children.Rows[1].Fields[5]
	if name.Name != "children.0.name" || name.Value != "سارة" || name.Error != "بالإنجليزية" {
		t.Errorf("%+v", name)
	}
	if !age.Derived || age.Value != "11" || !school.Visible || children.Rows[0].Fields[3].Visible {
		t.Errorf("%+v\n%+v", age, school)
	}
	if home.Parts[0].Name != "children.1.home.locality" || home.Parts[0].Value != "نابلس" || home.Parts[0].Label != "المدينة أو البلدة" {
		t.Errorf("%+v", home)
	}
	if !children.Rows[0].Fields[1].Dynamic || children.Rows[0].Fields[0].Dynamic || !find(t, v, "married").Dynamic || !children.Dynamic {
		t.Error("what moves others is not marked")
	}
	if l := find(t, v, "languages"); l.Options[0].Chosen != true || l.Options[1].Chosen || !l.Options[2].Chosen {
		t.Errorf("%+v", l)
	}
	if s := find(t, v, "spouse"); s.Parts[1].Value != "ليلى" || s.Parts[0].Error == "" || !s.Parts[0].Required {
		t.Errorf("%+v", s)
	}
	if got := f.Controls(raw); got.Get("children.1.name") != "Omar" || got.Get("children") != "2" || got.Get("spouse.name") != "ليلى" {
		t.Errorf("%v", got)
	}
	empty := find(t, f.View(texts, "en", nil, nil, usual(), nil), "children")
	if len(empty.Rows) != 1 || empty.Fewer || empty.Rows[0].Title != "Child 1" {
		t.Errorf("an empty form shows %+v", empty)
	}
}

func TestRowsAreAddedAndRemovedInWhatWasPosted(t *testing.T) {
	f, _ := compile(t, family, nil)
	post := url.Values{"children": {"3"}, "children.0.name": {"a"}, "children.1.name": {"b"}, "children.2.name": {"c"}, "children.2.born-day": {"2"}, "childrenx": {"z"}}
	f.RemoveRow(post, "children", 1)
	want := url.Values{"children": {"2"}, "children.0.name": {"a"}, "children.1.name": {"c"}, "children.1.born-day": {"2"}, "childrenx": {"z"}}
	if !reflect.DeepEqual(post, want) {
		t.Errorf("%v", post)
	}
	f.AddRow(post, "children")
	if post.Get("children") != "3" {
		t.Errorf("%v", post)
	}
	for _, wrong := range []func(){
		func() { f.RemoveRow(post, "children", 3) }, func() { f.RemoveRow(post, "children", -1) }, func() { f.RemoveRow(post, "married", 0) },
		func() { f.AddRow(post, "married") }, func() { f.AddRow(post, "nobody") }, func() { f.AddRow(post, "children.0.name") },
	} {
		before := post.Encode()
		if wrong(); post.Encode() != before {
			t.Errorf("%v", post)
		}
	}
	post.Set("children", "999999999")
	for range 3 {
		f.AddRow(post, "children")
	}
	if rows := f.Parse(post)["children"].([]any); len(rows) > 500 {
		t.Errorf("%d rows", len(rows))
	}
}

func TestAControlIsFoundByItsName(t *testing.T) {
	f, _ := compile(t, family, nil)
	for name, want := range map[string]string{
		"married": "married married ", "children": "children children ", "children.0.name": "name children ", "children.12.born-day": "born children day",
		"children.0.home.street": "street children ", "spouse.name": "name spouse ", "papers-remove": "papers papers remove",
	} {
		field, top, part, ok := f.Control(name)
		if got := field.Code + " " + top + " " + part; !ok || got != want {
			t.Errorf("%s: %q %v", name, got, ok)
		}
	}
	for _, name := range []string{"", "nobody", "children.x.name", "children.01.name", "children.0", "children.-1.name", "children.0.nobody", "married.x", "children.9999.name", "spouse.nobody"} {
		if _, _, _, ok := f.Control(name); ok {
			t.Errorf("%s is a control", name)
		}
	}
}

func TestWhatCannotBeWorkedOutIsSaidOnce(t *testing.T) {
	f, texts := compile(t, `service: a.b
form:
  - section: one
    fields:
      - {field: count, type: integer}
      - {field: each, type: decimal, value: 100 / form.count, unit: kg}
      - {field: double, type: decimal, value: form.each * 2, max: 400}
      - {field: born, type: date, prefill: applicant.birthDate, readOnly: true}
`, nil)
	for raw, want := range map[string]string{"4": "", "0": "each no-value", "many": "count type", "0.5": "count type", "": "count required"} {
		if _, found := check(t, f, row{"count": raw, "each": "7"}, usual()); found != want {
			t.Errorf("%q: %q, want %q", raw, found, want)
		}
	}
	values, found := check(t, f, row{"count": "-1", "born": "2000-01-01"}, usual())
	if found != "" || values["each"] != n("-100") || values["born"] != "1988-03-21" {
		t.Error(values, found)
	}
	nobody := form.Context{Submitted: usual().Submitted}
	if _, found := check(t, f, row{"count": "1"}, nobody); found != "born no-value" {
		t.Error(found)
	}
	v := f.View(texts, "ar", row{"count": "2", "each": "9"}, nil, usual(), nil)
	if each := find(t, v, "each"); !each.Derived || each.Value != "50" || each.Unit != "كغ" {
		t.Errorf("%+v", each)
	}
	if born := find(t, v, "born"); !born.Derived || born.Year != "1988" {
		t.Errorf("%+v", born)
	}
}
