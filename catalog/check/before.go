package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// before looks at what is asked when the form is opened: it exists, its arguments are complete, and it is said what holds where the registry
// knows no such thing.
func before(p *pass) {
	s := p.service
	names := newRegister("lookup", catalog.IsName, nameHelp, p.add)
	for i := range s.Before {
		b := &s.Before[i]
		names.enter(b.As)
		lookupCode(p, b.As)
		if step := s.Step(b.As.Value); step != nil && step.Kind() == catalog.LookupStep {
			p.add(problem("twice", b.As.Range(), "a step is called {name} too: formulas would not know which of the two they read", "name", b.As.Value).
				WithRelated(step.Code.Range(), "the step"))
		}
		askedBefore(p, b.Ask, b.With, b.KeyRange("ask"))
		if b.Has("notFound") == b.Optional {
			p.add(problem("no-not-found", b.Head(), "it is not said what holds where the registry knows no such thing").
				WithHelp("Write notFound: {refuse: …} with the reason why nobody can apply then, or optional: true where one can."))
		}
		if !used(p, b.As.Value) {
			p.add(warning("unused", b.As.Range(), "nothing reads {name}", "name", b.As.Value).WithHelp("Remove the lookup, or read what it answers."))
		}
	}
}

// askedBefore: what a registry is asked before the form exists, changes nothing, and gets its arguments, which are missed at the place at.
func askedBefore(p *pass, ask source.Text, with source.Map[source.Text], at diag.Range) {
	if _, op := p.catalogue.Operation(ask.Value); op != nil {
		arguments(p, ask, with, at, op)
		if op.Writes {
			p.add(changesSomething(ask, op, "Before the form only a lookup is made: name one, or write in a step."))
		}
	} else if !ask.IsZero() && p.catalogue.Complete("registries") {
		p.add(unknown("registry operation", ask, operationNames(p.catalogue)))
	}
}

// used tells that some formula reads the answer of a lookup, or that it is asked only to be found.
func used(p *pass, root string) bool {
	for i := range p.service.Before {
		if b := &p.service.Before[i]; b.As.Value == root && b.NotFound != nil {
			return true
		}
	}
	return slices.ContainsFunc(p.positions, func(at *position) bool {
		return slices.ContainsFunc(p.rootsRead(at.formula), func(read [2]string) bool { return read[0] == root })
	})
}

// arguments: those that the operation needs are given, and no others.
func arguments(p *pass, ask source.Text, with source.Map[source.Text], at diag.Range, op *catalog.Operation) {
	for i := range op.With.Entries {
		e := &op.With.Entries[i]
		if _, given := with.Get(e.Key.Value); !given && !e.Value.Optional {
			p.add(problem("missing-argument", at, "{operation} needs the argument {name}", "operation", ask.Value, "name", e.Key.Value).
				WithRelated(e.Key.Range(), "declared here").WithHelp("Write {with}.", "with", "with: {"+e.Key.Value+": …}"))
		}
	}
	for i := range with.Entries {
		if key := with.Entries[i].Key; !slices.Contains(op.With.Keys(), key.Value) {
			p.add(unknown("argument", key, op.With.Keys()).WithRelated(op.Code.Range(), "the operation"))
		}
	}
}

// prefills: what fills in a record or a group has something of what these ask, of the same kinds.
func prefills(p *pass) {
	for _, f := range p.service.Fields() {
		if f.Prefill.Value == "" || len(f.Inner()) == 0 {
			continue
		}
		compiled, _ := p.scope.Compile(f.Prefill, formula.Type{Kind: f.Kind()}, presumed(f)...)
		if compiled == nil {
			continue
		}
		fits(p, f.Prefill, compiled.Type(), f)
	}
}

// fits: what fills in a field of several values, or of a record, has something of what it asks, of the same kinds.
func fits(p *pass, text source.Text, given formula.Type, f *catalog.Field) {
	if len(f.Inner()) == 0 {
		return
	}
	whole := given
	if given.Elem != nil {
		given = *given.Elem
	}
	if given.Object == nil {
		p.add(problem("prefill-parts", text.Range(), "this gives {got}, but the field is filled in with named values", "got", whole.Said()).
			WithHelp("Fill it in with an answer or a record that has values of these names, or fill its fields in one by one."))
		return
	}
	alike := false
	for _, inner := range f.Inner() {
		i := slices.IndexFunc(given.Object.Fields, func(g formula.Field) bool { return g.Name == inner.Code.Value })
		if i < 0 {
			continue
		}
		alike = true
		if have := given.Object.Fields[i].Type; have.Kind != inner.Kind() {
			p.add(problem("prefill-parts", text.Range(), "{name} is {got}, but the field asks {want}", "name", inner.Code.Value, "got", have.Said(), "want", inner.Formula().Said()).
				WithHelp("Give both the same type."))
		}
	}
	if !alike {
		p.add(problem("prefill-parts", text.Range(), "nothing of this is asked in the field").
			WithHelp("What has the same name is filled in: {names}.", "names", innerNames(f)))
	}
}

func innerNames(f *catalog.Field) []string {
	var out []string
	for _, inner := range f.Inner() {
		out = append(out, inner.Code.Value)
	}
	return out
}
