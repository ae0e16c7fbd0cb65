package formula

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// commonSlips are things that people write and that a parser's message would
// not explain.
func (d *draft) commonSlips() {
	for i, t := range d.src.tokens {
		help := ""
		switch word := d.src.word(i); {
		case word == "=" && t.kind == symbolToken:
			d.report(Problem{Code: CodeSyntax, Offset: t.start, End: t.end, Summary: "One = does not compare.",
				Help: "Write == for equal.", Suggestion: "=="})
		case word == "not" && d.src.word(i+1) == "in" && d.src.word(i-1) != ".":
			d.report(Problem{Code: CodeSyntax, Offset: t.start, End: d.src.tokens[i+1].end,
				Summary: "not stands before the whole condition.", Help: "Write not (value in list)."})
		case word == "“" || word == "”" || word == "‘" || word == "’" || word == "«" || word == "»":
			help = `Text stands between plain quotes: "…".`
		case t.kind == wordToken && d.src.word(i-1) != "." && wordSlips[word] != "":
			d.report(Problem{Code: CodeSyntax, Offset: t.start, End: t.end, Summary: "This word is written in small letters.",
				Help: "Write " + wordSlips[word] + ".", Suggestion: wordSlips[word]})
		case t.kind == wordToken && word == "if" && d.src.word(i-1) != ".":
			d.report(Problem{Code: CodeSyntax, Offset: t.start, End: t.end, Summary: "There is no if.",
				Help: "Write condition ? one value : the other value."})
		case t.kind == numberToken && i+1 < len(d.src.tokens) && d.src.tokens[i+1].kind == wordToken && d.src.tokens[i+1].end-d.src.tokens[i+1].start == 3 &&
			strings.ToUpper(d.src.word(i+1)) == d.src.word(i+1):
			p := Problem{Code: CodeSyntax, Offset: t.start, End: d.src.tokens[i+1].end, Summary: "An amount is written in quotes.",
				Suggestion: "money('" + d.src.text[t.start:d.src.tokens[i+1].end] + "')"}
			p.Help = "Write " + p.Suggestion + ", or put it into a tariff."
			d.report(p)
			return
		case t.kind == numberToken && d.src.word(i+1) == "%" && i+2 >= len(d.src.tokens):
			d.report(Problem{Code: CodeSyntax, Offset: t.start, End: d.src.tokens[i+1].end, Summary: "There is no percent sign.",
				Help: "Write 10 percent as 0.10."})
			return
		case t.kind == symbolToken && word >= "٠" && word <= "٩" || word >= "۰" && word <= "۹":
			help = "Digits are written 0 to 9."
		}
		if help != "" {
			d.report(Problem{Code: CodeSyntax, Offset: t.start, End: t.end,
				Summary: "This character is not part of the language of formulas.", Help: help})
		}
	}
}

// wordSlips are the words of formulas in capital letters.
var wordSlips = map[string]string{"AND": "and", "OR": "or", "NOT": "not", "And": "and", "Or": "or", "Not": "not", "TRUE": "true", "FALSE": "false", "True": "true", "False": "false"}

// meant is what somebody means who writes name alone: a field without what it is a field of, a word for today, yes or no; or "".
func (e *Env) meant(name string) string {
	switch strings.ToLower(name) {
	case "yes":
		return "true"
	case "no":
		return "false"
	case "today", "now":
		name = "submitted"
	}
	for _, root := range e.root.names {
		if o := e.root.fields[root].object; o != nil && o.fields[name] != nil {
			return root + "." + name
		}
	}
	return ""
}

// syntax turns the parser's errors into problems at their places.
func (d *draft) syntax(text common.Source, errs []*common.Error) {
	for _, err := range errs {
		r, ok := text.LocationOffset(err.Location)
		p := Problem{Code: CodeSyntax, Offset: len(d.src.text), End: len(d.src.text), Summary: "The formula cannot be read here."}
		if ok {
			p.Offset = d.src.offset(r)
			p.End = p.Offset
		}
		if i := d.src.tokenAt(p.Offset); i >= 0 && p.Offset < d.src.tokens[i].end {
			p.Offset, p.End = d.src.tokens[i].start, d.src.tokens[i].end
			p.Args = map[string]string{"at": d.src.word(i)}
		} else if i >= 0 {
			p.Summary = "The formula ends too early."
		}
		switch {
		case strings.Contains(err.Message, "recursion limit"), strings.Contains(err.Message, "exceeds limit"):
			p.Code, p.Summary, p.Help = CodeTooLong, "The formula is nested too deep or too large.", "Split it into named facts."
			p.Offset, p.End = 0, len(d.src.text)
		case strings.Contains(err.Message, "reserved identifier"):
			p.Summary = "This word is reserved."
		case strings.Contains(err.Message, "token recognition"), strings.Contains(err.Message, "unsupported syntax"):
			p.Summary = "This is not part of the language of formulas."
		case strings.Contains(err.Message, "int literal"):
			p.Summary = "This number is too large."
		case strings.Contains(err.Message, "argument must be a simple name"), strings.Contains(err.Message, "argument is not an identifier"):
			p.Code, p.Summary = CodeArguments, "Here the name of one item is wanted, such as list.all(item, item > 0)."
		}
		d.report(p)
	}
	if len(errs) == 0 {
		d.report(Problem{Code: CodeSyntax, End: len(d.src.text), Summary: "The formula cannot be read."})
	}
}

// explain turns one error of the checker into a problem in plain words. The
// texts that it looks at belong to the pinned version; the tests hold them.
func (d *draft) explain(err *common.Error) {
	e := d.find(err.ExprID)
	if e == nil {
		d.report(Problem{Code: CodeNotSupported, End: len(d.src.text), Summary: "The formula does not fit together."})
		return
	}
	switch {
	case e.Kind() == ast.SelectKind && strings.HasPrefix(err.Message, "undefined field"):
		d.unknownField(e)
	case e.Kind() == ast.SelectKind && strings.Contains(err.Message, "does not support field selection"):
		of := d.words(d.tree.GetType(e.AsSelect().Operand().ID()))
		d.atField(e, Problem{Code: CodeNoFields, Summary: "This is " + of + " and has no fields.",
			Args: map[string]string{"name": e.AsSelect().FieldName(), "type": of}})
	case strings.HasPrefix(err.Message, "expected type 'bool'"):
		got := d.words(d.tree.GetType(e.ID()))
		d.at(e, Problem{Code: CodeNotYesNo, Summary: "Here yes or no is wanted, but this is " + got + ".",
			Args: map[string]string{"got": got}, Help: "Compare it with something, such as … > 0."})
	case strings.Contains(err.Message, "range of a comprehension"):
		got := d.words(d.tree.GetType(e.ID()))
		d.at(e, Problem{Code: CodeOperands, Summary: "Here a list is wanted, but this is " + got + ".", Args: map[string]string{"got": got}})
	case e.Kind() == ast.CallKind && strings.HasPrefix(err.Message, "undeclared reference"):
		d.unknownFunction(e)
	case e.Kind() == ast.CallKind:
		d.operands(e)
	default:
		d.at(e, Problem{Code: CodeNotSupported, Summary: "This does not fit together."})
	}
}

func (d *draft) find(id int64) ast.Expr {
	var found ast.Expr
	ast.PreOrderVisit(d.tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.ID() == id {
			found = e
		}
	}))
	return found
}

func (d *draft) unknownField(e ast.Expr) {
	sel := e.AsSelect()
	name := sel.FieldName()
	owner := d.env.provider.objects[d.tree.GetType(sel.Operand().ID()).TypeName()]
	if owner == nil {
		return
	}
	p := Problem{Code: CodeUnknownField, Args: map[string]string{"name": name}}
	if owner == d.env.root {
		p.Code = CodeUnknownName
		p.Summary = fmt.Sprintf("There is nothing called %s here.", name)
		p.Suggestion = d.env.meant(name)
	} else {
		path, _ := d.path(sel.Operand(), nil)
		if path == "" {
			path = "This"
		}
		p.Summary = fmt.Sprintf("%s has no field %s.", path, name)
		p.Args["of"] = path
	}
	if p.Suggestion == "" {
		p.Suggestion = suggest(name, owner.names)
	}
	if p.Suggestion != "" {
		p.Args["suggestion"] = p.Suggestion
		p.Help = fmt.Sprintf("Did you mean %s?", p.Suggestion)
	} else if len(owner.names) > 0 && len(owner.names) <= 12 {
		p.Help = "There is: " + strings.Join(owner.names, ", ") + "."
	}
	d.atField(e, p)
}

func (d *draft) unknownFunction(e ast.Expr) {
	name := e.AsCall().FunctionName()
	switch name {
	case "has", "orElse", "min", "max":
		return // reported when the call was rewritten
	}
	if how, known := usage[name]; known {
		d.atName(e, Problem{Code: CodeArguments, Summary: name + "() is not used like this.",
			Args: map[string]string{"function": name}, Help: "Write " + how + "."})
		return
	}
	lang, _ := language()
	p := Problem{Code: CodeUnknownFunction, Summary: fmt.Sprintf("There is no function %s().", name), Args: map[string]string{"name": name}}
	if meant := d.env.meant(name); meant != "" {
		p.Suggestion, p.Help = meant, "Did you mean "+meant+"?"
	} else if p.Suggestion = suggest(name, lang.functions); p.Suggestion != "" {
		p.Args["suggestion"] = p.Suggestion
		p.Help = "Did you mean " + usage[p.Suggestion] + "?"
	} else {
		p.Help = "There is: " + strings.Join(lang.functions, ", ") + "."
	}
	d.atName(e, p)
}

// operands explains a call whose arguments do not fit.
func (d *draft) operands(e ast.Expr) {
	call := e.AsCall()
	args := call.Args()
	if call.IsMemberFunction() {
		args = append([]ast.Expr{call.Target()}, args...)
	}
	got := make([]string, len(args))
	kinds := make([]*types.Type, len(args))
	for i, arg := range args {
		kinds[i] = d.tree.GetType(arg.ID())
		got[i] = d.words(kinds[i])
		if kinds[i].TypeName() == quotientType.TypeName() {
			d.at(arg, unrounded())
			return
		}
	}
	name := strings.TrimPrefix(call.FunctionName(), "@")
	if how, known := usage[name]; known {
		d.at(e, Problem{Code: CodeArguments, Summary: fmt.Sprintf("%s() does not take %s.", name, strings.Join(got, " and ")),
			Args: map[string]string{"function": name, "got": strings.Join(got, ", ")}, Help: "Write " + how + "."})
		return
	}
	symbol, ok := operators.FindReverse(call.FunctionName())
	if call.FunctionName() == operators.Conditional {
		symbol = "? :"
	}
	if !ok && symbol == "" {
		symbol = name
	}
	p := Problem{Code: CodeOperands, Args: map[string]string{"operator": symbol, "got": strings.Join(got, ", ")}}
	switch {
	case symbol == "? :" && len(got) == 3:
		p.Summary = fmt.Sprintf("The two results of ? : must be of one kind, but are %s and %s.", got[1], got[2])
		if kinds[1].TypeName() != kinds[2].TypeName() && numeric(kinds[1]) && numeric(kinds[2]) {
			p.Help = "Multiply the whole number by 1.0."
		}
	case len(got) == 2:
		p.Summary = fmt.Sprintf("%s does not go between %s and %s.", symbol, got[0], got[1])
		p.Help = d.operandHelp(symbol, kinds[0], kinds[1])
	default:
		p.Summary = fmt.Sprintf("%s does not take %s.", symbol, strings.Join(got, " and "))
	}
	d.at(e, p)
}

func (d *draft) operandHelp(symbol string, left, right *types.Type) string {
	is := func(t *types.Type, kinds ...*types.Type) bool {
		for _, k := range kinds {
			if t.TypeName() == k.TypeName() {
				return true
			}
		}
		return false
	}
	switch {
	case is(left, moneyType) && is(right, moneyType):
		return "Multiply or divide money by a number."
	case is(left, moneyType) && numeric(right), is(right, moneyType) && numeric(left):
		return `Write the number as an amount: money("50.00 ILS").`
	case is(left, dateType) && is(right, dateType) && symbol == "-":
		return "Count with daysBetween, fullMonths, monthsBegun or fullYears."
	case is(left, dateType) && numeric(right):
		return "Move a date with addDays, addMonths or addYears."
	case is(left, dateType) && is(right, types.StringType), is(right, dateType) && is(left, types.StringType):
		return `Write the date as date("2026-01-31").`
	case is(left, moneyType) && is(right, types.StringType), is(right, moneyType) && is(left, types.StringType):
		return `Write the amount as money("50.00 ILS").`
	case numeric(left) && is(right, types.StringType), numeric(right) && is(left, types.StringType):
		return "A number is written without quotes."
	case left.Kind() == types.ListKind && right.Kind() == types.ListKind:
		return "Lists are compared with size, in, all and exists."
	}
	return ""
}

func numeric(t *types.Type) bool {
	return t.TypeName() == types.IntType.TypeName() || t.TypeName() == decimalType.TypeName()
}

// words says a checked type as a person would.
func (d *draft) words(t *types.Type) string {
	if t.TypeName() == quotientType.TypeName() {
		return "an amount not yet rounded"
	}
	if t.Kind() == types.ListKind {
		if elem, ok := d.env.provider.typeOf(t.Parameters()[0]); ok {
			return Type{Kind: KindList, Elem: &elem}.String()
		}
		return "a list"
	}
	if known, ok := d.env.provider.typeOf(t); ok {
		return known.String()
	}
	return "something unknown"
}
