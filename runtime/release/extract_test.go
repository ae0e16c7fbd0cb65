package release

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/diwan-gov/diwan/catalog"
)

func TestEveryTypeThatARegistryMayGiveHasAKind(t *testing.T) {
	for _, word := range append(catalog.TypeWords(), "list", "record", catalog.ChoiceWord) {
		if kinds[word] == "" {
			t.Errorf("an answer of type %s could not be read", word)
		}
	}
}

func TestEveryAuthorityHasTheRolesOfTheCatalogue(t *testing.T) {
	c, _ := catalog.Load(fstest.MapFS{
		"catalogue.yaml":          {Data: []byte("catalogue: x\ntimeZone: UTC\nroles:\n  - {role: reviewer, title: {en: Reviewer}}\n")},
		"authorities/roads.yaml":  {Data: []byte("authority: roads\ntitle: {en: Roads}\nroles:\n  - {role: clerk, title: {en: Clerk}}\n")},
		"authorities/health.yaml": {Data: []byte("authority: health\ntitle: {en: Health}\n")},
	})
	r, err := referenceOf(c)
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]string{"roads": "clerk reviewer", "health": "reviewer"} {
		a, ok := r.Authority(code)
		if !ok {
			t.Fatalf("%s is not there", code)
		}
		var have []string
		for _, role := range a.Roles {
			have = append(have, role.Code)
		}
		if got := strings.Join(have, " "); got != want || a.Roles[len(a.Roles)-1].Title["en"] != "Reviewer" {
			t.Errorf("%s has %s", code, got)
		}
	}
}
