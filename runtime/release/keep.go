package release

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Keep writes r down, signed, in the caller's transaction and gives its ID; one that is kept already changes nothing. A plan that cannot be
// loaded is an error, and nothing is kept. It is live no sooner than Publish says so.
func Keep(ctx context.Context, tx pgx.Tx, keys Keys, r Release) (id int64, err error) {
	p, err := r.pack()
	if err != nil {
		return 0, err
	}
	digest, err := p.digest()
	if err != nil {
		return 0, err
	}
	// Two that keep the same at once would each believe to be the first.
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('release', 0))"); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, "SELECT id FROM release WHERE digest = $1", digest).Scan(&id)
	if !errors.Is(err, pgx.ErrNoRows) {
		return id, err
	}
	if err := p.insertParts(ctx, tx); err != nil {
		return 0, fmt.Errorf("release: %w", err)
	}
	said := statement{Release: digest, Catalogue: p.Catalogue, MadeAt: time.Now().UTC().Truncate(time.Millisecond)}
	signature, err := said.sign(keys)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, "INSERT INTO release (digest, catalogue, files, reference, made_at, signature) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
		digest, p.Catalogue, p.Files, p.Reference, said.MadeAt, signature).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("release: %w", err)
	}
	rows := make([][]any, len(p.Services))
	for i, s := range p.Services {
		rows[i] = []any{id, s[0], s[1], s[2]}
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"release_service"}, []string{"release", "service", "plan", "texts"}, pgx.CopyFromRows(rows))
	if err != nil {
		return 0, fmt.Errorf("release: %w", err)
	}
	return id, nil
}

// insertParts writes what no earlier release had, after it has tried to load the plans.
func (p *packed) insertParts(ctx context.Context, tx pgx.Tx) error {
	b := &pgx.Batch{}
	plans := make([]string, len(p.services))
	for i, s := range p.services {
		plans[i] = s.plan.digest
	}
	known, err := kept(ctx, tx, "plan", plans)
	if err != nil {
		return err
	}
	for _, s := range p.services {
		if !known[s.plan.digest] {
			if err := loads(s.plan.bytes); err != nil {
				return err
			}
			b.Queue("INSERT INTO plan (digest, service, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", s.plan.digest, s.code, s.plan.bytes)
		}
		b.Queue("INSERT INTO texts (digest, service, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", s.texts.digest, s.code, s.texts.bytes)
	}
	sources := make([]string, len(p.sources))
	for i, s := range p.sources {
		sources[i] = s.digest
	}
	if known, err = kept(ctx, tx, "source", sources); err != nil {
		return err
	}
	for _, s := range p.sources {
		if !known[s.digest] {
			b.Queue("INSERT INTO source (digest, body) VALUES ($1, $2) ON CONFLICT DO NOTHING", s.digest, s.bytes)
		}
	}
	b.Queue("INSERT INTO reference (digest, body) VALUES ($1, $2) ON CONFLICT DO NOTHING", p.reference.digest, p.reference.bytes)
	return tx.SendBatch(ctx, b).Close()
}

// kept are those of the digests that a table has.
func kept(ctx context.Context, tx pgx.Tx, table string, digests []string) (map[string]bool, error) {
	rows, err := tx.Query(ctx, "SELECT digest FROM "+pgx.Identifier{table}.Sanitize()+" WHERE digest = ANY($1)", digests)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	known := make(map[string]bool, len(list))
	for _, d := range list {
		known[d] = true
	}
	return known, err
}

func loads(body []byte) error {
	p, err := plan.Decode(body)
	if err != nil {
		return err
	}
	_, err = machine.Load(p)
	return err
}
