package payment_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/settlement"
	"github.com/diwan-gov/diwan/runtime/till"
)

// heal lets everything arrive that is on its way.
func (l *life) heal() {
	l.bank.switchOff(false)
	l.bank.mu.Lock()
	l.bank.lose, l.bank.refuse = 0, 0
	l.bank.mu.Unlock()
	for _, body := range l.back {
		l.callback(body)
	}
	for _, q := range l.quarrels {
		if q.Status == "taken" {
			l.decideQuarrel(q)
		}
		l.callback(l.bank.disputed(q))
	}
	for id := range l.over {
		l.callback(l.bank.event(id))
	}
	l.decideAtTill()
	for range 4 {
		l.operate(true)
		_, err := l.desk.Reconcile(l.Context())
		l.ok(err)
		l.deliver(true)
		l.bank.arrive()
		_, err = l.desk.ReconcilePayouts(l.Context())
		l.ok(err)
		l.acts()
		if l.check(); l.promised == 0 && len(l.asked()) == 0 {
			break
		}
	}
}

// asked are the incidents that wait for an operator.
func (l *life) asked() []payment.Incident {
	all, err := l.desk.IncidentsOf(l.Context(), l.id)
	l.ok(err)
	return slices.DeleteFunc(all, func(i payment.Incident) bool { return i.ClosedAt != nil })
}

// idle fails where somebody is asked still, or something is promised still.
func (l *life) idle() {
	for _, i := range l.asked() {
		l.fail("an operator is asked still: %+v", i)
	}
	if l.promised > 0 || *l.waiting > 0 {
		l.fail("%d are to be given back or paid out still, %d acts wait", l.promised, *l.waiting)
	}
}

// backOtherwise is what of a payment has gone back another way than it came: by hand, to an account, or by a dispute that was lost.
func (v *village) backOtherwise(payment uuid.UUID) int64 {
	v.Helper()
	return int64(v.count(`SELECT coalesce(sum(r.amount), 0)::bigint FROM refund r WHERE r.payment = $1 AND (EXISTS (SELECT FROM money_incident i WHERE i.subject = r.id AND i.outcome = 'by-hand')
		OR EXISTS (SELECT FROM payout o WHERE o.refund = r.id AND o.status = 'paid')
		OR EXISTS (SELECT FROM entry e JOIN posting p ON p.entry = e.id WHERE e.kind = 'refunded' AND e.subject = r.id AND p.account = 'clearing:town:disputed'))`, payment))
}

// lost is what of a payment was lost in disputes.
func (v *village) lost(payment uuid.UUID) int64 {
	v.Helper()
	return int64(v.count("SELECT coalesce(sum(amount), 0)::bigint FROM dispute WHERE payment = $1 AND status = 'lost'", payment))
}

// equal: whoever paid has paid once, and nothing was paid out twice.
func (l *life) equal(views []payment.View) {
	for _, v := range views {
		taken := l.took[v.ID]
		l.bank.mu.Lock()
		for _, id := range l.checkouts {
			if c := l.bank.checkouts[id]; c.Reference == v.ID.String() && c.Status == "paid" {
				taken += c.Amount.Minor - c.refunded - c.taken
			}
		}
		l.bank.mu.Unlock()
		want := l.backOtherwise(v.ID) - l.lost(v.ID)
		if v.PaidAt != nil {
			want += v.Amount - v.Refunded
		}
		if taken != want || v.Status == payment.Refunding {
			l.fail("payment %s/%d %s of %d, %d back: %d was kept of %d", v.Node, v.Visit, v.Status, v.Amount, v.Refunded, taken, want)
		}
	}
	if l.village.world.count("SELECT count(*) FROM entry e JOIN posting p ON p.entry = e.id WHERE e.application = $1 AND e.kind = 'refunded' AND p.account = 'clearing:town:disputed'", l.id) > 0 {
		l.happened("refund: gone by a lost dispute")
	}
	var out, asked int64
	for _, x := range l.payouts(l.id) {
		paid := l.bank.paidOut(x.ID.String())
		if x.Status == payment.PayoutPaid && paid != x.Amount || x.Status != payment.PayoutPaid && paid != 0 {
			l.fail("payout %s of %d: the gateway has paid out %d", x.Status, x.Amount, paid)
		}
		if x.Refund {
			if paid > 0 {
				l.happened("refund: to an account")
			}
			continue
		}
		out += paid
		if asked = x.Amount; x.Status == payment.PayoutByHand {
			out += x.Amount
		}
	}
	l.less()
	if out > asked || l.s.Outcome == "completed" && out != asked {
		l.fail("%d was paid out of %d", out, asked)
	}
}

// less: what corrections have made less has gone back, all of it where nothing of it was waived, had gone back already or was taken back at the till.
func (l *life) less() {
	var want int64
	for _, a := range l.s.Assessments {
		for _, x := range a.Less {
			for _, line := range x.Lines {
				want -= line.Amount
			}
		}
	}
	var back, times int64
	var other bool
	l.ok(l.pool.QueryRow(l.Context(), `SELECT coalesce(sum(amount), 0)::bigint, count(*), EXISTS (SELECT FROM refund WHERE application = $1 AND reason LIKE 'request:%')
		OR EXISTS (SELECT FROM payment WHERE application = $1 AND (waived <> '[]' OR status = 'waived' OR voided > 0))
		FROM refund WHERE application = $1 AND reason LIKE 'less:%'`, l.id).Scan(&back, &times, &other))
	if back > want || back < want && !other {
		l.fail("%d has become less, and %d of it went back", want, back)
	}
	if times > 0 {
		l.happened("refund: less, after a correction")
	}
	if back < want {
		l.happened("refund: less than has become less, since it was waived, taken back or had gone back")
	}
}

// count says what kind of life it was.
func (l *life) count(views []payment.View) {
	l.happened("%s: %s", l.s.Status, l.s.Outcome)
	for _, v := range views {
		if v.PaidAt == nil {
			continue
		}
		switch how := l.p.Plan().Nodes[atPay].Pay; {
		case v.Node == "rest":
			l.happened("paid: the rest")
		case v.Parts > 0:
			l.happened("paid: an instalment")
		case how.Share > 0:
			l.happened("paid: a share")
		default:
			l.happened("paid: all of it")
		}
	}
	superseded := false
	for _, a := range l.s.Assessments {
		if a.Node == atPay && a.Paid && superseded {
			l.happened("paid: on top, after a correction")
		}
		superseded = superseded || a.Superseded
	}
}

// planting is how many lines of the bank's files something is done to, at most, for each way.
const planting = 5

// compare closes the till and lets the bank settle: our book is what the bank and the till have, but for what was planted in the bank's files, and
// each of these is a difference that waits for somebody.
func (v *village) compare(rnd *rand.Rand) {
	v.Helper()
	if got := v.cleared(); got != v.bank.holds() {
		v.Errorf("clearing %d, the gateway holds %d", got, v.bank.holds())
	}
	if got := v.count("SELECT coalesce(sum(amount), 0)::bigint FROM posting WHERE account IN ('clearing:town:palbank', 'clearing:town:wallet', 'clearing:town:another')"); int64(got) != v.banked {
		v.Errorf("the book has %d at banks that have taken %d", got, v.banked)
	}
	v.closeTill()
	moved := v.bank.moved
	planted := plantIn(rnd, v.bank)
	days := map[string]bool{}
	for _, l := range moved {
		days[l.Day] = true
	}
	v.now = v.began.AddDate(2, 0, 0)
	books := settlement.New(settlement.Options{Pool: v.pool, Ours: v.desk.Ours(), Providers: map[string]settlement.Provider{ledger.Gateway: v.desk.Providers[0].Provider.(settlement.Settles).Settlement()},
		Now: func() time.Time { return v.now }, Log: v.desk.Log})
	for _, m := range v.bookedOn() {
		days[m] = true
	}
	var found []string
	for _, day := range slices.Sorted(maps.Keys(days)) { // as they are looked at, the oldest first
		v.must(books.Compare(v.Context(), ledger.Gateway, day))
		of, err := books.Day(v.Context(), ledger.Gateway, day)
		v.must(err)
		list, err := books.Differences(v.Context(), ledger.Gateway, day)
		v.must(err)
		if of.Failure != "" || of.Open != len(list) {
			v.Errorf("%s: %d of %d differences are open, %s", day, of.Open, len(list), of.Failure)
		}
		for _, d := range list {
			found = append(found, string(d.Source)+" "+string(d.What)+" "+d.Difference.ID)
			v.happened("settlement: planted and found: %s", d.What)
			if d.Owner != settlement.Owner || d.ClosedAt != nil {
				v.Errorf("nobody looks after %+v", d)
			}
		}
	}
	slices.Sort(found)
	slices.Sort(planted)
	if !slices.Equal(found, planted) {
		v.Errorf("the bank's files differ by %q, planted were %q", found, planted)
	}
}

// bookedOn are the days on which our book has something at the gateway.
func (v *village) bookedOn() (days []string) {
	v.Helper()
	v.must(v.pool.QueryRow(v.Context(), "SELECT array(SELECT DISTINCT e.day::text FROM entry e JOIN posting p ON p.entry = e.id WHERE p.account LIKE 'clearing:%:gateway')").Scan(&days))
	return days
}

// plantIn does something to lines of the bank's files, and says which differences that makes.
func plantIn(rnd *rand.Rand, b *bank) (planted []string) {
	what := map[settlement.Key]settlement.What{}
	for _, w := range []settlement.What{settlement.MissingHere, settlement.MissingThere, settlement.OtherAmount, settlement.OtherUnit, settlement.Twice} {
		for range planting {
			if len(b.moved) == 0 {
				return nil
			}
			if l := b.moved[rnd.IntN(len(b.moved))]; what[l.Key] == "" {
				what[l.Key] = w
				if w == settlement.MissingHere {
					l.ID += "x"
				}
				planted = append(planted, "file "+string(w)+" "+l.ID)
			}
		}
	}
	b.plant = func(l settlement.Line) []settlement.Line {
		other := l
		switch what[l.Key] {
		case settlement.MissingHere:
			other.ID += "x"
			return []settlement.Line{l, other}
		case settlement.MissingThere:
			return nil
		case settlement.OtherAmount:
			other.Amount.Minor *= 2
		case settlement.OtherUnit:
			other.Amount.Currency = map[string]string{"ILS": "EUR", "JOD": "KWD"}[l.Amount.Currency]
		case settlement.Twice:
			return []settlement.Line{l, l}
		}
		return []settlement.Line{other}
	}
	return planted
}

// closeTill counts the till: it holds what it began with and what was taken, and nothing stands on its account when it is closed.
func (v *village) closeTill() {
	v.Helper()
	var counted []till.CashCount
	for currency, amount := range v.holds {
		counted = append(counted, till.CashCount{Currency: currency, Amount: amount})
	}
	if closed, err := v.tills.Count(v.Context(), till.Count{Clerk: v.clerk, Cash: counted}); !closed || err != nil {
		v.Errorf("the till holds something else than %v: %v", v.holds, err)
	}
	left, err := ledger.New(v.pool).Balance(v.Context(), ledger.ClearingAt("town", ledger.Till(1)))
	v.must(err)
	for currency, amount := range left {
		if amount != 0 {
			v.Errorf("%s is in a closed till", formula.Money{Minor: amount, Currency: currency})
		}
	}
}
