package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Message is a promise. Kind and Subject together are unique. Messages of one Lane (an application's ID) are delivered one by one in the
// order in which they were added; an empty lane has no order.
type Message struct {
	Kind    string
	Subject string
	Lane    string
	Payload json.RawMessage // {} when nil; identifiers, no personal data
}

// Add stores m in the caller's transaction. Adding the same kind and subject again changes nothing. Until the transaction ends, others that
// add to the same lane wait: so the order of IDs is the order of commits.
func Add(ctx context.Context, tx pgx.Tx, m Message) error {
	return add(ctx, tx, m, "ON CONFLICT (kind, subject) DO NOTHING")
}

// Again stores m, or opens it again where it was delivered before.
func Again(ctx context.Context, tx pgx.Tx, m Message) error {
	return add(ctx, tx, m, `ON CONFLICT (kind, subject) DO UPDATE SET done_at = NULL, next_at = now(), attempts = 0, leased_by = '', error = ''
		WHERE outbox.done_at IS NOT NULL`)
}

func add(ctx context.Context, tx pgx.Tx, m Message, conflict string) error {
	if m.Kind == "" || m.Subject == "" {
		return errors.New("outbox: a message needs a kind and a subject")
	}
	if m.Payload == nil {
		m.Payload = json.RawMessage("{}")
	}
	b := &pgx.Batch{}
	if m.Lane != "" {
		b.Queue("SELECT pg_advisory_xact_lock(hashtextextended('outbox ' || $1, 0))", m.Lane)
	}
	b.Queue("INSERT INTO outbox (kind, subject, lane, payload) VALUES ($1, $2, $3, $4) "+conflict, m.Kind, m.Subject, m.Lane, m.Payload)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}

// Delivery is a message that is being delivered.
type Delivery struct {
	Message
	Attempt int // from 1
	id      int64
}

// first holds for the oldest row of a lane that is not done, and for every row without a lane.
const first = `(o.lane = '' OR NOT EXISTS (
	SELECT FROM outbox e WHERE e.lane = o.lane AND e.lane <> '' AND e.done_at IS NULL AND e.id < o.id))`

// unsynced is always true, and lets this statement's commit go without waiting for the disk. A crash may then forget that a message was claimed
// or delivered: it is delivered again, which every handler stands. That a message exists is the caller's own, synced transaction.
const unsynced = `(SELECT set_config('synchronous_commit', 'off', true)) = 'off'`

// lease makes rows this process's until the lease runs out: next_at is when somebody else may take them.
const lease = ` SET leased_by = $1, attempts = o.attempts + 1, next_at = now() + $2::interval, error = ''`

const columns = ` RETURNING o.id, o.kind, o.subject, o.lane, o.payload, o.attempts`

func claimDue(ctx context.Context, pool *pgxpool.Pool, owner string, leaseFor time.Duration, kinds []string, limit int) ([]Delivery, error) {
	rows, err := pool.Query(ctx, `
		UPDATE outbox o`+lease+`
		WHERE `+unsynced+` AND o.id IN (
			SELECT o.id FROM outbox o
			WHERE o.done_at IS NULL AND o.next_at <= now() AND o.kind = ANY($3) AND `+first+`
			ORDER BY o.next_at, o.id LIMIT $4 FOR UPDATE SKIP LOCKED)`+columns, owner, leaseFor, kinds, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, delivery)
}

// claimOne takes one row whatever its time, unless another holds it or it is not its turn; nil when there is nothing to take.
func claimOne(ctx context.Context, pool *pgxpool.Pool, owner string, leaseFor time.Duration, kind, subject string) (*Delivery, error) {
	rows, err := pool.Query(ctx, `
		UPDATE outbox o`+lease+`
		WHERE o.kind = $3 AND o.subject = $4 AND o.done_at IS NULL AND (o.leased_by = '' OR o.next_at <= now()) AND `+first+` AND `+unsynced+columns,
		owner, leaseFor, kind, subject)
	if err != nil {
		return nil, err
	}
	d, err := pgx.CollectExactlyOneRow(rows, delivery)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return &d, err
}

func delivery(row pgx.CollectableRow) (d Delivery, err error) {
	err = row.Scan(&d.id, &d.Kind, &d.Subject, &d.Lane, &d.Payload, &d.Attempt)
	return d, err
}

// settle records what came of a delivery, unless the lease went to somebody else meanwhile.
func settle(ctx context.Context, pool *pgxpool.Pool, owner string, d Delivery, code string, after time.Duration) error {
	if code == "" {
		_, err := pool.Exec(ctx, `UPDATE outbox SET done_at = now(), leased_by = '' WHERE id = $1 AND leased_by = $2 AND `+unsynced, d.id, owner)
		return err
	}
	_, err := pool.Exec(ctx, `UPDATE outbox SET leased_by = '', next_at = now() + $3::interval, error = $4 WHERE id = $1 AND leased_by = $2 AND `+unsynced,
		d.id, owner, after, code)
	return err
}

const pruneAtOnce = 5000

// prune forgets a bounded number of messages that were delivered long ago.
func prune(ctx context.Context, pool *pgxpool.Pool, age time.Duration) (int64, error) {
	done, err := pool.Exec(ctx, `DELETE FROM outbox WHERE id IN (
		SELECT id FROM outbox WHERE done_at < now() - $1::interval ORDER BY done_at LIMIT $2 FOR UPDATE SKIP LOCKED)`, age, pruneAtOnce)
	return done.RowsAffected(), err
}

// Backlog counts what waits and says how long the oldest of it has waited beyond its time.
func Backlog(ctx context.Context, pool *pgxpool.Pool) (waiting int, late time.Duration, err error) {
	err = pool.QueryRow(ctx, `SELECT count(*), coalesce(greatest(now() - min(next_at), '0'), '0')
		FROM outbox WHERE done_at IS NULL`).Scan(&waiting, &late)
	return waiting, late, err
}
