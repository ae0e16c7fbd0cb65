package formula

import (
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

func between(count func(from, to Date) int64) functions.BinaryOp {
	return func(l, r ref.Val) ref.Val {
		from, ok1 := l.(dateVal)
		to, ok2 := r.(dateVal)
		if !ok1 || !ok2 {
			return fail(WrongValue)
		}
		return types.Int(count(from.Date, to.Date))
	}
}

func shift(by func(Date, int64) (Date, bool)) functions.BinaryOp {
	return func(l, r ref.Val) ref.Val {
		d, ok1 := l.(dateVal)
		n, ok2 := r.(types.Int)
		if !ok1 || !ok2 {
			return fail(WrongValue)
		}
		e, ok := by(d.Date, int64(n))
		if !ok {
			return fail(Overflow)
		}
		return dateVal{e}
	}
}

func calendar() []overload {
	d, i := dateType, types.IntType
	addYears := func(d Date, n int64) (Date, bool) {
		if n > 10000 || n < -10000 {
			return Date{}, false
		}
		return d.addMonths(12 * n)
	}
	return []overload{
		{function: "fullYears", id: "full_years", args: on(d, d), result: i, binary: between(fullYears)},
		{function: "fullMonths", id: "full_months", args: on(d, d), result: i, binary: between(fullMonths)},
		{function: "monthsBegun", id: "months_begun", args: on(d, d), result: i, binary: between(monthsBegun)},
		{function: "daysBetween", id: "days_between", args: on(d, d), result: i,
			binary: between(func(from, to Date) int64 { return to.days() - from.days() })},
		{function: "addDays", id: "add_days", args: on(d, i), result: d, binary: shift(Date.AddDays)},
		{function: "addMonths", id: "add_months", args: on(d, i), result: d, binary: shift(Date.addMonths)},
		{function: "addYears", id: "add_years", args: on(d, i), result: d, binary: shift(addYears)},
	}
}
