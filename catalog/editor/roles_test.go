package editor_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/editor"
)

// withCommonRole is the sample catalogue with one more role that every authority has.
func withCommonRole(t testing.TB) *catalog.Catalogue {
	t.Helper()
	c := load(t)
	settings := string(c.Files[catalog.SettingsFile]) + "  - {role: reviewer, title: {ar: مراجع التعريفات, en: Reviewer of definitions}}\n"
	changed, list := c.WithFile(catalog.SettingsFile, []byte(settings))
	if list.HasErrors() {
		t.Fatal(list)
	}
	return changed
}

func TestARoleThatEveryAuthorityHasIsOneNameWhereverItStands(t *testing.T) {
	c := withCommonRole(t)
	v, offset := edited(t, c, licence, "review: licensing-officer", "review: ┃")
	if got := labels(v.Complete(offset)); !slices.Contains(got, "reviewer") || !slices.Contains(got, "licensing-officer") || slices.Contains(got, "civil-officer") {
		t.Errorf("proposed are %v", got)
	}
	v, offset = edited(t, c, licence, "review: licensing-officer", "review: revie┃wer")
	if at := v.Define(offset); len(at) != 1 || at[0].File != catalog.SettingsFile {
		t.Errorf("it is declared at %v", at)
	}
	if e, ok := v.Hover(offset); !ok || !strings.Contains(e.Text, "Reviewer of definitions") && !strings.Contains(e.Text, "مراجع التعريفات") {
		t.Errorf("it is explained as %q", e.Text)
	}
	if at := v.References(offset, true); len(at) != 2 {
		t.Errorf("it is named at %v", at)
	}
	settings := editor.Of(c, catalog.SettingsFile, c.Files[catalog.SettingsFile])
	if _, _, err := settings.Renamable(strings.Index(string(c.Files[catalog.SettingsFile]), "reviewer")); err == nil || !strings.Contains(err.Error(), "stays") {
		t.Errorf("its name may be changed: %v", err)
	}
}

func TestTheAuthorityOfATaskIsACodeOrAFormula(t *testing.T) {
	c := withCommonRole(t)
	for _, test := range []struct {
		text     string
		has, not []string
	}{
		{"review: reviewer\n    of: ┃", []string{"health", "transport", "form", "licence"}, []string{"renewal"}},
		{"review: reviewer\n    of: form.┃", []string{"licenceNumber", "years"}, []string{"health"}},
		{"review: ┃\n    of: health", []string{"insurance-officer", "reviewer"}, []string{"licensing-officer"}},
		{"review: ┃\n    of: form.licenceNumber", []string{"reviewer"}, []string{"licensing-officer"}},
	} {
		v, offset := edited(t, c, licence, "review: licensing-officer", test.text)
		got := labels(v.Complete(offset))
		for _, l := range test.has {
			if !slices.Contains(got, l) {
				t.Errorf("%s: %s is missing: %v", test.text, l, got)
			}
		}
		for _, l := range test.not {
			if slices.Contains(got, l) {
				t.Errorf("%s: %s does not belong here: %v", test.text, l, got)
			}
		}
	}
	v, offset := edited(t, c, licence, "review: licensing-officer", "review: reviewer\n    of: form.licence┃Number")
	if at := v.Define(offset); len(at) != 1 || at[0].File != licence {
		t.Errorf("the field is declared at %v", at)
	}
	if renamed, err := v.Rename(offset, "number"); err != nil || !slices.ContainsFunc(renamed.Edits, func(e editor.Edit) bool {
		return e.Range.Start.Offset <= offset && offset <= e.Range.End.Offset
	}) {
		t.Errorf("the formula keeps the old name: %v %v", renamed, err)
	}
}
