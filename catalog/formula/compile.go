package formula

import (
	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/interpreter"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/unit"
)

// Compile checks and compiles a formula that must give want. It returns every
// problem that it finds, in the order of the text, and a formula only when
// there are none. It never panics, whatever the text.
func (e *Env) Compile(src string, want Type) (*Formula, []Problem) {
	return e.CompileUnder(src, want, nil)
}

// CompileUnder is Compile for a position that is only evaluated while the
// guards hold, such as the amount of a fee under its when: what a guard asks
// need not be asked again. A guard that does not parse adds nothing; it is
// compiled, and reported, in its own place.
func (e *Env) CompileUnder(src string, want Type, guards []string) (*Formula, []Problem) {
	d, ok := e.parse(src)
	if !ok || d.foreign {
		return nil, tidy(d.problems)
	}
	tree, errs := checker.Check(d.tree, noText, e.checker)
	d.tree = tree
	for _, err := range errs.GetErrors() {
		d.explain(err)
	}
	presumed := e.presumed(guards)
	reads := d.absence(presumed)
	of := ""
	if len(errs.GetErrors()) == 0 {
		of = d.units()
		d.result(want, of)
	}
	if len(d.problems) == 0 {
		d.lower(tree.Expr())
	}
	if len(d.problems) > 0 {
		return nil, tidy(d.problems)
	}
	f := &Formula{source: src, reads: reads, loops: d.loops}
	f.typ, _ = e.provider.typeOf(tree.GetType(tree.Expr().ID()))
	if want.Kind == KindDecimal {
		f.typ, f.decimal = want, true
	}
	f.typ.Unit = of
	// A formula without lists does a bounded amount of work for its length, so
	// only one with a macro pays for being counted.
	var options []interpreter.PlannerOption
	if f.loops {
		options = append(options, costLimit)
	}
	program, err := e.interpreter.NewInterpretable(tree, options...)
	if err != nil {
		return nil, []Problem{{Code: CodeNotSupported, End: len(src), Summary: "the formula cannot be prepared"}}
	}
	f.program = program
	return f, nil
}

// noText is the source of the checker's messages, which are not shown.
var noText = common.NewTextSource("")

// result checks the type of the whole, and its unit, which is known or "".
func (d *draft) result(want Type, of string) {
	root := d.tree.Expr()
	celType := d.tree.GetType(root.ID())
	if celType.TypeName() == quotientType.TypeName() {
		d.at(root, unrounded())
		return
	}
	if isTable(celType) {
		d.at(root, Problem{Code: CodeResult, Summary: "a table is read with a key for each column", Help: "Write the keys behind it, in brackets."})
		return
	}
	got, ok := d.env.provider.typeOf(celType)
	if !ok && !(celType.Kind() == types.ListKind && want.accepts(Type{Kind: KindList})) {
		d.at(root, Problem{Code: CodeResult, Summary: "it cannot be said what this gives; an empty list alone has no type",
			Args: diag.Args{"want": want.Said()}})
		return
	}
	if ok && want.accepts(got) {
		if want.Unit != "" && of != "" && want.Unit != of {
			p := Problem{Code: CodeUnits, Summary: "this is in {got}, but here {want} is wanted", Args: diag.Args{"got": of, "want": want.Unit, "use": conversionUse(of, want.Unit)}}
			if _, one := unit.Ratio(of, want.Unit); one {
				p.Help = "Write {use}."
			}
			d.at(root, p)
		}
		return
	}
	p := Problem{
		Code:    CodeResult,
		Summary: "this gives {got}, but here {want} is wanted",
		Args:    diag.Args{"want": want.Said(), "got": got.Said()},
	}
	switch {
	case want.Kind == KindInt && got.Kind == KindDecimal:
		p.Help = "Round it: round(…), roundUp(…) or roundDown(…)."
	case want.Kind == KindBool:
		p.Help = "Compare it with something, such as … > 0 or … == \"…\"."
	case want.Kind == KindMoney && (got.Kind == KindInt || got.Kind == KindDecimal):
		p.Help = `Multiply it by an amount, or write one: money("50.00 ILS").`
	}
	d.at(root, p)
}

func unrounded() Problem {
	return Problem{
		Code:    CodeOperands,
		Summary: "money divided by a number must be rounded",
		Help:    "Say how, to whole units of the currency: round(…), roundUp(…) or roundDown(…).",
	}
}
