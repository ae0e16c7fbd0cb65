package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// attempts bounds how often InTx tries a transaction that the database asks to repeat.
const attempts = 5

// InTx runs do in a transaction and commits it when do returns nil. When the database reports a serialization failure or a deadlock,
// everything is rolled back and do runs again, at most five times in all: it may change nothing outside of the transaction.
func InTx(ctx context.Context, pool *pgxpool.Pool, do func(pgx.Tx) error) error {
	var err error
	for n := range attempts {
		if n > 0 {
			select {
			case <-ctx.Done():
				return errors.Join(ctx.Err(), err)
			case <-time.After(time.Duration(n)*5*time.Millisecond + rand.N(10*time.Millisecond)):
			}
		}
		if err = pgx.BeginFunc(ctx, pool, do); !repeatable(err) {
			return err
		}
	}
	return fmt.Errorf("postgres: given up after %d attempts: %w", attempts, err)
}

func repeatable(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

// Unique tells whether err is the violation of the unique constraint of that name ("" = of any).
func Unique(err error, constraint string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "23505" && (constraint == "" || e.ConstraintName == constraint)
}
