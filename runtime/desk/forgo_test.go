package desk_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/payment"
)

func TestTheMoneyOfALostDisputeIsLetGoByTwoOperators(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	at := path(v)
	lost := &payment.Incident{ID: uuid.New(), Application: v.ID, Authority: "transport", Kind: payment.DisputeLost, Amount: 25000, Currency: "ILS", OpenedAt: now}
	s.incidents = append(s.incidents, lost)
	colleague := person("a0000000-0000-4000-8000-0000000000f1", "سلمى حداد", "Salma Haddad", operator)

	s.incidents = append(s.incidents, &payment.Incident{ID: uuid.New(), Application: v.ID, Authority: "transport", Kind: payment.Disputed, Amount: 25000, Currency: "ILS", OpenedAt: now, ClosedAt: &now, Outcome: "over"})
	s.payments = []payment.View{{ID: uuid.New(), Amount: 25000, Currency: "ILS", Status: payment.Paid, PaidAt: &now, Disputed: payment.Borne}}
	if page := s.get(leila, at+"?lang=en").want(200, "main .paid", "Decided", "main .paid", "owes nothing of it any more"); strings.Contains(page.Text(), "Came right by itself") {
		t.Error("a dispute that was decided came right by itself")
	}
	open := s.get(amin, at+"?lang=en").want(200, ".handles", "Propose to let it go", ".handles", "Note that it was settled by hand")
	box := "forgone-" + lost.ID.String()
	bare := s.press(amin, open, "/forgoings").want(422, ".error-summary a[href='#"+box+"']", "Write why", "textarea#"+box, "")
	s.press(leila, bare, "/forgoings", "_reason", "I may not").want(404)
	s.press(amin, bare, "/forgoings", "_reason", "The company is no more").want(303)
	if lost.ClosedAt != nil {
		t.Fatal("one operator has let it go")
	}
	own := s.get(amin, at+"?lang=en").want(200, ".handles .banner", "Amin Odeh", ".handles .banner", "no more", ".handles", "Withdraw my proposal")
	if own.Find(".handles form[action*='/money/'], .handles [value=approve]").Length() > 0 {
		t.Error("who has proposed it may answer, or settle it meanwhile")
	}
	s.get(amin, "/desk/money?lang=en").want(200, "tbody", "Waits for a colleague")
	s.get(colleague, "/desk/money?lang=en").want(200, "tbody", "waits for you")
	decide := at + "/forgoings/" + lost.Forgoing.ID.String()
	s.submit(amin, decide, "_action", "approve").want(403)
	s.submit(leila, decide, "_action", "approve").want(404)
	s.submit(colleague, decide, "_action", "perhaps").want(404)
	v.Applicant = colleague.ID
	s.submit(colleague, decide, "_action", "approve").want(403)
	v.Applicant = uuid.New()
	s.submit(colleague, decide, "_action", "decline").want(303)
	s.press(amin, s.get(amin, at+"?lang=en"), "/forgoings", "_reason", "It was wound up").want(303)
	s.submit(colleague, at+"/forgoings/"+lost.Forgoing.ID.String(), "_action", "approve").want(303)
	s.get(leila, at+"?lang=en").want(200, "main", "Not asked for any more", "main", "It was wound up")
	for _, action := range []string{"dispute-forgone-proposed", "dispute-forgone-decided"} {
		if !slices.ContainsFunc(s.audit, func(e audit.Entry) bool { return e.Action == action }) {
			t.Errorf("%s is not in the audit", action)
		}
	}
}
