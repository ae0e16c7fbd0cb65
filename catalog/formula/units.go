package formula

import (
	"math/big"
	"strconv"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/unit"
)

// A number is in the unit of the field from which it is read. What is added to it, compared with it or chosen beside it must be in the same, as
// far as that is known: a number that was written is in none, and a product or a quotient in one that nobody knows, since a factor may be a rate.

const convertFunction = "convert"

// units looks for numbers of different units that meet, and gives the unit of the whole.
func (d *draft) units() string {
	if !d.env.units && !d.converts {
		return ""
	}
	return d.unitOf(d.tree.Expr())
}

func (d *draft) unitOf(e ast.Expr) string {
	switch e.Kind() {
	case ast.SelectKind:
		if f := d.field(e); f != nil && !e.AsSelect().IsTestOnly() {
			return f.Type.Unit
		}
		d.unitOf(e.AsSelect().Operand())
	case ast.ListKind:
		for _, item := range e.AsList().Elements() {
			d.unitOf(item)
		}
	case ast.ComprehensionKind:
		c := e.AsComprehension()
		d.unitOf(c.IterRange())
		d.unitOf(c.LoopStep())
	case ast.CallKind:
		return d.unitOfCall(e)
	}
	return ""
}

func (d *draft) unitOfCall(e ast.Expr) string {
	call := e.AsCall()
	if call.IsMemberFunction() {
		d.unitOf(call.Target())
	}
	args := call.Args()
	of := make([]string, len(args))
	for i, arg := range args {
		of[i] = d.unitOf(arg)
	}
	switch call.FunctionName() {
	case convertFunction:
		return d.converted(args, of[0])
	case operators.Add, operators.Subtract, minFunction, maxFunction:
		return d.meet(e, of[0], of[1])
	case operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals:
		d.meet(e, of[0], of[1])
	case operators.Conditional:
		return d.meet(e, of[1], of[2])
	case operators.Negate, "round", "roundUp", "roundDown":
		return of[0]
	}
	return ""
}

// meet is the unit of two numbers that stand together; a number of no unit takes that of the other.
func (d *draft) meet(e ast.Expr, a, b string) string {
	if a != "" && b != "" && a != b {
		p := Problem{Code: CodeUnits, Summary: "a number in {a} and one in {b} stand together", Args: diag.Args{"a": a, "b": b, "use": conversionUse(b, a)},
			Help: "Convert one of them: {use}."}
		if _, one := unit.Ratio(a, b); !one {
			p.Help = "They measure different things: write another field, or turn one into the other by a rate."
		}
		d.at(e, p)
	}
	if a == "" {
		return b
	}
	return a
}

func conversionUse(from, to string) string { return `convert(…, "` + from + `", "` + to + `")` }

// atText reports over a text without its quotation marks, so that another can be put in its place.
func (d *draft) atText(e ast.Expr, p Problem) {
	p.Offset, p.End = d.span(e)
	if p.End-p.Offset >= 2 {
		p.Offset, p.End = p.Offset+1, p.End-1
	}
	d.report(p)
}

// converted looks at the units of a conversion, and gives the one in which it comes out.
func (d *draft) converted(args []ast.Expr, have string) string {
	if len(args) != 3 {
		return ""
	}
	var units [2]unit.Unit
	for i, arg := range args[1:] {
		if arg.Kind() != ast.LiteralKind {
			d.at(arg, Problem{Code: CodeLiteral, Summary: "here a text in quotes must stand, not a calculation", Help: `A unit is written "kg".`})
			return ""
		}
		code, _ := arg.AsLiteral().(types.String)
		u, known := unit.Of(string(code))
		if !known {
			d.atText(arg, unknownUnit(string(code)))
			return ""
		}
		units[i] = u
	}
	from, to := units[0], units[1]
	switch {
	case from.Kind != to.Kind:
		d.atText(args[2], Problem{Code: CodeUnits, Summary: "{a} measures {kindA}, but {b} measures {kindB}",
			Args: diag.Args{"a": from.Code, "b": to.Code, "kindA": diag.Say(kindWords[from.Kind]), "kindB": diag.Say(kindWords[to.Kind])}, Help: "Convert between units of one kind."})
		return ""
	case have != "" && have != from.Code:
		d.atText(args[1], Problem{Code: CodeUnits, Summary: "the number is in {have}, not in {a}", Args: diag.Args{"have": have, "a": from.Code}, Suggestion: have,
			Help: "If it is in {a}, correct the unit of the field."})
	}
	return to.Code
}

var kindWords = map[unit.Kind]diag.Phrase{
	unit.Mass: "mass", unit.Length: "length", unit.Area: "area", unit.Volume: "volume", unit.Time: "time", unit.Energy: "energy", unit.Power: "power",
}

func unknownUnit(code string) Problem {
	p := Problem{Code: CodeUnits, Summary: "there is no unit {unit:q}", Args: diag.Args{"unit": code}}
	if near := UnitMeant(code); near != "" {
		p.Suggestion = near
		p.Help, p.Args["suggestion"] = DidYouMean, near
	} else {
		p.Help, p.Args["names"] = "There is {names}.", unit.Codes()
	}
	return p
}

// UnitMeant is the unit that somebody means who writes code, which is none; or "".
func UnitMeant(code string) string {
	if meant := unit.Meant(code); meant != "" {
		return meant
	}
	return diag.Near(code, unit.Codes())
}

// conversionVal is a conversion that is known: times is exact, and by what is then divided is 1 wherever a decimal can hold the result.
type conversionVal struct {
	regexVal  // a value that only its own function takes
	times, by Decimal
	divides   bool
}

// conversion makes a multiplication with a decimal of a ratio, as far as one can: 1/1000 is 0.001, and 1/60 remains a division.
func conversion(r *big.Rat) conversionVal {
	num, den := new(big.Int).Set(r.Num()), new(big.Int).Set(r.Denom())
	shift := 0
	for _, prime := range []int64{2, 5} { // each 2 or 5 below the line is a 5 or 2 above it, and a point one place further left
		p, other, rest := big.NewInt(prime), big.NewInt(10/prime), new(big.Int)
		for {
			q, m := new(big.Int).QuoRem(den, p, rest)
			if m.Sign() != 0 {
				break
			}
			den = q
			num.Mul(num, other)
			shift++
		}
	}
	times, _ := ParseDecimal(num.String() + "e-" + strconv.Itoa(shift))
	by, _ := ParseDecimal(den.String())
	return conversionVal{times: times, by: by, divides: den.Cmp(big.NewInt(1)) != 0}
}

func (c conversionVal) of(x Decimal) (Decimal, *EvalError) {
	out, err := x.mul(c.times)
	if err == nil && c.divides {
		out, err = out.div(c.by)
	}
	return out, err
}

func conversions() []overload {
	convert := func(args ...ref.Val) ref.Val {
		x, ok := asDecimal(args[0])
		c, known := args[1].(conversionVal)
		if !ok || !known {
			return fail(WrongValue)
		}
		out, err := c.of(x)
		if err != nil {
			return types.WrapErr(err)
		}
		return decimalVal{out}
	}
	return []overload{
		{function: convertFunction, id: "convert_decimal", args: on(decimalType, types.StringType, types.StringType), result: decimalType, nary: convert},
		{function: convertFunction, id: "convert_int", args: on(types.IntType, types.StringType, types.StringType), result: decimalType, nary: convert},
	}
}

// lowerConversion puts the conversion into the place of the first unit.
func (d *draft) lowerConversion(args []ast.Expr) {
	from, _ := args[1].AsLiteral().(types.String)
	to, _ := args[2].AsLiteral().(types.String)
	if r, ok := unit.Ratio(string(from), string(to)); ok {
		args[1].SetKindCase(d.factory.NewLiteral(args[1].ID(), conversion(r)))
	}
}
