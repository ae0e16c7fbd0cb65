package desk_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/desk"
)

var _ desk.Delivery = (*delivery.Deliveries)(nil)

// counterOf keeps one paper that is collected, in memory.
type counterOf struct {
	paper   delivery.Collection
	invalid bool
	quicker bool // another clerk

	posting  delivery.Posting
	to       delivery.Address
	manifest *delivery.Manifest
	lines    []delivery.Line
	tracked  []delivery.Tracked
}

func (c *counterOf) AtOffice(_ context.Context, authorities []string, office string) (out []delivery.Collection, _ error) {
	if c.paper.Code == "" {
		return nil, nil
	}
	if slices.Contains(authorities, c.paper.Authority) && (office == "" || office == c.paper.Office) {
		out = append(out, c.paper)
	}
	return out, nil
}

func (c *counterOf) One(_ context.Context, authorities []string, typed string) (*delivery.Collection, error) {
	code, _ := delivery.Code(typed)
	if !slices.Contains(authorities, c.paper.Authority) || code != c.paper.Code && typed != c.paper.Number {
		return nil, delivery.ErrNotFound
	}
	found := c.paper
	return &found, nil
}

func (c *counterOf) Have(context.Context, []string, string, uuid.UUID) error {
	c.paper.State = delivery.Ready
	return nil
}

func (c *counterOf) HandOver(_ context.Context, _ []string, _ string, h delivery.Handed) error {
	if c.invalid {
		return delivery.ErrPaper
	}
	c.paper.State, c.paper.Other = delivery.Collected, nil
	if c.quicker {
		h.By = hiba.ID
	}
	c.paper.Handed = &h
	if c.quicker {
		return delivery.ErrState
	}
	return nil
}

// collecting is an office at which a paper is asked for.
func collecting(s *served) {
	v := s.ended("K9K8-21AB")
	v.Facts = map[string]any{"name": "رنا الخطيب", "nationalNumber": "401234567"}
	s.counter.paper = delivery.Collection{Paper: "abc234", Number: "DL-2026-000001", Title: text("رخصة قيادة", "Driving licence"), Application: v.ID, Authority: "transport",
		Code: "ABCDEFGH2345", State: delivery.Asked, Office: "ramallah", Since: now, Other: &delivery.Other{Name: "سارة عيسى", Number: "403456789"}}
}

func TestAClerkHandsAPaperOverAfterLookingAtAProofOfIdentity(t *testing.T) {
	s := serve(t)
	collecting(s)
	const at = "/desk/collect/ABCDEFGH2345"
	s.get(leila, "/desk/collect?lang=en").want(200, "tbody a[href='"+at+"']", "DL-2026-000001", "tbody", "Ramallah licensing office", "tbody .tag", "To be prepared", ".site-nav [aria-current]", "Papers to collect")
	s.get(leila, "/desk/collect?lang=en&office=nablus").want(200, "main", "Nothing waits", "[aria-current=page]", "Nablus")
	s.get(nurse, "/desk/collect").want(404)
	s.get(salwa, "/desk/collect").want(404)
	s.get(salwa, at).want(404)
	s.submit(leila, "/desk/collect/find?lang=en", "_find", "ZZZZ").want(422, ".error-summary", "No paper with this number")
	for _, typed := range []string{"abcd-efgh-2345", "DL-2026-000001", "https://diwan.example/desk/collect/ABCDEFGH2345"} {
		if got := s.submit(leila, "/desk/collect/find", "_find", typed).want(303); got.header.Get("Location") != at {
			t.Errorf("%s leads to %s", typed, got.header.Get("Location"))
		}
	}
	s.get(leila, at+"?lang=en").want(200, "main", "رنا الخطيب", "main", "401234567", "main", "سارة عيسى", "main form button", "It is printed and ready")
	s.submit(leila, at, "_action", "have").want(303)
	s.get(leila, at+"?lang=en").want(200, "main form", "Who has come?", "main form", "Identity card")
	s.submit(leila, at+"?lang=en", "_action", "hand").want(422, ".error-summary", "Say who has come", ".error-summary", "Choose the proof", ".error-summary", "last two to four")
	s.submit(leila, at+"?lang=en", "_action", "hand", "_who", "other", "_proof", "passport", "_last", "403456789").want(422, ".error-summary", "last two to four")
	s.submit(leila, at, "_action", "burn").want(404)
	s.counter.invalid = true
	s.submit(leila, at+"?lang=en", "_action", "hand", "_who", "other", "_proof", "passport", "_last", "٦٧٨٩").want(409, ".banner", "not valid now")
	s.counter.invalid = false
	s.submit(leila, at, "_action", "hand", "_who", "other", "_proof", "passport", "_last", "٦٧٨٩").want(303)
	if h := s.counter.paper.Handed; !h.Other || h.Proof != "passport" || h.Last != "6789" || h.By != leila.ID {
		t.Errorf("%+v", h)
	}
	if got := s.get(leila, at+"?lang=en").want(200, "main", "Leila Mansour", "main", "Passport", "main", "6789", "main", "The person whom the holder has named"); got.Find("main form").Length() > 0 {
		t.Error("it can be handed over again")
	}
	if !slices.ContainsFunc(s.audit, func(e audit.Entry) bool {
		return e.Action == "collection-hand" && e.Detail["last"] == "6789" && !strings.Contains(e.Detail["last"], "403456789")
	}) {
		t.Error("it is not in the audit")
	}
}

func TestTheSecondOfTwoClerksIsToldWhoWasQuicker(t *testing.T) {
	s := serve(t)
	collecting(s)
	s.counter.paper.State, s.counter.paper.Other, s.counter.quicker = delivery.Ready, nil, true
	s.submit(leila, "/desk/collect/ABCDEFGH2345?lang=en", "_action", "hand", "_proof", "identity-card", "_last", "4567").
		want(409, ".banner", "Somebody else was quicker", "main", "Hiba Qasem")
}
