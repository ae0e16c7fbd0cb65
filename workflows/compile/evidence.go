package compile

import (
	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// evidence makes rules of what must be proved: one that an alternative is given, and one for each bar. The bars stand first, since they beat every
// alternative.
func (k *compiler) evidence() {
	l := k.s.FieldList()
	for i := range k.s.Evidence {
		e := &k.s.Evidence[i]
		beside := e.Beside(l)
		if beside == nil {
			k.add("evidence-hidden", e.Code.Range(), "none of these fields is always shown, so nobody could be told that they are missing")
			continue
		}
		for j := range e.Bars {
			k.rule(beside, e.When.Value, "not ("+e.Bars[j].When.Value+")")
		}
		k.rule(beside, e.When.Value, e.Proves(l))
	}
}

func (k *compiler) rule(beside *catalog.Field, when, formula string) {
	k.plan.Form.Rules = append(k.plan.Form.Rules, plan.Rule{Field: beside.Code.Value, When: when, Formula: formula})
}

// evidenceWords are the messages of these rules, in their order.
func evidenceWords(t *plan.Texts, s *catalog.Service) {
	for i := range s.Evidence {
		e := &s.Evidence[i]
		if e.Beside(s.FieldList()) == nil {
			continue
		}
		for j := range e.Bars {
			t.Rules = append(t.Rules, text(e.Bars[j].Reason))
		}
		t.Rules = append(t.Rules, text(e.Title))
	}
}
