package till_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/till"
)

func TestAClerkTakesCashGivesChangeAndClosesATillThatHoldsWhatItShould(t *testing.T) {
	w := newWorld(t)
	hanan, other := w.person(), w.person()
	_, id := w.due(28000, "ILS", 0)
	if _, err := w.take(hanan, id, 30000); !errors.Is(err, till.ErrClosed) {
		t.Errorf("taken without a till: %v", err)
	}
	of := w.open(hanan, 3, map[string]int64{"ILS": 20000, "JOD": 0})
	for name, c := range map[string]struct {
		o    till.Opening
		want error
	}{
		"a second one":        {till.Opening{Authority: "transport", Number: 4, Clerk: hanan, Float: map[string]int64{"ILS": 0}}, till.ErrOpen},
		"a colleague's":       {till.Opening{Authority: "transport", Number: 3, Clerk: other, Float: map[string]int64{"ILS": 0}}, till.ErrTaken},
		"less than no change": {till.Opening{Authority: "transport", Number: 5, Clerk: other, Float: map[string]int64{"ILS": -1}}, till.ErrAmount},
		"no number":           {till.Opening{Authority: "transport", Clerk: other, Float: map[string]int64{"ILS": 0}}, till.ErrAmount},
		"no currency":         {till.Opening{Authority: "transport", Number: 5, Clerk: other}, till.ErrAmount},
	} {
		if _, err := w.tills.Open(t.Context(), c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := w.take(hanan, id, 27999); !errors.Is(err, till.ErrTooLittle) {
		t.Errorf("too little: %v", err)
	}
	if _, euros := w.due(5000, "EUR", 0); second(w.take(hanan, euros, 5000)) != till.ErrAmount {
		t.Error("the till takes a currency that it does not hold")
	}
	key := uuid.New()
	for range 2 { // the button was pressed twice
		k, err := w.tills.Take(t.Context(), till.Taking{ID: key, Clerk: hanan, Payment: id, Tendered: 30000})
		if err != nil || k.Change() != 2000 || k.Receipt == "" || k.Place != 1 {
			t.Errorf("taken %+v, %v", k, err)
		}
	}
	if _, err := w.take(hanan, id, 30000); !errors.Is(err, payment.ErrNotDue) {
		t.Errorf("taken twice: %v", err)
	}
	if n := w.count("SELECT count(*) FROM outbox WHERE kind = 'act'"); n != 1 {
		t.Errorf("%d acts, want 1", n)
	}
	w.balanced(3)
	mine := w.mine(hanan)
	if c := mine.Cash[0]; c.Currency != "ILS" || c.Expected != 48000 || mine.Payments != 1 {
		t.Errorf("%+v", mine)
	}
	if err := w.tills.Deposit(t.Context(), []string{"transport"}, of, "S1", hanan); !errors.Is(err, till.ErrClosed) {
		t.Errorf("brought to the bank from an open till: %v", err)
	}
	for name, cash := range map[string][]till.CashCount{
		"half of the currencies": {{Currency: "ILS", Amount: 48000}}, "below zero": {{Currency: "ILS", Amount: -1}, {Currency: "JOD"}},
		"pieces that are another sum": {{Currency: "ILS", Amount: 48000, Pieces: map[int64]int{20000: 2}}, {Currency: "JOD"}},
	} {
		if _, err := w.tills.Count(t.Context(), till.Count{Clerk: hanan, Cash: cash}); !errors.Is(err, till.ErrAmount) {
			t.Errorf("%s: %v", name, err)
		}
	}
	closed, err := w.tills.Count(t.Context(), till.Count{Clerk: hanan, Cash: []till.CashCount{{Currency: "ILS", Amount: 48000, Pieces: map[int64]int{20000: 2, 5000: 1, 1000: 3}}, {Currency: "JOD"}}})
	if err != nil || !closed {
		t.Fatalf("closed %v, %v", closed, err)
	}
	if _, next := w.due(100, "ILS", 0); !errors.Is(second(w.take(hanan, next, 100)), till.ErrClosed) {
		t.Error("a closed till has taken a payment")
	}
	w.balanced(3)
	if w.balance(ledger.Safe("transport"), "ILS") != 28000 || w.balance(ledger.OverShort("transport"), "ILS") != 0 {
		t.Errorf("safe %d", w.balance(ledger.Safe("transport"), "ILS"))
	}
	for slip, want := range map[string]error{" ": till.ErrSlip} {
		if err := w.tills.Deposit(t.Context(), []string{"transport"}, of, slip, hanan); !errors.Is(err, want) {
			t.Errorf("slip %q: %v", slip, err)
		}
	}
	if err := w.tills.Deposit(t.Context(), []string{"health"}, of, "S1", hanan); !errors.Is(err, till.ErrNotFound) {
		t.Errorf("by another authority: %v", err)
	}
	w.must(w.tills.Deposit(t.Context(), []string{"transport"}, of, "S-2026/11", hanan))
	if err := w.tills.Deposit(t.Context(), []string{"transport"}, of, "S2", hanan); !errors.Is(err, till.ErrClosed) {
		t.Errorf("brought there twice: %v", err)
	}
	if w.balance(ledger.Safe("transport"), "ILS") != 0 || w.balance(ledger.Banked("transport"), "ILS") != 28000 {
		t.Errorf("safe %d, bank %d", w.balance(ledger.Safe("transport"), "ILS"), w.balance(ledger.Banked("transport"), "ILS"))
	}
	if n := w.count("SELECT count(*) FROM entry WHERE kind = 'till-banked' AND reason = 'S-2026/11'"); n != 1 {
		t.Errorf("%d entries with the slip", n)
	}
}

func TestOnlyTheLastPaymentIsTakenBackByTwoOfficersAndIsDueAgain(t *testing.T) {
	w := newWorld(t)
	hanan, basem, mine := w.person(), w.person(), []string{"transport"}
	of := w.open(hanan, 1, map[string]int64{"ILS": 10000})
	_, earlier := w.due(1000, "ILS", 0)
	first, err := w.take(hanan, earlier, 1000)
	w.must(err)
	application, id := w.due(28000, "ILS", 5000)
	last, err := w.take(hanan, id, 28000)
	w.must(err)
	propose := func(k till.Taken, reason string) error { return w.tills.ProposeVoid(t.Context(), hanan, k.ID, reason) }
	if err := propose(first, "x"); !errors.Is(err, till.ErrNotLast) {
		t.Errorf("an earlier one: %v", err)
	}
	if err := propose(last, " "); !errors.Is(err, proposal.ErrReason) {
		t.Errorf("no reason: %v", err)
	}
	w.must(propose(last, "the wrong bill was taken"))
	if err := propose(last, "again"); !errors.Is(err, proposal.ErrProposed) {
		t.Errorf("proposed twice: %v", err)
	}
	_, next := w.due(2000, "ILS", 0)
	if _, err := w.take(hanan, next, 2000); !errors.Is(err, till.ErrWaits) {
		t.Errorf("a payment meanwhile: %v", err)
	}
	if _, err := w.tills.Count(t.Context(), till.Count{Clerk: hanan, Cash: exact(w.mine(hanan), 0)}); !errors.Is(err, till.ErrWaits) {
		t.Errorf("counted meanwhile: %v", err)
	}
	if err := w.decide(of, true, hanan); !errors.Is(err, proposal.ErrOwn) {
		t.Errorf("approved by the clerk: %v", err)
	}
	if list, err := w.tills.Proposals(t.Context(), of); err != nil || !errors.Is(w.tills.Decide(t.Context(), []string{"health"}, list[0].ID, true, basem), proposal.ErrNotFound) {
		t.Errorf("approved by another authority: %v", err)
	}
	w.must(w.decide(of, true, basem))
	w.balanced(1)
	v := w.view(application)
	if v.Status != payment.Due || !v.Payable || v.Receipt != "" || v.Voided != 1 || len(v.Deposits) > 0 || w.balance(ledger.DepositDue("transport", "plates"), "ILS") != -5000 {
		t.Errorf("%+v", v)
	}
	if len(w.receipts.revoked) != 1 || w.receipts.revoked[0] != id {
		t.Errorf("receipts of %v", w.receipts.revoked)
	}
	if open, err := w.desk.Incidents(t.Context(), mine, 5); err != nil || len(open) != 1 || open[0].Kind != payment.CashVoided || open[0].Application != application {
		t.Errorf("an operator is asked about %+v, %v", open, err)
	}
	// It is paid after all: nobody is told a second time, and nobody is asked any more.
	again, err := w.take(hanan, id, 28000)
	if err != nil || again.Receipt == last.Receipt {
		t.Errorf("%+v, %v", again, err)
	}
	if n := w.count("SELECT count(*) FROM outbox WHERE kind = 'act' AND lane = $1", application.String()); n != 1 {
		t.Errorf("%d acts, want 1", n)
	}
	if open, err := w.desk.Incidents(t.Context(), mine, 5); err != nil || len(open) > 0 {
		t.Errorf("an operator is asked about %+v, %v", open, err)
	}
	w.balanced(1)

	// What has gone back meanwhile is not taken back a second time.
	w.must(w.tills.ProposeVoid(t.Context(), hanan, again.ID, "once more"))
	request, err := w.desk.RequestRefund(t.Context(), mine, id, []string{"renewal"}, "charged twice", basem)
	w.must(err)
	w.must(w.desk.DecideRefund(t.Context(), mine, request, true, w.person()))
	if err := w.decide(of, true, basem); !errors.Is(err, payment.ErrNotDue) {
		t.Errorf("taken back after a refund: %v", err)
	}
	w.must(w.decide(of, false, basem))
	w.balanced(1)
}

func TestADifferenceIsClosedByASecondOfficerAndStaysATaskUntilItIsExplained(t *testing.T) {
	w := newWorld(t)
	hanan, basem, mine := w.person(), w.person(), []string{"transport"}
	of := w.open(hanan, 2, map[string]int64{"ILS": 10000, "JOD": 5000})
	_, id := w.due(28000, "ILS", 0)
	if _, err := w.take(hanan, id, 28000); err != nil {
		t.Fatal(err)
	}
	count := func(by int64, reason string) (bool, error) {
		return w.tills.Count(t.Context(), till.Count{Clerk: hanan, Cash: exact(w.mine(hanan), by), Reason: reason})
	}
	if closed, err := count(-500, ""); closed || !errors.Is(err, till.ErrDiffers) || w.mine(hanan).Status != till.Open {
		t.Errorf("closed %v, %v", closed, err)
	}
	if closed, err := count(-500, "a note was given out twice"); closed || err != nil || w.mine(hanan).Status != till.Counted {
		t.Errorf("closed %v, %v", closed, err)
	}
	if _, next := w.due(100, "ILS", 0); !errors.Is(second(w.take(hanan, next, 100)), till.ErrClosed) {
		t.Error("a counted till has taken a payment")
	}
	if err := w.decide(of, true, hanan); !errors.Is(err, proposal.ErrOwn) {
		t.Errorf("closed by the clerk alone: %v", err)
	}
	w.must(w.decide(of, false, basem)) // count it once more
	if closed, err := count(300, "more than there should be"); closed || err != nil {
		t.Fatal(closed, err)
	}
	w.must(w.decide(of, true, basem))
	w.balanced(2)
	if w.balance(ledger.OverShort("transport"), "ILS") != -300 || w.balance(ledger.OverShort("transport"), "JOD") != -300 || w.balance(ledger.Safe("transport"), "ILS") != 28300 {
		t.Errorf("over and short %d, safe %d", w.balance(ledger.OverShort("transport"), "ILS"), w.balance(ledger.Safe("transport"), "ILS"))
	}
	if n := w.count("SELECT count(*) FROM entry WHERE kind = 'till-difference' AND proposed_by = $1 AND approved_by = $2 AND reason <> ''", hanan, basem); n != 2 {
		t.Errorf("%d entries that two officers answer for", n)
	}
	tasks, err := w.tills.Differences(t.Context(), mine, uuid.Nil)
	if err != nil || len(tasks) != 2 || tasks[0].Owner != "transport:accountant" || tasks[0].ClosedAt != nil {
		t.Fatalf("%+v, %v", tasks, err)
	}
	if n, err := w.tills.Waits(t.Context(), mine, mine, basem); n != 2 || err != nil {
		t.Errorf("%d wait, %v", n, err)
	}
	for _, c := range []struct {
		authorities []string
		reason      string
		want        error
	}{{[]string{"health"}, "x", till.ErrNotFound}, {mine, " ", proposal.ErrReason}, {mine, "found in the drawer below", nil}, {mine, "again", till.ErrClosed}} {
		if err := w.tills.Explain(t.Context(), c.authorities, tasks[0].ID, c.reason, basem); !errors.Is(err, c.want) {
			t.Errorf("explained %q: %v, want %v", c.reason, err, c.want)
		}
	}
	if n, _ := w.tills.Waits(t.Context(), mine, mine, basem); n != 1 {
		t.Errorf("%d wait", n)
	}
}

// Two clerks and the gateway take the same bills at once: each bill is paid once, what came beside it goes back, and every till holds what the book
// says.
func TestWhoeverTakesABillAtOnceItIsPaidOnce(t *testing.T) {
	w := newWorld(t)
	hanan, rula := w.person(), w.person()
	w.open(hanan, 1, map[string]int64{"ILS": 0})
	w.open(rula, 2, map[string]int64{"ILS": 0})
	const many = 25
	applications, taken := make([]uuid.UUID, many), make([]int, 2)
	for i := range many {
		application, id := w.due(1000+int64(i), "ILS", 0)
		applications[i] = application
		_, err := w.desk.Checkout(t.Context(), payment.CheckoutRequest{Payment: id, ReturnURL: "https://portal.example/back"})
		w.must(err)
		w.gateway.pay()
		var all sync.WaitGroup
		all.Go(func() {
			if rand.IntN(3) > 0 {
				if _, err := w.desk.Confirm(t.Context(), id); err != nil {
					t.Error(err)
				}
			}
		})
		for n, clerk := range []uuid.UUID{hanan, rula} {
			all.Go(func() {
				switch _, err := w.take(clerk, id, 5000); {
				case err == nil:
					taken[n]++
				case !errors.Is(err, payment.ErrNotDue):
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	_, err := w.desk.Reconcile(t.Context())
	w.must(err)
	rows, err := w.pool.Query(t.Context(), "SELECT subject FROM outbox WHERE kind = 'refund'")
	w.must(err)
	back, err := pgx.CollectRows(rows, pgx.RowTo[string])
	w.must(err)
	for _, subject := range back {
		w.must(w.desk.Handlers()["refund"](t.Context(), outbox.Delivery{Message: outbox.Message{Kind: "refund", Subject: subject}}))
	}
	w.balanced(1, 2)
	cash := int64(0)
	for _, clerk := range []uuid.UUID{hanan, rula} {
		cash += w.mine(clerk).Cash[0].Expected
	}
	if due := int64(w.count("SELECT sum(amount)::bigint FROM payment")); cash+w.gateway.holds != due || w.balance(ledger.Receivable("transport"), "ILS") != 0 {
		t.Errorf("%d in cash and %d at the gateway of %d", cash, w.gateway.holds, due)
	}
	if w.balance(ledger.Clearing("transport"), "ILS") != w.gateway.holds || len(back) != taken[0]+taken[1] {
		t.Errorf("the book has %d at the gateway, which holds %d; %d went back of %v that were taken in cash", w.balance(ledger.Clearing("transport"), "ILS"), w.gateway.holds, len(back), taken)
	}
	for _, application := range applications {
		if v := w.view(application); v.Status != payment.Paid || v.Refunded != 0 {
			t.Errorf("%+v", v)
		}
	}
	if n := w.count("SELECT count(*) FROM outbox WHERE kind = 'act'"); n != many {
		t.Errorf("%d acts, want %d", n, many)
	}
}

// A hundred days of two clerks at random: after every step each till holds in the book what it says, and at the end nothing is unaccounted for.
func TestRandomDaysOfTillsLeaveNothingUnaccountedFor(t *testing.T) {
	w := newWorld(t)
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 1))
	clerks, second, mine := []uuid.UUID{w.person(), w.person()}, w.person(), []string{"transport"}
	var due []uuid.UUID
	last := map[uuid.UUID]till.Taken{}
	happened := map[string]int{}
	defer func() {
		if t.Failed() {
			t.Logf("seed %d: %v", seed, happened)
		}
	}()
	for range 600 {
		n := rnd.IntN(2)
		clerk := clerks[n]
		of, err := w.tills.Of(t.Context(), clerk)
		w.must(err)
		switch {
		case of == nil:
			w.open(clerk, n+1, map[string]int64{"ILS": rnd.Int64N(50000), "JOD": rnd.Int64N(50000)})
			happened["opened"]++
		case of.Status == till.Counted:
			w.must(w.decide(of.ID, rnd.IntN(3) > 0, second))
			happened["decided"]++
		case rnd.IntN(12) == 0:
			by := []int64{0, 0, rnd.Int64N(200) - 100}[rnd.IntN(3)]
			if of.Cash[0].Expected+by < 0 || of.Cash[1].Expected+by < 0 {
				by = 0
			}
			_, err := w.tills.Count(t.Context(), till.Count{Clerk: clerk, Cash: exact(*of, by), Reason: "counted twice"})
			w.must(err)
			happened["counted"]++
		case rnd.IntN(6) == 0 && last[clerk].Till == of.ID:
			w.must(w.tills.ProposeVoid(t.Context(), clerk, last[clerk].ID, "a mistake"))
			approve := rnd.IntN(2) == 0
			w.must(w.decide(of.ID, approve, second))
			if approve {
				due = append(due, last[clerk].Payment)
				happened["voided"]++
			}
			delete(last, clerk)
		default:
			id := uuid.Nil
			if len(due) > 0 && rnd.IntN(2) == 0 { // one that was taken back
				id, due = due[0], due[1:]
			} else {
				amount := 1 + rnd.Int64N(40000)
				_, id = w.due(amount, []string{"ILS", "JOD"}[rnd.IntN(2)], rnd.Int64N(amount))
			}
			if last[clerk], err = w.take(clerk, id, 50000); err != nil {
				t.Fatal(err)
			}
			happened["taken"]++
		}
		if rnd.IntN(10) == 0 {
			w.balanced(1, 2)
		}
	}
	for _, clerk := range clerks {
		if of, err := w.tills.Of(t.Context(), clerk); err == nil && of != nil {
			if of.Status == till.Open {
				_, err = w.tills.Count(t.Context(), till.Count{Clerk: clerk, Cash: exact(*of, 0)})
				w.must(err)
			} else {
				w.must(w.decide(of.ID, true, second))
			}
		}
	}
	w.balanced(1, 2)
	list, err := w.tills.List(t.Context(), mine)
	w.must(err)
	for _, of := range list {
		if err := w.tills.Deposit(t.Context(), mine, of.ID, "S1", second); err != nil && !errors.Is(err, till.ErrClosed) {
			t.Fatal(err)
		}
	}
	for _, currency := range []string{"ILS", "JOD"} {
		received := int64(w.count("SELECT coalesce(sum(amount), 0)::bigint FROM till_taking WHERE voided_at IS NULL AND currency = $1", currency))
		over := int64(w.count("SELECT coalesce(sum(amount), 0)::bigint FROM till_difference WHERE currency = $1", currency))
		if got := w.balance(ledger.Banked("transport"), currency) + w.balance(ledger.Safe("transport"), currency); got != received+over || over != -w.balance(ledger.OverShort("transport"), currency) {
			t.Errorf("%s: %d in the safe and at the bank, %d were received and %d too much", currency, got, received, over)
		}
		if owed := int64(w.count("SELECT coalesce(sum(amount), 0)::bigint FROM payment WHERE status = 'due' AND currency = $1", currency)); owed != w.balance(ledger.Receivable("transport"), currency) {
			t.Errorf("%s: %d is due, the book says %d", currency, owed, w.balance(ledger.Receivable("transport"), currency))
		}
	}
	if happened["voided"] == 0 || happened["decided"] == 0 || len(list) < 3 {
		t.Errorf("too much alike: %v", happened)
	}
	t.Logf("%v, %d tills", happened, len(list))
}

func second(_ till.Taken, err error) error { return err }
