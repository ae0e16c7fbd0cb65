package desk_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// register is a register of rights.
type register struct{ *world }

func permit() right.Entry {
	return right.Entry{
		Number: "RS-2026-000001", Code: "stall", Title: plan.Text{"ar": "حق البسطة", "en": "Right to a stall"}, Authority: "transport", Status: right.Valid,
		GrantedOn: "2026-11-22", ValidUntil: "2027-11-21",
		Terms: []right.Said{{Term: plan.Term{Field: plan.Field{Name: "fee", Kind: "money"}, Label: plan.Text{"ar": "الرسم", "en": "Fee"}}, Value: json.RawMessage(`{"value":"20.00","currency":"ILS"}`)}},
	}
}

func (r register) OfApplication(context.Context, uuid.UUID) ([]right.Entry, error) {
	return r.granted, nil
}

func TestTheCaseShowsWhatItGranted(t *testing.T) {
	s := serve(t)
	e := permit()
	e.Holder, e.History = "401234567", []right.Happening{{What: right.Granted, At: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}}
	s.granted = []right.Entry{e}
	v := s.add("AAAA-1111", "transport:licensing-officer")
	got := s.get(leila, "/desk/applications/"+v.ID.String()).Find("main").Text()
	for _, part := range []string{"حق البسطة", "RS-2026-000001", "401234567", "مُنحت", "الرسم"} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is missing in %s", part, got)
		}
	}
}
