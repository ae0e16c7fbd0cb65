package application

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// refusals are the codes of activity.ActResult; another error of an update is a failure and is tried again.
var refusals = []string{"closed", "revision", "forbidden", "unknown-action", "comment-required", "own-application", "same-officer", "voted", "too-early", "frozen", "being-undone", "suspended", "ended", "invalid"}

// deliverAct brings a stored act to the workflow. An act that took effect is recorded by Apply; here only a refusal is. One that has taken
// effect is brought again all the same: a process that died in between may have kept Temporal from recording it.
func (b *Book) deliverAct(ctx context.Context, d outbox.Delivery) error {
	id, err := uuid.Parse(d.Subject)
	if err != nil {
		return &outbox.Failed{Code: "bad-subject", Err: err}
	}
	p, err := b.pending(ctx, id)
	if err != nil || p == nil {
		return err
	}
	if p.status == Ended && !p.tookEffect && p.act.Action != Reopen {
		return b.refuse(ctx, p, "ended")
	}
	b.o.Fault.At("act:before-call")
	code, err := b.send(ctx, p)
	b.o.Fault.At("act:after-call")
	if gone := (*serviceerror.NotFound)(nil); errors.As(err, &gone) {
		switch {
		case p.tookEffect:
			return nil // it was recorded, and has led to the end
		case p.status == Ended:
			return b.refuse(ctx, p, "ended") // for good: nobody takes it up again any more
		}
	}
	if err != nil {
		return err
	}
	if code != "" {
		return b.refuse(ctx, p, code)
	}
	return nil
}

// pendingAct is an act that was not refused.
type pendingAct struct {
	act         activity.Act
	application uuid.UUID
	status      Status
	tookEffect  bool
}

// pending reads an act as the machine takes it; nil when it was refused.
func (b *Book) pending(ctx context.Context, id uuid.UUID) (*pendingAct, error) {
	p := &pendingAct{act: activity.Act{ID: id.String()}}
	var digest, number string
	var data []byte
	err := b.o.Pool.QueryRow(ctx, `
		SELECT c.application, a.status, a.plan, c.node, c.visit, c.revision, c.action, c.actor, c.capacities, c.comment <> '', c.reference, c.data, c.at,
			c.result IS NOT NULL, CASE WHEN c.result IS NULL THEN a.sequence ELSE c.sequence - 1 END,
			coalesce((SELECT i.number FROM task t JOIN invitation i ON i.task = t.id WHERE t.application = c.application AND t.node = c.node AND t.visit = c.visit), '')
		FROM act c JOIN application a ON a.id = c.application WHERE c.id = $1 AND coalesce(c.result, '') = ''`, id).
		Scan(&p.application, &p.status, &digest, &p.act.Node, &p.act.Visit, &p.act.Revision, &p.act.Action, &p.act.Actor, &p.act.Capacities,
			&p.act.Comment, &p.act.Reference, &data, &p.act.Facts.At, &p.tookEffect, &p.act.Sequence, &number)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p.act.Capacities = named(p.act.Capacities, number)
	p.act.Facts = b.factsFor(digest, p.act.Facts.At)
	if p.act.Actor == events {
		e, err := b.event(ctx, p.act.Reference)
		if err != nil {
			return nil, err
		}
		if e != nil { // one that was forgotten says nothing any more
			data, p.act.About = e.data, e.about
		}
	}
	if data == nil {
		return p, nil
	}
	pl, ok := b.o.Releases.Plan(digest)
	if !ok {
		return nil, &outbox.Failed{Code: "no-plan", Err: ErrUnavailable}
	}
	filled, err := raw(data)
	if err != nil {
		return nil, err
	}
	p.act.Reads = bringing(pl, &p.act, filled)
	return p, nil
}

// send sends the update. The update's ID is the act's, so that sending it again reaches the same one.
func (b *Book) send(ctx context.Context, p *pendingAct) (code string, err error) {
	handle, err := b.o.Temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		UpdateID:     p.act.ID,
		WorkflowID:   p.application.String(),
		UpdateName:   activity.ActUpdate,
		Args:         []any{p.act},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	var result activity.ActResult
	if err == nil {
		err = handle.Get(ctx, &result)
	}
	if err == nil {
		return result.Code, nil
	}
	if rejected := (*temporal.ApplicationError)(nil); errors.As(err, &rejected) && slices.Contains(refusals, rejected.Type()) {
		return rejected.Type(), nil
	}
	if gone := (*serviceerror.NotFound)(nil); errors.As(err, &gone) {
		// Not started yet, or it has just ended and Apply will say so.
		return "", &outbox.Failed{Code: "no-workflow", Err: err}
	}
	return "", &outbox.Failed{Code: "temporal", Err: err}
}

// refuse records that an act changed nothing.
func (b *Book) refuse(ctx context.Context, p *pendingAct, code string) error {
	err := postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "UPDATE act SET result = $2 WHERE id = $1 AND result IS NULL", p.act.ID, code)
		switch {
		case err != nil || tag.RowsAffected() == 0:
			return err
		case p.act.Action == machine.Book:
			return b.o.Appointments.Release(ctx, tx, uuid.MustParse(p.act.ID))
		case p.act.Actor != gateway:
			return nil
		}
		return b.o.Payments.Refused(ctx, tx, p.application, p.act.Reference, code)
	})
	if err != nil {
		return &outbox.Failed{Code: "database", Err: err}
	}
	b.o.Counts.Acted(code)
	b.hub.changed(p.application, nil)
	return nil
}
