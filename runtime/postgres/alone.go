package postgres

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	aloneAgain = 2 * time.Second // between two tries to be the one, and between two looks whether one still is
	aloneLimit = 10 * time.Second
)

// Alone runs do in one of all processes that call it with the same name, until ctx ends: the others wait, and one of them goes on when that one
// has gone. It saves work that need not be done twice; do must be harmless where it is, since a process that has lost its connection is told
// so only a little later, by the end of the context that do gets. It keeps one connection of the pool.
func Alone(ctx context.Context, pool *pgxpool.Pool, name string, log *slog.Logger, do func(context.Context)) {
	again := time.NewTicker(aloneAgain)
	defer again.Stop()
	for {
		if err := alone(ctx, pool, name, do, again.C); err != nil && ctx.Err() == nil {
			log.Warn("postgres: not alone any more", "name", name, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// alone gives nil at once where another process is the one, and an error when it is so no longer.
func alone(ctx context.Context, pool *pgxpool.Pool, name string, do func(context.Context), look <-chan time.Time) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	var mine bool
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock(hashtextextended('alone ' || $1, 0))", name).Scan(&mine); err != nil || !mine {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), aloneLimit)
		defer cancel()
		if _, err := conn.Exec(ctx, "SELECT pg_advisory_unlock(hashtextextended('alone ' || $1, 0))", name); err != nil {
			_ = conn.Conn().Close(ctx) // the lock ends with the connection
		}
	}()
	doing, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); do(doing) }()
	defer func() { stop(); <-done }()
	for {
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return nil
		case <-look:
		}
		ping, cancel := context.WithTimeout(ctx, aloneLimit)
		err := conn.Ping(ping)
		cancel()
		if err != nil {
			return err
		}
	}
}
