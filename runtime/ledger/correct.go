package ledger

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/proposal"
)

// Correcting is the kind of a proposal to take an entry back, which is its subject.
const Correcting proposal.Kind = "correction"

// ErrCorrected: the entry was taken back, or somebody has proposed it.
var ErrCorrected = errors.New("ledger: a correction of this entry is proposed or posted")

// Propose asks for the counter-entry of an entry. The caller has made sure that by is an officer who may, of one of authorities: the entry
// must belong to one of them. ErrNotFound, ErrCorrected, proposal.ErrReason.
func (b *Book) Propose(ctx context.Context, authorities []string, entry uuid.UUID, reason string, by uuid.UUID, at time.Time) (id uuid.UUID, err error) {
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
	err = postgres.InTx(ctx, b.pool, func(tx pgx.Tx) error {
		id, err = proposal.Propose(ctx, tx, proposal.Proposal{Kind: Correcting, Subject: entry, Authority: of, Reason: reason, ProposedBy: by, ProposedAt: at})
		return err
	})
	if errors.Is(err, proposal.ErrProposed) {
		err = ErrCorrected
	}
	return id, err
}

// Decide lets a correction be written, or declines it; who has proposed it may take it back by declining. The counter-entry is booked on the
// day of at, in at's location, or later where that period is closed. The caller has made sure that by is an officer who may, of one of
// authorities. ErrCorrected where it was taken back meanwhile; proposal.ErrNotFound, proposal.ErrOwn, proposal.ErrDecided.
func (b *Book) Decide(ctx context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID, at time.Time) error {
	d := proposal.Decision{ID: id, Kinds: []proposal.Kind{Correcting}, Authorities: authorities, Approve: approve, By: by, At: at}
	err := proposal.Decide(ctx, b.pool, d, func(tx pgx.Tx, p proposal.Proposal) error {
		if !approve {
			return nil
		}
		return reverse(ctx, tx, p.Subject, p.ID, Signed{p.Reason, p.ProposedBy, by}, at)
	})
	if postgres.Unique(err, "entry_reverses") {
		err = ErrCorrected
	}
	return err
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

// Corrections are those of authorities that wait for somebody, the oldest first, and then the latest that were decided.
func (b *Book) Corrections(ctx context.Context, authorities []string) ([]proposal.Proposal, error) {
	return proposal.Of(ctx, b.pool, []proposal.Kind{Correcting}, authorities)
}

// CorrectionOf is what was proposed last about an entry; nil where nothing was.
func (b *Book) CorrectionOf(ctx context.Context, entry uuid.UUID) (*proposal.Proposal, error) {
	list, err := proposal.About(ctx, b.pool, []proposal.Kind{Correcting}, []uuid.UUID{entry})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}
