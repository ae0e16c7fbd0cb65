package compile

import (
	"slices"
	"strconv"

	"github.com/diwan-gov/diwan/catalog"
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
func (k *compiler) early(text source.Text, want formula.Type) string {
	if text.Value != "" {
		f, problems := k.scope.Compile(text, want)
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
	for j := range op.With.Entries {
		e := &op.With.Entries[j]
		text, given := b.With.Get(e.Key.Value)
		if !given {
			if !e.Value.Optional {
				k.add("missing-argument", b.KeyRange("ask"), "{operation} needs the argument {name}", "operation", b.Ask.Value, "name", e.Key.Value)
			}
			continue
		}
		want, _ := e.Value.Formula()
		l.With = append(l.With, plan.Argument{Name: e.Key.Value, Formula: k.early(text, want), Kind: kindName(want.Kind)})
	}
	for j := range b.With.Entries {
		if name := b.With.Entries[j].Key; !slices.Contains(op.With.Keys(), name.Value) {
			k.unknown("argument", name)
		}
	}
	return l, true
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
