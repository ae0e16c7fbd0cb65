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
type apart struct{ told }

func (t apart) SystemAct(ctx context.Context, tx pgx.Tx, a payment.SystemAct) (uuid.UUID, error) {
	id, err := t.told.SystemAct(ctx, tx, a)
	if err == nil {
		_, err = tx.Exec(ctx, "UPDATE outbox SET kind = 'act:' || $1::text WHERE kind = 'act' AND subject = $2", a.Application, id.String())
	}
	return id, err
}

// couple are two lives of which somebody pays what is due at once, besides what each of them pays by itself.
type couple struct {
	*village
	lives [2]*life
	joint []string
	rnd   *rand.Rand
}

// turn lets one of them read the acts that were told it.
func (c *couple) turn(l *life, do func()) {
	rename := func(from, to string) {
		_, err := c.pool.Exec(c.Context(), "UPDATE outbox SET kind = $2 WHERE kind = $1 AND done_at IS NULL", from, to)
		l.ok(err)
	}
	mine := "act:" + l.id.String()
	rename(mine, "act")
	*c.waiting = 1 // it looks
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
		if url, err := c.desk.CheckoutJointly(c.Context(), jointly(due...)); err == nil { // else the gateway is away, or it turned out to be paid
			id := url[strings.LastIndex(url, "/")+1:]
			before := slices.Contains(c.joint, id)
			if !before {
				c.joint = append(c.joint, id)
			}
			if !before && c.rnd.IntN(4) == 0 {
				c.bank.set(id, "expired")
				c.lives[0].over[id] = true
			}
		}
	}
	for _, id := range c.joint {
		if c.rnd.IntN(3) > 0 {
			c.bank.pay(id)
			c.lives[0].say("paid jointly at %s", id)
			c.lives[0].called(c.bank.event(id))
		}
	}
}

// equal: of each payment the gateway has what was due, whichever checkouts it came by.
func (c *couple) equal() (jointly int) {
	var given, back int64
	for _, l := range c.lives {
		for _, v := range l.views() {
			taken := c.took[v.ID]
			c.bank.mu.Lock()
			for _, id := range l.checkouts {
				if at := c.bank.checkouts[id]; at.Status == "paid" && at.Reference == v.ID.String() {
					taken += at.Amount.Minor
				}
			}
			c.bank.mu.Unlock()
			for _, id := range c.joint {
				if c.bank.checkouts[id].Status == "paid" {
					taken += int64(c.count("SELECT coalesce(sum(amount), 0)::bigint FROM checkout_line WHERE checkout = $1 AND payment = $2", id, v.ID))
					jointly += c.count("SELECT count(*) FROM payment WHERE checkout = $1 AND id = $2 AND paid_at IS NOT NULL", id, v.ID)
				}
			}
			otherwise := c.backOtherwise(v.ID)
			gone := int64(c.count("SELECT coalesce(sum(amount), 0)::bigint FROM refund WHERE payment = $1 AND status = 'done'", v.ID)) - otherwise
			want := otherwise
			if v.PaidAt != nil {
				want += v.Amount - v.Refunded
			}
			if back += gone; taken-gone != want || v.Status == payment.Refunding {
				l.fail("payment %s of %d, %d back: the gateway keeps %d", v.Status, v.Amount, v.Refunded, taken-gone)
			}
		}
		for _, id := range l.checkouts {
			given += c.bank.checkouts[id].refunded
		}
	}
	for _, id := range c.joint {
		given += c.bank.checkouts[id].refunded
	}
	if given != back {
		c.lives[0].fail("the gateway has given back %d, the book %d", given, back)
	}
	return jointly
}

// live lets the i-th couple of a seed be lived.
func (c *couple) live(seed uint64, i int) (jointly int, why broken) {
	c.rnd = rand.New(rand.NewPCG(seed, uint64(i)))
	c.now = c.began
	defer func() {
		switch x := recover().(type) {
		case nil:
		case broken:
			why = x
			for _, l := range c.lives {
				why += broken("\n\n" + strings.Join(l.log, "\n"))
			}
		default:
			panic(x)
		}
	}()
	for n := range c.lives {
		p, err := drawLife(c.rnd)
		c.must(err)
		l := &life{village: c.village, p: p, id: uuid.New(), rnd: c.rnd, over: map[string]bool{}, paid: map[string]bool{}}
		c.lives[n] = l
		c.turn(l, func() {
			l.take(machine.Event{Start: &activity.Start{Application: l.id.String(), Applicant: "P1", Facts: l.facts(), Reads: formOf(1 + c.rnd.IntN(3))}})
			l.check()
		})
	}
	for range 15 + c.rnd.IntN(40) {
		if c.rnd.IntN(3) == 0 {
			c.pay()
		}
		l := c.lives[c.rnd.IntN(2)]
		c.turn(l, l.happen)
	}
	for range 2 { // what one hears may be about the other
		for _, l := range c.lives {
			c.turn(l, l.heal)
		}
	}
	*c.waiting = 0
	for _, l := range c.lives {
		l.check()
		l.idle()
		l.forget()
	}
	return c.equal(), ""
}

func TestNoMoneyIsLostWhereRandomLivesArePaidAtOnce(t *testing.T) {
	seed := *lifeSeed
	for seed == 0 {
		seed = rand.Uint64()
	}
	v, made := newVillage(t), 0
	v.desk.Acts = apart{told{v.waiting}}
	couples := min(*lives, livesAtOnce) / 4
	for i := range couples {
		c := &couple{village: v}
		jointly, why := c.live(seed, i)
		if why != "" {
			t.Fatalf("seed %d, couple %d: %s", seed, i, why)
		}
		made += jointly
	}
	v.compare(rand.New(rand.NewPCG(seed, 0)))
	t.Logf("%d couples of lives, %d payments made at once with others, %d refunds", couples, made, v.bank.refunds)
	if made == 0 {
		t.Error("nobody has paid for both")
	}
}
