package editor_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/editor"
)

// withCommonRole is the sample catalogue with a role that every authority has.
func withCommonRole(t testing.TB) *catalog.Catalogue {
	t.Helper()
	c := load(t)
	settings := string(c.Files[catalog.SettingsFile]) + "\nroles:\n  - {role: reviewer, title: {ar: مراجع التعريفات, en: Reviewer of definitions}}\n"
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
