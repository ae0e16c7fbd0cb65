package ledger_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/postgres/pgtest"
	"github.com/diwan-gov/diwan/runtime/proposal"
)

var (
	hebron   = must(time.LoadLocation("Asia/Hebron"))
	amal     = uuid.MustParse("a0000000-0000-4000-8000-00000000000a")
	basem    = uuid.MustParse("a0000000-0000-4000-8000-00000000000b")
	november = time.Date(2026, 11, 22, 10, 0, 0, 0, hebron)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func on(day string, amount int64) ledger.Entry {
	e := received(uuid.New(), amount)
	e.At = must(time.ParseInLocation("2006-01-02 15:04", day, hebron))
	return e
}

func TestAClosedMonthTakesNothingAndWhatComesLateIsBookedInTheOpenOne(t *testing.T) {
	pool := pgtest.Migrated(t)
	book := ledger.New(pool)
	// 22:30 UTC of the last of September, and an hour of October where the ministry is.
	for _, e := range []ledger.Entry{on("2026-09-30 23:59", 100), on("2026-10-01 00:30", 200), on("2026-11-02 09:00", 400)} {
		if err := post(t, pool, e); err != nil {
			t.Fatal(err)
		}
	}
	closing := func(month string) error {
		return book.ClosePeriod(t.Context(), ledger.Closing{Authority: "transport", Month: month, By: amal, At: november})
	}
	until := func(day string) int64 {
		t.Helper()
		trial, err := book.Trial(t.Context(), ledger.Scope{Authority: "transport", Until: day})
		if err != nil || len(trial) != 2 || trial[0].Amount+trial[1].Amount != 0 {
			t.Fatalf("trial %v, %v", trial, err)
		}
		return trial[0].Amount
	}
	if got := until("2026-09-30"); got != 100 {
		t.Errorf("September ends with %d", got)
	}
	if err := closing("2026-10"); !errors.Is(err, ledger.ErrNotOver) {
		t.Errorf("October before September: %v", err)
	}
	for _, month := range []string{"2026-09", "2026-10"} {
		if err := closing(month); err != nil {
			t.Fatal(month, err)
		}
	}
	for _, month := range []string{"2026-09", "2026-11", "2026-12", "x"} {
		if err := closing(month); !errors.Is(err, ledger.ErrNotOver) {
			t.Errorf("%s: %v", month, err)
		}
	}
	before := until("2026-10-31")
	late := on("2026-10-31 23:00", 800)
	if err := post(t, pool, late); err != nil {
		t.Fatal(err)
	}
	if got := until("2026-10-31"); got != before || before != 300 {
		t.Errorf("October ended with %d and ends with %d", before, got)
	}
	entries, err := book.OfApplication(t.Context(), late.Application)
	if err != nil || len(entries) != 1 || entries[0].Day != "2026-11-01" || !entries[0].At.Equal(late.At) {
		t.Errorf("the late entry is %+v, %v", entries, err)
	}
	other := on("2026-10-31 23:00", 1)
	other.Postings[0].Account, other.Postings[1].Account = ledger.Clearing("health"), ledger.Receivable("health")
	if err := post(t, pool, other); err != nil {
		t.Fatal(err)
	}
	if entries, err := book.OfApplication(t.Context(), other.Application); err != nil || entries[0].Day != "2026-10-31" {
		t.Errorf("another authority's entry is %+v, %v", entries, err)
	}
	closed, next, err := book.Periods(t.Context(), "transport", november)
	if err != nil || len(closed) != 2 || closed[0].Month != "2026-10" || closed[0].ClosedBy != amal || next != "" {
		t.Errorf("periods %+v, next %q, %v", closed, next, err)
	}
	if _, next, err = book.Periods(t.Context(), "transport", time.Date(2026, 12, 1, 0, 0, 0, 0, hebron)); err != nil || next != "2026-11" {
		t.Errorf("next %q, %v", next, err)
	}
}

// Postings go on while the month closes, with dates in it: whatever is in it when it has closed was in it before.
func TestAMonthClosesUnderWriters(t *testing.T) {
	pool := pgtest.Migrated(t)
	book := ledger.New(pool)
	if err := post(t, pool, on("2026-10-01 12:00", 1)); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for range 6 {
		writers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := post(t, pool, on("2026-10-15 12:00", 1)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	october := func() int64 {
		trial, err := book.Trial(t.Context(), ledger.Scope{Until: "2026-10-31", Account: ledger.Clearing("transport")})
		if err != nil || len(trial) != 1 {
			t.Error(trial, err)
			return 0
		}
		return trial[0].Amount
	}
	for october() < 20 { // the writers are under way
		time.Sleep(time.Millisecond)
	}
	if err := book.ClosePeriod(t.Context(), ledger.Closing{Authority: "transport", Month: "2026-10", By: amal, At: november}); err != nil {
		t.Fatal(err)
	}
	closed := october()
	for all := int64(0); all < closed+20; { // and go on after the closing
		balance, err := book.Balance(t.Context(), ledger.Clearing("transport"))
		if err != nil {
			t.Fatal(err)
		}
		all = balance["ILS"]
	}
	close(stop)
	writers.Wait()
	if got := october(); got != closed {
		t.Errorf("October closed with %d and has %d", closed, got)
	}
}

func TestAMistakeIsPutRightByACounterEntryOfTwoOfficers(t *testing.T) {
	pool := pgtest.Migrated(t)
	book := ledger.New(pool)
	e := on("2026-10-15 12:00", 25000)
	if err := post(t, pool, e); err != nil {
		t.Fatal(err)
	}
	if err := book.ClosePeriod(t.Context(), ledger.Closing{Authority: "transport", Month: "2026-10", By: amal, At: november}); err != nil {
		t.Fatal(err)
	}
	written, err := book.OfApplication(t.Context(), e.Application)
	if err != nil {
		t.Fatal(err)
	}
	id, mine := written[0].ID, []string{"transport"}
	propose := func(authorities []string, reason string) (uuid.UUID, error) {
		return book.Propose(t.Context(), authorities, id, reason, amal, november)
	}
	if _, err := propose([]string{"health"}, "wrong fee"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("another authority's officer: %v", err)
	}
	if _, err := propose(mine, " \n"); !errors.Is(err, proposal.ErrReason) {
		t.Errorf("without a reason: %v", err)
	}
	declined, err := propose(mine, "wrong fee")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := propose(mine, "again"); !errors.Is(err, ledger.ErrCorrected) {
		t.Errorf("proposed twice: %v", err)
	}
	decide := func(correction uuid.UUID, approve bool, by uuid.UUID) error {
		return book.Decide(t.Context(), mine, correction, approve, by, november)
	}
	if err := decide(declined, true, amal); !errors.Is(err, proposal.ErrOwn) {
		t.Errorf("approved by who has proposed it: %v", err)
	}
	if err := decide(declined, false, amal); err != nil {
		t.Fatal("taken back:", err)
	}
	proposed, err := propose(mine, "paid for another application")
	if err != nil {
		t.Fatal(err)
	}
	if err := book.Decide(t.Context(), []string{"health"}, proposed, true, basem, november); !errors.Is(err, proposal.ErrNotFound) {
		t.Errorf("decided by another authority: %v", err)
	}
	if err := decide(proposed, true, basem); err != nil {
		t.Fatal(err)
	}
	if err := decide(proposed, true, basem); !errors.Is(err, proposal.ErrDecided) {
		t.Errorf("decided twice: %v", err)
	}
	if _, err := propose(mine, "again"); !errors.Is(err, ledger.ErrCorrected) {
		t.Errorf("proposed after it was put right: %v", err)
	}
	written, err = book.OfApplication(t.Context(), e.Application)
	if err != nil || len(written) != 2 {
		t.Fatal(written, err)
	}
	counter := written[1]
	if counter.Kind != ledger.Reversed || counter.Reverses != id || written[0].ReversedBy != counter.ID || counter.ProposedBy != amal || counter.Approved != basem ||
		counter.Reason != "paid for another application" || counter.Day != "2026-11-22" {
		t.Errorf("counter-entry %+v", counter)
	}
	balance, err := book.Trial(t.Context(), ledger.Scope{Application: e.Application})
	if err != nil || slices.ContainsFunc(balance, func(b ledger.Balance) bool { return b.Amount != 0 }) {
		t.Errorf("the application's balance is %v, %v", balance, err)
	}
	// Nobody writes a counter-entry that takes back something else, or alone.
	for name, change := range map[string]string{
		"one officer":  "proposed_by = approved_by",
		"other lines":  "amount",
		"taken twice":  "again",
		"of no reason": "reason",
	} {
		t.Run(name, func(t *testing.T) {
			err := pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
				fresh := on("2026-11-15 12:00", 700)
				if err := ledger.Post(t.Context(), tx, fresh); err != nil {
					return err
				}
				var of uuid.UUID
				if err := tx.QueryRow(t.Context(), "SELECT id FROM entry WHERE subject = $1", fresh.Subject).Scan(&of); err != nil {
					return err
				}
				reason, approved, amount := "x", basem, 700
				switch change {
				case "proposed_by = approved_by":
					approved = amal
				case "amount":
					amount = 699
				case "again":
					of, amount = id, 25000
				case "reason":
					reason = " "
				}
				own := uuid.New()
				if _, err := tx.Exec(t.Context(), `INSERT INTO entry (id, kind, subject, application, at, reverses, reason, proposed_by, approved_by)
					VALUES ($1, 'reversed', $1, $1, now(), $2, $3, $4, $5)`, own, of, reason, amal, approved); err != nil {
					return err
				}
				_, err := tx.Exec(t.Context(), `INSERT INTO posting (entry, line, account, amount, currency) VALUES
					($1, 1, 'clearing:transport:gateway', -$2::int, 'ILS'), ($1, 2, 'receivable:transport', $2, 'ILS')`, own, amount)
				return err
			})
			if err == nil {
				t.Error("it was written")
			}
		})
	}
}

// model is what the book ought to say: the balance of every account, authority by authority and month by month.
type model struct {
	t      *testing.T
	pool   *pgxpool.Pool
	book   *ledger.Book
	now    time.Time
	closed map[string]string // authority to its last closed month
	last   map[string]map[ledger.Posting]int64
}

func TestTheBookBalancesAfterEveryStepOfARandomLife(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	pool := pgtest.Migrated(t)
	m := &model{t: t, pool: pool, book: ledger.New(pool), now: time.Date(2026, 1, 5, 12, 0, 0, 0, hebron), closed: map[string]string{}, last: map[string]map[ledger.Posting]int64{}}
	sealer := ledger.NewSealer(pool, nil)
	names, currencies := []string{"transport", "health", "interior"}, []string{"ILS", "JOD", "KZT"}
	for range 250 {
		of, currency, amount := names[random.IntN(3)], currencies[random.IntN(3)], random.Int64N(1_000_000)+1
		switch step := random.IntN(10); {
		case step < 5: // a fee, some of it another authority's, of any day of the last ninety
			e := ledger.Entry{Kind: ledger.Assessed, Subject: uuid.New(), Application: uuid.New(), At: m.now.AddDate(0, 0, -random.IntN(90)), Postings: []ledger.Posting{
				{Account: ledger.Receivable(of), Amount: amount, Currency: currency}, {Account: ledger.Revenue(of, "renewal"), Amount: -amount, Currency: currency}}}
			if other := names[random.IntN(3)]; other != of && amount > 1 {
				share := random.Int64N(amount-1) + 1
				e.Postings[1].Amount += share
				e.Postings = append(e.Postings, ledger.Posting{Account: ledger.DueTo(of, other), Amount: -share, Currency: currency},
					ledger.Posting{Account: ledger.DueFrom(other, of), Amount: share, Currency: currency}, ledger.Posting{Account: ledger.Revenue(other, "renewal"), Amount: -share, Currency: currency})
			}
			if err := post(t, pool, e); err != nil {
				t.Fatal(err)
			}
		case step < 7: // somebody puts something right, or is refused
			entries, _, err := m.book.Entries(t.Context(), ledger.Scope{Authority: of}, 0)
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) == 0 {
				continue
			}
			e := entries[random.IntN(len(entries))]
			correction, err := m.book.Propose(t.Context(), e.Authorities(), e.ID, "by chance", amal, m.now)
			if errors.Is(err, ledger.ErrCorrected) && e.ReversedBy != uuid.Nil {
				continue
			}
			if err == nil {
				err = m.book.Decide(t.Context(), e.Authorities(), correction, random.IntN(3) > 0, basem, m.now)
			}
			if err != nil {
				t.Fatal(err)
			}
		case step < 8: // a month closes
			_, next, err := m.book.Periods(t.Context(), of, m.now)
			if err == nil && next != "" {
				err = m.book.ClosePeriod(t.Context(), ledger.Closing{Authority: of, Month: next, By: amal, At: m.now})
				m.closed[of] = next
				m.last[of] = m.balances(of)
			}
			if err != nil {
				t.Fatal(err)
			}
		default:
			m.now = m.now.AddDate(0, 0, random.IntN(12))
			if _, err := sealer.Seal(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		m.check(names)
	}
	if _, err := sealer.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if head, err := ledger.Verify(t.Context(), pool); err != nil || head.Number == 0 {
		t.Error(head, err)
	}
	if len(m.closed) == 0 {
		t.Error("no month was ever closed")
	}
}

// balances are those of an authority at the end of its last closed month.
func (m *model) balances(authority string) map[ledger.Posting]int64 {
	m.t.Helper()
	end := must(time.Parse("2006-01", m.closed[authority])).AddDate(0, 1, -1).Format(time.DateOnly)
	trial, err := m.book.Trial(m.t.Context(), ledger.Scope{Authority: authority, Until: end})
	if err != nil {
		m.t.Fatal(err)
	}
	out := map[ledger.Posting]int64{}
	for _, b := range trial {
		out[ledger.Posting{Account: b.Account, Currency: b.Currency}] = b.Amount
	}
	return out
}

// whole compares a trial balance with the sum of every line of its scope.
func (m *model) whole(s ledger.Scope) {
	m.t.Helper()
	trial := must(m.book.Trial(m.t.Context(), s))
	rows := must(m.pool.Query(m.t.Context(), `SELECT account, currency, coalesce(sum(amount) FILTER (WHERE amount > 0), 0)::bigint, coalesce(-sum(amount) FILTER (WHERE amount < 0), 0)::bigint, sum(amount)::bigint
		FROM posting p JOIN entry e ON e.id = p.entry
		WHERE ($1 = '' OR authority = $1) AND ($2 = '' OR day <= nullif($2, '')::date) AND ($3 = '' OR account = $3) AND ($4 = '' OR currency = $4) GROUP BY account, currency`,
		s.Authority, s.Until, s.Account, s.Currency))
	all := map[ledger.Balance]bool{}
	for _, b := range must(pgx.CollectRows(rows, pgx.RowToStructByPos[ledger.Balance])) {
		all[b] = true
	}
	for _, b := range trial {
		if !all[b] {
			m.t.Fatalf("of %+v the trial balance has %+v, which the lines do not come to: %v", s, b, all)
		}
	}
	if len(trial) != len(all) {
		m.t.Fatalf("of %+v the trial balance has %d balances of %d", s, len(trial), len(all))
	}
}

func (m *model) check(names []string) {
	m.t.Helper()
	var crooked int
	if err := m.pool.QueryRow(m.t.Context(), "SELECT count(*) FROM (SELECT FROM posting GROUP BY entry, authority, currency HAVING sum(amount) <> 0) x").Scan(&crooked); err != nil || crooked > 0 {
		m.t.Fatalf("%d entries do not balance for an authority, %v", crooked, err)
	}
	for _, s := range []ledger.Scope{{}, {Authority: names[0]}, {Until: m.now.AddDate(0, 0, -40).Format(time.DateOnly)}, {Account: ledger.Receivable(names[1]), Currency: "ILS", Until: m.now.Format(time.DateOnly)}} {
		m.whole(s)
	}
	for _, name := range names {
		trial, err := m.book.Trial(m.t.Context(), ledger.Scope{Authority: name})
		if err != nil {
			m.t.Fatal(err)
		}
		sums := map[string]int64{}
		for _, b := range trial {
			if b.Debit-b.Credit != b.Amount {
				m.t.Fatalf("%+v", b)
			}
			sums[b.Currency] += b.Amount
		}
		for currency, sum := range sums {
			if sum != 0 {
				m.t.Fatalf("the book of %s is out of balance by %d %s", name, sum, currency)
			}
		}
		if m.closed[name] == "" {
			continue
		}
		now, then := m.balances(name), m.last[name]
		if len(now) != len(then) {
			m.t.Fatalf("%s of %s has %d accounts and had %d", m.closed[name], name, len(now), len(then))
		}
		for account, amount := range then {
			if now[account] != amount {
				m.t.Fatalf("%s of %s had %d on %s and has %d", m.closed[name], name, amount, account.Account, now[account])
			}
		}
	}
}
