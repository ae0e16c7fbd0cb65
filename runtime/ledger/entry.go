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
	Forgone   Kind = "waived"     // a waiver: what was due and is not asked for

	PayoutDue    Kind = "payout-due"    // a payout that was decided
	PaidOut      Kind = "paid-out"      // a payout that the gateway has carried out
	PayoutFailed Kind = "payout-failed" // a payout that was not carried out and is no longer due

	PayoutReturned Kind = "payout-returned" // a payout that came back
	DisputeForgone Kind = "dispute-forgone" // a lost dispute: what is owed is asked for no more
	SettledByHand  Kind = "settled-by-hand" // a refund, a payout or a lost dispute that was settled past the gateway

	Disputed    Kind = "disputed"     // a dispute: what was received was taken back until it is decided
	DisputeWon  Kind = "dispute-won"  // a dispute: what was taken back has come back
	DisputeLost Kind = "dispute-lost" // a dispute: what was taken back is gone, and owed again

	ProviderFee Kind = "provider-fee" // a line of a provider's list: what it has kept for itself

	TillOpened     Kind = "till-opened"     // a till: the change with which it begins
	TillClosed     Kind = "till-closed"     // a till: what was counted goes to the safe
	TillDifference Kind = "till-difference" // a difference between what a till should have held and what was counted
	TillBanked     Kind = "till-banked"     // what a till has taken, brought to the bank

	Reversed Kind = "reversed" // a correction: the counter-entry of another entry
)

// Posting is one line of an entry: minor units, debit positive, credit negative, never zero.
type Posting struct {
	Account  string
	Amount   int64
	Currency string
}

// Entry is one event of the book; Application is zero where it is of none. Its day is that of At in At's location, or a later one where that day's period is closed.
type Entry struct {
	Kind        Kind
	Subject     uuid.UUID
	Application uuid.UUID
	At          time.Time
	Postings    []Posting

	Signed // zero where nobody answers for it by name
}

// Signed says who answers for an entry, and why. A counter-entry has two officers.
type Signed struct {
	Reason               string // or, of cash at the bank, the number of the slip; no personal data: it stays for ever
	ProposedBy, Approved uuid.UUID
}

// Errors of this package, for errors.Is.
var (
	// ErrUnbalanced: the postings do not sum to zero in each currency and for each authority, or one of them is not a posting.
	ErrUnbalanced = errors.New("ledger: entry does not balance")
	// ErrDifferent: an entry of that kind and subject is in the book and says something else.
	ErrDifferent = errors.New("ledger: another entry of this kind and subject is in the book")
	// ErrNotFound: there is no such entry or correction in a book that the caller may see.
	ErrNotFound = errors.New("ledger: not found")
)

func (e Entry) check() error {
	if e.Kind == "" || e.Subject == uuid.Nil || len(e.Postings) == 0 {
		return fmt.Errorf("%w: %s without kind, subject or postings", ErrUnbalanced, e.Kind)
	}
	type book struct{ authority, currency string }
	sums := map[book]int64{}
	for _, p := range e.Postings {
		a, ok := ParseAccount(p.Account)
		if !ok || p.Currency == "" || p.Amount == 0 {
			return fmt.Errorf("%w: %s %s has a line without amount, currency or account of the chart: %q", ErrUnbalanced, e.Kind, e.Subject, p.Account)
		}
		sums[book{a.Authority, p.Currency}] += p.Amount
	}
	for of, sum := range sums {
		if sum != 0 {
			return fmt.Errorf("%w: %s %s by %d %s of %s", ErrUnbalanced, e.Kind, e.Subject, sum, of.currency, of.authority)
		}
	}
	return nil
}

// authorities are those whose books the postings stand in, the first line's first.
func authorities(postings []Posting) (out []string) {
	for _, p := range postings {
		if a, ok := ParseAccount(p.Account); ok && !slices.Contains(out, a.Authority) {
			out = append(out, a.Authority)
		}
	}
	return out
}

// same tells whether two entries post the same, in whatever order.
func same(a, b []Posting) bool {
	order := func(x, y Posting) int {
		return cmp.Or(cmp.Compare(x.Account, y.Account), cmp.Compare(x.Currency, y.Currency), cmp.Compare(x.Amount, y.Amount))
	}
	return slices.Equal(slices.SortedFunc(slices.Values(a), order), slices.SortedFunc(slices.Values(b), order))
}
