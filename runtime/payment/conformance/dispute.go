package conformance

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/workflows/activity"
)

func disputes(t *testing.T, s *Side) {
	c := s.paid(t, order(1000))
	if err := s.Provider.Refund(t.Context(), uuid.NewString(), c.ID, formula.Money{Minor: 300, Currency: currency}); err != nil {
		t.Fatal(err)
	}
	id := s.Dispute(c.ID)
	stands := func(want string) {
		t.Helper()
		got := must[provider.Dispute](t)(s.Provider.AskDispute(t.Context(), id))
		if got.ID != id || got.Checkout != c.ID || got.Status != want || !got.Taken || got.Reason == "" || got.Amount != (formula.Money{Minor: 700, Currency: currency}) {
			t.Errorf("stands %+v, want %s of what was left", got, want)
		}
	}
	stands(provider.DisputeTaken)
	body := s.DisputeReport(id)
	if r, err := s.Provider.Read(body, s.Sign(body, time.Now(), "")); err != nil || r.Dispute != id || r.Checkout != nil || r.Payout != nil {
		t.Errorf("reported %+v, %v", r, err)
	}
	refusedForGood(t, "of what was taken back", s.Provider.Refund(t.Context(), uuid.NewString(), c.ID, formula.Money{Minor: 1, Currency: currency}))
	s.Decide(id, true)
	stands(provider.DisputeWon)
	if err := s.Provider.Refund(t.Context(), uuid.NewString(), c.ID, formula.Money{Minor: 100, Currency: currency}); err != nil || s.GivenBack(c.ID) != 400 {
		t.Errorf("after it was won: %v, %d went back", err, s.GivenBack(c.ID))
	}
	lost := s.Dispute(s.paid(t, order(1000)).ID)
	s.Decide(lost, false)
	if got := must[provider.Dispute](t)(s.Provider.AskDispute(t.Context(), lost)); got.Status != provider.DisputeLost {
		t.Errorf("stands %+v, want lost", got)
	}
	_, err := s.Provider.AskDispute(t.Context(), "nothing-of-that-name")
	refusedForGood(t, "a dispute that is none", err)
}

// apart is what is in dispute in the book of an authority, and owed what applicants owe it.
func (o *office) apart(authority string, disputed, owed int64) {
	o.Helper()
	book := ledger.New(o.pool)
	if got := must[map[string]int64](o.T)(book.Balance(o.Context(), ledger.InDispute(authority)))[currency]; got != disputed {
		o.Errorf("%s has %d in dispute, want %d", authority, got, disputed)
	}
	if got := must[map[string]int64](o.T)(book.Balance(o.Context(), ledger.Receivable(authority)))[currency]; got != owed {
		o.Errorf("%s is owed %d, want %d", authority, got, owed)
	}
}

// many brings reports at once, each several times, with forged ones between them.
func (o *office) many(bodies ...[]byte) {
	o.Helper()
	var all sync.WaitGroup
	for i := range 4 * len(bodies) {
		all.Go(func() {
			body := bodies[i%len(bodies)]
			if status := o.reported(body, o.Sign(body, time.Now(), "another")); status != http.StatusUnauthorized {
				o.Errorf("forged: %d", status)
			}
			if status := o.reported(body, o.Sign(body, time.Now(), "")); status != http.StatusOK {
				o.Errorf("%d", status)
			}
		})
	}
	all.Wait()
}

func deskDisputes(t *testing.T, s *Side) {
	o := newOffice(t, s)
	id := o.checkout()
	s.Pay(id)
	paid := s.Report(id)
	won := s.Dispute(id)
	raised := s.DisputeReport(won)
	o.many(raised) // it is heard of before the payment is
	o.holds(0)
	o.apart("transport", 28000, 0)
	if v := o.view(); v.Status != payment.Paid || v.Disputed != provider.DisputeTaken {
		t.Errorf("payment %+v", v)
	}
	waits := func(kind payment.IncidentKind, n int) payment.Incident {
		t.Helper()
		list := must[[]payment.Incident](t)(o.desk.Incidents(t.Context(), []string{"transport"}, 10))
		if len(list) != n || n > 0 && (list[0].Kind != kind || list[0].Amount != 28000) {
			t.Fatalf("waiting for an operator: %+v", list)
		}
		if n == 0 {
			return payment.Incident{}
		}
		return list[0]
	}
	if i := waits(payment.Disputed, 1); len(i.Actions()) != 0 {
		t.Errorf("an operator decides it: %v", i.Actions())
	}
	s.Decide(won, true)
	o.many(s.DisputeReport(won), raised, paid)
	o.took()
	o.apart("transport", 0, 0)
	waits("", 0)

	lost := s.Dispute(id)
	s.Decide(lost, false) // of which is heard at once, and in the other order
	if n := must[int](t)(o.desk.ReconcileDisputes(t.Context())); n != 0 {
		t.Errorf("%d disputes were over that nobody had heard of", n)
	}
	o.many(s.DisputeReport(lost), raised)
	o.holds(0)
	o.apart("transport", 0, 28000)
	i := waits(payment.DisputeLost, 1)
	if v := o.view(); v.Disputed != payment.Gone {
		t.Errorf("what is owed again stands as %q", v.Disputed)
	}
	var officers [2]uuid.UUID
	for n := range officers {
		err := o.pool.QueryRow(t.Context(), "INSERT INTO person (id, issuer, subject, facts) VALUES ($1, 'i', $2, '{}') RETURNING id", uuid.New(), strconv.Itoa(n)).Scan(&officers[n])
		if err != nil {
			t.Fatal(err)
		}
	}
	mine := []string{"transport"}
	asks := func(authorities []string, reason string) error {
		return o.desk.Forgo(t.Context(), authorities, o.application, i.ID, reason, officers[0])
	}
	decides := func(approve bool, by uuid.UUID) error {
		waiting := waits(payment.DisputeLost, 1)
		if waiting.Forgoing == nil {
			t.Fatalf("nothing was proposed: %+v", waiting)
		}
		return o.desk.DecideForgoing(t.Context(), mine, o.application, waiting.Forgoing.ID, approve, by)
	}
	act := payment.IncidentAct{Application: o.application, Incident: i.ID, Authorities: mine, Officer: officers[0], Action: payment.IncidentForgo, Reason: "alone"}
	byHand := act
	byHand.Action = payment.IncidentByHand
	for _, c := range []struct {
		name      string
		got, want error
	}{
		{"without a reason", asks(mine, " "), proposal.ErrReason},
		{"by another authority", asks([]string{"health"}, "why"), payment.ErrNotFound},
		{"by one officer alone", o.desk.ActOnIncident(t.Context(), act), payment.ErrNotDue},
		{"proposed", asks(mine, "mistaken"), nil},
		{"proposed twice", asks(mine, "again"), proposal.ErrProposed},
		{"taken back", decides(false, officers[0]), nil},
		{"proposed anew", asks(mine, "the applicant has died"), nil},
		{"approved by who has proposed it", decides(true, officers[0]), proposal.ErrOwn},
		{"settled by hand meanwhile", o.desk.ActOnIncident(t.Context(), byHand), payment.ErrNotDue},
	} {
		if !errors.Is(c.got, c.want) {
			t.Errorf("let go %s: %v; want %v", c.name, c.got, c.want)
		}
	}
	o.apart("transport", 0, 28000)
	if err := decides(true, officers[1]); err != nil {
		t.Fatal(err)
	}
	o.apart("transport", 0, 0)
	waits("", 0)
	if v := o.view(); v.Status != payment.Paid || v.Disputed != payment.Borne {
		t.Errorf("payment %+v", v)
	}
	err := postgres.InTx(t.Context(), o.pool, func(tx pgx.Tx) error {
		erased, err := o.desk.Erase(t.Context(), tx, o.application)
		if err == nil && !erased {
			err = errors.New("something is open still")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range must[[]proposal.Proposal](t)(proposal.About(t.Context(), o.pool, []proposal.Kind{payment.Forgoing}, []uuid.UUID{i.ID})) {
		if p.Reason != proposal.Erased {
			t.Errorf("what an officer wrote outlives the application: %q", p.Reason)
		}
	}
}

func deskDisputesJointly(t *testing.T, s *Side) {
	o := newOffice(t, s)
	second := o.assessed("land", 5000)
	texts := map[string]string{"ar": "رسوم", "en": "Fees"}
	must[string](t)(o.desk.CheckoutJointly(t.Context(), payment.JointRequest{ReturnURL: "https://portal.example/back", Language: "ar",
		Lines: []payment.JointLine{{Payment: o.due.ID, Description: texts}, {Payment: second, Description: texts}}}))
	var id string
	if err := o.pool.QueryRow(t.Context(), "SELECT checkout FROM payment WHERE id = $1", second).Scan(&id); err != nil {
		t.Fatal(err)
	}
	s.Pay(id)
	dispute := s.Dispute(id)
	o.many(s.DisputeReport(dispute), s.Report(id))
	o.holds(0)
	o.apart("transport", 28000, 0)
	o.apart("land", 5000, 0)
	s.Decide(dispute, false)
	if n := must[int](t)(o.desk.ReconcileDisputes(t.Context())); n != 1 {
		t.Errorf("%d disputes turned out to be over, want 1", n)
	}
	o.apart("transport", 0, 28000)
	o.apart("land", 0, 5000)
}

// assessed opens a payment of another application.
func (o *office) assessed(authority string, minor int64) (id uuid.UUID) {
	o.Helper()
	application := uuid.New()
	o.tx(func(tx pgx.Tx) error {
		return o.desk.Assess(o.Context(), tx, payment.AssessRequest{Application: application, Authority: authority, Node: "pay", Visit: 1, At: time.Now(), Assessment: activity.Assessment{
			Currency: currency, Lines: []activity.Line{{Fee: "deed", Amount: minor}}, Total: minor, Tariff: "deeds@2026-01-01",
		}})
	})
	return must[[]payment.View](o.T)(o.desk.OfApplication(o.Context(), application))[0].ID
}
