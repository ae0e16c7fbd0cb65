package document

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/proposal"
)

// Kinds of proposals: an officer asks that a paper is suspended, or that one which officers have suspended holds again, and a colleague lets it
// happen. A hold lies over what the paper's right does to it: a right that is resumed does not end it, and its end resumes no right.
const (
	Holding   proposal.Kind = "paper-hold"
	Releasing proposal.Kind = "paper-release"
)

func holdKinds() []proposal.Kind { return []proposal.Kind{Holding, Releasing} }

// ErrTurned: the paper does not stand as the proposal wants it: it is held already, or not at all, or no longer of use.
var ErrTurned = errors.New("document: the paper does not stand so")

// Hold is what officers have asked for about a paper.
type Hold struct {
	proposal.Proposal
	Application uuid.UUID
	Paper       string // its ID
	Number      string
}

// held is what a proposal says beside its reason.
type held struct {
	Application uuid.UUID `json:"application"`
	Paper       string    `json:"paper"`
	Number      string    `json:"number"`
}

// subjects makes the subject of a proposal of a paper's ID, which is no UUID.
var subjects = uuid.MustParse("6f2b0d1c-8d4e-4f57-9a53-0c1f3f4f7b21")

func subject(id string) uuid.UUID { return uuid.NewSHA1(subjects, []byte(id)) }

// ProposeHold asks to suspend a paper of an application (Holding), or to let it hold again (Releasing). The caller has made sure that by is an
// officer who may, of one of authorities. ErrNotFound, ErrTurned, proposal.ErrReason, proposal.ErrProposed.
func (a *Archive) ProposeHold(ctx context.Context, authorities []string, application uuid.UUID, id string, kind proposal.Kind, reason string, by uuid.UUID) error {
	return postgres.InTx(ctx, a.o.Pool, func(tx pgx.Tx) error {
		d, err := lockDocument(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case d.application != application || !slices.Contains(authorities, d.authority):
			return ErrNotFound
		case !d.can(kind):
			return ErrTurned
		}
		detail, err := json.Marshal(held{application, id, d.number})
		if err != nil {
			return err
		}
		_, err = proposal.Propose(ctx, tx, proposal.Proposal{Kind: kind, Subject: subject(id), Authority: d.authority, Reason: reason, Detail: detail,
			ProposedBy: by, ProposedAt: a.o.Now()})
		return err
	})
}

// DecideHold lets happen what was proposed about a paper, or declines it; who has proposed it may take it back by declining. Whoever verifies the
// paper is told at once. ErrTurned, proposal.ErrNotFound, proposal.ErrOwn, proposal.ErrDecided.
func (a *Archive) DecideHold(ctx context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID) error {
	now := a.o.Now()
	decision := proposal.Decision{ID: id, Kinds: holdKinds(), Authorities: authorities, Approve: approve, By: by, At: now}
	return proposal.Decide(ctx, a.o.Pool, decision, func(tx pgx.Tx, p proposal.Proposal) error {
		if !approve {
			return nil
		}
		h, err := holdOf(p)
		if err != nil {
			return err
		}
		d, err := lockDocument(ctx, tx, h.Paper)
		if err != nil {
			return err
		}
		if !d.can(p.Kind) {
			return ErrTurned
		}
		return turnHeld(ctx, tx, h, now)
	})
}

// Holds are what officers have asked for about the papers of an application, the latest first.
func (a *Archive) Holds(ctx context.Context, papers []Issued) ([]Hold, error) {
	about := make([]uuid.UUID, len(papers))
	for i, p := range papers {
		about[i] = subject(p.ID)
	}
	return holdsOf(proposal.About(ctx, a.o.Pool, holdKinds(), about))
}

// HoldsWaiting are those of authorities that wait for a colleague, the oldest first.
func (a *Archive) HoldsWaiting(ctx context.Context, authorities []string) ([]Hold, error) {
	return holdsOf(proposal.Waiting(ctx, a.o.Pool, holdKinds(), authorities))
}

func holdsOf(list []proposal.Proposal, err error) ([]Hold, error) {
	out := make([]Hold, len(list))
	for i := range list {
		if err == nil {
			out[i], err = holdOf(list[i])
		}
	}
	return out, err
}

func holdOf(p proposal.Proposal) (Hold, error) {
	h, err := proposal.Said[held](p)
	return Hold{p, h.Application, h.Paper, h.Number}, err
}

// lockedDocument is a paper whose row is locked until the transaction ends.
type lockedDocument struct {
	application               uuid.UUID
	authority, number, status string
	held                      bool
}

// can tells whether what a kind of proposal asks for can be done.
func (d *lockedDocument) can(kind proposal.Kind) bool {
	of := d.status == issued || d.status == string(Suspended)
	return of && d.held == (kind == Releasing)
}

func lockDocument(ctx context.Context, tx pgx.Tx, id string) (d lockedDocument, err error) {
	err = tx.QueryRow(ctx, "SELECT application, authority, number, status, held FROM document WHERE id = $1 AND NOT starts_with(node, $2) FOR UPDATE", id, receiptNode).
		Scan(&d.application, &d.authority, &d.number, &d.status, &d.held)
	return d, wrap(err)
}

// turnHeld writes down that a paper is held, or no longer.
func turnHeld(ctx context.Context, tx pgx.Tx, h Hold, at time.Time) error {
	_, err := tx.Exec(ctx, `WITH turned AS (UPDATE document SET held = $2 WHERE id = $1)
		INSERT INTO document_hold (document, held, at, reason, proposal) VALUES ($1, $2, $3, $4, $5)`,
		h.Paper, h.Kind == Holding, Cause{At: at}.at(), h.Reason, h.ID)
	return wrap(err)
}

// eraseHolds empties why papers of an application were suspended, or were to be; that they were stays.
func eraseHolds(ctx context.Context, tx pgx.Tx, application uuid.UUID) error {
	rows, err := tx.Query(ctx, "SELECT id FROM document WHERE application = $1", application)
	if err != nil {
		return wrap(err)
	}
	papers, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(papers) == 0 {
		return wrap(err)
	}
	about := make([]uuid.UUID, len(papers))
	for i, id := range papers {
		about[i] = subject(id)
	}
	if _, err := tx.Exec(ctx, "UPDATE document_hold SET reason = $2 WHERE document = ANY($1)", papers, proposal.Erased); err != nil {
		return wrap(err)
	}
	return proposal.Erase(ctx, tx, holdKinds(), about)
}
