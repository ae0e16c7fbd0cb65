package formula

import (
	"strings"

	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/diwan-gov/diwan/catalog/diag"
)

// DidYouMean is the help of a Problem that has a Suggestion and nothing to add.
const DidYouMean diag.Phrase = "Did you mean {suggestion}?"

// commonSlips are things that people write and that a parser's message would
// not explain.
func (d *draft) commonSlips() {
	for i, t := range d.src.tokens {
		help := diag.Phrase("")
		switch word := d.src.word(i); {
		case word == "=" && t.kind == symbolToken:
			d.report(Problem{Code: CodeSyntax, Offset: t.start, End: t.end, Summary: "one = does not compare",
				Help: "Write == for equal.", Suggestion: "=="})
		case word == "not" && d.src.word(i+1) == "in" && d.src.word(i-1) != ".":
			d.report(Problem{Code: CodeSyntax, Offset: t.start, End: d.src.tokens[i+1].end,
				Summary: "not stands before the whole condition", Help: "Write not (value in list)."})
		case word == "“" || word == "”" || word == "‘" || word == "’" || word == "«" || word == "»":
			help = `Text stands between plain quotes: "…".`
		case t.kind == wordToken && d.src.word(i-1) != "." && wordSlips[word] != "":
			d.report(Problem{Code: CodeSyntax, Offset: t.start, End: t.end, Summary: "this word is written in small letters",
				Help: "Write {meant}.", Args: diag.Args{"meant": wordSlips[word]}, Suggestion: wordSlips[word]})
		case t.kind == wordToken && word == "if" && d.src.word(i-1) != ".":
			d.report(Problem{Code: CodeSyntax, Offset: t.start, End: t.end, Summary: "there is no if",
				Help: "Write condition ? one value : the other value."})
		case t.kind == numberToken && i+1 < len(d.src.tokens) && d.src.tokens[i+1].kind == wordToken && d.src.tokens[i+1].end-d.src.tokens[i+1].start == 3 &&
			strings.ToUpper(d.src.word(i+1)) == d.src.word(i+1):
			p := Problem{Code: CodeSyntax, Offset: t.start, End: d.src.tokens[i+1].end, Summary: "an amount is written in quotes",
				Suggestion: "money('" + d.src.text[t.start:d.src.tokens[i+1].end] + "')"}
			p.Help, p.Args = "Write {meant}, or put it into a tariff.", diag.Args{"meant": p.Suggestion}
			d.report(p)
			return
		case t.kind == numberToken && d.src.word(i+1) == "%" && i+2 >= len(d.src.tokens):
			d.report(Problem{Code: CodeSyntax, Offset: t.start, End: d.src.tokens[i+1].end, Summary: "there is no percent sign",
				Help: "Write 10 percent as 0.10."})
			return
		case t.kind == symbolToken && word >= "٠" && word <= "٩" || word >= "۰" && word <= "۹":
			help = "Digits are written 0 to 9."
		}
		if help != "" {
			d.report(Problem{Code: CodeSyntax, Offset: t.start, End: t.end,
				Summary: "this character is not part of the language of formulas", Help: help})
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
		p := Problem{Code: CodeSyntax, Offset: len(d.src.text), End: len(d.src.text), Summary: "the formula cannot be read here"}
		if ok {
			p.Offset = d.src.offset(r)
			p.End = p.Offset
		}
		if i := d.src.tokenAt(p.Offset); i >= 0 && p.Offset < d.src.tokens[i].end {
			p.Offset, p.End = d.src.tokens[i].start, d.src.tokens[i].end
			p.Args = diag.Args{"at": d.src.word(i)}
		} else if i >= 0 {
			p.Summary = "the formula ends too early"
		}
		switch {
		case strings.Contains(err.Message, "recursion limit"), strings.Contains(err.Message, "exceeds limit"):
			p.Code, p.Summary, p.Help = CodeTooLong, "the formula is nested too deep or too large", "Split it into named facts."
			p.Offset, p.End = 0, len(d.src.text)
		case strings.Contains(err.Message, "reserved identifier"):
			p.Summary = "this word is reserved"
		case strings.Contains(err.Message, "token recognition"), strings.Contains(err.Message, "unsupported syntax"):
			p.Summary = "this is not part of the language of formulas"
		case strings.Contains(err.Message, "int literal"):
			p.Summary = "this number is too large"
		case strings.Contains(err.Message, "argument must be a simple name"), strings.Contains(err.Message, "argument is not an identifier"):
			p.Code, p.Summary = CodeArguments, "here the name of one item is wanted, such as list.all(item, item > 0)"
		}
		d.report(p)
	}
	if len(errs) == 0 {
		d.report(Problem{Code: CodeSyntax, End: len(d.src.text), Summary: "the formula cannot be read"})
	}
}

// explain turns one error of the checker into a problem in plain words. The
// texts that it looks at belong to the pinned version; the tests hold them.
func (d *draft) explain(err *common.Error) {
	e := d.find(err.ExprID)
	if e == nil {
		d.report(Problem{Code: CodeNotSupported, End: len(d.src.text), Summary: "the formula does not fit together"})
		return
	}
	switch {
	case e.Kind() == ast.SelectKind && strings.HasPrefix(err.Message, "undefined field"):
		d.unknownField(e)
	case e.Kind() == ast.SelectKind && strings.Contains(err.Message, "does not support field selection"):
		of := d.words(d.tree.GetType(e.AsSelect().Operand().ID()))
		d.atField(e, Problem{Code: CodeNoFields, Summary: "this is {type} and has no fields", Help: "Remove the point and what stands behind it.",
			Args: diag.Args{"name": e.AsSelect().FieldName(), "type": of}})
	case strings.HasPrefix(err.Message, "expected type 'bool'"):
		got := d.words(d.tree.GetType(e.ID()))
		d.at(e, Problem{Code: CodeNotYesNo, Summary: "here yes or no is wanted, but this is {got}",
			Args: diag.Args{"got": got}, Help: "Compare it with something, such as … > 0."})
	case strings.Contains(err.Message, "range of a comprehension"):
		got := d.words(d.tree.GetType(e.ID()))
		d.at(e, Problem{Code: CodeOperands, Summary: "here a list is wanted, but this is {got}", Args: diag.Args{"got": got}})
	case e.Kind() == ast.CallKind && strings.HasPrefix(err.Message, "undeclared reference"):
		d.unknownFunction(e)
	case e.Kind() == ast.CallKind:
		d.operands(e)
	default:
		d.at(e, Problem{Code: CodeNotSupported, Summary: "this does not fit together"})
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
	p := Problem{Code: CodeUnknownField, Args: diag.Args{"name": name}}
	if owner == d.env.root {
		p.Code = CodeUnknownName
		p.Summary = "there is nothing called {name} here"
		p.Suggestion = d.env.meant(name)
	} else {
		path, _ := d.path(sel.Operand(), nil)
		p.Summary, p.Args["of"] = "{of} has no field {name}", path
		if path == "" {
			p.Summary = "this has no field {name}"
		}
	}
	if p.Suggestion == "" {
		p.Suggestion = suggest(name, owner.names)
	}
	if p.Suggestion != "" {
		p.Args["suggestion"] = p.Suggestion
		p.Help = DidYouMean
	} else if len(owner.names) > 0 && len(owner.names) <= 12 {
		p.Help, p.Args["names"] = "There is: {names}.", strings.Join(owner.names, ", ")
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
		d.atName(e, Problem{Code: CodeArguments, Summary: "{function}() is not used like this",
			Args: diag.Args{"function": name, "use": how}, Help: "Write {use}."})
		return
	}
	if call := e.AsCall(); call.IsMemberFunction() {
		if tables := d.tablesOf(call.Target()); len(tables) > 0 {
			path, _ := d.path(call.Target(), nil)
			d.atName(e, Problem{Code: CodeUnknownFunction, Summary: "{of} has no table {name}", Suggestion: suggest(name, tables), Help: "There is: {names}.",
				Args: diag.Args{"of": path, "name": name, "names": strings.Join(tables, ", ")}})
			return
		}
	}
	lang, _ := language()
	p := Problem{Code: CodeUnknownFunction, Summary: "there is no function {name}()", Args: diag.Args{"name": name}}
	if meant := d.env.meant(name); meant != "" {
		p.Suggestion, p.Help, p.Args["suggestion"] = meant, DidYouMean, meant
	} else if p.Suggestion = suggest(name, lang.functions); p.Suggestion != "" {
		p.Args["suggestion"] = usage[p.Suggestion]
		p.Help = DidYouMean
	} else {
		p.Help, p.Args["names"] = "There is: {names}.", strings.Join(lang.functions, ", ")
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
	got := make([]diag.Message, len(args))
	kinds := make([]*types.Type, len(args))
	for i, arg := range args {
		kinds[i] = d.tree.GetType(arg.ID())
		got[i] = d.words(kinds[i])
		if kinds[i].TypeName() == quotientType.TypeName() {
			d.at(arg, unrounded())
			return
		}
	}
	if call.FunctionName() == atFunction && len(kinds) == 2 && isTable(kinds[0]) {
		want := d.words(firstKey(kinds[0]))
		d.at(args[1], Problem{Code: CodeArguments, Summary: "here the table wants {want}, but this is {got}",
			Help: "Write a value of the column's type, or change type: at the column of the table.", Args: diag.Args{"want": want, "got": got[1]}})
		return
	}
	name := strings.TrimPrefix(call.FunctionName(), "@")
	if how, known := usage[name]; known {
		d.at(e, Problem{Code: CodeArguments, Summary: "{function}() does not take {got}",
			Args: diag.Args{"function": name, "got": got, "use": how}, Help: "Write {use}."})
		return
	}
	symbol, ok := operators.FindReverse(call.FunctionName())
	if call.FunctionName() == operators.Conditional {
		symbol = "? :"
	}
	if !ok && symbol == "" {
		symbol = name
	}
	p := Problem{Code: CodeOperands, Args: diag.Args{"operator": symbol, "got": got}}
	switch {
	case symbol == "? :" && len(got) == 3:
		p.Summary, p.Args["got"] = "the two results of ? : must be of one kind, but are {got}", got[1:]
		if kinds[1].TypeName() != kinds[2].TypeName() && numeric(kinds[1]) && numeric(kinds[2]) {
			p.Help = "Multiply the whole number by 1.0."
		}
	case len(got) == 2:
		p.Summary = "{operator} does not go between {got}"
		p.Help = d.operandHelp(symbol, kinds[0], kinds[1])
	default:
		p.Summary = "{operator} does not take {got}"
	}
	d.at(e, p)
}

func (d *draft) operandHelp(symbol string, left, right *types.Type) diag.Phrase {
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
func (d *draft) words(t *types.Type) diag.Message {
	if t.TypeName() == quotientType.TypeName() {
		return diag.Say("an amount not yet rounded")
	}
	if t.Kind() == types.ListKind {
		if elem, ok := d.env.provider.typeOf(t.Parameters()[0]); ok {
			return Type{Kind: KindList, Elem: &elem}.Said()
		}
		return diag.Say("a list")
	}
	if known, ok := d.env.provider.typeOf(t); ok {
		return known.Said()
	}
	return diag.Say("something unknown")
}
