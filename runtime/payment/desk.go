package payment

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// Status of a payment. A payment of which only a part went back is refunded too; View.Refunded says how much.
type Status string

// The statuses.
const (
	Due       Status = "due"
	Paid      Status = "paid"
	Cancelled Status = "cancelled"
	Waived    Status = "waived"    // nothing of it is to be paid: two officers have let the applicant off
	Refunding Status = "refunding" // something goes back and is not yet there
	Refunded  Status = "refunded"
)

// How a dispute about a payment can stand, as View.Disputed says it; beside them it may be open, with nothing taken.
const (
	TakenBack = provider.DisputeTaken
	CameBack  = provider.DisputeWon
	Gone      = provider.DisputeLost
	Borne     = "borne" // it was lost, and the applicant owes nothing of it any more
)

// Means is how a payment was made, as its receipt says it.
type Means string

// The means.
const (
	Online Means = "online" // at the provider
	AtBank Means = "bank"   // at a bank or from a wallet, by the reference of its bill
	InCash Means = "cash"   // at a till
)

// Errors of this package, for errors.Is.
var (
	ErrNotFound = errors.New("payment: not found")
	// ErrNotDue: the payment is paid, cancelled or past its time limit; look at it again.
	ErrNotDue = errors.New("payment: not due")
	// ErrUnavailable: the provider does not answer, or not now.
	ErrUnavailable = provider.ErrUnavailable
)

// Acts tells an application that it was paid, in the transaction that records the payment.
type Acts interface {
	SystemAct(ctx context.Context, tx pgx.Tx, a SystemAct) (act uuid.UUID, err error)
}

// SystemAct is what the gateway says to an application.
type SystemAct struct {
	Application uuid.UUID
	Node        string
	Visit       int
	Action      string // paid; paidOut or failed, of a payout
	Capacity    string // gateway
	Reference   string // ID of the payment or of the payout
	Key         string // paid:CHECKOUT:PAYMENT, so that one checkout acts once
}

// Options of a Desk. The ones from Zone on may be left out.
type Options struct {
	Pool        *pgxpool.Pool
	Providers   []At // at least one; the first that is not closed is where is paid unless the payer chooses
	Acts        Acts
	Wake        func() // of the outbox relay, called after a commit
	CallbackURL string // where providers report
	Biller      string // our number at banks and wallets that take bills: up to seven digits; "" = none does
	// Right is how the right of that code stands today that the application has granted, "" where it has granted none; nil = there are no rights.
	Right func(ctx context.Context, application uuid.UUID, code string) (status string, err error)

	Zone  *time.Location   // in which days of the ledger begin; UTC
	Now   func() time.Time // time.Now
	Log   *slog.Logger     // slog.Default()
	Fault outbox.Fault     // none
}

// Desk is the capability. Its methods are safe for parallel use.
type Desk struct {
	Options

	reconciling sync.Mutex
	reconciled  uuid.UUID // the last payment that Reconcile has looked at

	reconciledPayout uuid.UUID // and the last payout of ReconcilePayouts
}

// New makes a desk. Give its Handlers to the relay.
func New(o Options) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	return &Desk{Options: o}
}

// refundKind is the outbox kind of a refund that the gateway must carry out; its subject is the refund's ID.
const refundKind = "refund"

// Handlers deliver what the desk promises; see outbox.Relay.Handle.
func (d *Desk) Handlers() map[string]outbox.Handler {
	return map[string]outbox.Handler{refundKind: d.deliverRefund, payoutKind: d.deliverPayout}
}

func (d *Desk) now() time.Time { return d.Now().UTC().Truncate(time.Millisecond) }

// post writes an entry under the day that it is where the desk is.
func (d *Desk) post(ctx context.Context, tx pgx.Tx, e ledger.Entry) error {
	e.At = e.At.In(d.Zone)
	return ledger.Post(ctx, tx, e)
}

// View is one payment as a page shows it. Amounts are minor units of Currency.
type View struct {
	ID          uuid.UUID
	Application uuid.UUID
	Node        string
	Visit       int
	Authority   string
	Amount      int64
	Currency    string
	Status      Status
	Lines       []activity.Line
	Refunded    int64           // went back or is going back
	Arrived     int64           // of it, went back
	Waits       int64           // of it, waits until the applicant names an account
	Less        []activity.Line // of it, what a correction has made less; of each fee, above zero
	Disputed    string          // how its last dispute stands; "" = nobody has disputed it
	Beside      int64           // was paid more, or twice, or was too little, and went back or is going back
	Deposits    []Deposit
	DueAt       *time.Time
	PaidAt      *time.Time
	Payable     bool // Checkout will take it now
	Late        bool // it can still be paid after DueAt
	Overdue     bool // it is due, and DueAt is over

	// Part and Parts say which instalment it is, from 1, of how many; 0 where it is none. Coming are those after it, as they were planned.
	Part, Parts int
	Coming      []activity.Coming

	Waivers []Waiver // by which the applicant was let off a part or all; Lines and Amount are without them, but where nothing is left

	Receipt string // number of its receipt; "" where it has none
	Means   Means  // how it was made; "" where it is not
	Voided  int    // how often it was made in cash and taken back at the till
}

// OfApplication gives the payments of an application in the order in which they became due.
func (d *Desk) OfApplication(ctx context.Context, application uuid.UUID) ([]View, error) {
	views, err := readViews(ctx, d.Pool, application)
	if err == nil {
		err = d.letsOff(ctx, application, views)
	}
	d.timed(views)
	return views, err
}

// mostDue bounds what DueOf gives.
const mostDue = 100

// DueOf gives what can be paid now of applications, and of these payments whosesoever they are: what is due first comes first. The caller has made
// sure that the visitor may see it. Of what is or was waived, held or given back it says nothing.
func (d *Desk) DueOf(ctx context.Context, applications, others []uuid.UUID) ([]View, error) {
	list, err := payments(ctx, d.Pool, `WHERE p.status = 'due' AND (p.application = ANY($1) OR p.id = ANY($2)) AND (p.due_at IS NULL OR p.late OR p.due_at > $3)
		ORDER BY p.due_at, a.at, p.id LIMIT $4`, applications, others, d.now(), mostDue)
	views := make([]View, len(list))
	for i, p := range list {
		views[i] = p.view()
	}
	d.timed(views)
	return views, err
}

// timed says of views how they stand now.
func (d *Desk) timed(views []View) {
	for i, v := range views {
		views[i].Payable = payable(v.Status, v.DueAt, v.Late, d.now())
		views[i].Overdue = v.Status == Due && v.DueAt != nil && !d.now().Before(*v.DueAt)
	}
}

func payable(s Status, due *time.Time, late bool, now time.Time) bool {
	return s == Due && (due == nil || late || now.Before(*due))
}
