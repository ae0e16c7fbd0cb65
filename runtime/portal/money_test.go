package portal_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// owing has a licence of which two instalments of four are asked for, one of them late, with a deposit that is held and a payout that has failed.
func owing(t *testing.T) (w *world, v *application.View, out payment.Payout) {
	w = newWorld(t)
	w.person = &layla
	v = w.toPay(layla)
	at, due := today.AddDate(0, -2, 0), today.AddDate(0, 0, -1)
	line := activity.Line{Fee: "renewal", Amount: 2500, Full: 10000, Changes: []activity.Adjustment{{Kind: "part", By: -7500}}}
	w.desk.payments[v.ID] = []payment.View{
		{ID: uuid.New(), Node: "pay", Visit: 1, Amount: 7500, Currency: "ILS", Status: payment.Paid, PaidAt: &at, Part: 1, Parts: 4,
			Lines: []activity.Line{line, {Fee: "late", Amount: 5000, Deposit: true}}, Deposits: []payment.Deposit{{Fee: "late", Amount: 5000, Status: payment.Held}}},
		{ID: uuid.New(), Node: "pay", Visit: 2, Amount: 2500, Currency: "ILS", Status: payment.Due, DueAt: &due, Late: true, Overdue: true, Payable: true, Part: 2, Parts: 4,
			Lines: []activity.Line{line}, Coming: []activity.Coming{{Amount: 2500, DueAt: due.AddDate(0, 1, 0)}, {Amount: 2500, DueAt: due.AddDate(0, 2, 0)}}},
	}
	out = payment.Payout{ID: uuid.New(), Step: "pay", Amount: 7550, Currency: "ILS", Status: payment.PayoutFailed, Applicant: true, Account: "0404", Asks: true, Failure: "account-closed"}
	w.desk.payouts = map[uuid.UUID][]payment.Payout{v.ID: {out}}
	return w, v, out
}

func TestAPlanOfInstalmentsSaysWhatIsPaidWhatIsDueAndWhatComes(t *testing.T) {
	w, v, _ := owing(t)
	page := w.get(t, "/applications/"+v.ID.String()).is(http.StatusOK).
		has("main .card", "Pay instalment 2 of 4").has("main .card", "It can still be paid").has("main", "Your instalments").has("main", "Paid on").
		has("main", "Overdue since").has("main", "is held for you").has("main", "A deposit: it is held, and is not a fee")
	if n := page.Find(`dt:contains("Instalment")`).Length(); n != 4 {
		t.Errorf("%d instalments are shown", n)
	}
}

func (w *world) give(t *testing.T, path, account string) visit {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(url.Values{"account": {account}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.do(t, r)
}

func TestAnEndedApplicationAsksForTheAccountToWhichARefundGoes(t *testing.T) {
	w, v, out := owing(t)
	delete(w.desk.payments, v.ID)
	v.Status, v.Outcome = application.Ended, "refused"
	here := "/applications/" + v.ID.String()
	if n := w.get(t, here).is(http.StatusOK).Find("main .card a[href*='/payouts/']").Length(); n != 0 {
		t.Error("an account is asked for by a step that is over")
	}
	out.Refund, out.Status, out.Account, out.Failure = true, payment.PayoutWanted, "", ""
	w.desk.payouts[v.ID] = []payment.Payout{out}
	at := today.AddDate(0, -2, 0)
	w.desk.payments[v.ID] = []payment.View{{ID: uuid.New(), Node: "pay", Visit: 1, Amount: out.Amount + 1000, Currency: "ILS", Status: payment.Refunding, PaidAt: &at,
		Lines: []activity.Line{{Fee: "renewal", Amount: out.Amount + 1000}}, Refunded: out.Amount, Waits: out.Amount}}
	if said := w.get(t, here).is(http.StatusOK).Find("main").Text(); strings.Contains(said, "on its way back") || strings.Contains(said, "was given back") {
		t.Errorf("an account is asked for, and this is said: %s", said)
	}
	w.desk.payments[v.ID][0].Refunded, w.desk.payments[v.ID][0].Arrived = out.Amount+1000, 300
	w.desk.payments[v.ID][0].Less = []activity.Line{{Fee: "renewal", Amount: 300}}
	w.get(t, here).is(http.StatusOK).has("main", "3.00 was given back").has("main", "7.00 is on its way back").has("main", "is ₪3.00 less. The difference")
	w.get(t, here).is(http.StatusOK).has("main .card", "goes back to you").has("main .card a[href='"+here+"/payouts/"+out.ID.String()+"']", "Give an account")
}

func TestAnAccountIsAskedForAndTakenOnce(t *testing.T) {
	w, v, out := owing(t)
	delete(w.desk.payments, v.ID)
	here := "/applications/" + v.ID.String()
	w.get(t, here).is(http.StatusOK).has("main .card", "could not be paid to the account").has("main .card a[href='"+here+"/payouts/"+out.ID.String()+"']", "Give an account")
	asked := here + "/payouts/" + out.ID.String()
	w.get(t, asked).is(http.StatusOK).has("label", "Account number")
	w.give(t, asked, "PS92 PALS 0000 0000 0400 1234 56703").is(http.StatusUnprocessableEntity).has(".errors, .error-summary, main", "Write the whole IBAN")
	w.person = &yusuf
	w.get(t, asked).is(http.StatusNotFound)
	w.give(t, asked, "PS92PALS000000000400123456702").is(http.StatusNotFound)
	w.person = &layla
	w.give(t, asked, "ps92 pals 0000 0000 0400 1234 56702").follow().has(".banner--success", "We have your account").has("main", "ends in 6702")
	w.give(t, asked, "PS92PALS000000000400123456702").follow().has(".banner--warning", "")
	w.get(t, here+"/payouts/"+uuid.NewString()).is(http.StatusNotFound)
}

func TestThePagesOfMoneyAreAccessibleAndFitTheirWindow(t *testing.T) {
	w, v, out := owing(t)
	browser := uitest.Browser(t)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	for _, path := range []string{"/applications/" + v.ID.String(), "/applications/" + v.ID.String() + "/payouts/" + out.ID.String()} {
		for lang, width := range map[string]int{"ar": uitest.Phone, "en": uitest.Desktop} {
			t.Run(path+"/"+lang, func(t *testing.T) {
				uitest.Open(t, browser, server.URL+path+"?lang="+lang, width)
				uitest.NoSidewaysScroll(t, browser)
				uitest.NoViolations(t, browser)
			})
		}
	}
}
