package paper

import (
	"encoding/json"
	"testing"

	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Whoever reads a paper sees a number with its unit; the value itself stays a number.
func TestANumberWithAUnitIsShownWithIt(t *testing.T) {
	of := []plan.Row{{Formula: "form.weight", Kind: "decimal", Unit: "t"}, {Formula: "form.count", Kind: "int"}}
	cells := []machine.Cell{{Index: 0, Kind: "decimal", Value: json.RawMessage(`1.5`), Unit: "t"}, {Index: 1, Kind: "int", Value: json.RawMessage(`3`)}}
	rows, err := Shown(of, cells, nil, &plan.Texts{Languages: []string{"ar", "en"}})
	if err != nil {
		t.Fatal(err)
	}
	if c := rows[0].Cell; c.Value != "1.5" || c.Words["ar"] != "1.5 طن" || c.Words["en"] != "1.5 t" {
		t.Errorf("%+v", c)
	}
	if c := rows[1].Cell; c.Value != "3" || len(c.Words) != 0 {
		t.Errorf("%+v", c)
	}
}
