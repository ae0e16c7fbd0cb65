package document_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/paper"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// card is a request for a card with the photograph of its holder.
func card(application, photo uuid.UUID) document.IssueRequest {
	r := request(application)
	r.Text.Layout = &plan.Layout{Paper: "card", Blocks: []plan.Block{{Kind: "title"}, {Kind: "picture", Of: "photo", At: "start"}, {Kind: "facts"}}}
	r.Print = func(string) (document.Paper, error) {
		return document.Paper{Rows: []paper.Row{
			{Label: plan.Text{"ar": "الاسم", "en": "Name"}, Cell: paper.Cell{Kind: "text", Value: "أمل خالد"}},
			{Code: "photo", Label: plan.Text{"ar": "الصورة", "en": "Photograph"}, Cell: paper.Cell{Kind: "text", Value: photo.String()}},
		}}, nil
	}
	return r
}

func (w *world) bodyOf(application uuid.UUID, id string) string {
	w.Helper()
	f, err := w.archive.Open(w.Context(), application, id)
	w.must(err)
	return string(f.Body)
}

func TestAPaperShowsThePhotographOfItsOwnApplicationAndNoOther(t *testing.T) {
	w := newWorld(t)
	owner, application := w.person(), uuid.New()
	up, err := w.archive.Upload(t.Context(), owner, "face.png", bytes.NewReader(picture(t, "png")))
	w.must(err)
	w.must(w.tx(func(tx pgx.Tx) error {
		return w.archive.Claim(t.Context(), tx, owner, application, []uuid.UUID{up.ID})
	}))
	own := w.issue(card(application, up.ID))
	if !strings.Contains(w.bodyOf(application, own), "DCTDecode") {
		t.Error("the photograph is not on the paper")
	}
	if v, err := w.archive.Verify(t.Context(), own); err != nil || v.Status != document.Valid {
		t.Errorf("%+v, %v", v, err)
	}
	other := uuid.New()
	if id := w.issue(card(other, up.ID)); strings.Contains(w.bodyOf(other, id), "DCTDecode") {
		t.Error("the photograph of somebody else is on the paper")
	}
	w.must(w.tx(func(tx pgx.Tx) error { return w.archive.Forget(t.Context(), tx, up.ID) }))
	again := card(application, up.ID)
	again.Visit = 2
	if id := w.issue(again); strings.Contains(w.bodyOf(application, id), "DCTDecode") {
		t.Error("a photograph that was erased is on the paper")
	}
}

func TestAPaperWaitsForTheScanOfItsPhotograph(t *testing.T) {
	w, s, _ := guarded(t)
	s.away = errors.New("away")
	owner, application := w.person(), uuid.New()
	up, err := w.archive.Upload(t.Context(), owner, "face.png", bytes.NewReader(picture(t, "png")))
	w.must(err)
	w.must(w.tx(func(tx pgx.Tx) error {
		return w.archive.Claim(t.Context(), tx, owner, application, []uuid.UUID{up.ID})
	}))
	if _, err := w.tryIssue(card(application, up.ID)); err == nil || !strings.Contains(err.Error(), "waits for its scan") {
		t.Fatalf("issued before the scan: %v", err)
	}
	s.away = nil
	w.now = w.now.Add(time.Hour)
	if n, err := w.archive.ScanWaiting(t.Context()); n != 1 || err != nil {
		t.Fatalf("scanned %d, %v", n, err)
	}
	if id := w.issue(card(application, up.ID)); !strings.Contains(w.bodyOf(application, id), "DCTDecode") {
		t.Error("the photograph is not on the paper after its scan")
	}
}
