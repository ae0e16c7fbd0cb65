package main

import (
	"html"
	"net/http"
	neturl "net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// balances says, of a product that is at rest, what stands on the accounts of a pattern; and whether the whole book sums to zero.
func balances(t testing.TB, conn *pgx.Conn, account string) int64 {
	t.Helper()
	if sum := number(t, conn, "SELECT coalesce(sum(amount), 0)::bigint FROM posting"); sum != 0 {
		t.Errorf("the book sums to %d", sum)
	}
	return number(t, conn, "SELECT coalesce(sum(amount), 0)::bigint FROM posting WHERE account LIKE $1", account)
}

// gatewayEqual waits until what the gateway holds is what the book says that it holds.
func gatewayEqual(t testing.TB, conn *pgx.Conn, sums string) {
	t.Helper()
	var ours, theirs int64
	for range 100 {
		ours = balances(t, conn, "clearing:%:gateway")
		if theirs = number(t, conn, "SELECT (100 * ("+sums+"))::bigint"); ours == theirs {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("the book says that the gateway holds %d, and it holds %d", ours, theirs)
}

const gatewayHolds = `coalesce((SELECT sum(amount) FROM sample_gateway.checkout WHERE status = 'paid'), 0)
	- coalesce((SELECT sum(amount) FROM sample_gateway.refund), 0) - coalesce((SELECT sum(amount) FROM sample_gateway.payout WHERE status = 'paid'), 0)`

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
		must(t, clerk, "POST", ownPath+a.ID+"/acts", "", map[string]any{"task": task.ID, "action": "noted", "revision": task.Revision, "data": map[string]any{"dirty": dirty}}, nil, http.StatusOK, http.StatusAccepted)
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

func TestAPriceIsPaidByInstalmentsToTheLastUnit(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), market)
	layla := p.as(t, "citizen")
	browser := newPayer(t, p)
	browser.signIn("citizen")
	a := layla.apply(t, "town.stand.buy", map[string]any{"area": 8}, "is to be paid", func(a seen) bool { return a.checkout() != "" })
	for i, want := range []string{"33.34", "33.33", "33.33"} {
		last := a.Payments[len(a.Payments)-1]
		if len(a.Payments) != i+1 || last.Amount.Value != want || last.Part != i+1 || last.Parts != 3 || len(last.Coming) != 2-i || last.Late != (i > 0) {
			t.Fatalf("instalment %d: %+v", i+1, a.Payments)
		}
		page := browser.page("/applications/"+a.ID, http.StatusOK, "أقساطك", "القسط 1 من 3", "القسط 3 من 3", "ادفع القسط")
		if i > 0 && !strings.Contains(page.body, "دُفع في") {
			t.Error("what was paid does not say so")
		}
		if err := browser.pay(a.checkout()); err != nil {
			t.Fatal(err)
		}
		a = layla.await(t, a.ID, "the next instalment", func(a seen) bool { return a.Status == "ended" || a.checkout() != "" })
	}
	if a.Outcome != "completed" {
		t.Fatalf("%+v", a)
	}
	conn := p.database(t)
	if got := balances(t, conn, "revenue:town:price"); got != -10000 {
		t.Errorf("%d was earned", got)
	}
	gatewayEqual(t, conn, gatewayHolds)
}

func TestMoneyIsPaidOutOnceAndAgainToAnotherAccountWhereItCouldNotBe(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), market)
	layla, yusuf, clerk := p.as(t, "citizen"), p.as(t, "citizen2"), p.as(t, "clerk")
	browser, other, desk := newPayer(t, p), newPayer(t, p), newPayer(t, p)
	browser.signIn("citizen")
	other.signIn("citizen2")
	desk.signIn("clerk")
	conn := p.database(t)

	// The gateway takes it, and its answer is lost: it is sent again and paid once.
	p.faults(t, `{"losePayouts": 1, "repeatCallbacks": 2, "forgeCallbacks": 1}`)
	a := layla.apply(t, "town.trader.help", map[string]any{"account": "PS92PALS000000000400123456702"}, "is paid out", ended("completed"))
	if len(a.Payouts) != 1 || a.Payouts[0].Status != "paid" || a.Payouts[0].Account != "6702" || a.Payouts[0].Amount != (amount{"75.50", "ILS"}) {
		t.Fatalf("%+v", a.Payouts)
	}
	browser.page("/applications/"+a.ID, http.StatusOK, "صُرف", "المنتهي بـ", "6702")
	p.faults(t, `{}`)

	// The account is closed: an operator is told, the applicant gives another one, and it is tried again.
	failed := yusuf.apply(t, "town.trader.help", map[string]any{"account": "PS97PALS000000000400123450404"}, "could not be paid", func(a seen) bool {
		return len(a.Payouts) == 1 && a.Payouts[0].Status == "failed"
	})
	incident := clerk.await(t, failed.ID, "is an operator's", waits("help"))
	desk.page("/desk/applications/"+failed.ID, http.StatusOK, "الحساب مغلق", "تعذّر صرف المبلغ")
	asked := other.page("/applications/"+failed.ID, http.StatusOK, "إلى أي حساب يُصرف المبلغ؟", "/payouts/"+failed.Payouts[0].ID)
	browser.page("/applications/"+failed.ID+"/payouts/"+failed.Payouts[0].ID, http.StatusNotFound)
	address := asked.url.String() + "/payouts/" + failed.Payouts[0].ID
	for account, status := range map[string]int{"": 422, "PS97PALS000000000400123450405": 422, "ps92 pals 0000 0000 0400 1234 5670 2": 200} {
		if got, err := other.post(address, neturl.Values{"account": {account}}); err != nil || got.status != status {
			t.Errorf("%q is answered %d, %v", account, got.status, err)
		}
	}
	clerk.decide(t, incident, "help", "retry")
	again := yusuf.await(t, failed.ID, "is paid out", ended("completed"))
	if len(again.Payouts) != 2 || again.Payouts[1].Status != "paid" || again.Payouts[1].Account != "6702" {
		t.Fatalf("%+v", again.Payouts)
	}

	// Nobody has said where it goes: the applicant is asked, and then it goes at once.
	nowhere := layla.apply(t, "town.trader.help", map[string]any{}, "needs an account", func(a seen) bool { return len(a.Payouts) == 1 && a.Payouts[0].Status == "wanted" })
	if got, err := browser.post(p.url+"/applications/"+nowhere.ID+"/payouts/"+nowhere.Payouts[0].ID, neturl.Values{"account": {"PS92PALS000000000400123456702"}}); err != nil || got.status != http.StatusOK {
		t.Fatalf("%d, %v", got.status, err)
	}
	layla.await(t, nowhere.ID, "is paid out", ended("completed"))
	comesBack(t, p, conn, other, desk, yusuf, again)
	if got := balances(t, conn, "payable:town"); got != 0 {
		t.Errorf("%d is to be paid out still", got)
	}
	if got := balances(t, conn, "expense:town:help"); got != 3*7550 {
		t.Errorf("%d was spent", got)
	}
	if n := number(t, conn, "SELECT count(*) FROM sample_gateway.payout WHERE status = 'paid'"); n != 3 { // the one that came back was sent once more
		t.Errorf("%d payouts", n)
	}
	gatewayEqual(t, conn, gatewayHolds)
	numbers := newFinder("PS92PALS000000000400123456702", "PS97PALS000000000400123450404")
	if _, found := numbers.search(t, conn, "temporal", "temporal_visibility"); len(found) > 0 {
		t.Errorf("outside of our own tables stands %v", found)
	}
	if found := numbers.in([]byte(p.log())); len(found) > 0 {
		t.Errorf("in the logs stands %v", found)
	}
}

// comesBack lets the last payout of an application that has ended come back: it waits for an operator, the applicant gives another account, and
// it is sent once more.
func comesBack(t *testing.T, p *product, conn *pgx.Conn, applicant, desk *payer, citizen *caller, a seen) {
	t.Helper()
	paid := a.Payouts[len(a.Payouts)-1]
	var id string
	if err := conn.QueryRow(t.Context(), "SELECT id FROM sample_gateway.payout WHERE reference = $1", paid.ID).Scan(&id); err != nil {
		t.Fatal(err)
	}
	gateway := &caller{t: t, url: p.gatewayURL(t), token: p.secret(t, "gateway-key")}
	if got, err := gateway.send("POST", "/test/payouts/"+id+"/return", "", "application/json", nil); err != nil || got.status != http.StatusNoContent {
		t.Fatalf("%d, %v", got.status, err)
	}
	citizen.await(t, a.ID, "has come back", func(a seen) bool { return a.Payouts[len(a.Payouts)-1].Status == "returned" })
	applicant.page("/applications/"+a.ID, http.StatusOK, "إلى أي حساب يُصرف المبلغ؟", "ثم عاد إلينا")
	if got, err := applicant.post(p.url+"/applications/"+a.ID+"/payouts/"+paid.ID, neturl.Values{"account": {"PS92PALS000000000400123456702"}}); err != nil || got.status != http.StatusOK {
		t.Fatalf("%d, %v", got.status, err)
	}
	desk.page("/desk/money", http.StatusOK, a.Reference, "عاد المبلغ بعد صرفه", "لا يحمل الحساب هذا الاسم")
	open := desk.page("/desk/applications/"+a.ID, http.StatusOK, "اطلب من البوابة أن تحاول ثانية")
	retry := regexp.MustCompile(`action="([^"]*/money/[^"]*/retry)"`).FindStringSubmatch(open.body)
	if retry == nil {
		t.Fatal("nobody can have it sent again")
	}
	for want, address := range map[int]string{http.StatusNotFound: strings.Replace(retry[1], "/money/", "/money/0", 1), http.StatusOK: retry[1]} {
		if got, err := desk.post(p.url+html.UnescapeString(address), neturl.Values{}); err != nil || got.status != want {
			t.Fatalf("%s: %d, %v", address, got.status, err)
		}
	}
	citizen.await(t, a.ID, "is paid out once more", func(a seen) bool { return a.Payouts[len(a.Payouts)-1].Status == "paid" })
	desk.page("/desk/money", http.StatusOK, "لا مبالغ بانتظارك")
	desk.page("/desk/applications/"+a.ID, http.StatusOK, "أُعيدت المحاولة")
}
