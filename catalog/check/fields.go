package check

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// fieldKeys says which types a key is for; keys that stand here for no type are for all.
var fieldKeys = []struct {
	key   string
	types []catalog.FieldType
}{
	{"pattern", []catalog.FieldType{catalog.TextField}},
	{"min", limited}, {"max", limited},
	{"maxSize", []catalog.FieldType{catalog.FileField}},
	{"maxPages", []catalog.FieldType{catalog.FileField}},
	{"accept", []catalog.FieldType{catalog.FileField}},
	{"files", []catalog.FieldType{catalog.FileField}},
	{"options", []catalog.FieldType{catalog.ChoiceField, catalog.ChoicesField}},
	{"optionsFrom", []catalog.FieldType{catalog.ChoiceField, catalog.ChoicesField}},
	{"unit", []catalog.FieldType{catalog.IntegerField, catalog.DecimalField}},
	{"atLeast", counted}, {"atMost", counted},
	{"row", []catalog.FieldType{catalog.GroupField}},
	{"fields", []catalog.FieldType{catalog.GroupField}},
	{"as", []catalog.FieldType{catalog.PersonField}},
	{"parts", []catalog.FieldType{catalog.AddressField, catalog.PersonField}},
	{"declaration", []catalog.FieldType{catalog.ConsentField}},
	{"value", workedOut},
}

// FieldKeys lists the keys that are for fields of a type alone; the others are for all.
func FieldKeys(t catalog.FieldType) []string {
	var out []string
	for _, k := range fieldKeys {
		if slices.Contains(k.types, t) {
			out = append(out, k.key)
		}
	}
	if t == catalog.TextField {
		out = append(out, "message")
	}
	return out
}

var counted = []catalog.FieldType{catalog.ChoicesField, catalog.GroupField}

// workedOut are the types of what a formula can give.
var workedOut = []catalog.FieldType{
	catalog.TextField, catalog.IntegerField, catalog.DecimalField, catalog.MoneyField, catalog.DateField, catalog.YesNoField,
}

var limited = []catalog.FieldType{catalog.IntegerField, catalog.DecimalField, catalog.MoneyField, catalog.DateField}

// filled by hand alone: nobody else can know them.
var notPrefilled = []catalog.FieldType{catalog.FileField, catalog.ConsentField}

// fields looks at the keys of each field beside its type.
func fields(p *pass) {
	for i := range p.service.Form {
		if section := &p.service.Form[i]; len(section.Fields) == 0 {
			p.add(problem("empty-section", section.Code.Range(), "the section has no fields").WithHelp("Write its fields, or remove the section."))
		}
	}
	for f := range p.fields() {
		for _, k := range fieldKeys {
			if f.Has(k.key) && !slices.Contains(k.types, f.Type) {
				p.add(misplaced(f, k.key, k.types))
			}
		}
		if f.Has("prefill") && slices.Contains(notPrefilled, f.Type) {
			p.add(problem("misplaced-key", f.KeyRange("prefill"), "a field of type {type} cannot be filled in before", "type", string(f.Type)).
				WithHelp("Remove prefill."))
		}
		if f.Has("message") && !f.Has("pattern") {
			p.add(problem("misplaced-key", f.KeyRange("message"), "the message is never shown: it belongs to a pattern").
				WithHelp("Write the pattern, or remove the message."))
		}
		limits(p, f)
		file(p, f)
		whoAnswers(p, f)
	}
}

func misplaced(f *catalog.Field, key string, types []catalog.FieldType) diag.Diagnostic {
	var words []string
	for _, t := range types {
		words = append(words, string(t))
	}
	return problem("misplaced-key", f.KeyRange(key), "a field of type {type} has no {key}", "type", string(f.Type), "key", key).
		WithHelp("It is for {types}. Change the type, or remove the key.", "types", words)
}

// limits: min and max are of the field's type, and there is something between them.
func limits(p *pass, f *catalog.Field) {
	if !slices.Contains(limited, f.Type) {
		return
	}
	min, okMin := limit(p, f, f.Min, false)
	max, okMax := limit(p, f, f.Max, true)
	if okMin && okMax && compare(min, max) > 0 {
		p.add(problem("nothing-between", f.Max.Range(), "max is less than min: no answer is possible").WithRelated(f.Min.Range(), "min").
			WithHelp("Write the smaller one as min and the greater one as max."))
	}
}

// limit reads one limit; it is false where there is none to compare.
func limit(p *pass, f *catalog.Field, text source.Text, isMax bool) (any, bool) {
	if text.IsZero() || isMax && f.Type == catalog.DateField && text.Value == "today" {
		return nil, false
	}
	var v any
	var err error
	example := "18"
	switch f.Type {
	case catalog.IntegerField:
		v, err = strconv.ParseInt(text.Value, 10, 64)
	case catalog.DecimalField:
		v, err = formula.ParseDecimal(text.Value)
		example = "0.5"
	case catalog.MoneyField:
		v, err = formula.ParseMoney(text.Value)
		example = "250.00 " + p.catalogue.Settings.Currency.Value
	case catalog.DateField:
		v, err = formula.ParseDate(text.Value)
		example = "2000-01-31"
		if isMax {
			example = "2000-01-31, today"
		}
	}
	if err != nil {
		p.add(problem("limit", text.Range(), "{value:q} is no limit of a field of type {type}", "value", text.Value, "type", string(f.Type)).
			WithHelp("Write it like this: {example}.", "example", example).WithSuggestion(plainly(text.Value)))
		return nil, false
	}
	return v, true
}

// plainly writes Arabic digits as 0 to 9; "" where there are none.
func plainly(s string) string {
	if plain := source.PlainDigits(s); plain != s {
		return plain
	}
	return ""
}

func compare(a, b any) int {
	switch x := a.(type) {
	case int64:
		return int(max(-1, min(1, x-b.(int64))))
	case formula.Decimal:
		return x.Cmp(b.(formula.Decimal))
	case formula.Date:
		return x.Cmp(b.(formula.Date))
	case formula.Money:
		return int(max(-1, min(1, x.Minor-b.(formula.Money).Minor)))
	}
	return 0
}

var sizeForm = regexp.MustCompile(`^[1-9][0-9]{0,3} (KB|MB)$`)

// mostPages is what the platform takes of any PDF.
const mostPages = 1000

var fileKinds = []string{"pdf", "jpeg", "png"}

// file: what may be uploaded is said.
func file(p *pass, f *catalog.Field) {
	if f.Type != catalog.FileField {
		return
	}
	if len(f.Accept) == 0 {
		p.add(problem("no-accept", f.RangeOf("accept"), "the field does not say which kinds of file it takes").WithHelp("Write accept: [pdf, jpeg, png]."))
	}
	for i, a := range f.Accept {
		if !slices.Contains(fileKinds, a.Value) {
			p.add(unknown("kind of file", a, fileKinds))
		}
		if slices.Index(values(f.Accept), a.Value) < i {
			p.add(problem("twice", a.Range(), "the kind of file {name:q} is given twice", "name", a.Value).WithHelp("Remove one of the two."))
		}
	}
	if !f.MaxSize.IsZero() && !sizeForm.MatchString(f.MaxSize.Value) {
		p.add(problem("size", f.MaxSize.Range(), "{value:q} is no size of a file", "value", f.MaxSize.Value).WithHelp("Write a number, a space and the unit: 5 MB or 500 KB."))
	}
	if f.Has("maxPages") && (f.MaxPages < 1 || f.MaxPages > mostPages) {
		p.add(problem("pages", f.RangeOf("maxPages"), "{value} is no number of pages that a file may have", "value", strconv.Itoa(f.MaxPages)).WithHelp("Write a number from 1 to 1000."))
	}
	if f.Has("maxPages") && len(f.Accept) > 0 && !slices.Contains(values(f.Accept), "pdf") {
		p.add(problem("pages", f.RangeOf("maxPages"), "only a PDF has pages, and this field takes none").WithHelp("Take maxPages out, or accept pdf too."))
	}
}
