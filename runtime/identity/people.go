package identity

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// mostPeople bounds what one question about people gives.
const mostPeople = 200

// Holders are the people who hold a capacity, as attested at their last sign-in, by the order in which they were first seen; at most 200.
// Somebody who has never signed in is not known.
func (g *Guard) Holders(ctx context.Context, capacity string) ([]*Person, error) {
	return g.people(ctx, "capacities @> ARRAY[$1] AND capacities <> '{}'", capacity)
}

// Named are the people with these IDs, by ID; who is not known is left out.
func (g *Guard) Named(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*Person, error) {
	out := map[uuid.UUID]*Person{}
	if len(ids) == 0 {
		return out, nil
	}
	list, err := g.people(ctx, "id = ANY($1)", ids)
	for _, p := range list {
		out[p.ID] = p
	}
	return out, err
}

// Colleagues are the people who hold a role of an authority; at most 200.
func (g *Guard) Colleagues(ctx context.Context, authority string) ([]*Person, error) {
	return g.people(ctx, "capacities <> '{}' AND EXISTS (SELECT FROM unnest(capacities) c WHERE starts_with(c, $1 || ':'))", authority)
}

func (g *Guard) people(ctx context.Context, where string, arg any) ([]*Person, error) {
	rows, err := g.o.Pool.Query(ctx, fmt.Sprintf("SELECT id, facts, capacities FROM person WHERE %s ORDER BY seen_at, id LIMIT %d", where, mostPeople), arg)
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*Person, error) {
		var id uuid.UUID
		var facts []byte
		var capacities []string
		if err := row.Scan(&id, &facts, &capacities); err != nil {
			return nil, err
		}
		return personOf(id, facts, capacities)
	})
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	return list, nil
}
