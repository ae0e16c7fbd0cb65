package payment_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/till"
)

// payAtBank lets banks and wallets say that bills were paid there: for another amount, for none, once more, of bills that are over too.
func (l *life) payAtBank() {
	for _, v := range l.dues() {
		if l.rnd.IntN(3) > 0 {
			b, err := l.desk.Bill(l.Context(), v.ID)
			l.ok(err)
			l.bills = append(l.bills, b.Reference)
		}
	}
	if len(l.bills) > 0 {
		l.notice(l.bills[l.rnd.IntN(len(l.bills))])
	}
	if len(l.noticed) > 0 && l.rnd.IntN(2) == 0 { // the bank has not heard the answer
		n := l.noticed[l.rnd.IntN(len(l.noticed))]
		_, err := l.desk.PayBill(l.Context(), n)
		l.ok(err)
		if l.rnd.IntN(2) == 0 {
			n.Request = uuid.NewString()
			l.paidBill(n)
		}
	}
}

func (l *life) notice(reference string) {
	payer := []string{"palbank", "wallet"}[l.rnd.IntN(2)]
	inquiry := uuid.NewString()
	b, err := l.desk.InquireBill(l.Context(), payer, inquiry, reference)
	l.ok(err)
	amount := b.Amount
	n := payment.BillNotice{Payer: payer, Request: uuid.NewString(), Reference: reference, Paid: uuid.NewString(), Amount: &amount}
	switch l.rnd.IntN(8) {
	case 0:
		amount.Minor += l.rnd.Int64N(3) - 1
	case 1:
		n.Amount, n.Inquiry = nil, inquiry
	case 2:
		n.Amount = nil
	case 3:
		n.Payer = "another"
	}
	l.paidBill(n)
}

// paidBill keeps what the bank keeps: what was taken, once for each of its own references.
func (l *life) paidBill(n payment.BillNotice) {
	n.Body = fmt.Append(nil, n.Request, n.Amount)
	result, err := l.desk.PayBill(l.Context(), n)
	l.ok(err)
	l.say("bill %s at %s: %s", n.Reference, n.Payer, result)
	l.happened("bill: %s", result)
	seen := false
	for _, before := range l.noticed {
		seen = seen || before.Paid == n.Paid && before.Payer == n.Payer
	}
	l.noticed = append(l.noticed, n)
	if result != payment.BillTaken || seen {
		return
	}
	var of uuid.UUID
	var amount int64
	l.ok(l.pool.QueryRow(l.Context(), "SELECT p.id, p.amount FROM bill b JOIN payment p ON p.id = b.payment WHERE b.reference = $1", n.Reference).Scan(&of, &amount))
	if n.Amount != nil && n.Amount.Minor != amount {
		l.fail("a bill of %d was taken as paid by %d", amount, n.Amount.Minor)
	}
	l.took[of] += amount
	l.banked += amount
}

// payAtTill lets the clerk take what is due; some press the button twice, and some hand over too little.
func (l *life) payAtTill() {
	for _, v := range l.dues() {
		k := till.Taking{ID: uuid.New(), Clerk: l.clerk, Payment: v.ID, Tendered: v.Amount + l.rnd.Int64N(6) - 1}
		for range 1 + l.rnd.IntN(2) {
			taken, err := l.tills.Take(l.Context(), k)
			switch {
			case errors.Is(err, till.ErrWaits) || k.Tendered < v.Amount && errors.Is(err, till.ErrTooLittle):
				continue
			case err != nil:
				l.ok(err)
			case k.Tendered < v.Amount || taken.Amount != v.Amount:
				l.fail("%d was taken of %d for %d", taken.Amount, k.Tendered, v.Amount)
			case l.took[v.ID] == 0:
				l.say("%d in cash for visit %d", taken.Amount, v.Visit)
				l.happened("till: taken")
				l.atTill(v.ID, v.Currency, taken.Amount)
				if l.rnd.IntN(2) == 0 {
					l.ok(l.tills.ProposeVoid(l.Context(), l.clerk, taken.ID, "the wrong person"))
					l.toVoid = &taken
				}
			}
		}
	}
}

func (l *life) atTill(of uuid.UUID, currency string, amount int64) {
	l.took[of] += amount
	l.holds[currency] += amount
}

// decideAtTill: a colleague lets the last payment be taken back, or declines it.
func (l *life) decideAtTill() {
	if l.toVoid == nil {
		return
	}
	k := *l.toVoid
	l.toVoid = nil
	list, err := l.tills.Proposals(l.Context(), l.drawer)
	l.ok(err)
	for _, p := range list {
		if p.Status != proposal.Proposed {
			continue
		}
		if l.rnd.IntN(3) > 0 {
			err := l.tills.Decide(l.Context(), []string{"town"}, p.ID, true, l.colleague)
			if err == nil {
				l.say("%d in cash was taken back", k.Amount)
				l.happened("till: taken back")
				l.atTill(k.Payment, k.Currency, -k.Amount)
				continue
			}
			if !errors.Is(err, payment.ErrNotDue) { // something of it went back another way
				l.ok(err)
			}
		}
		l.ok(l.tills.Decide(l.Context(), []string{"town"}, p.ID, false, l.colleague))
		l.happened("till: declined to take back")
	}
}

// noPapers: receipts have no paper here.
type noPapers struct{}

func (noPapers) RevokeReceipt(context.Context, pgx.Tx, uuid.UUID, uuid.UUID, time.Time) error {
	return nil
}
