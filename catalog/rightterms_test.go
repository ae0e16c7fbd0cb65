package catalog_test

import (
	"testing"

	"github.com/diwan-gov/diwan/catalog"
)

func TestWhoHoldsARightIsSaidWhereverNoPersonDoes(t *testing.T) {
	for holder, want := range map[catalog.HolderKind]bool{"person": false, "business": true, "property": true} {
		r := &catalog.Right{Holder: holder}
		for _, term := range r.StepTerms("") {
			if term.Name == "holder" && term.Needed != want {
				t.Errorf("granted to a %s, the holder must be said: %v", holder, term.Needed)
			}
		}
	}
}
