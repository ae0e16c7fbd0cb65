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
	Next      uuid.UUID   // continue from here; the zero UUID at the end
}

// Reconcile compares a bounded number of open applications, from after on by ID, with their workflows. One that was received and has none is
// started again. One that was at work and has none is only reported: what it has done in the world is done, and starting again would
// do it twice. Run it now and then, and from the beginning after a restore.
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
		running, err := b.running(ctx, a.ID)
		if err != nil {
			return r, fmt.Errorf("reconcile %s: %w", a.ID, err)
		}
		switch {
		case running:
		case a.Status != Received:
			r.Missing = append(r.Missing, a.ID)
		default:
			err := postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error { return outbox.Again(ctx, tx, startMessage(a.ID)) })
			if err != nil {
				return r, err
			}
			r.Restarted++
		}
	}
	if len(list) == reconcilePage {
		r.Next = list[len(list)-1].ID
	}
	if r.Restarted > 0 {
		b.o.Relay.Wake()
	}
	return r, nil
}

func (b *Book) running(ctx context.Context, id uuid.UUID) (bool, error) {
	w, err := b.o.Temporal.DescribeWorkflowExecution(ctx, id.String(), "")
	if gone := (*serviceerror.NotFound)(nil); errors.As(err, &gone) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return w.GetWorkflowExecutionInfo().GetStatus() == enums.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
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
