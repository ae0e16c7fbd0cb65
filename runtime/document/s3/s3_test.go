package s3_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/conformance"
	"github.com/diwan-gov/diwan/runtime/document/s3"
	"github.com/diwan-gov/diwan/runtime/document/s3/s3test"
)

func open(t *testing.T, o s3.Options) *s3.Store {
	t.Helper()
	store, err := s3.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestABucketHoldsToWhatStoresPromise(t *testing.T) {
	o, n := s3test.Bucket(t), 0
	conformance.Run(t, func(t *testing.T) document.Files {
		n++
		o.Prefix = fmt.Sprintf("store-%d/", n)
		return open(t, o)
	})
}

func TestABucketThatWillNotDoIsSaidAtTheStart(t *testing.T) {
	good := s3test.Bucket(t)
	refused := func(want string, change func(*s3.Options)) {
		t.Helper()
		o := good
		change(&o)
		_, err := s3.Open(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), good.Secret) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
	refused("make it first", func(o *s3.Options) { o.Bucket = "elsewhere" })
	refused("cannot be reached", func(o *s3.Options) { o.Secret = "wrong-" + "key" })
	refused("cannot be reached", func(o *s3.Options) { o.Endpoint = "http://127.0.0.1:1" })
	refused("https:// and a host", func(o *s3.Options) { o.Endpoint = "s3.example.gov" })

	client, err := minio.New(strings.TrimPrefix(good.Endpoint, "http://"), &minio.Options{Creds: credentials.NewStaticV4(good.ID, good.Secret, ""), Region: good.Region})
	if err != nil {
		t.Fatal(err)
	}
	open(t, good)
	for _, public := range []string{
		`{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bodies/*"}`,
		`{"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::bodies"}`,
	} {
		if err := client.SetBucketPolicy(t.Context(), good.Bucket, `{"Version": "2012-10-17", "Statement": [`+public+`]}`); err != nil {
			t.Fatal(err)
		}
		if _, err := s3.Open(t.Context(), good); !errors.Is(err, s3.ErrPublic) {
			t.Errorf("%s: %v", public, err)
		}
	}
}

func TestALocationIsReadOrRefused(t *testing.T) {
	for address, want := range map[string][2]string{"s3://papers": {"papers", ""}, "s3://papers/": {"papers", ""}, "s3://papers/a/b/": {"papers", "a/b/"}} {
		if bucket, prefix, ok, err := s3.Location(address); !ok || err != nil || bucket != want[0] || prefix != want[1] {
			t.Errorf("%s is %q %q %v %v", address, bucket, prefix, ok, err)
		}
	}
	for _, address := range []string{"s3://", "s3:///x", "s3://id:key@papers", "s3://papers?region=x"} {
		if _, _, ok, err := s3.Location(address); !ok || err == nil {
			t.Errorf("%s: %v %v", address, ok, err)
		}
	}
	if _, _, ok, err := s3.Location("/var/lib/diwan/files"); ok || err != nil {
		t.Errorf("a folder: %v %v", ok, err)
	}
}

// losing loses the answers of what was done, while it is told to.
type losing struct {
	http.RoundTripper
	lose atomic.Int32
}

func (l *losing) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.RoundTripper.RoundTrip(r)
	if err == nil && l.lose.Add(-1) >= 0 {
		_ = answer.Body.Close()
		return nil, syscall.ECONNRESET
	}
	return answer, err
}

func TestAnAnswerThatIsLostLosesNoBody(t *testing.T) {
	o := s3test.Bucket(t)
	line := &losing{RoundTripper: http.DefaultTransport}
	o.Transport = line
	store := open(t, o)
	id := uuid.New()
	line.lose.Store(1)
	if err := store.Put(t.Context(), id, []byte("sealed")); err != nil {
		t.Fatalf("put: %v", err)
	}
	line.lose.Store(1)
	if b, err := store.Get(t.Context(), id); string(b) != "sealed" || err != nil {
		t.Errorf("get: %q %v", b, err)
	}
	line.lose.Store(100)
	if err := store.Put(t.Context(), uuid.New(), []byte("sealed")); err == nil {
		t.Error("a line that is dead is no error")
	}
	if tried := 100 - line.lose.Load(); tried > 10 {
		t.Errorf("a dead line is tried %d times", tried)
	}
}
