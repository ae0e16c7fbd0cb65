package application

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// What an officer does about a task without deciding on it. The machine knows nothing of it.
const (
	Claim   = "claim"   // nobody else decides on it for claimedFor
	Release = "release" // others may again
	Recuse  = "recuse"  // the officer must not decide on the application; the comment says why
)

// claimedFor is how long a claim holds: a day by the clock, so that a task is free again the day after, whatever became of who took it.
const claimedFor = 24 * time.Hour

// Handle claims or releases a task of a role that the actor holds, or recuses the actor from its application. code is empty when it took
// effect, else why not: closed, forbidden, claimed (somebody else works on it), panel (every member votes, so nobody can claim it), own-application,
// comment-required, unknown-action. Doing it again changes nothing. ErrNotFound where the actor may not read the application. Each is audited.
func (b *Book) Handle(ctx context.Context, actor Actor, application, task uuid.UUID, action, comment string) (code string, err error) {
	if actor.Person == uuid.Nil || actor.Kind != Officer || len(comment) > mostComment || !postgres.Storable(comment, action) || task == uuid.Nil {
		return "", fmt.Errorf("%w: no officer, no task, or a text that cannot be stored", ErrInvalid)
	}
	err = postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT FROM task WHERE id = $1 AND application = $2 FOR UPDATE", task, application); err != nil {
			return err
		}
		t, err := b.target(ctx, tx, actor, application, ActRequest{Task: task, Action: action})
		if err != nil {
			return err
		}
		if code, err = b.handle(ctx, tx, actor, application, task, t, action, comment); err != nil {
			return err
		}
		return b.audited(ctx, tx, AuditedAct{
			Authority: t.authority, Actor: actor.Person.String(), Application: application, Task: task, Action: action,
			Capacities: attestedCapacities(actor, t.role), OnBehalf: actor.behalf(t.role), Code: code, At: b.now(),
		})
	})
	return code, err
}

func (b *Book) handle(ctx context.Context, tx pgx.Tx, actor Actor, application, task uuid.UUID, t targeted, action, comment string) (code string, err error) {
	switch {
	case !t.may:
		return "forbidden", nil
	case t.closed || t.status == Ended:
		return "closed", nil
	}
	switch action {
	case Claim:
		switch {
		case panelOf(b.node(t.plan, t.node), t.kind) != nil:
			return "panel", nil
		case t.own:
			return "own-application", nil
		case t.recused:
			return "recused", nil
		case t.claimed:
			return "claimed", nil
		}
		_, err = tx.Exec(ctx, "UPDATE task SET claimed_by = $2, claimed_until = $3, assigned = CASE WHEN claimed_by = $2 THEN assigned ELSE '' END WHERE id = $1", task, actor.Person, b.now().Add(claimedFor))
	case Release:
		_, err = tx.Exec(ctx, "UPDATE task SET claimed_by = NULL, claimed_until = NULL, assigned = '' WHERE id = $1 AND claimed_by = $2", task, actor.Person)
	case Recuse:
		if strings.TrimSpace(comment) == "" {
			return "comment-required", nil
		}
		batch := &pgx.Batch{}
		batch.Queue("INSERT INTO recusal (application, person, reason, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", application, actor.Person, comment, b.now())
		batch.Queue("UPDATE task SET claimed_by = NULL, claimed_until = NULL, assigned = '' WHERE application = $1 AND claimed_by = $2", application, actor.Person)
		err = tx.SendBatch(ctx, batch).Close()
	default:
		return "unknown-action", nil
	}
	return "", err
}

// recusals reads who must not decide on an application.
func (b *Book) recusals(ctx context.Context, v *View) error {
	rows, err := b.o.Pool.Query(ctx, "SELECT person FROM recusal WHERE application = $1 ORDER BY at, person", v.ID)
	if err == nil {
		v.Recused, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	}
	return err
}

func (b *Book) audited(ctx context.Context, tx pgx.Tx, a AuditedAct) error {
	if b.o.Audit == nil {
		return nil
	}
	return b.o.Audit.Act(ctx, tx, a)
}
