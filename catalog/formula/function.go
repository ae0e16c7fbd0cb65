package formula

import (
	"cel.dev/cel-go/common/decls"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// overload is one meaning of an operator or function for given argument types:
// the checker's declaration and the interpreter's binding in one row. A row
// without a binding is one that the interpreter implements itself.
type overload struct {
	function string
	id       string
	member   bool
	args     []*types.Type
	result   *types.Type
	unary    functions.UnaryOp
	binary   functions.BinaryOp
	nary     functions.FunctionOp
}

// Names that only the rewriting of a parsed formula writes.
const (
	equalFunction   = "@equal"
	unequalFunction = "@unequal"
	decimalFunction = "@decimal"
	minFunction     = "@min"
	maxFunction     = "@max"
	rootVariable    = "@scope"
	noRowFunction   = "noRow"
	variablePrefix  = "#" // of a variable of the scope, which no macro's variable can hide
)

// NoRowCall is what stands behind the last case in a formula that is made of cases: of any type, and never a value. It is no function of the
// language, though it must be one that can be parsed.
const NoRowCall = noRowFunction + "()"

func on(ts ...*types.Type) []*types.Type { return ts }

// usage says how each function is written, for problems and for the reference.
// Macros of CEL and what is rewritten before the check stand here too.
var usage = map[string]string{
	"all":         "list.all(item, condition)",
	"addDays":     "addDays(date, days)",
	"addMonths":   "addMonths(date, months)",
	"addYears":    "addYears(date, years)",
	"convert":     `convert(form.weight, "kg", "t")`,
	"contains":    "text.contains(part)",
	"date":        `date("2026-01-31")`,
	"daysBetween": "daysBetween(from, to)",
	"endsWith":    "text.endsWith(end)",
	"exists":      "list.exists(item, condition)",
	"filter":      "list.filter(item, condition)",
	"fullMonths":  "fullMonths(from, to)",
	"fullYears":   "fullYears(from, to)",
	"has":         "has(form.field)",
	"lower":       "lower(text)",
	"map":         "list.map(item, value)",
	"matches":     `text.matches("[0-9]+")`,
	"max":         "max(a, b, …)",
	"min":         "min(a, b, …)",
	"money":       `money("50.00 ILS")`,
	"monthsBegun": "monthsBegun(from, to)",
	"orElse":      "orElse(form.field, value)",
	"percent":     "percent(16, amount)",
	"round":       "round(amount)",
	"roundDown":   "roundDown(amount)",
	"roundUp":     "roundUp(amount)",
	"size":        "size(list or text)",
	"startsWith":  "text.startsWith(start)",
	"sum":         "sum(list)",
}

// overloads is the whole language in the order of the reference.
func overloads() []overload {
	var all []overload
	for _, group := range [][]overload{logic(), arithmetic(), comparison(), calendar(), texts(), lists(), tables(), conversions()} {
		all = append(all, group...)
	}
	return all
}

func logic() []overload {
	a := types.NewTypeParamType("A")
	rows := []overload{
		{function: operators.LogicalAnd, id: "and", args: on(types.BoolType, types.BoolType), result: types.BoolType},
		{function: operators.LogicalOr, id: "or", args: on(types.BoolType, types.BoolType), result: types.BoolType},
		{function: operators.LogicalNot, id: "not", args: on(types.BoolType), result: types.BoolType,
			unary: func(v ref.Val) ref.Val {
				b, ok := v.(types.Bool)
				if !ok {
					return fail(WrongValue)
				}
				return !b
			}},
		{function: operators.NotStrictlyFalse, id: "not_strictly_false", args: on(types.BoolType), result: types.BoolType,
			unary: func(v ref.Val) ref.Val { return types.Bool(v != types.False) }},
		{function: operators.Conditional, id: "choose", args: on(types.BoolType, a, a), result: a},
		// Literals: the rewriting puts a constant in the place of each call, so
		// these three have no binding.
		{function: decimalFunction, id: "decimal_literal", args: on(types.StringType), result: decimalType},
		{function: "money", id: "money_literal", args: on(types.StringType), result: moneyType},
		{function: "date", id: "date_literal", args: on(types.StringType), result: dateType},
		{function: noRowFunction, id: "no_row", result: a, nary: func(...ref.Val) ref.Val { return fail(NoRow) }},
	}
	return rows
}

// declare turns the table into the checker's functions and the interpreter's
// dispatcher.
func declare(rows []overload) ([]*decls.FunctionDecl, interpreter.Dispatcher, error) {
	options := map[string][]decls.FunctionOpt{}
	var order []string
	dispatcher := interpreter.NewDispatcher()
	for _, row := range rows {
		if options[row.function] == nil {
			order = append(order, row.function)
		}
		option := decls.Overload(row.id, row.args, row.result)
		if row.member {
			option = decls.MemberOverload(row.id, row.args, row.result)
		}
		options[row.function] = append(options[row.function], option)
		if row.unary == nil && row.binary == nil && row.nary == nil {
			continue
		}
		binding := &functions.Overload{
			Operator: row.id, Unary: row.unary, Binary: row.binary, Function: row.nary,
			NonStrict: row.function == operators.NotStrictlyFalse,
		}
		if err := dispatcher.Add(binding); err != nil {
			return nil, nil, err
		}
	}
	declared := make([]*decls.FunctionDecl, 0, len(order))
	for _, name := range order {
		fn, err := decls.NewFunction(name, options[name]...)
		if err != nil {
			return nil, nil, err
		}
		declared = append(declared, fn)
	}
	return declared, dispatcher, nil
}
