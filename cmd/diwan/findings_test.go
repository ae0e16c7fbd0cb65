package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
)

// One mistake is one finding: what only follows from it is not told beside it.
func TestAMistakeIsToldOnce(t *testing.T) {
	const renew = "services/transport/driving-licence-renew.yaml"
	for what, c := range map[string]struct {
		file, was, is string
		code          diag.Code
		suggestion    string
	}{
		"misspelt operation": {renew, "ask: licensing/licence-by-number", "ask: licencing/licence-by-number", "unknown-registry-operation", "licensing/licence-by-number"},
		"type of a registry": {"registries/licensing.yaml", "expiresOn: date", "expiresOn: datetime", "wrong-value", "date"},
		"broken registry":    {"registries/licensing.yaml", "blocked: yes-no", "blocked: {yes-no", "syntax", ""},
		"amount of a tariff": {"tariffs/transport.yaml", "50.00 ILS", "٥٠٫٠٠ ILS", "amount", "50.00 ILS"},
		"type of a field":    {renew, "type: choice", "type: dropdown", "wrong-value", "choice"},
		"plain text":         {renew, "title: {ar: دفع الرسوم, en: Payment}", "title: Payment", "wrong-value", ""},
		"two limits":         {renew, "{14 days: lapse}", "{14 days: lapse, 15 days: lapse}", "limit-never-over", ""},
		"Arabic digits":      {renew, "{14 days: lapse}", "{١٤ days: lapse}", "wrong-value", "14 days"},
		"promised":           {renew, "promised: 3 working days", "promised: ٣ business days", "duration", "3 working days"},
		"no refund":          {renew, "refuse: {end: refused, refund: {renewal: all, late: keep}}", "refuse: {end: refused}", "no-refund", ""},
		"no answers":         {renew, "    answers: {licensing/licence-by-number: {holder: \"401234567\", category: B, expiresOn: 2027-01-01, unpaidFines: 0, finesTotal: 0.00 ILS, blocked: false}}\n", "", "scenario-answer", ""},
		"refused input":      {renew, `form: {licenceNumber: "1234567", years: 5`, `form: {licenceNumber: "12345", years: 5`, "scenario-form", ""},
	} {
		t.Run(what, func(t *testing.T) {
			root := t.TempDir()
			if err := os.CopyFS(root, os.DirFS("../../samples/palestine")); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(root, filepath.FromSlash(c.file))
			text := strings.Replace(read(t, file), c.was, c.is, 1)
			if text == read(t, file) {
				t.Fatal("the mistake was not made")
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			loaded, list := catalog.Load(os.DirFS(root))
			found := slices.DeleteFunc(findings(loaded, list), func(d diag.Diagnostic) bool { return d.Severity != diag.Error })
			if len(found) != 1 || found[0].Code != c.code || found[0].Suggestion != c.suggestion || found[0].Range.File != c.file {
				t.Errorf("%v, want %s in %s, %q", found, c.code, c.file, c.suggestion)
			}
		})
	}
}
