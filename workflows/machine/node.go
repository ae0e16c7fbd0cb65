package machine

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// node is a plan's node made ready.
type node struct {
	*plan.Node
	edges []edge
	rungs []rung

	arguments []plan.Argument // of what is asked, written or computed
	with      []*expression   // their formulas
	keep      []string        // fields of the answer that the machine keeps
	answered  string          // the outcome where there is one only

	role     string        // capacity of the officers who may act; of a review whose authority the application names, the role alone
	actions  []string      // decisions that are offered
	comments []string      // decisions that need a comment
	whens    []*expression // conditions of decisions or of a fork's branches, nil = always; none where no decision has one

	fees    []*fee      // of a payment
	list    *expression // of a fork with a branch for each item
	about   *expression // the person or the thing that it is about
	of      *expression // the right that is changed, or the authority whose officers decide
	until   *expression // of a wait
	amount  *expression // of money that is paid out
	account *expression // to which

	undo  int      // of a write: the node that takes it back, -1 = none
	takes int      // of such a node: the write and 1
	skips Skipping // what becomes of it when an operator skips it
}

var errMissing = errors.New("the node is without what its kind needs")

// loadNode checks and compiles what a node of its kind needs.
func (p *Program) loadNode(c *compiler, n *plan.Node) (node, error) {
	out := node{Node: n, undo: -1}
	if !n.Whole() {
		return out, errMissing
	}
	p.awaits = p.awaits || awaited(n)
	if root := n.Root(); root != "" && !slices.Contains(p.results, root) {
		p.results = append(p.results, root)
	}
	for _, load := range []func(*compiler, *plan.Node, *node) error{p.loadAsked, p.loadPerson, p.loadMoney, p.loadTime, p.loadRegion} {
		if err := load(c, n, &out); err != nil {
			return out, err
		}
	}
	var err error
	out.rungs, err = loadClock(c, n.Clock(), n.When)
	return out, err
}

// loadAsked loads what is asked, written, computed or shown.
func (p *Program) loadAsked(c *compiler, n *plan.Node, out *node) (err error) {
	switch n.Kind {
	case plan.Undo:
		out.answered = undone
		if n.Lookup != nil {
			out.arguments, out.keep = n.Lookup.With, n.Lookup.Keep
		} else {
			out.answered = withdrawn
		}
	case plan.Lookup, plan.Write:
		if n.Lookup.Result != "" && p.scope[n.Lookup.Result] == nil && n.Kind == plan.Lookup { // without, it is only asked whether it is there
			return errMissing
		}
		out.arguments, out.keep, out.answered = n.Lookup.With, n.Lookup.Keep, "found"
		if n.Kind == plan.Write {
			out.answered = "written"
		}
	case plan.Right:
		out.arguments, out.answered = n.Right.Terms, "changed"
		if out.of, err = c.optional(source{text: n.Right.Of, kind: "text"}, n.When); err != nil {
			return err
		}
	case plan.Start:
		out.arguments, out.answered = n.Start.With, "started"
		if out.about, err = c.optional(source{text: n.Start.About, kind: "text"}, n.When); err != nil {
			return err
		}
	case plan.Draw:
		out.answered = "drawn"
		for _, ch := range n.Draw.Channels {
			if ch.Name == "" || ch.Weight < 1 || ch.Weight > mostUnits {
				return errors.New("a channel of a draw has a name and a weight of 1 to 9999")
			}
		}
	case plan.Compute:
		if p.scope[n.Compute.Result] == nil {
			return errMissing
		}
		out.arguments, out.answered = n.Compute.Values, "computed"
	case plan.Revoke:
		out.answered = "revoked"
	case plan.Answer:
		return p.loadRows(c, n.Answer.Rows, n.When, false)
	}
	if n.Kind == plan.Right || n.Kind == plan.Start || n.Kind == plan.Draw {
		for _, f := range p.scope[n.Root()] {
			out.keep = append(out.keep, f.Name)
		}
		if n.Kind == plan.Draw && !slices.Contains(out.keep, "channel") {
			out.keep = append(out.keep, "channel")
		}
	}
	for _, a := range out.arguments {
		e, err := c.compile(source{text: a.Formula, kind: a.Kind}, n.When)
		if err != nil {
			return err
		}
		out.with = append(out.with, e)
	}
	return nil
}

// loadPerson loads who is asked for what.
func (p *Program) loadPerson(c *compiler, n *plan.Node, out *node) (err error) {
	switch n.Kind {
	case plan.Review:
		if out.of, err = c.optional(source{text: n.Review.Of, kind: "text"}, n.When); err != nil {
			return err
		}
		switch {
		case out.of == nil:
			out.role = cmp.Or(n.Review.Authority, p.plan.Authority) + ":" + n.Review.Role
		case n.Review.Authority != "":
			return errors.New("the authority of a review is written or given by a formula, not both")
		default:
			out.role = n.Review.Role
		}
		if v := n.Review.Panel; v != nil {
			if _, ok := out.decision(v.Tie); !ok || v.Members < 1 || v.Quorum < 1 || v.Quorum > v.Members || v.Notice != nil && !measured(*v.Notice) {
				return errors.New("a panel has members, a quorum of them and a decision for a tie")
			}
		}
	case plan.Appointment:
		out.role = p.plan.Authority + ":" + n.Appointment.Role
	case plan.Invite:
		if out.about, err = c.optional(source{text: n.Invite.Person, kind: "text"}, n.When); err != nil {
			return err
		}
		if (n.Invite.Whom == Person) != (out.about != nil) {
			return errMissing
		}
	case plan.Notify:
		if out.about, err = c.optional(source{text: n.Notify.Person, kind: "text"}, n.When); err != nil {
			return err
		}
		if (n.Notify.Whom == Person) != (out.about != nil) || (n.Notify.Whom == "role") != (n.Notify.Role != "") {
			return errMissing
		}
		out.answered = "notified"
	}
	if err := checkDecisions(out.decisions()); err != nil {
		return err
	}
	for i, d := range out.decisions() {
		out.actions = append(out.actions, d.Action)
		if d.Comment {
			out.comments = append(out.comments, d.Action)
		}
		when, err := c.optional(source{text: d.When, kind: "bool"}, n.When)
		if err != nil {
			return err
		}
		if when != nil && out.whens == nil {
			out.whens = make([]*expression, len(out.decisions()))
		}
		if when != nil {
			out.whens[i] = when
		}
	}
	return nil
}

// loadMoney loads what is paid, paid out or settled.
func (p *Program) loadMoney(c *compiler, n *plan.Node, out *node) (err error) {
	switch n.Kind {
	case plan.Pay:
		for _, code := range n.Pay.Fees {
			f := p.fees[code]
			if f == nil {
				return fmt.Errorf("no such fee %q", code)
			}
			out.fees = append(out.fees, f)
		}
		slices.SortFunc(out.fees, func(a, b *fee) int { return a.order - b.order }) // lines are worked out in the plan's order
		if in := n.Pay.Instalments; in != nil && (in.Count < 2 || in.Count > mostUnits || !measured(in.Every) || in.Every.Unit == workingDays || in.Every.Unit == workingHours || in.Missed == "") {
			return errors.New("instalments are at least two, at intervals of the calendar, and something follows when one is missed")
		}
		if n.Pay.Share < 0 || n.Pay.Share > 100 {
			return errors.New("a share is 1 to 100 percent")
		}
	case plan.PayOut:
		out.answered = PaidOut
		if out.account, err = c.optional(source{text: n.PayOut.Account, kind: "text"}, n.When); err != nil {
			return err
		}
		if out.about, err = c.optional(source{text: n.PayOut.Person, kind: "text"}, n.When); err != nil {
			return err
		}
		out.amount, err = c.compile(source{text: n.PayOut.Amount, kind: "money"}, n.When)
		return err
	case plan.Settle:
		out.answered = "settled"
		for _, code := range n.Settle.Fees {
			if p.fees[code] == nil {
				return fmt.Errorf("no such fee %q", code)
			}
		}
	}
	return nil
}

// loadTime loads what a wait waits for.
func (p *Program) loadTime(c *compiler, n *plan.Node, out *node) (err error) {
	if n.Kind != plan.Wait {
		return nil
	}
	w := n.Wait
	if w.For != nil && !measured(*w.For) || w.For == nil && w.Until == "" && w.Event == "" {
		return errors.New("a wait is for a time, until a day or for an event")
	}
	if w.Event != "" && w.For == nil && w.Until == "" && len(w.Clock.Outcomes()) == 0 {
		return errors.New("a wait for an event ends some day, also where the event never comes")
	}
	if out.until, err = c.optional(source{text: w.Until, kind: "date"}, n.When); err != nil {
		return err
	}
	out.about, err = c.optional(source{text: w.About, kind: "text"}, n.When)
	return err
}

func (p *Program) loadRegion(c *compiler, n *plan.Node, out *node) error {
	if n.Kind != plan.Fork {
		return nil
	}
	return p.loadFork(c, n, out)
}

// checkDecisions refuses a limit that leads nowhere, or to another limit.
func checkDecisions(ds []plan.Decision) error {
	for _, d := range ds {
		if d.Action == "" {
			return errors.New("a decision without a name")
		}
		if d.AtMost == 0 {
			continue
		}
		i := slices.IndexFunc(ds, func(o plan.Decision) bool { return o.Action == d.Then })
		if i < 0 || ds[i].AtMost != 0 || d.AtMost < 0 {
			return fmt.Errorf("after the last %s comes no decision without a limit", d.Action)
		}
	}
	return nil
}

// outcomes are the ways in which the node can be left.
func (n *node) outcomes() []string {
	var out []string
	switch n.Kind {
	case plan.Lookup:
		out = []string{"found", "notFound"}
	case plan.Gate:
		out = []string{""}
	case plan.Pay:
		out = []string{Paid}
		if lapses(n.Pay) {
			out = append(out, n.Pay.Instalments.Missed)
		}
	case plan.Review, plan.Invite:
		out = n.actions
		if n.Kind == plan.Invite && n.Invite.Whom == Public {
			out = nil // the public only speaks; the end of the period leads on
		}
	case plan.Correct:
		out = []string{Submit}
	case plan.Issue:
		out = []string{"issued"}
	case plan.Answer:
		out = []string{"answered"}
	case plan.Fork:
		out = []string{allDone}
	case plan.Appointment:
		out = held
	case plan.Wait:
		if n.Wait.For != nil || n.Wait.Until != "" {
			out = append(out, timeOver)
		}
		if n.Wait.Event != "" {
			out = append(out, happened)
		}
	case plan.Place:
		out = places
	case plan.Start:
		out = []string{"started"}
		if n.Start.Wait {
			out = childEnds
		}
	case plan.Undo:
	default:
		if n.answered != "" {
			out = []string{n.answered}
		}
	}
	return append(slices.Clip(out), n.Clock().Outcomes()...)
}
