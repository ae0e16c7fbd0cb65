package servicetest_test

import (
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// permit has two reviews beside each other, a draw, an officer's form, somebody who is asked, an event and a notice.
const permit = `service: town.stall.permit
title: {en: Stall}
summary: {en: A stall}
authority: town
type: permit
promised: 5 working days
keep: 1 year after end
form:
  - section: stall
    title: {en: Stall}
    fields:
      - {field: place, type: text, label: {en: Place}}
steps:
  - step: channel
    title: {en: Channel}
    draw: {green: 90, red: 10}
  - step: both
    title: {en: Both}
    together:
      - branch: health
        steps:
          - step: hygiene
            title: {en: Hygiene}
            review: health
            within: {5 working days: escalate}
            fields:
              - {field: score, type: integer, label: {en: Score}}
            decisions: {approve: continue, refuse: {against: true}}
      - branch: safety
        steps:
          - step: fire
            title: {en: Fire}
            review: safety
            within: {5 working days: escalate}
            decisions: {approve: continue, refuse: {against: true}}
    until: all
    otherwise: {end: refused}
  - step: weak
    title: {en: Weak}
    when: hygiene.score < 50
    refuse: {en: The score is too low}
  - step: objections
    title: {en: Objections}
    when: form.place == "park"
    invite: public
    fields:
      - {field: reason, type: long-text, label: {en: Reason}}
    triage: {by: safety, publish: [reason]}
    within: {14 days: continue}
  - step: many
    title: {en: Many object}
    when: form.place == "park" and objections.count >= 2
    refuse: {en: Two objections were taken}
  - step: told
    title: {en: Told}
    notify: applicant
    text: {en: It is granted}
  - step: done
    title: {en: Done}
    end: granted
scenarios:
`

func town(t *testing.T, scenarios string) *catalog.Catalogue {
	t.Helper()
	c, list := catalog.Load(fstest.MapFS{
		"catalogue.yaml":        {Data: []byte("catalogue: town\ntitle: {en: Town}\nlanguages: [en]\ncurrency: ILS\ntimeZone: Asia/Hebron\ncalendar: town\n")},
		"calendars/town.yaml":   {Data: []byte("calendar: town\ntitle: {en: Days}\nweekend: [friday, saturday]\n")},
		"authorities/town.yaml": {Data: []byte("authority: town\ntitle: {en: Town}\nroles: [{role: health, title: {en: H}}, {role: safety, title: {en: S}}]\n")},
		"services/permit.yaml":  {Data: []byte(permit + scenarios)},
	})
	if list.HasErrors() {
		t.Fatal(told(list, c))
	}
	return c
}

func TestScenariosOfBranchesDrawsFormsAndNotices(t *testing.T) {
	const head = "    on: 2026-11-22\n    form: {place: market}\n"
	const park = "    on: 2026-11-22\n    form: {place: park}\n    draw: {channel: green}\n    fields: {hygiene: {score: 80}}\n"
	for name, scenario := range map[string]string{
		"both in favour": head + `    draw: {channel: green}
    decide: {hygiene: approve, fire: approve}
    fields: {hygiene: {score: 80}}
    takes: {hygiene: 2 working days, fire: 1 working day}
    expect: {notices: {told: applicant}, dates: {told: 2026-11-24}, tasks: {fire: {role: safety, due: 2026-11-29}}, end: granted}
`,
		"one against ends it at once": head + `    draw: {channel: red}
    decide: {hygiene: silence, fire: refuse}
    takes: {fire: 1 working day}
    expect: {notices: {}, dates: {end: 2026-11-23}, end: refused}
`,
		"what the officer writes counts": head + `    draw: {channel: green}
    decide: {hygiene: approve, fire: approve}
    fields: {hygiene: {score: 30}}
    expect: {end: refused}
`,
		"what is set aside does not count": park + `    decide: {hygiene: approve, fire: approve, objections: [taken, setAside]}
    expect: {notices: {told: applicant}, dates: {told: 2026-12-07}, end: granted}
`,
		"what is taken counts": park + `    decide: {hygiene: approve, fire: approve, objections: [taken, setAside, taken]}
    expect: {notices: {}, end: refused}
`,
	} {
		t.Run(name, func(t *testing.T) {
			c := town(t, "  - scenario: one\n"+scenario)
			report := servicetest.New(c, nil).Service(c.Services[0], func(string) bool { return true })
			if list := report.Findings(); len(list) > 0 {
				t.Fatal(told(list, c))
			}
		})
	}
}
