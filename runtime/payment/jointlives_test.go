package payment_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// apart are acts of several lives in one outbox: each life reads its own.
type apart struct{}

func (apart) SystemAct(ctx context.Context, tx pgx.Tx, a payment.SystemAct) (uuid.UUID, error) {
	id, err := told{}.SystemAct(ctx, tx, a)
	if err == nil {
		_, err = tx.Exec(ctx, "UPDATE outbox SET kind = 'act:' || $1::text WHERE kind = 'act' AND subject = $2", a.Application, id.String())
	}
	return id, err
}

// couple are two lives of which somebody pays what is due at once, besides what each of them pays by itself.
type couple struct {
	w         *world
	lives     [2]*life
	checkouts [2][]string // of each by itself
	joint     []string
	rnd       *rand.Rand
}

// turn lets one of them read the acts that were told it.
func (c *couple) turn(l *life, do func()) {
	c.w.Helper()
	rename := func(from, to string) {
		_, err := c.w.pool.Exec(c.w.Context(), "UPDATE outbox SET kind = $2 WHERE kind = $1 AND done_at IS NULL", from, to)
		c.w.must(err)
	}
	mine := "act:" + l.id.String()
	rename(mine, "act")
	do()
	rename("act", mine)
}

// pay lets somebody pay what some of both lives owe, perhaps at a checkout that had expired, perhaps at several.
func (c *couple) pay() {
	var due []payment.View
	for _, l := range c.lives {
		for _, v := range l.views() {
			if v.Payable && c.rnd.IntN(5) > 0 {
				due = append(due, v)
			}
		}
	}
	if len(due) > 1 {
		if url, err := c.w.desk.CheckoutJointly(c.w.Context(), jointly(due...)); err == nil { // else the gateway is away, or it turned out to be paid
			id := url[strings.LastIndex(url, "/")+1:]
			before := slices.Contains(c.joint, id)
			if !before {
				c.joint = append(c.joint, id)
			}
			if !before && c.rnd.IntN(4) == 0 {
				c.w.bank.set(id, "expired")
				c.lives[0].over[id] = true
			}
		}
	}
	for _, id := range c.joint {
		if c.rnd.IntN(3) > 0 {
			c.w.bank.pay(id)
			c.lives[0].say("paid jointly at %s", id)
			c.lives[0].called(c.w.bank.event(id))
		}
	}
}

// equal: of each payment the gateway has what was due, whichever checkouts it came by.
func (c *couple) equal() (jointly int) {
	c.w.Helper()
	var given, back int64
	for i, l := range c.lives {
		for _, v := range l.views() {
			taken := int64(0)
			c.w.bank.mu.Lock()
			for _, id := range c.checkouts[i] {
				if at := c.w.bank.checkouts[id]; at.Status == "paid" && at.Reference == v.ID.String() {
					taken += at.Amount.Minor
				}
			}
			c.w.bank.mu.Unlock()
			for _, id := range c.joint {
				if c.w.bank.checkouts[id].Status == "paid" {
					taken += int64(c.w.count("SELECT coalesce(sum(amount), 0)::bigint FROM checkout_line WHERE checkout = $1 AND payment = $2", id, v.ID))
					jointly += c.w.count("SELECT count(*) FROM payment WHERE checkout = $1 AND id = $2 AND paid_at IS NOT NULL", id, v.ID)
				}
			}
			byHand := int64(c.w.count("SELECT coalesce(sum(r.amount), 0)::bigint FROM refund r JOIN money_incident i ON i.subject = r.id WHERE r.payment = $1 AND i.outcome = 'by-hand'", v.ID))
			gone := int64(c.w.count("SELECT coalesce(sum(amount), 0)::bigint FROM refund WHERE payment = $1 AND status = 'done'", v.ID)) - byHand
			want := byHand
			if v.PaidAt != nil {
				want += v.Amount - v.Refunded
			}
			if back += gone; taken-gone != want || v.Status == payment.Refunding {
				l.fail("payment %s of %d, %d back: the gateway keeps %d", v.Status, v.Amount, v.Refunded, taken-gone)
			}
		}
		for _, id := range c.checkouts[i] {
			given += c.w.bank.checkouts[id].refunded
		}
	}
	for _, id := range c.joint {
		given += c.w.bank.checkouts[id].refunded
	}
	if given != back {
		c.w.Fatalf("the gateway has given back %d, the book %d", given, back)
	}
	return jointly
}

func TestNoMoneyIsLostWhereRandomLivesArePaidAtOnce(t *testing.T) {
	w := newWorld(t)
	w.desk.Acts = apart{}
	seed := rand.Uint64()
	defer func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}()
	operator, made := w.operator(), 0
	for i := range *lives / 2 {
		rnd := rand.New(rand.NewPCG(seed, uint64(i)))
		c := &couple{w: w, rnd: rnd}
		for n := range c.lives {
			l := &life{w: w, p: drawLife(t, rnd), id: uuid.New(), rnd: rnd, operator: operator, over: map[string]bool{}}
			c.lives[n] = l
			c.turn(l, func() {
				l.take(machine.Event{Start: &activity.Start{Application: l.id.String(), Applicant: "P1", Facts: l.facts()}})
			})
		}
		for range 15 + rnd.IntN(40) {
			if rnd.IntN(3) == 0 {
				c.pay()
			}
			n := rnd.IntN(2)
			c.turn(c.lives[n], func() { c.lives[n].happen(&c.checkouts[n]) })
		}
		for range 2 { // what one hears may be about the other
			for _, l := range c.lives {
				c.turn(l, l.heal)
			}
		}
		for _, l := range c.lives {
			l.waiting()
			// What this one has left open at the gateway is nothing that the next ones should ask about.
			_, err := w.pool.Exec(t.Context(), "UPDATE payment SET checkout_url = '', other_checkouts = '{}' WHERE application = $1", l.id)
			w.must(err)
		}
		made += c.equal()
	}
	if got := w.cleared(); got != w.bank.holds() {
		t.Errorf("clearing %d, the bank holds %d", got, w.bank.holds())
	}
	t.Logf("%d couples of lives, %d payments made at once with others, %d refunds", *lives/2, made, w.bank.refunds)
	if made == 0 {
		t.Error("nobody has paid for both")
	}
}
