package change

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// The roles of people who change the catalogue; every authority may have them. What belongs to no authority alone is the platform's.
const (
	Analyst  = "catalogue-analyst"
	Reviewer = "catalogue-reviewer"
	Platform = "platform"
)

// Status says how far a change has come.
type Status string

// The statuses.
const (
	Draft     Status = "draft"     // its analysts work on it
	Proposed  Status = "proposed"  // reviewers look at it; nobody edits it
	Returned  Status = "returned"  // reviewers have sent it back; its analysts work on it again
	Approved  Status = "approved"  // released: live, or from its moment on
	Refused   Status = "refused"   // reviewers have ended it
	Withdrawn Status = "withdrawn" // its analysts have
)

// Editable tells whether its analysts may work on it.
func (s Status) Editable() bool { return s == Draft || s == Returned }

// Words are what a change says of itself.
type Words struct {
	Title  string
	Reason string // why
	Basis  string // the law or decision on which it rests
	// LiveFrom is when it is to go live; zero = as soon as it is approved.
	LiveFrom time.Time
}

// Bounds of what is written, in bytes, and of what one change holds.
const (
	MostTitle  = 200
	MostReason = 4000
	MostFile   = 1 << 20
	MostFiles  = 2000
	mostEdits  = 200_000 // of one change; then it is proposed, or a new one begun
)

// Change is one change.
type Change struct {
	ID        uuid.UUID
	Number    int64 // by which people call it
	Words     Words
	Authority string // whose analysts work on it
	Author    uuid.UUID
	Status    Status
	Base      int64 // release on which it rests
	// Revision goes up with every edit of any of its files.
	Revision    int64
	StartedAt   time.Time
	EditedAt    time.Time
	ProposedAt  time.Time // zero: never
	EndedAt     time.Time // zero: not yet
	Application uuid.UUID // of the route that it goes by; zero: never proposed
	Publication int64     // 0: none
	Files       []string  // that differ from the base, sorted
}

// Errors of this package, for errors.Is.
var (
	ErrNotFound = errors.New("change: no such change or file")
	ErrInvalid  = errors.New("change: not well said")              // a bound or an empty word; the text says which
	ErrForeign  = errors.New("change: it belongs to another")      // the caller is no analyst of the authority, or a file is another authority's
	ErrStatus   = errors.New("change: not as it stands")           // it is proposed or over
	ErrStale    = errors.New("change: somebody has edited it")     // the edit rests on an older version
	ErrOverlap  = errors.New("change: the same place was changed") // what is to be undone, or saved, has been changed by somebody since
	ErrNothing  = errors.New("change: nothing to do")              // to undo, to redo, to propose
	ErrMoved    = errors.New("change: rests on an older release")  // take over what was released meanwhile first
	ErrComing   = errors.New("change: another release waits for its moment")
	ErrBroken   = errors.New("change: its checks find errors") // a *Broken says which
	ErrNoRoute  = errors.New("change: the catalogue names no service by which changes go")
)

// Options of Changes.
type Options struct {
	Pool     *pgxpool.Pool
	Keys     release.Keys
	Releases *release.Store
	Scripts  form.Scripts // of scenarios; nil: they find nothing
	Route    Route        // nil: nothing can be proposed
	// Past works out what past applications would cost; nil: nothing is said about them.
	Past func(ctx context.Context, r PastRequest) (Past, error)
	// Replay takes past applications through what is proposed; nil: nothing is said about them.
	Replay func(ctx context.Context, r PastRequest) (Replay, error)
	Now    func() time.Time
	Log    *slog.Logger
}

// PastRequest asks about past applications of a service: what is live, and what is proposed, on the day from which that counts.
type PastRequest struct {
	Service           string
	Since             time.Time
	Most              int
	Live              *plan.Plan
	LiveReference     *release.Reference
	Proposed          *plan.Plan
	ProposedReference *release.Reference
	From              time.Time
}

// Route takes proposals through the service of the catalogue by which changes go.
type Route interface {
	// Begin starts an application for a change, once for a key; person is its author.
	Begin(ctx context.Context, person *identity.Person, number int64, key string) (application uuid.UUID, err error)
	// Again sends an application that was returned to its author on.
	Again(ctx context.Context, person *identity.Person, application uuid.UUID, number int64, key string) error
	// Recuse sees to it that somebody does not decide on it.
	Recuse(ctx context.Context, application, person uuid.UUID) error
	// Withdraw ends it.
	Withdraw(ctx context.Context, person *identity.Person, application uuid.UUID, key string) error
	// Asks tells whether an application waits for what somebody decides, as one of those who hold a role and with no part in it.
	Asks(ctx context.Context, person *identity.Person, application uuid.UUID) (bool, error)
	// State says how an application stands.
	State(ctx context.Context, application uuid.UUID) (RouteState, error)
}

// withdrawnOutcome is that of an application whose applicant has withdrawn it.
const withdrawnOutcome = "withdrawn"

// RouteState is how an application of the route stands.
type RouteState struct {
	Returned bool // it waits for its author
	Ended    bool
	Outcome  string
}

// Changes is the capability. It is safe for parallel use, also in several processes.
type Changes struct {
	o      Options
	spaces spaces
}

// New makes it.
func New(o Options) *Changes {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Changes{o: o}
}

func (c *Changes) now() time.Time { return c.o.Now().UTC().Truncate(time.Millisecond) }

// Start begins a change on the live release. The caller is an analyst of the authority.
func (c *Changes) Start(ctx context.Context, by *identity.Person, w Words, authority string) (*Change, error) {
	if !IsAnalyst(by, authority) {
		return nil, ErrForeign
	}
	if err := w.valid(false); err != nil {
		return nil, err
	}
	var number int64
	err := postgres.InTx(ctx, c.o.Pool, func(tx pgx.Tx) error {
		head, err := release.Current(ctx, tx)
		if err != nil {
			return err
		}
		number, err = c.begin(ctx, tx, by, w, authority, head.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c.Find(ctx, number)
}

// valid looks at bounds; whole also at what a proposal needs.
func (w *Words) valid(whole bool) error {
	w.Title, w.Reason, w.Basis = strings.TrimSpace(w.Title), strings.TrimSpace(w.Reason), strings.TrimSpace(w.Basis)
	switch {
	case w.Title == "" || len(w.Title) > MostTitle || strings.ContainsAny(w.Title, "\n\r"):
		return fmt.Errorf("%w: title", ErrInvalid)
	case len(w.Reason) > MostReason || whole && w.Reason == "":
		return fmt.Errorf("%w: reason", ErrInvalid)
	case len(w.Basis) > MostReason:
		return fmt.Errorf("%w: basis", ErrInvalid)
	case !postgres.Storable(w.Title, w.Reason, w.Basis):
		return fmt.Errorf("%w: a character that cannot be kept", ErrInvalid)
	}
	return nil
}

// Describe gives a change other words.
func (c *Changes) Describe(ctx context.Context, by *identity.Person, number int64, w Words) error {
	if err := w.valid(false); err != nil {
		return err
	}
	return c.editing(ctx, by, number, func(tx pgx.Tx, ch *Change) error {
		_, err := tx.Exec(ctx, "UPDATE change SET title = $2, reason = $3, basis = $4, live_from = $5, edited_at = $6 WHERE id = $1",
			ch.ID, w.Title, w.Reason, w.Basis, instant(w.LiveFrom), c.now())
		return err
	})
}

// Withdraw ends a change of one's own authority that is not released: a draft at once, a proposal by its route.
func (c *Changes) Withdraw(ctx context.Context, by *identity.Person, number int64) error {
	ch, err := c.Find(ctx, number)
	if err != nil {
		return err
	}
	if !IsAnalyst(by, ch.Authority) {
		return ErrForeign
	}
	if ch.Application != uuid.Nil && (ch.Status == Proposed || ch.Status == Returned) {
		if by.ID != ch.Author {
			return ErrForeign // the application is its author's
		}
		if err := c.o.Route.Withdraw(ctx, by, ch.Application, fmt.Sprintf("withdraw-%d", number)); err != nil {
			return err
		}
	}
	return postgres.InTx(ctx, c.o.Pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "UPDATE change SET status = 'withdrawn', ended_at = $2 WHERE number = $1 AND status IN ('draft', 'proposed', 'returned')", number, c.now())
		if err == nil && tag.RowsAffected() == 0 {
			err = ErrStatus
		}
		return err
	})
}

// editing does something in a transaction of an analyst who may work on a change now.
func (c *Changes) editing(ctx context.Context, by *identity.Person, number int64, do func(tx pgx.Tx, ch *Change) error) error {
	if _, err := c.Find(ctx, number); err != nil { // a proposal that was returned is one from here on
		return err
	}
	return postgres.InTx(ctx, c.o.Pool, func(tx pgx.Tx) error {
		ch, err := find(ctx, tx, number, "FOR UPDATE OF c")
		switch {
		case err != nil:
			return err
		case !IsAnalyst(by, ch.Authority):
			return ErrForeign
		case !ch.Status.Editable():
			return ErrStatus
		}
		return do(tx, ch)
	})
}

const columns = `SELECT c.id, c.number, c.title, c.reason, c.basis, c.live_from, c.authority, c.author, c.status, c.base, c.revision, c.started_at, c.edited_at,
	c.proposed_at, c.ended_at, c.application, c.publication, ARRAY(SELECT f.path FROM change_file f WHERE f.change = c.id AND f.differs ORDER BY f.path COLLATE "C") FROM change c `

func scan(row pgx.CollectableRow) (*Change, error) {
	ch := &Change{}
	var live, proposed, ended *time.Time
	var application *uuid.UUID
	var publication *int64
	err := row.Scan(&ch.ID, &ch.Number, &ch.Words.Title, &ch.Words.Reason, &ch.Words.Basis, &live, &ch.Authority, &ch.Author, &ch.Status, &ch.Base, &ch.Revision,
		&ch.StartedAt, &ch.EditedAt, &proposed, &ended, &application, &publication, &ch.Files)
	ch.Words.LiveFrom, ch.ProposedAt, ch.EndedAt = moment(live), moment(proposed), moment(ended)
	if application != nil {
		ch.Application = *application
	}
	if publication != nil {
		ch.Publication = *publication
	}
	return ch, err
}

func find(ctx context.Context, q release.Querier, number int64, lock string) (*Change, error) {
	rows, err := q.Query(ctx, columns+"WHERE c.number = $1 "+lock, number)
	if err != nil {
		return nil, err
	}
	ch, err := pgx.CollectExactlyOneRow(rows, scan)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	return ch, err
}

// Find gives a change as it stands, also by its route.
func (c *Changes) Find(ctx context.Context, number int64) (*Change, error) {
	ch, err := find(ctx, c.o.Pool, number, "")
	if err != nil || ch.Status != Proposed {
		return ch, err
	}
	return c.followed(ctx, ch)
}

// sentWithin is how long it may take until the route has begun for a proposal; one whose process has died meanwhile is a draft again.
const sentWithin = 2 * time.Minute

// followed brings a proposal to where its route is.
func (c *Changes) followed(ctx context.Context, ch *Change) (*Change, error) {
	var state RouteState
	var err error
	if ch.Application != uuid.Nil {
		if state, err = c.o.Route.State(ctx, ch.Application); err != nil {
			return ch, err
		}
	}
	status := ch.Status
	switch {
	case ch.Application == uuid.Nil:
		if c.now().Sub(ch.ProposedAt) > sentWithin {
			status = Draft
		}
	case state.Returned:
		status = Returned
	case state.Ended && state.Outcome == withdrawnOutcome:
		status = Withdrawn
	case state.Ended:
		status = Refused // what is approved was released before the route ended
	}
	if status == ch.Status {
		return ch, nil
	}
	// Only of the proposal of which that is the state: it may have gone on meanwhile.
	_, err = c.o.Pool.Exec(ctx, `UPDATE change SET status = $2, ended_at = CASE WHEN $2 IN ('refused', 'withdrawn') THEN $3::timestamptz END
		WHERE id = $1 AND status = 'proposed' AND proposed_at = $4`, ch.ID, status, c.now(), ch.ProposedAt)
	if err != nil {
		return ch, err
	}
	return find(ctx, c.o.Pool, ch.Number, "")
}

// Filter says which changes are asked for; what is empty is not looked at.
type Filter struct {
	Authority string
	Path      string // that touch this file
	Open      bool   // drafts and proposals only
	Before    int64  // numbers below
}

// page is how many changes a list gives at once.
const page = 50

// List gives changes, the newest first, fifty at most.
func (c *Changes) List(ctx context.Context, f Filter) ([]*Change, error) {
	rows, err := c.o.Pool.Query(ctx, columns+`WHERE ($1 = '' OR c.authority = $1) AND ($2 = '' OR EXISTS (SELECT FROM change_file f WHERE f.change = c.id AND f.path = $2 AND f.differs))
		AND (NOT $3 OR c.ended_at IS NULL) AND ($4 = 0 OR c.number < $4) ORDER BY c.number DESC LIMIT $5`, f.Authority, f.Path, f.Open, f.Before, page)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, scan)
	for i, ch := range list {
		if err == nil && ch.Status == Proposed {
			list[i], err = c.followed(ctx, ch)
		}
	}
	return list, err
}

func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Millisecond)
	return &t
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// IsAnalyst tells whether a person may change what belongs to an authority.
func IsAnalyst(p *identity.Person, authority string) bool { return holds(p, authority, Analyst) }

// IsReader tells whether a person may see changes: analysts and reviewers of any authority.
func IsReader(p *identity.Person) bool {
	return p != nil && slices.ContainsFunc(p.Capacities, func(capacity string) bool {
		_, role, _ := strings.Cut(capacity, ":")
		return role == Analyst || role == Reviewer
	})
}

func holds(p *identity.Person, authority, role string) bool {
	return p != nil && authority != "" && slices.Contains(p.Capacities, authority+":"+role)
}

// Authorities are those whose analyst a person is, sorted.
func Authorities(p *identity.Person) (out []string) {
	for _, capacity := range p.Capacities {
		if authority, role, _ := strings.Cut(capacity, ":"); role == Analyst {
			out = append(out, authority)
		}
	}
	return out
}
