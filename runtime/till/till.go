package till

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/proposal"
)

// Status says how far a till has come.
type Status string

// The statuses.
const (
	Open    Status = "open"
	Counted Status = "counted" // it does not hold what it should: a colleague looks at it
	Closed  Status = "closed"
)

// What a second officer decides on.
const (
	Void  proposal.Kind = "till-void"  // the last payment is taken back; its subject is the taking
	Close proposal.Kind = "till-close" // a till is closed with a difference; its subject is the till
)

// Errors of this package, for errors.Is.
var (
	// ErrNotFound: there is no such till, payment or task that the officer may see.
	ErrNotFound = errors.New("till: not found")
	// ErrOpen: the clerk has a till that is not closed.
	ErrOpen = errors.New("till: the clerk has one")
	// ErrTaken: a colleague has the till of that number.
	ErrTaken = errors.New("till: another clerk has this number")
	// ErrClosed: the clerk has no open till.
	ErrClosed = errors.New("till: none is open")
	// ErrAmount: an amount that cannot be, or of a currency that the till does not hold.
	ErrAmount = errors.New("till: not an amount of this till")
	// ErrTooLittle: what was handed over does not reach.
	ErrTooLittle = errors.New("till: less than is due")
	// ErrNotLast: only the last payment of the open till is taken back.
	ErrNotLast = errors.New("till: not the last payment")
	// ErrWaits: a colleague is to decide on the last payment first.
	ErrWaits = errors.New("till: a payment waits to be taken back")
	// ErrDiffers: what was counted is not what it should be; it can be counted again, or handed on with a reason.
	ErrDiffers = errors.New("till: the count differs")
	// ErrSlip: no number of a slip.
	ErrSlip = errors.New("till: no slip")
)

// Payments is what a till needs of a payment.Desk.
type Payments interface {
	TakeCash(ctx context.Context, tx pgx.Tx, c payment.Cash) (receipt string, application uuid.UUID, amount formula.Money, err error)
	VoidCash(ctx context.Context, tx pgx.Tx, c payment.Cash, subject uuid.UUID, signed ledger.Signed) error
}

// Receipts is what a till needs of a document.Archive.
type Receipts interface {
	// RevokeReceipt says that the paper of a payment's receipt, where there is one, is no longer valid.
	RevokeReceipt(ctx context.Context, tx pgx.Tx, application, payment uuid.UUID, at time.Time) error
}

// Options of Tills. The ones from Wake on may be left out.
type Options struct {
	Pool     *pgxpool.Pool
	Payments Payments
	Receipts Receipts
	Wake     func()           // of the outbox relay, called after a commit
	Zone     *time.Location   // in which days of the ledger begin; UTC
	Now      func() time.Time // time.Now
}

// Tills is the capability. Its methods are safe for parallel use. The caller of each has made sure that the officer holds the role.
type Tills struct{ o Options }

// New makes tills.
func New(o Options) *Tills {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	return &Tills{o}
}

func (t *Tills) now() time.Time { return t.o.Now().In(t.o.Zone).Truncate(time.Millisecond) }

// MostNumber is the highest number of a till.
const MostNumber = 999

// mostAmount bounds what a till may hold of a currency: far below what a sum of it could overflow.
const mostAmount = 1_000_000_000_000

// Opening is a clerk who begins.
type Opening struct {
	Authority string
	Number    int // as it stands on the drawer
	Clerk     uuid.UUID
	Float     map[string]int64 // by currency: the change that was counted; the till takes these currencies and no others
}

// Open opens a till. ErrOpen, ErrTaken, ErrAmount.
func (t *Tills) Open(ctx context.Context, o Opening) (uuid.UUID, error) {
	if o.Number < 1 || o.Number > MostNumber || o.Authority == "" || len(o.Float) == 0 {
		return uuid.Nil, ErrAmount
	}
	e := ledger.Entry{Kind: ledger.TillOpened, Subject: uuid.New(), At: t.now(), Signed: ledger.Signed{ProposedBy: o.Clerk}}
	for currency, amount := range o.Float {
		if amount < 0 || amount > mostAmount || len(currency) != 3 {
			return uuid.Nil, ErrAmount
		}
		if amount > 0 {
			e.Postings = append(e.Postings,
				ledger.Posting{Account: ledger.ClearingAt(o.Authority, ledger.Till(o.Number)), Amount: amount, Currency: currency},
				ledger.Posting{Account: ledger.Safe(o.Authority), Amount: -amount, Currency: currency})
		}
	}
	err := postgres.InTx(ctx, t.o.Pool, func(tx pgx.Tx) error {
		if err := insertTill(ctx, tx, e.Subject, o, e.At); err != nil || len(e.Postings) == 0 {
			return err
		}
		return ledger.Post(ctx, tx, e)
	})
	switch {
	case postgres.Unique(err, "till_clerk"):
		return uuid.Nil, ErrOpen
	case postgres.Unique(err, "till_number"):
		return uuid.Nil, ErrTaken
	}
	return e.Subject, err
}
