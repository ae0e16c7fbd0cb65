package document_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document"
)

func TestAPaperOutlivesItsApplicationAsLongAsItIsValid(t *testing.T) {
	w := newWorld(t)
	erased, kept := uuid.New(), uuid.New()
	id, other := w.issue(request(erased)), w.issue(request(kept))
	receipt := request(erased)
	receipt.Node = document.ReceiptNode(uuid.New())
	slip := w.issue(receipt)
	over := func(want int) {
		t.Helper()
		if n, err := w.archive.EraseOver(t.Context()); n != want || err != nil {
			t.Errorf("%d files of papers are erased and not %d, %v", n, want, err)
		}
	}
	opens := func(application uuid.UUID, id string) bool {
		t.Helper()
		_, err := w.archive.Open(t.Context(), application, id)
		if err != nil && !errors.Is(err, document.ErrNotFound) {
			t.Error(err)
		}
		return err == nil
	}
	over(0)
	w.must(w.tx(func(tx pgx.Tx) error { return w.archive.Erase(t.Context(), tx, erased) }))
	over(1)
	if !opens(erased, id) || opens(erased, slip) {
		t.Error("the receipt goes with the application, and the paper stays")
	}
	w.now = w.now.AddDate(1, 0, 1) // behind its last day
	over(1)
	over(0)
	if opens(erased, id) || !opens(kept, other) {
		t.Error("a paper that is over stays as long as its application")
	}
	if list, err := w.archive.OfApplication(t.Context(), erased); len(list) != 0 || err != nil {
		t.Errorf("what is gone is listed: %v, %v", list, err)
	}
	if v := w.verify(id); v.Status != document.Expired || v.Number == "" {
		t.Errorf("whoever verifies it learns %+v", v)
	}
	if n := len(w.papers(kept)); n != 1 {
		t.Errorf("%d papers", n)
	}
}
