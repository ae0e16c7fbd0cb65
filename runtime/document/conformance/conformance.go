// Package conformance holds every store of bodies to what document.Files promises. It is for tests only.
//
//	conformance.Run(t, func(t *testing.T) document.Files { … })
package conformance

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
)

// Run tests a store. open opens a new, empty one.
func Run(t *testing.T, open func(t *testing.T) document.Files) {
	for _, c := range []struct {
		name string
		test func(*testing.T, document.Files)
	}{
		{"a body comes back as it was put", comesBack},
		{"a body is never written over", notOver},
		{"what is not there is not found", notFound},
		{"bodies are listed in order, page by page", listed},
		{"one body that is put at once by many is there once", atOnce},
		{"who gives up is not kept waiting", givesUp},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

func put(t *testing.T, files document.Files, id uuid.UUID, body []byte) {
	t.Helper()
	if err := files.Put(t.Context(), id, body); err != nil {
		t.Fatal(err)
	}
}

func has(t *testing.T, files document.Files, id uuid.UUID, body []byte) {
	t.Helper()
	if got, err := files.Get(t.Context(), id); err != nil || !bytes.Equal(got, body) {
		t.Errorf("%d bytes come back as %d, %v", len(body), len(got), err)
	}
}

func comesBack(t *testing.T, files document.Files) {
	largest := make([]byte, document.MaxUpload+28) // with what AES-GCM adds
	_, _ = rand.Read(largest)
	for _, body := range [][]byte{[]byte("sealed"), {0}, {}, largest} {
		id := uuid.New()
		put(t, files, id, body)
		has(t, files, id, body)
	}
}

func notOver(t *testing.T, files document.Files) {
	id := uuid.New()
	put(t, files, id, []byte("first"))
	put(t, files, id, []byte("first")) // a second try
	if err := files.Put(t.Context(), id, []byte("other")); !errors.Is(err, document.ErrTaken) {
		t.Errorf("another body under its ID: %v", err)
	}
	has(t, files, id, []byte("first"))
}

func notFound(t *testing.T, files document.Files) {
	id := uuid.New()
	gone := func() {
		t.Helper()
		if err := files.Remove(t.Context(), id); err != nil {
			t.Errorf("remove none: %v", err)
		}
		if _, err := files.Get(t.Context(), id); !errors.Is(err, document.ErrNotFound) {
			t.Errorf("get none: %v", err)
		}
	}
	gone()
	put(t, files, id, []byte("sealed"))
	if err := files.Remove(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	gone()
}

func listed(t *testing.T, files document.Files) {
	ids := make([]uuid.UUID, 25)
	for i := range ids {
		ids[i] = uuid.New()
		put(t, files, ids[i], ids[i][:])
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	var walked []uuid.UUID
	for after := uuid.Nil; len(walked) <= len(ids); after = walked[len(walked)-1] {
		page, err := files.Older(t.Context(), time.Now().Add(time.Hour), after, 10)
		if err != nil {
			t.Fatal(err)
		}
		if walked = append(walked, page...); len(page) < 10 {
			break
		}
	}
	if !slices.Equal(walked, ids) {
		t.Errorf("%d of %d are walked over in their order", len(walked), len(ids))
	}
	if young, err := files.Older(t.Context(), time.Now().Add(-time.Hour), uuid.Nil, 100); len(young) != 0 || err != nil {
		t.Errorf("%d are older than an hour, %v", len(young), err)
	}
}

func atOnce(t *testing.T, files document.Files) {
	id, body := uuid.New(), bytes.Repeat([]byte("sealed"), 1000)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := files.Put(t.Context(), id, body); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	has(t, files, id, body)
	if list, err := files.Older(t.Context(), time.Now().Add(time.Hour), uuid.Nil, 10); len(list) != 1 || err != nil {
		t.Errorf("it is there %d times, %v", len(list), err)
	}
}

func givesUp(t *testing.T, files document.Files) {
	put(t, files, uuid.New(), []byte("sealed"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := files.Older(ctx, time.Now().Add(time.Hour), uuid.Nil, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("a list of one who has gone: %v", err)
	}
}
