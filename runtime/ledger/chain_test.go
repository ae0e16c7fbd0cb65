package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
)

func TestTheFirstEntryThatDoesNotFitIsNamed(t *testing.T) {
	const forge = "ALTER TABLE entry DISABLE TRIGGER USER; ALTER TABLE posting DISABLE TRIGGER USER; ALTER TABLE entry_hash DISABLE TRIGGER USER; "
	for name, c := range map[string]struct {
		tamper string
		number int64
	}{
		"a byte of an account":      {"UPDATE posting SET account = 'receivable:transporT' WHERE line = 2 AND entry = (SELECT id FROM entry WHERE number = 4)", 4},
		"both amounts":              {"UPDATE posting SET amount = amount * 2 WHERE entry = (SELECT id FROM entry WHERE number = 4)", 4},
		"the currency":              {"UPDATE posting SET currency = 'JOD' WHERE entry = (SELECT id FROM entry WHERE number = 4)", 4},
		"the order of lines":        {"UPDATE posting SET line = 3 - line + 10 WHERE entry = (SELECT id FROM entry WHERE number = 4)", 4},
		"one amount":                {"UPDATE posting SET amount = amount + 1 WHERE line = 1 AND entry = (SELECT id FROM entry WHERE number = 4)", 4},
		"a microsecond":             {"UPDATE entry SET at = at + interval '1 microsecond' WHERE number = 4", 4},
		"the day":                   {"UPDATE entry SET day = day + 1 WHERE number = 4", 4},
		"the application":           {"UPDATE entry SET application = gen_random_uuid() WHERE number = 4", 4},
		"the kind":                  {"UPDATE entry SET kind = 'refunded' WHERE number = 4", 4},
		"a reason":                  {"UPDATE entry SET reason = 'x' WHERE number = 4", 4},
		"two of them: the first":    {"UPDATE entry SET reason = 'x' WHERE number IN (4, 7)", 4},
		"an entry removed":          {"DELETE FROM posting WHERE entry = (SELECT id FROM entry WHERE number = 4); DELETE FROM entry WHERE number = 4", 4},
		"a line removed":            {"DELETE FROM posting WHERE line = 2 AND entry = (SELECT id FROM entry WHERE number = 4)", 4},
		"the last one removed":      {"DELETE FROM posting WHERE entry = (SELECT id FROM entry WHERE number = 10); DELETE FROM entry WHERE number = 10", 10},
		"an entry before the first": {"INSERT INTO entry (number, day, id, kind, subject, application, at) OVERRIDING SYSTEM VALUE VALUES (0, now(), gen_random_uuid(), 'x', gen_random_uuid(), gen_random_uuid(), now())", 0},
		"an entry between":          {"INSERT INTO entry (number, day, id, kind, subject, application, at) OVERRIDING SYSTEM VALUE VALUES (5, now(), gen_random_uuid(), 'x', gen_random_uuid(), gen_random_uuid(), now())", 5},
		"a link":                    {"UPDATE entry_hash SET hash = sha256('x') WHERE number = 4", 4},
		"a link removed":            {"DELETE FROM entry_hash WHERE number = 4", 4},
		"an entry and its link":     {"DELETE FROM posting WHERE entry = (SELECT id FROM entry WHERE number = 4); DELETE FROM entry WHERE number = 4; DELETE FROM entry_hash WHERE number = 4", 6},
	} {
		t.Run(name, func(t *testing.T) {
			pool := pgtest.Migrated(t)
			sealer := ledger.NewSealer(pool, nil)
			for i := range 10 {
				if i == 4 { // number 5 is given to one that is rolled back
					if err := run(t, pool, rawEntry, "SELECT 1/0"); err == nil {
						t.Fatal("it was not")
					}
				}
				if err := post(t, pool, received(uuid.New(), int64(100+i))); err != nil {
					t.Fatal(err)
				}
				if i == 5 || i == 8 { // the last one is not sealed
					if _, err := sealer.Seal(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
			}
			if head, err := ledger.Verify(t.Context(), pool); err != nil || head.Number != 10 || len(head.Hash) != 32 {
				t.Fatalf("before: %+v, %v", head, err)
			}
			if _, err := pool.Exec(t.Context(), forge+c.tamper); err != nil {
				t.Fatal(err)
			}
			broken := (*ledger.TamperedError)(nil)
			if _, err := ledger.Verify(t.Context(), pool); !errors.As(err, &broken) || broken.Number != c.number {
				t.Errorf("%v; want entry %d", err, c.number)
			}
		})
	}
}

func TestWhatWasForgedBeforeItWasSealedDoesNotBalance(t *testing.T) {
	pool := pgtest.Migrated(t)
	if _, err := pool.Exec(t.Context(), "ALTER TABLE entry DISABLE TRIGGER USER; ALTER TABLE posting DISABLE TRIGGER USER; "+
		strings.Replace(strings.Replace(rawEntry, "(id,", "(day, id,", 1), "VALUES (", "VALUES (now(), ", 1)+"; "+
		strings.Replace(rawLines, "-5", "-4", 1)); err != nil {
		t.Fatal(err)
	}
	if n, err := ledger.NewSealer(pool, nil).Seal(t.Context()); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if _, err := ledger.Verify(t.Context(), pool); err == nil || !strings.Contains(err.Error(), "does not balance") {
		t.Error(err)
	}
}

func TestManySealersAndWritersMakeOneChainOfAllEntries(t *testing.T) {
	pool := pgtest.Migrated(t)
	var writers, sealers sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		sealers.Go(func() {
			s := ledger.NewSealer(pool, nil)
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
	for range 6 {
		writers.Go(func() {
			for i := range each {
				tx, err := pool.Begin(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				end := tx.Commit
				if i%5 == 4 {
					end = tx.Rollback
				}
				if err := errors.Join(ledger.Post(t.Context(), tx, received(uuid.New(), 100)), end(t.Context())); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	sealers.Wait()
	if _, err := ledger.NewSealer(pool, nil).Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	var sealed, all int
	err := pool.QueryRow(t.Context(), "SELECT (SELECT count(*) FROM entry_hash), count(*) FROM entry").Scan(&sealed, &all)
	if err != nil || all != 6*each*4/5 || sealed != all {
		t.Errorf("sealed %d of %d entries, %v", sealed, all, err)
	}
	if _, err := ledger.Verify(t.Context(), pool); err != nil {
		t.Error(err)
	}
}

func TestAnEntryOfASlowTransactionIsSealedInItsOrder(t *testing.T) {
	pool := pgtest.Migrated(t)
	sealer := ledger.NewSealer(pool, nil)
	slow, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Rollback(context.WithoutCancel(t.Context())) }()
	if err := errors.Join(ledger.Post(t.Context(), slow, received(uuid.New(), 1)), post(t, pool, received(uuid.New(), 2))); err != nil {
		t.Fatal(err)
	}
	if n, err := sealer.Seal(t.Context()); err != nil || n != 0 {
		t.Fatalf("sealed %d, %v, while a lower number is under way", n, err)
	}
	if err := slow.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := sealer.Seal(t.Context()); err != nil || n != 2 {
		t.Errorf("sealed %d, %v", n, err)
	}
}

// TestAChainOfMoreThanOneBatch looks at the ends of batches, of sealing and of verifying.
func TestAChainOfMoreThanOneBatch(t *testing.T) {
	pool := pgtest.Migrated(t)
	const all = 4100 // batches hold 2000
	err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		for i := range all {
			e := received(uuid.New(), int64(1+i))
			e.At = time.Date(2026, 3, 1, 0, 0, i, 0, time.UTC)
			if err := ledger.Post(t.Context(), tx, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sealer := ledger.NewSealer(pool, nil)
	for sealed := 0; sealed < all; {
		n, err := sealer.Seal(t.Context())
		if err != nil || n == 0 {
			t.Fatal(sealed, n, err)
		}
		sealed += n
	}
	if head, err := ledger.Verify(t.Context(), pool); err != nil || head.Number != all {
		t.Fatal(head, err)
	}
	for _, number := range []int64{4000, 2001} { // from behind: the first one that does not fit is named
		if _, err := pool.Exec(t.Context(), fmt.Sprintf("ALTER TABLE entry DISABLE TRIGGER USER; UPDATE entry SET reason = 'x' WHERE number = %d", number)); err != nil {
			t.Fatal(err)
		}
		broken := (*ledger.TamperedError)(nil)
		if _, err := ledger.Verify(t.Context(), pool); !errors.As(err, &broken) || broken.Number != number {
			t.Errorf("%v; want entry %d", err, number)
		}
	}
}

func TestSumsThatWereChangedPastTheBookAreFound(t *testing.T) {
	pool := pgtest.Migrated(t)
	for range 3 {
		if err := post(t, pool, received(uuid.New(), 100)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ledger.NewSealer(pool, nil).Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := post(t, pool, received(uuid.New(), 7)); err != nil { // not sealed yet
		t.Fatal(err)
	}
	if b, err := ledger.New(pool).Balance(t.Context(), ledger.Clearing("transport")); err != nil || b["ILS"] != 307 {
		t.Errorf("%v, %v", b, err)
	}
	for name, change := range map[string]string{
		"more": "UPDATE carried SET debit = debit + 1, credit = credit + 1", "none": "DELETE FROM carried", "another's": "UPDATE carried SET authority = 'health'",
		"further": "UPDATE carried_upto SET number = number + 1",
	} {
		if _, err := ledger.Verify(t.Context(), pool); err != nil {
			t.Fatal(err)
		}
		var kept string
		if err := pool.QueryRow(t.Context(), "SELECT json_build_array((SELECT json_agg(c) FROM carried c), (SELECT number FROM carried_upto))").Scan(&kept); err != nil {
			t.Fatal(err)
		}
		if err := run(t, pool, change); err != nil {
			t.Fatal(err)
		}
		if _, err := ledger.Verify(t.Context(), pool); !errors.As(err, new(*ledger.TamperedError)) {
			t.Errorf("%s: %v", name, err)
		}
		if err := run(t, pool, "DELETE FROM carried", "INSERT INTO carried SELECT * FROM json_populate_recordset(NULL::carried, ('"+kept+"'::json)->0)",
			"UPDATE carried_upto SET number = (('"+kept+"'::json)->>1)::bigint"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestABookThatWasThereBeforeIsCarriedForward(t *testing.T) {
	pool := pgtest.Migrated(t)
	sealer := ledger.NewSealer(pool, nil)
	for range 3 {
		if err := post(t, pool, received(uuid.New(), 100)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := sealer.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := run(t, pool, "DELETE FROM carried", "UPDATE carried_upto SET number = 0"); err != nil { // as the version before leaves it
		t.Fatal(err)
	}
	for _, when := range []string{"before", "after"} {
		if b, err := ledger.New(pool).Balance(t.Context(), ledger.Clearing("transport")); err != nil || b["ILS"] != 300 {
			t.Errorf("%s: %v, %v", when, b, err)
		}
		if _, err := sealer.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var carried int64
	if err := pool.QueryRow(t.Context(), "SELECT sum(debit) FROM carried").Scan(&carried); err != nil || carried != 300 {
		t.Errorf("%d are carried, %v", carried, err)
	}
}
