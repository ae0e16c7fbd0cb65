package payment_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// operator is a person who may be written down as the one who has settled something.
func (w *world) operator() (id uuid.UUID) {
	w.Helper()
	w.must(w.pool.QueryRow(w.Context(), `INSERT INTO person (id, issuer, subject, facts) VALUES (gen_random_uuid(), 'i', gen_random_uuid()::text, '{}') RETURNING id`).Scan(&id))
	return id
}

// asked is the one open incident of an application.
func (w *world) asked(application uuid.UUID, kind payment.IncidentKind) (open payment.Incident) {
	w.Helper()
	all, err := w.desk.IncidentsOf(w.Context(), application)
	w.must(err)
	n := 0
	for _, i := range all {
		if i.ClosedAt == nil {
			open = i
			n++
		}
	}
	if n != 1 || open.Kind != kind {
		w.Fatalf("%d incidents are open, want one %s: %+v", n, kind, all)
	}
	return open
}

func (w *world) seesTo(i payment.Incident, officer uuid.UUID, action, reason string) error {
	return w.desk.ActOnIncident(w.Context(), payment.IncidentAct{Application: i.Application, Incident: i.ID, Authorities: []string{i.Authority}, Officer: officer, Action: action, Reason: reason})
}

func (w *world) waiting(authority string) int {
	w.Helper()
	n, err := w.desk.CountIncidents(w.Context(), []string{authority})
	w.must(err)
	return n
}

func TestARefundThatIsRefusedForGoodWaitsForAnOperatorWhoTriesAgainOrSettlesItByHand(t *testing.T) {
	w := newWorld(t)
	officer := w.operator()
	for _, action := range []string{payment.IncidentRetry, payment.IncidentByHand} {
		application, _, _ := w.paid()
		w.bank.refuse = 1
		w.tx(func(tx pgx.Tx) error {
			return w.desk.Refund(t.Context(), tx, application, "refused", []activity.LineRefund{{Fee: "renewal", What: "all"}}, w.now)
		})
		w.deliverRefunds()
		w.deliverRefunds() // what has been refused is not asked for again until somebody says so
		i := w.asked(application, payment.RefundRefused)
		if i.Amount != 25000 || i.Failure != "card-closed" || i.Authority != "transport" || w.waiting("transport") != 1 || w.waiting("health") != 0 || w.balance(ledger.Refunds("transport")) != -25000 {
			t.Fatalf("%+v, %d wait", i, w.waiting("transport"))
		}
		if err := w.desk.ActOnIncident(t.Context(), payment.IncidentAct{Application: application, Incident: i.ID, Authorities: []string{"health"}, Officer: officer, Action: action, Reason: "r"}); !errors.Is(err, payment.ErrNotFound) {
			t.Errorf("another authority's operator: %v", err)
		}
		if err := w.seesTo(i, officer, payment.IncidentByHand, " "); !errors.Is(err, payment.ErrNoReason) {
			t.Errorf("by hand, and nobody knows how: %v", err)
		}
		w.must(w.seesTo(i, officer, action, "transfer 77"))
		if err := w.seesTo(i, officer, action, "transfer 77"); !errors.Is(err, payment.ErrNotDue) {
			t.Errorf("a second time: %v", err)
		}
		w.deliverRefunds()
		if v := w.view(application); v.Status != payment.Refunded || w.waiting("transport") != 0 || w.balance(ledger.Refunds("transport")) != 0 || w.cleared() != w.bank.holds() {
			t.Errorf("%s: %+v, owed %d, clearing %d, the bank holds %d", action, v, w.balance(ledger.Refunds("transport")), w.cleared(), w.bank.holds())
		}
	}
	if w.bank.refunds != 1 || w.balance(ledger.ByHand("transport")) != -25000 {
		t.Errorf("the bank has refunded %d times, by hand %d", w.bank.refunds, w.balance(ledger.ByHand("transport")))
	}
}

func TestAPayoutThatComesBackIsOwedUntilItIsPaidAnew(t *testing.T) {
	w := newWorld(t)
	officer := w.operator()
	arrives := func() {
		t.Helper()
		for _, body := range w.bank.arrive() {
			w.callback(body)
		}
	}
	paid := func() (uuid.UUID, payment.Payout) {
		t.Helper()
		application := uuid.New()
		p := w.payOut(application, 1, account)
		w.must(w.send(p))
		arrives()
		return application, p
	}
	application, p := paid()
	told := w.acted("paidOut")
	for _, body := range w.bank.comeBack(p.ID.String()) {
		for range 3 {
			w.callback(body)
		}
	}
	i := w.asked(application, payment.PayoutReturned)
	if got := w.payouts(application)[0]; got.Status != payment.PayoutBack || !got.Asks || i.Failure != "recipient-unknown" || w.balance(ledger.Payable("social")) != -7500 || w.cleared() != w.bank.holds() {
		t.Fatalf("%+v, payable %d", got, w.balance(ledger.Payable("social")))
	}

	// Tried again to an account that turns out to be closed, it waits for an operator anew; then it arrives, once, and no step hears of it.
	w.must(w.desk.GiveAccount(t.Context(), application, p.ID, closed))
	w.must(w.seesTo(i, officer, payment.IncidentRetry, ""))
	again := w.payouts(application)[1]
	w.must(w.send(again))
	arrives()
	i = w.asked(application, payment.PayoutReturned)
	if w.balance(ledger.Payable("social")) != -7500 || i.Failure != "account-closed" {
		t.Errorf("payable %d, %+v", w.balance(ledger.Payable("social")), i)
	}
	w.must(w.desk.GiveAccount(t.Context(), application, again.ID, account))
	w.must(w.seesTo(i, officer, payment.IncidentRetry, ""))
	last := w.payouts(application)[2]
	w.must(w.send(last))
	arrives()
	if got := w.payouts(application); got[2].Status != payment.PayoutPaid || w.bank.paidOut("") != 7500 || w.balance(ledger.Payable("social")) != 0 || w.balance(ledger.Expense("social", "aid")) != 7500 ||
		w.cleared() != w.bank.holds() || w.acted("paidOut") != told || w.acted("failed") != 0 || w.waiting("social") != 0 {
		t.Errorf("%+v, paid out %d, payable %d, %d acts", got, w.bank.paidOut(""), w.balance(ledger.Payable("social")), w.acted("paidOut"))
	}

	// Another one is paid by hand.
	other, p := paid()
	for _, body := range w.bank.comeBack(p.ID.String()) {
		w.callback(body)
	}
	w.must(w.seesTo(w.asked(other, payment.PayoutReturned), officer, payment.IncidentByHand, "in cash, receipt 8"))
	if got := w.payouts(other); len(got) != 1 || got[0].Status != payment.PayoutByHand || w.balance(ledger.Payable("social")) != 0 || w.balance(ledger.ByHand("social")) != -7500 || w.balance(ledger.Expense("social", "aid")) != 15000 {
		t.Errorf("%+v, payable %d, by hand %d", got, w.balance(ledger.Payable("social")), w.balance(ledger.ByHand("social")))
	}
}

// withdrawing enters something, pays out, and takes back what was entered when it is withdrawn.
func withdrawing(t *testing.T) *machine.Program {
	t.Helper()
	write := func(key, takesBack string) *plan.LookupNode {
		return &plan.LookupNode{Registry: "shops", Operation: key, Undo: takesBack}
	}
	p, err := machine.Load(&plan.Plan{
		Format: plan.Format, Service: "s", Authority: "social", Currency: "ILS", Zone: "Asia/Hebron",
		Nodes: []plan.Node{
			{Key: "entry", Step: "entry", Kind: plan.Write, Lookup: write("enter", "entry/undo")},
			{Key: "aid", Step: "aid", Kind: plan.PayOut, PayOut: &plan.PayOutNode{Amount: `money("75.00 ILS")`, Account: `"` + account + `"`}},
			{Key: "end/completed", Kind: plan.End, End: &plan.EndNode{Outcome: "completed"}},
			{Key: "end/withdrawn", Kind: plan.End, End: &plan.EndNode{Outcome: "withdrawn", Undo: true}},
			{Key: "entry/undo", Step: "entry", Kind: plan.Undo, Lookup: write("remove", "")},
		},
		Edges:    []plan.Edge{{From: 0, To: 1, On: "written"}, {From: 1, To: 2, On: "paidOut"}},
		Withdraw: 3,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAWithdrawalWithUndoWhileAPayoutIsUnderWayLosesNothingAndDoublesNothing(t *testing.T) {
	for name, late := range map[string]bool{"it is paid before the withdrawal is known": false, "it is paid while the entry is taken back": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			l := &life{village: &village{world: w, waiting: new(int)}, p: withdrawing(t), id: uuid.New()}
			w.desk.Acts = told{l.waiting}
			took := func(e machine.Event) {
				t.Helper()
				if refusal := l.take(e); refusal != "" {
					t.Fatal(refusal)
				}
			}
			answered := func(node string, visit int) {
				t.Helper()
				took(machine.Event{Answer: &machine.LookupAnswer{Node: node, Visit: visit, Answer: activity.Answer{Facts: l.facts(), Found: true}}})
			}
			arrives := func() {
				t.Helper()
				for _, body := range w.bank.arrive() {
					w.callback(body)
				}
			}
			took(machine.Event{Start: &activity.Start{Application: l.id.String(), Applicant: "P1", Facts: l.facts()}})
			answered("entry", 1)
			p := w.payouts(l.id)[0]
			w.must(w.send(p))
			if !late {
				arrives() // the act that tells of it waits in the outbox
			}
			took(machine.Event{Act: &activity.Act{Facts: l.facts(), Action: machine.Withdraw, Actor: "P1", Capacities: []string{"applicant"}}})
			if late {
				arrives()
			}
			l.acts()
			answered("entry/undo", 1)
			if l.s.Outcome != "withdrawn" || len(l.s.Written) != 0 {
				t.Fatalf("%s %q, still entered: %v", l.s.Status, l.s.Outcome, l.s.Written)
			}
			i := w.asked(l.id, payment.PayoutUnwanted)
			if w.bank.paidOut("") != 7500 || w.cleared() != -7500 || w.balance(ledger.Payable("social")) != 0 || w.balance(ledger.Expense("social", "aid")) != 7500 {
				t.Errorf("paid out %d, payable %d", w.bank.paidOut(""), w.balance(ledger.Payable("social")))
			}
			if err := w.seesTo(i, w.operator(), payment.IncidentRetry, ""); !errors.Is(err, payment.ErrNotDue) {
				t.Errorf("it is paid again: %v", err)
			}
			w.must(w.seesTo(i, w.operator(), payment.IncidentByHand, "repaid, receipt 9"))
			if w.balance(ledger.Expense("social", "aid")) != 0 || w.balance(ledger.ByHand("social")) != 7500 || len(w.payouts(l.id)) != 1 {
				t.Errorf("expense %d, by hand %d", w.balance(ledger.Expense("social", "aid")), w.balance(ledger.ByHand("social")))
			}
		})
	}
}
