// Package impact works out what a change of definitions does: what the scenarios of a service cost and come to before and after, and which
// applications that are open would have nowhere to go.
//
// It compiles both versions and runs the scenarios of the new one on both, so it tells by example what a formula or a tariff does. It asks
// no database: how many applications really wait at a step is the runtime's to say. What it finds is told in the words of catalog/compare.
//
//	d := compare.Catalogues(before, after)
//	d = d.With(impact.Of(before, after, d)...)
package impact

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/servicetest"
)

// mostShared is of how many services that only use what changed the scenarios are run: a tariff of a ministry would run hundreds, and nobody
// reads more examples. The change itself names all that it affects.
const mostShared = 10

// Of gives the consequences of a difference for every service that changed, and for the first of those that use what changed. A service of
// which one of the versions does not compile has none. Scenarios are run without their scripts, which never decide what something costs.
func Of(before, after *catalog.Catalogue, d compare.Difference) []compare.Change {
	var touched, shared []string
	for _, c := range d {
		if c.Definition.Kind == "service" {
			touched = append(touched, c.Definition.Code)
		}
		shared = append(shared, c.Affects...)
	}
	slices.Sort(shared)
	shared = slices.DeleteFunc(slices.Compact(shared), func(code string) bool { return slices.Contains(touched, code) })
	touched = append(touched, shared[:min(len(shared), mostShared)]...)
	slices.Sort(touched)
	old, new := servicetest.New(before, nil), servicetest.New(after, nil)
	var out []compare.Change
	for _, code := range slices.Compact(touched) {
		a, b := before.Service(code), after.Service(code)
		if a == nil || b == nil {
			continue
		}
		out = append(out, stranded(before, after, a, b)...)
		out = append(out, examples(b, old.Outcomes(a, b.Scenarios), new.Outcomes(b, b.Scenarios), after.Settings.Currency.Value)...)
	}
	return out
}

// stranded are the steps of the old plan at which applications wait and that the new plan has not.
func stranded(before, after *catalog.Catalogue, a, b *catalog.Service) []compare.Change {
	old, _, _ := compile.Compile(before, a)
	new, _, _ := compile.Compile(after, b)
	if old == nil || new == nil {
		return nil
	}
	var out []compare.Change
	var told []string
	for _, n := range old.Nodes {
		if !Waits(n.Kind) || slices.Contains(told, n.Step) ||
			slices.ContainsFunc(new.Nodes, func(m plan.Node) bool { return m.Key == n.Key && m.Kind == n.Kind }) {
			continue
		}
		told = append(told, n.Step)
		out = append(out, compare.Stranded(a, b, n.Step, n.Key))
	}
	return out
}

// Waits tells whether an application can stay at a node of a kind until somebody or something comes. A lookup is such a node too: a register
// that does not answer keeps an application there for days.
func Waits(k plan.Kind) bool {
	switch k {
	case plan.Gate, plan.End, plan.Join, plan.Compute, plan.Answer, plan.Undo:
		return false
	}
	return true
}

// examples compares what scenarios came to. Those with the same difference are told together.
func examples(s *catalog.Service, old, new []servicetest.Outcome, currency string) []compare.Change {
	type fee struct {
		code     string
		old, new formula.Money
		had, has bool
	}
	type end struct{ old, new string }
	var fees []fee
	var ends []end
	inFee, inEnd := map[fee][]int{}, map[end][]int{}
	for i := range min(len(old), len(new)) {
		if !old[i].Ran || !new[i].Ran {
			continue
		}
		for _, code := range lines(old[i], new[i]) {
			f := fee{code: code}
			f.old, f.had = amount(old[i], code, currency)
			f.new, f.has = amount(new[i], code, currency)
			if f.had == f.has && f.old == f.new {
				continue
			}
			if inFee[f] == nil {
				fees = append(fees, f)
			}
			inFee[f] = append(inFee[f], i)
		}
		if e := (end{old[i].End, new[i].End}); e.old != e.new {
			if inEnd[e] == nil {
				ends = append(ends, e)
			}
			inEnd[e] = append(inEnd[e], i)
		}
	}
	titles := func(at []int) []string {
		var out []string
		for _, i := range at {
			out = append(out, s.Scenarios[i].Title.Value)
		}
		return out
	}
	var out []compare.Change
	for _, f := range fees {
		var before, after *formula.Money
		if f.had {
			before = &f.old
		}
		if f.has {
			after = &f.new
		}
		out = append(out, compare.ExampleFee(s, titles(inFee[f]), f.code, before, after, s.Scenarios[inFee[f][0]].Title.Range()))
	}
	for _, e := range ends {
		out = append(out, compare.ExampleEnd(s, titles(inEnd[e]), e.old, e.new, s.Scenarios[inEnd[e][0]].Title.Range()))
	}
	return out
}

// lines are the codes of the fee lines of two outcomes, each once.
func lines(outcomes ...servicetest.Outcome) []string {
	var out []string
	for _, o := range outcomes {
		for _, l := range o.Fees {
			if !slices.Contains(out, l.Fee) {
				out = append(out, l.Fee)
			}
		}
	}
	return out
}

// amount is what a fee line costs in all; false where it is not due.
func amount(o servicetest.Outcome, code, currency string) (m formula.Money, due bool) {
	m.Currency = currency
	for _, l := range o.Fees {
		if l.Fee == code {
			m.Minor += l.Amount
			due = true
		}
	}
	if !due {
		return formula.Money{}, false
	}
	return m, true
}
