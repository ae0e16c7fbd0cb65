package document_test

import (
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/conformance"
)

func disk(t *testing.T) *document.Disk {
	t.Helper()
	d, err := document.NewDisk(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAFolderHoldsToWhatStoresPromise(t *testing.T) {
	conformance.Run(t, func(t *testing.T) document.Files { return disk(t) })
}

func TestBodiesAreCopiedOnceAndCompared(t *testing.T) {
	from, to := disk(t), disk(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const bodies = 30
	for range bodies {
		id := uuid.New()
		must(from.Put(t.Context(), id, id[:]))
	}
	c, err := document.CopyFiles(t.Context(), from, to)
	if must(err); c != (document.Copied{Copied: bodies}) {
		t.Errorf("%+v", c)
	}
	late := uuid.New()
	must(from.Put(t.Context(), late, late[:]))
	if c, err = document.CopyFiles(t.Context(), from, to); err != nil || c != (document.Copied{Copied: 1, Had: bodies}) {
		t.Errorf("again: %+v, %v", c, err)
	}
	must(to.Remove(t.Context(), late))
	must(to.Put(t.Context(), late, []byte("other")))
	if c, err = document.CopyFiles(t.Context(), from, to); err == nil || c.Had != bodies || c.Failed != 1 {
		t.Errorf("a body that differs: %+v, %v", c, err)
	}
}
