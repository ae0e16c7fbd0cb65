package right

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Unneeded gives those of some people by whose ID no right is shown. Whoever holds one by national number is found by that number, whoever they are here.
func (r *Register) Unneeded(ctx context.Context, people []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := r.o.Pool.Query(ctx, `SELECT p FROM unnest($1::uuid[]) p WHERE NOT EXISTS (SELECT FROM "right" WHERE sees = p)`, people)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}
