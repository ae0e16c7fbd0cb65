package audit

import (
	"context"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// batch bounds the rows of one transaction of the sealer.
const batch = 5000

// NewSealer makes what seals records into the chains of their authorities.
func NewSealer(pool *pgxpool.Pool, log *slog.Logger) *postgres.Sealer {
	return postgres.NewSealer(pool, log, postgres.Chain{Table: "audit", Column: "id", Batch: batch, Seal: sealRows})
}

func sealRows(ctx context.Context, tx pgx.Tx, upto int64) (int, error) {
	heads, err := readHeads(ctx, tx)
	if err != nil {
		return 0, err
	}
	var after int64
	for _, h := range heads {
		after = max(after, h.last)
	}
	rows, err := readRows(ctx, tx, "id > $1 AND id <= $2", batch, after, upto)
	if err != nil {
		return 0, err
	}
	return len(rows), insertSeals(ctx, tx, seals(heads, rows))
}

// seal is one link of an authority's chain.
type seal struct {
	authority             string
	position, first, last int64
	hash                  []byte
}

// seals makes one seal for each authority among the rows. Every batch takes all rows in the order of their IDs, whatever their authority:
// so all rows up to the highest ID that was ever sealed are sealed.
func seals(heads map[string]seal, rows []row) []seal {
	var order []string
	links, out := map[string]*link{}, map[string]*seal{}
	for _, r := range rows {
		if links[r.authority] == nil {
			order = append(order, r.authority)
			head := heads[r.authority]
			links[r.authority] = newLink(r.authority, head.position+1, head.hash)
			out[r.authority] = &seal{authority: r.authority, position: head.position + 1, first: r.id}
		}
		links[r.authority].add(r)
		out[r.authority].last = r.id
	}
	list := make([]seal, len(order))
	for i, a := range order {
		out[a].hash = links[a].sum()
		list[i] = *out[a]
	}
	return list
}
