package portal_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
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

func (register) OfHolder(_ context.Context, person uuid.UUID, nationalNumber string) ([]right.Entry, error) {
	if person != layla.ID || nationalNumber != layla.NationalNumber {
		return nil, nil
	}
	e := permit()
	e.Holder, e.Reminder = nationalNumber, plan.Text{"ar": "ينتهي قريبًا", "en": "It ends soon"}
	e.History = []right.Happening{{What: right.Transferred, At: today}}
	return []right.Entry{e}, nil
}

func (register) Public(_ context.Context, number string) (right.Entry, error) {
	if number != "RS-2026-000001" {
		return right.Entry{}, right.ErrNotFound
	}
	return permit(), nil
}

func TestAPersonSeesWhatTheyHoldAndNobodyElseDoes(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	got := w.get(t, "/rights").Find("main").Text()
	for _, part := range []string{"Right to a stall", "RS-2026-000001", "It ends soon", "Fee", "20.00", "Handed on (22 November 2026)"} {
		if !strings.Contains(got, part) {
			t.Errorf("%s is missing in %s", part, got)
		}
	}
	w.person = &yusuf
	if got := w.get(t, "/rights").Find("main").Text(); strings.Contains(got, "RS-2026") || !strings.Contains(got, "no permits") {
		t.Error("another person sees it")
	}
	w.person = nil
	if v := w.get(t, "/rights"); v.code != http.StatusSeeOther {
		t.Errorf("without a sign-in: %d", v.code)
	}
}

func TestAnybodyChecksARightByItsNumber(t *testing.T) {
	w := newWorld(t)
	v := w.get(t, "/rights/check?number=RS-2026-000001")
	if v.code != http.StatusOK || !strings.Contains(v.Find("main").Text(), "Right to a stall") || strings.Contains(v.body, layla.NationalNumber) {
		t.Fatalf("%d %s", v.code, v.body)
	}
	if v = w.get(t, "/rights/check?number=RS-2026-000002"); v.code != http.StatusNotFound || v.Find(".banner").Length() != 1 {
		t.Fatalf("%d", v.code)
	}
	if v = w.get(t, "/rights/check"); v.code != http.StatusOK || v.Find(`main input[name="number"]`).Length() != 1 {
		t.Fatalf("%d", v.code)
	}
	r := httptest.NewRequest(http.MethodGet, "/rights/check?number=RS-2026-000001", nil)
	r.Header.Set("Accept", "application/json")
	var said struct {
		Status, Number string
		Terms          map[string]json.RawMessage
	}
	if v = w.do(t, r); json.Unmarshal([]byte(v.body), &said) != nil || said.Status != "valid" || said.Terms["fee"] == nil {
		t.Fatalf("%s", v.body)
	}
}

func TestARevokedPaperSaysSinceWhenAndWhy(t *testing.T) {
	w := newWorld(t)
	w.archive.found = document.Verification{Status: document.Revoked, ID: "P1", Title: plan.Text{"en": "Stall permit"}, Number: "ST-2026-000001",
		Since: today, Because: plan.Text{"ar": "انتهى الموسم", "en": "The season is over."}}
	page := w.get(t, "/verify/P1")
	if got := page.Find("main").Text(); !strings.Contains(got, "The season is over.") || !strings.Contains(got, "22 November 2026") || page.Find(".banner").Length() != 1 {
		t.Fatal(got)
	}
}
