package editor_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/editor"
)

const (
	member    = "services/interior/passport-status.yaml"
	blueprint = "blueprints/status-enquiry.yaml"
)

func TestAMemberOfAFamilyIsCompletedFromItsBlueprint(t *testing.T) {
	c := load(t)
	for _, test := range []struct{ file, old, text, has string }{
		{member, "blueprint: status-enquiry", "blueprint: ┃", "status-enquiry"},
		{member, "with:\n", "┃:\n", "with"},
		{member, "  operation: passports/passport-application\n", "  ┃\n", "operation"},
		{blueprint, "      title: {ar: الطلب, en: The application}", "      ┃", "title"},
		{blueprint, "with: {number: form.number}", "with: {number: form.┃}", "number"},
	} {
		v, offset := edited(t, c, test.file, test.old, test.text)
		if got := labels(v.Complete(offset)); !slices.Contains(got, test.has) {
			t.Errorf("%s: %s is missing: %v", test.text, test.has, got)
		}
	}
	v, offset := edited(t, c, member, "blueprint: status-enquiry", "blueprint: status┃-enquiry")
	if found := v.Define(offset); len(found) != 1 || found[0].File != blueprint {
		t.Errorf("%v", found)
	}
	v, offset = edited(t, c, blueprint, "with: {number: form.number}", "with: {number: form.num┃ber}")
	if found := v.Define(offset); len(found) != 1 || found[0].File != blueprint {
		t.Errorf("%v", found)
	}
	if _, err := v.Rename(offset, "other"); err == nil || !strings.Contains(err.Error(), "other definitions are made of this one") {
		t.Errorf("%v", err)
	}
	if _, ok := editor.Of(c, member, c.Files[member]).Hover(0); !ok {
		t.Error("nothing is said about the first key")
	}
}
