package compile

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// step fills in what the node of a step needs.
func (k *compiler) step(i int, st *catalog.Step, n *plan.Node) {
	code := st.Code.Value
	switch st.Kind() {
	case catalog.LookupStep:
		n.Kind, n.Lookup = plan.Lookup, k.operation(i, st, st.Ask)
	case catalog.WriteStep:
		n.Kind, n.Lookup = plan.Write, k.operation(i, st, st.Write)
		k.undo(i, st, n)
	case catalog.PayStep:
		k.pay(i, st, n)
	case catalog.ReviewStep, catalog.InspectStep:
		k.review(i, st, n)
	case catalog.InviteStep:
		k.invite(i, st, n)
	case catalog.AppointmentStep:
		n.Kind, n.Appointment = plan.Appointment, &plan.AppointmentNode{Role: st.Appointment.Value, AtMost: max(st.AtMost, 1), Clock: k.clock(i, &st.Within)}
		if st.Slots != nil {
			n.Appointment.Capacity, n.Appointment.Minutes = st.Slots.Capacity, st.Slots.Minutes
		}
	case catalog.WaitStep:
		k.wait(i, st, n)
	case catalog.NotifyStep:
		n.Kind, n.Notify = plan.Notify, &plan.NotifyNode{Whom: "applicant"}
		if k.c.Role(k.s.Authority.Value, st.Notify.Value) != nil {
			n.Notify.Whom, n.Notify.Role = "role", st.Notify.Value
		} else if st.Notify.Value != catalog.ApplicantPlace {
			n.Notify.Whom, n.Notify.Person = "person", k.person(i, st.Notify)
		}
	case catalog.IssueStep:
		n.Kind, n.Issue = plan.Issue, &plan.IssueNode{Document: st.Issue.Value, Deliver: values(st.Deliver), Kept: spanOf(st.Kept)}
		k.document(i, st)
	case catalog.RevokeStep:
		n.Kind, n.Revoke = plan.Revoke, &plan.RevokeNode{Document: st.Revoke.Value}
	case catalog.GrantStep, catalog.ChangeStep:
		k.right(i, st, n)
	case catalog.StartStep:
		n.Kind, n.Start = plan.Start, &plan.StartNode{
			Service: st.Start.Value, About: k.person(i, st.About), With: k.fields(i, st), Wait: st.Wait != nil && st.Wait.Ends, Result: code, Clock: k.clock(i, &st.Within),
		}
		k.withdraw(st, n)
	case catalog.ComputeStep:
		n.Kind, n.Compute = plan.Compute, &plan.ComputeNode{Result: code, Values: k.arguments(i, st.Compute, nil)}
	case catalog.DrawStep:
		n.Kind, n.Draw = plan.Draw, &plan.DrawNode{Result: code}
		for j := range st.Draw.Entries {
			n.Draw.Channels = append(n.Draw.Channels, plan.Channel{Name: st.Draw.Entries[j].Key.Value, Weight: st.Draw.Entries[j].Value})
		}
	case catalog.TogetherStep:
		k.fork(i, st, n)
	case catalog.PayOutStep:
		n.Kind, n.PayOut = plan.PayOut, &plan.PayOutNode{Amount: k.formula(i, st.PayOut.Amount, money), Account: k.formula(i, st.PayOut.Account, words)}
		if st.PayOut.To.Value != catalog.ApplicantPlace {
			n.PayOut.Person = k.person(i, st.PayOut.To)
		}
	case catalog.ReleaseStep:
		n.Kind, n.Settle = plan.Settle, &plan.SettleNode{Fees: values(st.Release), What: "release"}
	case catalog.ForfeitStep:
		n.Kind, n.Settle = plan.Settle, &plan.SettleNode{Fees: values(st.Forfeit), What: "forfeit"}
	case catalog.PlaceStep:
		n.Kind = plan.Place
	case catalog.AnswerStep:
		n.Kind, n.Answer = plan.Answer, &plan.AnswerNode{Rows: []plan.Row{}}
		for j := range st.Answer {
			n.Answer.Rows = append(n.Answer.Rows, k.planRow(i, st.Answer[j].Value, st.Answer[j].When, false))
		}
	default:
		k.add("step-kind", st.Code.Range(), "a step has one of the keys that say what it does")
	}
}

// operation makes what is asked of a registry, or written to it.
func (k *compiler) operation(i int, st *catalog.Step, ref source.Text) *plan.LookupNode {
	code := st.Code.Value
	registry, op := k.c.Operation(ref.Value)
	if op == nil {
		k.unknown("registry operation", ref)
		return nil
	}
	if st.Kind() == catalog.LookupStep && !catalog.IsName(code) || slices.Contains(catalog.Roots(), code) {
		k.add("code", st.Code.Range(), "formulas cannot read an answer called {name:q}", "name", code)
	}
	return &plan.LookupNode{Registry: registry.Code.Value, Operation: op.Code.Value, Result: code, Keep: []string{},
		With: k.given(op, ref, st.With, st.KeyRange(string(st.Kind())), func(text source.Text, want formula.Type) string { return k.formula(i, text, want) })}
}

// given are the arguments of an operation, in its order; compile makes the formula of each.
func (k *compiler) given(op *catalog.Operation, ref source.Text, with source.Map[source.Text], head diag.Range, compile func(source.Text, formula.Type) string) []plan.Argument {
	out := []plan.Argument{}
	for j := range op.With.Entries {
		e := &op.With.Entries[j]
		text, given := with.Get(e.Key.Value)
		if !given {
			if !e.Value.Optional {
				k.add("missing-argument", head, "{operation} needs the argument {name}", "operation", ref.Value, "name", e.Key.Value)
			}
			continue
		}
		want, _ := e.Value.Formula()
		out = append(out, plan.Argument{Name: e.Key.Value, Formula: compile(text, want), Kind: kindName(want.Kind)})
	}
	for j := range with.Entries {
		if key := with.Entries[j].Key; !slices.Contains(op.With.Keys(), key.Value) {
			k.unknown("argument", key)
		}
	}
	return out
}

// undo makes the node that takes back what a write has entered. It stands behind the graph, and its formulas may read what the write answers.
func (k *compiler) undo(i int, st *catalog.Step, n *plan.Node) {
	u := st.Undo
	if u == nil || n.Lookup == nil {
		return
	}
	registry, op := k.c.Operation(u.Write.Value)
	if op == nil {
		k.unknown("registry operation", u.Write)
		return
	}
	own := k.c.Own(st)
	back := plan.Node{Key: st.Code.Value + catalog.UndoSuffix, Step: st.Code.Value, Kind: plan.Undo, When: catalog.Both(n.When, own.Value),
		Lookup: &plan.LookupNode{Registry: registry.Code.Value, Operation: op.Code.Value, Keep: []string{}}}
	back.Lookup.With = k.given(op, u.Write, u.With, u.Head(), func(text source.Text, want formula.Type) string {
		f, problems := k.scope.CompileAt(i, text, want, own)
		k.behind(f, problems, text, i, st.Code.Value)
		return text.Value
	})
	n.Lookup.Undo = back.Key
	k.undos = append(k.undos, back)
}

// withdraw makes the node that withdraws what a step has started. It stands behind the graph too.
func (k *compiler) withdraw(st *catalog.Step, n *plan.Node) {
	if st.Undo == nil || !st.Undo.Withdraw {
		return
	}
	n.Start.Undo = st.Code.Value + catalog.UndoSuffix
	k.undos = append(k.undos, plan.Node{Key: n.Start.Undo, Step: st.Code.Value, Kind: plan.Undo, When: n.When, Withdraw: &plan.WithdrawNode{Service: st.Start.Value}})
}

// arguments compiles named formulas; want gives the type of each, or nil where each has its own.
func (k *compiler) arguments(i int, with source.Map[source.Text], want func(name string) formula.Type) []plan.Argument {
	out := []plan.Argument{}
	for j := range with.Entries {
		e := &with.Entries[j]
		var t formula.Type
		if want != nil {
			t = want(e.Key.Value)
		}
		f, problems := k.scope.CompileAt(i, e.Value, t)
		k.read(f, problems, e.Value, i)
		if f != nil {
			out = append(out, plan.Argument{Name: e.Key.Value, Formula: e.Value.Value, Kind: kindName(f.Type().Kind)})
		}
	}
	return out
}

// fields are the form of a service that is started.
func (k *compiler) fields(i int, st *catalog.Step) []plan.Argument {
	other := k.c.Service(st.Start.Value)
	if other == nil {
		k.unknown("service", st.Start)
		return []plan.Argument{}
	}
	return k.arguments(i, st.With, func(name string) formula.Type {
		_, f := other.Field(name)
		if f == nil {
			return formula.Type{}
		}
		return typeOf(f)
	})
}

// person makes the formula of a national number of one that names a person.
func (k *compiler) person(i int, who source.Text) string {
	if who.IsZero() {
		return ""
	}
	f, problems := k.scope.CompileAt(i, who, formula.Type{})
	k.read(f, problems, who, i)
	if f == nil {
		return who.Value
	}
	switch t := f.Type(); t.Kind {
	case formula.KindText:
	case formula.KindObject:
		k.needs[who.Value+".nationalNumber"] = true
		return "(" + who.Value + ").nationalNumber"
	default:
		k.add("no-person", who.Range(), "this gives {got} and names nobody", "got", t.Said())
	}
	return who.Value
}

func (k *compiler) pay(i int, st *catalog.Step, n *plan.Node) {
	n.Kind, n.Pay = plan.Pay, &plan.PayNode{
		Fees: []string{}, Clock: k.clock(i, &st.Within), Share: st.Share.Percent, Rest: st.Share.Value == catalog.RestWord,
	}
	for _, fee := range st.Pay {
		if k.s.Fee(fee.Value) == nil {
			k.unknown("fee", fee)
		}
		n.Pay.Fees = append(n.Pay.Fees, fee.Value)
	}
	if x := st.Instalments; x != nil {
		n.Pay.Instalments = &plan.Instalments{Count: x.Count, Every: span(x.Every), Missed: x.Missed.Value}
	}
}

func (k *compiler) invite(i int, st *catalog.Step, n *plan.Node) {
	n.Kind, n.Invite = plan.Invite, &plan.InviteNode{
		Whom: st.Invite.Value, Form: k.ownForm(i, st), Decisions: k.decisions(i, st), Result: st.Code.Value, Clock: k.clock(i, &st.Within),
	}
	if t := st.Triage; t != nil {
		n.Invite.Triage = &plan.Triage{Role: t.By.Value}
		for _, field := range t.Publish {
			n.Invite.Triage.Publish = append(n.Invite.Triage.Publish, field.Value)
		}
	}
	switch st.Invite.Value {
	case catalog.ApplicantPlace, catalog.PublicInvited:
	default:
		n.Invite.Whom, n.Invite.Person = "person", k.person(i, st.Invite)
	}
	if st.Invite.Value != catalog.PublicInvited && len(n.Invite.Decisions) == 0 {
		n.Invite.Decisions = []plan.Decision{{Action: catalog.SubmitOutcome}}
	}
}

func (k *compiler) wait(i int, st *catalog.Step, n *plan.Node) {
	w := st.Wait
	n.Kind, n.Wait = plan.Wait, &plan.WaitNode{
		Until: k.formula(i, w.Until, day), For: spanOf(w.For), Event: w.Event.Value, About: k.formula(i, w.About, words), Clock: k.clock(i, &st.Within),
	}
	if w.Has("event") {
		n.Wait.Result = st.Code.Value
		if k.c.Event(w.Event.Value) == nil {
			k.unknown("event", w.Event)
		}
	}
}

func (k *compiler) right(i int, st *catalog.Step, n *plan.Node) {
	r := &plan.RightNode{Right: st.Grant.Value, Change: "granted", Result: st.Code.Value, Terms: []plan.Argument{}}
	if st.Kind() == catalog.ChangeStep {
		r.Right, r.Change = st.Change.Value, st.To.Value
	}
	if k.c.Right(r.Right) == nil {
		k.unknown("right", granted(st))
	}
	for _, a := range k.arguments(i, st.With, func(name string) formula.Type { return k.c.TermType(st, name) }) {
		if a.Name == catalog.NumberTerm {
			r.Of = a.Formula
		} else {
			r.Terms = append(r.Terms, a)
		}
	}
	if r.Of == "" && st.Kind() == catalog.ChangeStep {
		k.add("missing-term", headOf(st), "{right} needs the term {name}", "right", r.Right, "name", catalog.NumberTerm)
	}
	n.Kind, n.Right = plan.Right, r
}

// granted is the right that a step grants or changes, as it is written.
func granted(st *catalog.Step) source.Text {
	if st.Kind() == catalog.ChangeStep {
		return st.Change
	}
	return st.Grant
}

// headOf is where the arguments of a step stand, or would.
func headOf(st *catalog.Step) diag.Range {
	if st.Has("with") {
		return st.KeyRange("with")
	}
	return st.KeyRange(string(st.Kind()))
}

// fork makes the branches that run beside each other.
func (k *compiler) fork(i int, st *catalog.Step, n *plan.Node) {
	f := k.scope.Flow
	n.Kind, n.Fork = plan.Fork, &plan.ForkNode{Need: need(st)}
	for a := range f.Areas {
		area := &f.Areas[a]
		if area.Fork != i {
			continue
		}
		b := plan.Branch{Key: area.Code(), Entry: area.Entry}
		if area.Branch != nil {
			b.When = k.formula(i, area.Branch.When, yesNo)
		} else {
			e := area.Each
			n.Fork.Each = &plan.Each{Item: e.Item.Value, Number: e.Number(), List: k.formula(i, e.In, formula.Type{Kind: formula.KindList}), AtMost: e.AtMost}
		}
		n.Fork.Branches = append(n.Fork.Branches, b)
	}
}

// need is how many branches in favour are needed, 0 for all.
func need(st *catalog.Step) int {
	if st.Until.Value == "any" {
		return 1
	}
	n := 0
	for _, c := range st.Until.Value {
		if c < '0' || c > '9' || n > 1000 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

// round makes the round of the service.
func (k *compiler) round(r *catalog.Round) {
	at := k.scope.Flow.Start
	for st := range k.s.AllSteps() {
		if i := k.scope.Flow.At(st); i >= 0 && st.Kind() == catalog.PlaceStep {
			at = i
		}
	}
	number := formula.Type{Kind: formula.KindDecimal}
	out := &plan.Round{
		Opens: r.Opens.Value, Closes: r.Closes.Value, Rank: k.formula(at, r.Rank, number), Tie: k.formula(at, r.Tie, number),
		Places: r.Places, Reserve: r.Reserve, Accept: spanOf(r.Accept),
	}
	for j := range r.Quota.Entries {
		q := &r.Quota.Entries[j]
		out.Quotas = append(out.Quotas, plan.Quota{Code: q.Key.Value, When: k.formula(at, q.Value.When, yesNo), Places: q.Value.Places})
	}
	k.plan.Round = out
}

// typeOf is the type of a field as formulas read it.
func typeOf(f *catalog.Field) formula.Type { return formula.Type{Kind: f.Kind()} }
