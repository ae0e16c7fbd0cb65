package formula

import (
	"math"
	"math/bits"

	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

func addInt64(a, b int64) (int64, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}

func subInt64(a, b int64) (int64, bool) {
	c := a - b
	return c, (c < a) == (b > 0)
}

func mulInt64(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if (a < 0) != (b < 0) {
		return int64(-lo), hi == 0 && lo <= 1<<63
	}
	return int64(lo), hi == 0 && lo <= math.MaxInt64
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

// asDecimal takes a whole number for a decimal.
func asDecimal(v ref.Val) (Decimal, bool) {
	switch x := v.(type) {
	case decimalVal:
		return x.Decimal, true
	case types.Int:
		return NewDecimal(int64(x), 0), true
	}
	return Decimal{}, false
}

func intOp(op func(a, b int64) (int64, bool)) functions.BinaryOp {
	return func(l, r ref.Val) ref.Val {
		a, ok1 := l.(types.Int)
		b, ok2 := r.(types.Int)
		if !ok1 || !ok2 {
			return fail(WrongValue)
		}
		c, ok := op(int64(a), int64(b))
		if !ok {
			return fail(Overflow)
		}
		return types.Int(c)
	}
}

func decimalOp(op func(a, b Decimal) (Decimal, *EvalError)) functions.BinaryOp {
	return func(l, r ref.Val) ref.Val {
		a, ok1 := asDecimal(l)
		b, ok2 := asDecimal(r)
		if !ok1 || !ok2 {
			return fail(WrongValue)
		}
		c, err := op(a, b)
		if err != nil {
			return types.WrapErr(err)
		}
		return decimalVal{c}
	}
}

func moneyResult(m Money, err *EvalError) ref.Val {
	if err != nil {
		return types.WrapErr(err)
	}
	return moneyVal{m}
}

func addMoney(l, r ref.Val) ref.Val {
	a, ok1 := l.(moneyVal)
	b, ok2 := r.(moneyVal)
	if !ok1 || !ok2 {
		return fail(WrongValue)
	}
	return moneyResult(a.add(b.Money))
}

func subMoney(l, r ref.Val) ref.Val {
	b, ok := r.(moneyVal)
	if !ok {
		return fail(WrongValue)
	}
	n, err := b.neg()
	if err != nil {
		return types.WrapErr(err)
	}
	return addMoney(l, moneyVal{n})
}

func timesMoney(l, r ref.Val) ref.Val {
	if _, ok := l.(moneyVal); !ok {
		l, r = r, l
	}
	m, ok := l.(moneyVal)
	if !ok {
		return fail(WrongValue)
	}
	// Whole numbers, the usual factor, stay out of decimal arithmetic.
	if n, ok := r.(types.Int); ok {
		minor, ok := mulInt64(m.Minor, int64(n))
		if !ok {
			return fail(Overflow)
		}
		return moneyVal{Money{minor, m.Currency}}
	}
	d, ok := r.(decimalVal)
	if !ok {
		return fail(WrongValue)
	}
	return moneyResult(m.times(d.Decimal))
}

func divideMoney(l, r ref.Val) ref.Val {
	m, ok1 := l.(moneyVal)
	d, ok2 := asDecimal(r)
	if !ok1 || !ok2 {
		return fail(WrongValue)
	}
	q, err := m.over(d)
	if err != nil {
		return types.WrapErr(err)
	}
	return quotientVal{q}
}

func percentOf(l, r ref.Val) ref.Val {
	n, ok1 := asDecimal(l)
	m, ok2 := r.(moneyVal)
	if !ok1 || !ok2 {
		return fail(WrongValue)
	}
	return moneyResult(m.percent(n))
}

func remainder(l, r ref.Val) ref.Val {
	a, ok1 := l.(types.Int)
	b, ok2 := r.(types.Int)
	switch {
	case !ok1 || !ok2:
		return fail(WrongValue)
	case b == 0:
		return fail(DivisionByZero)
	case b == -1: // the smallest whole number % -1 overflows in hardware
		return types.Int(0)
	}
	return a % b
}

func negate(v ref.Val) ref.Val {
	switch x := v.(type) {
	case types.Int:
		n, ok := subInt64(0, int64(x))
		if !ok {
			return fail(Overflow)
		}
		return types.Int(n)
	case decimalVal:
		return decimalVal{x.neg()}
	case moneyVal:
		return moneyResult(x.neg())
	}
	return fail(WrongValue)
}

func roundOp(mode rounding) functions.UnaryOp {
	return func(v ref.Val) ref.Val {
		switch x := v.(type) {
		case types.Int:
			return x
		case decimalVal:
			n, err := x.whole(apdRounding[mode])
			if err != nil {
				return types.WrapErr(err)
			}
			return types.Int(n)
		case moneyVal:
			q, err := x.over(NewDecimal(1, 0))
			if err != nil {
				return types.WrapErr(err)
			}
			return moneyResult(q.round(mode))
		case quotientVal:
			return moneyResult(x.round(mode))
		}
		return fail(WrongValue)
	}
}

func arithmetic() []overload {
	i, d, m := types.IntType, decimalType, moneyType
	rows := []overload{
		{function: operators.Add, id: "add_int", args: on(i, i), result: i, binary: intOp(addInt64)},
		{function: operators.Subtract, id: "subtract_int", args: on(i, i), result: i, binary: intOp(subInt64)},
		{function: operators.Multiply, id: "multiply_int", args: on(i, i), result: i, binary: intOp(mulInt64)},
		{function: operators.Divide, id: "divide_int", args: on(i, i), result: d, binary: decimalOp(Decimal.div)},
		{function: operators.Modulo, id: "remainder_int", args: on(i, i), result: i, binary: remainder},

		{function: operators.Add, id: "add_money", args: on(m, m), result: m, binary: addMoney},
		{function: operators.Subtract, id: "subtract_money", args: on(m, m), result: m, binary: subMoney},
		{function: operators.Multiply, id: "multiply_money_int", args: on(m, i), result: m, binary: timesMoney},
		{function: operators.Multiply, id: "multiply_int_money", args: on(i, m), result: m, binary: timesMoney},
		{function: operators.Multiply, id: "multiply_money_decimal", args: on(m, d), result: m, binary: timesMoney},
		{function: operators.Multiply, id: "multiply_decimal_money", args: on(d, m), result: m, binary: timesMoney},
		{function: operators.Divide, id: "divide_money_int", args: on(m, i), result: quotientType, binary: divideMoney},
		{function: operators.Divide, id: "divide_money_decimal", args: on(m, d), result: quotientType, binary: divideMoney},

		{function: "percent", id: "percent_int", args: on(i, m), result: m, binary: percentOf},
		{function: "percent", id: "percent_decimal", args: on(d, m), result: m, binary: percentOf},

		{function: operators.Negate, id: "negate_int", args: on(i), result: i, unary: negate},
		{function: operators.Negate, id: "negate_decimal", args: on(d), result: d, unary: negate},
		{function: operators.Negate, id: "negate_money", args: on(m), result: m, unary: negate},
	}
	for _, op := range []struct {
		function, id string
		do           func(a, b Decimal) (Decimal, *EvalError)
	}{
		{operators.Add, "add", Decimal.add}, {operators.Subtract, "subtract", Decimal.sub},
		{operators.Multiply, "multiply", Decimal.mul}, {operators.Divide, "divide", Decimal.div},
	} {
		rows = append(rows,
			overload{function: op.function, id: op.id + "_decimal", args: on(d, d), result: d, binary: decimalOp(op.do)},
			overload{function: op.function, id: op.id + "_int_decimal", args: on(i, d), result: d, binary: decimalOp(op.do)},
			overload{function: op.function, id: op.id + "_decimal_int", args: on(d, i), result: d, binary: decimalOp(op.do)})
	}
	for _, r := range []struct {
		function string
		mode     rounding
	}{{"round", nearest}, {"roundUp", upward}, {"roundDown", downward}} {
		rows = append(rows,
			overload{function: r.function, id: r.function + "_int", args: on(i), result: i, unary: roundOp(r.mode)},
			overload{function: r.function, id: r.function + "_decimal", args: on(d), result: i, unary: roundOp(r.mode)},
			overload{function: r.function, id: r.function + "_money", args: on(m), result: m, unary: roundOp(r.mode)},
			overload{function: r.function, id: r.function + "_quotient", args: on(quotientType), result: m, unary: roundOp(r.mode)})
	}
	return rows
}
