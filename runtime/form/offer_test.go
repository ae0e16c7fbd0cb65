package form_test

import (
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/form"
	workflow "github.com/diwan-gov/diwan/workflows/compile"
)

const vehicles = `registry: vehicles
title: {ar: المركبات, en: Vehicles}
authority: a
operations:
  - operation: owned-by
    title: {ar: مركبات شخص, en: Vehicles of a person}
    with: {owner: text}
    gives: {vehicles: {list: {plate: text, model: 'text?', town: text, blocked: yes-no}}}
`

const sale = `service: a.b
title: {ar: بيع, en: Sale}
summary: {ar: بيع, en: Sale}
authority: a
type: registration
promised: at once
keep: 1 years after end
before:
  - ask: vehicles/owned-by
    as: owned
    with: {owner: applicant.nationalNumber}
    notFound: {refuse: {ar: لا, en: "No"}}
form:
  - section: one
    title: {ar: واحد, en: One}
    fields:
      - {field: town, type: text, label: {ar: البلدة, en: Town}}
      - field: vehicle
        type: choice
        label: {ar: المركبة, en: Vehicle}
        optionsFrom:
          list: owned.vehicles.filter(v, v.town == form.town and not v.blocked)
          value: plate
          label: model
          none: {ar: ليس لك مركبة هنا, en: You own no vehicle here}
      - field: others
        type: choices
        label: {ar: غيرها, en: Others}
        optional: true
        optionsFrom: {list: owned.vehicles, value: plate, none: {ar: لا شيء, en: None}}
validate:
  - rule: form.others.all(o, o != form.vehicle)
    field: others
    message: {ar: مكررة, en: Twice}
steps:
  - step: done
    answer:
      - {label: {ar: الطراز, en: Model}, value: 'size(owned.vehicles.filter(v, v.plate == form.vehicle))'}
`

func TestOptionsFromARegistryAreOfferedAndNothingElseIsTaken(t *testing.T) {
	c, _ := catalog.Load(fstest.MapFS{
		"catalogue.yaml": {Data: []byte(settings)}, "registries/vehicles.yaml": {Data: []byte(vehicles)}, "services/a/b.yaml": {Data: []byte(sale)},
		"authorities/a.yaml": {Data: []byte("authority: a\ntitle: {ar: أ, en: A}\n")},
	})
	p, texts, found := workflow.Compile(c, c.Service("a.b"))
	if p == nil {
		t.Fatal(found)
	}
	f, err := form.Compile(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Dynamic(); len(got) != 1 || got[0] != "town" {
		t.Errorf("what is offered follows the town, and a page must ask again: %v", got)
	}
	with := usual()
	with.Given = map[string]map[string]any{"owned": {"vehicles": []any{
		row{"plate": "6-1234-96", "model": "Hyundai i20", "town": "Jericho", "blocked": false},
		row{"plate": "6-1234-96", "model": "twice", "town": "Jericho", "blocked": false},
		row{"plate": "7-0001-91", "town": "Jericho", "blocked": false},
		row{"plate": "9-9999-99", "model": "Kia", "town": "Jericho", "blocked": true},
		row{"plate": "5-5555-55", "model": "Seat", "town": "Hebron", "blocked": false},
	}}}
	for _, tt := range []struct {
		town, vehicle string
		others        []any
		want          string
	}{
		{"Jericho", "6-1234-96", nil, ""},
		{"Jericho", "7-0001-91", []any{"9-9999-99", "6-1234-96"}, ""},
		{"Jericho", "5-5555-55", nil, "vehicle option"},
		{"Jericho", "9-9999-99", nil, "vehicle option"},
		{"Jericho", "", nil, "vehicle required"},
		{"Nablus", "", nil, "vehicle no-options"},
		{"Nablus", "6-1234-96", nil, "vehicle option"},
		{"Hebron", "5-5555-55", []any{"1-1111-11"}, "others option"},
		{"Hebron", "5-5555-55", []any{"5-5555-55"}, "others rule"},
	} {
		raw := map[string]any{"town": tt.town, "vehicle": tt.vehicle, "others": tt.others}
		if tt.vehicle == "" {
			delete(raw, "vehicle")
		}
		values, got := check(t, f, raw, with)
		if got != tt.want {
			t.Errorf("%v: %q, want %q", raw, got, tt.want)
		}
		if others, _ := values["others"].([]any); len(others) == 2 && others[0] != "6-1234-96" {
			t.Errorf("several answers stand in the order of the list: %v", others)
		}
	}
	_, problems, err := f.Validate(t.Context(), map[string]any{"town": "Nablus"}, with)
	if err != nil || len(problems) != 1 || problems[0].Text(texts, "en") != "You own no vehicle here" || problems[0].Text(nil, "en") == "" {
		t.Error(problems, err)
	}
	vehicle := func(values map[string]any, with form.Context) form.Field {
		return f.View(texts, "en", values, nil, with, nil).Sections[0].Fields[1]
	}
	shown := vehicle(map[string]any{"town": "Jericho", "vehicle": "7-0001-91"}, with)
	want := []form.Option{{Value: "6-1234-96", Label: "Hyundai i20"}, {Value: "7-0001-91", Label: "7-0001-91", Chosen: true}}
	if len(shown.Options) != 2 || shown.Options[0] != want[0] || shown.Options[1] != want[1] || shown.None != "" {
		t.Errorf("%+v", shown)
	}
	if shown = vehicle(map[string]any{"town": "Nablus"}, with); shown.None != "You own no vehicle here" || len(shown.Options) != 0 {
		t.Errorf("%+v", shown)
	}
	// Nobody has asked the registry: what was sent is shown, and could not be sent.
	if shown = vehicle(map[string]any{"town": "Jericho", "vehicle": "7-0001-91"}, usual()); len(shown.Options) != 1 || !shown.Options[0].Chosen || shown.None != "" {
		t.Errorf("%+v", shown)
	}
	sent := map[string]any{"town": "Jericho", "vehicle": "6-1234-96", "others": []any{"9-9999-99", "5-5555-55"}}
	labels, err := f.Labels(sent, with)
	if err != nil || len(labels) != 3 || labels["vehicle/6-1234-96"] != "Hyundai i20" || labels["others/9-9999-99"] != "9-9999-99" {
		t.Errorf("labels %v (%v)", labels, err)
	}
	later := usual()
	later.Labels = labels
	if shown = vehicle(sent, later); len(shown.Options) != 1 || shown.Options[0].Label != "Hyundai i20" || shown.Options[0].Value != "6-1234-96" {
		t.Errorf("without the registry: %+v", shown)
	}
	if _, got := check(t, f, map[string]any{"town": "Jericho", "vehicle": "7-0001-91"}, usual()); got != "vehicle option" {
		t.Errorf("what cannot be looked up was taken: %q", got)
	}
}
