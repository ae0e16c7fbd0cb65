package application

import (
	"bytes"
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/outbox"
)

// actRow is one row of the table act.
type actRow struct {
	id, application uuid.UUID
	actor, key      string
	request         []byte
	node            string
	visit, revision int
	action          string
	capacities      []string
	comment         string
	reference       string
	data, labels    []byte
	behalf          uuid.UUID // zero: the actor's own role
	at              time.Time
	result          *string
}

// insert writes the row. fresh is false when the key was used before by the same actor: then the answer is that act's.
func (r *actRow) insert(ctx context.Context, tx pgx.Tx) (a ActAnswer, fresh bool, err error) {
	tag, err := tx.Exec(ctx, `
		INSERT INTO act (id, application, actor, key, request, node, visit, revision, action, capacities, comment, reference, data, at, result, labels, on_behalf)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, coalesce($16::jsonb, '{}'), nullif($17, '00000000-0000-0000-0000-000000000000'::uuid))
		ON CONFLICT (application, actor, key) DO NOTHING`,
		r.id, r.application, r.actor, r.key, r.request, r.node, r.visit, r.revision, r.action, r.capacities, r.comment, r.reference, r.data, r.at, r.result, r.labels, r.behalf)
	if err != nil {
		return a, false, err
	}
	if tag.RowsAffected() == 1 {
		a = ActAnswer{Act: r.id, Pending: r.result == nil}
		if r.result != nil {
			a.Code = *r.result
		}
		return a, true, nil
	}
	var before []byte
	var result *string
	err = tx.QueryRow(ctx, "SELECT id, request, result FROM act WHERE application = $1 AND actor = $2 AND key = $3", r.application, r.actor, r.key).
		Scan(&a.Act, &before, &result)
	switch {
	case err != nil:
		return a, false, err
	case !bytes.Equal(before, r.request):
		return ActAnswer{}, false, ErrKeyReused
	case result == nil:
		a.Pending = true
	default:
		a.Code = *result
	}
	return a, false, nil
}

func (r *actRow) message() outbox.Message {
	return outbox.Message{Kind: actKind, Subject: r.id.String(), Lane: r.application.String()}
}
