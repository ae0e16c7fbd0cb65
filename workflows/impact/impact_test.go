package impact_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/workflows/impact"
)

const (
	licence = "services/transport/driving-licence-renew.yaml"
	tariff  = "tariffs/transport.yaml"
)

// edited is what follows when the pairs are replaced in a file of the samples.
func edited(t *testing.T, file string, pairs ...string) []string {
	t.Helper()
	before, list := catalog.Load(os.DirFS("../../samples/palestine"))
	if list.HasErrors() {
		t.Fatal(list)
	}
	src := string(before.Files[file])
	changed := strings.NewReplacer(pairs...).Replace(src)
	if changed == src {
		t.Fatalf("the sample has none of %q", pairs)
	}
	after, list := before.WithFile(file, []byte(changed))
	if list.HasErrors() {
		t.Fatal(list)
	}
	var out []string
	for _, c := range impact.Of(before, after, compare.Catalogues(before, after)) {
		out = append(out, c.Kind+": "+c.Sentence("en"))
	}
	return out
}

func TestATariffIsToldByWhatTheScenariosCost(t *testing.T) {
	got := edited(t, tariff, "licencePerYear: 50.00 ILS", "licencePerYear: 60.00 ILS")
	if len(got) != 2 || !slices.ContainsFunc(got, func(s string) bool {
		return strings.HasPrefix(s, "example-fee: in scenarios “five years, on time”, ") && strings.HasSuffix(s, ": fee renewal 250.00 ILS → 300.00 ILS")
	}) || !slices.Contains(got, "example-fee: in scenario “one year, five months late”: fee renewal 50.00 ILS → 60.00 ILS") {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

func TestAConditionOfAFeeIsToldByTheScenarioInWhichItIsNoLongerDue(t *testing.T) {
	got := edited(t, licence, "when: facts.monthsLate > 0", "when: facts.monthsLate > 6")
	if want := []string{"example-fee: in scenario “one year, five months late”: fee late 50.00 ILS → nothing"}; !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

func TestAnotherEndIsToldByExample(t *testing.T) {
	got := edited(t, licence, "when: licence.unpaidFines > 0", "when: licence.unpaidFines > 5")
	if len(got) == 0 || !strings.HasPrefix(got[0], "example-") {
		t.Errorf("%q", got)
	}
}

func TestAStepThatIsGoneStrandsWhoWaitsAtIt(t *testing.T) {
	got := edited(t, licence, "step: review", "step: look")
	if !slices.Contains(got, "step-stranded: step review is no longer there: open applications that wait at it would have nowhere to go") {
		t.Errorf("%q", got)
	}
}

func TestWordsHaveNoConsequence(t *testing.T) {
	if got := edited(t, licence, "en: Renewal fee", "en: Fee for the renewal"); len(got) > 0 {
		t.Errorf("%q", got)
	}
}
