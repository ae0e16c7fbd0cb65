package servicetest_test

import (
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

const service = "transport.driving-licence.renew"

func sample(t testing.TB) *catalog.Catalogue {
	t.Helper()
	c, list := catalog.Load(os.DirFS("../../samples/palestine"))
	if list.HasErrors() {
		t.Fatal(told(list, c))
	}
	return c
}

func told(list diag.List, c *catalog.Catalogue) string {
	var b bytes.Buffer
	if err := diag.WriteText(&b, list, func(f string) []byte { return c.Files[f] }); err != nil {
		return err.Error()
	}
	return b.String()
}

func run(c *catalog.Catalogue, s *catalog.Service) diag.List {
	report := servicetest.New(c, pool).Service(s, nil)
	return report.Findings()
}

// picked runs the scenario called one; what others would show is not asked.
func picked(c *catalog.Catalogue) diag.List {
	report := servicetest.New(c, pool).Service(c.Service(service), func(title string) bool { return title == "one" })
	return report.Findings()
}

// with adds scenarios to the sample service, in place of its own.
func with(t *testing.T, scenarios string) *catalog.Catalogue {
	t.Helper()
	c := sample(t)
	s := c.Service(service)
	text, _, _ := strings.Cut(string(c.Files[s.File]), "\nscenarios:")
	c, list := c.WithFile(s.File, []byte(text+"\nscenarios:\n"+scenarios))
	if list.HasErrors() {
		t.Fatal(told(list, c))
	}
	return c
}

const (
	apply = `    on: 2026-11-22
    form: {licenceNumber: "1234567", years: 5, phone: "0599123456", declaration: true}
`
	found = `{holder: "401234567", category: B, expiresOn: 2027-01-01, unpaidFines: 0, finesTotal: 0.00 ILS, blocked: false}`
	valid = apply + "    answers: {licensing/licence-by-number: " + found + "}\n"
)

func TestTheScenariosOfTheSampleCatalogueComeOutAsTheySay(t *testing.T) {
	c := sample(t)
	count := 0
	for _, s := range c.Services {
		if list := run(c, s); len(list) > 0 {
			t.Error(told(list, c))
		}
		count += len(s.Scenarios)
	}
	if count < 6 {
		t.Fatalf("%d scenarios", count)
	}
}

func TestAScenarioThatComesOutDifferentlyIsAFindingAtItsPlace(t *testing.T) {
	c := sample(t)
	s := c.Service(service)
	text := string(c.Files[s.File])
	for name, x := range map[string]struct {
		old, new    string
		code        diag.Code
		at, summary string
	}{
		"fee":           {"renewal: 250.00 ILS", "renewal: 240.00 ILS", "scenario-fees", "240.00 ILS", "renewal is 250.00 ILS, not 240.00 ILS"},
		"fee too many":  {"fees: {renewal: 250.00 ILS}", "fees: {renewal: 250.00 ILS, late: 1.00 ILS}", "scenario-fees", "late", "late is not due"},
		"fee too few":   {"{renewal: 50.00 ILS, late: 50.00 ILS}", "{renewal: 50.00 ILS}", "scenario-fees", "{renewal: 50.00 ILS}", "late: 50.00 ILS is due too"},
		"path":          {"path: [licence, pay, review, card]", "path: [licence, review, card]", "scenario-path", "review", "the path is [licence, pay, review, card], not [licence, review, card]"},
		"end":           {"fees: {renewal: 250.00 ILS}, end: issued", "fees: {renewal: 250.00 ILS}, end: refused", "scenario-end", "refused", "the application ends issued"},
		"decision":      {"    decide: {review: approve}\n", "", "scenario-decision", "five years, on time", "the scenario does not say what is decided at review"},
		"answer":        {"licensing/licence-by-number: " + found, "", "scenario-answer", "five years, on time", "the scenario does not say what licensing/licence-by-number answers"},
		"value":         {"expiresOn: 2027-01-01", "expiresOn: soon", "scenario-value", "soon", "expiresOn is a date"},
		"option":        {"years: 5, phone", "years: 4, phone", "scenario-form", "4", "the form is refused at years: Choose one of the answers that are offered"},
		"missing field": {"years: 5, phone: \"0599123456\"", "years: 5", "scenario-form", "", "the form is refused at phone: Answer this question"},
		"script":        {"1234567", "1111111", "scenario-form", "\"1111111\"", "the form is refused at licenceNumber: This licence number is not valid; check its digits"},
		"unused":        {"    decide: {review: approve}", "    pay: {pay: paid}\n    decide: {review: approve}\n    takes: {pay: 1 day}\n    corrections: {review: {years: 1}}", "scenario-unused", "review", ""},
		"day":           {"    on: 2026-11-22\n", "", "scenario-day", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(text, x.old, x.new, 1)
			if changed == text {
				t.Fatalf("the sample does not hold %q", x.old)
			}
			c2, list := c.WithFile(s.File, []byte(changed))
			if list.HasErrors() {
				t.Fatal(told(list, c2))
			}
			list = run(c2, c2.Service(service))
			if len(list) != 1 || list[0].Code != x.code || x.summary != "" && list[0].Summary != x.summary {
				t.Fatalf("findings %s", told(list, c2))
			}
			if r := list[0].Range; x.at != "" && changed[r.Start.Offset:r.End.Offset] != x.at {
				t.Fatalf("the finding stands at %q", changed[r.Start.Offset:r.End.Offset])
			}
		})
	}
}

func TestWhatAScenarioCanSay(t *testing.T) {
	for name, scenario := range map[string]string{
		"nobody pays": valid + `    pay: {pay: not}
    expect: {path: [licence, pay], fees: {renewal: 250.00 ILS}, dates: {end: 2026-12-07}, end: lapsed}
`,
		"paid on the last day": valid + `    takes: {pay: 14 days}
    decide: {review: approve}
    expect: {fees: {renewal: 250.00 ILS}, tasks: {pay: {role: applicant, due: 2026-12-06}}, dates: {pay: 2026-11-22, review: 2026-12-06}, documents: [driving-licence], end: issued}
`,
		"paid too late": valid + `    takes: {pay: 15 days}
    expect: {path: [licence, pay], fees: {renewal: 250.00 ILS}, end: lapsed}
`,
		"withdrawn while somebody looks at it": valid + `    decide: {review: silence}
    events: [{event: withdraw, at: review, after: 1 day}]
    expect: {path: [licence, pay, review], fees: {renewal: 250.00 ILS}, refunds: {renewal: all}, dates: {end: 2026-11-23}, end: withdrawn}
`,
		"withdrawn some time after submission": valid + `    pay: {pay: not}
    events: [{event: withdraw, after: 2 working days}]
    expect: {path: [licence, pay], fees: {renewal: 250.00 ILS}, dates: {end: 2026-11-24}, end: withdrawn}
`,
		"not found": apply + `    answers: {licensing/licence-by-number: notFound}
    expect: {path: [licence], end: refused}
`,
		"the registry fails once": apply + `    answers: {licensing/licence-by-number: [failed, ` + found + `]}
    decide: {review: approve}
    expect: {path: [licence, pay, review, card], fees: {renewal: 250.00 ILS}, end: issued}
`,
		"the registry fails for good": apply + `    answers: {licensing/licence-by-number: failed}
    expect: {path: [licence], tasks: {licence: {role: operator, due: never}}, waits: licence}
`,
		"the registry fails for good and the operator goes on without it": apply + `    answers: {licensing/licence-by-number: failed}
    decide: {licence: skip}
    expect: {path: [licence], end: refused}
`,
		"sent back until the limit decides": valid + `    decide: {review: sendBack}
    expect: {path: [licence, pay, review], fees: {renewal: 250.00 ILS}, refunds: {renewal: all}, end: refused}
`,
		"sent back once, then approved": valid + `    decide: {review: [sendBack, approve]}
    corrections: {review: {phone: "0599000000"}}
    takes: {review: [1 working day, 3 working days], review/sendBack: 1 week}
    expect:
      fees: {renewal: 250.00 ILS}
      tasks: {review: [{role: licensing-officer, due: 2026-11-24}, {role: applicant, due: 2026-12-23}, {due: 2026-12-02}]}
      dates: {end: 2026-12-03}
      end: issued
`,
		"nobody corrects": valid + `    decide: {review: sendBack}
    corrections: {review: silence}
    expect: {fees: {renewal: 250.00 ILS}, dates: {end: 2026-12-23}, end: refused}
`,
		"overdue, then approved": valid + `    decide: {review: [silence, approve]}
    expect: {fees: {renewal: 250.00 ILS}, total: 250.00 ILS, dates: {end: 2026-11-25}, end: issued}
`,
		"nobody ever decides": valid + `    decide: {review: silence}
    expect: {fees: {renewal: 250.00 ILS}, waits: review}
`,
		"a number that is none, and no phone": `    on: 2026-11-22
    form: {licenceNumber: "1111111", years: 5, declaration: true}
    expect: {findings: {licenceNumber: script, phone: required}}
`,
		"the message of a script": `    on: 2026-11-22
    form: {licenceNumber: "1111111", years: 5, phone: "0599123456", declaration: true}
    expect: {findings: {licenceNumber: This licence number is not valid; check its digits}}
`,
		"a file of the wrong kind": `    on: 2026-11-22
    applicant: {birthDate: 1960-01-01}
    form: {licenceNumber: "1234567", years: 5, medicalReport: 'report.docx 6 MB', phone: "0599123456", declaration: true}
    expect: {findings: {medicalReport: file-size}}
`,
		"a report that is accepted": `    on: 2026-11-22
    applicant: {birthDate: 1960-01-01}
    form: {licenceNumber: "1234567", years: 5, medicalReport: report.pdf, phone: "0599123456", declaration: true}
    answers: {licensing/licence-by-number: notFound}
    expect: {end: refused}
`,
	} {
		t.Run(name, func(t *testing.T) {
			c := with(t, "  - scenario: one\n"+scenario)
			if list := picked(c); len(list) > 0 {
				t.Fatal(told(list, c))
			}
		})
	}
}

func TestAnEndingThatNoScenarioReachesIsAWarning(t *testing.T) {
	c := with(t, "  - scenario: one\n"+valid+"    decide: {review: approve}\n    expect: {fees: {renewal: 250.00 ILS}, end: issued}\n")
	list := run(c, c.Service(service))
	text := string(c.Files[c.Service(service).File])
	var at []string
	for _, d := range list {
		if d.Severity != diag.Warning || d.Code != "ending-not-shown" {
			t.Fatal(told(list, c))
		}
		at = append(at, text[d.Range.Start.Offset:d.Range.End.Offset])
	}
	if got := strings.Join(at, " "); got != "notFound holder bar fines within refuse withdraw" {
		t.Fatal(got)
	}
}

func TestWhatChangesAFeeIsCoveredOnlyWhereAScenarioMeetsIt(t *testing.T) {
	c := with(t, "  - scenario: one\n"+valid+"    decide: {review: approve}\n    expect: {fees: {renewal: 200.00 ILS}, end: issued}\n")
	s := c.Service(service)
	const line = "    amount: tariff.licencePerYear * form.years\n"
	text := strings.Replace(string(c.Files[s.File]), line, line+`    exempt: [{when: form.years == 1, title: {ar: إعفاء, en: Exempt}}]
    rebates: [{when: form.years == 5, percent: 20, title: {ar: خصم, en: Rebate}}, {when: form.years == 2, percent: 10, title: {ar: خصم, en: Rebate}}]
    atLeast: tariff.licencePerYear
    atMost: tariff.licencePerYear * 4
`, 1)
	c, list := c.WithFile(s.File, []byte(text))
	if list.HasErrors() {
		t.Fatal(told(list, c))
	}
	var met, missed []string
	for _, p := range servicetest.New(c, pool).Service(c.Service(service), nil).Coverage {
		if p.Kind != servicetest.FeePoint || !strings.HasPrefix(p.Name, "renewal") {
			continue
		}
		if p.Times > 0 {
			met = append(met, p.Name)
		} else {
			missed = append(missed, p.Name)
		}
	}
	if got := strings.Join(met, "; "); got != "renewal; renewal rebate: form.years == 5" {
		t.Error("met:", got)
	}
	if got := strings.Join(missed, "; "); got != "renewal exempt: form.years == 1; renewal rebate: form.years == 2; renewal atLeast: tariff.licencePerYear; renewal atMost: tariff.licencePerYear * 4" {
		t.Error("missed:", got)
	}
}

func TestADifferenceTellsWhatHappened(t *testing.T) {
	c := with(t, "  - scenario: one\n"+valid+"    takes: {pay: 2 days}\n    decide: {review: approve}\n    expect: {fees: {renewal: 250.00 ILS}, end: refused}\n")
	list := picked(c)
	const want = "What happened: 2026-11-22 submitted → licence: found → pay: renewal 250.00 ILS due by 2026-12-06 → 2026-11-24 pay: paid → " +
		"review: asks transport:licensing-officer by 2026-11-26 → review: approve → card: driving-licence issued → card: issued → ended issued."
	if len(list) != 1 || list[0].Help != want {
		t.Fatal(told(list, c))
	}
}

func BenchmarkScenarios(b *testing.B) {
	c := sample(b)
	s := c.Service(service)
	scenarios := 0
	for b.Loop() {
		if list := run(c, s); len(list) > 0 {
			b.Fatal(told(list, c))
		}
		scenarios += len(s.Scenarios)
	}
	b.ReportMetric(float64(scenarios)/b.Elapsed().Seconds(), "scenarios/s")
}

func TestCoverageNamesTheRowsOfFactsThatNoScenarioReaches(t *testing.T) {
	c, list := catalog.Load(os.DirFS("../../samples/kazakhstan"))
	if list.HasErrors() {
		t.Fatal(list)
	}
	s := c.Service("agriculture.quarantine.examination")
	suite := servicetest.New(c, pool)
	for pick, want := range map[string][]string{
		"":                               nil,
		"the last day of twelve percent": {"samples: 1", "samples: 2", "vatRate: 2"},
	} {
		var missed []string
		for _, p := range suite.Service(s, func(title string) bool { return pick == "" || title == pick }).Coverage {
			if p.Kind == servicetest.FactPoint && p.Times == 0 {
				missed = append(missed, p.Name)
			}
		}
		if !slices.Equal(missed, want) {
			t.Errorf("%q: %v, want %v", pick, missed, want)
		}
	}
}

// Whoever reads that a fee is another than expected is told which row held of the facts that it is made of.
func TestAnotherFeeNamesTheRowThatHeld(t *testing.T) {
	c, list := catalog.Load(os.DirFS("../../samples/kazakhstan"))
	if list.HasErrors() {
		t.Fatal(told(list, c))
	}
	s := c.Service("agriculture.quarantine.examination")
	for _, test := range [][2]string{
		{"vat: 1406.40 KZT", "facts.vatRate: {until: 2025-12-31, value: 12}"}, {"vat: 1875.20 KZT", "facts.vatRate: {since: 2026-01-01, value: 16}"},
		{"examination: 13880.00 KZT", "facts.samples: {when: form.seed, value: 3}"},
	} {
		changed, list := c.WithFile(s.File, bytes.Replace(c.Files[s.File], []byte(test[0]), []byte(strings.Fields(test[0])[0]+" 1.00 KZT"), 1))
		if list.HasErrors() {
			t.Fatal(told(list, changed))
		}
		if got := told(run(changed, changed.Service(s.Code.Value)), changed); !strings.Contains(got, "The rows that held: "+test[1]) {
			t.Errorf("nothing says %s: %s", test[1], got)
		}
	}
}

// A register that was wrong is asked again and the fee worked out anew: what has become less of it goes back, and the scenario expects what is left.
func TestWhatHasBecomeLessIsTakenOffWhatAScenarioExpects(t *testing.T) {
	const late = `{holder: "401234567", category: B, expiresOn: 2026-07-01, unpaidFines: 0, finesTotal: 0.00 ILS, blocked: false}`
	for fees, differs := range map[string]string{"{renewal: 250.00 ILS, late: 0.00 ILS}": "", "{renewal: 250.00 ILS, late: 50.00 ILS}": "late is 0.00 ILS, not 50.00 ILS"} {
		c := with(t, "  - scenario: one\n"+apply+"    answers: {licensing/licence-by-number: ["+late+", "+found+"]}\n    decide: {review: [again, refuse]}\n    expect: {fees: "+fees+", refunds: {renewal: all}, end: refused}\n")
		s := c.Service(service)
		const line = "      approve: continue\n"
		text := strings.Replace(string(c.Files[s.File]), line, line+"      again: {to: licence, atMost: 1, then: refuse, invalidates: [licence, pay, review], title: {ar: إعادة النظر, en: Once more}}\n", 1)
		c, list := c.WithFile(s.File, []byte(text))
		if list.HasErrors() {
			t.Fatal(told(list, c))
		}
		found := run(c, c.Service(service))
		i := slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Severity == diag.Error })
		if got := strings.Contains(told(found, c), differs); !got || (i >= 0) != (differs != "") {
			t.Errorf("%s: %s", fees, told(found, c))
		}
		if differs != "" && !strings.Contains(told(found, c), "less is due since the correction: late -50.00 ILS") {
			t.Errorf("what happened is not told: %s", told(found, c))
		}
	}
}
