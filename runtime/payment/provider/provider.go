// Package provider says what moves money on our word: a bank's gateway, a card company, a wallet.
//
// It owns the interface that every provider of payments is spoken to through, and the words in which providers answer. It keeps nothing and calls
// nobody. What a provider must hold to is shown by package conformance, which every one passes.
//
//	c, err := p.Open(ctx, key, provider.Order{Reference: payment, Amount: amount, ReturnURL: back})
//	c, err = p.Ask(ctx, c.ID) // c.Status == provider.Paid
//	err = p.Refund(ctx, refund, c.ID, amount)
package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/diwan-gov/diwan/catalog/formula"
)

// Provider moves money. A call that moves any carries a key: with the same key it moves nothing more, however often it is repeated and whatever
// became of the answers. An outcome that is not known is asked for, never guessed. Safe for parallel use; every call ends within a few seconds.
//
// Errors, for errors.Is and errors.As: ErrUnavailable, ErrKeyReused, *Refused, *RefusedDestination.
type Provider interface {
	// Open opens a place to pay, or gives the one that the key has opened.
	Open(ctx context.Context, key string, o Order) (Checkout, error)
	// Ask says how a checkout stands.
	Ask(ctx context.Context, checkout string) (Checkout, error)
	// Refund gives back a part or all of what was paid at a checkout; nil once it has gone back or will for certain.
	Refund(ctx context.Context, key, checkout string, amount formula.Money) error
	// PaysOut tells whether it pays out to accounts at all.
	PaysOut() bool
	// PayOut pays out, with the reference as the key: again, it says how the payout stands. *RefusedDestination where nothing can be paid there.
	PayOut(ctx context.Context, o PayoutOrder) (Payout, error)
	// AskPayout says how a payout stands.
	AskPayout(ctx context.Context, payout string) (Payout, error)
	// AskDispute says how a dispute stands.
	AskDispute(ctx context.Context, dispute string) (Dispute, error)
	// SignatureHeader names the header in which the provider signs what it reports.
	SignatureHeader() string
	// Read reads what the provider reports. ErrForged, ErrNoReport.
	Read(body []byte, signature string) (Report, error)
}

// Errors of providers.
var (
	// ErrUnavailable: the provider does not answer, or not now. What was asked for may have been done.
	ErrUnavailable = errors.New("payment provider unavailable")
	// ErrKeyReused: the key was used with another request.
	ErrKeyReused = errors.New("payment provider: the key was used with another request")
	// ErrForged: the provider has not signed it.
	ErrForged = errors.New("payment provider: a wrong signature")
	// ErrNoReport: it is signed, and nothing that a provider reports.
	ErrNoReport = errors.New("payment provider: not a report")
)

// Refused is a call that the provider will not carry out, however often it is repeated.
type Refused struct {
	Status int    // of HTTP; 0 where the provider was not asked
	Code   string // of the provider; no personal data
}

func (r *Refused) Error() string {
	return fmt.Sprintf("payment provider refused with %d %q", r.Status, r.Code)
}

// ForGood tells whether that is about what was asked for. Otherwise our key is not known there (any more), or not now: it is mended elsewhere, and
// then the same call is carried out.
func (r *Refused) ForGood() bool {
	return r.Status != http.StatusUnauthorized && r.Status != http.StatusForbidden && r.Status != http.StatusRequestTimeout
}

// RefusedDestination is the provider's word that it will not pay out to this account or this card: nothing was paid.
type RefusedDestination struct{ Code string }

func (r *RefusedDestination) Error() string { return "payment provider: payout refused: " + r.Code }

// Order is what is to be paid. Description is shown to the payer and holds no personal data.
type Order struct {
	Reference   string // of ours
	Amount      formula.Money
	Description map[string]string // by language; nil where there are lines
	Lines       []OrderLine       // what it is for where that is more than one thing; they sum to Amount
	ReturnURL   string            // absolute; where the browser comes back, paid or not
	CallbackURL string            // where the provider reports, if it is told with each order
	Language    string            // in which the payer is greeted; empty: the provider's choice
}

// OrderLine is one of several things that are paid at once. What goes back of it goes back as a part of the whole.
type OrderLine struct {
	Amount      formula.Money
	Description map[string]string // by language
}

// How a checkout can stand. Everything else is over without payment.
const (
	Open    = "open"
	Paid    = "paid"
	Expired = "expired"
)

// Checkout is what a provider says about one.
type Checkout struct {
	ID        string        `json:"id"`
	URL       string        `json:"url"` // for a browser
	Status    string        `json:"status"`
	Reference string        `json:"reference"`
	Amount    formula.Money `json:"amount"`
}

// PayoutOrder is what is to be paid out: to an account, or to the card by which a checkout was paid.
type PayoutOrder struct {
	Reference         string // of ours; also the key
	Amount            formula.Money
	Account, Checkout string
	CallbackURL       string
}

// How a payout can stand.
const (
	PayoutPending  = "pending"
	PayoutPaid     = "paid"
	PayoutFailed   = "failed"
	PayoutReturned = "returned" // it had been paid and came back
)

// Payout is what a provider says about one.
type Payout struct {
	ID        string        `json:"id"`
	Status    string        `json:"status"`
	Reference string        `json:"reference"`
	Failure   string        `json:"failure"` // why it has failed: a code
	Amount    formula.Money `json:"amount"`
}

// How a dispute can stand. The first three follow one another, though some may be left out.
const (
	DisputeOpen  = "open"  // somebody asks what was paid for; the money is ours still
	DisputeTaken = "taken" // the money was taken back until it is decided
	DisputeWon   = "won"   // it is over, and the money is ours
	DisputeLost  = "lost"  // it is over, and the money is gone
)

// Dispute is what a provider says about a payer who has had a payment taken back by the bank of the card: a chargeback.
type Dispute struct {
	ID       string        `json:"id"`
	Checkout string        `json:"checkout"`
	Status   string        `json:"status"`
	Reason   string        `json:"reason"` // that the payer's bank gives: a code
	Amount   formula.Money `json:"amount"` // which may be a part of what was paid
	Taken    bool          `json:"taken"`  // the money was taken back once, also where it has come back since
}

// Report is what a provider reports on its own: about one checkout, one payout, one dispute, or about what concerns nobody here. Of a dispute it is its
// ID: how it stands is asked for, whatever the order in which the reports about it come. An amount of no currency that
// we know is the zero of none: it equals nothing that is due.
type Report struct {
	SignedAt time.Time
	Checkout *Checkout
	Payout   *Payout
	Dispute  string
}
