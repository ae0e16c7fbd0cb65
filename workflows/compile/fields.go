package compile

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/schema"
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
	case formula.KindTable:
		return "table"
	}
	return ""
}

func planFields(fields []formula.Field) []plan.Field {
	out := make([]plan.Field, 0, len(fields))
	for _, f := range fields {
		field := plan.Field{Name: f.Name, Kind: kindName(f.Type.Kind), Of: items(f.Type), Fields: within(f.Type), Optional: f.Optional, When: f.When}
		if t := f.Type.Table; t != nil {
			field.Gives = kindName(t.Gives)
			for _, c := range t.Columns {
				field.Fields = append(field.Fields, plan.Field{Name: c.Name, Kind: kindName(c.Kind)})
			}
		}
		if f.Name == catalog.TariffRoot {
			// Whether every version has an entry is the checker's question: a version more must not make a new plan.
			for i := range field.Fields {
				field.Fields[i].Optional = false
			}
		}
		out = append(out, field)
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

// items is the kind of the items of a list of single values.
func items(t formula.Type) string {
	if t.Kind != formula.KindList || t.Elem == nil || t.Elem.Kind == formula.KindObject {
		return ""
	}
	return kindName(t.Elem.Kind)
}

// Fields compiles a list of fields: the form of a service, or the own form of a step. Its rules and scripts are added by the caller. The error
// names the field of which no schema can be made.
func Fields(l catalog.FieldList) (plan.Form, error) {
	raw, err := schema.FromFields(l)
	if err != nil {
		raw = []byte("null")
	}
	out := plan.Form{Schema: json.RawMessage(raw), Fields: []plan.FormField{}, Rules: []plan.Rule{}, Scripts: []plan.Script{}}
	if l.Root != catalog.FormRoot {
		out.Root = l.Root
	}
	for section, f := range l.Fields() {
		out.Fields = append(out.Fields, formField(section, f))
	}
	return out, err
}

// FieldTexts are the words of a list of fields, in its order.
func FieldTexts(l catalog.FieldList) []plan.FieldText {
	out := []plan.FieldText{}
	for _, f := range l.Fields() {
		out = append(out, fieldText(f))
	}
	return out
}

func formField(section *catalog.Section, f *catalog.Field) plan.FormField {
	out := plan.FormField{
		Code: f.Code.Value, Section: section.Code.Value, Type: string(f.Type), Kind: kindName(f.Kind()), Optional: f.Optional,
		When: catalog.Both(section.When.Value, f.When.Value), Pattern: f.Pattern.Value, Min: f.Min.Value, Max: f.Max.Value,
		MaxSize: size(f.MaxSize.Value), MaxPages: f.MaxPages, Accept: values(f.Accept), Prefill: f.Prefill.Value,
		Of: items(f.Formula()), Value: f.Value.Value, Require: f.Require.Value, ReadOnly: f.ReadOnly, Unit: f.Unit.Value, As: string(f.As),
	}
	if f.IsList() {
		out.AtLeast, out.AtMost = f.Bounds()
	}
	for i := range f.Options {
		out.Options = append(out.Options, f.Options[i].Value.Value)
	}
	if from := f.From; from != nil {
		out.From = &plan.OptionsFrom{List: from.List.Value, Value: from.Value.Value, Label: cmp.Or(from.Label.Value, from.Value.Value)}
	}
	for i, inner := 0, f.Inner(); i < len(inner); i++ {
		out.Fields = append(out.Fields, formField(&catalog.Section{}, &inner[i]))
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
