package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Publish makes r the current release in the caller's transaction and gives its ID. Publishing the current release again changes nothing;
// publishing an older one makes it current again (a rollback). A plan that cannot be loaded is an error, and nothing is published. After the
// commit call Store.Refresh; other processes notice by themselves.
func Publish(ctx context.Context, tx pgx.Tx, r Release) (int64, error) {
	services, digest, err := r.pack()
	if err != nil {
		return 0, err
	}
	// Two publications at once would each believe to be the newest.
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('release', 0))"); err != nil {
		return 0, err
	}
	var id int64
	err = tx.QueryRow(ctx, `UPDATE release SET released_at = CASE WHEN id = (`+currentID+`) THEN released_at ELSE clock_timestamp() END
		WHERE digest = $1 RETURNING id`, digest).Scan(&id)
	if !errors.Is(err, pgx.ErrNoRows) {
		return id, err
	}
	if err := insertNew(ctx, tx, r, services); err != nil {
		return 0, err
	}
	if r.Files == nil {
		r.Files = map[string]string{}
	}
	reference, err := json.Marshal(r.Reference)
	if err != nil {
		return 0, fmt.Errorf("release: %w", err)
	}
	err = tx.QueryRow(ctx, `INSERT INTO release (digest, catalogue, files, reference, released_at) VALUES ($1, $2, $3, $4, clock_timestamp())
		RETURNING id`, digest, r.Catalogue, r.Files, reference).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("release: %w", err)
	}
	rows := make([][]any, len(services))
	for i, s := range services {
		rows[i] = []any{id, s.service, s.planDigest, s.textsDigest}
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"release_service"}, []string{"release", "service", "plan", "texts"}, pgx.CopyFromRows(rows))
	if err != nil {
		return 0, fmt.Errorf("release: %w", err)
	}
	return id, nil
}

const currentID = `SELECT id FROM release ORDER BY released_at DESC, id DESC LIMIT 1`

// insertNew writes the plans and texts that no earlier release had, after it has tried to load the plans.
func insertNew(ctx context.Context, tx pgx.Tx, r Release, services []packed) error {
	plans := make([]string, len(services))
	for i, s := range services {
		plans[i] = s.planDigest
	}
	known := map[string]bool{}
	rows, err := tx.Query(ctx, "SELECT digest FROM plan WHERE digest = ANY($1)", plans)
	if err != nil {
		return err
	}
	digests, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, d := range digests {
		known[d] = true
	}
	b := &pgx.Batch{}
	for _, s := range services {
		if !known[s.planDigest] {
			if err := loads(s.plan); err != nil {
				return err
			}
			b.Queue("INSERT INTO plan (digest, service, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", s.planDigest, s.service, s.plan)
		}
		b.Queue("INSERT INTO texts (digest, service, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", s.textsDigest, s.service, s.texts)
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return nil
}

func loads(body []byte) error {
	p, err := plan.Decode(body)
	if err != nil {
		return err
	}
	_, err = machine.Load(p)
	return err
}
