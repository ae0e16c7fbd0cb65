package formula

import (
	"fmt"
	"strconv"
	"sync"

	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"
)

// NodeKind is what a node of a Tree is.
type NodeKind uint8

// The kinds of nodes.
const (
	NameNode   NodeKind = iota // what is read: form.years
	TextNode                   // a literal
	NumberNode                 // a literal
	TruthNode                  // true or false
	CallNode                   // a function or an operator
	ListNode                   // [a, b]
)

// Tree is a formula as it is written, for those who show it: without types, and with nothing put in the place of what stands there.
type Tree struct {
	Kind NodeKind
	// Text is the path of a name, the text of a literal, and the function of a call: == != < <= > >= + - * / % and or not in ?: [] or the name of a
	// function. The first of the Args of a function of a value, as text.contains(part), is the value; exists, all, map and filter have the name that
	// they give to an item as their second.
	Text string
	Args []*Tree
}

// signs are the operators as Tree names them.
var signs = map[string]string{
	operators.Equals: "==", operators.NotEquals: "!=", operators.Less: "<", operators.LessEquals: "<=", operators.Greater: ">", operators.GreaterEquals: ">=",
	operators.Add: "+", operators.Subtract: "-", operators.Multiply: "*", operators.Divide: "/", operators.Modulo: "%", operators.Negate: "-",
	operators.LogicalAnd: "and", operators.LogicalOr: "or", operators.LogicalNot: "not", operators.In: "in", operators.Conditional: "?:", operators.Index: "[]",
}

// written parses without macros: exists stays a call.
var written = sync.OnceValues(func() (*parser.Parser, error) {
	return parser.NewParser(parser.EnablePrattParser(true), parser.MaxRecursionDepth(60), parser.MaxExpressionNodeCount(2000), parser.EnableIdentEscapeSyntax(false),
		parser.ExpressionSizeCodePointLimit(2*MaxSource))
})

// Read gives a formula as a tree; false where it is none. It asks nothing of what the names are.
func Read(text string) (*Tree, bool) {
	p, err := written()
	if err != nil || len(text) > MaxSource {
		return nil, false
	}
	src := scan(text)
	if len(src.tokens) == 0 {
		return nil, false
	}
	parsed, errs := p.Parse(common.NewTextSource(src.cel))
	if parsed == nil || len(errs.GetErrors()) > 0 {
		return nil, false
	}
	t := treeOf(parsed.Expr())
	return t, t != nil
}

func treeOf(e ast.Expr) *Tree {
	call := func(text string, args ...ast.Expr) *Tree {
		t := &Tree{Kind: CallNode, Text: text}
		for _, a := range args {
			one := treeOf(a)
			if one == nil {
				return nil
			}
			t.Args = append(t.Args, one)
		}
		return t
	}
	switch e.Kind() {
	case ast.IdentKind:
		return &Tree{Kind: NameNode, Text: e.AsIdent()}
	case ast.SelectKind:
		of := treeOf(e.AsSelect().Operand())
		if of == nil || of.Kind != NameNode {
			return nil
		}
		return &Tree{Kind: NameNode, Text: of.Text + "." + e.AsSelect().FieldName()}
	case ast.LiteralKind:
		switch v := e.AsLiteral().(type) {
		case types.String:
			return &Tree{Kind: TextNode, Text: string(v)}
		case types.Bool:
			return &Tree{Kind: TruthNode, Text: strconv.FormatBool(bool(v))}
		case types.Int:
			return &Tree{Kind: NumberNode, Text: strconv.FormatInt(int64(v), 10)}
		case types.Double:
			return &Tree{Kind: NumberNode, Text: strconv.FormatFloat(float64(v), 'f', -1, 64)}
		}
		return &Tree{Kind: TextNode, Text: fmt.Sprint(e.AsLiteral().Value())}
	case ast.ListKind:
		t := call("", e.AsList().Elements()...)
		if t != nil {
			t.Kind = ListNode
		}
		return t
	case ast.CallKind:
		c := e.AsCall()
		name := c.FunctionName()
		if sign := signs[name]; sign != "" {
			name = sign
		}
		args := c.Args()
		if c.IsMemberFunction() {
			args = append([]ast.Expr{c.Target()}, args...)
		}
		return call(name, args...)
	}
	return nil
}
