package change

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

// Remark is what somebody says about a change, or a place in it.
type Remark struct {
	ID         uuid.UUID
	Proposal   int    // at which it was made; 0: while it was drafted
	Path       string // file; "" = the whole change
	Place      []string
	Answers    uuid.UUID // the remark that it answers; zero: none
	Author     uuid.UUID
	At         time.Time
	Text       string
	ResolvedBy uuid.UUID // zero: open
	ResolvedAt time.Time
}

// mostRemarks bounds what one change is told, and mostPlace how deep a place lies.
const (
	mostRemarks = 1000
	mostPlace   = 20
)

// MaySay tells whether somebody may remark on a change: analysts and reviewers of any authority, and whoever its route asks now, whatever their office. Nobody does of what is over.
func (c *Changes) MaySay(ctx context.Context, by *identity.Person, ch *Change) (bool, error) {
	switch {
	case by == nil || !ch.EndedAt.IsZero():
		return false, nil
	case IsReader(by):
		return true, nil
	case ch.Status != Proposed || ch.Application == uuid.Nil || c.o.Route == nil:
		return false, nil
	}
	return c.o.Route.Asks(ctx, by, ch.Application)
}

// Say adds a remark of somebody who may (MaySay) to a change that is not over; of r only Path, Place, Answers and Text count. ErrForeign, ErrInvalid,
// ErrStatus, ErrNotFound.
func (c *Changes) Say(ctx context.Context, by *identity.Person, number int64, r Remark) (uuid.UUID, error) {
	r.Text = strings.TrimSpace(r.Text)
	ch, err := c.Find(ctx, number)
	if errors.Is(err, ErrNotFound) && !IsReader(by) {
		err = ErrForeign // which changes there are is nothing for strangers
	}
	if err != nil {
		return uuid.Nil, err
	}
	may, err := c.MaySay(ctx, by, ch)
	switch {
	case err != nil:
		return uuid.Nil, err
	case !may && !IsReader(by):
		return uuid.Nil, ErrForeign
	case !may: // it is over
		return uuid.Nil, ErrStatus
	case r.Text == "" || len(r.Text) > MostReason || !postgres.Storable(r.Text, r.Path) || !postgres.Storable(r.Place...):
		return uuid.Nil, fmt.Errorf("%w: remark", ErrInvalid)
	case r.Path != "" && !isPath(r.Path) || len(r.Place) > mostPlace || len(strings.Join(r.Place, "")) > MostReason:
		return uuid.Nil, fmt.Errorf("%w: place", ErrInvalid)
	}
	id := uuid.New()
	err = postgres.InTx(ctx, c.o.Pool, func(tx pgx.Tx) error {
		ch, err := find(ctx, tx, number, "FOR UPDATE OF c")
		if err != nil {
			return err
		}
		if !ch.EndedAt.IsZero() {
			return ErrStatus
		}
		var said int
		var known bool
		if err := tx.QueryRow(ctx, "SELECT count(*), coalesce(bool_or(id = $2), false) FROM change_remark WHERE change = $1", ch.ID, r.Answers).Scan(&said, &known); err != nil {
			return err
		}
		switch {
		case said >= mostRemarks:
			return fmt.Errorf("%w: more than %d remarks", ErrInvalid, mostRemarks)
		case r.Answers != uuid.Nil && !known:
			return ErrNotFound
		}
		place := r.Place
		if place == nil {
			place = []string{}
		}
		_, err = tx.Exec(ctx, `INSERT INTO change_remark (id, change, proposal, path, place, answers, author, at, text)
			VALUES ($1, $2, coalesce((SELECT max(number) FROM change_proposal WHERE change = $2), 0), $3, $4, $5, $6, $7, $8)`,
			id, ch.ID, r.Path, place, uuid.NullUUID{UUID: r.Answers, Valid: r.Answers != uuid.Nil}, by.ID, c.now(), r.Text)
		return err
	})
	return id, err
}

// Resolve says that a remark is dealt with: whoever made it says so, or an analyst of the change.
func (c *Changes) Resolve(ctx context.Context, by *identity.Person, number int64, remark uuid.UUID) error {
	tag, err := c.o.Pool.Exec(ctx, `UPDATE change_remark r SET resolved_by = $3, resolved_at = $4 FROM change c
		WHERE c.id = r.change AND c.number = $1 AND r.id = $2 AND r.resolved_at IS NULL AND c.ended_at IS NULL AND (r.author = $3 OR c.authority = ANY ($5))`,
		number, remark, by.ID, c.now(), Authorities(by))
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNotFound
	}
	return err
}

// Remarks are all of a change, the oldest first.
func (c *Changes) Remarks(ctx context.Context, number int64) ([]Remark, error) {
	rows, err := c.o.Pool.Query(ctx, `SELECT r.id, r.proposal, r.path, r.place, r.answers, r.author, r.at, r.text, r.resolved_by, r.resolved_at
		FROM change_remark r JOIN change c ON c.id = r.change WHERE c.number = $1 ORDER BY r.at, r.id`, number)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Remark, err error) {
		var answers, by uuid.NullUUID
		var at *time.Time
		err = row.Scan(&r.ID, &r.Proposal, &r.Path, &r.Place, &answers, &r.Author, &r.At, &r.Text, &by, &at)
		r.Answers, r.ResolvedBy, r.ResolvedAt = answers.UUID, by.UUID, moment(at)
		return r, err
	})
}
