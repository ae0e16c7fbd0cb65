package formula

import (
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// draft is one formula on its way through the compiler.
type draft struct {
	env      *Env
	src      *source
	tree     *ast.AST
	info     *ast.SourceInfo
	factory  ast.ExprFactory
	nextID   int64
	problems []Problem
	loops    bool          // has a macro over a list
	foreign  bool          // has CEL that is no formula; the checker would only repeat it
	fieldAt  map[int64]int // the token of the field that a presence test is about
	tables   []tableRead
	converts bool // converts units
}

// parse reads the text and rewrites the tree into what the checker knows:
// variables become fields of one hidden root, so that presence is one question
// everywhere; decimal literals become calls with their exact text; has, orElse,
// min and max become what they stand for. It returns false if there is no tree.
func (e *Env) parse(text string) (*draft, bool) {
	lang, _ := language() // NewEnv has returned its error
	d := &draft{env: e, src: scan(text), factory: ast.NewExprFactory(), nextID: 1 << 20}
	if len(text) > MaxSource {
		d.report(Problem{Code: CodeTooLong, End: len(text), Summary: "the formula is too long",
			Help: "Split it into named facts."})
		return d, false
	}
	if len(d.src.tokens) == 0 {
		d.report(Problem{Code: CodeSyntax, End: len(text), Summary: "the formula is empty"})
		return d, false
	}
	if d.commonSlips(); len(d.problems) > 0 {
		return d, false
	}
	text2 := common.NewTextSource(d.src.cel)
	tree, errs := lang.parser.Parse(text2)
	if found := errs.GetErrors(); len(found) > 0 || tree == nil {
		d.syntax(text2, found)
		return d, false
	}
	d.tree, d.info = tree, tree.SourceInfo()
	d.resolve(tree.Expr(), nil)
	return d, true
}

// names are the variables that a macro has bound, innermost first.
type names struct {
	name string
	next *names
}

func (n *names) has(name string) bool {
	for ; n != nil; n = n.next {
		if n.name == name {
			return true
		}
	}
	return false
}

func (d *draft) id(like ast.Expr) int64 {
	d.nextID++
	if r, ok := d.info.GetOffsetRange(like.ID()); ok {
		d.info.SetOffsetRange(d.nextID, r)
	}
	return d.nextID
}

func (d *draft) resolve(e ast.Expr, bound *names) {
	switch e.Kind() {
	case ast.IdentKind:
		name := e.AsIdent()
		// A macro may use one node twice, so the root itself can come by.
		if !bound.has(name) && name != d.factory.AccuIdentName() && name != rootVariable {
			e.SetKindCase(d.factory.NewSelect(e.ID(), d.factory.NewIdent(d.id(e), rootVariable), name))
		}
	case ast.SelectKind:
		d.resolve(e.AsSelect().Operand(), bound)
	case ast.LiteralKind:
		d.literal(e)
	case ast.ListKind:
		d.list(e, bound)
	case ast.CallKind:
		d.call(e, bound)
	case ast.ComprehensionKind:
		d.loops = true
		c := e.AsComprehension()
		d.resolve(c.IterRange(), bound)
		d.resolve(c.AccuInit(), bound)
		inner := &names{c.AccuVar(), &names{c.IterVar(), bound}}
		d.resolve(c.LoopCondition(), inner)
		d.resolve(c.LoopStep(), inner)
		d.resolve(c.Result(), inner)
	case ast.MapKind, ast.StructKind:
		d.unsupported(e, "groups in { } are not part of formulas", "")
	}
}

func (d *draft) literal(e ast.Expr) {
	switch e.AsLiteral().(type) {
	case types.Double:
		d.exactLiteral(e)
	case types.Uint:
		d.unsupported(e, "whole numbers are written without u", "")
	case types.Bytes:
		d.unsupported(e, "text is written without b", "")
	case types.Null:
		d.unsupported(e, "there is no null: a value is there or absent", "Use has(form.field) or orElse(form.field, value).")
	}
}

// exactLiteral goes back to the text of a literal with a point: the parser's
// binary value has already lost it.
func (d *draft) exactLiteral(e ast.Expr) {
	r, _ := d.info.GetOffsetRange(e.ID())
	i := d.src.tokenAt(d.src.offset(r.Start))
	text := d.src.word(i)
	if text == "-" {
		text += d.src.word(i + 1)
	}
	v, err := ParseDecimal(text)
	if err != nil {
		d.at(e, Problem{Code: CodeLiteral, Summary: "this number cannot be kept exactly",
			Help: "Write at most 38 digits, without an exponent."})
		v = Decimal{}
	}
	e.SetKindCase(d.decimalCall(e, v.String()))
}

func (d *draft) decimalCall(e ast.Expr, text string) ast.Expr {
	return d.factory.NewCall(e.ID(), decimalFunction, d.factory.NewLiteral(d.id(e), types.String(text)))
}

// list makes all numbers of a list decimals if one is.
func (d *draft) list(e ast.Expr, bound *names) {
	elements := e.AsList().Elements()
	decimals := false
	for _, item := range elements {
		d.resolve(item, bound)
		decimals = decimals || item.Kind() == ast.CallKind && item.AsCall().FunctionName() == decimalFunction
	}
	if !decimals {
		return
	}
	for _, item := range elements {
		d.asDecimal(item)
	}
}

// asDecimal makes a decimal of the literal of a whole number.
func (d *draft) asDecimal(e ast.Expr) {
	if e.Kind() != ast.LiteralKind {
		return
	}
	if n, ok := e.AsLiteral().(types.Int); ok {
		e.SetKindCase(d.decimalCall(e, NewDecimal(int64(n), 0).String()))
	}
}

// alike makes the two results of a choice of one kind where one is a decimal
// and the other the literal of a whole number.
func (d *draft) alike(a, b ast.Expr) {
	if d.isDecimal(a) {
		d.asDecimal(b)
	}
	if d.isDecimal(b) {
		d.asDecimal(a)
	}
}

func (d *draft) isDecimal(e ast.Expr) bool {
	switch e.Kind() {
	case ast.CallKind:
		return e.AsCall().FunctionName() == decimalFunction
	case ast.SelectKind:
		f := d.field(e)
		return f != nil && f.Type.Kind == KindDecimal
	}
	return false
}

func (d *draft) call(e ast.Expr, bound *names) {
	call := e.AsCall()
	if call.IsMemberFunction() {
		d.resolve(call.Target(), bound)
	}
	args := call.Args()
	for _, arg := range args {
		d.resolve(arg, bound)
	}
	if call.IsMemberFunction() {
		d.tableCall(e)
		return
	}
	name := call.FunctionName()
	switch name {
	case operators.Index:
		d.unsupported(e, "an item of a list is not read by its number", "Use exists, all, filter, map or sum.")
	case operators.Conditional:
		d.alike(args[1], args[2])
	case "has":
		if len(args) == 1 && isPath(args[0]) {
			e.SetKindCase(d.presence(e.ID(), args[0]))
			return
		}
		d.misused(e, name, "has() asks whether one field is there")
	case "orElse":
		if len(args) == 2 && isPath(args[0]) {
			d.alike(args[0], args[1])
			test := d.presence(d.id(e), args[0])
			e.SetKindCase(d.factory.NewCall(e.ID(), operators.Conditional, test, args[0], args[1]))
			return
		}
		d.misused(e, name, "orElse() takes one field and the value to use when it is absent")
	case convertFunction:
		d.converts = true
	case "min", "max":
		if len(args) < 2 {
			d.misused(e, name, "{function}() compares two or more values")
			return
		}
		folded := args[0]
		for _, arg := range args[1 : len(args)-1] {
			folded = d.factory.NewCall(d.id(e), "@"+name, folded, arg)
		}
		e.SetKindCase(d.factory.NewCall(e.ID(), "@"+name, folded, args[len(args)-1]))
	}
}

func (d *draft) presence(id int64, of ast.Expr) ast.Expr {
	if d.fieldAt == nil {
		d.fieldAt = map[int64]int{}
	}
	d.fieldAt[id] = d.token(of) // the checker forgets the places of nodes that are gone
	return d.factory.NewPresenceTest(id, of.AsSelect().Operand(), of.AsSelect().FieldName())
}

// misused reports a rewritten function with wrong arguments and leaves a node
// that the checker passes over in silence.
func (d *draft) misused(e ast.Expr, name string, summary diag.Phrase) {
	d.at(e, Problem{Code: CodeArguments, Summary: summary, Args: diag.Args{"function": name, "use": usage[name]},
		Help: "Write {use}."})
}

func (d *draft) unsupported(e ast.Expr, summary, help diag.Phrase) {
	d.foreign = true
	d.at(e, Problem{Code: CodeNotSupported, Summary: summary, Help: help})
}

// isPath: a chain of fields down to the root or a macro's variable.
func isPath(e ast.Expr) bool {
	if e.Kind() != ast.SelectKind || e.AsSelect().IsTestOnly() {
		return false
	}
	op := e.AsSelect().Operand()
	return op.Kind() == ast.IdentKind || isPath(op)
}
