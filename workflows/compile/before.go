package compile

import (
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// before puts what is asked before the form, and who may apply, at the beginning of the graph: lookups and gates as any other, so that what
// the form has said early is decided again. They belong to no step and to no point of the flow, whose nodes move up behind them.
func (k *compiler) before() {
	steps := k.plan.Nodes
	k.plan.Nodes = nil
	var edges []plan.Edge
	lead := func(from, to int, on, guard string) {
		edges = append(edges, plan.Edge{From: from, To: to, On: on, Guard: guard})
	}
	put := func(n plan.Node) int {
		k.plan.Nodes = append(k.plan.Nodes, n)
		return len(k.plan.Nodes) - 1
	}
	end := func(key string, reason bool) int {
		return put(plan.Node{Key: key, Kind: plan.End, End: &plan.EndNode{Outcome: "refused", Reason: reason}})
	}
	for i := range k.s.OnBehalf {
		r := &k.s.OnBehalf[i]
		out, ok := k.representation(r)
		if !ok {
			continue
		}
		if k.onBehalf = append(k.onBehalf, out); r.Mandate == nil {
			continue
		}
		key, holds := "onBehalf/"+string(r.As), k.early(source.Text{Value: r.Holds()}, yesNo)
		gate := put(plan.Node{Key: key, Kind: plan.Gate})
		ask := put(plan.Node{Key: key + "/mandate", Kind: plan.Lookup, When: holds, Lookup: &plan.LookupNode{
			Registry: out.Registry, Operation: out.Operation, With: out.With, Keep: []string{},
		}})
		lead(gate, ask, "", holds)
		lead(gate, ask+2, "", "")
		lead(ask, end(out.End, true), "notFound", "")
		lead(ask, ask+2, "found", "")
	}
	for i := range k.s.Before {
		b := &k.s.Before[i]
		l, ok := k.askBefore(b)
		if !ok {
			continue
		}
		key := "before/" + b.As.Value
		at := put(plan.Node{Key: key, Kind: plan.Lookup, Lookup: &plan.LookupNode{
			Registry: l.Registry, Operation: l.Operation, With: l.With, Result: l.Result, Keep: []string{},
		}})
		next := at + 1
		if !b.Optional {
			l.End = key + "/notFound"
			lead(at, end(l.End, b.NotFound != nil), "notFound", "")
			next++
		} else {
			lead(at, next, "notFound", "")
		}
		lead(at, next, "found", "")
		k.asked = append(k.asked, l)
	}
	for i := range k.s.Eligible {
		e, key := &k.s.Eligible[i], "eligible/"+strconv.Itoa(i)
		must := k.early(e.Must, yesNo)
		at := put(plan.Node{Key: key, Kind: plan.Gate})
		lead(at, at+2, "", must)
		lead(at, end(key+"/refused", true), "", "")
		k.eligible = append(k.eligible, plan.Eligible{Must: must, End: key + "/refused"})
	}
	n := len(k.plan.Nodes)
	if n > 0 {
		for i := range edges {
			if edges[i].To == n { // what comes behind: where the steps begin
				edges[i].To += k.scope.Flow.Start
			}
		}
	}
	k.plan.Nodes = append(k.plan.Nodes, steps...)
	k.move(n)
	k.plan.Edges = append(edges, k.plan.Edges...)
}

// early compiles a formula that is evaluated before every step.
func (k *compiler) early(text source.Text, want formula.Type, guards ...source.Text) string {
	if text.Value != "" {
		f, problems := k.scope.Compile(text, want, guards...)
		k.read(f, problems, text)
	}
	return text.Value
}

// move counts nodes from n on that were counted from 0.
func (k *compiler) move(n int) {
	if n == 0 {
		return
	}
	for i := range k.plan.Edges {
		k.plan.Edges[i].From += n
		k.plan.Edges[i].To += n
	}
	for i := range k.plan.Nodes {
		if fork := k.plan.Nodes[i].Fork; fork != nil {
			for j := range fork.Branches {
				fork.Branches[j].Entry += n
			}
		}
	}
	if k.plan.Withdraw >= 0 {
		k.plan.Withdraw += n
	}
	if k.plan.Reopen != nil {
		k.plan.Reopen.To += n
	}
	for i := range k.plan.Anytime {
		k.plan.Anytime[i].To += n
	}
	if d := k.plan.Deadline; d != nil {
		for i := range d.Ways {
			d.Ways[i].To += n
		}
	}
}

// askBefore compiles a lookup before the form.
func (k *compiler) askBefore(b *catalog.Before) (l plan.BeforeLookup, ok bool) {
	registry, op := k.c.Operation(b.Ask.Value)
	if op == nil {
		k.unknown("registry operation", b.Ask)
		return l, false
	}
	if !catalog.IsName(b.As.Value) || slices.Contains(catalog.Roots(), b.As.Value) {
		k.add("code", b.As.Range(), "formulas cannot read an answer called {name:q}", "name", b.As.Value)
	}
	l = plan.BeforeLookup{Registry: registry.Code.Value, Operation: op.Code.Value, With: []plan.Argument{}, Result: b.As.Value, Optional: b.Optional}
	l.With = k.asks(b.Ask, b.With, b.KeyRange("ask"), op)
	return l, true
}

// asks compiles the arguments of a question that is asked before every step, where guards hold.
func (k *compiler) asks(ask source.Text, with source.Map[source.Text], at diag.Range, op *catalog.Operation, guards ...source.Text) []plan.Argument {
	out := []plan.Argument{}
	for j := range op.With.Entries {
		e := &op.With.Entries[j]
		text, given := with.Get(e.Key.Value)
		if !given {
			if !e.Value.Optional {
				k.add("missing-argument", at, "{operation} needs the argument {name}", "operation", ask.Value, "name", e.Key.Value)
			}
			continue
		}
		want, _ := e.Value.Formula()
		out = append(out, plan.Argument{Name: e.Key.Value, Formula: k.early(text, want, guards...), Kind: kindName(want.Kind)})
	}
	for j := range with.Entries {
		if name := with.Entries[j].Key; !slices.Contains(op.With.Keys(), name.Value) {
			k.unknown("argument", name)
		}
	}
	return out
}

// representation compiles a capacity in which somebody may apply for another.
func (k *compiler) representation(r *catalog.Representation) (out plan.Representation, ok bool) {
	out = plan.Representation{As: string(r.As), Evidence: r.Evidence.Value}
	m := r.Mandate
	if m == nil {
		return out, true
	}
	registry, op := k.c.Operation(m.Ask.Value)
	if op == nil {
		k.unknown("registry operation", m.Ask)
		return out, false
	}
	out.Registry, out.Operation, out.End = registry.Code.Value, op.Code.Value, "onBehalf/"+out.As+"/refused"
	out.With = k.asks(m.Ask, m.With, m.KeyRange("ask"), op, source.Text{Value: r.Holds()})
	return out, true
}

// formReads notes what the formulas of the form read beyond its own answers: the plan's scope must keep it although the machine does not
// need it.
func (k *compiler) formReads() {
	note := func(group *catalog.Field, text source.Text, given ...source.Text) {
		if text.Value == "" {
			return
		}
		if f, _ := k.scope.CompileIn(group, text, formula.Type{}, given...); f != nil {
			for _, path := range k.resolve(f) {
				k.formNeeds[path] = true
			}
		}
	}
	for _, l := range k.s.FieldLists() {
		for a := range l.All() {
			for _, text := range a.Formulas() {
				note(a.Group, text, a.Conditions()...)
			}
			var presumed []source.Text
			for _, guard := range catalog.PrefillGuards(a.Field.Prefill.Value, a.Field.ReadOnly, a.Field.Optional) {
				presumed = append(presumed, source.Text{Value: guard})
			}
			note(a.Group, a.Field.Prefill, presumed...)
		}
	}
	for i := range k.s.Validate {
		v := &k.s.Validate[i]
		beside, _ := k.s.FieldList().At(v.Field.Value)
		note(beside.Group, v.When, beside.Conditions()...)
		note(beside.Group, v.Rule, append(beside.Conditions(), v.When)...)
	}
}
