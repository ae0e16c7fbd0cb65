package desk_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/till"
)

var hanan = person("a0000000-0000-4000-8000-00000000000f", "حنان سعيد", "Hanan Saeed", "transport:cashier")

// atTill is a desk at which Hanan has opened till 3 with 200.00.
func atTill(t *testing.T) *served {
	s := serve(t)
	s.submit(hanan, "/desk/till/open", "_authority", "transport", "_number", "٣", "_amount-ILS", "٢٠٠٫٠٠").want(303)
	if len(s.drawer.tills) != 1 || s.drawer.tills[0].Number != 3 || s.drawer.tills[0].Cash[0].Float != 20000 {
		t.Fatalf("%+v", s.drawer.tills)
	}
	return s
}

func TestATillIsOpenedByItsClerkAndSeenByNobodyElse(t *testing.T) {
	s := serve(t)
	for _, address := range []string{"/desk/till", "/desk/till/count", "/desk/till/due/" + layla.String(), "/desk/till/of/" + uuid.NewString()} {
		s.get(leila, address).want(404)
	}
	s.get(hanan, "/desk/till?lang=en").want(200, "h1", "Till", ".account__role", "Cashier", ".site-nav [aria-current]", "Till", "label[for=_number]", "Number of the till")
	s.submit(hanan, "/desk/till/open?lang=en", "_authority", "transport", "_number", "0", "_amount-ILS", "a lot").want(422, ".error-summary", "between 1 and 999", ".error-summary", "Write an amount")
	s.submit(hanan, "/desk/till/open?lang=en", "_authority", "transport", "_number", "9", "_amount-ILS", "").want(409, ".error-summary", "A colleague has opened")
	s.submit(hanan, "/desk/till/open", "_authority", "health", "_number", "1").want(404)
	s = atTill(t)
	s.get(hanan, "/desk/till?lang=en").want(200, "h1", "Till \u20683\u2069", "label[for=_find]", "Number of the application")
	s.get(doctor, "/desk/till/of/"+s.drawer.tills[0].ID.String()).want(404)
	s.get(amal, "/desk/till?lang=en").want(200, "tbody", "An officer", "tbody .tag", "Open")
	s.get(amal, "/desk/till/count").want(404)
}

func TestAClerkSeesOfAnApplicationOnlyWhatIsDueAndHandsChangeBack(t *testing.T) {
	s := atTill(t)
	v := s.add("D7K2-94QM", licensing)
	s.payments = []payment.View{{ID: uuid.MustParse("f0000000-0000-4000-8000-000000000001"), Authority: "transport", Amount: 28000, Currency: "ILS", Status: payment.Due, Payable: true}}
	id := s.payments[0].ID.String()
	s.submit(hanan, "/desk/till/find?lang=en", "_find", "ABCD-1234").want(422, ".error-summary", "no application and no bill")
	found := s.submit(hanan, "/desk/till/find", "_find", " D7K2-94QM ").want(303)
	to := found.header.Get("Location")
	if to != "/desk/till/due/"+v.ID.String() {
		t.Fatalf("leads to %q", to)
	}
	page := s.get(hanan, to+"?lang=en").want(200, ".lead", "Driving licence renewal", "main", "₪280.00", "label[for=_amount-"+id+"]", "Cash received")
	if said := page.Find("main").Text(); strings.Contains(said, "1234567") || strings.Contains(said, "401234567") {
		t.Errorf("the clerk reads the form: %s", said)
	}
	s.submit(hanan, to+"?lang=en", "_key", uuid.NewString(), "_payment", id, "_amount-"+id, "279.99").want(422, ".error-summary", "less than is due")
	s.submit(hanan, to+"?lang=en", "_key", uuid.NewString(), "_payment", id, "_amount-"+id, " ").want(422, ".error-summary", "Write an amount")
	s.submit(hanan, to, "_key", "x", "_payment", id, "_amount-"+id, "300").want(404)
	key := uuid.NewString()
	if got := s.submit(hanan, to, "_key", key, "_payment", id, "_amount-"+id, "300").want(303); got.header.Get("Location") != "/desk/till?done="+key {
		t.Errorf("leads to %q", got.header.Get("Location"))
	}
	s.get(hanan, "/desk/till?lang=en&done="+key).want(200, ".panel", "Hand back \u2068₪20.00", ".panel", "RCT-2026-000001", "tbody", "₪280.00")
	s.drawer.refuse = payment.ErrNotDue
	s.payments[0].Payable = false
	s.submit(hanan, to+"?lang=en", "_key", uuid.NewString(), "_payment", id, "_amount-"+id, "300").want(409, "main", "Nothing can be taken here")
	for _, e := range s.audit {
		if e.Action == "till-looked" && e.Actor == hanan.ID.String() && e.Subject == v.ID.String() {
			return
		}
	}
	t.Error("who has looked is not in the audit")
}

func TestTheLastPaymentIsTakenBackOnlyByAColleague(t *testing.T) {
	s := atTill(t)
	s.drawer.taken = []till.Taken{{ID: uuid.New(), Place: 1, Amount: 28000, Currency: "ILS", Tendered: 28000, Receipt: "RCT-2026-000001", At: now}}
	last, page := s.drawer.taken[0].ID.String(), "/desk/till/of/"+s.drawer.tills[0].ID.String()
	s.submit(hanan, "/desk/till/void?lang=en", "_payment", last, "_reason", "").want(422, ".error-summary", "Write why")
	s.submit(hanan, "/desk/till/void", "_payment", last, "_reason", "another bill").want(303)
	mine := s.get(hanan, "/desk/till?lang=en").want(200, ".banner", "asks to take the last payment back", "main", "Keep the payment")
	if strings.Contains(mine.Find("main").Text(), "Agree") || mine.Find("[name=_find]").Length() > 0 {
		t.Error("the clerk decides alone, or goes on taking")
	}
	proposed := s.drawer.proposals[0].ID.String()
	s.submit(hanan, page+"/decide", "_key", proposed, "_action", "approve").want(403)
	s.get(amal, "/desk?lang=en").want(200, ".site-nav", "Till")
	s.get(amal, page+"?lang=en").want(200, ".banner", "another bill", "main", "Agree and hand the money back")
	s.submit(amal, page+"/decide", "_key", proposed, "_action", "perhaps").want(404)
	s.submit(amal, page+"/decide", "_key", proposed, "_action", "decline").want(303)
}

func TestATillIsCountedBlindAndItsDifferenceIsATaskForTheAccountant(t *testing.T) {
	s := atTill(t)
	s.drawer.tills[0].Cash[0].Expected = 48000
	page := "/desk/till/of/" + s.drawer.tills[0].ID.String()
	for _, address := range []string{"/desk/till/count?lang=en", page + "?lang=en"} {
		if got := s.get(hanan, address).want(200); strings.Contains(got.Find("main").Text(), "480.00") {
			t.Errorf("%s tells the clerk what there should be", address)
		}
	}
	s.submit(hanan, "/desk/till/count?lang=en", "_amount-ILS", "").want(422, ".error-summary", "Write an amount")
	s.submit(hanan, "/desk/till/count?lang=en", "_pieces-ILS-20000", "-2").want(422, ".error-summary", "whole number")
	s.submit(hanan, "/desk/till/count?lang=en", "_pieces-ILS-20000", "2", "_amount-ILS", "480").want(422, ".error-summary", "another sum")
	s.submit(hanan, "/desk/till/count?lang=en", "_pieces-ILS-20000", "2").want(422, ".error-summary", "Count again", "label[for=_reason]", "What do you know")
	s.submit(hanan, "/desk/till/count", "_pieces-ILS-20000", "2", "_pieces-ILS-5000", "1", "_reason", "a note is missing").want(303)
	s.get(hanan, page+"?lang=en").want(200, "tbody", "−₪30.00", "tbody", "2 × ₪200.00", ".banner", "it differs", "main", "Count again")
	proposed := s.drawer.proposals[0].ID.String()
	s.submit(hanan, page+"/decide", "_key", proposed, "_action", "approve").want(403)
	s.submit(amal, page+"/decide", "_key", proposed, "_action", "approve").want(303)
	s.get(amal, "/desk/till?lang=en").want(200, "table:nth-of-type(2) tbody", "−₪30.00", "table:nth-of-type(2) tbody", "2 days", "table:nth-of-type(2) tbody", "Accountant")
	if got := s.get(hanan, page+"?lang=en").want(200, ".banner", "sees to it"); got.Find("form[action$='/explain']").Length() > 0 {
		t.Error("the clerk explains it away")
	}
	task := s.drawer.tasks[0].ID.String()
	s.submit(hanan, page+"/explain", "_key", task, "_reason", "x").want(403)
	s.submit(amal, page+"/explain?lang=en", "_key", task, "_reason", "").want(422, ".error-summary", "Write why")
	s.submit(amal, page+"/explain", "_key", task, "_reason", "a torn note was exchanged").want(303)
	s.get(amal, page+"?lang=en").want(200, ".banner", "a torn note was exchanged")
	s.submit(amal, page+"/deposit?lang=en", "_slip", "").want(422, ".error-summary", "number of the slip")
	s.submit(amal, page+"/deposit", "_slip", "٧٧-12").want(303)
	if s.get(amal, page+"?lang=en").want(200, "tbody", "77-12"); s.drawer.slip != "77-12" {
		t.Errorf("slip %q", s.drawer.slip)
	}
}
