package proposal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// Kind is what is proposed; the capability that carries it out names it.
type Kind string

// Status says how far a proposal has come.
type Status string

// The statuses.
const (
	Proposed Status = "proposed"
	Approved Status = "approved" // and carried out, in the same transaction
	Declined Status = "declined" // or taken back
)

// Proposal is something that one officer asks another to let happen.
type Proposal struct {
	ID         uuid.UUID // Propose makes one where it is zero
	Kind       Kind
	Subject    uuid.UUID // what it is about
	Authority  string
	Reason     string          // no personal data: it stays for ever
	Detail     json.RawMessage // what the kind says beside it; may be nil
	ProposedBy uuid.UUID
	ProposedAt time.Time
	Status     Status
	DecidedBy  uuid.UUID
	DecidedAt  *time.Time
}

// Errors of this package, for errors.Is.
var (
	// ErrReason: a proposal needs a reason of at most MostReason bytes.
	ErrReason = errors.New("proposal: no reason")
	// ErrProposed: one of this kind about this subject waits for somebody.
	ErrProposed = errors.New("proposal: proposed already")
	// ErrNotFound: there is none that the caller may decide on.
	ErrNotFound = errors.New("proposal: not found")
	// ErrOwn: who has proposed it does not approve it.
	ErrOwn = errors.New("proposal: proposed by the same officer")
	// ErrDecided: somebody has decided meanwhile.
	ErrDecided = errors.New("proposal: decided already")
)

// MostReason bounds a reason, in bytes.
const MostReason = 1000

// Propose stores a proposal in the caller's transaction. The caller has made sure that the officer may. ErrReason, ErrProposed; the transaction
// is lost after ErrProposed.
func Propose(ctx context.Context, tx pgx.Tx, p Proposal) (uuid.UUID, error) {
	p.Reason = strings.TrimSpace(p.Reason)
	if p.Reason == "" || len(p.Reason) > MostReason {
		return uuid.Nil, ErrReason
	}
	if p.ID == uuid.Nil {
		p.ID = uuid.New()
	}
	if p.Detail == nil {
		p.Detail = json.RawMessage("{}")
	}
	_, err := tx.Exec(ctx, `INSERT INTO proposal (id, kind, subject, authority, reason, detail, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.ID, p.Kind, p.Subject, p.Authority, p.Reason, p.Detail, p.ProposedBy, p.ProposedAt)
	switch {
	case postgres.Unique(err, "proposal_open"):
		return uuid.Nil, ErrProposed
	case err != nil:
		return uuid.Nil, fmt.Errorf("proposal: %w", err)
	}
	return p.ID, nil
}

// Said is what the kind of a proposal says beside its reason.
func Said[T any](p Proposal) (detail T, err error) {
	if err = json.Unmarshal(p.Detail, &detail); err != nil {
		return detail, fmt.Errorf("proposal: what %s says: %w", p.ID, err)
	}
	return detail, nil
}

// Decision is what an officer says about a proposal.
type Decision struct {
	ID          uuid.UUID
	Kinds       []Kind   // those that the caller decides on
	Authorities []string // of which the officer may decide
	Approve     bool
	By          uuid.UUID
	At          time.Time
}

// Decide writes a decision down, and carries out what was decided in the same transaction: decided is called with the proposal as it stands from
// then on. ErrNotFound, ErrOwn, ErrDecided, and what decided fails with; then nothing was decided.
func Decide(ctx context.Context, pool *pgxpool.Pool, d Decision, decided func(tx pgx.Tx, p Proposal) error) error {
	return postgres.InTx(ctx, pool, func(tx pgx.Tx) error {
		list, err := read(ctx, tx, "WHERE id = $1 AND kind = ANY($2) AND authority = ANY($3) FOR UPDATE", d.ID, d.Kinds, d.Authorities)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return ErrNotFound
		}
		p := list[0]
		switch {
		case p.Status != Proposed:
			return ErrDecided
		case d.Approve && p.ProposedBy == d.By:
			return ErrOwn
		}
		p.Status, p.DecidedBy, p.DecidedAt = Declined, d.By, &d.At
		if d.Approve {
			p.Status = Approved
		}
		if _, err := tx.Exec(ctx, "UPDATE proposal SET status = $2, decided_by = $3, decided_at = $4 WHERE id = $1", p.ID, p.Status, d.By, d.At); err != nil {
			return fmt.Errorf("proposal: %w", err)
		}
		return decided(tx, p)
	})
}

// Erased stands where a reason was of what nobody needs to know any more.
const Erased = "erased"

// Erase empties, in the caller's transaction, the reasons of proposals of some kinds about subjects: against their rule they may name somebody. Who has
// proposed and decided what, and when, stays.
func Erase(ctx context.Context, tx pgx.Tx, kinds []Kind, subjects []uuid.UUID) error {
	if _, err := tx.Exec(ctx, "UPDATE proposal SET reason = $3 WHERE kind = ANY($1) AND subject = ANY($2)", kinds, subjects, Erased); err != nil {
		return fmt.Errorf("proposal: %w", err)
	}
	return nil
}

// Querier is a pool or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// most bounds what is read at once.
const most = 200

// Waiting are those of authorities that wait for somebody, the oldest first.
func Waiting(ctx context.Context, q Querier, kinds []Kind, authorities []string) ([]Proposal, error) {
	return read(ctx, q, "WHERE kind = ANY($1) AND authority = ANY($2) AND status = 'proposed' ORDER BY proposed_at, id LIMIT $3", kinds, authorities, most)
}

// Of are those of authorities: the ones that wait for somebody, the oldest first, and then the latest that were decided.
func Of(ctx context.Context, q Querier, kinds []Kind, authorities []string) ([]Proposal, error) {
	return read(ctx, q, `WHERE kind = ANY($1) AND authority = ANY($2)
		ORDER BY status <> 'proposed', CASE WHEN status = 'proposed' THEN proposed_at END, decided_at DESC, id LIMIT $3`, kinds, authorities, most)
}

// About are those about subjects, the latest first.
func About(ctx context.Context, q Querier, kinds []Kind, subjects []uuid.UUID) ([]Proposal, error) {
	return read(ctx, q, "WHERE kind = ANY($1) AND subject = ANY($2) ORDER BY proposed_at DESC, id LIMIT $3", kinds, subjects, most)
}

func read(ctx context.Context, q Querier, where string, args ...any) ([]Proposal, error) {
	rows, err := q.Query(ctx, "SELECT id, kind, subject, authority, reason, detail, proposed_by, proposed_at, status, decided_by, decided_at FROM proposal "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("proposal: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Proposal, err error) {
		var by *uuid.UUID
		err = row.Scan(&p.ID, &p.Kind, &p.Subject, &p.Authority, &p.Reason, &p.Detail, &p.ProposedBy, &p.ProposedAt, &p.Status, &by, &p.DecidedAt)
		if by != nil {
			p.DecidedBy = *by
		}
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("proposal: %w", err)
	}
	return list, nil
}
