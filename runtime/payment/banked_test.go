package payment_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/settlement"
)

// banked notes that cash was brought to the bank, as a till does it.
func (w *world) banked(authority, slip string, minor int64, currency string) {
	w.Helper()
	w.tx(func(tx pgx.Tx) error {
		return ledger.Post(w.Context(), tx, ledger.Entry{Kind: ledger.TillBanked, Subject: uuid.New(), At: w.now, Signed: ledger.Signed{Reason: slip, ProposedBy: w.teller}, Postings: []ledger.Posting{
			{Account: ledger.Banked(authority), Amount: minor, Currency: currency}, {Account: ledger.Safe(authority), Amount: -minor, Currency: currency}}})
	})
}

// What tills have brought to the bank is compared with its statement: each planted difference is found, and only those, and one that the bank
// books later goes by itself.
func TestCashAtTheBankIsComparedWithItsStatement(t *testing.T) {
	w := newWorld(t)
	w.teller = w.operator()
	day, next := w.now.AddDate(0, 0, -2), w.now.AddDate(0, 0, -1)
	today := w.now
	w.now = day
	folder := t.TempDir()
	var statement, later []string
	bank := func(to *[]string, at time.Time, slip, amount, currency string) {
		*to = append(*to, fmt.Sprintf("%s,deposit,%s,%s,%s", at.Format(time.DateOnly), slip, amount, currency))
	}
	w.banked("transport", "S-1", 28000, "ILS")
	w.banked("transport", "S-1", 1500, "JOD") // another currency under the same slip
	bank(&statement, day, "S-1", "280.00", "ILS")
	bank(&statement, day, "S-1", "1.500", "JOD")
	w.banked("land", "S 2/11", 100, "ILS") // two tills under one slip
	w.banked("transport", "S 2/11", 200, "ILS")
	bank(&statement, day, "S 2/11", "3.00", "ILS")
	w.banked("land", "LESS", 5000, "ILS")
	bank(&statement, day, "LESS", "49.00", "ILS")
	w.banked("land", "TWICE", 700, "ILS")
	bank(&statement, day, "TWICE", "7.00", "ILS")
	bank(&statement, day, "TWICE", "7.00", "ILS")
	bank(&statement, day, "STRAY", "9.00", "ILS")
	w.banked("land", "LOST", 800, "ILS")
	w.banked("land", "LATER", 900, "ILS")
	bank(&later, next, "LATER", "9.00", "ILS")
	w.now = today
	write := func(at time.Time, lines []string) {
		name := at.Format(time.DateOnly)
		body := "day,kind,key,amount,currency\n" + strings.Join(append(lines, fmt.Sprintf("%s,end,%d,,", name, len(lines))), "\n") + "\n"
		w.must(os.WriteFile(filepath.Join(folder, name+".csv"), []byte(body), 0o600))
	}
	books := settlement.New(settlement.Options{Pool: w.pool, Ours: w.desk.Ours(), Providers: map[string]settlement.Provider{ledger.BankedCash: settlement.Folder(folder)}, Now: func() time.Time { return w.now }})
	open := func(at time.Time) (out []string) {
		t.Helper()
		found, err := books.Differences(t.Context(), ledger.BankedCash, at.Format(time.DateOnly))
		w.must(err)
		for _, f := range found {
			if f.ClosedAt == nil {
				out = append(out, fmt.Sprintf("%s %s %s/%s", f.What, f.Difference.ID, f.Ours, f.Theirs))
			}
		}
		slices.Sort(out)
		return out
	}
	w.must(books.Look(t.Context()))
	if d, err := books.Day(t.Context(), ledger.BankedCash, day.Format(time.DateOnly)); err != nil || d.Failure == "" || d.Ready() {
		t.Errorf("without a statement: %+v, %v", d, err)
	}
	write(day, statement)
	w.now = w.now.Add(2 * time.Hour)
	w.must(books.Compare(t.Context(), ledger.BankedCash, day.Format(time.DateOnly)))
	want := []string{"amount LESS ILS 50.00 ILS/49.00 ILS", "missing-here STRAY ILS 0/9.00 ILS", "missing-there LATER ILS 9.00 ILS/0", "missing-there LOST ILS 8.00 ILS/0", "twice TWICE ILS 7.00 ILS/7.00 ILS"}
	if got := open(day); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	write(next, later)
	w.must(books.Compare(t.Context(), ledger.BankedCash, next.Format(time.DateOnly)))
	w.must(books.Compare(t.Context(), ledger.BankedCash, day.Format(time.DateOnly)))
	if got, gone := open(day), open(next); len(got) != 4 || slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "LATER") }) || len(gone) != 0 {
		t.Errorf("after the bank has booked it: %q, %q", got, gone)
	}
	settled, err := books.Settled(t.Context(), day.Format(time.DateOnly), day.Format(time.DateOnly))
	w.must(err)
	sum := int64(0)
	for _, s := range settled {
		if s.Authority == "transport" && s.Currency == "ILS" {
			sum += s.Amount
		}
	}
	if sum != 28200 {
		t.Errorf("%d at the bank for transport, want 280.00 and its part of the slip of two", sum)
	}
}
