package portal_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
)

func TestAnotherPersonsApplicationIsNotFound(t *testing.T) {
	w := newWorld(t)
	v, task := w.toCorrect(layla)
	w.issued(layla)
	w.person = &yusuf
	here := "/applications/" + v.ID.String()
	for _, path := range []string{here, here + "/withdraw", here + "/correct/" + task.String(), here + "/uploads/" + task.String(),
		"/documents/" + w.archive.found.ID, "/pay/" + v.ID.String(), "/pay/x",
		"/applications/x", "/nowhere", "/services/none", "/services/none/apply"} {
		w.get(t, path).is(http.StatusNotFound).has("h1", "We could not find this page")
	}
	w.get(t, "/applications").is(http.StatusOK).has(".empty", "You have no applications yet")
	if len(w.records) > 0 || len(w.book.acts) > 0 {
		t.Error("something was done")
	}
}

func TestAPaymentLeadsToTheGatewayAndBack(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	v := w.toPay(layla)
	page := w.get(t, "/applications/"+v.ID.String()).is(http.StatusOK).has("main .card", "₪290.00").has(".lead", "Pay the fee")
	link := page.Find(`a.button:contains("Pay now")`).AttrOr("href", "")
	if to := w.get(t, link).is(http.StatusSeeOther).to; !strings.HasPrefix(to, "https://gateway.example/") || !strings.HasSuffix(to, "https://diwan.example"+link+"/return") {
		t.Errorf("leads to %s", to)
	}
	w.desk.settled = payment.Due
	w.get(t, link+"/return").follow().has(".banner--error", "nothing was taken").has("main .card", "Pay now")
	w.desk.settled = payment.Paid
	w.get(t, link+"/return").follow().has(".banner--success", "We have your payment")
	w.desk.down = true
	w.get(t, link+"/return").follow().has(".banner--warning", "do not pay twice")
	w.get(t, link).is(http.StatusServiceUnavailable).has("h1", "paused for a short time")
}

func TestWhoeverHasThePaymentLinkMayPayAndIsToldNothingElse(t *testing.T) {
	w := newWorld(t)
	v := w.toPay(layla)
	link := "/pay/" + w.desk.payments[v.ID][0].ID.String()
	for name, person := range map[string]*identity.Person{"nobody": nil, "somebody else": &yusuf} {
		w.person = person
		if to := w.get(t, link).is(http.StatusSeeOther).to; !strings.HasPrefix(to, "https://gateway.example/") {
			t.Errorf("%s is led to %s", name, to)
		}
		w.desk.settled = payment.Due
		w.get(t, link+"/return").is(http.StatusOK).has("h1", "Nothing was paid").has("a.button[href='"+link+"']", "Try again").hasNot("main a[href^='/applications']")
		w.desk.settled = payment.Paid
		w.get(t, link+"/return").is(http.StatusOK).has("h1", "Payment received").hasNot("main a[href^='/applications']")
	}
}

func TestWhereToPayIsChosenWhereThereAreSeveralProviders(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	id := w.desk.payments[w.toPay(layla).ID][0].ID.String()
	w.desk.offered = []string{"gateway", "stripe"}
	for _, link := range []string{"/pay/" + id + "?", "/payments/pay?of=" + id + "&"} {
		page := w.get(t, strings.TrimRight(link, "?&")).is(http.StatusOK).has("h1", "How do you want to pay?").has("main a.button", "Payment gateway")
		to, _ := page.Find("main a.button:contains('Stripe')").Attr("href")
		if values, err := url.Parse(to); err != nil || values.Query().Get("at") != "stripe" {
			t.Fatalf("Stripe is at %q, %v", to, err)
		}
		if to := w.get(t, to).is(http.StatusSeeOther).to; !strings.HasPrefix(to, "https://stripe.example/") {
			t.Errorf("led to %s", to)
		}
		w.get(t, link+"at=elsewhere").is(http.StatusOK).has("h1", "How do you want to pay?")
	}
	w.desk.offered = []string{"stripe"}
	w.get(t, "/pay/"+id).is(http.StatusSeeOther)
}

func TestTheApplicantSendsALinkToABillAndWhoeverOpensItSeesNothingOfThem(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	v := w.toPay(layla)
	here := "/applications/" + v.ID.String()
	due := &w.desk.payments[v.ID][0]
	link := "/pay/" + due.ID.String()
	w.get(t, here).is(http.StatusOK).has("main .card a[href='"+link+"/bill']", "Let somebody else pay")
	w.get(t, link+"/bill").is(http.StatusOK).has("h1", "Let somebody else pay").has("main bdi.code[dir=ltr]", link+"/bill").has("a[href='"+here+"']", "")
	for name, person := range map[string]*identity.Person{"nobody": nil, "somebody else": &yusuf} {
		w.person = person
		got := w.get(t, link+"/bill").is(http.StatusOK).has("main .card", "₪290.00").has("a.button[href='"+link+"']", "Pay").hasNot("a[href^='/applications/']").hasNot("main bdi.code")
		for _, private := range []string{"Layla", v.Reference, "401234567"} {
			if strings.Contains(got.Find("main").Text(), private) {
				t.Errorf("%s reads %q", name, private)
			}
		}
	}
	due.Payable, due.Status = false, payment.Paid
	w.get(t, link+"/bill").is(http.StatusOK).has("h1", "Payment received").hasNot("a.button[href='" + link + "']")
	due.Status = payment.Cancelled
	w.get(t, link+"/bill").is(http.StatusOK).has("h1", "Nothing to pay")
	w.get(t, "/pay/"+uuid.NewString()+"/bill").is(http.StatusNotFound)
}

func TestWhoeverHasThePaymentLinkMayPayAtABank(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	v := w.toPay(layla)
	w.desk.bill = payment.BillUnpaid
	here := "/applications/" + v.ID.String()
	link := "/pay/" + w.desk.payments[v.ID][0].ID.String()
	w.get(t, here).is(http.StatusOK).has("main .card a[href='"+link+"/bank']", "Pay at a bank")
	w.get(t, link+"/bank").is(http.StatusOK).has("main .card bdi[dir=ltr]", "4170 1234 5678 901").has("main .card", "₪290.00").has("a.button[href='"+link+"']", "Pay by card").has("a[href='"+here+"']", "")
	w.person = &yusuf
	w.get(t, link+"/bank").is(http.StatusOK).has("main .card bdi[dir=ltr]", "4170").hasNot("a[href^='/applications/']")
	w.desk.bill = payment.BillPaid
	w.get(t, link+"/bank").is(http.StatusOK).has("h1", "Payment received").hasNot("main bdi[dir=ltr]")
	w.desk.bill = payment.BillOver
	w.get(t, link+"/bank").is(http.StatusOK).has("h1", "Nothing to pay").hasNot("main bdi[dir=ltr]")
	w.get(t, "/pay/"+uuid.NewString()+"/bank").is(http.StatusNotFound)
}

func TestACorrectionKeepsFrozenAnswersWhateverIsPosted(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	v, task := w.toCorrect(layla)
	w.get(t, "/applications/"+v.ID.String()).has("main .card", "The officer wrote:").has("main .card", "<b>أبدًا</b>").hasNot("main .card b")
	w.get(t, "/applications").has("h2", "Waiting for you").has(".tag", "You have something to do")
	page := w.get(t, "/applications/"+v.ID.String()+"/correct/"+task.String()).is(http.StatusOK)
	page.has("main .inset", "رقم الهاتف لا يعمل").has(".summary", "1234567").has("main", "can no longer be changed").hasNot("#licenceNumber").hasNot("input[name=years]")
	page.send(map[string]string{"phone": "1"}, "").is(http.StatusUnprocessableEntity).has("#phone-error", "Write the phone number").has(".summary", "1234567")
	if to := page.send(map[string]string{"phone": "0598765432", "licenceNumber": "7654321", "years": "1"}, "").is(http.StatusSeeOther).to; !strings.HasSuffix(to, "?notice=corrected") {
		t.Errorf("leads to %s", to)
	}
	act := w.book.acts[0]
	if act.Task != task || act.Action != "submit" || act.Revision != 4 || act.Data["licenceNumber"] != "1234567" || act.Data["phone"] != "0598765432" {
		t.Errorf("acted %+v", act)
	}
	w.book.code = "revision"
	page.send(map[string]string{"phone": "0598765432"}, "").is(http.StatusConflict).has(".banner--warning", "changed in the meantime").has("main form", "Send again")
	closed := today
	v.Tasks[0].ClosedAt = &closed
	page.send(map[string]string{"phone": "0598765432"}, "").is(http.StatusConflict).has(".banner--warning", "changed in the meantime").has("h1", "Driving licence renewal")
	w.get(t, "/applications/"+v.ID.String()+"/correct/"+task.String()).follow().has(".banner--warning", "changed in the meantime")
}

func TestWithoutScriptsAnAnswerOpensQuestionsByContinuing(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	v, task := w.insuranceToCorrect(layla)
	page := w.get(t, "/applications/"+v.ID.String()+"/correct/"+task.String()).is(http.StatusOK).hasNot("#dependantName")
	more := page.send(map[string]string{"dependant": "studentSon"}, "").has("#dependantName", "").has(".banner", "further questions").hasNot(".error-message")
	more.send(map[string]string{"dependantName": "خالد"}, "").is(http.StatusUnprocessableEntity).has("#dependantNumber-error", "").has("#studyProof-error", "Upload the file")
	more.send(map[string]string{"dependant": "none"}, "").is(http.StatusSeeOther)
	if _, kept := w.book.acts[0].Data["dependantName"]; kept {
		t.Error("a hidden answer was sent")
	}
	r := multipartRequest("/applications/"+v.ID.String()+"/correct/"+task.String(), map[string][]string{"dependant": {"studentSon"}, "phone": {"x"}, "_key": {"k1"}, "_revision": {"2"}})
	r.Header.Set("HX-Request", "true")
	part := w.do(t, r).is(http.StatusOK).has("#questions #dependantName", "").hasNot("header")
	if part.Find("#phone").AttrOr("value", "") != "x" {
		t.Error("what was typed is lost")
	}
	if part.Find("input[name=_key]").AttrOr("value", "") != "k1" || part.Find("input[name=_revision]").AttrOr("value", "") != "2" {
		t.Error("the form cannot be sent any more after a question has opened")
	}
}

func TestAWithdrawalIsAskedAndSaysWhatGoesBack(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	v, _ := w.toCorrect(layla)
	page := w.get(t, "/applications/"+v.ID.String()+"/withdraw").is(http.StatusOK)
	page.has(".summary__row:contains('Renewal fee')", "You get it back").has(".summary__row:contains('Late fine')", "It is not given back")
	page.send(nil, "").is(http.StatusSeeOther)
	if len(w.book.acts) != 1 || w.book.acts[0].Action != application.Withdraw {
		t.Errorf("acted %+v", w.book.acts)
	}
	v.Withdrawable = false
	w.get(t, "/applications/"+v.ID.String()+"/withdraw").follow().has(".banner", "changed in the meantime")
}

func TestAnIssuedDocumentIsDownloadedAndRecorded(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	v := w.issued(layla)
	w.get(t, "/applications/"+v.ID.String()).has(".panel__title", "Your document is ready").has(".document", "DL-2026-000001").has(".tag", "Valid").hasNot("[hx-get]")
	got := w.get(t, "/documents/"+w.archive.found.ID).is(http.StatusOK)
	if got.body != string(pdfFile) || !strings.HasPrefix(got.head.Get("Content-Disposition"), "attachment") {
		t.Errorf("got %q, %q", got.body, got.head.Get("Content-Disposition"))
	}
	if len(w.records) != 1 || w.records[0].Action != "download" || w.records[0].Actor != layla.ID.String() {
		t.Errorf("recorded %+v", w.records)
	}
}

func TestAPageLooksForNewsAFewTimesOnly(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	v := w.add(layla, licence, func(v *application.View) { v.Status, v.Sequence = application.Received, 0 })
	page := w.get(t, "/applications/"+v.ID.String()).has("#poll", "")
	if !strings.Contains(page.body, `<noscript><meta http-equiv="refresh" content="5"></noscript>`) {
		t.Error("without scripts it never looks again")
	}
	asked, next := 0, page.Find("#poll").AttrOr("hx-get", "")
	for ; next != "" && asked < 100; asked++ {
		r := httptest.NewRequest(http.MethodGet, next, nil)
		r.Header.Set("HX-Request", "true")
		next = w.do(t, r).is(http.StatusOK).Find("#poll").AttrOr("hx-get", "")
	}
	if asked == 0 || asked > 10 {
		t.Errorf("asked %d times", asked)
	}
	v.Sequence = 1
	r := httptest.NewRequest(http.MethodGet, page.Find("#poll").AttrOr("hx-get", ""), nil)
	r.Header.Set("HX-Request", "true")
	if got := w.do(t, r).is(http.StatusNoContent); got.head.Get("HX-Refresh") != "true" {
		t.Error("news does not reload the page")
	}
	v.Status, v.Node, v.Step = application.Open, "review", "review"
	w.get(t, "/applications/"+v.ID.String()).hasNot("#poll").has(".lead", "You have nothing to do").has(".timeline__step--current", "Review by a licensing officer")
}

func TestAnExtendedTimeLimitIsToldWithItsReason(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	v := w.toPay(layla)
	v.Timeline = append(v.Timeline, application.Event{At: today, Kind: "extended", Step: "pay", Actor: "officer", Comment: "A holiday lies between."})
	w.get(t, "/applications/"+v.ID.String()+"?lang=en").is(http.StatusOK).has(".timeline", "The time limit was extended").has(".timeline", "A holiday lies between.")
}

func TestWhoseApplicationIsSuspendedReadsWhyAndUntilWhen(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	v, task := w.toCorrect(layla)
	until := today.AddDate(0, 0, 90)
	page := w.get(t, "/applications/"+v.ID.String()+"/correct/"+task.String()).is(http.StatusOK) // it lies open
	v.SuspendedUntil = &until
	v.Timeline = append(v.Timeline, application.Event{At: today, Kind: "suspended", Actor: "officer", Comment: "A court decides first."})
	w.get(t, "/applications/"+v.ID.String()).is(http.StatusOK).has(".tag", "Suspended").has("main", "has suspended your application until").has("main", "A court decides first.").hasNot("a[href*='/correct/']")
	w.book.code = "suspended"
	page.send(map[string]string{"phone": "0598765432"}, "").is(http.StatusConflict).has(".banner--warning", "suspended for the time being")
	v.SuspendedUntil = nil
	v.Timeline = append(v.Timeline, application.Event{At: today, Kind: "resumed", Actor: "system"})
	w.get(t, "/applications/"+v.ID.String()).has("main", "Your application goes on").has("a[href*='/correct/']", "")
}
