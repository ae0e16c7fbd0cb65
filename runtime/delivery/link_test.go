package delivery_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

const layla = "layla@example.com"

// emailed is a paper of which a link can be sent.
func (w *world) emailed(id string) delivery.Collection {
	w.Helper()
	c := w.offered(id, nil)
	w.must(postgres.InTx(w.Context(), w.pool, func(tx pgx.Tx) error {
		o := delivery.Offer{Paper: id, Application: c.Application, Authority: "transport", At: w.now}
		return errors.Join(w.desk.OfferLink(w.Context(), tx, o), w.desk.OfferLink(w.Context(), tx, o))
	}))
	return c
}

// deliver hands the mails that wait over for the attempt of that number, and gives what came of the last.
func (w *world) deliver(attempt int) (err error) {
	w.Helper()
	rows, err := w.pool.Query(w.Context(), "SELECT subject FROM outbox WHERE kind = 'paper-link' ORDER BY id")
	w.must(err)
	subjects, err := pgx.CollectRows(rows, pgx.RowTo[string])
	w.must(err)
	for _, subject := range subjects {
		err = w.desk.Handlers()["paper-link"](w.Context(), outbox.Delivery{Message: outbox.Message{Kind: "paper-link", Subject: subject}, Attempt: attempt})
	}
	return err
}

func (w *world) ask(c delivery.Collection) error {
	return w.desk.AskLink(w.Context(), c.Application, c.Paper, uuid.New(), layla, "ar")
}

func (w *world) linkState(c delivery.Collection, want delivery.LinkState, why string) {
	w.Helper()
	list, err := w.desk.LinksOf(w.Context(), c.Application)
	w.must(err)
	if len(list) != 1 || list[0].State != want {
		w.Errorf("%s: %+v, not %s", why, list, want)
	}
}

func (w *world) addresses() (n int) {
	w.Helper()
	w.must(w.pool.QueryRow(w.Context(), "SELECT count(address) FROM paper_link").Scan(&n))
	return n
}

func TestAnAddressOfEmailIsOneThatServersTake(t *testing.T) {
	for typed, want := range map[string]bool{
		layla: true, " layla@example.com ": true, "l.i+x@sub.example.gov": true, "": false, "layla": false, "layla@example": false, "layla@": false, "@example.com": false,
		"Layla <layla@example.com>": false, "layla@example.com, a@example.com": false, "layla@example.com\nBcc: a@example.com": false, `"a b"@example.com`: false,
		"ليلى@example.com": false, "layla@[127.0.0.1]": false, strings.Repeat("a", 65) + "@example.com": false, strings.Repeat("a", 60) + "@" + strings.Repeat("a.", 100) + "com": false,
		"layla@example.com.": false, "layla@.com": false,
	} {
		if got, ok := delivery.Mailbox(typed); ok != want || ok && got != strings.TrimSpace(typed) {
			t.Errorf("%q: %q, %v", typed, got, ok)
		}
	}
}

func TestALinkGivesAPaperFiveTimesInSevenDays(t *testing.T) {
	w := newWorld(t)
	c := w.emailed("A")
	w.linkState(c, delivery.LinkOffered, "issued")
	w.is(w.desk.AskLink(t.Context(), uuid.New(), "A", uuid.New(), layla, "ar"), delivery.ErrNotFound, "another's paper")
	w.is(w.desk.AskLink(t.Context(), c.Application, "A", uuid.New(), "layla", "ar"), delivery.ErrMailbox, "no address")
	w.must(w.ask(c))
	w.linkState(c, delivery.LinkAsked, "asked")
	w.must(w.deliver(1))
	w.linkState(c, delivery.LinkSent, "sent")
	w.must(w.deliver(2)) // what was sent is not sent again
	if len(w.letters) != 1 || w.letters[0].To != layla || len(w.letters[0].Token) != 43 || w.addresses() != 0 {
		t.Fatalf("%+v, and %d addresses are kept", w.letters, w.addresses())
	}
	token := w.letters[0].Token
	for range 9 {
		if l, err := w.desk.Link(t.Context(), token); err != nil || l.Paper != "A" || l.Left != delivery.MostDownloads {
			t.Fatalf("%+v, %v", l, err)
		}
	}
	w.invalid = true
	_, err := w.desk.Link(t.Context(), token)
	w.is(err, delivery.ErrPaper, "a paper that is not valid")
	w.invalid = false
	var taken sync.Map
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			if w.desk.Used(context.Background(), token) == nil {
				taken.Store(i, true)
			}
		})
	}
	all.Wait()
	n := 0
	taken.Range(func(any, any) bool { n++; return true })
	if n != delivery.MostDownloads {
		t.Errorf("it was used %d times", n)
	}
	_, err = w.desk.Link(t.Context(), token)
	w.is(err, delivery.ErrOver, "used up")
	_, err = w.desk.Link(t.Context(), token+"A")
	w.is(err, delivery.ErrNotFound, "no such token")
	w.linkState(c, delivery.LinkOver, "used up")

	w.must(w.ask(c))
	w.must(w.deliver(1))
	second := w.letters[1].Token
	w.now = w.now.AddDate(0, 0, delivery.LinkDays)
	w.is(w.desk.Used(t.Context(), second), delivery.ErrOver, "after its days")
	w.linkState(c, delivery.LinkOver, "after its days")
	w.must(w.ask(c))
	w.must(w.deliver(1))
	w.must(w.ask(c))
	_, err = w.desk.Link(t.Context(), w.letters[2].Token)
	w.is(err, delivery.ErrOver, "a newer one was asked for")
	for range 3 {
		w.must(w.ask(c))
	}
	w.is(w.ask(c), delivery.ErrTooOften, "the sixth within a day")
	w.now = w.now.Add(24*time.Hour + time.Second)
	w.must(w.ask(c))
	w.must(postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error { return w.desk.Erase(t.Context(), tx, c.Application) }))
	w.must(w.deliver(1))
	if list, err := w.desk.LinksOf(t.Context(), c.Application); err != nil || len(list) != 0 || len(w.letters) != 3 {
		t.Errorf("after erasing: %+v, %v, %d letters", list, err, len(w.letters))
	}
}

func TestAMailThatCannotBeSentIsToldToTheHolder(t *testing.T) {
	w := newWorld(t)
	c := w.emailed("A")
	w.must(w.ask(c))
	w.failure = errors.New("dial tcp: refused for " + layla)
	failed := (*outbox.Failed)(nil)
	if err := w.deliver(1); !errors.As(err, &failed) || failed.Code != "mail" {
		t.Errorf("it is not tried again: %v", err)
	}
	w.linkState(c, delivery.LinkAsked, "tried once")
	w.failure = nil
	w.must(w.deliver(2))
	if len(w.letters) != 2 || w.letters[0].Token == w.letters[1].Token {
		t.Fatalf("%+v", w.letters)
	}
	_, err := w.desk.Link(t.Context(), w.letters[0].Token)
	w.is(err, delivery.ErrNotFound, "the token of a try that has failed")

	w.failure = errors.New("still down")
	w.must(w.ask(c))
	w.must(w.deliver(delivery.MostMailTries))
	w.failure = delivery.ErrRefused
	w.must(w.ask(c))
	w.must(w.deliver(1))
	w.linkState(c, delivery.LinkFailed, "refused")
	if got := strings.Join(w.told, ", "); got != "A linkUnsent, A linkUnsent" || w.addresses() != 0 {
		t.Errorf("told %q, %d addresses are kept", got, w.addresses())
	}
}
