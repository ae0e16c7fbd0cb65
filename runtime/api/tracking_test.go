package api_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/api"
	"github.com/diwan-gov/diwan/runtime/delivery"
)

var _ api.Delivery = (*delivery.Deliveries)(nil)

// post keeps what carriers tell, for transport alone.
type post struct{ *world }

func (p post) Of(_ context.Context, application uuid.UUID) ([]delivery.Collection, error) {
	return p.collects, nil
}

func (p post) LinksOf(context.Context, uuid.UUID) ([]delivery.Emailed, error) { return nil, nil }

func (p post) PostOf(_ context.Context, application uuid.UUID) ([]delivery.Posting, error) {
	return p.posts, nil
}

func (p post) Track(_ context.Context, authorities []string, told []delivery.Tracked, _ uuid.UUID) (wrong []delivery.Wrong, _ error) {
	for i, t := range told {
		if _, ok := delivery.Item(t.Item); !ok {
			wrong = append(wrong, delivery.Wrong{Row: i + 1, What: "number"})
		}
	}
	if len(wrong) == 0 {
		p.tracked = append(p.tracked, strings.Join(authorities, " ")+" "+told[0].Event)
	}
	return wrong, nil
}

var carrier = person("a0000000-0000-4000-8000-000000000007", "", "carrier:transport")

func TestACarrierTellsWherePapersAreAllOrNothing(t *testing.T) {
	s := serve(t)
	const good = `{"events":[{"item":"RR473124829GB","event":"delivered","at":"2026-11-22T09:00:00Z"}]}`
	s.request(carrier, "POST", "tracking", good).want(200, "taken", float64(1))
	if len(s.tracked) != 1 || s.tracked[0] != "transport delivered" {
		t.Errorf("%q", s.tracked)
	}
	if len(s.audit) != 1 || s.audit[0].Action != "post-tracked" || s.audit[0].Authority != "transport" || s.audit[0].Detail["events"] != "1" {
		t.Errorf("the audit says %+v", s.audit)
	}
	s.request(clerk, "POST", "tracking", good).wantProblem(403, "tracking-forbidden")
	s.request(carrier, "POST", "tracking", strings.Replace(good, "829GB", "823GB", 1)).wantProblem(422, "invalid", "/events/0/item", "item-number")
	s.request(carrier, "POST", "tracking", `{"events":[]}`).wantProblem(422, "invalid")
	s.request(carrier, "POST", "tracking", strings.Replace(good, "2026", "next", 1)).wantProblem(422, "invalid")
	if len(s.tracked) != 1 {
		t.Errorf("something of a bad body was taken: %q", s.tracked)
	}
}
