package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// ByPost is the channel of the language by which a paper is posted.
const ByPost = "post"

// PostState is how far a paper has come that goes by post.
type PostState string

// The states. From Handed on the carrier tells them.
const (
	PostOffered    PostState = "offered"    // its holder has given no address yet
	PostAsked      PostState = "asked"      // it is to be packed
	PostManifested PostState = "manifested" // it stands in a manifest that is closed
	PostHanded     PostState = "handed"     // to the carrier
	PostUnderway   PostState = "underway"
	PostDelivered  PostState = "delivered"
	PostReturned   PostState = "returned" // it came back: it can be asked for again, MostReturns times
	PostLost       PostState = "lost"
)

// MostReturns is how often a paper comes back before nobody posts it any more.
const MostReturns = 3

// Errors of the post, for errors.Is.
var (
	// ErrAddress: a part of the address is missing or cannot be.
	ErrAddress = errors.New("delivery: no address")
	// ErrItem: it is no number of UPU S10.
	ErrItem = errors.New("delivery: no number of an item")
	// ErrTaken: another item has this number.
	ErrTaken = errors.New("delivery: another item has this number")
	// ErrNothing: there is nothing to put into a manifest.
	ErrNothing = errors.New("delivery: nothing to post")
)

// What an applicant is told of a paper that goes by post: topics of the pages.
const (
	ToldSent      = "postSent"
	ToldDelivered = "postDelivered"
	ToldBack      = "postReturned"
	ToldLost      = "postLost"
)

// Posting is a paper that goes by post.
type Posting struct {
	Paper, Number string // ID and number of the paper
	Title         plan.Text
	Application   uuid.UUID
	Authority     string
	State         PostState
	Since         time.Time
	Returns       int
	Item          string // number of the label that it has, or had last; "" = none
	Manifest      string // in which that item stands
	Known         bool   // an address is
}

// Away reports whether the paper is in a manifest, with the carrier or delivered: no office can hand it over.
func (p *Posting) Away() bool {
	return slices.Contains([]PostState{PostManifested, PostHanded, PostUnderway, PostDelivered}, p.State)
}

// Open tells whether its holder may give an address, or another one.
func (p *Posting) Open() bool {
	return p.State == PostOffered || p.State == PostAsked || p.State == PostReturned && p.Returns < MostReturns
}

// OfferPost offers to post a paper, in the transaction in which it is issued; a repeat changes nothing.
func (d *Deliveries) OfferPost(ctx context.Context, tx pgx.Tx, o Offer) error {
	_, err := tx.Exec(ctx, "INSERT INTO post (paper, application, authority, since) VALUES ($1, $2, $3, $4) ON CONFLICT (paper) DO NOTHING", o.Paper, o.Application, o.Authority, o.At)
	return wrap(err)
}

// PostOf are the papers of an application that go by post; the caller has made sure that the reader may see them.
func (d *Deliveries) PostOf(ctx context.Context, application uuid.UUID) ([]Posting, error) {
	return readPost(ctx, d.o.Pool, "p.application = $1 ORDER BY d.issued_at, p.paper", application)
}

// Address is where a paper is posted to; the caller has made sure that the reader may see it. ErrNotFound where none is known.
func (d *Deliveries) Address(ctx context.Context, application uuid.UUID, paper string) (a Address, err error) {
	err = postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) error {
		var sealed []byte
		if err := tx.QueryRow(ctx, "SELECT address FROM post WHERE paper = $1 AND application = $2", paper, application).Scan(&sealed); err != nil {
			return wrap(err)
		}
		if sealed == nil {
			return ErrNotFound
		}
		plain, err := d.o.Reveal(ctx, tx, application, sealed)
		if err != nil {
			return err
		}
		return json.Unmarshal(plain, &a)
	})
	return a, err
}

// Send asks for a paper to be posted, or for another address until it stands in a manifest. What an office has ready of it goes back. The caller has made
// sure that it is the holder who asks. ErrNotFound, ErrAddress, ErrState, ErrPaper.
func (d *Deliveries) Send(ctx context.Context, application uuid.UUID, paper string, to Address) error {
	if len(to.Wrong()) > 0 {
		return ErrAddress
	}
	if err := d.valid(ctx, paper); err != nil {
		return err
	}
	plain, err := json.Marshal(to)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) error {
		now := d.now()
		// Always the collection first, then the post, so that two who choose at once wait for each other and not both.
		if err := d.leaveOffice(ctx, tx, paper, now); err != nil {
			return err
		}
		p := Posting{Paper: paper}
		err := tx.QueryRow(ctx, "SELECT state, returns FROM post WHERE paper = $1 AND application = $2 FOR UPDATE", paper, application).Scan(&p.State, &p.Returns)
		if err != nil {
			return wrap(err)
		}
		if !p.Open() {
			return ErrState
		}
		sealed, err := d.o.Conceal(ctx, tx, application, plain)
		if err != nil {
			return err
		}
		// The label is on an envelope with the address that was given before.
		if _, err := tx.Exec(ctx, "DELETE FROM post_item WHERE paper = $1 AND manifest IS NULL", paper); err != nil {
			return wrap(err)
		}
		_, err = tx.Exec(ctx, "UPDATE post SET state = 'asked', address = $2, item = NULL, since = $3 WHERE paper = $1", paper, sealed, now)
		return wrap(err)
	})
}

// leaveOffice takes a paper back that an office is to have ready; ErrState where it was handed over.
func (d *Deliveries) leaveOffice(ctx context.Context, tx pgx.Tx, paper string, now time.Time) error {
	var state State
	err := tx.QueryRow(ctx, "SELECT state FROM collection WHERE paper = $1 FOR UPDATE", paper).Scan(&state)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return wrap(err)
	case state == Collected:
		return ErrState
	case state != Asked && state != Ready:
		return nil
	}
	if _, err = tx.Exec(ctx, "UPDATE collection SET state = 'offered', office = '', since = $2, until = NULL, other = NULL, reminded_at = NULL WHERE paper = $1", paper, now); err != nil {
		return wrap(err)
	}
	_, err = tx.Exec(ctx, "INSERT INTO collection_event (paper, state, office, at) VALUES ($1, 'offered', '', $2)", paper, now)
	return wrap(err)
}

// leavePost takes a paper back that is to be posted; ErrState where it stands in a manifest, or was delivered.
func leavePost(ctx context.Context, tx pgx.Tx, paper string, now time.Time) error {
	var state PostState
	err := tx.QueryRow(ctx, "SELECT state FROM post WHERE paper = $1 FOR UPDATE", paper).Scan(&state)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil
	case err != nil:
		return wrap(err)
	case state == PostAsked:
		if _, err = tx.Exec(ctx, "DELETE FROM post_item WHERE paper = $1 AND manifest IS NULL", paper); err == nil {
			_, err = tx.Exec(ctx, "UPDATE post SET state = 'offered', address = NULL, since = $2 WHERE paper = $1", paper, now)
		}
		return wrap(err)
	case slices.Contains([]PostState{PostOffered, PostReturned, PostLost}, state):
		return nil
	}
	return ErrState
}

// ToPost lists what authorities are to post, the oldest first: what is to be packed, what has its label, and what the carrier has lost.
func (d *Deliveries) ToPost(ctx context.Context, authorities []string) ([]Posting, error) {
	return readPost(ctx, d.o.Pool, "p.authority = ANY($1) AND p.state IN ('asked', 'lost') AND d.status NOT IN ('revoked', 'replaced') ORDER BY p.since, p.paper", authorities)
}

// Posts tells whether authorities have papers that go by post.
func (d *Deliveries) Posts(ctx context.Context, authorities []string) (any bool, err error) {
	err = d.o.Pool.QueryRow(ctx, "SELECT EXISTS (SELECT FROM post WHERE authority = ANY($1))", authorities).Scan(&any)
	return any, wrap(err)
}

// OnePosting is a paper of authorities that goes by post. ErrNotFound.
func (d *Deliveries) OnePosting(ctx context.Context, authorities []string, paper string) (*Posting, error) {
	list, err := readPost(ctx, d.o.Pool, "p.authority = ANY($1) AND p.paper = $2", authorities, paper)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNotFound
	}
	return &list[0], nil
}

// Label says that a paper is packed, and which number its label has; another one until it stands in a manifest. ErrNotFound, ErrState, ErrPaper, ErrItem,
// ErrTaken.
func (d *Deliveries) Label(ctx context.Context, authorities []string, paper, number string) error {
	number, ok := Item(number)
	if !ok {
		return ErrItem
	}
	if _, err := d.OnePosting(ctx, authorities, paper); err != nil {
		return err
	}
	if err := d.valid(ctx, paper); err != nil {
		return err
	}
	return postgres.InTx(ctx, d.o.Pool, func(tx pgx.Tx) error {
		var state PostState
		if err := tx.QueryRow(ctx, "SELECT state FROM post WHERE paper = $1 FOR UPDATE", paper).Scan(&state); err != nil {
			return wrap(err)
		}
		if state != PostAsked {
			return ErrState
		}
		_, err := tx.Exec(ctx, "INSERT INTO post_item (paper, number) VALUES ($1, $2) ON CONFLICT (paper) WHERE manifest IS NULL DO UPDATE SET number = excluded.number", paper, number)
		if twice := (*pgconn.PgError)(nil); errors.As(err, &twice) && twice.ConstraintName == "post_item_number" {
			return ErrTaken
		}
		return wrap(err)
	})
}

// Again lets the holder of a paper that the carrier has lost ask for it once more. ErrNotFound, ErrState.
func (d *Deliveries) Again(ctx context.Context, authorities []string, paper string) error {
	if _, err := d.OnePosting(ctx, authorities, paper); err != nil {
		return err
	}
	done, err := d.o.Pool.Exec(ctx, "UPDATE post SET state = 'offered', address = NULL, item = NULL, since = $2 WHERE paper = $1 AND state = 'lost'", paper, d.now())
	if err == nil && done.RowsAffected() == 0 {
		return ErrState
	}
	return wrap(err)
}

// valid is ErrPaper where a paper is not.
func (d *Deliveries) valid(ctx context.Context, paper string) error {
	valid, err := d.o.Valid(ctx, paper)
	if err == nil && !valid {
		err = ErrPaper
	}
	return err
}

func (d *Deliveries) now() time.Time { return d.o.Now().UTC().Truncate(time.Millisecond) }
