package docs

import (
	"testing"

	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

func TestTemplatesReadOnlyWhatTheirPagesHave(t *testing.T) {
	templates, err := ui.New(ui.Site{}, files, "*.html")
	if err != nil {
		t.Fatal(err)
	}
	uitest.CheckTemplates(t, templates, map[string]any{"docs/index": indexPage{}, "docs/page": textPage{}})
}
