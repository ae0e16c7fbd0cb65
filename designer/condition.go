package designer

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// builder puts a condition together by choosing.
type builder struct {
	Control string
	What    []ui.Option // what is compared
	How     []ui.Option // how
	Values  []answers   // answers of choices, for the list beside the box
	Join    []ui.Option // with what stands there already; nothing where that is empty
}

// answers are those of one field.
type answers struct {
	Of   string
	List []ui.Option
}

// comparisons are how a value is compared, with the operator of formulas; "" is presence.
var comparisons = []struct{ name, sign string }{
	{"is", "=="}, {"isNot", "!="}, {"atLeast", ">="}, {"more", ">"}, {"atMost", "<="}, {"less", "<"}, {"given", ""}, {"missing", ""},
}

// conditionKeys are those whose formula says yes or no.
var conditionKeys = []string{"when", "require", "while", "exempt"}

// errNumber says that a time has no number.
var errNumber = errors.New("designer: a number is wanted")

var errCondition = errors.New("designer: a condition that cannot be put together")

// comparable is something that conditions can compare.
type comparable struct {
	named
	field *catalog.Field // nil: a named value, or something of the applicant
}

// comparables are what a condition of the open file can read: answers of the form, named values, and what is known of the applicant.
func (b *workbench) comparables() (out []comparable) {
	if b.service == nil {
		return nil
	}
	for _, f := range b.service.Fields() {
		switch f.Type {
		case catalog.GroupField, catalog.ConsentField, catalog.AddressField, catalog.PersonField, catalog.PlaceField, catalog.FileField:
			continue
		}
		out = append(out, comparable{named{"form." + f.Code.Value, b.say(f.Label)}, f})
	}
	for _, name := range b.service.Facts.Keys() {
		out = append(out, comparable{named: named{"facts." + name, name}})
	}
	return append(out, comparable{named: named{ageFormula, b.locale.T("designer.condition.age")}})
}

// ageFormula is how old the applicant is on the day of the application.
const ageFormula = "fullYears(applicant.birthDate, asOf.submitted)"

// builder is that of a key; nil where its formula is no condition, or nothing can be compared.
func (b *workbench) builder(at edit.Path, k source.Key, now string) *builder {
	if !slices.Contains(conditionKeys, k.Name) || !b.editable {
		return nil
	}
	own := "" // a field asks nothing of itself
	if _, code := b.root.Lookup(at...).Get("field"); code != nil {
		own = "form." + code.Value
	}
	out := &builder{Control: k.Name}
	for _, c := range b.comparables() {
		if c.Code == own {
			continue
		}
		out.What = append(out.What, ui.Option{Value: c.Code, Text: c.Title})
		if a := b.answersOf(c.field); len(a) > 0 {
			out.Values = append(out.Values, answers{c.Code, a})
		}
	}
	for _, c := range comparisons {
		out.How = append(out.How, ui.Option{Value: c.name, Text: b.locale.T("designer.condition." + c.name)})
	}
	if now != "" {
		for _, join := range []string{"replace", "and", "or"} {
			out.Join = append(out.Join, ui.Option{Value: join, Text: b.locale.T("designer.condition." + join)})
		}
	}
	return out
}

// answersOf are what somebody can answer to a field, where that is a closed set; the value is as formulas write it.
func (b *workbench) answersOf(f *catalog.Field) (out []ui.Option) {
	if f == nil {
		return nil
	}
	if f.Type == catalog.YesNoField {
		return []ui.Option{{Value: "true", Text: b.locale.T("designer.property.true")}, {Value: "false", Text: b.locale.T("designer.property.false")}}
	}
	for i := range f.Options {
		o := &f.Options[i]
		value := o.Value.Value
		if f.OptionKind() == formula.KindText {
			value = literal(value)
		}
		out = append(out, ui.Option{Value: value, Text: b.say(o.Label)})
	}
	return out
}

// literal is a text as formulas write it.
func literal(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

// condition is the formula that was put together for a key, joined with what stands there.
func (b *workbench) condition(key, now string, form posted) (string, error) {
	get := func(part string) string { return strings.TrimSpace(strings.Join(form["if."+key+"."+part], "")) }
	known := b.comparables()
	i := slices.IndexFunc(known, func(c comparable) bool { return c.Code == get("what") })
	j := slices.IndexFunc(comparisons, func(c struct{ name, sign string }) bool { return c.name == get("how") })
	if i < 0 || j < 0 {
		return "", errCondition
	}
	what, how := known[i], comparisons[j]
	optional := what.field != nil && !what.field.IsList() && (what.field.Optional || !what.field.When.IsZero() || !what.field.Require.IsZero())
	made := ""
	switch how.name {
	case "given":
		made = "has(" + what.Code + ")"
	case "missing":
		made = "not has(" + what.Code + ")"
	default:
		value, err := b.compared(what, get("value"))
		if err != nil {
			return "", err
		}
		made = what.Code + " " + how.sign + " " + value
		if value == "true" || value == "false" { // what says yes or no is a condition itself
			made = what.Code
			if (how.sign == "!=") == (value == "true") {
				made = "not " + made
			}
			if how.sign != "==" && how.sign != "!=" {
				return "", errCondition
			}
		}
		if list := what.field; list != nil && list.IsList() { // several answers: one of them
			made = value + " in " + what.Code
			if how.sign == "!=" {
				made = "not (" + made + ")"
			} else if how.sign != "==" {
				return "", errCondition
			}
		}
		if optional {
			made = "has(" + what.Code + ") and " + made
		}
	}
	switch join := get("join"); {
	case now == "", join != "and" && join != "or":
		return made, nil
	default:
		return wrapped(now, join) + " " + join + " " + wrapped(made, join), nil
	}
}

// wrapped puts a part of a condition into parentheses where it would else be read with what stands beside it.
func wrapped(part, join string) string {
	other := map[string]string{"and": " or ", "or": " and "}[join]
	if strings.Contains(part, other) || strings.Contains(part, "?") || strings.Contains(part, "||") || strings.Contains(part, "&&") || strings.HasPrefix(part, "not ") {
		return "(" + part + ")"
	}
	return part
}

// compared is what something is compared with, as formulas write it: an answer by its words or its code, a number, a day.
func (b *workbench) compared(what comparable, typed string) (string, error) {
	if typed == "" {
		return "", errCondition
	}
	for _, a := range b.answersOf(what.field) {
		if typed == a.Value || typed == a.Text || typed == strings.Trim(a.Value, "'") {
			return a.Value, nil
		}
	}
	digits := strings.TrimSpace(source.PlainDigits(typed))
	if what.field == nil {
		if _, err := strconv.ParseFloat(digits, 64); err != nil {
			return "", errCondition
		}
		return digits, nil
	}
	switch what.field.Type {
	case catalog.YesNoField, catalog.ChoiceField, catalog.ChoicesField:
		return "", errCondition // none of its answers
	case catalog.IntegerField, catalog.DecimalField:
		if _, err := strconv.ParseFloat(digits, 64); err != nil || strings.ContainsAny(digits, "eExXnN_") {
			return "", errCondition
		}
		return digits, nil
	case catalog.MoneyField:
		if _, err := strconv.ParseFloat(digits, 64); err != nil || strings.ContainsAny(digits, "eExXnN_") {
			return "", errCondition
		}
		return `money("` + digits + " " + b.c.Settings.Currency.Value + `")`, nil
	case catalog.DateField:
		if _, err := time.Parse(time.DateOnly, digits); err != nil {
			return "", errCondition
		}
		return `date("` + digits + `")`, nil
	}
	return literal(typed), nil
}

// conditional sets a formula to the condition that was put together for it; what else the form has brought is kept with it.
func (b *workbench) conditional(key string, form posted) (edit.Do, string, error) {
	n, t := typeAt(b.root, b.kind, b.at)
	if n == nil {
		return nil, "", edit.ErrGone
	}
	order := orderOf(t)
	if !slices.Contains(conditionKeys, key) || !slices.Contains(order, key) {
		return nil, "", errCondition
	}
	made, err := b.condition(key, strings.TrimSpace(form.value(key)), form)
	if err != nil {
		return nil, "", err
	}
	rest := maps.Clone(form)
	delete(rest, valueControl+key)
	delete(rest, wasControl+key)
	list, err := b.changesOf(n, t, b.at, rest)
	return edit.All(append(list, edit.Set(b.file, b.at.To(key), made, order))...), b.at.String(), err
}
