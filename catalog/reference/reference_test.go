package reference_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/catalog/reference"
)

func TestEveryKeyOfTheLanguageHasASentence(t *testing.T) {
	keys := 0
	for _, m := range reference.Mappings() {
		for _, k := range m.Keys {
			keys++
			if !strings.HasSuffix(strings.TrimRight(k.Doc, "}"), ".") && !strings.Contains(k.Doc, "}.") {
				t.Errorf("%s: %s: %q is no sentence", m.Name, k.Name, k.Doc)
			}
		}
	}
	if keys < 80 {
		t.Errorf("only %d keys", keys)
	}
}

func TestTheReferenceHasEveryKeyAndIsTheSameEachTime(t *testing.T) {
	text := reference.Markdown()
	for _, m := range reference.Mappings() {
		if strings.Count(text, "\n## "+m.Name+"\n") != 1 {
			t.Errorf("%s has no section of its own", m.Name)
		}
		for _, k := range m.Keys {
			if !strings.Contains(text, fmt.Sprintf("| `%s` | ", k.Name)) {
				t.Errorf("%s: %s is missing", m.Name, k.Name)
			}
		}
	}
	for _, want := range []string{"## Service", "## Field\n", "## Step", "## Decision", "text in each language, required", "`national-number`", "goes round in no circle"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if reference.Markdown() != text {
		t.Error("another text the second time")
	}
}
