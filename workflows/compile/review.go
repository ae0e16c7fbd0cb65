package compile

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// review makes the node of an officer's task, one for each correction that it may ask for, and the ends to which decisions lead. An officer
// who sends back or refuses says why, so these decisions need a comment.
func (k *compiler) review(i int, st *catalog.Step, n plan.Node) {
	code := st.Code.Value
	n.Kind, n.Review = plan.Review, &plan.ReviewNode{Role: st.Review.Value, Decisions: []plan.Decision{}}
	if a := k.c.Authority(k.s.Authority.Value); a != nil && a.Role(st.Review.Value) == nil {
		k.unknown("role", st.Review)
	}
	if st.Within.Given() {
		n.Review.Clock = clock(st.Within)
	}
	for j := range st.Decisions.Entries {
		d := &st.Decisions.Entries[j].Value
		decision := plan.Decision{Action: st.Decisions.Entries[j].Key.Value, Comment: d.To.Value != "" || d.End.Value == refused}
		if d.To.Value != "" {
			decision.AtMost, decision.Then = d.AtMost, d.Then.Value
		}
		n.Review.Decisions = append(n.Review.Decisions, decision)
	}
	k.node(n)
	for j := range st.Decisions.Entries {
		k.decision(i, st, &st.Decisions.Entries[j])
	}
	if len(n.Review.Clock.Outcomes()) > 0 {
		k.expiry(st, code, code+"/"+lapse, st.Within.Then)
	}
}

// decision draws where one decision leads.
func (k *compiler) decision(i int, st *catalog.Step, e *source.Entry[catalog.Decision]) {
	code, action, d := st.Code.Value, e.Key.Value, &e.Value
	key := code + "/" + action
	switch {
	case d.Continue:
		k.edge(st, code, k.after(i), action, "")
	case d.End.Value != "":
		k.end(key, code, d.End.Value, false, d.Refund)
		k.edge(st, code, key, action, "")
	case d.To.Value == "applicant":
		then, ok := st.Decisions.Get(d.Then.Value)
		if d.AtMost < 1 || !ok || then.To.Value != "" {
			k.add("unbounded-return", e.Key.Range(), "it is not written how many times {name} may happen and which decision stands after that", "name", action)
		}
		c := &plan.CorrectNode{Frozen: k.frozen(i)}
		k.node(plan.Node{Key: key, Step: code, Kind: plan.Correct, Correct: c})
		k.edge(st, code, key, action, "")
		k.edge(st, key, code, "submit", "")
		if d.Within.Given() {
			c.Clock = clock(d.Within)
			k.expiry(st, key, key+"/"+lapse, d.Within.Then)
		}
	default:
		k.add("decision", e.Key.Range(), "the decision {name} leads nowhere", "name", action)
	}
}

// expiry draws what happens when a time limit is over: the application lapses, or a decision that ends stands for itself.
func (k *compiler) expiry(st *catalog.Step, from, end string, then source.Text) {
	if d, ok := st.Decisions.Get(then.Value); ok {
		switch {
		case d.End.Value == "":
			k.add("silent-approval", then.Range(), "when a time limit is over, only a decision that ends may stand for itself")
		case from != st.Code.Value:
			k.end(st.Code.Value+"/"+then.Value, st.Code.Value, d.End.Value, false, d.Refund)
			k.edge(st, from, st.Code.Value+"/"+then.Value, then.Value, "")
		}
		return
	}
	if then.Value != lapse {
		k.unknown("consequence", then)
		return
	}
	k.end(end, st.Code.Value, lapsed, false, st.Refund)
	k.edge(st, from, end, lapse, "")
}

// frozen are the form fields on which a step before has relied, in form order: who corrects the form cannot change them.
func (k *compiler) frozen(step int) []string {
	out := []string{}
	for _, f := range k.s.Fields() {
		path := catalog.FormRoot + "." + f.Code.Value
		if slices.ContainsFunc(k.relied, func(r reliance) bool { return r.step <= step && slices.Contains(r.paths, path) }) {
			out = append(out, f.Code.Value)
		}
	}
	return out
}
