package postgres_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// migrated is how every capability prepares its test databases: pgtest.Database(t, migrated).
func migrated(ctx context.Context, url string) error {
	pool, err := postgres.Open(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	return postgres.Migrate(ctx, pool)
}

func TestMigrateIsSafeFromManyProcessesAtOnceAndTwice(t *testing.T) {
	url := pgtest.Database(t, nil)
	var wg sync.WaitGroup
	errs := make(chan error, 4)
	for range cap(errs) {
		wg.Go(func() { errs <- migrated(t.Context(), url) })
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	pool, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var n int
	if err := pool.QueryRow(t.Context(), "SELECT count(*) FROM application").Scan(&n); err != nil {
		t.Errorf("the search path does not lead to the schema: %v", err)
	}
}

func TestInTxRepeatsWhatTheDatabaseAsksToRepeatAndNothingElse(t *testing.T) {
	url := pgtest.Database(t, migrated)
	pool, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	for _, c := range []struct {
		code string
		want int
	}{{"40001", 5}, {"40P01", 5}, {"23505", 1}} {
		ran := 0
		err := postgres.InTx(t.Context(), pool, func(pgx.Tx) error {
			ran++
			return &pgconn.PgError{Code: c.code}
		})
		var e *pgconn.PgError
		if ran != c.want || !errors.As(err, &e) {
			t.Errorf("%s: ran %d times, %v; want %d times and the error", c.code, ran, err, c.want)
		}
	}
}

func TestInTxCommitsAfterARealDeadlock(t *testing.T) {
	url := pgtest.Database(t, migrated)
	pool, err := postgres.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(t.Context(), "CREATE TABLE pair (id int PRIMARY KEY, n int); INSERT INTO pair VALUES (1, 0), (2, 0)"); err != nil {
		t.Fatal(err)
	}
	var first sync.WaitGroup // both hold one row before either asks for the other
	first.Add(2)
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() {
			tries := 0
			err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
				tries++
				for step, id := range []int{1 + i, 2 - i} {
					if step == 1 && tries == 1 {
						first.Done()
						first.Wait()
					}
					if _, err := tx.Exec(t.Context(), "UPDATE pair SET n = n + 1 WHERE id = $1", id); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var sum int
	if err := pool.QueryRow(t.Context(), "SELECT sum(n) FROM pair").Scan(&sum); err != nil || sum != 4 {
		t.Errorf("sum = %d, %v; want 4", sum, err)
	}
}

func TestAProgramRefusesADatabaseThatWasNotBroughtToItsVersion(t *testing.T) {
	pool, err := postgres.Open(t.Context(), pgtest.Database(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := postgres.Migrated(t.Context(), pool); !errors.Is(err, postgres.ErrOld) {
		t.Errorf("an empty database: %v", err)
	}
	if err := postgres.Migrate(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		change int
		want   error
	}{{0, nil}, {1, nil}, {-2, postgres.ErrOld}} { // as it is, of the next version, of the one before
		if _, err := pool.Exec(t.Context(), "UPDATE schema_version SET version = version + $1", c.change); err != nil {
			t.Fatal(err)
		}
		if err := postgres.Migrated(t.Context(), pool); !errors.Is(err, c.want) {
			t.Errorf("%+d: %v, want %v", c.change, err, c.want)
		}
	}
}

func TestOneOfManyDoesItAndAnotherGoesOnWhenThatOneHasGone(t *testing.T) {
	url := pgtest.Database(t, nil)
	doing := make(chan int, 2)
	var stops []context.CancelFunc
	var wg sync.WaitGroup
	for i := range 2 {
		pool, err := postgres.Open(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		ctx, stop := context.WithCancel(t.Context())
		stops = append(stops, stop)
		wg.Go(func() {
			postgres.Alone(ctx, pool, "this", slog.New(slog.DiscardHandler), func(ctx context.Context) {
				doing <- i
				<-ctx.Done()
			})
		})
	}
	first := <-doing
	select {
	case <-doing:
		t.Fatal("two do it at once")
	default:
	}
	stops[first]()
	if second := <-doing; second == first {
		t.Errorf("%d does it again", second)
	}
	stops[1-first]()
	wg.Wait()
}
