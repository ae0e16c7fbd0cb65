package servicetest_test

import (
	"bytes"
	"os"
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

func TestTheScenariosOfTheSampleCatalogueComeOutAsTheySay(t *testing.T) {
	c := sample(t)
	count := 0
	for _, s := range c.Services {
		if list := servicetest.Run(c, s); len(list) > 0 {
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
	for name, x := range map[string]struct{ old, new, code, at string }{
		"fee":           {"renewal: 250.00 ILS", "renewal: 240.00 ILS", "scenario-fees", "{renewal: 240.00 ILS}"},
		"path":          {"path: [licence, pay, review, card]", "path: [licence, review, card]", "scenario-path", "[licence, review, card]"},
		"end":           {"fees: {renewal: 250.00 ILS}, end: issued", "fees: {renewal: 250.00 ILS}, end: refused", "scenario-end", "refused"},
		"decision":      {"    decide: {review: approve}\n", "", "scenario-decision", "five years, on time"},
		"answer":        {"licensing/licence-by-number: {holder: \"401234567\", category: B, expiresOn: 2027-01-01, unpaidFines: 0, finesTotal: 0.00 ILS, blocked: false}", "", "scenario-answer", "five years, on time"},
		"value":         {"years: 5, phone", "years: five, phone", "scenario-value", "five"},
		"missing field": {"years: 5, phone: \"0599123456\"", "years: 5", "scenario-form", ""},
		"hidden field":  {"years: 5, phone", "years: 5, medicalReport: x, phone", "scenario-form", ""},
		"day":           {"    on: 2026-11-22\n", "", "scenario-day", ""},
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
			list = servicetest.Run(c2, c2.Service(service))
			if len(list) == 0 || list[0].Code != x.code {
				t.Fatalf("findings %s", told(list, c2))
			}
			if r := list[0].Range; x.at != "" && changed[r.Start.Offset:r.End.Offset] != x.at {
				t.Fatalf("the finding stands at %q", changed[r.Start.Offset:r.End.Offset])
			}
		})
	}
}

func TestLapsedWithdrawnNotFoundAndSentBackCanBeShown(t *testing.T) {
	c := sample(t)
	s := c.Service(service)
	form := `    on: 2026-11-22
    form: {licenceNumber: "1234567", years: 5, phone: "0599123456", declaration: true}
`
	valid := form + `    answers: {licensing/licence-by-number: {holder: "401234567", category: B, expiresOn: 2027-01-01, unpaidFines: 0, finesTotal: 0.00 ILS, blocked: false}}
`
	more := "  - scenario: nobody pays\n" + valid + "    expect: {path: [licence, pay], fees: {renewal: 250.00 ILS}, end: lapsed}\n" +
		"  - scenario: withdrawn\n" + valid + "    expect: {path: [licence, pay, review], fees: {renewal: 250.00 ILS}, end: withdrawn}\n" +
		"  - scenario: not found\n" + form + "    answers: {licensing/licence-by-number: notFound}\n    expect: {path: [licence], end: refused}\n" +
		"  - scenario: sent back until the limit decides\n" + valid + "    decide: {review: sendBack}\n    expect: {path: [licence, pay, review], fees: {renewal: 250.00 ILS}, end: refused}\n"
	c2, list := c.WithFile(s.File, append(append([]byte{}, c.Files[s.File]...), more...))
	if list.HasErrors() {
		t.Fatal(told(list, c2))
	}
	if list := servicetest.Run(c2, c2.Service(service)); len(list) > 0 {
		t.Fatal(told(list, c2))
	}
}

func BenchmarkScenarios(b *testing.B) {
	c := sample(b)
	s := c.Service(service)
	scenarios := 0
	for b.Loop() {
		if list := servicetest.Run(c, s); len(list) > 0 {
			b.Fatal(told(list, c))
		}
		scenarios += len(s.Scenarios)
	}
	b.ReportMetric(float64(scenarios)/b.Elapsed().Seconds(), "scenarios/s")
}
