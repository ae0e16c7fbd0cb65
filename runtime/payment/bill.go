package payment

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

// Bill is a payment as a bank or a wallet sees it, and its payer who goes there. It names nobody.
type Bill struct {
	Reference string
	Authority string
	Amount    formula.Money
	Status    BillStatus
	DueAt     *time.Time
	Late      bool // it can still be paid after DueAt
}

// BillStatus says whether a bill can be paid.
type BillStatus string

// The statuses.
const (
	BillUnpaid BillStatus = "unpaid"
	BillPaid   BillStatus = "paid"
	BillOver   BillStatus = "over" // cancelled, or too late
)

// BillNotice says that a bill was paid at a bank or a wallet.
type BillNotice struct {
	Payer     string         // code of the bank or the wallet, which the caller has made sure of
	Request   string         // its key: the same notice again has the same request
	Reference string         // of the bill
	Paid      string         // the payer's own reference of what was paid
	Amount    *formula.Money // nil = that of Inquiry
	Inquiry   string         // request of an inquiry that was answered
	Body      []byte         // as it came
}

// BillResult is what came of a notice. Whatever was refused was not received: it is the bank's to give it back to whoever has paid.
type BillResult string

// The results.
const (
	BillTaken     BillResult = "taken"
	BillUnknown   BillResult = "unknown-bill"
	BillMismatch  BillResult = "amount-differs"
	BillNoAmount  BillResult = "amount-missing" // none is said, and no inquiry about this bill was answered under that request
	BillPaidTwice BillResult = "paid-already"
	BillNotDue    BillResult = "not-due"
	BillReused    BillResult = "reference-reused" // what was paid has paid another bill
)

// Errors about bills, for errors.Is.
var (
	// ErrRequestReused: the request was made with other words.
	ErrRequestReused = errors.New("payment: the request was used for something else")
	// ErrNoBills: no bank and no wallet takes bills here.
	ErrNoBills = errors.New("payment: bills are not taken anywhere")
)

// Kept tells whether the code of a bank or a wallet is what the book calls something else: their money would stand on one account.
func Kept(code string) bool { return ledger.Kept(code) }

// billed begins the checkout of what was paid as a bill: the code of the payer and its reference follow.
const billed = "bill:"

// Bill gives the bill of a payment, which has the same reference whenever it is asked for. ErrNotFound, ErrNoBills; ErrNotDue where it cannot be
// paid and never had a bill.
func (d *Desk) Bill(ctx context.Context, id uuid.UUID) (Bill, error) {
	if d.Biller == "" {
		return Bill{}, ErrNoBills
	}
	p, err := readPayment(ctx, d.Pool, id)
	if err != nil {
		return Bill{}, err
	}
	reference, err := billOf(ctx, d.Pool, id)
	if err != nil || reference != "" {
		return d.bill(reference, p), err
	}
	if !payable(p.status, p.dueAt, p.late, d.now()) {
		return Bill{}, ErrNotDue
	}
	for range maxAttempts { // one reference in 10¹¹ is taken
		made, err := newReference(d.Biller)
		if err != nil {
			return Bill{}, err
		}
		if err := insertBill(ctx, d.Pool, made, id, d.now()); err != nil {
			return Bill{}, err
		}
		if reference, err = billOf(ctx, d.Pool, id); err != nil || reference != "" {
			return d.bill(reference, p), err
		}
	}
	return Bill{}, fmt.Errorf("payment: no reference is free for bill of %s", id)
}

func (d *Desk) bill(reference string, p payment) Bill {
	b := Bill{Reference: reference, Authority: p.authority, Amount: formula.Money{Minor: p.amount, Currency: p.currency}, Status: BillOver, DueAt: p.dueAt, Late: p.late}
	switch {
	case p.paidAt != nil:
		b.Status = BillPaid
	case payable(p.status, p.dueAt, p.late, d.now()):
		b.Status = BillUnpaid
	}
	return b
}

// newReference makes one that nobody can guess: the biller's number, eleven digits and two that check the others (ISO 7064, MOD 97-10), so that
// one that is typed wrongly is no other bill.
func newReference(biller string) (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000_000))
	if err != nil {
		return "", err
	}
	digits := fmt.Sprintf("%s%011d", biller, n)
	return fmt.Sprintf("%s%02d", digits, 98-mod97(digits+"00")), nil
}

// genuine tells whether the two digits at the end check the others.
func genuine(reference string) bool {
	return len(reference) >= 8 && len(reference) <= 20 && strings.Trim(reference, "0123456789") == "" && mod97(reference) == 1
}

func mod97(digits string) (rest int) {
	for _, d := range digits {
		rest = (rest*10 + int(d-'0')) % 97
	}
	return rest
}

// InquireBill answers a bank or a wallet that asks about a bill. ErrNotFound; ErrRequestReused where it has asked about another one so.
func (d *Desk) InquireBill(ctx context.Context, payer, request, reference string) (Bill, error) {
	if !genuine(reference) {
		return Bill{}, ErrNotFound
	}
	id, err := billPayment(ctx, d.Pool, reference)
	if err != nil {
		return Bill{}, err
	}
	p, err := readPayment(ctx, d.Pool, id)
	if err != nil {
		return Bill{}, err
	}
	about, err := keepInquiry(ctx, d.Pool, payer, request, reference, d.now())
	switch {
	case err != nil:
		return Bill{}, err
	case about != reference:
		return Bill{}, ErrRequestReused
	}
	return d.bill(reference, p), nil
}

// PayBill takes the notice of a bank or a wallet, once: the same again has the same result, also at the same time. ErrRequestReused.
func (d *Desk) PayBill(ctx context.Context, n BillNotice) (result BillResult, err error) {
	err = postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		before, fresh, err := keepNotice(ctx, tx, n, d.now())
		if err != nil {
			return err
		}
		if !fresh {
			if !bytes.Equal(before.body, n.Body) {
				return ErrRequestReused
			}
			result = before.result
			return nil
		}
		if result, err = d.takeBill(ctx, tx, n); err != nil {
			return err
		}
		return endNotice(ctx, tx, n, result)
	})
	if err != nil {
		return "", err
	}
	d.Wake()
	return result, nil
}

func (d *Desk) takeBill(ctx context.Context, tx pgx.Tx, n BillNotice) (BillResult, error) {
	if !genuine(n.Reference) {
		return BillUnknown, nil
	}
	id, err := billPayment(ctx, tx, n.Reference)
	if errors.Is(err, ErrNotFound) {
		return BillUnknown, nil
	}
	if err != nil {
		return "", err
	}
	p, err := lockPayment(ctx, tx, id)
	if err != nil {
		return "", err
	}
	checkout := billed + n.Payer + ":" + n.Paid
	if p.checkout == checkout && p.paidAt != nil { // said once more, under another request
		return BillTaken, nil
	}
	used, err := checkoutUsed(ctx, tx, checkout)
	switch {
	case err != nil:
		return "", err
	case used:
		return BillReused, nil
	}
	if n.Amount == nil {
		told, err := inquired(ctx, tx, n.Payer, n.Inquiry, n.Reference)
		if err != nil {
			return "", err
		}
		if !told {
			return BillNoAmount, nil
		}
	} else if n.Amount.Minor != p.amount || n.Amount.Currency != p.currency {
		return BillMismatch, nil
	}
	switch {
	case p.paidAt != nil:
		return BillPaidTwice, nil
	case !payable(p.status, p.dueAt, p.late, d.now()):
		return BillNotDue, nil
	}
	return BillTaken, d.receive(ctx, tx, p, "", checkout, p.id)
}
