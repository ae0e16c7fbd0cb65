package settlement

import (
	"slices"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog/formula"
)

// Kind is what a movement of money is.
type Kind string

// The kinds, and which key the book and the provider both have for one.
const (
	Payment Kind = "payment" // came in: the provider's checkout
	Refund  Kind = "refund"  // was given back: the ID of our refund, under which it was sent
	Payout  Kind = "payout"  // was paid out: the ID of our payout, under which it was sent
	Return  Kind = "return"  // a payout that came back: the ID of our payout

	Deposit Kind = "deposit" // cash that was brought to a bank: the number of its slip, with DepositKey

	Chargeback Kind = "chargeback" // was taken back by the bank of a payer's card: the provider's dispute
	Reinstated Kind = "reinstated" // came back after it was: the same dispute

	Other Kind = "other" // what a provider lists and the book has no name for: the provider's ID

	// Counter is a counter-entry in the book against one of the others. No provider knows of it, so it is a difference until somebody says why.
	Counter Kind = "counter"
)

var kinds = []Kind{Payment, Refund, Payout, Return, Deposit, Chargeback, Reinstated}

func known(k Kind) bool { return slices.Contains(kinds, k) }

// Key is what one movement is called on both sides.
type Key struct {
	Kind Kind
	ID   string
}

// Movement is one of the book, through the account of a provider. What came in is above zero, what went out below.
type Movement struct {
	Key
	Day         string // under which it is booked
	Amount      formula.Money
	Authority   string    // "" = several
	Application uuid.UUID // the zero one = several
	Shares      []Share   // of one that several have a part in: what came in for the payments of several applications at once
}

// Share is the part of one application in a movement. They sum to its amount.
type Share struct {
	Authority   string    `json:"authority"`
	Application uuid.UUID `json:"application"`
	Amount      int64     `json:"amount"` // minor units
}

// Line is one of the provider's.
type Line struct {
	Key
	Day    string
	Number int // of the line, from 1
	Amount formula.Money

	Fee   formula.Money // what the provider has kept for itself; zero where it has kept nothing
	FeeOf string        // what the provider calls that
}

// Source is where a provider says something.
type Source string

// The sources.
const (
	List Source = "list" // what it answers when it is asked for a day
	File Source = "file" // the settlement file of a day
)

var sources = []Source{List, File}
