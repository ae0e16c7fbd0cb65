package compile

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Outcomes with which an application ends where the definition does not name another.
const (
	refused   = "refused"
	lapsed    = "lapsed"
	issued    = "issued"
	answered  = "answered"
	completed = "completed"
	withdrawn = "withdrawn"
)

// Consequences of a time limit.
const (
	lapse    = "lapse"
	escalate = "escalate"
)

var yesNo = formula.Type{Kind: formula.KindBool}

// flow makes the graph: each step a node, before it a gate where it happens only sometimes, behind it the ends that it leads to.
func (k *compiler) flow() {
	if len(k.s.Steps) == 0 {
		k.add("no-steps", k.s.RangeOf("steps"), "nothing happens: the service has no steps")
		return
	}
	for i := range k.s.Steps {
		st := &k.s.Steps[i]
		if slices.ContainsFunc(k.s.Steps[:i], func(o catalog.Step) bool { return o.Code.Value == st.Code.Value }) {
			k.add("twice", st.Code.Range(), "the step {name:q} is given twice", "name", st.Code.Value)
			continue
		}
		k.step(i, st)
	}
	if w := k.s.Withdraw; w != nil {
		k.plan.Withdraw = k.end("end/"+withdrawn, "", withdrawn, false, w.Refund)
	}
	k.wire()
}

func (k *compiler) step(i int, st *catalog.Step) {
	code := st.Code.Value
	kind := st.Kind()
	when := k.formula(i, st.When, yesNo)
	if kind == catalog.RefuseStep {
		k.node(plan.Node{Key: code, Step: code, Kind: plan.Gate})
		k.end(code+"/refused", code, refused, true, st.Refund)
		k.edge(st, code, code+"/refused", "", when)
		if when != "" {
			k.edge(st, code, k.after(i), "", "")
		}
		return
	}
	if when != "" {
		gate := code + "/when"
		k.node(plan.Node{Key: gate, Step: code, Kind: plan.Gate})
		k.edge(st, gate, code, "", when)
		k.edge(st, gate, k.after(i), "", "")
	}
	n := plan.Node{Key: code, Step: code, When: when}
	switch kind {
	case catalog.LookupStep:
		k.lookup(i, st, n)
	case catalog.PayStep:
		k.pay(i, st, n)
	case catalog.ReviewStep:
		k.review(i, st, n)
	case catalog.IssueStep:
		n.Kind, n.Issue = plan.Issue, &plan.IssueNode{Document: st.Issue.Value, Deliver: values(st.Deliver)}
		k.node(n)
		k.document(i, st)
		k.edge(st, code, k.after(i), issued, "")
	case catalog.AnswerStep:
		n.Kind, n.Answer = plan.Answer, &plan.AnswerNode{Rows: []plan.Row{}}
		for j := range st.Answer {
			r := &st.Answer[j]
			n.Answer.Rows = append(n.Answer.Rows, k.planRow(i, r.Value, r.When, false, st.When))
		}
		k.node(n)
		k.end("end/"+answered, "", answered, false, source.Map[source.Text]{})
		k.edge(st, code, "end/"+answered, answered, "")
	default:
		k.add("step-kind", st.Code.Range(), "a step has one of ask, refuse, pay, review, issue and answer")
	}
}

func (k *compiler) lookup(i int, st *catalog.Step, n plan.Node) {
	code := st.Code.Value
	registry, op := k.c.Operation(st.Ask.Value)
	if op == nil {
		k.unknown("registry operation", st.Ask)
		return
	}
	if !catalog.IsName(code) || slices.Contains(catalog.Roots(), code) {
		k.add("code", st.Code.Range(), "formulas cannot read an answer called {name:q}", "name", code)
	}
	l := &plan.LookupNode{Registry: registry.Code.Value, Operation: op.Code.Value, With: []plan.Argument{}, Result: code, Keep: []string{}}
	for j := range op.With.Entries {
		e := &op.With.Entries[j]
		text, given := st.With.Get(e.Key.Value)
		if !given {
			if !e.Value.Optional {
				k.add("missing-argument", st.KeyRange("ask"), "{operation} needs the argument {name}", "operation", st.Ask.Value, "name", e.Key.Value)
			}
			continue
		}
		want, _ := e.Value.Formula()
		l.With = append(l.With, plan.Argument{Name: e.Key.Value, Formula: k.formula(i, text, want, st.When), Kind: kindName(want.Kind)})
	}
	for j := range st.With.Entries {
		if key := st.With.Entries[j].Key; !slices.Contains(op.With.Keys(), key.Value) {
			k.unknown("argument", key)
		}
	}
	n.Kind, n.Lookup = plan.Lookup, l
	k.node(n)
	k.end(code+"/notFound", code, refused, st.NotFound != nil, st.Refund)
	k.edge(st, code, k.after(i), "found", "")
	k.edge(st, code, code+"/notFound", "notFound", "")
}

func (k *compiler) pay(i int, st *catalog.Step, n plan.Node) {
	code := st.Code.Value
	n.Kind, n.Pay = plan.Pay, &plan.PayNode{Fees: []string{}}
	for _, fee := range st.Pay {
		if k.s.Fee(fee.Value) == nil {
			k.unknown("fee", fee)
		}
		n.Pay.Fees = append(n.Pay.Fees, fee.Value)
	}
	if st.Within.Given() {
		n.Pay.Clock = clock(st.Within)
		if st.Within.Then.Value != lapse {
			k.add("consequence", st.Within.Then.Range(), "when nobody has paid, the application lapses")
		}
	}
	k.node(n)
	k.edge(st, code, k.after(i), "paid", "")
	if n.Pay.Clock != nil {
		k.end(code+"/"+lapse, code, lapsed, false, st.Refund)
		k.edge(st, code, code+"/"+lapse, lapse, "")
	}
}

func clock(w catalog.Within) *plan.Clock {
	return &plan.Clock{Rungs: []plan.Rung{{Span: plan.Span{Count: w.Limit.Count, Unit: string(w.Limit.Unit)}, Then: w.Then.Value}}}
}

// after is the key to which an application goes on from step i.
func (k *compiler) after(i int) string {
	if i+1 < len(k.s.Steps) {
		next := &k.s.Steps[i+1]
		if next.When.Value != "" && next.Kind() != catalog.RefuseStep {
			return next.Code.Value + "/when"
		}
		return next.Code.Value
	}
	outcome := completed
	if slices.ContainsFunc(k.s.Steps, func(st catalog.Step) bool { return st.Kind() == catalog.IssueStep }) {
		outcome = issued
	}
	k.end("end/"+outcome, "", outcome, false, source.Map[source.Text]{})
	return "end/" + outcome
}

func (k *compiler) node(n plan.Node) { k.plan.Nodes = append(k.plan.Nodes, n) }

// end makes an end, once, and gives its index.
func (k *compiler) end(key, step, outcome string, reason bool, refund source.Map[source.Text]) int {
	if i := k.index(key); i >= 0 {
		return i
	}
	e := &plan.EndNode{Outcome: outcome, Reason: reason}
	for i := range k.s.Fees {
		if what, ok := refund.Get(k.s.Fees[i].Code.Value); ok {
			e.Refund = append(e.Refund, plan.Refund{Fee: k.s.Fees[i].Code.Value, What: what.Value})
		}
	}
	k.node(plan.Node{Key: key, Step: step, Kind: plan.End, End: e})
	return len(k.plan.Nodes) - 1
}

func (k *compiler) edge(st *catalog.Step, from, to, on, guard string) {
	k.edges = append(k.edges, wire{from, to, on, guard, st.Code.Range()})
}

func (k *compiler) index(key string) int {
	return slices.IndexFunc(k.plan.Nodes, func(n plan.Node) bool { return n.Key == key })
}

// wire turns keys into indexes and reports steps to which nobody comes.
func (k *compiler) wire() {
	for _, w := range k.edges {
		from, to := k.index(w.from), k.index(w.to)
		if from < 0 || to < 0 {
			continue // a step that is reported itself
		}
		k.plan.Edges = append(k.plan.Edges, plan.Edge{From: from, To: to, On: w.on, Guard: w.guard})
	}
	if k.list.HasErrors() {
		return
	}
	reached := make([]bool, len(k.plan.Nodes))
	queue := []int{0}
	reached[0] = true
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, e := range k.plan.Edges {
			if e.From == at && !reached[e.To] {
				reached[e.To] = true
				queue = append(queue, e.To)
			}
		}
	}
	for i, n := range k.plan.Nodes {
		if !reached[i] && i != k.plan.Withdraw && n.Key == n.Step {
			k.add("unreachable", k.stepRange(n.Step), "no application comes to this step")
		}
	}
}

func (k *compiler) stepRange(code string) diag.Range {
	if st := k.s.Step(code); st != nil {
		return st.Code.Range()
	}
	return k.s.Head()
}
