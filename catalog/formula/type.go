package formula

import (
	"cel.dev/cel-go/common/types"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// Kind says what a value is.
type Kind int

// The kinds of value. KindAny is only for the type that a caller wants: the
// formula may give anything, and its own type says what.
const (
	KindAny Kind = iota
	KindBool
	KindInt
	KindDecimal
	KindMoney
	KindText
	KindDate
	KindList
	KindObject
	KindTable // only a field of the scope: it is read with a key for each column
)

// Type is the type of a value. Elem is set for lists, Object for objects, Table for tables; Unit is the code of the unit of a number, or "".
type Type struct {
	Kind   Kind
	Elem   *Type
	Object *Object
	Table  *TableShape
	Unit   string
}

// Object is a group of named fields, in the order of its definition. Name is
// for people; two objects of one name do not clash.
type Object struct {
	Name   string
	Fields []Field
}

// Field is one named value. Optional says that it may be absent at any time.
// When is a formula over the same scope: the field is present exactly when it
// holds (and absent values are dropped before anything reads them); "" means
// always present, or Optional. A field with both may be absent even under When.
type Field struct {
	Name     string
	Type     Type
	Optional bool
	When     string
}

// String gives the type in plain words, as a problem says it.
func (t Type) String() string { return t.Said().String() }

// Said is String, to be told in any language.
func (t Type) Said() diag.Message {
	if t.Kind == KindList && t.Elem != nil {
		return diag.Say("a list, each item {item}", "item", t.Elem.Said())
	}
	return diag.Say(t.Kind.phrase())
}

func (k Kind) phrase() diag.Phrase {
	switch k {
	case KindAny:
		return "any value"
	case KindBool:
		return "yes or no"
	case KindInt:
		return "a whole number"
	case KindDecimal:
		return "a decimal number"
	case KindMoney:
		return "an amount of money"
	case KindText:
		return "text"
	case KindDate:
		return "a date"
	case KindList:
		return "a list"
	case KindObject:
		return "a group of fields"
	case KindTable:
		return "a table"
	}
	return "something unknown"
}

// The CEL types of the values that CEL does not have itself. A quotient is
// money divided by a number: only the rounding functions take it.
var (
	decimalType  = types.NewOpaqueType("decimal")
	moneyType    = types.NewOpaqueType("money")
	dateType     = types.NewOpaqueType("date")
	quotientType = types.NewOpaqueType("quotient")
	regexType    = types.NewOpaqueType("regex")
)

var scalarTypes = map[Kind]*types.Type{
	KindBool: types.BoolType, KindInt: types.IntType, KindText: types.StringType,
	KindDecimal: decimalType, KindMoney: moneyType, KindDate: dateType,
}

// typeOf is the way back from a checked CEL type; ok is false for types that
// are no formula's result (quotient, dyn, errors).
func (p *provider) typeOf(t *types.Type) (Type, bool) {
	switch t.Kind() {
	case types.BoolKind:
		return Type{Kind: KindBool}, true
	case types.IntKind:
		return Type{Kind: KindInt}, true
	case types.StringKind:
		return Type{Kind: KindText}, true
	case types.ListKind:
		elem, ok := p.typeOf(t.Parameters()[0])
		return Type{Kind: KindList, Elem: &elem}, ok
	case types.StructKind:
		if o := p.objects[t.TypeName()]; o != nil {
			return Type{Kind: KindObject, Object: o.object}, true
		}
	case types.OpaqueKind:
		switch t.TypeName() {
		case decimalType.TypeName():
			return Type{Kind: KindDecimal}, true
		case moneyType.TypeName():
			return Type{Kind: KindMoney}, true
		case dateType.TypeName():
			return Type{Kind: KindDate}, true
		}
	}
	return Type{}, false
}

// accepts reports whether a value of type got may stand where want is wanted.
func (want Type) accepts(got Type) bool {
	switch want.Kind {
	case KindAny:
		return true
	case KindDecimal:
		return got.Kind == KindDecimal || got.Kind == KindInt
	case KindList:
		if got.Kind != KindList {
			return false
		}
		if want.Elem == nil || got.Elem == nil {
			return true
		}
		// Items are not converted, so a list of whole numbers is no list of decimals.
		return want.Elem.Kind == KindAny || want.Elem.Kind == got.Elem.Kind && want.Elem.accepts(*got.Elem)
	case KindObject:
		return got.Kind == KindObject && (want.Object == nil || want.Object == got.Object ||
			got.Object != nil && want.Object.Name == got.Object.Name)
	}
	return want.Kind == got.Kind
}
