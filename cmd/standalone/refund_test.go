package main

import (
	"net/http"
	"testing"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// The card is closed: what is owed to the applicant does not rest in a queue of retries that nobody sees. An operator is asked, tries it again in
// vain, pays it by hand and says how.
func TestARefundThatTheGatewayRefusesIsPaidByHand(t *testing.T) {
	t.Parallel()
	p := launch(t, newData(t), sampleCatalogue)
	with := p.people(t)
	samer := p.visit(t, uitest.Browser(t), "ar", false)
	id := closedCard(t, p, with)
	a := with.citizen.await(t, id, "is owed something", func(a seen) bool { return a.Outcome == "refused" && a.Payments[0].Status == "refunding" })

	samer.open("/desk/money")
	samer.signIn("سامر عوض")
	samer.reloads("رُفض ردّ المبلغ")
	samer.sees(a.Reference, "تجديد رخصة القيادة", "البطاقة مغلقة", "250.00 شيكل")
	samer.press(a.Reference)
	samer.sees("بالطريقة التي دُفع بها", "رُفض")
	p.faults(t, `{"refuseRefunds": 1}`)
	samer.expect(samer.press("اطلب من البوابة أن تحاول ثانية"), http.StatusOK)
	samer.sees("طُلب من بوابة الدفع أن تحاول ثانية", a.Reference)
	samer.open("/desk/money")
	samer.reloads("رُفض ردّ المبلغ")
	samer.press(a.Reference)
	samer.expect(samer.press("سجّل أنه سُوّي يدويًا"), http.StatusUnprocessableEntity)
	samer.sees("اكتب كيف سُوّي المبلغ")
	samer.fill("كيف سُوّي: الطريقة واليوم ورقم الإيصال", "حوالة بنكية رقم 77 بتاريخ اليوم")
	samer.expect(samer.press("سجّل أنه سُوّي يدويًا"), http.StatusOK)
	samer.sees("سُجّلت التسوية اليدوية")
	samer.open("/desk/money")
	samer.sees("لا مبالغ بانتظارك")
	samer.open("/desk/applications/" + id)
	samer.sees("أُعيدت المحاولة", "سُوّي يدويًا", "حوالة بنكية رقم 77")

	with.citizen.await(t, id, "has it back", func(a seen) bool { return a.Payments[0].Status == "refunded" })
	with.browser.page("/applications/"+id, http.StatusOK, "أُعيد إليك")
	conn := p.database(t)
	if owed, hand := balances(t, conn, "refunds:transport"), balances(t, conn, "clearing:transport:by-hand"); owed != 0 || hand != -25000 {
		t.Errorf("%d is owed, %d was paid by hand", owed, hand)
	}
	gatewayEqual(t, conn, gatewayHolds)
}

// closedCard is a licence that was paid for and refused, after the card was closed.
func closedCard(t *testing.T, p *product, with people) (id string) {
	t.Helper()
	j := &journey{key: "card-closed"}
	if err := j.submit(with.citizen); err != nil {
		t.Fatal(err)
	}
	due := with.citizen.await(t, j.id, "is to be paid", func(a seen) bool { return a.checkout() != "" })
	if err := with.browser.pay(due.checkout()); err != nil {
		t.Fatal(err)
	}
	p.faults(t, `{"refuseRefunds": 1}`)
	review := with.officer.await(t, j.id, "is reviewed", waits("review")).Tasks[0]
	must(t, with.officer, "POST", ownPath+j.id+"/acts", "", map[string]any{"task": review.ID, "action": "refuse", "revision": review.Revision, "comment": "The photo is too old"}, nil, http.StatusOK, http.StatusAccepted)
	return j.id
}
