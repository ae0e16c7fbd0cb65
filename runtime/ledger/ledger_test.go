package ledger_test

import (
	"errors"
	"strings"
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

// run runs statements in one transaction.
func run(t testing.TB, pool *pgxpool.Pool, statements ...string) error {
	t.Helper()
	return pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		for _, sql := range statements {
			if _, err := tx.Exec(t.Context(), sql); err != nil {
				return err
			}
		}
		return nil
	})
}

func received(subject uuid.UUID, amount int64) ledger.Entry {
	return ledger.Entry{Kind: ledger.Received, Subject: subject, Application: uuid.New(), At: time.Now(), Postings: []ledger.Posting{
		{Account: ledger.Clearing("transport"), Amount: amount, Currency: "ILS"},
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
	balance, err := ledger.New(pool).Balance(t.Context(), ledger.Clearing("transport"))
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

func TestAnEntryThatDoesNotBalanceOrStandsOnNoAccountOfTheChartIsRefused(t *testing.T) {
	pool := pgtest.Migrated(t)
	for name, change := range map[string]func(*ledger.Entry){
		"crooked":             func(e *ledger.Entry) { e.Postings[0].Amount++ },
		"mixed currencies":    func(e *ledger.Entry) { e.Postings[1].Currency = "JOD" },
		"another's money":     func(e *ledger.Entry) { e.Postings[0].Account = ledger.Clearing("health") },
		"empty":               func(e *ledger.Entry) { e.Postings = nil },
		"no class":            func(e *ledger.Entry) { e.Postings[0].Account = "pocket:transport:clerk" },
		"a head too many":     func(e *ledger.Entry) { e.Postings[1].Account = "receivable:transport:fee" },
		"revenue of no head":  func(e *ledger.Entry) { e.Postings[1].Account = "revenue:transport" },
		"revenue of somebody": func(e *ledger.Entry) { e.Postings[1].Account = "revenue::fee" },
	} {
		e := received(uuid.New(), 100)
		if change(&e); !errors.Is(post(t, pool, e), ledger.ErrUnbalanced) {
			t.Errorf("%s was posted", name)
		}
	}
}

// raw is an entry as somebody would write it past the package: balanced, and every test breaks one thing.
const (
	rawEntry = "INSERT INTO entry (id, kind, subject, application, at) VALUES ('a0000000-0000-4000-8000-000000000001', 'received', gen_random_uuid(), gen_random_uuid(), now())"
	rawLines = `INSERT INTO posting (entry, line, account, amount, currency) VALUES
		('a0000000-0000-4000-8000-000000000001', 1, 'clearing:transport:gateway', 5, 'ILS'), ('a0000000-0000-4000-8000-000000000001', 2, 'receivable:transport', -5, 'ILS')`
)

func TestNoStatementBreaksTheBook(t *testing.T) {
	empty := pgtest.Migrated(t)
	line := func(n, account, amount, currency string) string {
		return "INSERT INTO posting (entry, line, account, amount, currency) VALUES ('a0000000-0000-4000-8000-000000000001', " + n + ", '" + account + "', " + amount + ", '" + currency + "')"
	}
	for name, c := range map[string]struct {
		before, statements []string
		says               string
	}{
		"not balanced":               {nil, []string{rawEntry, line("1", "clearing:transport:gateway", "5", "ILS")}, "sum to zero"},
		"balanced across currencies": {nil, []string{rawEntry, line("1", "clearing:transport:gateway", "5", "ILS"), line("2", "receivable:transport", "-5", "JOD")}, "sum to zero"},
		"sums that overflow": {nil, []string{rawEntry, line("1", "clearing:transport:gateway", "9223372036854775807", "ILS"), line("2", "receivable:transport", "9223372036854775807", "ILS"),
			line("3", "refunds:transport", "2", "ILS")}, "sum to zero"},
		"no lines":                  {nil, []string{rawEntry}, "no lines"},
		"a line of nothing":         {nil, []string{rawEntry, rawLines, line("3", "refunds:transport", "0", "ILS")}, "posting_amount_check"},
		"no account of the chart":   {nil, []string{rawEntry, rawLines, line("3", "pocket", "1", "ILS"), line("4", "pocket", "-1", "ILS")}, "posting_chart"},
		"no currency":               {nil, []string{rawEntry, rawLines, line("3", "refunds:transport", "1", "ils"), line("4", "refunds:transport", "-1", "ils")}, "posting_currency"},
		"lines added later":         {[]string{rawEntry, rawLines}, []string{line("3", "refunds:transport", "1", "ILS"), line("4", "refunds:transport", "-1", "ILS")}, "no further line"},
		"constraints asked early":   {nil, []string{rawEntry, rawLines, "SET CONSTRAINTS ALL IMMEDIATE", line("3", "refunds:transport", "1", "ILS")}, "sum to zero"},
		"under another table":       {nil, []string{"CREATE TEMPORARY TABLE posting (entry uuid, currency text, amount bigint) ON COMMIT DROP", rawEntry, strings.Replace(line("1", "refunds:transport", "1", "ILS"), "posting", "diwan.posting", 1)}, "sum to zero"},
		"with an old look":          {nil, []string{"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", rawEntry, rawLines}, "which periods are closed"},
		"a number that was chosen":  {nil, []string{strings.Replace(strings.Replace(rawEntry, "(id,", "(number, id,", 1), "VALUES (", "VALUES (7, ", 1), rawLines}, "number"},
		"an amount changed":         {[]string{rawEntry, rawLines}, []string{"UPDATE posting SET amount = amount * 2"}, "append-only"},
		"a line deleted":            {[]string{rawEntry, rawLines}, []string{"DELETE FROM posting"}, "append-only"},
		"a kind changed":            {[]string{rawEntry, rawLines}, []string{"UPDATE entry SET kind = 'x'"}, "append-only"},
		"an entry deleted":          {[]string{rawEntry, rawLines}, []string{"DELETE FROM entry"}, "append-only"},
		"everything emptied":        {[]string{rawEntry, rawLines}, []string{"TRUNCATE entry, posting CASCADE"}, "append-only"},
		"a link of the chain":       {nil, []string{"UPDATE entry_hash SET number = 1"}, "append-only"},
		"a period opened again":     {nil, []string{"DELETE FROM period"}, "append-only"},
		"a reversal of nothing":     {nil, []string{strings.Replace(rawEntry, "'received'", "'reversed'", 1), rawLines}, "entry_check"},
		"a day of its own":          {[]string{"INSERT INTO period VALUES ('transport', '2026-01-01', gen_random_uuid(), now())"}, []string{strings.Replace(rawEntry, "now()", "'2026-01-31T12:00:00Z'", 1), rawLines}, "closed"},
		"a month before the closed": {[]string{"INSERT INTO period VALUES ('transport', '2026-01-01', gen_random_uuid(), now())"}, []string{strings.Replace(rawEntry, "now()", "'2025-06-30T12:00:00Z'", 1), rawLines}, "closed"},
	} {
		t.Run(name, func(t *testing.T) {
			pool := empty // where nothing is committed, nothing is left
			if c.before != nil {
				pool = pgtest.Migrated(t)
			}
			if err := run(t, pool, c.before...); err != nil {
				t.Fatal("before:", err)
			}
			if err := run(t, pool, c.statements...); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v; want %q", err, c.says)
			}
		})
	}
	if err := run(t, empty, rawEntry, rawLines); err != nil {
		t.Error("what breaks nothing was refused:", err)
	}
}

func TestAmountsAreExactInEveryCurrency(t *testing.T) {
	pool := pgtest.Migrated(t)
	// Minor units: thousandths of a dinar, hundredths of the others, and as much as there is room for.
	for currency, amount := range map[string]int64{"ILS": 1, "JOD": 1, "KZT": 9_007_199_254_740_993, "QAR": 10_001, "EUR": 333_333_333_333, "USD": 4_611_686_018_427_387_903} {
		for range 2 {
			e := received(uuid.New(), amount)
			e.Postings[0].Currency, e.Postings[1].Currency = currency, currency
			if err := post(t, pool, e); err != nil {
				t.Fatal(currency, err)
			}
		}
		trial, err := ledger.New(pool).Trial(t.Context(), ledger.Scope{Currency: currency})
		want := []ledger.Balance{
			{Account: "clearing:transport:gateway", Currency: currency, Debit: 2 * amount, Amount: 2 * amount},
			{Account: "receivable:transport", Currency: currency, Credit: 2 * amount, Amount: -2 * amount},
		}
		if err != nil || len(trial) != 2 || trial[0] != want[0] || trial[1] != want[1] {
			t.Errorf("%v, %v; want %v", trial, err, want)
		}
	}
}
