package document

import (
	"context"
	"errors"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
)

// sweepAtOnce bounds the files that one Sweep looks at.
const sweepAtOnce = 5000

// sweep remembers how far the last one came: the next goes on from there and begins again at the end.
type sweep struct {
	mu    sync.Mutex
	after uuid.UUID
}

// Sweep erases uploads that no form named in time, forgets those that did not become whole, and removes bodies that nothing refers to any more:
// their transaction was rolled back, their key was forgotten, or they are parts. It does a bounded amount and says how many bodies it removed; call it every hour.
func (a *Archive) Sweep(ctx context.Context) (removed int, err error) {
	a.sweep.mu.Lock()
	defer a.sweep.mu.Unlock()
	old := a.o.Now().Add(-unclaimedFor)
	err = postgres.InTx(ctx, a.o.Pool, func(tx pgx.Tx) error {
		ids, err := readUnclaimed(ctx, tx, old, sweepAtOnce)
		if err == nil {
			err = forgetUploads(ctx, tx, ids)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	if err := forgetPartials(ctx, a.o.Pool, a.o.Now().Add(-partialFor), sweepAtOnce); err != nil {
		return 0, err
	}
	bodies, err := a.o.Files.Older(ctx, old, a.sweep.after, sweepAtOnce)
	if err != nil {
		return 0, err
	}
	live, err := liveFiles(ctx, a.o.Pool, bodies)
	if err != nil {
		return 0, err
	}
	for _, id := range bodies {
		if live[id] {
			continue
		}
		if failed := a.o.Files.Remove(ctx, id); failed != nil {
			err = errors.Join(err, failed)
			continue
		}
		removed++
	}
	a.sweep.after = uuid.Nil
	if len(bodies) == sweepAtOnce {
		a.sweep.after = bodies[len(bodies)-1]
	}
	return removed, err
}
