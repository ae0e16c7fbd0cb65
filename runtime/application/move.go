package application

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// moveLimit bounds one question to a workflow, and one move.
const moveLimit = 15 * time.Second

// NotStarted is the obstacle of an application whose workflow has not begun: it can be asked again soon.
const NotStarted = "not-started"

// Unmoved are open applications of a service that go by another plan than the one with the digest, by ID from after on, n at most.
func (b *Book) Unmoved(ctx context.Context, service, digest string, after uuid.UUID, n int) ([]uuid.UUID, error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT id FROM application WHERE service = $1 AND status <> 'ended' AND plan <> $2 AND id > $3 ORDER BY id LIMIT $4`,
		service, digest, after, n)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// References are the numbers by which people call applications, of those that there are.
func (b *Book) References(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	rows, err := b.o.Pool.Query(ctx, "SELECT id, reference FROM application WHERE id = ANY ($1)", ids)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]string, len(ids))
	var id uuid.UUID
	var reference string
	_, err = pgx.ForEachRow(rows, []any{&id, &reference}, func() error { out[id] = reference; return nil })
	return out, err
}

// Movable says what would come of a move to the plan with the digest, and changes nothing. ErrNotFound for an unknown application, another
// error while its workflow cannot be asked.
func (b *Book) Movable(ctx context.Context, id uuid.UUID, digest string) (r activity.MoveResult, err error) {
	wish, status, err := b.wish(ctx, id, digest)
	if err != nil || status != "" {
		return hindered(status), err
	}
	ctx, cancel := context.WithTimeout(ctx, moveLimit)
	defer cancel()
	answer, err := b.o.Temporal.QueryWorkflow(ctx, id.String(), "", activity.MoveQuery, *wish)
	if err != nil {
		return r, fmt.Errorf("movable %s: %w", id, err)
	}
	return r, answer.Get(&r)
}

// Move lets an application go on by the plan with the digest, or says what hinders it; then nothing has changed. Whoever asks has been allowed
// to. Moving it again changes nothing.
func (b *Book) Move(ctx context.Context, id uuid.UUID, digest string) (r activity.MoveResult, err error) {
	wish, status, err := b.wish(ctx, id, digest)
	if err != nil || status != "" {
		return hindered(status), err
	}
	ctx, cancel := context.WithTimeout(ctx, moveLimit)
	defer cancel()
	handle, err := b.o.Temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: id.String(), UpdateName: activity.MoveUpdate, Args: []any{*wish}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, &r)
	}
	if gone := (*serviceerror.NotFound)(nil); errors.As(err, &gone) {
		return hindered(machine.HasEnded), nil
	}
	if err != nil {
		return r, fmt.Errorf("move %s: %w", id, err)
	}
	return r, nil
}

func hindered(code string) activity.MoveResult {
	if code == "" {
		return activity.MoveResult{}
	}
	return activity.MoveResult{Obstacles: []activity.Obstacle{{Code: code}}}
}

// wish is what the workflow is asked, or the code of why it need not be asked.
func (b *Book) wish(ctx context.Context, id uuid.UUID, digest string) (_ *activity.Move, hinders string, err error) {
	var status Status
	var form, facts, behalf []byte
	var submitted time.Time
	err = b.o.Pool.QueryRow(ctx, "SELECT status, form, facts, behalf, submitted_at FROM application WHERE id = $1", id).Scan(&status, &form, &facts, &behalf, &submitted)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, "", ErrNotFound
	case err != nil:
		return nil, "", err
	case status == Ended:
		return nil, machine.HasEnded, nil
	case status == Received:
		return nil, NotStarted, nil
	}
	pl, ok := b.o.Releases.Plan(digest)
	if !ok {
		return nil, "", fmt.Errorf("%w: plan %s", ErrUnavailable, digest)
	}
	zone, err := time.LoadLocation(pl.Zone)
	if err != nil {
		return nil, "", err
	}
	f, err := raw(form)
	if err != nil {
		return nil, "", err
	}
	a, err := raw(facts)
	if err != nil {
		return nil, "", err
	}
	by, err := raw(behalf)
	if err != nil {
		return nil, "", err
	}
	m := &activity.Move{Plan: digest, Facts: b.facts(b.now()), Reads: reads(pl.Reads, f, a, by)}
	m.Tariff, m.Facts.Tariffs, err = b.tariff(pl, submitted.In(zone).Format(time.DateOnly))
	return m, "", err
}

// follow makes the application go by another plan from this step on, with the words of the newest release that has it.
func (s *step) follow(ctx context.Context, digest string) error {
	s.digest = digest
	tag, err := s.tx.Exec(ctx, `UPDATE application a SET plan = r.plan, texts = r.texts, release = r.release
		FROM (SELECT release, plan, texts FROM release_service WHERE service = $2 AND plan = $3 ORDER BY release DESC LIMIT 1) r WHERE a.id = $1`,
		s.id, s.service, digest)
	if err == nil && tag.RowsAffected() == 0 {
		err = fmt.Errorf("no release has the plan %s", digest)
	}
	if err != nil {
		return err
	}
	return s.tx.QueryRow(ctx, "SELECT texts FROM application WHERE id = $1", s.id).Scan(&s.texts)
}
