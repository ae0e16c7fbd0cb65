package application

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Payments carries out what an application's steps say about money, in the transaction of Apply. Every method is called once for each
// step that took effect, and again when its transaction was rolled back.
type Payments interface {
	// Assess freezes the fee lines and opens a payment.
	Assess(ctx context.Context, tx pgx.Tx, r AssessRequest) error
	// PayOut pays money out; what becomes of it comes as an act: paidOut or failed.
	PayOut(ctx context.Context, tx pgx.Tx, r PayOutRequest) error
	// Cancel says that the unpaid payment of (node, visit) is no longer due, or that its payout is not to be paid where it has not been sent.
	Cancel(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int) error
	// Postpone says when payments that are not made yet are due now; one that dues do not name is due at no time.
	Postpone(ctx context.Context, tx pgx.Tx, application uuid.UUID, dues []activity.NewDue) error
	// Refund says what of the paid lines goes back and what stays, because the application ended with outcome.
	Refund(ctx context.Context, tx pgx.Tx, application uuid.UUID, outcome string, lines []activity.LineRefund, at time.Time) error
	// Settle says what becomes of deposits that were paid and are held still.
	Settle(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int, s activity.Settlement, at time.Time) error
	// Refused says that an act of the gateway changed nothing (code), for instance because the payment came after its time limit: the
	// money that reference names belongs to nobody's step.
	Refused(ctx context.Context, tx pgx.Tx, application uuid.UUID, reference, code string) error
}

// AssessRequest is a frozen assessment of an application.
type AssessRequest struct {
	Application uuid.UUID
	Service     string
	Authority   string
	Node        string
	Visit       int
	Assessment  activity.Assessment
	At          time.Time
}

// PayOutRequest asks for money to be paid out.
type PayOutRequest struct {
	Application uuid.UUID
	Authority   string
	Node, Step  string
	Visit       int
	Person      string // national number, "" = the applicant
	Account     string // "" where the definition names none
	Amount      int64  // minor units of Currency
	Currency    string
	At          time.Time
}

// Documents keeps uploads and issues papers, in the caller's transaction.
type Documents interface {
	// Claim ties uploads to the application whose form names them. ErrNotFound when one is not the owner's or belongs to another one.
	Claim(ctx context.Context, tx pgx.Tx, owner, application uuid.UUID, uploads []uuid.UUID) error
	// Issue issues a paper once for (application, node, visit).
	Issue(ctx context.Context, tx pgx.Tx, r IssueRequest) error
	// Revoke says that the papers of that code that the application was issued are no longer valid, and why. One that is not stays as it is.
	Revoke(ctx context.Context, tx pgx.Tx, r RevokeRequest) error
}

// Rights is the register of what outlives applications.
type Rights interface {
	// Change grants or changes a right once for (application, node, visit); a repeat gives the same number. An error with the method Permanent()
	// string is not tried again, and its code goes to an operator; any other error is.
	Change(ctx context.Context, r RightRequest) (number string, err error)
	// Held gives a right as formulas read it today; ErrNotFound. HeldAfter gives the next of a kind behind a number, in their order, at most n.
	Held(ctx context.Context, number string) (HeldRight, error)
	HeldAfter(ctx context.Context, code, after string, n int) ([]HeldRight, error)
}

// HeldRight is a right as formulas read it.
type HeldRight struct {
	Number, Code string
	Facts        json.RawMessage
}

// RightRequest is what a step of an application asks for: a right, or a change of the one with the number Of.
type RightRequest struct {
	Application uuid.UUID
	Node        string
	Visit       int
	Service     string
	Applicant   uuid.UUID
	Holds       string // national number of the applicant, as attested at the submission
	Right       string // code
	What        string // granted, or the change
	Of          string
	Terms       map[string]json.RawMessage
}

// Appointments keeps who comes when, in the caller's transaction.
type Appointments interface {
	// Take takes a place in a slot for an act and tells when it begins; free is false where none is left.
	Take(ctx context.Context, tx pgx.Tx, r SlotRequest) (starts time.Time, free bool, err error)
	// Release gives back what an act has asked for, because it was refused.
	Release(ctx context.Context, tx pgx.Tx, act uuid.UUID) error
	// Confirm says that an act has taken effect: its slot is booked, and the one that was booked before is free again.
	Confirm(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int, act uuid.UUID) error
	// Settle says what became of what is booked: attended, missed, or anything else where it is called off.
	Settle(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int, outcome string) error
}

// Rounds keeps who takes part in the rounds of services, in the caller's transaction.
type Rounds interface {
	// Join lets an application take part, with its submission; ErrNotOpen on a day on which nobody can.
	Join(ctx context.Context, tx pgx.Tx, e Entrant) error
	// Waits says that an application waits for the round's outcome at a visit of a node, and with what it takes part.
	Waits(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int, with activity.Rank) error
	// Left says that it has gone on from there by an outcome, or has ended.
	Left(ctx context.Context, tx pgx.Tx, application uuid.UUID, ended bool, outcome string) error
	// Standing tells where it stands; ErrNotFound.
	Standing(ctx context.Context, application uuid.UUID) (Standing, error)
}

// Entrant is an application that is to take part in the round of its service.
type Entrant struct {
	Application uuid.UUID
	Reference   string
	Service     string
	Authority   string
	Digest      string
	Plan        *plan.Plan
	At          time.Time
}

// Standing is where an application stands in a round.
type Standing struct {
	Opens, Closes string // YYYY-MM-DD
	Status        string // applied, waiting, placed, reserve, refused, taken, back, left
	Ranked        bool
	Reserve       int    // place on the reserve list, from 1; 0 = not on it
	Place         string // code of the quota whose place it has
}

// SlotRequest is a slot that an act asks for.
type SlotRequest struct {
	Act           uuid.UUID
	Slot          uuid.UUID
	Application   uuid.UUID
	Reference     string
	Service, Node string
	Visit         int
	At            time.Time
}

// IssueRequest asks for a paper. Print evaluates what it says, as soon as its number is known.
type IssueRequest struct {
	Application uuid.UUID
	Reference   string
	Service     string
	Authority   string
	Language    string
	Zone        *time.Location
	Node        string
	Visit       int
	Document    plan.Document
	Text        plan.DocumentText
	Deliver     []string   // channels: download, pick-up, post
	Kept        *plan.Span // by the office at which it is collected; nil = until somebody comes
	At          time.Time
	Print       func(number string) (Paper, error)
}

// RevokeRequest revokes the papers of one code that an application was issued.
type RevokeRequest struct {
	Application uuid.UUID
	Node        string
	Visit       int
	Document    string // code
	Because     plan.Text
	At          time.Time
}

// Paper is what a paper says.
type Paper struct {
	Rows       []Row
	ValidUntil string // YYYY-MM-DD, or "" without end
}

// Registry asks another system's register, or writes to it. found is false when it knows no such thing; what is written under the same key is
// written once. An error with the method Permanent() string is not tried again, and its code goes to an operator; any other error is.
type Registry interface {
	Ask(ctx context.Context, registry, operation string, args map[string]json.RawMessage) (found bool, body json.RawMessage, err error)
	Write(ctx context.Context, registry, operation, key string, args map[string]json.RawMessage) (body json.RawMessage, err error)
}

// Audit writes down what people do to applications, in the transaction in which they do it.
type Audit interface {
	Act(ctx context.Context, tx pgx.Tx, a AuditedAct) error
}

// AuditedAct is an act that was stored, refused ones included.
type AuditedAct struct {
	Authority   string
	Actor       string    // opaque ID of the person
	Application uuid.UUID // or the draft that was opened for somebody, of begin-for
	Act         uuid.UUID // zero for what is not sent to the workflow: claim, release, recuse
	Task        uuid.UUID // zero for what is aimed at no task
	Action      string
	Capacities  []string
	OnBehalf    uuid.UUID // the officer whose role the actor holds by delegation, else zero
	Code        string    // of the refusal, or "" when it was sent to the workflow
	At          time.Time
}
