package document_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/s3"
	"github.com/diwan-gov/diwan/runtime/document/s3/s3test"
)

// The life of an application's files, in an S3 and on a folder after it.
func TestUploadsAndPapersLiveInABucketAndMoveToAFolder(t *testing.T) {
	w := newWorld(t)
	bucket, err := s3.Open(t.Context(), s3test.Bucket(t))
	w.must(err)
	at := func(files document.Files) func(*document.Options) {
		return func(o *document.Options) { o.Files = files }
	}
	w.open("https://services.example.gov", at(bucket))
	w.now = time.Now()
	owner, application, other := w.person(), uuid.New(), uuid.New()
	up, kept := w.upload(owner, smallPDF), w.upload(owner, numbered(1))
	w.claim(owner, application, up)
	w.claim(owner, other, kept)
	id := w.issue(request(application))
	paper := w.opened(application, id)
	if w.verifyFile(paper) != document.Valid || !w.opens(application, up) {
		t.Fatal("a file is not read out of the bucket")
	}
	inBucket := func() (n int) {
		list, err := bucket.Older(t.Context(), time.Now().Add(time.Hour), uuid.Nil, 100)
		w.must(err)
		for _, id := range list {
			b, err := bucket.Get(t.Context(), id)
			w.must(err)
			if bytes.Contains(b, []byte("%PDF")) {
				t.Error("a body lies there in clear")
			}
		}
		return len(list)
	}
	before := inBucket()
	w.must(w.tx(func(tx pgx.Tx) error { return w.archive.Erase(t.Context(), tx, application) }))
	w.now = w.now.Add(49 * time.Hour)
	if n, err := w.archive.Sweep(t.Context()); n != 1 || err != nil || inBucket() != before-1 {
		t.Errorf("of %d bodies %d are swept, %v, and %d stay", before, n, err, inBucket())
	}
	c, err := document.CopyFiles(t.Context(), bucket, w.files)
	if w.must(err); c.Copied != before-1 {
		t.Errorf("%+v", c)
	}
	w.open("https://services.example.gov", at(w.files))
	still, err := w.archive.OpenUploadOf(t.Context(), other, kept.ID)
	w.must(err)
	if w.opens(application, up) || !bytes.Equal(still.Body, numbered(1)) || !bytes.Equal(w.opened(application, id), paper) {
		t.Error("what was copied is not what was there")
	}
}
