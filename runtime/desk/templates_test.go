package desk

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
	uitest.CheckTemplates(t, templates, map[string]any{"queue": queuePage{}, "inbox": inboxPage{}, "statement": statementPage{}, "case": casePage{}, "confirm": confirmPage{}, "day": dayPage{},
		"ledger": ledgerPage{}, "entries": entriesPage{}, "entry": entryPage{}, "chain": chainPage{},
		"settlement": settlementPage{}, "difference": differencePage{}, "figures": figuresPage{}, "till": tillPage{}, "post": postPage{}})
	for _, c := range []ui.Component{comment{}, changed{}, fileLink{}, paid{}, visitor{}, closing{}} {
		for _, problem := range uitest.Check(templates.Trees(), c.Component(), reflect.TypeOf(c), nil) {
			t.Error(problem)
		}
		if _, err := templates.HTML("ar", c); err != nil {
			t.Error(err)
		}
	}
}
