package payment_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
)

// Fifty payments are received at once, every other one told twice at once, beside fifty transactions that take a number and are rolled back: each
// payment has one number, the numbers of an authority begin with one in each year, and none is left out.
func TestReceiptsAreNumberedWithoutGapsByAuthorityAndYear(t *testing.T) {
	w := newWorld(t)
	const many = 50
	ids := make([]string, many)
	for i := range many {
		_, p := w.assess()
		ids[i] = w.checkout(p)
		w.bank.pay(ids[i])
	}
	var all sync.WaitGroup
	for i := range many {
		for range 1 + i%2 {
			all.Go(func() {
				body := w.bank.event(ids[i])
				if s, err := w.desk.Callback(t.Context(), body, bears(sign(secret, w.now, body))); s != http.StatusOK {
					t.Errorf("answered %d, %v", s, err)
				}
			})
		}
		all.Go(func() { // a transaction that takes a number and does not end well
			tx, err := w.pool.Begin(t.Context())
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = tx.Rollback(t.Context()) }()
			if _, err := tx.Exec(t.Context(), `INSERT INTO receipt_number (authority, year, last) VALUES ('transport', $1, 1)
				ON CONFLICT (authority, year) DO UPDATE SET last = receipt_number.last + 1`, w.now.Year()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.numbered(w.now.Year(), many)

	// The first of the next year is the first again, and what is repeated takes no further number.
	w.now = time.Date(w.now.Year()+1, 1, 1, 0, 0, 1, 0, time.UTC)
	_, _, id := w.paid()
	body := w.bank.event(id)
	w.callback(body)
	w.numbered(w.now.Year(), 1)
	w.numbered(w.now.Year()-1, many)
}

// numbered wants the receipts of a year to be numbered from one to n.
func (w *world) numbered(year, n int) {
	w.Helper()
	rows, err := w.pool.Query(w.Context(), "SELECT receipt FROM payment WHERE receipt LIKE $1 ORDER BY receipt", fmt.Sprintf("RCT-%d-%%", year))
	w.must(err)
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	w.must(err)
	if len(got) != n {
		w.Errorf("%d receipts of %d, want %d", len(got), year, n)
	}
	for i, number := range got {
		if want := fmt.Sprintf("RCT-%d-%06d", year, i+1); number != want {
			w.Errorf("%s stands where %s should", number, want)
		}
	}
}

func TestWhatIsNotReceivedHasNoReceipt(t *testing.T) {
	w := newWorld(t)
	application, p := w.assess()
	id := w.checkout(p)
	w.tx(func(tx pgx.Tx) error { return w.desk.Cancel(t.Context(), tx, application, "pay", 1) })
	w.bank.pay(id)
	w.callback(w.bank.event(id))
	if v := w.view(application); v.Receipt != "" || v.Status != payment.Refunding {
		t.Errorf("it goes back at once: %+v", v)
	}
	paid, _, _ := w.paid()
	if v := w.view(paid); v.Receipt != fmt.Sprintf("RCT-%d-000001", w.now.Year()) {
		t.Errorf("%+v", v)
	}
}

// While a receipt is drawn its payment cannot be taken back at the till, and once it is taken back no receipt is drawn any more.
func TestAReceiptAndAVoidDoNotPassEachOther(t *testing.T) {
	w := newWorld(t)
	_, p := w.assess()
	c := payment.Cash{ID: uuid.New(), Payment: p.ID, Authority: "transport", Channel: ledger.Till(7)}
	var number string
	w.tx(func(tx pgx.Tx) (err error) {
		number, _, _, err = w.desk.TakeCash(t.Context(), tx, c)
		return err
	})
	w.tx(func(tx pgx.Tx) error {
		if err := w.desk.Receipted(t.Context(), tx, p.ID, number); err != nil {
			return err
		}
		var locked *pgconn.PgError
		_, err := w.pool.Exec(t.Context(), "SELECT FROM payment WHERE id = $1 FOR UPDATE NOWAIT", p.ID) // as who takes it back would lock it
		if !errors.As(err, &locked) || locked.Code != "55P03" {
			t.Errorf("it can be taken back while its receipt is drawn: %v", err)
		}
		return nil
	})
	signed := ledger.Signed{Reason: "the wrong bill", ProposedBy: w.operator(), Approved: w.operator()}
	w.tx(func(tx pgx.Tx) error { return w.desk.VoidCash(t.Context(), tx, c, uuid.New(), signed) })
	w.tx(func(tx pgx.Tx) error {
		if err := w.desk.Receipted(t.Context(), tx, p.ID, number); !errors.Is(err, payment.ErrNotFound) {
			t.Errorf("a receipt can be drawn of what was taken back: %v", err)
		}
		return nil
	})
	c.ID = uuid.New()
	w.tx(func(tx pgx.Tx) error {
		next, _, _, err := w.desk.TakeCash(t.Context(), tx, c)
		if err != nil {
			return err
		}
		if old, now := w.desk.Receipted(t.Context(), tx, p.ID, number), w.desk.Receipted(t.Context(), tx, p.ID, next); !errors.Is(old, payment.ErrNotFound) || now != nil {
			t.Errorf("taken again: the old receipt %v, the new one %v", old, now)
		}
		return nil
	})
}
