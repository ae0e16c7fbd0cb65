package formula

import (
	"cel.dev/cel-go/common/ast"
)

func (d *draft) report(p Problem) { d.problems = append(d.problems, p) }

// at reports a problem over the whole of an expression.
func (d *draft) at(e ast.Expr, p Problem) {
	p.Offset, p.End = d.span(e)
	d.report(p)
}

// atField reports over the name of a field or variable alone.
func (d *draft) atField(e ast.Expr, p Problem) {
	i, ok := d.fieldAt[e.ID()]
	if !ok {
		i = d.token(e)
	}
	if d.src.word(i) == "." {
		i++
	}
	if i >= 0 && i < len(d.src.tokens) {
		p.Offset, p.End = d.src.tokens[i].start, d.src.tokens[i].end
	}
	d.report(p)
}

// atName reports over the operator or function name of a call.
func (d *draft) atName(e ast.Expr, p Problem) {
	i := d.token(e)
	if d.src.word(i) == "(" && i > 0 {
		i--
	}
	if i >= 0 {
		p.Offset, p.End = d.src.tokens[i].start, d.src.tokens[i].end
	}
	d.report(p)
}

func (d *draft) token(e ast.Expr) int {
	r, _ := d.info.GetOffsetRange(e.ID())
	return d.src.tokenAt(d.src.offset(r.Start))
}

// span is the source range of an expression: the tokens of all its nodes,
// widened until the brackets match.
func (d *draft) span(e ast.Expr) (start, end int) {
	tokens := d.src.tokens
	if len(tokens) == 0 {
		return 0, len(d.src.text)
	}
	lo, hi := len(tokens), -1
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(n ast.Expr) {
		if _, ok := d.info.GetOffsetRange(n.ID()); !ok {
			return
		}
		i := d.token(n)
		first, last := i, i
		switch word := d.src.word(i); {
		case n.Kind() == ast.SelectKind && word == ".", n.Kind() == ast.LiteralKind && word == "-", n.Kind() == ast.CallKind && word == "-":
			last++
		case word == "(" && i > 0 && tokens[i-1].kind == wordToken:
			first--
		}
		lo, hi = min(lo, first), max(hi, last)
	}))
	if hi < 0 {
		return 0, len(d.src.text)
	}
	hi = min(hi, len(tokens)-1)
	depth := 0
	for i := lo; i <= hi; i++ {
		depth += d.bracket(i)
		for depth < 0 && lo > 0 {
			lo--
			depth += d.bracket(lo)
		}
	}
	for depth > 0 && hi < len(tokens)-1 {
		hi++
		depth += d.bracket(hi)
	}
	return tokens[lo].start, tokens[hi].end
}

func (d *draft) bracket(i int) int {
	switch d.src.word(i) {
	case "(", "[", "{":
		return 1
	case ")", "]", "}":
		return -1
	}
	return 0
}
