package servicetest_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// grant is started by a clerk, by an event with consent, and by a day of a right without.
const grant = `service: town.birth.grant
title: {en: Grant}
summary: {en: A grant}
authority: town
type: benefit
promised: at once
keep: 1 year after end
triggers:
  - by: clerk
  - event: town.birth
    for: event.mother
    when: event.sex == "female"
    form: {child: event.child, weight: event.weight}
    consent: needed
    within: 30 days
  - right: permit
    on: addDays(right.validUntil, -60)
    form: {child: right.number, weight: "1"}
    consent: none
eligible:
  - must: fullYears(applicant.birthDate, asOf.submitted) >= 18
    otherwise: {en: Too young}
form:
  - section: child
    title: {en: Child}
    fields:
      - {field: child, type: text, label: {en: Child}}
      - {field: weight, type: integer, label: {en: Weight}}
steps:
  - step: mine
    when: applicant.nationalNumber == "999999999"
    refuse: {en: It is not for them}
  - step: done
    end: granted
scenarios:
`

func birth(t *testing.T, scenarios string) *catalog.Catalogue {
	t.Helper()
	c, list := catalog.Load(fstest.MapFS{
		"catalogue.yaml":        {Data: []byte("catalogue: town\ntitle: {en: Town}\nlanguages: [en]\ncurrency: ILS\ntimeZone: Asia/Hebron\ncalendar: town\n")},
		"calendars/town.yaml":   {Data: []byte("calendar: town\ntitle: {en: Days}\nweekend: [friday, saturday]\n")},
		"authorities/town.yaml": {Data: []byte("authority: town\ntitle: {en: Town}\nroles: [{role: clerk, title: {en: C}}]\n")},
		"events/birth.yaml":     {Data: []byte("event: town.birth\ntitle: {en: Birth}\nabout: mother\ngives: {mother: text, sex: text, child: text, weight: 'integer?'}\n")},
		"rights/permit.yaml":    {Data: []byte("right: permit\ntitle: {en: Permit}\nauthority: town\nholder: person\nregister: P\nkeep: 1 year after end\n")},
		"services/grant.yaml":   {Data: []byte(grant + scenarios)},
	})
	if list.HasErrors() {
		t.Fatal(told(list, c))
	}
	return c
}

func TestAScenarioBeginsAsTheServiceDoes(t *testing.T) {
	const event = "    on: 2026-11-22\n    trigger: {event: town.birth, gives: {mother: \"401234567\", sex: female, child: Noor, weight: 3200}"
	for name, each := range map[string]struct{ scenario, want string }{
		"the person agrees": {event + "}\n    expect: {form: {child: Noor, weight: 3200}, end: granted}\n", ""},
		"the person adds what the event does not say": {
			"    on: 2026-11-22\n    trigger: {event: town.birth, gives: {mother: \"401234567\", sex: female, child: Noor}}\n    form: {weight: 3100}\n    expect: {form: {weight: 3100}, end: granted}\n", ""},
		"it is started for whom the event is about": {strings.Replace(event, "401234567", "999999999", 1) + "}\n    expect: {path: [mine], end: refused}\n", ""},
		"nobody answers":           {event + ", consent: silence}\n    expect: {end: notStarted}\n", ""},
		"declined":                 {event + ", consent: declined}\n    expect: {end: notStarted}\n", ""},
		"another event":            {strings.Replace(event, "female", "male", 1) + "}\n    expect: {end: notStarted}\n", ""},
		"who may not is not asked": {event + "}\n    applicant: {birthDate: 2010-01-01}\n    expect: {end: notStarted}\n", ""},
		"the day has come":         {"    on: 2026-11-22\n    trigger: {right: permit, gives: {grantedOn: 2026-01-01, validUntil: 2027-01-21}}\n    expect: {form: {child: SAMPLE-1}, end: granted}\n", ""},
		"the day has not come":     {"    on: 2026-11-21\n    trigger: {right: permit, gives: {grantedOn: 2026-01-01, validUntil: 2027-01-21}}\n    expect: {end: notStarted}\n", ""},
		"a right that has ended":   {"    on: 2026-11-22\n    trigger: {right: permit, gives: {status: revoked, grantedOn: 2026-01-01, validUntil: 2027-01-21}}\n    expect: {end: notStarted}\n", ""},
		"at the counter":           {"    on: 2026-11-22\n    trigger: {by: clerk}\n    form: {child: Noor, weight: 1}\n    expect: {end: granted}\n", ""},

		"it is not started":        {event + ", consent: silence}\n    expect: {end: granted}\n", "scenario-end"},
		"it is started":            {event + "}\n    expect: {end: notStarted}\n", "scenario-end"},
		"another form":             {event + "}\n    expect: {form: {child: Nour}, end: granted}\n", "scenario-fields"},
		"an empty field":           {event + "}\n    expect: {form: {weight: 1}, end: granted}\n", "scenario-fields"},
		"for nobody":               {"    on: 2026-11-22\n    trigger: {event: town.birth, gives: {sex: female}}\n    expect: {end: granted}\n", "scenario-trigger"},
		"nobody applies":           {"    on: 2026-11-22\n    form: {child: Noor, weight: 1}\n    expect: {end: granted}\n", "scenario-trigger"},
		"a form that is not whole": {"    on: 2026-11-22\n    trigger: {by: clerk}\n    form: {child: Noor}\n    expect: {end: granted}\n", "scenario-form"},
	} {
		t.Run(name, func(t *testing.T) {
			c, want := birth(t, "  - scenario: one\n"+each.scenario), each.want
			report := servicetest.New(c, nil).Service(c.Services[0], func(string) bool { return true })
			list := report.Findings()
			if want == "" && len(list) > 0 || want != "" && (len(list) != 1 || string(list[0].Code) != want) {
				t.Fatalf("want %q:\n%s", want, told(list, c))
			}
		})
	}
}

func TestATriggerThatNoScenarioUsesIsTold(t *testing.T) {
	c := birth(t, "  - scenario: one\n    on: 2026-11-22\n    trigger: {by: clerk}\n    form: {child: Noor, weight: 1}\n    expect: {end: granted}\n")
	var got []string
	report := servicetest.New(c, nil).Service(c.Services[0], nil)
	for _, d := range report.Findings() {
		if d.Code == "trigger-not-shown" {
			got = append(got, d.Summary)
		}
	}
	if want := "no scenario begins with event: town.birth|no scenario begins with right: permit"; strings.Join(got, "|") != want {
		t.Fatalf("%q, want %q", got, want)
	}
}
