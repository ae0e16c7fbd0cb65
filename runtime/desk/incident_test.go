package desk_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/payment"
)

func TestMoneyThatStandsStillWaitsForAnOperatorOfItsAuthority(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	asked := func(kind payment.IncidentKind, failure string) *payment.Incident {
		i := &payment.Incident{ID: uuid.New(), Application: v.ID, Authority: "transport", Kind: kind, Amount: 25000, Currency: "ILS", Failure: failure, OpenedAt: now}
		s.incidents = append(s.incidents, i)
		return i
	}
	if got := s.get(amin, "/desk/money?lang=en").want(200, "main", "No money waits for you"); got.Find("nav a[href='/desk/money'] .count").Length() > 0 {
		t.Error("nothing is counted as something")
	}
	refund, back := asked(payment.RefundRefused, "card-closed"), asked(payment.PayoutReturned, "a-code-of-theirs")
	s.get(amin, "/desk/money?lang=en").want(200, "tbody a[href='"+path(v)+"']", "D7K2-94QM", "tbody", "Refund refused", "tbody", "the card is closed", "tbody", "a-code-of-theirs", "tbody", "250.00")
	s.get(nurse, "/desk/money?lang=en").want(200, "main", "No money waits for you")

	if got := s.get(leila, path(v)+"?lang=en").want(200, "main", "Refund refused"); got.Find("form[action*='/money/']").Length() > 0 {
		t.Error("who is no operator may settle it")
	}
	open := s.get(amin, path(v)+"?lang=en").want(200, ".handles", "pay it by hand", ".handles", "came back")
	byHand := "/money/" + refund.ID.String() + "/by-hand"
	box := "why-by-hand-" + refund.ID.String()
	bare := s.press(amin, open, byHand).want(422, ".error-summary a[href='#"+box+"']", "Write how it was settled")
	to := s.press(amin, bare, byHand, "_comment", "Transfer 77 of today").want(303).header.Get("Location")
	if to != "/desk?done=by-hand&of=D7K2-94QM" || refund.Reason != "Transfer 77 of today" {
		t.Errorf("leads to %s, %+v", to, refund)
	}
	if last := s.audit[len(s.audit)-1]; last.Action != "act" || last.Detail["incident"] != refund.ID.String() || last.Detail["action"] != "by-hand" {
		t.Errorf("audit %+v", last)
	}
	s.get(amin, to+"&lang=en").want(200, ".banner--success", "Settled by hand")
	s.press(amin, open, byHand, "_comment", "Transfer 78").want(409, ".banner--warning", "not possible any more")
	s.get(leila, path(v)+"?lang=en").want(200, "main", "Settled by hand", "main", "\u2068Transfer 77 of today\u2069")
	s.press(amin, open, "/money/"+back.ID.String()+"/retry").want(303)
	if back.Outcome != payment.IncidentRetry {
		t.Errorf("%+v", back)
	}

	// Nobody settles money of their own.
	own := asked(payment.PayoutUnwanted, "")
	v.Applicant = amin.ID
	if got := s.get(amin, path(v)+"?lang=en"); got.Find("form[action*='/money/']").Length() > 0 {
		t.Error("it is offered to the applicant")
	}
	v.Applicant = uuid.New()
	open = s.get(amin, path(v)+"?lang=en").want(200, ".handles", "Claim it back")
	if open.Find("form[action$='/money/"+own.ID.String()+"/retry']").Length() > 0 {
		t.Error("what nobody waits for can be paid again")
	}
	v.Applicant = amin.ID
	s.press(amin, open, "/money/"+own.ID.String()+"/by-hand", "_comment", "mine").want(403, ".banner--warning", "your own application")
}
