package form_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/form"
	workflow "github.com/diwan-gov/diwan/workflows/compile"
)

const proactive = `service: a.birth
title: {ar: مولود, en: Birth}
summary: {ar: مولود, en: Birth}
authority: a
type: benefit
promised: at once
keep: 1 year after end
triggers:
  - by: clerk
  - event: civil.birth-recorded
    for: event.mother
    when: event.weight > 0
    form: {name: event.name, fee: event.fee, weight: event.weight}
    consent: none
  - right: permit
    on: addDays(right.validUntil, -60)
    form: {name: right.number}
    consent: needed
    within: 30 days
form:
  - section: one
    title: {ar: واحد, en: One}
    fields:
      - {field: weight, type: integer, label: {ar: وزن, en: Weight}}
      - {field: name, type: text, label: {ar: اسم, en: Name}, optional: true}
      - {field: fee, type: money, label: {ar: مبلغ, en: Amount}, optional: true}
steps:
  - {step: end, end: done}
`

// begins is the form of proactive.
func begins(t *testing.T) *form.Form {
	t.Helper()
	c, list := catalog.Load(fstest.MapFS{
		"catalogue.yaml": {Data: []byte(settings)}, "services/a/birth.yaml": {Data: []byte(proactive)},
		"authorities/a.yaml": {Data: []byte("authority: a\ntitle: {ar: جهة, en: A}\nroles: [{role: clerk, title: {ar: موظف, en: Clerk}}]\n")},
		"events/birth.yaml": {Data: []byte("event: civil.birth-recorded\ntitle: {ar: ولادة, en: Birth}\nabout: mother\n" +
			"gives: {mother: text, weight: integer, name: 'text?', fee: 'money?'}\n")},
		"rights/permit.yaml": {Data: []byte("right: permit\ntitle: {ar: إذن, en: Permit}\nauthority: a\nholder: person\nregister: P\nkeep: 1 year after end\n")},
	})
	if list.HasErrors() {
		t.Fatal(list)
	}
	p, _, list := workflow.Compile(c, c.Services[0])
	if p == nil {
		t.Fatal(list)
	}
	f, err := form.Compile(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAnEventFillsTheFormInForThePersonWhomItIsAbout(t *testing.T) {
	f := begins(t)
	begun, starts, err := f.Begin(1, map[string]any{"mother": "401234567", "weight": json.Number("3200"), "fee": "12.50 ILS"})
	if err != nil || !starts || begun.For != "401234567" {
		t.Fatalf("%+v %v %v", begun, starts, err)
	}
	want := map[string]any{"weight": f.Value("weight", "3200"), "fee": f.Value("fee", "12.50")}
	if !reflect.DeepEqual(begun.Form, want) { // name is not there, and its field may stay empty
		t.Fatalf("%v, want %v", begun.Form, want)
	}
	if _, starts, err = f.Begin(1, map[string]any{"mother": "401234567", "weight": json.Number("0")}); err != nil || starts {
		t.Fatalf("its condition does not hold: %v %v", starts, err)
	}
	for name, brings := range map[string]map[string]any{
		"nobody":             {"weight": json.Number("3200")},
		"no condition":       {"mother": "401234567"},
		"of another type":    {"mother": "401234567", "weight": json.Number("1.5")},
		"what nobody has":    {"mother": "401234567", "weight": json.Number("3200"), "colour": "red"},
		"nothing whatsoever": nil,
	} {
		if _, starts, err := f.Begin(1, brings); err == nil || starts {
			t.Errorf("%s: %v %v", name, starts, err)
		}
	}
}

func TestADayOfARightStartsForItsHolderAndOnlyWhileTheRightLasts(t *testing.T) {
	f := begins(t)
	right := map[string]any{"number": "P-1", "holder": "401234567", "status": "valid", "grantedOn": "2026-01-01", "validUntil": "2027-01-01"}
	begun, starts, err := f.Begin(2, right)
	if err != nil || !starts || begun.For != "401234567" || begun.On.String() != "2026-11-02" || begun.Form["name"] != "P-1" {
		t.Fatalf("%+v %v %v", begun, starts, err)
	}
	for name, change := range map[string]func(map[string]any){
		"it has ended":     func(m map[string]any) { m["status"] = "revoked" },
		"it has no end":    func(m map[string]any) { delete(m, "validUntil") },
		"of no known kind": func(m map[string]any) { delete(m, "status") },
	} {
		changed := maps.Clone(right)
		change(changed)
		if _, starts, err := f.Begin(2, changed); err != nil || starts {
			t.Errorf("%s: %v %v", name, starts, err)
		}
	}
	right["status"] = "suspended"
	if _, starts, err := f.Begin(2, right); err != nil || !starts {
		t.Errorf("a suspended right: %v %v", starts, err)
	}
}

func TestWhoFillsInByHandBringsNothing(t *testing.T) {
	f := begins(t)
	for _, index := range []int{-1, 0, 3} {
		if _, starts, err := f.Begin(index, map[string]any{}); err == nil || starts {
			t.Errorf("%d: %v %v", index, starts, err)
		}
	}
}
