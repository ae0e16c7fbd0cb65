package payment_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// lives is few in every run. A hundred thousand are run by hand, in three databases at a time:
// go test ./runtime/payment -run RandomLives -lives 100000 -parallel 3 -timeout 4h -v
// One that failed is lived again with -seed and -from as they were told, and -lives 1.
var (
	lives    = flag.Int("lives", 200, "how many applications TestNoMoneyIsLostInRandomLives lets live")
	fromLife = flag.Int("from", 0, "which of them is the first")
	lifeSeed = flag.Uint64("seed", 0, "what is drawn; 0 = something else each time")
)

// livesAtOnce share a database, a bank, a till and what is compared at the end.
const livesAtOnce = 500

func TestNoMoneyIsLostInRandomLives(t *testing.T) {
	seed := *lifeSeed
	for seed == 0 {
		seed = rand.Uint64()
	}
	var mu sync.Mutex
	met := map[string]int{}
	t.Run("seed", func(t *testing.T) {
		for first := *fromLife; first < *fromLife+*lives; first += livesAtOnce {
			t.Run(fmt.Sprintf("%d from %d", seed, first), func(t *testing.T) {
				t.Parallel()
				v := newVillage(t)
				for i := first; i < min(first+livesAtOnce, *fromLife+*lives); i++ {
					if broken := v.live(seed, i, nil); broken != nil {
						t.Fatal(shrunk(t, seed, i, broken))
					}
				}
				v.compare(rand.New(rand.NewPCG(seed, uint64(first))))
				mu.Lock()
				defer mu.Unlock()
				for what, n := range v.met {
					met[what] += n
				}
			})
		}
	})
	var told strings.Builder
	for _, what := range slices.Sorted(maps.Keys(met)) {
		fmt.Fprintf(&told, "\n%8d %s", met[what], what)
	}
	t.Logf("%d lives from %d of seed %d:%s", *lives, *fromLife, seed, &told)
	for _, m := range []struct {
		of   int
		what []string
	}{{200, common}, {5000, rare}} { // a part of the lives that has gone missing would go unnoticed
		for _, what := range m.what {
			if *lives >= m.of && !t.Failed() && met[what] == 0 {
				t.Errorf("among %d lives there was none with: %s", *lives, what)
			}
		}
	}
}

// common is what two hundred lives come to whatever the seed, rare what five thousand do.
var (
	common = []string{
		"ended: completed", "ended: refused", "ended: withdrawn", "paid: all of it", "paid: an instalment", "paid: a share",
		"act of the clerk: sendBack", "paid: on top, after a correction", "clock: remind",
		"gateway: paid after it had expired", "gateway: callback forged", "gateway: callback lost", "gateway: callback repeated", "gateway: switched off",
		"bill: taken", "bill: paid-already", "bill: amount-differs", "bill: amount-missing", "till: taken", "till: taken back", "till: declined to take back",
		"dispute: won", "dispute: lost", "waived: a part", "refund by request", "operator: by-hand of refund-refused paid-at-bank", "operator: by-hand of refund-refused paid-in-cash",
		"settlement: planted and found: missing-here", "settlement: planted and found: missing-there", "settlement: planted and found: amount",
		"settlement: planted and found: currency", "settlement: planted and found: twice",
	}
	rare = []string{
		"ended: lapsed", "paid: the rest", "bill: not-due", "waived: all", "clock: lapse", "clock: escalate", "payout: came back", "refund: gone by a lost dispute", "operator: by-hand of dispute-lost fraudulent", "operator: forgone of dispute-lost fraudulent", "operator: by-hand of cash-voided",
		"operator: by-hand of payout-unwanted", "operator: by-hand of payout-returned recipient-unknown", "operator: retry of payout-returned recipient-unknown",
		"refund: less, after a correction", "refund: less than has become less, since it was waived, taken back or had gone back",
		"operator: by-hand of refund-refused card-closed", "operator: retry of refund-refused card-closed",
	}
)

// told are acts that the desk has promised, in the outbox with what they say.
type told struct{ waiting *int }

func (t told) SystemAct(ctx context.Context, tx pgx.Tx, a payment.SystemAct) (uuid.UUID, error) {
	id := uuid.NewSHA1(a.Application, []byte(a.Key))
	payload, err := json.Marshal(a)
	if err != nil {
		return id, err
	}
	*t.waiting++
	return id, outbox.Add(ctx, tx, outbox.Message{Kind: "act", Subject: id.String(), Payload: payload})
}

// life is one application and everybody who has to do with its money.
type life struct {
	*village
	p   *machine.Program
	s   machine.State
	id  uuid.UUID
	rnd *rand.Rand
	log []string

	checkouts []string
	paid      map[string]bool // checkouts
	owes      int64           // is due, when it was looked last
	over      map[string]bool // checkouts that had expired before somebody paid there after all: the gateway tells of these until it is heard
	back      [][]byte        // payouts that have come back: the gateway tells of these until it is heard
	quarrels  []*quarrel
	bills     []string
	noticed   []payment.BillNotice // at banks
	promised  int                  // refunds and payouts that were not delivered when it was looked last
}

func (l *life) say(format string, args ...any) { l.log = append(l.log, fmt.Sprintf(format, args...)) }

// broken ends a life in which money was lost, or whose machinery failed.
type broken string

func (l *life) fail(format string, args ...any) { panic(broken(fmt.Sprintf(format, args...))) }

func (l *life) ok(err error) {
	if err != nil {
		panic(broken(err.Error()))
	}
}

// take lets the machine take an event and carries out its effects in one transaction, as Apply does.
func (l *life) take(e machine.Event) machine.Refusal {
	next, effects, refusal := l.p.Step(l.s, e)
	if refusal != "" {
		return refusal
	}
	d, ctx := l.desk, l.Context()
	l.ok(inTx(ctx, l.pool, func(tx pgx.Tx) (err error) {
		for _, e := range effects {
			if err == nil && e.Kind != activity.Entered && e.Kind != activity.Done {
				l.say("  %s %s/%d", e.Kind, e.Node, e.Visit)
			}
			switch {
			case err != nil:
			case e.Assessment != nil:
				err = d.Assess(ctx, tx, payment.AssessRequest{Application: l.id, Authority: "town", Node: e.Node, Visit: e.Visit, Assessment: *e.Assessment, At: l.now})
			case e.Kind == activity.Cancel:
				err = d.Cancel(ctx, tx, l.id, e.Node, e.Visit)
			case e.Kind == activity.Refund:
				err = d.Refund(ctx, tx, l.id, next.Outcome, e.Refunds, l.now)
			case e.Settlement != nil:
				err = d.Settle(ctx, tx, l.id, e.Node, e.Visit, *e.Settlement, l.now)
			case e.PayOut != nil:
				err = d.PayOut(ctx, tx, payment.PayOutRequest{Application: l.id, Authority: l.p.Plan().Authority, Node: e.Node, Step: e.Step, Visit: e.Visit,
					Account: e.PayOut.Account, Amount: e.PayOut.Amount, Currency: e.PayOut.Currency, At: l.now})
			}
		}
		return err
	}))
	l.s = next
	return ""
}

func (l *life) facts() activity.Facts { return activity.Facts{At: l.now} }

// acts brings what the gateway has said to the machine; what it refuses goes back, as the book of applications does it.
func (l *life) acts() {
	if *l.waiting == 0 {
		return
	}
	*l.waiting = 0
	rows, err := l.pool.Query(l.Context(), "SELECT subject, payload FROM outbox WHERE kind = 'act' AND done_at IS NULL ORDER BY id")
	l.ok(err)
	type promised struct {
		Subject string
		Payload []byte
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[promised])
	l.ok(err)
	for _, x := range all {
		var a payment.SystemAct
		l.ok(json.Unmarshal(x.Payload, &a))
		if a.Application != l.id {
			l.fail("an act of another application: %+v", a)
		}
		refusal := machine.Over
		if l.s.Status != machine.Ended {
			refusal = l.take(machine.Event{Act: &activity.Act{ID: x.Subject, Facts: l.facts(), Node: a.Node, Visit: a.Visit, Action: a.Action, Actor: a.Capacity, Capacities: []string{a.Capacity}, Reference: a.Reference}})
		}
		l.say("  act %s %s/%d %q", a.Action, a.Node, a.Visit, refusal)
		if refusal != "" {
			l.ok(inTx(l.Context(), l.pool, func(tx pgx.Tx) error { return l.desk.Refused(l.Context(), tx, l.id, a.Reference, string(refusal)) }))
		}
		_, err := l.pool.Exec(l.Context(), "UPDATE outbox SET done_at = now() WHERE kind = 'act' AND subject = $1", x.Subject)
		l.ok(err)
	}
}

// deliver tries what is promised to the gateway; what fails stays promised.
func (l *life) deliver(heal bool) {
	rows, err := l.pool.Query(l.Context(), "SELECT kind, subject FROM outbox WHERE kind IN ('refund', 'payout') AND done_at IS NULL ORDER BY id")
	l.ok(err)
	type promised struct{ Kind, Subject string }
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[promised])
	l.ok(err)
	for _, x := range all {
		if err := l.desk.Handlers()[x.Kind](l.Context(), outbox.Delivery{Message: outbox.Message{Kind: x.Kind, Subject: x.Subject}}); err != nil {
			if heal {
				l.ok(err)
			}
			continue
		}
		if l.rnd.IntN(3) == 0 && !heal { // the process dies before it is written down: it is delivered again
			continue
		}
		_, err := l.pool.Exec(l.Context(), "UPDATE outbox SET done_at = now() WHERE kind = $1 AND subject = $2", x.Kind, x.Subject)
		l.ok(err)
	}
}

// check: the book of this life sums to zero; what is held of deposits is what is not settled; what is owed to the applicant and what the applicant
// owes is what the payments say.
func (l *life) check() {
	var sum, held, unsettled, payable, owed, receivable, lost, refunds, toGive, apart, disputed int64
	l.ok(l.pool.QueryRow(l.Context(), `SELECT coalesce(sum(p.amount), 0)::bigint, coalesce(-sum(p.amount) FILTER (WHERE p.account = 'deposit:town:deposit'), 0)::bigint,
		(SELECT coalesce(sum(amount), 0)::bigint FROM deposit WHERE application = $1 AND status = 'held'),
		coalesce(-sum(p.amount) FILTER (WHERE p.account = 'payable:town'), 0)::bigint,
		(SELECT coalesce(sum(amount), 0)::bigint FROM payout o WHERE application = $1 AND refund IS NULL AND (ended_at IS NULL
			OR EXISTS (SELECT FROM money_incident i WHERE i.subject = o.id AND i.closed_at IS NULL AND i.kind = 'payout-returned'))),
		coalesce(sum(p.amount) FILTER (WHERE p.account = 'receivable:town'), 0)::bigint,
		(SELECT coalesce(sum(amount), 0)::bigint FROM payment WHERE application = $1 AND status = 'due'),
		(SELECT coalesce(sum(amount), 0)::bigint FROM money_incident WHERE application = $1 AND kind = 'dispute-lost' AND closed_at IS NULL),
		coalesce(sum(p.amount) FILTER (WHERE p.account = 'clearing:town:disputed'), 0)::bigint,
		(SELECT coalesce(sum(amount), 0)::bigint FROM dispute WHERE application = $1 AND status = 'taken'),
		coalesce(-sum(p.amount) FILTER (WHERE p.account = 'refunds:town'), 0)::bigint,
		(SELECT coalesce(sum(amount), 0)::bigint FROM refund WHERE application = $1 AND status = 'requested'),
		(SELECT count(*) FROM outbox WHERE kind IN ('refund', 'payout') AND done_at IS NULL)
		FROM entry e JOIN posting p ON p.entry = e.id WHERE e.application = $1`, l.id).Scan(&sum, &held, &unsettled, &payable, &owed, &receivable, &l.owes, &lost, &apart, &disputed, &refunds, &toGive, &l.promised))
	if sum != 0 || held != unsettled || payable != owed || receivable != l.owes+lost || refunds != toGive || apart != disputed {
		l.fail("the book sums to %d, holds %d of %d that is not settled, is to pay out %d of %d, is owed %d of %d that is due and %d that was lost, owes back %d of %d, has %d of %d in dispute",
			sum, held, unsettled, payable, owed, receivable, l.owes, lost, refunds, toGive, apart, disputed)
	}
}
