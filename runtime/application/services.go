package application

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Services gives the services of applications, for figures: it tells nothing of a person. One that is not known is left out.
func (b *Book) Services(ctx context.Context, applications []uuid.UUID) (map[uuid.UUID]string, error) {
	rows, err := b.o.Pool.Query(ctx, "SELECT id, service FROM application WHERE id = ANY($1)", applications)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID]string, len(applications))
	var id uuid.UUID
	var service string
	_, err = pgx.ForEachRow(rows, []any{&id, &service}, func() error { out[id] = service; return nil })
	return out, err
}
