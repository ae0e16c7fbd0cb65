package application

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

const (
	// reconcileAfter is the age at which an application should long have started.
	reconcileAfter = time.Minute
	reconcilePage  = 500
)

// Reconciled is what a reconciliation found.
type Reconciled struct {
	Looked    int
	Restarted int         // starts that were promised again
	Missing   []uuid.UUID // open applications whose workflow is gone or has ended: for an operator
	Next      uuid.UUID   // continue from here, also after an error; the zero UUID at the end
}

// Reconcile compares a bounded number of open applications, from after on by ID, with their workflows. One that was received and has none is
// started again. One that was at work and has none, or whose workflow has ended without it, is only reported: what it has done in the world
// is done, and starting again would do it twice. Run it now and then, and from the beginning after a restore. An error ends the call, and
// the next one goes on behind the application that led to it: one that cannot be looked at hides no other.
func (b *Book) Reconcile(ctx context.Context, after uuid.UUID) (r Reconciled, err error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT id, status FROM application
		WHERE status <> 'ended' AND id > $1 AND submitted_at < $2 ORDER BY id LIMIT $3`, after, b.now().Add(-reconcileAfter), reconcilePage)
	if err != nil {
		return r, err
	}
	type open struct {
		ID     uuid.UUID
		Status Status
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[open])
	if err != nil {
		return r, err
	}
	for _, a := range list {
		r.Looked++
		known, running, err := b.running(ctx, a.ID)
		if err != nil {
			r.Next = a.ID
			return r, fmt.Errorf("reconcile %s: %w", a.ID, err)
		}
		switch {
		case running:
		case known || a.Status != Received:
			r.Missing = append(r.Missing, a.ID)
		default:
			err := postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error { return outbox.Again(ctx, tx, startMessage(a.ID)) })
			if err != nil {
				r.Next = a.ID
				return r, err
			}
			r.Restarted++
		}
	}
	if r.Missing, err = b.stillOpen(ctx, r.Missing); err != nil {
		return r, err
	}
	if len(list) == reconcilePage {
		r.Next = list[len(list)-1].ID
	}
	if r.Restarted > 0 {
		b.o.Relay.Wake()
	}
	return r, nil
}

// stillOpen leaves out what has ended while it was looked at: the last step is applied before its workflow ends.
func (b *Book) stillOpen(ctx context.Context, ids []uuid.UUID) ([]uuid.UUID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := b.o.Pool.Query(ctx, "SELECT id FROM application WHERE id = ANY($1) AND status <> 'ended' ORDER BY id", ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// running tells whether Temporal knows a workflow of the application, and whether that has not ended.
func (b *Book) running(ctx context.Context, id uuid.UUID) (known, running bool, err error) {
	w, err := b.o.Temporal.DescribeWorkflowExecution(ctx, id.String(), "")
	if gone := (*serviceerror.NotFound)(nil); errors.As(err, &gone) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	return true, w.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}

// PlansInUse are the digests of the plans of open applications: what a worker loads before it polls, and what is never deleted.
func PlansInUse(ctx context.Context, q interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}) ([]string, error) {
	rows, err := q.Query(ctx, "SELECT DISTINCT plan FROM application WHERE status <> 'ended'")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
