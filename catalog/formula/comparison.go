package formula

import (
	"cmp"

	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// compare orders two values of one kind, or a whole number and a decimal.
func compare(l, r ref.Val) (int, *EvalError) {
	switch a := l.(type) {
	case types.Int:
		if b, ok := r.(types.Int); ok {
			return cmp.Compare(a, b), nil
		}
	case types.String:
		if b, ok := r.(types.String); ok {
			return cmp.Compare(a, b), nil
		}
		return 0, failure(WrongValue)
	case dateVal:
		if b, ok := r.(dateVal); ok {
			return a.Cmp(b.Date), nil
		}
		return 0, failure(WrongValue)
	case moneyVal:
		b, ok := r.(moneyVal)
		if !ok {
			return 0, failure(WrongValue)
		}
		if _, err := a.common(b.Money); err != nil {
			return 0, err
		}
		return cmp.Compare(a.Minor, b.Minor), nil
	}
	a, ok1 := asDecimal(l)
	b, ok2 := asDecimal(r)
	if !ok1 || !ok2 {
		return 0, failure(WrongValue)
	}
	return a.Cmp(b), nil
}

func ordered(holds func(int) bool) functions.BinaryOp {
	return func(l, r ref.Val) ref.Val {
		c, err := compare(l, r)
		if err != nil {
			return types.WrapErr(err)
		}
		return types.Bool(holds(c))
	}
}

// pick keeps the smaller (sign -1) or greater (sign 1) of two values.
func pick(sign int) functions.BinaryOp {
	return func(l, r ref.Val) ref.Val {
		c, err := compare(l, r)
		if err != nil {
			return types.WrapErr(err)
		}
		kept := l
		if c == -sign {
			kept = r
		}
		// The zero of no currency, if kept, takes the currency of the other.
		if m, ok := kept.(moneyVal); ok && m.Currency == "" {
			currency, _ := l.(moneyVal).common(r.(moneyVal).Money) // compare has checked both
			return moneyVal{Money{m.Minor, currency}}
		}
		return kept
	}
}

// comparablePairs are the argument types that can be compared with each other.
func comparablePairs() []struct {
	id          string
	left, right *types.Type
} {
	return []struct {
		id          string
		left, right *types.Type
	}{
		{"int", types.IntType, types.IntType},
		{"decimal", decimalType, decimalType},
		{"int_decimal", types.IntType, decimalType},
		{"decimal_int", decimalType, types.IntType},
		{"money", moneyType, moneyType},
		{"date", dateType, dateType},
		{"text", types.StringType, types.StringType},
	}
}

func comparison() []overload {
	var rows []overload
	for _, op := range []struct {
		function, id string
		holds        func(int) bool
	}{
		{operators.Less, "less", func(c int) bool { return c < 0 }},
		{operators.LessEquals, "less_equal", func(c int) bool { return c <= 0 }},
		{operators.Greater, "greater", func(c int) bool { return c > 0 }},
		{operators.GreaterEquals, "greater_equal", func(c int) bool { return c >= 0 }},
	} {
		for _, p := range comparablePairs() {
			rows = append(rows, overload{function: op.function, id: op.id + "_" + p.id,
				args: on(p.left, p.right), result: types.BoolType, binary: ordered(op.holds)})
		}
	}
	for _, p := range comparablePairs() {
		equal := overload{function: operators.Equals, id: "equal_" + p.id, args: on(p.left, p.right), result: types.BoolType}
		unequal := overload{function: operators.NotEquals, id: "unequal_" + p.id, args: on(p.left, p.right), result: types.BoolType}
		// CEL compares whole numbers and text itself; it takes an error for
		// "unequal" and does not know that 1 equals 1.0, so the rest are ours.
		if ownEquality(p.left) || ownEquality(p.right) {
			equal.binary = ordered(func(c int) bool { return c == 0 })
			unequal.binary = ordered(func(c int) bool { return c != 0 })
		}
		rows = append(rows, equal, unequal)
		if p.id == "text" {
			continue
		}
		result := p.left
		if p.left != p.right {
			result = decimalType
		}
		rows = append(rows,
			overload{function: minFunction, id: "min_" + p.id, args: on(p.left, p.right), result: result, binary: pick(-1)},
			overload{function: maxFunction, id: "max_" + p.id, args: on(p.left, p.right), result: result, binary: pick(1)})
	}
	return append(rows,
		overload{function: operators.Equals, id: "equal_bool", args: on(types.BoolType, types.BoolType), result: types.BoolType},
		overload{function: operators.NotEquals, id: "unequal_bool", args: on(types.BoolType, types.BoolType), result: types.BoolType})
}

func ownEquality(t *types.Type) bool { return t == decimalType || t == moneyType || t == dateType }
