package form_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/form"
	workflow "github.com/diwan-gov/diwan/workflows/compile"
)

func TestAMandateIsProvedBeforeAnythingIsAskedAboutTheApplicant(t *testing.T) {
	definition := strings.Replace(sale, "before:\n", `onBehalf:
  - as: guardian
    mandate:
      ask: vehicles/guardian
      with: {guardian: representative.nationalNumber, ward: applicant.nationalNumber}
      otherwise: {ar: لست وليًّا, en: You are no guardian}
  - as: representative
    evidence: power
before:
`, 1)
	definition = strings.Replace(definition, "      - field: vehicle\n", `      - {field: power, type: file, label: {ar: وكالة, en: Power of attorney}, accept: [pdf], when: 'has(representative) and representative.as == "representative"'}
      - field: vehicle
`, 1)
	c, _ := catalog.Load(fstest.MapFS{
		"catalogue.yaml": {Data: []byte(settings)}, "services/a/b.yaml": {Data: []byte(definition)}, "authorities/a.yaml": {Data: []byte("authority: a\ntitle: {ar: أ, en: A}\n")},
		"registries/vehicles.yaml": {Data: []byte(vehicles + "  - operation: guardian\n    title: {ar: ولاية, en: Guardian}\n    with: {guardian: text, ward: text}\n    gives: {since: date}\n")},
	})
	p, texts, found := workflow.Compile(c, c.Service("a.b"))
	if p == nil {
		t.Fatal(found)
	}
	f, err := form.Compile(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		as       string
		guardian bool
		asked    string
		refused  string
	}{
		{"", false, "owned-by", ""},
		{"guardian", true, "guardian owned-by", ""},
		{"guardian", false, "guardian", "You are no guardian"},
		{"representative", false, "owned-by", ""},
		{"spouse", true, "", "error"},
	} {
		with := usual()
		if tt.as != "" {
			with.Given = map[string]map[string]any{"representative": {"as": tt.as, "nationalNumber": "409876543", "name": "Sami", "birthDate": "1985-07-14"}}
		}
		var asked []string
		opened, refused, err := f.Open(t.Context(), with, func(_ context.Context, _, operation string, args map[string]json.RawMessage) (bool, json.RawMessage, error) {
			asked = append(asked, operation)
			if operation != "guardian" {
				return true, json.RawMessage(`{"vehicles":[{"plate":"6-1234-96","town":"Jericho","blocked":false}]}`), nil
			}
			if string(args["guardian"]) != `"409876543"` || string(args["ward"]) != `"401234567"` {
				t.Errorf("asked with %s", args)
			}
			return tt.guardian, json.RawMessage(`{"since":"2020-01-01"}`), nil
		})
		said := texts.Reasons[refused].In("en")
		if err != nil {
			said = "error"
		}
		if strings.Join(asked, " ") != tt.asked || said != tt.refused {
			t.Errorf("%s: asked %v, refused %q (%v)", tt.as, asked, said, err)
		}
		if said != "" {
			continue
		}
		want := ""
		if tt.as == "representative" {
			want = "power required"
		}
		if _, got := check(t, f, map[string]any{"town": "Jericho", "vehicle": "6-1234-96"}, opened); got != want {
			t.Errorf("%s: %q, want %q", tt.as, got, want)
		}
	}
}
