package ledger_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func post(t testing.TB, pool *pgxpool.Pool, e ledger.Entry) error {
	t.Helper()
	return postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error { return ledger.Post(t.Context(), tx, e) })
}

func received(subject uuid.UUID, amount int64) ledger.Entry {
	return ledger.Entry{Kind: ledger.Received, Subject: subject, Application: uuid.New(), At: time.Now(), Postings: []ledger.Posting{
		{Account: ledger.Clearing, Amount: amount, Currency: "ILS"},
		{Account: ledger.Receivable("transport"), Amount: -amount, Currency: "ILS"},
	}}
}

func TestARepeatedEntryIsPostedOnceAlsoInParallelAndADifferentOneIsRefused(t *testing.T) {
	pool := pgtest.Migrated(t)
	e := received(uuid.New(), 25000)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := post(t, pool, e); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	balance, err := ledger.New(pool).Balance(t.Context(), ledger.Clearing)
	if err != nil || balance["ILS"] != 25000 {
		t.Errorf("balance %v, %v; want 25000 once", balance, err)
	}
	if err := post(t, pool, received(e.Subject, 1)); !errors.Is(err, ledger.ErrDifferent) {
		t.Errorf("another amount for the same subject: %v", err)
	}
	entries, err := ledger.New(pool).OfApplication(t.Context(), e.Application)
	if err != nil || len(entries) != 1 || len(entries[0].Postings) != 2 || entries[0].Subject != e.Subject {
		t.Errorf("entries %+v, %v", entries, err)
	}
}

func TestAnEntryThatDoesNotBalanceIsRefusedByThePackageAndByTheDatabase(t *testing.T) {
	pool := pgtest.Migrated(t)
	crooked := received(uuid.New(), 100)
	crooked.Postings[0].Amount++
	mixed := received(uuid.New(), 100)
	mixed.Postings[1].Currency = "JOD"
	empty := received(uuid.New(), 100)
	empty.Postings = nil
	for name, e := range map[string]ledger.Entry{"crooked": crooked, "mixed currencies": mixed, "empty": empty} {
		if err := post(t, pool, e); !errors.Is(err, ledger.ErrUnbalanced) {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := postgres.InTx(t.Context(), pool, func(tx pgx.Tx) error {
		id := uuid.New()
		if _, err := tx.Exec(t.Context(), "INSERT INTO entry VALUES ($1, 'received', $1, $1, now())", id); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), "INSERT INTO posting VALUES ($1, 1, 'clearing:gateway', 5, 'ILS')", id)
		return err
	})
	if err == nil {
		t.Error("the database took an entry that does not balance")
	}
}

func TestWhatIsPostedCannotBeChangedOrDeleted(t *testing.T) {
	pool := pgtest.Migrated(t)
	if err := post(t, pool, received(uuid.New(), 100)); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"UPDATE posting SET amount = amount * 2", "DELETE FROM posting", "UPDATE entry SET kind = 'x'", "DELETE FROM entry"} {
		if _, err := pool.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s: was done", sql)
		}
	}
	trial, err := ledger.New(pool).Trial(t.Context())
	if err != nil || len(trial) != 2 || trial[0].Amount+trial[1].Amount != 0 || trial[0].Amount != 100 {
		t.Errorf("trial balance %v, %v", trial, err)
	}
}

func BenchmarkPost(b *testing.B) {
	pool := pgtest.Migrated(b)
	for b.Loop() {
		if err := post(b, pool, received(uuid.New(), 100)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBareInsert writes the same rows with nothing round them: what BenchmarkPost is compared with.
func BenchmarkBareInsert(b *testing.B) {
	pool := pgtest.Migrated(b)
	for b.Loop() {
		err := postgres.InTx(b.Context(), pool, func(tx pgx.Tx) error {
			id := uuid.New()
			batch := &pgx.Batch{}
			batch.Queue("INSERT INTO entry VALUES ($1, 'received', $1, $1, now())", id)
			batch.Queue("INSERT INTO posting VALUES ($1, 1, 'clearing:gateway', 100, 'ILS'), ($1, 2, 'receivable:transport', -100, 'ILS')", id)
			return tx.SendBatch(b.Context(), batch).Close()
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
