package catalog

import (
	"regexp"
	"slices"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/catalog/unit"
)

var (
	nameForm  = regexp.MustCompile(`^[a-z][A-Za-z0-9]{0,59}$`)
	wholeForm = regexp.MustCompile(`^-?(0|[1-9][0-9]{0,17})$`)
)

// IsName tells whether a code can be read by formulas: a small letter, then letters and digits, and none of the words of formulas.
func IsName(code string) bool {
	return nameForm.MatchString(code) && !slices.Contains(reservedWords, code)
}

var reservedWords = []string{
	"and", "or", "not", "in", "true", "false", "null", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let",
	"loop", "package", "namespace", "return", "var", "void", "while",
}

// Fee is the fee line with that code, or nil.
func (s *Service) Fee(code string) *Fee {
	for i := range s.Fees {
		if s.Fees[i].Code.Value == code {
			return &s.Fees[i]
		}
	}
	return nil
}

// Both joins two conditions, either of which may be "", so that the result reads as the author wrote them.
func Both(a, b string) string {
	switch {
	case a == "":
		return b
	case b == "":
		return a
	}
	return "(" + a + ") and (" + b + ")"
}

// Formula is the type of the field's value as formulas read it. A file is read as the text that identifies it. Choices, files and groups are
// lists; an address, a person and a place are records.
func (f *Field) Formula() formula.Type {
	switch f.Type {
	case ChoicesField:
		return listOf(f.OptionKind())
	case FileField:
		if f.Several() {
			return listOf(formula.KindText)
		}
	case GroupField:
		elem := formula.Type{Kind: formula.KindObject, Object: &formula.Object{Name: f.Code.Value, Fields: asked(f.Inner())}}
		return formula.Type{Kind: formula.KindList, Elem: &elem}
	case AddressField, PersonField, PlaceField:
		return formula.Type{Kind: formula.KindObject, Object: &formula.Object{Name: f.Code.Value, Fields: asked(f.Inner())}}
	}
	return f.Given()
}

// Given is the kind, and of a number the unit, that a formula gives in the place of the answer.
func (f *Field) Given() formula.Type { return inUnit(formula.Type{Kind: f.Kind()}, f.Unit) }

// inUnit is a type of numbers in a unit. One that there is not is reported itself.
func inUnit(t formula.Type, u source.Text) formula.Type {
	if _, known := unit.Of(u.Value); known && numeric(t.Kind) {
		t.Unit = u.Value
	}
	return t
}

func listOf(k formula.Kind) formula.Type {
	return formula.Type{Kind: formula.KindList, Elem: &formula.Type{Kind: k}}
}

// Kind is the kind of Formula.
func (f *Field) Kind() formula.Kind {
	switch f.Type {
	case IntegerField:
		return formula.KindInt
	case DecimalField:
		return formula.KindDecimal
	case MoneyField:
		return formula.KindMoney
	case DateField:
		return formula.KindDate
	case YesNoField, ConsentField:
		return formula.KindBool
	case ChoiceField:
		return f.OptionKind()
	case ChoicesField, GroupField:
		return formula.KindList
	case FileField:
		if f.Several() {
			return formula.KindList
		}
	case AddressField, PersonField, PlaceField:
		return formula.KindObject
	}
	return formula.KindText
}

// OptionKind is the kind of the values of a choice: whole numbers where all are written so.
func (f *Field) OptionKind() formula.Kind {
	if len(f.Options) > 0 && !slices.ContainsFunc(f.Options, func(o Option) bool { return !o.Whole() }) {
		return formula.KindInt
	}
	return formula.KindText
}

// ListFormula is the formula of the records to choose from, or an empty text.
func (f *Field) ListFormula() source.Text {
	if f.From == nil {
		return source.Text{}
	}
	return f.From.List
}

// Several tells that the field takes several files.
func (f *Field) Several() bool { return f.Type == FileField && f.Files != nil }

// Bounds are how many answers a field of a list takes: rows, choices, files. most is 0 where nothing bounds them.
func (f *Field) Bounds() (fewest, most int) {
	switch {
	case f.Several() && f.Files.Has("atLeast"):
		return f.Files.AtLeast, f.Files.AtMost
	case f.Several():
		most = f.Files.AtMost
	case f.Has("atLeast"):
		return f.AtLeast, f.AtMost
	default:
		most = f.AtMost
	}
	if f.Type != GroupField && !f.Optional {
		fewest = 1
	}
	return fewest, most
}

// IsList tells that formulas read a list; one that is shown is there, if without items.
func (f *Field) IsList() bool { return f.Kind() == formula.KindList }

// IsRecord tells that the field has parts.
func (f *Field) IsRecord() bool { return f.Kind() == formula.KindObject }

// mixed tells that some values of a choice are whole numbers and some are texts: nobody knows then what formulas read.
func (f *Field) mixed() bool {
	whole := 0
	for i := range f.Options {
		if f.Options[i].Whole() {
			whole++
		}
	}
	return whole > 0 && whole < len(f.Options)
}

// Whole tells that the value is written as a whole number, without quotation marks.
func (o *Option) Whole() bool { return !o.Value.Quoted() && wholeForm.MatchString(o.Value.Value) }

// Kind is the kind of a tariff's value: money, a whole number or a decimal number. It is false for anything else.
func (e TariffEntry) Kind() (formula.Kind, bool) {
	if _, err := formula.ParseMoney(e.Value); err == nil {
		return formula.KindMoney, true
	}
	if wholeForm.MatchString(e.Value) {
		return formula.KindInt, true
	}
	if _, err := formula.ParseDecimal(e.Value); err == nil {
		return formula.KindDecimal, true
	}
	return formula.KindAny, false
}

var typeKinds = map[string]formula.Kind{
	"text": formula.KindText, "integer": formula.KindInt, "decimal": formula.KindDecimal, "money": formula.KindMoney,
	"date": formula.KindDate, "yes-no": formula.KindBool,
}

// Formula is the type as formulas know it; false where the type was not read.
func (t Type) Formula() (formula.Type, bool) { return t.formula(t.Word, 0) }

// MostNested is how deep lists and records may stand in each other; what lies deeper is no part of a scope.
const MostNested = 4

// formula names an object after the key that holds it.
func (t Type) formula(name string, depth int) (formula.Type, bool) {
	group := func() formula.Type {
		return formula.Type{Kind: formula.KindObject, Object: &formula.Object{Name: name, Fields: typeFields(t.Fields, depth+1)}}
	}
	switch t.Word {
	case "list":
		elem := group()
		return formula.Type{Kind: formula.KindList, Elem: &elem}, depth < MostNested
	case "record":
		return group(), depth < MostNested
	case ChoiceWord:
		return formula.Type{Kind: formula.KindText}, true
	}
	k, ok := typeKinds[t.Word]
	return inUnit(formula.Type{Kind: k}, t.Unit), ok
}
