package audit

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

const (
	sealEvery   = time.Second
	sealTimeout = 20 * time.Second
	// batch bounds the rows of one transaction of the sealer.
	batch = 5000
)

// Sealer seals records into the chains of their authorities. Any number of processes may run one: a lock lets one of them work at a time.
type Sealer struct {
	pool *pgxpool.Pool
	log  *slog.Logger
	upto *postgres.Settled
}

// NewSealer makes a sealer. log is slog.Default() where it is nil.
func NewSealer(pool *pgxpool.Pool, log *slog.Logger) *Sealer {
	if log == nil {
		log = slog.Default()
	}
	return &Sealer{pool: pool, log: log, upto: postgres.NewSettled(pool, "audit", "id")}
}

// Run seals every second until ctx ends. One sealer runs once.
func (s *Sealer) Run(ctx context.Context) {
	tick := time.NewTicker(sealEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for more := true; more && ctx.Err() == nil; {
			n, err := s.Seal(ctx)
			if err != nil && ctx.Err() == nil {
				s.log.Warn("audit: records not sealed", "error", err)
			}
			more = err == nil && n == batch
		}
	}
}

// Seal seals a bounded number of records now and says how many. Records of transactions that were under way when it last looked are left to
// a later call; 0 also when another process is sealing.
func (s *Sealer) Seal(ctx context.Context) (sealed int, err error) {
	ctx, cancel := context.WithTimeout(ctx, sealTimeout)
	defer cancel()
	last, settled, err := s.upto.Upto(ctx)
	if err != nil || !settled {
		return 0, err
	}
	err = postgres.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		sealed = 0
		if mine, err := lockSealing(ctx, tx); err != nil || !mine {
			return err
		}
		heads, err := readHeads(ctx, tx)
		if err != nil {
			return err
		}
		var after int64
		for _, h := range heads {
			after = max(after, h.last)
		}
		rows, err := readRows(ctx, tx, "id > $1 AND id <= $2", batch, after, last)
		if err != nil {
			return err
		}
		sealed = len(rows)
		return insertSeals(ctx, tx, seals(heads, rows))
	})
	if err == nil && sealed < batch {
		s.upto.Next() // all of them are sealed: look again
	}
	return sealed, err
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
