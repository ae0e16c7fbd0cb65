package desk_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
)

func TestAnApplicantIsLetOffByTwoAccountantsWithAReasonAndALaw(t *testing.T) {
	s := serve(t)
	booked(s)
	due := payment.View{ID: uuid.New(), Authority: "transport", Amount: 28000, Currency: "ILS", Status: payment.Due, Payable: true,
		Lines: []activity.Line{{Fee: "renewal", Amount: 25000}, {Fee: "late", Amount: 3000}, {Fee: "plates", Amount: 500, Deposit: true}}}
	s.payments = []payment.View{due}
	id, at := due.ID.String(), "/desk/ledger/applications/"+layla.String()
	if got := s.get(salwa, at).want(200); got.Find("form[action$='/waivers']").Length() > 0 {
		t.Error("an auditor may waive")
	}
	got := s.get(amal, at+"?lang=en").want(200, "main", "Waive fees of this payment", "label[for='_amount-late-"+id+"']", "Late fine")
	if got.Find("[name='_amount-plates']").Length() > 0 {
		t.Error("a deposit may be waived")
	}
	send := func(pairs ...string) page {
		return s.submit(amal, at+"/waivers?lang=en", append([]string{"_payment", id}, pairs...)...)
	}
	send().want(422, ".error-summary", "amount for one of the fees", ".error-summary", "Write the law", ".error-summary", "Write why")
	send("_amount-late", "30.01", "_basis", "Fees Act, 12", "_reason", "hardship").want(422, ".error-summary", "not more than what is due", "details[open] [name=_basis][value='Fees Act, 12']", "")
	s.submit(doctor, at+"/waivers", "_payment", id, "_amount-late", "30").want(404)
	send("_amount-late", "٣٠", "_basis", "Fees Act, 12", "_reason", "The office was closed").want(303)
	if w := s.off[0]; w.Amount() != 3000 || w.Lines[0].Fee != "late" || w.Basis != "Fees Act, 12" {
		t.Fatalf("%+v", w)
	}
	if got := s.get(amal, at+"?lang=en").want(200, ".banner", "The office was closed", ".banner", "Fees Act, 12", "main", "Withdraw my proposal"); got.Find("form[action$='/waivers']").Length() > 0 {
		t.Error("a second waiver may be proposed while one waits")
	}
	s.get(basem, "/desk/ledger/corrections?lang=en").want(200, "table", "Fees Act, 12")
	waiver := at + "/waivers/" + s.off[0].ID.String()
	s.submit(amal, waiver, "_action", "approve").want(403)
	s.submit(doctor, waiver, "_action", "approve").want(404)
	s.submit(basem, waiver, "_action", "perhaps").want(404)
	s.submit(basem, waiver, "_action", "approve").want(303)
	s.get(basem, at+"?lang=en").want(200, ".banner", "Decided by")
}
