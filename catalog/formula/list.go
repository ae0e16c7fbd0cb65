package formula

import (
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// items reads a CEL list by position.
type items struct {
	list traits.Lister
	size int
}

func asList(v ref.Val) (items, bool) {
	list, ok := v.(traits.Lister)
	if !ok {
		return items{}, false
	}
	n, ok := list.Size().(types.Int)
	return items{list, int(n)}, ok
}

func (l items) len() int         { return l.size }
func (l items) at(i int) ref.Val { return l.list.Get(types.Int(i)) }

func listSize(v ref.Val) ref.Val {
	l, ok := asList(v)
	if !ok {
		return fail(WrongValue)
	}
	return types.Int(l.len())
}

func inList(item, list ref.Val) ref.Val {
	l, ok := asList(list)
	if !ok {
		return fail(WrongValue)
	}
	if b, ok := item.(types.Bool); ok {
		for i := range l.len() {
			if l.at(i) == b {
				return types.True
			}
		}
		return types.False
	}
	for i := range l.len() {
		c, err := compare(item, l.at(i))
		if err != nil {
			return types.WrapErr(err)
		}
		if c == 0 {
			return types.True
		}
	}
	return types.False
}

// sumOf folds with the addition of the items' kind, from its zero.
func sumOf(zero ref.Val, add func(l, r ref.Val) ref.Val) func(ref.Val) ref.Val {
	return func(v ref.Val) ref.Val {
		l, ok := asList(v)
		if !ok {
			return fail(WrongValue)
		}
		total := zero
		for i := range l.len() {
			if total = add(total, l.at(i)); types.IsError(total) {
				return total
			}
		}
		return total
	}
}

func joinLists(l, r ref.Val) ref.Val {
	a, ok1 := l.(traits.Lister)
	b, ok2 := r.(traits.Lister)
	if !ok1 || !ok2 {
		return fail(WrongValue)
	}
	return a.Add(b)
}

func lists() []overload {
	list := types.NewListType
	i, d, m := types.IntType, decimalType, moneyType
	a := types.NewTypeParamType("A")
	rows := []overload{
		{function: "size", id: "size_list", args: on(list(a)), result: i, unary: listSize},
		{function: "size", id: "size_list_member", member: true, args: on(list(a)), result: i, unary: listSize},
		{function: "sum", id: "sum_int", args: on(list(i)), result: i, unary: sumOf(types.Int(0), intOp(addInt64))},
		{function: "sum", id: "sum_decimal", args: on(list(d)), result: d, unary: sumOf(decimalVal{}, decimalOp(Decimal.add))},
		{function: "sum", id: "sum_money", args: on(list(m)), result: m, unary: sumOf(moneyVal{}, addMoney)},
		// filter and map are built on this in CEL.
		{function: operators.Add, id: "join_lists", args: on(list(a), list(a)), result: list(a), binary: joinLists},
		{function: operators.In, id: "in_bool", args: on(types.BoolType, list(types.BoolType)), result: types.BoolType, binary: inList},
	}
	for _, p := range comparablePairs() {
		rows = append(rows, overload{function: operators.In, id: "in_" + p.id,
			args: on(p.left, list(p.right)), result: types.BoolType, binary: inList})
	}
	return rows
}
