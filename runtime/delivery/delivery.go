package delivery

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// PickUp is the channel of the language by which a paper is collected.
const PickUp = "pick-up"

// State is how far a collection has come.
type State string

// The states.
const (
	Offered   State = "offered" // its holder has chosen no office yet
	Asked     State = "asked"   // an office is to have it ready
	Ready     State = "ready"
	Collected State = "collected"
	Returned  State = "returned" // nobody came in time: it can be asked for again
)

// Errors of this package, for errors.Is.
var (
	// ErrNotFound: there is no such collection, or the caller may not see it.
	ErrNotFound = errors.New("delivery: not found")
	// ErrState: somebody has done it, or something else, meanwhile.
	ErrState = errors.New("delivery: it does not stand so")
	// ErrPaper: the paper is not valid, so it is handed to nobody.
	ErrPaper = errors.New("delivery: the paper is not valid")
	// ErrProof: a kind of proof that is unknown, or digits that are none.
	ErrProof = errors.New("delivery: no proof of identity")
)

// Proofs are the kinds of proof of identity that a clerk may have seen.
func Proofs() []string {
	return []string{"identity-card", "passport", "driving-licence", "residence-permit"}
}

// LastDigits is how much of a proof's number is kept.
const LastDigits = 4

// Options of Deliveries. Valid tells whether a paper is valid now; Now may be missing.
type Options struct {
	Pool  *pgxpool.Pool
	Valid func(ctx context.Context, paper string) (bool, error)
	// Tell tells the applicant how a paper stands, by one of the topics Told…; nil: nobody is told.
	Tell func(ctx context.Context, tx pgx.Tx, application uuid.UUID, paper, topic string) error
	// Conceal puts something short about an application under its key, and Reveal gives it back until the application is erased. Needed for the post and for mails.
	Conceal, Reveal func(ctx context.Context, tx pgx.Tx, application uuid.UUID, body []byte) ([]byte, error)
	// Mail sends a link; ErrRefused where trying again would change nothing. nil: nobody is offered one.
	Mail func(ctx context.Context, l Letter) error
	Wake func()         // makes the outbox look for mails that were asked for; nil: it looks by itself
	Zone *time.Location // in which days are counted
	Now  func() time.Time
}

// What an applicant is told: topics of the pages.
const (
	ToldReady    = "collectReady"
	ToldSoon     = "collectSoon"
	ToldReturned = "collectReturned"
)

// Deliveries is the capability. Its methods are safe for parallel use.
type Deliveries struct{ o Options }

// New makes one.
func New(o Options) *Deliveries {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Tell == nil {
		o.Tell = func(context.Context, pgx.Tx, uuid.UUID, string, string) error { return nil }
	}
	if o.Wake == nil {
		o.Wake = func() {}
	}
	return &Deliveries{o}
}

// Offer is a paper that was issued for collection.
type Offer struct {
	Paper       string
	Application uuid.UUID
	Authority   string
	Kept        *plan.Span // nil = until somebody comes
	At          time.Time
}

// Offer offers a paper for collection, in the transaction in which it is issued; a repeat changes nothing.
func (d *Deliveries) Offer(ctx context.Context, tx pgx.Tx, o Offer) error {
	return insert(ctx, tx, o, rand.Text()[:codeLength])
}

// codeLength is of 60 random bits: no officer guesses a code, and who has one gains nothing by it.
const codeLength = 12

// Code is a code as somebody has typed or scanned it; false where it is none.
func Code(typed string) (string, bool) {
	if len(typed) > 100 {
		return "", false
	}
	c := strings.NewReplacer("-", "", " ", "", "0", "O", "1", "I").Replace(strings.ToUpper(typed))
	return c, len(c) == codeLength && strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// Other is who may collect a paper beside its holder.
type Other struct {
	Name   string `json:"name"`
	Number string `json:"number"` // of identity
}

// Collection is a paper that is collected.
type Collection struct {
	Paper, Number string // ID and number of the paper
	Title         plan.Text
	Application   uuid.UUID
	Authority     string
	Code          string
	State         State
	Office        string // code
	Since         time.Time
	Until         *time.Time // of one that is ready
	Other         *Other     // nil: the holder alone
	Handed        *Handed    // of one that was collected
}

// Handed is to whom a paper was handed over.
type Handed struct {
	By    uuid.UUID `json:"-"`
	Other bool      `json:"other,omitempty"` // not to the holder, but to whom the holder has named
	Proof string    `json:"proof"`
	Last  string    `json:"last"` // digits of its number
}

// Of are the collections of an application; the caller has made sure that the reader may see it.
func (d *Deliveries) Of(ctx context.Context, application uuid.UUID) ([]Collection, error) {
	return read(ctx, d.o.Pool, "c.application = $1 ORDER BY d.issued_at, c.paper", application)
}

// Choose asks an office to have a paper ready, for its holder or also for another; again, until it was collected. The caller has made sure that
// it is the holder who asks, and that the office is one of the authority. ErrNotFound, ErrState.
func (d *Deliveries) Choose(ctx context.Context, application uuid.UUID, paper, office string, other *Other) error {
	return d.turn(ctx, turn{to: Asked, from: []State{Offered, Asked, Ready, Returned}, office: office, other: other, where: "application = $1 AND paper = $2", args: []any{application, paper}})
}

// AtOffice lists what waits at the offices of authorities, the oldest first: what is to be had ready, what is ready, and what nobody has collected.
func (d *Deliveries) AtOffice(ctx context.Context, authorities []string, office string) ([]Collection, error) {
	return read(ctx, d.o.Pool, "c.authority = ANY($1) AND ($2 = '' OR c.office = $2) AND c.state IN ('asked', 'ready', 'returned') ORDER BY c.since, c.paper", authorities, office)
}

// One finds a collection of authorities by its code, or by the number of its paper. ErrNotFound.
func (d *Deliveries) One(ctx context.Context, authorities []string, typed string) (*Collection, error) {
	code, _ := Code(typed)
	list, err := read(ctx, d.o.Pool, "c.authority = ANY($1) AND (c.code = $2 OR d.number = $3)", authorities, code, strings.ToUpper(strings.TrimSpace(typed)))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNotFound
	}
	return &list[0], nil
}

// Have says that an office has a paper ready; it is kept from now on. ErrNotFound, ErrState, ErrPaper.
func (d *Deliveries) Have(ctx context.Context, authorities []string, code string, by uuid.UUID) error {
	c, err := d.holds(ctx, authorities, code)
	if err != nil {
		return err
	}
	return d.turn(ctx, turn{to: Ready, from: []State{Asked}, by: by, keeps: true, where: "paper = $1", args: []any{c.Paper}})
}

// HandOver hands a paper over, once: of two clerks one gets ErrState. ErrNotFound, ErrPaper, ErrProof; ErrNotFound too where another is said to have come,
// and the holder has named nobody.
func (d *Deliveries) HandOver(ctx context.Context, authorities []string, code string, h Handed) error {
	c, err := d.holds(ctx, authorities, code)
	if err != nil {
		return err
	}
	if !h.known() {
		return ErrProof
	}
	if h.Other && c.Other == nil {
		return ErrNotFound
	}
	return d.turn(ctx, turn{to: Collected, from: []State{Ready}, by: h.By, detail: h, where: "paper = $1 AND (other IS NOT NULL OR NOT $2)", args: []any{c.Paper, h.Other}})
}

// holds is a collection of authorities whose paper is valid.
func (d *Deliveries) holds(ctx context.Context, authorities []string, code string) (*Collection, error) {
	c, err := d.One(ctx, authorities, code)
	if err != nil {
		return nil, err
	}
	valid, err := d.o.Valid(ctx, c.Paper)
	if err == nil && !valid {
		err = ErrPaper
	}
	return c, err
}

// known tells whether the proof is of a kind that there is, with the last digits of a number.
func (h *Handed) known() bool {
	kind := false
	for _, p := range Proofs() {
		kind = kind || p == h.Proof
	}
	return kind && Last(h.Last)
}

// Last tells whether these are the last digits of a proof's number: two to LastDigits of them, or capital letters.
func Last(digits string) bool {
	ok := len(digits) >= 2 && len(digits) <= LastDigits
	for _, r := range digits {
		ok = ok && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z')
	}
	return ok
}

// Return takes back what nobody has collected in time, and tells how much.
func (d *Deliveries) Return(ctx context.Context) (n int, err error) {
	over, err := overdue(ctx, d.o.Pool, d.o.Now())
	for _, paper := range over {
		switch err := d.turn(ctx, turn{to: Returned, from: []State{Ready}, where: "paper = $1 AND until < $2", args: []any{paper, d.o.Now()}}); {
		case errors.Is(err, ErrState): // somebody came meanwhile
		case err != nil:
			return n, err
		default:
			n++
		}
	}
	return n, err
}

// Remind tells once, of each paper that is ready, that only a quarter of its time is left, and how many were told.
func (d *Deliveries) Remind(ctx context.Context) (n int, err error) {
	err = postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) error {
		late, err := remind(ctx, tx, d.o.Now())
		for _, c := range late {
			if err == nil {
				err = d.o.Tell(ctx, tx, c.Application, c.Paper, ToldSoon)
			}
		}
		n = len(late)
		return err
	})
	return n, err
}

// until is the end of the last day on which a paper is kept.
func (d *Deliveries) until(kept *plan.Span) (*time.Time, error) {
	if kept == nil {
		return nil, nil
	}
	last, err := machine.After(*kept, d.o.Now(), d.o.Zone, nil)
	return &last, err
}

func (d *Deliveries) turn(ctx context.Context, t turn) error {
	return postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) error { return d.turned(ctx, tx, t) })
}
