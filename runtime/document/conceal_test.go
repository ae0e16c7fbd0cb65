package document_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document"
)

func TestWhatIsConcealedIsReadUntilItsApplicationIsErased(t *testing.T) {
	w := newWorld(t)
	one, other := uuid.New(), uuid.New()
	address := []byte("شارع الإرسال 12")
	var first, second []byte
	w.must(w.tx(func(tx pgx.Tx) (err error) {
		if first, err = w.archive.Conceal(t.Context(), tx, one, address); err != nil {
			return err
		}
		if second, err = w.archive.Conceal(t.Context(), tx, one, address); err != nil {
			return err
		}
		_, err = w.archive.Conceal(t.Context(), tx, other, address)
		return err
	}))
	if bytes.Contains(first, address) || bytes.Equal(first, second) {
		t.Error("it lies in clear, or the same twice is seen to be the same")
	}
	read := func(application uuid.UUID, sealed []byte) (plain []byte, err error) {
		err = w.tx(func(tx pgx.Tx) error {
			plain, err = w.archive.Reveal(t.Context(), tx, application, sealed)
			return err
		})
		return plain, err
	}
	if got, err := read(one, first); err != nil || !bytes.Equal(got, address) {
		t.Fatalf("%q, %v", got, err)
	}
	if got, err := read(other, first); err == nil {
		t.Errorf("another application's key opens it: %q", got)
	}
	changed := bytes.Clone(first)
	changed[len(changed)-1] ^= 1
	if _, err := read(one, changed); err == nil {
		t.Error("it was changed, and nobody sees it")
	}
	w.must(w.tx(func(tx pgx.Tx) error { return w.archive.Erase(t.Context(), tx, one) }))
	if _, err := read(one, first); !errors.Is(err, document.ErrNotFound) {
		t.Errorf("erased: %v", err)
	}
	if err := w.tx(func(tx pgx.Tx) error { _, err := w.archive.Conceal(t.Context(), tx, one, address); return err }); !errors.Is(err, document.ErrNotFound) {
		t.Errorf("something new about who was erased: %v", err)
	}
}
