package formula

import (
	"regexp"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// lower makes a checked tree ready to run: literals become constants, equality
// of our own values becomes our own function, and has(a.b) also asks for a. The
// checker has passed, so types are known and types added here are not looked at.
func (d *draft) lower(root ast.Expr) {
	done := map[ast.Expr]bool{} // orElse uses a node twice
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if done[e] {
			return
		}
		done[e] = true
		switch e.Kind() {
		case ast.SelectKind:
			if e.AsSelect().IsTestOnly() {
				d.lowerPresence(e)
			}
		case ast.CallKind:
			d.lowerCall(e)
		}
	}))
	// Last, since what stands above asks for fields of the root: a variable is
	// found by its name at once instead of through the hidden root.
	ast.PostOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() != ast.SelectKind || e.AsSelect().IsTestOnly() {
			return
		}
		if op := e.AsSelect().Operand(); op.Kind() == ast.IdentKind && op.AsIdent() == rootVariable {
			name := variablePrefix + e.AsSelect().FieldName()
			d.tree.SetReference(e.ID(), ast.NewIdentReference(name, nil))
			e.SetKindCase(d.factory.NewIdent(e.ID(), name))
		}
	}))
}

func (d *draft) lowerCall(e ast.Expr) {
	call := e.AsCall()
	switch name := call.FunctionName(); name {
	case decimalFunction:
		d.constant(e, call.Args()[0], func(s string) (ref.Val, error) {
			v, err := ParseDecimal(s)
			return decimalVal{v}, err
		}, "")
	case "money":
		d.constant(e, call.Args()[0], func(s string) (ref.Val, error) {
			v, err := ParseMoney(s)
			return moneyVal{v}, err
		}, `An amount is written money("50.00 ILS"), with no more decimals than the currency has.`)
	case "date":
		d.constant(e, call.Args()[0], func(s string) (ref.Val, error) {
			v, err := ParseDate(s)
			return dateVal{v}, err
		}, `A date is written date("2026-01-31") and must exist.`)
	case convertFunction:
		d.lowerConversion(call.Args())
	case "matches":
		d.constant(call.Args()[0], call.Args()[0], func(s string) (ref.Val, error) {
			re, err := regexp.Compile(s)
			if err != nil {
				return nil, err
			}
			return regexVal{re.MatchString}, nil
		}, "A pattern is a regular expression of RE2: no look-ahead, no back-references.")
	case operators.Equals, operators.NotEquals:
		if own(d.typeOf(call.Args()[0])) || own(d.typeOf(call.Args()[1])) {
			to := equalFunction
			if name == operators.NotEquals {
				to = unequalFunction
			}
			// The overload that the checker chose keeps the meaning; the name only
			// keeps CEL from using its own equality.
			e.SetKindCase(d.factory.NewCall(e.ID(), to, call.Args()...))
		}
	}
}

func (d *draft) typeOf(e ast.Expr) *types.Type { return d.tree.GetType(e.ID()) }

func own(t *types.Type) bool {
	switch t.TypeName() {
	case decimalType.TypeName(), moneyType.TypeName(), dateType.TypeName():
		return true
	}
	return false
}

// constant puts a value in the place of e, read from the literal text.
func (d *draft) constant(e, text ast.Expr, read func(string) (ref.Val, error), help diag.Phrase) {
	if text.Kind() != ast.LiteralKind {
		d.at(text, Problem{Code: CodeLiteral, Summary: "here a text in quotes must stand, not a calculation", Help: help})
		return
	}
	s, _ := text.AsLiteral().(types.String)
	v, err := read(string(s))
	if err != nil {
		d.at(text, Problem{Code: CodeLiteral, Summary: "this text cannot be read as it is meant here", Help: help})
		return
	}
	e.SetKindCase(d.factory.NewLiteral(e.ID(), v))
}

// lowerPresence makes has(a.b.c) of has(a) && has(a.b) && has(a.b.c), as far as
// a and a.b may be absent.
func (d *draft) lowerPresence(e ast.Expr) {
	sel := e.AsSelect()
	test := d.factory.NewPresenceTest(d.id(e), sel.Operand(), sel.FieldName())
	whole := test
	for op := sel.Operand(); op.Kind() == ast.SelectKind; op = op.AsSelect().Operand() {
		if f := d.field(op); f == nil || !f.mayBeAbsent() {
			continue
		}
		inner := op.AsSelect()
		whole = d.factory.NewCall(d.id(e), operators.LogicalAnd,
			d.factory.NewPresenceTest(d.id(e), inner.Operand(), inner.FieldName()), whole)
	}
	if whole != test {
		e.SetKindCase(whole)
	}
}
