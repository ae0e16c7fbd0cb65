package catalog_test

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// family is a blueprint with everything that one can have, and two members.
var family = map[string]string{
	"blueprints/renewal.yaml": `blueprint: renewal
title: {en: Renewal of a licence}
parameters:
  - {parameter: subject, type: texts}
  - {parameter: price, type: money, default: 20.00 ILS}
places: [questions]
service:
  title: {en: Renewal of $(subject)}
  summary: {en: Renew $(subject) in time.}
  authority: town
  type: licence.renew
  promised: 3 working days
  keep: 5 years after end
  form:
    - section: licence
      title: {text: licence}
      fields:
        - {field: number, type: text, label: {en: Number}}
        - {place: questions}
        - {use: contact, with: {code: owner}}
  fees:
    - {fee: renewal, title: {en: Fee}, amount: 'money("$(price)")'}
  steps:
    - {step: pay, pay: [renewal], within: {14 days: lapse}}
`,
	"fragments/contact.yaml": `fragment: contact
parameters: [{parameter: code, type: text}]
items:
  - {field: $(code)Phone, type: phone, label: {en: Phone}}
  - {field: $(code)Mail, type: email, label: {en: Mail}, optional: true}
`,
	"texts/common.yaml": "texts:\n  licence: {en: The licence}\n",
	"services/taxi.yaml": `blueprint: renewal
service: town.taxi.renew
with: {subject: {en: a taxi licence}, price: 35.00 ILS}
fill:
  questions:
    - {field: plate, type: text, label: {en: Plate}}
override:
  steps.pay.within: {7 days: lapse}
scenarios: []
`,
	"services/shop.yaml": `blueprint: renewal
service: town.shop.renew
with: {subject: {en: a shop licence}}
remove: [form.licence.fields.number, fees.renewal.title]
`,
}

func loaded(t *testing.T, files map[string]string) (*catalog.Catalogue, diag.List) {
	t.Helper()
	fsys := fstest.MapFS{"catalogue.yaml": {Data: []byte("catalogue: t\ntitle: {en: T}\nlanguages: [en]\ncurrency: ILS\ntimeZone: Asia/Hebron\ncalendar: d\n")}}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return catalog.Load(fsys)
}

func TestAMemberOfAFamilyIsItsBlueprintFilledIn(t *testing.T) {
	files := maps.Clone(family)
	delete(files, "services/shop.yaml")
	c, list := loaded(t, files)
	if len(list) > 0 {
		t.Fatal(list)
	}
	s := c.Service("town.taxi.renew")
	if s == nil {
		t.Fatal("the member is no service")
	}
	if got := s.Title.Plain()["en"]; got != "Renewal of a taxi licence" {
		t.Errorf("it is called %q", got)
	}
	if got := s.Fees[0].Amount.Value; got != `money("35.00 ILS")` {
		t.Errorf("it costs %s", got)
	}
	var fields []string
	for section, f := range s.Fields() {
		fields = append(fields, f.Code.Value)
		if got := section.Title.Plain()["en"]; got != "The licence" {
			t.Errorf("the section is called %q", got)
		}
	}
	if got := strings.Join(fields, " "); got != "number plate ownerPhone ownerMail" {
		t.Errorf("it asks for %s", got)
	}
	if got := s.Steps[0].Within.Node().Range(); got.File != "services/taxi.yaml" || got.Start.Line != 8 {
		t.Errorf("what is overridden stands at %v", got)
	}
	if got := s.Steps[0].Code.Range().File; got != "blueprints/renewal.yaml" {
		t.Errorf("what is taken over stands in %s", got)
	}
}

func TestAMemberTakesOutWhatItDoesNotNeed(t *testing.T) {
	files := maps.Clone(family)
	delete(files, "services/taxi.yaml")
	c, list := loaded(t, files)
	s := c.Service("town.shop.renew")
	if s == nil || len(list) != 1 || list[0].Code != "missing-key" { // the title of the fee
		t.Fatal(list)
	}
	for _, f := range s.Fields() {
		if f.Code.Value == "number" {
			t.Error("the number is still asked for")
		}
	}
}

func TestEachMistakeOfAMemberIsFoundAtItsPlace(t *testing.T) {
	for name, test := range map[string]struct {
		old, with string
		code      diag.Code
		at        string
	}{
		"no such blueprint":  {"blueprint: renewal", "blueprint: renewel", "unknown-blueprint", "1:12"},
		"parameter missing":  {"subject: {en: a taxi licence}, ", "", "missing-parameter", "1:12"},
		"parameter misspelt": {"price: 35", "prise: 35", "unknown-parameter", "3:39"},
		"wrong type":         {"35.00 ILS", "much", "parameter-type", "3:46"},
		"no such place":      {"  questions:", "  question:", "unknown-place", "5:3"},
		"no such path":       {"steps.pay.within", "steps.pey.within", "unknown-path", "8:3"},
		"key of no service":  {"scenarios: []", "scenario: []", "unknown-key", "9:1"},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(family)
			delete(files, "services/shop.yaml")
			if !strings.Contains(files["services/taxi.yaml"], test.old) {
				t.Fatal("the test changes nothing")
			}
			files["services/taxi.yaml"] = strings.Replace(files["services/taxi.yaml"], test.old, test.with, 1)
			_, list := loaded(t, files)
			if len(list) != 1 || list[0].Code != test.code || !strings.HasPrefix(list[0].String(), "services/taxi.yaml:"+test.at+":") {
				t.Errorf("found %v", list)
			}
		})
	}
}

func TestWhatIsWrongInABlueprintIsSaidOnceForAllItsMembers(t *testing.T) {
	files := maps.Clone(family)
	files["services/shop.yaml"] = "blueprint: renewal\nservice: town.shop.renew\nwith: {subject: {en: a shop licence}}\n"
	files["blueprints/renewal.yaml"] = strings.Replace(files["blueprints/renewal.yaml"], "promised:", "promissed:", 1)
	_, list := loaded(t, files)
	if len(list) != 1 || list[0].Code != "unknown-key" || list[0].Range.File != "blueprints/renewal.yaml" {
		t.Errorf("found %v", list)
	}
}

func TestAMemberFollowsAChangeOfItsBlueprint(t *testing.T) {
	files := maps.Clone(family)
	delete(files, "services/shop.yaml")
	c, _ := loaded(t, files)
	c, list := c.WithFile("blueprints/renewal.yaml", []byte(strings.Replace(family["blueprints/renewal.yaml"], "3 working days", "5 days", 1)))
	if len(list) > 0 || c.Service("town.taxi.renew").Promised.Value != "5 days" {
		t.Errorf("promised %q, found %v", c.Service("town.taxi.renew").Promised.Value, list)
	}
	c, list = c.WithFile("fragments/contact.yaml", nil)
	if c.Service("town.taxi.renew") != nil || len(list) != 1 || list[0].Code != "unknown-fragment" {
		t.Errorf("without the fragment: %v", list)
	}
	c, list = c.WithFile("fragments/contact.yaml", []byte(family["fragments/contact.yaml"]))
	if c.Service("town.taxi.renew") == nil || len(list) > 0 {
		t.Errorf("with the fragment again: %v", list)
	}
}

func TestFragmentsThatUseThemselvesEnd(t *testing.T) {
	files := maps.Clone(family)
	delete(files, "services/shop.yaml")
	files["fragments/contact.yaml"] = "fragment: contact\nparameters: [{parameter: code, type: text}]\nitems:\n" +
		strings.Repeat("  - {use: contact, with: {code: $(code)}}\n", 40)
	_, list := loaded(t, files)
	if len(list) != 1 || list[0].Code != "fragment-circle" && list[0].Code != "too-large" {
		t.Errorf("found %v", list)
	}
}
