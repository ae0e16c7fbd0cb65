package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Kind says what an entry records. Together with the subject it is unique.
type Kind string

// The kinds, and what their subject is.
const (
	Assessed  Kind = "assessed"   // an assessment: fees have become due
	Received  Kind = "received"   // a payment, or the refund by which money that nobody owed goes back
	Cancelled Kind = "cancelled"  // a payment that is no longer due
	RefundDue Kind = "refund-due" // a refund that was decided
	Refunded  Kind = "refunded"   // a refund that the gateway has carried out
	Forfeited Kind = "forfeited"  // a deposit that the authority keeps

	PayoutDue    Kind = "payout-due"    // a payout that was decided
	PaidOut      Kind = "paid-out"      // a payout that the gateway has carried out
	PayoutFailed Kind = "payout-failed" // a payout that was not carried out and is no longer due
)

// Clearing holds what the gateway has taken in and not yet given back.
const Clearing = "clearing:gateway"

// Receivable is what applicants owe an authority.
func Receivable(authority string) string { return "receivable:" + authority }

// Revenue is what one fee of an authority has earned.
func Revenue(authority, fee string) string { return "revenue:" + authority + ":" + fee }

// Deposit is what an authority holds of one fee and has not earned: it was received, and is not settled.
func Deposit(authority, fee string) string { return "deposit:" + authority + ":" + fee }

// DepositDue is what an authority will hold of one fee once it is received.
func DepositDue(authority, fee string) string { return "deposit-due:" + authority + ":" + fee }

// Expense is what a step of an authority's services has paid out, or owes.
func Expense(authority, step string) string { return "expense:" + authority + ":" + step }

// Payable is what an authority is to pay out and has not.
func Payable(authority string) string { return "payable:" + authority }

// Refunds is what an authority owes to applicants.
func Refunds(authority string) string { return "refunds:" + authority }

// Posting is one line of an entry: minor units, debit positive, credit negative, never zero.
type Posting struct {
	Account  string
	Amount   int64
	Currency string
}

// Entry is one event of the book.
type Entry struct {
	Kind        Kind
	Subject     uuid.UUID
	Application uuid.UUID
	At          time.Time
	Postings    []Posting
}

// Errors of this package, for errors.Is.
var (
	// ErrUnbalanced: the postings do not sum to zero in each currency, or one of them is not a posting.
	ErrUnbalanced = errors.New("ledger: entry does not balance")
	// ErrDifferent: an entry of that kind and subject is in the book and says something else.
	ErrDifferent = errors.New("ledger: another entry of this kind and subject is in the book")
)

func (e Entry) check() error {
	if e.Kind == "" || e.Subject == uuid.Nil || len(e.Postings) == 0 {
		return fmt.Errorf("%w: %s without kind, subject or postings", ErrUnbalanced, e.Kind)
	}
	sums := map[string]int64{}
	for _, p := range e.Postings {
		if p.Account == "" || p.Currency == "" || p.Amount == 0 {
			return fmt.Errorf("%w: %s %s has a line without account, amount or currency", ErrUnbalanced, e.Kind, e.Subject)
		}
		sums[p.Currency] += p.Amount
	}
	for currency, sum := range sums {
		if sum != 0 {
			return fmt.Errorf("%w: %s %s by %d %s", ErrUnbalanced, e.Kind, e.Subject, sum, currency)
		}
	}
	return nil
}

// same tells whether two entries post the same, in whatever order.
func same(a, b []Posting) bool {
	order := func(x, y Posting) int {
		return cmp.Or(cmp.Compare(x.Account, y.Account), cmp.Compare(x.Currency, y.Currency), cmp.Compare(x.Amount, y.Amount))
	}
	return slices.Equal(slices.SortedFunc(slices.Values(a), order), slices.SortedFunc(slices.Values(b), order))
}

// Balance is what stands on one account in one currency.
type Balance struct {
	Account  string
	Currency string
	Amount   int64
}
