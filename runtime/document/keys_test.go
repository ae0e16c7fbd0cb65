package document_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document"
)

func (w *world) upload(owner uuid.UUID, body []byte) document.Upload {
	w.Helper()
	up, err := w.archive.Upload(w.Context(), owner, "a.pdf", bytes.NewReader(body))
	w.must(err)
	return up
}

func (w *world) claim(owner, application uuid.UUID, ups ...document.Upload) {
	w.Helper()
	ids := make([]uuid.UUID, len(ups))
	for i, up := range ups {
		ids[i] = up.ID
	}
	w.must(w.tx(func(tx pgx.Tx) error { return w.archive.Claim(w.Context(), tx, owner, application, ids) }))
}

// opens tells who can open an upload of an application; anything but ErrNotFound is a fault.
func (w *world) opens(application uuid.UUID, up document.Upload) bool {
	w.Helper()
	f, err := w.archive.OpenUploadOf(w.Context(), application, up.ID)
	if err != nil && !errors.Is(err, document.ErrNotFound) {
		w.Error(err)
	}
	return err == nil && bytes.Equal(f.Body, smallPDF)
}

func TestTheSameBytesOfOneOwnerAreOneBodyAndThoseOfOthersAnother(t *testing.T) {
	w := newWorld(t)
	owner, other := w.person(), w.person()
	first, again := w.upload(owner, smallPDF), w.upload(owner, smallPDF)
	if first.ID == again.ID || w.bodies() != 1 {
		t.Errorf("%d bodies", w.bodies())
	}
	w.upload(other, smallPDF)
	if n := w.bodies(); n != 2 {
		t.Errorf("two people share a body: %d", n)
	}
	one, two := uuid.New(), uuid.New()
	w.claim(owner, one, first)
	w.claim(owner, two, again)
	third := w.upload(owner, smallPDF) // whose twins are claimed already
	if n := w.bodies(); n != 2 {
		t.Errorf("%d bodies", n)
	}
	if !w.opens(one, first) || !w.opens(two, again) || w.opens(one, again) || w.opens(two, first) {
		t.Error("each application opens its own")
	}
	w.must(w.tx(func(tx pgx.Tx) error { return w.archive.Erase(t.Context(), tx, one) }))
	if w.opens(one, first) || !w.opens(two, again) {
		t.Error("of two applications with the same file one was erased")
	}
	if f, err := w.archive.OpenUpload(t.Context(), owner, third.ID); err != nil || !bytes.Equal(f.Body, smallPDF) {
		t.Error(err)
	}
}

func TestAnApplicationIsErasedByItsKeyForEver(t *testing.T) {
	w := newWorld(t)
	owner, application := w.person(), uuid.New()
	w.now = time.Now()
	up := w.upload(owner, smallPDF)
	w.claim(owner, application, up)
	w.claim(owner, application, up) // again changes nothing
	if !w.opens(application, up) {
		t.Fatal("it does not open")
	}
	var wrapped []byte // what a copy of the rows would hold
	w.must(w.pool.QueryRow(t.Context(), "SELECT key FROM upload WHERE id = $1", up.ID).Scan(&wrapped))
	w.must(w.tx(func(tx pgx.Tx) error { return w.archive.Erase(t.Context(), tx, application) }))
	w.exec("UPDATE upload SET key = $2 WHERE id = $1", up.ID, wrapped)
	w.exec("UPDATE file SET key = '\\x00' WHERE id = (SELECT file FROM upload WHERE id = $1)", up.ID)
	if w.opens(application, up) {
		t.Error("the key of the application is gone, and a copy of the upload's opens it")
	}
	w.exec("UPDATE upload SET key = '' WHERE id = $1", up.ID)
	w.exec("UPDATE file SET key = '' WHERE id = (SELECT file FROM upload WHERE id = $1)", up.ID)
	late := w.upload(owner, smallPDF)
	if err := w.tx(func(tx pgx.Tx) error {
		return w.archive.Claim(t.Context(), tx, owner, application, []uuid.UUID{late.ID})
	}); !errors.Is(err, document.ErrNotFound) {
		t.Errorf("claimed for what is erased: %v", err)
	}
	w.must(w.tx(func(tx pgx.Tx) error { return w.archive.Erase(t.Context(), tx, application) }))
	w.now = w.now.Add(49 * time.Hour)
	_, err := w.archive.Sweep(t.Context())
	w.must(err)
	if n := w.bodies(); n != 0 {
		t.Errorf("%d bodies stay", n)
	}
}

func TestUploadsOfBeforeKeepTheirKeysUntilAnApplicationClaimsThem(t *testing.T) {
	w := newWorld(t)
	owner, application := w.person(), uuid.New()
	up := w.upload(owner, smallPDF)
	// As the version before has written it.
	w.exec("UPDATE file SET key = (SELECT key FROM upload WHERE upload.file = file.id) WHERE id = $1", up.ID)
	w.exec("UPDATE upload SET key = NULL, file = NULL WHERE id = $1", up.ID)
	if f, err := w.archive.OpenUpload(t.Context(), owner, up.ID); err != nil || !bytes.Equal(f.Body, smallPDF) {
		t.Fatalf("%v", err)
	}
	w.claim(owner, application, up)
	if !w.opens(application, up) {
		t.Error("it does not open under the application's key")
	}
	var key []byte
	w.must(w.pool.QueryRow(t.Context(), "SELECT key FROM file WHERE id = $1", up.ID).Scan(&key))
	if len(key) != 1 {
		t.Errorf("a key by which it opens without the application's stays: %d bytes", len(key))
	}
}
