package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// balances says, of a product that is at rest, what stands on an account; and whether the whole book sums to zero.
func balances(t testing.TB, conn *pgx.Conn, account string) int64 {
	t.Helper()
	if sum := number(t, conn, "SELECT coalesce(sum(amount), 0)::bigint FROM posting"); sum != 0 {
		t.Errorf("the book sums to %d", sum)
	}
	return number(t, conn, "SELECT coalesce(sum(amount), 0)::bigint FROM posting WHERE account = $1", account)
}

// gatewayEqual waits until what the gateway holds is what the book says that it holds.
func gatewayEqual(t testing.TB, conn *pgx.Conn, sums string) {
	t.Helper()
	var ours, theirs int64
	for range 100 {
		ours = balances(t, conn, "clearing:gateway")
		if theirs = number(t, conn, "SELECT (100 * ("+sums+"))::bigint"); ours == theirs {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("the book says that the gateway holds %d, and it holds %d", ours, theirs)
}

const gatewayHolds = `coalesce((SELECT sum(amount) FROM sample_gateway.checkout WHERE status = 'paid'), 0)
	- coalesce((SELECT sum(amount) FROM sample_gateway.refund), 0)`

func TestADepositIsHeldGoesBackOrIsKeptAndOneIsHeldWithARight(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), market)
	layla, clerk := p.as(t, "citizen"), p.as(t, "clerk")
	browser, desk := newPayer(t, p), newPayer(t, p)
	browser.signIn("citizen")
	desk.signIn("clerk")
	conn := p.database(t)

	rent := func(dirty bool) seen {
		a := layla.apply(t, "town.stand.rent", map[string]any{"area": 8, "goods": "خضار"}, "is to be paid", func(a seen) bool { return a.checkout() != "" })
		if a.Payments[0].Amount != (amount{"370.00", "ILS"}) {
			t.Fatalf("%+v", a.Payments)
		}
		if err := browser.pay(a.checkout()); err != nil {
			t.Fatal(err)
		}
		layla.await(t, a.ID, "is looked at", at("after"))
		browser.page("/applications/"+a.ID, http.StatusOK, "تأمين يُحفظ وليس رسمًا", "تأمين النظافة", "محفوظ لك", "محفوظ ما دام ترخيصك ساريًا")
		task := clerk.await(t, a.ID, "can be noted", waits("after")).Tasks[0]
		must(t, clerk, "POST", ownPath+a.ID+"/acts", "", map[string]any{"task": task.ID, "action": "noted", "revision": task.Revision, "data": map[string]any{"dirty": dirty}}, nil, http.StatusOK)
		return layla.await(t, a.ID, "has ended", ended("completed"))
	}
	clean := rent(false)
	dirty := rent(true)
	clean = layla.await(t, clean.ID, "the deposit is back", func(a seen) bool { return a.Payments[0].Status == "refunded" })
	if back := clean.Payments[0].Refunded; back == nil || back.Value != "20.00" || len(clean.Payments[0].Deposits) != 2 ||
		clean.Payments[0].Deposits[0].Status != "held" || clean.Payments[0].Deposits[0].HeldWith != "stall" || clean.Payments[0].Deposits[1].Status != "released" {
		t.Errorf("%+v", clean.Payments[0])
	}
	browser.page("/applications/"+clean.ID, http.StatusOK, "يُعاد التأمين", "الكشك نظيف", "أُعيد إليك")
	browser.page("/applications/"+dirty.ID, http.StatusOK, "يبقى التأمين للجهة", "تنظيف على حساب المستأجر")
	desk.page("/desk/applications/"+dirty.ID, http.StatusOK, "تأمين محفوظ مع الحق", "تأمين باقٍ للجهة")
	if got := balances(t, conn, "deposit:town:stand"); got != -60000 {
		t.Errorf("%d is held for stands", got)
	}
	if got := balances(t, conn, "deposit:town:cleaning") + balances(t, conn, "deposit-due:town:cleaning"); got != 0 {
		t.Errorf("%d is held for cleaning", got)
	}

	// The town takes the right of one away: its deposit is forfeited. The other is held on.
	var numbers []string
	for _, r := range layla.holds(t) {
		numbers = append(numbers, r.Number)
	}
	if len(numbers) != 2 {
		t.Fatal(numbers)
	}
	end := layla.apply(t, "town.stall.end", map[string]any{"number": numbers[0]}, "waits for the town", at("rules"))
	clerk.decide(t, clerk.await(t, end.ID, "can be decided", waits("rules")), "rules", "approve")
	layla.await(t, end.ID, "has ended", ended("completed"))
	if held, kept := balances(t, conn, "deposit:town:stand"), balances(t, conn, "revenue:town:stand"); held != -30000 || kept != -30000 {
		t.Errorf("%d is held and %d kept", held, kept)
	}
	gatewayEqual(t, conn, gatewayHolds)
}
