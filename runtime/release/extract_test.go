package release

import (
	"testing"

	"github.com/diwan-gov/diwan/catalog"
)

func TestEveryTypeThatARegistryMayGiveHasAKind(t *testing.T) {
	for _, word := range append(catalog.TypeWords(), "list", "record", catalog.ChoiceWord) {
		if kinds[word] == "" {
			t.Errorf("an answer of type %s could not be read", word)
		}
	}
}
