package compile

import (
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// kindName is the word of a plan for a kind of value.
func kindName(k formula.Kind) string {
	switch k {
	case formula.KindBool:
		return "bool"
	case formula.KindInt:
		return "int"
	case formula.KindDecimal:
		return "decimal"
	case formula.KindMoney:
		return "money"
	case formula.KindText:
		return "text"
	case formula.KindDate:
		return "date"
	case formula.KindList:
		return "list"
	case formula.KindObject:
		return "record"
	}
	return ""
}

func planFields(fields []formula.Field) []plan.Field {
	out := make([]plan.Field, 0, len(fields))
	for _, f := range fields {
		out = append(out, plan.Field{
			Name: f.Name, Kind: kindName(f.Type.Kind), Fields: within(f.Type), Optional: f.Optional, When: f.When,
		})
	}
	return out
}

// within are the fields of a record, or of the rows of a list.
func within(t formula.Type) []plan.Field {
	o := t.Object
	if t.Kind == formula.KindList && t.Elem != nil {
		o = t.Elem.Object
	}
	if o == nil {
		return nil
	}
	return planFields(o.Fields)
}

func formField(section *catalog.Section, f *catalog.Field) plan.FormField {
	out := plan.FormField{
		Code: f.Code.Value, Section: section.Code.Value, Type: string(f.Type), Kind: kindName(f.Kind()), Optional: f.Optional,
		When: catalog.Both(section.When.Value, f.When.Value), Pattern: f.Pattern.Value, Min: f.Min.Value, Max: f.Max.Value,
		MaxSize: size(f.MaxSize.Value), Accept: values(f.Accept), Prefill: f.Prefill.Value,
	}
	for i := range f.Options {
		out.Options = append(out.Options, f.Options[i].Value.Value)
	}
	return out
}

// size reads "5 MB" and "500 KB" (1,024 bytes each); the checker refuses anything else.
func size(s string) int64 {
	number, unit, _ := strings.Cut(s, " ")
	n, err := strconv.ParseInt(number, 10, 32)
	switch {
	case err != nil:
		return 0
	case unit == "KB":
		return n << 10
	case unit == "MB":
		return n << 20
	}
	return 0
}

func values(ts []source.Text) []string {
	var out []string
	for _, t := range ts {
		out = append(out, t.Value)
	}
	return out
}

func cut(path string) (first, rest string) {
	first, rest, _ = strings.Cut(path, ".")
	return first, rest
}
