package audit_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func record(t *testing.T, w audit.Writer, authority, subject string) {
	t.Helper()
	err := audit.Record(t.Context(), w, audit.Entry{Authority: authority, Actor: "p1", Action: "read", Subject: subject, Detail: map[string]string{"page": "case", "n": "1"}})
	if err != nil {
		t.Fatal(err)
	}
}

func seal(t *testing.T, s *postgres.Sealer, want int) {
	t.Helper()
	if n, err := s.Seal(t.Context()); err != nil || n != want {
		t.Fatalf("sealed %d, %v; want %d", n, err, want)
	}
}

func TestTamperingWithARecordIsFoundInItsAuthorityOnly(t *testing.T) {
	for name, c := range map[string]struct{ authority, tamper string }{
		"a changed actor":         {"interior", "UPDATE audit SET actor = 'p2' WHERE id = 3"},
		"a changed time":          {"interior", "UPDATE audit SET at = at + interval '1 microsecond' WHERE id = 3"},
		"a changed detail":        {"interior", `UPDATE audit SET detail = '{"page": "list"}' WHERE id = 3`},
		"a removed record":        {"interior", "DELETE FROM audit WHERE id = 5"},
		"the last one removed":    {"transport", "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit WHERE authority = 'transport')"},
		"moved to another":        {"interior", "UPDATE audit SET authority = 'health' WHERE id = 3"},
		"an added record":         {"transport", "INSERT INTO audit (id, authority, actor, action, subject) OVERRIDING SYSTEM VALUE VALUES (0, 'transport', 'p1', 'read', 'x')"},
		"a removed seal":          {"transport", "DELETE FROM audit_seal WHERE authority = 'transport' AND position = 1"},
		"a seal made up by hand":  {"transport", "UPDATE audit_seal SET hash = sha256('x') WHERE authority = 'transport' AND position = 1"},
		"a batch removed, closed": {"transport", "DELETE FROM audit WHERE id <= 10 AND authority = 'transport'; DELETE FROM audit_seal WHERE authority = 'transport' AND position = 1; UPDATE audit_seal SET position = 1 WHERE authority = 'transport'"},
	} {
		t.Run(name, func(t *testing.T) {
			pool := pgtest.Migrated(t)
			sealer := audit.NewSealer(pool, nil)
			for round := range 2 {
				for i := range 10 {
					record(t, pool, []string{"transport", "interior"}[(i+1)%2], strconv.Itoa(10*round+i))
				}
				seal(t, sealer, 10)
			}
			for _, a := range []string{"transport", "interior", "nobody"} {
				if err := audit.Verify(t.Context(), pool, a); err != nil {
					t.Fatalf("%s before: %v", a, err)
				}
			}
			as(t, pool, "ALTER TABLE audit DISABLE TRIGGER USER; ALTER TABLE audit_seal DISABLE TRIGGER USER; "+c.tamper)
			broken := (*audit.TamperedError)(nil)
			if err := audit.Verify(t.Context(), pool, c.authority); !errors.As(err, &broken) {
				t.Errorf("%s: %v; want a *TamperedError", c.authority, err)
			}
			other := map[string]string{"transport": "interior", "interior": "transport"}[c.authority]
			if err := audit.Verify(t.Context(), pool, other); err != nil {
				t.Errorf("%s: %v", other, err)
			}
		})
	}
}

func as(t *testing.T, pool *pgxpool.Pool, sql string) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func TestARecordOfASlowTransactionIsSealedInItsOrder(t *testing.T) {
	pool := pgtest.Migrated(t)
	sealer := audit.NewSealer(pool, nil)
	slow, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Rollback(context.WithoutCancel(t.Context())) }()
	record(t, slow, "transport", "slow") // has the lower ID and commits later
	record(t, pool, "transport", "quick")
	seal(t, sealer, 0)
	record(t, pool, "transport", "later")
	if err := slow.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	seal(t, sealer, 2)
	seal(t, sealer, 1)
	if err := audit.Verify(t.Context(), pool, "transport"); err != nil {
		t.Error(err)
	}
}

func TestManySealersAndWritersMakeOneChainOfAllRecords(t *testing.T) {
	pool := pgtest.Migrated(t)
	var writers, sealers sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		sealers.Go(func() {
			s := audit.NewSealer(pool, nil)
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := s.Seal(t.Context()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	const each = 60
	for w := range 6 {
		writers.Go(func() {
			for i := range each {
				tx, err := pool.Begin(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				record(t, tx, "transport", fmt.Sprint(w, i))
				end := tx.Commit
				if i%5 == 4 {
					end = tx.Rollback
				}
				if err := end(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	sealers.Wait()
	s := audit.NewSealer(pool, nil)
	if _, err := s.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	var sealed, all int
	err := pool.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE id <= (SELECT max(last) FROM audit_seal)), count(*) FROM audit`).Scan(&sealed, &all)
	if err != nil || all != 6*each*4/5 || sealed != all {
		t.Errorf("sealed %d of %d records, %v", sealed, all, err)
	}
	if err := audit.Verify(t.Context(), pool, "transport"); err != nil {
		t.Error(err)
	}
}

func TestRecordsCannotBeChangedAndNeedAnActor(t *testing.T) {
	pool := pgtest.Migrated(t)
	record(t, pool, "transport", "x")
	for _, sql := range []string{"UPDATE audit SET actor = 'y'", "DELETE FROM audit"} {
		if _, err := pool.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s: was done", sql)
		}
	}
	if err := audit.Record(t.Context(), pool, audit.Entry{Authority: "transport", Action: "read"}); err == nil {
		t.Error("a record without an actor was taken")
	}
}
