package formula

import (
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Our values inside CEL. They are wrapped, not given CEL's methods, so that
// the exported types stay plain. decimalVal holds one pointer and so costs no
// allocation as a ref.Val.
type (
	decimalVal  struct{ Decimal }
	moneyVal    struct{ Money }
	dateVal     struct{ Date }
	quotientVal struct{ quotient }
	regexVal    struct{ match func(string) bool }
)

func (decimalVal) Type() ref.Type  { return decimalType }
func (moneyVal) Type() ref.Type    { return moneyType }
func (dateVal) Type() ref.Type     { return dateType }
func (quotientVal) Type() ref.Type { return quotientType }
func (regexVal) Type() ref.Type    { return regexType }

func (v decimalVal) Value() any  { return v.Decimal }
func (v moneyVal) Value() any    { return v.Money }
func (v dateVal) Value() any     { return v.Date }
func (v quotientVal) Value() any { return v.quotient }
func (v regexVal) Value() any    { return nil }

func (v decimalVal) Equal(other ref.Val) ref.Val {
	d, ok := asDecimal(other)
	return types.Bool(ok && v.Cmp(d) == 0)
}

func (v moneyVal) Equal(other ref.Val) ref.Val {
	m, ok := other.(moneyVal)
	if !ok {
		return types.False
	}
	if _, err := v.common(m.Money); err != nil {
		return types.WrapErr(err)
	}
	return types.Bool(v.Minor == m.Minor)
}

func (v dateVal) Equal(other ref.Val) ref.Val {
	d, ok := other.(dateVal)
	return types.Bool(ok && v.Date == d.Date)
}

func (quotientVal) Equal(ref.Val) ref.Val { return fail(WrongValue) }
func (regexVal) Equal(ref.Val) ref.Val    { return fail(WrongValue) }

// Conversions are CEL's way out to protobuf and JSON, which formulas never
// take.
func (decimalVal) ConvertToNative(reflect.Type) (any, error)  { return nil, failure(WrongValue) }
func (moneyVal) ConvertToNative(reflect.Type) (any, error)    { return nil, failure(WrongValue) }
func (dateVal) ConvertToNative(reflect.Type) (any, error)     { return nil, failure(WrongValue) }
func (quotientVal) ConvertToNative(reflect.Type) (any, error) { return nil, failure(WrongValue) }
func (regexVal) ConvertToNative(reflect.Type) (any, error)    { return nil, failure(WrongValue) }

func (decimalVal) ConvertToType(ref.Type) ref.Val  { return fail(WrongValue) }
func (moneyVal) ConvertToType(ref.Type) ref.Val    { return fail(WrongValue) }
func (dateVal) ConvertToType(ref.Type) ref.Val     { return fail(WrongValue) }
func (quotientVal) ConvertToType(ref.Type) ref.Val { return fail(WrongValue) }
func (regexVal) ConvertToType(ref.Type) ref.Val    { return fail(WrongValue) }

// adapter turns Go values into CEL's without reflection.
type adapter struct{}

func (a adapter) NativeToValue(value any) ref.Val {
	switch v := value.(type) {
	case ref.Val:
		return v
	case bool:
		return types.Bool(v)
	case int64:
		return types.Int(v)
	case string:
		return types.String(v)
	case Decimal:
		return decimalVal{v}
	case Money:
		return moneyVal{v}
	case Date:
		return dateVal{v}
	case []any:
		return types.NewDynamicList(a, v)
	case map[string]any:
		return types.NewStringInterfaceMap(a, v)
	case *Table:
		return tableVal{table: v}
	}
	return fail(WrongValue)
}

// matches reports whether a Go value has the kind that a field declares.
func (k Kind) matches(value any) bool {
	switch value.(type) {
	case bool:
		return k == KindBool
	case int64:
		return k == KindInt
	case string:
		return k == KindText
	case Decimal:
		return k == KindDecimal
	case Money:
		return k == KindMoney
	case Date:
		return k == KindDate
	case []any:
		return k == KindList
	case map[string]any:
		return k == KindObject
	case *Table:
		return k == KindTable
	}
	return false
}

// native is the way out: the Go value of a result.
func native(v ref.Val) (any, *EvalError) {
	switch x := v.(type) {
	case types.Bool:
		return bool(x), nil
	case types.Int:
		return int64(x), nil
	case types.String:
		return string(x), nil
	case decimalVal:
		if !x.storable() {
			return nil, failure(Overflow)
		}
		return x.Decimal, nil
	case moneyVal:
		if x.Currency == "" {
			return nil, failure(NoCurrency)
		}
		return x.Money, nil
	case dateVal:
		return x.Date, nil
	case *types.Err:
		return nil, evalError(x)
	}
	if list, ok := asList(v); ok {
		out := make([]any, 0, list.len())
		for i := range list.len() {
			item, err := native(list.at(i))
			if err != nil {
				return nil, err
			}
			out = append(out, item)
		}
		return out, nil
	}
	if m, ok := v.Value().(map[string]any); ok {
		return m, nil
	}
	return nil, failure(WrongValue)
}
