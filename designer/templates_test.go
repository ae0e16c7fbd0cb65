package designer

import (
	"testing"

	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

func TestEveryTemplateFitsItsStruct(t *testing.T) {
	templates, err := ui.New(ui.Site{}, files)
	if err != nil {
		t.Fatal(err)
	}
	uitest.CheckTemplates(t, templates, map[string]any{"home": homePage{}, "changes": changesPage{}, "change": changePage{}, "confirm": confirmPage{}, "edit": editPage{}, "new": newPage{}, "releases": releasesPage{}, "merge": mergePage{}, "bulk": bulkPage{}})
}
