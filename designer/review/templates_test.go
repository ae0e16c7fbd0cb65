package review

import (
	"reflect"
	"testing"

	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

func TestEveryTemplateFitsItsStruct(t *testing.T) {
	templates, err := ui.New(ui.Site{}, files)
	if err != nil {
		t.Fatal(err)
	}
	uitest.CheckTemplates(t, templates, map[string]any{"review": reviewPage{}, "history": historyPage{}, "confirm": confirmPage{}, "move": movePage{}, "move-progress": progress{}})
	for _, problem := range uitest.Check(templates.Trees(), marked{}.Component(), reflect.TypeFor[marked](), nil) {
		t.Error(problem)
	}
}
