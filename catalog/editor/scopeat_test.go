package editor_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/editor"
)

func sample(t *testing.T, name string) *catalog.Catalogue {
	t.Helper()
	c, list := catalog.Load(os.DirFS("../../samples/" + name))
	if list.HasErrors() {
		t.Fatal(list)
	}
	return c
}

// What a formula reads depends on where it stands: a trigger reads what it brings, a fee line other lines, a field in a group its row.
func TestCompletionKnowsWhereAFormulaStands(t *testing.T) {
	const (
		renewal = "services/education/nursery-renewal.yaml"
		birth   = "services/civil/birth-proactive.yaml"
	)
	for _, test := range []struct {
		name, sample, file, old, text string
		has, not                      []string
	}{
		{"the day of a right", "qatar", renewal, "addDays(right.validUntil, -60)", "addDays(right.┃, -60)", []string{"number", "validUntil", "grantedOn", "owner"}, []string{"form"}},
		{"whom a right is about", "qatar", renewal, "for: right.owner", "for: right.┃", []string{"owner", "number"}, nil},
		{"a field that a right fills in", "qatar", renewal, "name: right.name}", "name: right.n┃}", []string{"name", "number"}, nil},
		{"what a trigger reads", "qatar", renewal, "for: right.owner", "for: ┃", []string{"right"}, []string{"form", "applicant", "event", "tariff"}},
		{"whom an event is about", "kazakhstan", birth, "for: event.mother", "for: event.┃", []string{"mother", "bornOn", "sex"}, nil},
		{"a field that an event fills in", "kazakhstan", birth, "form: {notice: event.notice}", "form: {notice: event.┃", []string{"notice"}, nil},
		{"a condition that is added", "kazakhstan", birth, "    consent: needed\n", "    when: event.┃\n    consent: needed\n", []string{"sex"}, nil},
		{"not in a step", "qatar", renewal, "    amount: tariff.licence\n", "    amount: ┃\n", []string{"tariff", "form"}, []string{"right", "row"}},
		{"a line before", "palestine", licence, "when: facts.monthsLate > 0", "when: fees.┃", []string{"renewal", "late"}, nil},
		{"the day of the assessment", "palestine", licence, "when: facts.monthsLate > 0", "when: asOf.┃", []string{"assessed", "submitted"}, nil},
		{"not the lines elsewhere", "palestine", licence, "when: licence.blocked", "when: ┃", []string{"form"}, []string{"fees", "row"}},
		{"the row", "palestine", licence, "        type: phone\n", "        type: group\n        atMost: 3\n        fields:\n          - {field: shop, type: text}\n          - {field: area, type: integer, when: row.┃}\n", []string{"shop", "area"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := sample(t, test.sample)
			v, offset := edited(t, c, test.file, test.old, test.text)
			got := labels(v.Complete(offset))
			for _, l := range test.has {
				if !slices.Contains(got, l) {
					t.Errorf("%s is missing: %v", l, got)
				}
			}
			for _, l := range test.not {
				if slices.Contains(got, l) {
					t.Errorf("%s does not belong here: %v", l, got)
				}
			}
		})
	}
}

func TestHoverInATriggerExplainsWhatItBrings(t *testing.T) {
	v, offset := edited(t, sample(t, "kazakhstan"), "services/civil/birth-proactive.yaml", "for: event.mother", "for: event.mot┃her")
	if e, ok := v.Hover(offset); !ok || !strings.Contains(e.Text, "`event.mother`") {
		t.Errorf("got %v %v", e, ok)
	}
}

// A step may be called right too: in a trigger the word means something else.
func TestAStepIsNotRenamedInATrigger(t *testing.T) {
	const file = "services/education/nursery-renewal.yaml"
	c := sample(t, "qatar")
	content := strings.Replace(string(c.Files[file]), "\n  - step: licence\n", "\n  - step: right\n", 1)
	v := editor.Of(c, file, []byte(content))
	steps := strings.Index(content, "\nsteps:")
	for _, at := range v.References(strings.Index(content, "- step: right")+len("- step: r"), true) {
		if at.Start.Offset < steps {
			t.Errorf("the step is named in line %d: %s", at.Start.Line, content[at.Start.Offset:at.End.Offset])
		}
	}
}
