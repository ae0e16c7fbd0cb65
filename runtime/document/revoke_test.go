package document_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func TestARevokedPaperIsToldOfOnceForAll(t *testing.T) {
	w := newWorld(t)
	application := uuid.New()
	id := w.issue(request(application))
	at := w.now.Add(time.Hour)
	revoke := func(because string, at time.Time) {
		w.must(postgres.InTx(t.Context(), w.pool, func(tx pgx.Tx) error {
			return w.archive.Revoke(t.Context(), tx, application, "driving-licence", plan.Text{"en": because}, at)
		}))
	}
	revoke("The season is over.", at)
	revoke("Another reason.", at.Add(time.Hour)) // the day and the reason stay
	v, err := w.archive.Verify(t.Context(), id)
	w.must(err)
	if v.Status != document.Revoked || !v.Revoked.At.Equal(at) || v.Revoked.Because["en"] != "The season is over." {
		t.Fatalf("%+v", v)
	}
	papers, err := w.archive.OfApplication(t.Context(), application)
	w.must(err)
	if len(papers) != 1 || papers[0].Status != document.Revoked || !papers[0].Revoked.At.Equal(at) {
		t.Fatalf("%+v", papers)
	}
	other := w.issue(request(uuid.New()))
	if v, err := w.archive.Verify(t.Context(), other); err != nil || v.Status != document.Valid || !v.Revoked.At.IsZero() {
		t.Fatalf("another application's paper: %+v, %v", v, err)
	}
}
