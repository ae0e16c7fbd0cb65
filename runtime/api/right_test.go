package api_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// register is a register of rights in which Layla has a permit.
type register struct{}

func permit() right.Entry {
	return right.Entry{
		Number: "RS-2026-000001", Code: "stall", Title: plan.Text{"ar": "حق البسطة", "en": "Right to a stall"}, Authority: "transport", Status: right.Valid,
		GrantedOn: "2026-11-22", ValidUntil: "2027-11-21",
		Terms: []right.Said{{Term: plan.Term{Field: plan.Field{Name: "fee", Kind: "money"}, Label: plan.Text{"ar": "الرسم", "en": "Fee"}}, Value: json.RawMessage(`{"value":"20.00","currency":"ILS"}`)}},
	}
}

func (register) OfHolder(_ context.Context, _ uuid.UUID, nationalNumber string) ([]right.Entry, error) {
	e := permit()
	e.Holder = nationalNumber
	return []right.Entry{e}, nil
}

func (register) Public(_ context.Context, number string) (right.Entry, error) {
	if number != "RS-2026-000001" {
		return right.Entry{}, right.ErrNotFound
	}
	return permit(), nil
}

func TestTheCallersRightsAreListedAndAnyIsCheckedByItsNumber(t *testing.T) {
	s := serve(t)
	s.request(rana, "GET", "rights", nil).want(200, "items", 0, "number", "RS-2026-000001")
	r := s.request(omar, "GET", "rights/RS-2026-000001", nil)
	r.want(200, "title", "en", "Right to a stall")
	s.request(omar, "GET", "rights/RS-2026-000002", nil).wantProblem(404, "not-found")
}
