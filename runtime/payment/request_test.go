package payment_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/workflows/activity"
)

func TestARefundByRequestNeedsTwoOfficersAndGivesBackOnlyWhatIsLeft(t *testing.T) {
	w := newWorld(t)
	application, p, _ := w.paid() // renewal 250.00, late 30.00
	amal, basem, mine := uuid.New(), uuid.New(), []string{"transport"}
	request := func(authorities []string, reason string, fees ...string) (uuid.UUID, error) {
		return w.desk.RequestRefund(t.Context(), authorities, p.ID, fees, reason, amal)
	}
	unpaidApplication, unpaid := w.assess()
	for name, c := range map[string]struct {
		err  error
		want error
	}{
		"another authority": {second(request([]string{"health"}, "x", "late")), payment.ErrNotFound},
		"no reason":         {second(request(mine, " ", "late")), proposal.ErrReason},
		"no fee":            {second(request(mine, "x")), payment.ErrNothing},
		"an unknown fee":    {second(request(mine, "x", "other")), payment.ErrNothing},
		"not paid":          {second(w.desk.RequestRefund(t.Context(), mine, unpaid.ID, []string{"late"}, "x", amal)), payment.ErrNothing},
		"no payment":        {second(w.desk.RequestRefund(t.Context(), mine, uuid.New(), []string{"late"}, "x", amal)), payment.ErrNotFound},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v; want %v", name, c.err, c.want)
		}
	}
	if list, err := w.desk.Refundable(t.Context(), unpaidApplication); err != nil || len(list) > 0 {
		t.Errorf("refundable of what was not paid: %v, %v", list, err)
	}
	id, err := request(mine, "charged by an old tariff", "late")
	w.must(err)
	if _, err := request(mine, "again", "late"); !errors.Is(err, proposal.ErrProposed) {
		t.Errorf("requested twice: %v", err)
	}
	decide := func(id uuid.UUID, approve bool, by uuid.UUID) error {
		return w.desk.DecideRefund(t.Context(), mine, id, approve, by)
	}
	if err := decide(id, true, amal); !errors.Is(err, proposal.ErrOwn) {
		t.Errorf("approved by who has requested it: %v", err)
	}
	if err := w.desk.DecideRefund(t.Context(), []string{"health"}, id, true, basem); !errors.Is(err, proposal.ErrNotFound) {
		t.Errorf("approved by another authority: %v", err)
	}
	if waiting, err := w.desk.RefundRequests(t.Context(), mine); err != nil || len(waiting) != 1 || waiting[0].ID != id || waiting[0].Reason != "charged by an old tariff" {
		t.Errorf("waiting %+v, %v", waiting, err)
	}
	w.must(decide(id, true, basem))
	if err := decide(id, false, basem); !errors.Is(err, proposal.ErrDecided) {
		t.Errorf("decided twice: %v", err)
	}
	w.deliverRefunds()
	if v := w.view(application); v.Status != payment.Refunded || v.Refunded != 3000 || w.bank.holds() != 25000 || w.cleared() != 25000 || w.balance(ledger.Revenue("transport", "late")) != -3000 { // of the one that is due
		t.Errorf("%s with %d back, the bank holds %d", v.Status, v.Refunded, w.bank.holds())
	}
	if _, err := request(mine, "the same again", "late"); !errors.Is(err, payment.ErrNothing) {
		t.Errorf("requested what went back: %v", err)
	}
	if list, err := w.desk.Refundable(t.Context(), application); err != nil || len(list) != 1 || list[0].Payment != p.ID || len(list[0].Lines) != 1 || list[0].Lines[0].Amount != 25000 {
		t.Errorf("refundable %+v, %v", list, err)
	}

	// What goes back by an ending, while a request waits, does not go back by the request.
	id, err = request(mine, "withdrawn too late", "renewal")
	w.must(err)
	w.tx(func(tx pgx.Tx) error {
		return w.desk.Refund(t.Context(), tx, application, "refused", []activity.LineRefund{{Fee: "renewal", What: "all"}}, w.now)
	})
	if err := decide(id, true, basem); !errors.Is(err, payment.ErrNothing) {
		t.Errorf("went back by its ending: %v", err)
	}
	w.must(decide(id, false, amal)) // taken back
	w.deliverRefunds()
	if w.bank.holds() != 0 || w.cleared() != 0 || w.bank.refunds != 2 {
		t.Errorf("the bank holds %d after %d refunds", w.bank.holds(), w.bank.refunds)
	}
	all, err := w.desk.RefundRequestsOf(t.Context(), application)
	if err != nil || len(all) != 2 {
		t.Errorf("requests %+v, %v", all, err)
	}
}

func second(_ uuid.UUID, err error) error { return err }
