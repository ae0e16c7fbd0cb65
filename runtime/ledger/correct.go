package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// CorrectionStatus says how far a correction has come.
type CorrectionStatus string

// The statuses.
const (
	Proposed CorrectionStatus = "proposed"
	Posted   CorrectionStatus = "posted"
	Declined CorrectionStatus = "declined"
)

// Correction is a counter-entry that one officer proposes and another lets be written.
type Correction struct {
	ID         uuid.UUID
	Entry      uuid.UUID
	Authority  string
	Reason     string // no personal data: it stays for ever
	ProposedBy uuid.UUID
	ProposedAt time.Time
	Status     CorrectionStatus
	DecidedBy  uuid.UUID
	DecidedAt  *time.Time
}

// Errors of corrections, for errors.Is.
var (
	// ErrReason: a correction needs a reason of at most a thousand bytes.
	ErrReason = errors.New("ledger: no reason")
	// ErrCorrected: the entry was taken back, or somebody has proposed it.
	ErrCorrected = errors.New("ledger: a correction of this entry is proposed or posted")
	// ErrOwn: who has proposed a correction does not approve it.
	ErrOwn = errors.New("ledger: proposed by the same officer")
	// ErrDecided: somebody has decided meanwhile.
	ErrDecided = errors.New("ledger: the correction was decided")
)

// MostReason bounds a reason, in bytes.
const MostReason = 1000

// Propose asks for the counter-entry of an entry. The caller has made sure that by is an officer who may, of one of authorities: the entry
// must belong to one of them. ErrNotFound, ErrReason, ErrCorrected.
func (b *Book) Propose(ctx context.Context, authorities []string, entry uuid.UUID, reason string, by uuid.UUID, at time.Time) (uuid.UUID, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" || len(reason) > MostReason {
		return uuid.Nil, ErrReason
	}
	e, err := b.One(ctx, entry)
	if err != nil {
		return uuid.Nil, err
	}
	of := e.Authorities()[0]
	switch {
	case !slices.Contains(authorities, of):
		return uuid.Nil, ErrNotFound
	case e.ReversedBy != uuid.Nil:
		return uuid.Nil, ErrCorrected
	}
	id := uuid.New()
	_, err = b.pool.Exec(ctx, "INSERT INTO correction (id, entry, authority, reason, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5, $6)",
		id, entry, of, reason, by, at)
	switch {
	case postgres.Unique(err, "correction_entry"):
		return uuid.Nil, ErrCorrected
	case err != nil:
		return uuid.Nil, fmt.Errorf("ledger: %w", err)
	}
	return id, nil
}

// Decide lets a correction be written, or declines it; who has proposed it may take it back by declining. The counter-entry is booked on the
// day of at, in at's location, or later where that period is closed. The caller has made sure that by is an officer who may, of one of
// authorities. ErrNotFound, ErrOwn, ErrDecided.
func (b *Book) Decide(ctx context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID, at time.Time) error {
	return postgres.InTx(ctx, b.pool, func(tx pgx.Tx) error {
		list, err := corrections(ctx, tx, "WHERE id = $1 AND authority = ANY($2) FOR UPDATE", id, authorities)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return ErrNotFound
		}
		c := list[0]
		switch {
		case c.Status != Proposed:
			return ErrDecided
		case approve && c.ProposedBy == by:
			return ErrOwn
		}
		status := Declined
		if approve {
			status = Posted
			if err := reverse(ctx, tx, c.Entry, c.ID, Signed{c.Reason, c.ProposedBy, by}, at); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, "UPDATE correction SET status = $2, decided_by = $3, decided_at = $4 WHERE id = $1", id, status, by, at); err != nil {
			return fmt.Errorf("ledger: %w", err)
		}
		return nil
	})
}

// Reverse writes the counter-entry of the entry of a kind and subject in the caller's transaction, for which two officers answer; subject is that of
// the counter-entry. ErrNotFound; ErrCorrected where it was taken back, after which the transaction is lost.
func Reverse(ctx context.Context, tx pgx.Tx, kind Kind, of, subject uuid.UUID, signed Signed, at time.Time) error {
	var entry uuid.UUID
	err := tx.QueryRow(ctx, "SELECT id FROM entry WHERE kind = $1 AND subject = $2", kind, of).Scan(&entry)
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	err = reverse(ctx, tx, entry, subject, signed, at)
	if postgres.Unique(err, "entry_reverses") {
		return ErrCorrected
	}
	return err
}

func reverse(ctx context.Context, tx pgx.Tx, entry, subject uuid.UUID, signed Signed, at time.Time) error {
	rows, err := tx.Query(ctx, "SELECT account, -amount, currency FROM posting WHERE entry = $1 ORDER BY line", entry)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	e := Entry{Kind: Reversed, Subject: subject, At: at, Signed: signed}
	if e.Postings, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Posting]); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if err := tx.QueryRow(ctx, "SELECT application FROM entry WHERE id = $1", entry).Scan(&e.Application); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	_, err = insert(ctx, tx, e, &entry)
	return err
}

// mostCorrections bounds what Corrections gives at once.
const mostCorrections = 200

// Corrections are those of authorities that wait for somebody, the oldest first, and then the latest that were decided.
func (b *Book) Corrections(ctx context.Context, authorities []string) ([]Correction, error) {
	return corrections(ctx, b.pool, `WHERE authority = ANY($1) ORDER BY status <> 'proposed', CASE WHEN status = 'proposed' THEN proposed_at END, decided_at DESC
		LIMIT $2`, authorities, mostCorrections)
}

// CorrectionOf is what was proposed last about an entry; nil where nothing was.
func (b *Book) CorrectionOf(ctx context.Context, entry uuid.UUID) (*Correction, error) {
	list, err := corrections(ctx, b.pool, "WHERE entry = $1 ORDER BY proposed_at DESC LIMIT 1", entry)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func corrections(ctx context.Context, q querier, where string, args ...any) ([]Correction, error) {
	rows, err := q.Query(ctx, `SELECT id, entry, authority, reason, proposed_by, proposed_at, status, decided_by, decided_at FROM correction `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Correction, err error) {
		var by *uuid.UUID
		err = row.Scan(&c.ID, &c.Entry, &c.Authority, &c.Reason, &c.ProposedBy, &c.ProposedAt, &c.Status, &by, &c.DecidedAt)
		if by != nil {
			c.DecidedBy = *by
		}
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return list, nil
}
