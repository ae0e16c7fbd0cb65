package compile

import (
	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// review makes the node of an officer's task.
func (k *compiler) review(i int, st *catalog.Step, n *plan.Node) {
	role := st.Role()
	r := &plan.ReviewNode{
		Role: role.Value, Decisions: k.decisions(i, st), Clock: k.clock(i, &st.Within), Form: k.ownForm(i, st),
		NotSame: values(st.NotSame), Assign: string(st.Assign), Inspect: st.Kind() == catalog.InspectStep,
	}
	of := k.s.Authority
	switch {
	case st.Of.IsZero():
	case catalog.NamesAuthority(st.Of.Value):
		of, r.Authority = st.Of, st.Of.Value
	default:
		relied := len(k.relied)
		of, r.Of = source.Text{}, k.formula(i, st.Of, words)
		for j := range k.relied[relied:] {
			k.relied[relied+j].anew = st // who is competent after its own correction may be another
		}
	}
	if of.IsZero() && k.c.CommonRole(role.Value) == nil || k.c.Authority(of.Value) != nil && k.c.Role(of.Value, role.Value) == nil {
		k.unknown("role", role)
	}
	if r.Form != nil {
		r.Result = st.Code.Value
	}
	if p := st.Panel; p != nil {
		r.Panel = &plan.Panel{Members: p.Members, Quorum: p.Quorum, Notice: spanOf(p.Notice), Minutes: p.Minutes, Tie: p.Tie.Value}
	}
	n.Kind, n.Review = plan.Review, r
}

// decisions are what may be decided in a step. Who sends back, refuses or is against says why, unless the definition says otherwise.
func (k *compiler) decisions(i int, st *catalog.Step) []plan.Decision {
	out := []plan.Decision{}
	for j := range st.Within.Rungs {
		word := st.Within.Rungs[j].Then.Word
		if d, ok := st.Decisions.Get(word.Value); ok && d.InFavour() && st.Silence.Value != word.Value {
			k.add("silent-approval", word.Range(), "nothing is approved by silence")
		}
	}
	for j := range st.Decisions.Entries {
		e := &st.Decisions.Entries[j]
		d := &e.Value
		decision := plan.Decision{
			Action: e.Key.Value, Comment: d.Returns() || d.Against || d.End.Value == catalog.RefusedOutcome, When: k.formula(i, d.When, yesNo),
		}
		if d.To.Value != "" {
			decision.AtMost, decision.Then = d.AtMost, d.Then.Value
			then, ok := st.Decisions.Get(d.Then.Value)
			if d.Returns() && d.AtMost < 1 || d.AtMost > 0 && (!ok || then.AtMost > 0) {
				k.add("unbounded-return", e.Key.Range(), "it is not written how many times {name} may happen and which decision stands after that", "name", e.Key.Value)
			}
		}
		switch d.Comment.Value {
		case "required":
			decision.Comment = true
		case "optional":
			decision.Comment = false
		}
		if !d.Continue && d.To.Value == "" && d.End.Value == "" && !d.Against {
			k.add("decision", e.Key.Range(), "the decision {name} leads nowhere", "name", e.Key.Value)
		}
		out = append(out, decision)
	}
	return out
}

// ownForm is what an officer or an invited person fills in; nil where there is nothing.
func (k *compiler) ownForm(i int, st *catalog.Step) *plan.Form {
	if len(st.Fields) == 0 {
		return nil
	}
	form, err := Fields(catalog.NewFieldList(st.Code.Value, st.Fields))
	if err != nil {
		k.add("form-schema", st.RangeOf("fields"), "the form has no schema: {problem}", "problem", err.Error())
	}
	return &form
}
