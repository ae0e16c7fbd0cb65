package payment_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// deeds are what may happen, each as often as it says.
var deeds = []struct {
	often int
	do    func(*life)
}{
	{8, (*life).payAtGateway}, {3, (*life).payAtBank}, {3, (*life).payAtTill}, {2, (*life).decideAtTill}, {2, (*life).timePasses}, {8, (*life).decide},
	{2, (*life).tryAgain}, {1, (*life).withdraw}, {2, (*life).payoutsArrive}, {1, (*life).nameAccount}, {2, (*life).trouble}, {2, (*life).reconcile},
	{2, (*life).waive}, {1, (*life).requestRefund}, {2, (*life).dispute},
}

// happen lets one thing happen, and looks at the book after it.
func (l *life) happen() {
	l.now = l.now.Add(time.Duration(l.rnd.IntN(40)) * time.Hour)
	sum := 0
	for _, d := range deeds {
		sum += d.often
	}
	at := l.rnd.IntN(sum)
	for _, d := range deeds {
		if at -= d.often; at < 0 {
			d.do(l)
			break
		}
	}
	if l.rnd.IntN(2) == 0 && l.promised > 0 {
		l.deliver(false)
	}
	if l.rnd.IntN(3) > 0 {
		l.acts()
	}
	l.check()
}

func formOf(n int) map[string]json.RawMessage {
	return map[string]json.RawMessage{"form.n": json.RawMessage(strconv.Itoa(n))}
}

// act lets somebody do something where they are waited for.
func (l *life) act(action string) {
	for _, w := range l.p.Waits(l.s) {
		if !slices.Contains(w.Actions, action) {
			continue
		}
		a := w.Act(action, "O1", l.facts())
		if action == machine.Submit { // corrected, so that less or more is due
			a.Actor, a.Reads = "P1", formOf(1+l.rnd.IntN(4))
		}
		refusal := l.take(machine.Event{Act: a})
		l.say("act %s at %s %s %q", action, w.Node, a.Reads, refusal)
		if refusal == "" {
			l.happened("act of the %s: %s", map[bool]string{true: "applicant", false: "clerk"}[action == machine.Submit], action)
		}
		return
	}
}

func (l *life) decide() {
	l.act(machine.Submit)
	l.act([]string{"clean", "clean", "dirty", "refuse", "sendBack", "sendBack"}[l.rnd.IntN(6)])
}

func (l *life) tryAgain() {
	l.act(machine.Retry)
	l.operate(false)
}

func (l *life) withdraw() {
	if l.rnd.IntN(3) == 0 {
		l.say("withdraw")
		l.take(machine.Event{Act: &activity.Act{Facts: l.facts(), Action: machine.Withdraw, Actor: "P1", Capacities: []string{"applicant"}}})
	}
}

func (l *life) timePasses() {
	if m, ok := l.s.DueAt(); ok && l.rnd.IntN(2) == 0 {
		if m.DueAt.After(l.now) {
			l.now = m.DueAt
		}
		l.say("clock %s", m.Then)
		l.happened("clock: %s", m.Then)
		l.take(machine.Event{Due: &machine.Due{At: l.now}})
	}
}

func (l *life) views() []payment.View {
	views, err := l.desk.OfApplication(l.Context(), l.id)
	l.ok(err)
	return views
}

// due is a payment as somebody sees it who comes to pay.
type due struct {
	ID       uuid.UUID
	Visit    int
	Amount   int64
	Currency string
}

// dues are the payments that can be made now.
func (l *life) dues() []due {
	if l.owes == 0 {
		return nil
	}
	rows, err := l.pool.Query(l.Context(), "SELECT id, visit, amount, currency FROM payment WHERE application = $1 AND status = 'due' AND (late OR due_at IS NULL OR due_at > $2) ORDER BY visit, id", l.id, l.now)
	l.ok(err)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[due])
	l.ok(err)
	return list
}

// payAtGateway opens checkouts, some of which expire at once, and pays at those that there are: also twice, and too late.
func (l *life) payAtGateway() {
	for _, v := range l.dues() {
		url, err := l.desk.Checkout(l.Context(), payment.CheckoutRequest{Payment: v.ID, Description: map[string]string{"en": "Fees"}, ReturnURL: "https://portal.example/back"})
		if err != nil {
			continue // the gateway is away, or it turned out to be paid
		}
		id := url[strings.LastIndex(url, "/")+1:]
		if slices.Contains(l.checkouts, id) {
			continue
		}
		if l.checkouts = append(l.checkouts, id); l.rnd.IntN(4) == 0 {
			l.bank.set(id, "expired")
			l.over[id] = true
		}
	}
	for _, id := range l.checkouts {
		if l.paid[id] && l.rnd.IntN(6) > 0 || l.rnd.IntN(3) == 0 {
			continue
		}
		if l.over[id] && !l.paid[id] {
			l.happened("gateway: paid after it had expired") // the payer was quicker than we thought
		}
		l.paid[id] = true
		l.bank.pay(id)
		l.say("paid at %s", id)
		l.called(l.bank.event(id))
	}
}

// called brings a callback, perhaps never, perhaps often, perhaps with forged ones beside it.
func (l *life) called(body []byte) {
	n := l.rnd.IntN(4)
	if l.rnd.IntN(5) == 0 {
		if status, _ := l.desk.Callback(l.Context(), body, bears(sign("somebody else's", l.now, body))); status != http.StatusUnauthorized {
			l.fail("a forged callback is answered %d", status)
		}
		l.happened("gateway: callback forged")
	}
	l.say("callback %d times %.40s", n, body)
	l.happened("gateway: callback %s", []string{"lost", "comes", "repeated", "repeated"}[n])
	for range n {
		l.callback(body)
	}
}

func (l *life) payoutsArrive() {
	for _, body := range l.bank.arrive() {
		l.called(body)
	}
	if !slices.ContainsFunc(l.s.Tokens, func(t machine.Token) bool { return t.Node == atAid }) && l.s.Outcome != "completed" {
		return
	}
	for _, x := range l.payouts(l.id) {
		if l.rnd.IntN(4) == 0 {
			came := l.bank.comeBack(x.ID.String())
			l.met["payout: came back"] += len(came)
			l.back = append(l.back, came...)
		}
	}
	for _, body := range l.back {
		l.called(body)
	}
}

func (l *life) nameAccount() {
	for _, x := range l.payouts(l.id) {
		if err := l.desk.GiveAccount(l.Context(), l.id, x.ID, []string{account, closed}[l.rnd.IntN(2)]); err != nil && !errors.Is(err, payment.ErrNotDue) {
			l.ok(err)
		}
	}
}

// trouble switches the gateway off or on, lets its answers get lost, and lets it refuse refunds.
func (l *life) trouble() {
	off := l.rnd.IntN(2) == 0
	if l.bank.switchOff(off); off {
		l.happened("gateway: switched off")
	}
	l.bank.mu.Lock()
	defer l.bank.mu.Unlock()
	l.bank.lose, l.bank.refuse = l.rnd.IntN(3), l.rnd.IntN(3)
}

func (l *life) reconcile() {
	_, _ = l.desk.Reconcile(l.Context()) // the gateway may be away
	_, _ = l.desk.ReconcilePayouts(l.Context())
}

// dispute lets the banks of payers take back what was paid, and decide it; of that the gateway tells as of everything else.
func (l *life) dispute() {
	for _, q := range l.quarrels {
		if q.Status == "taken" && l.rnd.IntN(2) == 0 {
			l.decideQuarrel(q)
		}
		l.called(l.bank.disputed(q))
	}
	for _, id := range l.checkouts {
		if !l.paid[id] || l.rnd.IntN(3) > 0 {
			continue
		}
		if q := l.bank.dispute(id); q != nil {
			l.say("disputed %s: %s of %s", id, q.ID, q.Amount)
			l.quarrels = append(l.quarrels, q)
			l.called(l.bank.disputed(q))
		}
	}
	if l.rnd.IntN(3) == 0 {
		_, _ = l.desk.ReconcileDisputes(l.Context()) // the gateway may be away
	}
}

func (l *life) decideQuarrel(q *quarrel) {
	l.bank.decide(q, l.rnd.IntN(2) == 0)
	l.say("%s is %s", q.ID, q.Status)
	l.happened("dispute: %s", q.Status)
}

// waive: two officers let the applicant off a part, or all.
func (l *life) waive() {
	if l.owes == 0 {
		return
	}
	for _, v := range l.views() {
		var lines []activity.Line
		whole := int64(0)
		for _, x := range v.Lines {
			whole += x.Amount
			if !x.Deposit && x.Fee != activity.RoundingLine && x.Amount > 0 && l.rnd.IntN(3) == 0 {
				lines = append(lines, activity.Line{Fee: x.Fee, Amount: 1 + l.rnd.Int64N(x.Amount)})
				if l.rnd.IntN(3) == 0 {
					lines[len(lines)-1].Amount = x.Amount
				}
			}
		}
		if v.Status == payment.Due && len(lines) > 0 {
			err := l.off(v, lines...)
			l.say("waived of %s: %v", v.Node, err)
			if errors.Is(err, payment.ErrAmount) && v.Lines[len(v.Lines)-1].Amount < 0 { // less would be left than rounding takes off
				continue
			}
			l.ok(err)
			l.happened("waived: %s", map[bool]string{true: "all", false: "a part"}[lines[0].Amount == whole])
		}
	}
}

// requestRefund: two officers give back what was paid, though the application has not ended.
func (l *life) requestRefund() {
	for _, v := range l.views() {
		if v.PaidAt == nil || l.rnd.IntN(2) == 0 {
			continue
		}
		id, err := l.desk.RequestRefund(l.Context(), []string{"town"}, v.ID, []string{"permit"}, "paid for nothing", l.operator)
		if errors.Is(err, payment.ErrNothing) {
			continue
		}
		l.ok(err)
		approve := l.rnd.IntN(4) > 0
		l.ok(l.desk.DecideRefund(l.Context(), []string{"town"}, id, approve, l.colleague))
		l.say("refund of %s by request: %v", v.Node, approve)
		if approve {
			l.happened("refund by request")
		}
	}
}

// operate lets the operator see to what the gateway does not mend.
func (l *life) operate(heal bool) {
	for _, i := range l.asked() {
		actions := i.Actions()
		if !heal && l.rnd.IntN(3) == 0 || len(actions) == 0 {
			continue
		}
		if i.Kind == payment.RefundRefused && l.rnd.IntN(2) == 0 && l.namesAccount() {
			l.operate(heal) // the applicant was quicker: that incident is over, and this one may be another
			return
		}
		action := actions[l.rnd.IntN(len(actions))]
		l.say("incident %s: %s", i.Kind, action)
		l.happened("operator: %s of %s", action, strings.TrimSuffix(string(i.Kind)+" "+i.Failure, " "))
		for _, x := range l.payouts(l.id) {
			if heal && x.Asks && !x.Refund {
				l.ok(l.desk.GiveAccount(l.Context(), l.id, x.ID, account))
			}
		}
		if action == payment.IncidentForgo {
			l.letsGo(i)
			continue
		}
		l.ok(l.seesTo(i, l.operator, action, "receipt 1"))
	}
}

// letsGo lets two operators give up the money of a lost dispute; now and then the second declines first.
func (l *life) letsGo(i payment.Incident) {
	mine := []string{i.Authority}
	for _, approve := range [][]bool{{true}, {false, true}}[l.rnd.IntN(2)] {
		l.ok(l.desk.Forgo(l.Context(), mine, i.Application, i.ID, "nothing to be had", l.colleague))
		all, err := l.desk.IncidentsOf(l.Context(), i.Application)
		l.ok(err)
		waits := all[slices.IndexFunc(all, func(x payment.Incident) bool { return x.ID == i.ID })].Forgoing
		l.ok(l.desk.DecideForgoing(l.Context(), mine, i.Application, waits.ID, approve, l.operator))
	}
}

// namesAccount lets the applicant say where a refund goes that cannot go back the way on which it came; false where nobody asks.
func (l *life) namesAccount() bool {
	for _, x := range l.payouts(l.id) {
		if x.Asks && x.Refund {
			l.ok(l.desk.GiveAccount(l.Context(), l.id, x.ID, account))
			return true
		}
	}
	return false
}
