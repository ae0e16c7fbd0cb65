// Package s3 keeps the bodies of files in a bucket of an S3, by minio-go, which is made for the S3 of a data centre of one's own as well as for
// those of others. It implements document.Files and never sees what a body says: the archive has sealed it.
//
//	bucket, prefix, err := s3.Location("s3://papers/diwan")
//	store, err := s3.Open(ctx, s3.Options{Endpoint: "https://s3.example.gov", Bucket: bucket, Prefix: prefix, ID: id, Secret: secret})
package s3

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/diwan-gov/diwan/runtime/document"
)

// Options say where the bodies are kept.
type Options struct {
	Endpoint   string // https:// and a host, with its port if need be; http:// for one that is reached over a network of one's own only
	Region     string // "" = that of the bucket
	Bucket     string
	Prefix     string // before each name, "" or with a slash at its end
	ID, Secret string
	Roots      *x509.CertPool    // who vouches for the endpoint; nil = whom this machine believes
	Transport  http.RoundTripper // nil = minio's with Roots
}

// Limits of one call; sweeps list a few pages in one.
const (
	callWithin = 30 * time.Second
	listWithin = 2 * time.Minute
	tries      = 3
	again      = 100 * time.Millisecond // before a body that another call is putting is looked for again
)

// mostSealed is the largest body with what its encryption adds.
const mostSealed = document.MaxUpload + 64

// Store is a document.Files. Safe for parallel use.
type Store struct {
	core           minio.Core
	bucket, prefix string
}

var _ document.Files = (*Store)(nil)

// scheme begins the address of a place in an S3.
const scheme = "s3://"

// Location reads s3://BUCKET or s3://BUCKET/PREFIX; ok is false where the address is none of an S3.
func Location(address string) (bucket, prefix string, ok bool, err error) {
	rest, ok := strings.CutPrefix(address, scheme)
	if !ok {
		return "", "", false, nil
	}
	bucket, prefix, _ = strings.Cut(rest, "/")
	if prefix = strings.Trim(prefix, "/"); prefix != "" {
		prefix += "/"
	}
	if bucket == "" || strings.ContainsAny(rest, "?#@ ") {
		return "", "", true, errors.New("want s3://BUCKET or s3://BUCKET/PREFIX")
	}
	return bucket, prefix, true, nil
}

// Open makes sure that bodies can be put, read and removed there, and that nobody reads them who shows no key.
func Open(ctx context.Context, o Options) (*Store, error) {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.User != nil {
		return nil, errors.New("s3: the endpoint is not https:// and a host")
	}
	if o.Transport == nil {
		t, err := minio.DefaultTransport(u.Scheme == "https")
		if err != nil {
			return nil, fmt.Errorf("s3: %w", err)
		}
		if o.Roots != nil {
			t.TLSClientConfig = &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12}
		}
		o.Transport = t
	}
	as := func(id, secret string) (minio.Core, error) {
		client, err := minio.New(u.Host, &minio.Options{
			Creds: credentials.NewStaticV4(id, secret, ""), Secure: u.Scheme == "https", Region: o.Region, Transport: o.Transport, MaxRetries: tries,
		})
		return minio.Core{Client: client}, err
	}
	s := &Store{bucket: o.Bucket, prefix: o.Prefix}
	if s.core, err = as(o.ID, o.Secret); err != nil {
		return nil, fmt.Errorf("s3: %w", err)
	}
	stranger, err := as("", "")
	if err != nil {
		return nil, fmt.Errorf("s3: %w", err)
	}
	return s, s.try(ctx, &Store{core: stranger, bucket: o.Bucket, prefix: o.Prefix})
}

// ErrPublic: a body can be read by whoever knows its name.
var ErrPublic = errors.New("s3: the bucket lets anybody read or list what is in it: take its public policy away first")

// try walks the way of one body.
func (s *Store) try(ctx context.Context, stranger *Store) (err error) {
	within, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	there, err := s.core.BucketExists(within, s.bucket)
	if err != nil {
		return fmt.Errorf("s3: bucket %q cannot be reached: %w", s.bucket, err)
	}
	if !there {
		return fmt.Errorf("s3: there is no bucket %q: make it first", s.bucket)
	}
	id := uuid.New()
	if err := s.Put(ctx, id, id[:]); err != nil {
		return fmt.Errorf("the key may not write into bucket %q: %w", s.bucket, err)
	}
	defer func() { // whatever was found
		if gone := s.Remove(ctx, id); gone != nil {
			err = errors.Join(err, fmt.Errorf("the key may not remove from bucket %q: %w", s.bucket, gone))
		}
	}()
	b, err := s.Get(ctx, id)
	if err == nil && !bytes.Equal(b, id[:]) {
		err = errors.New("other bytes came")
	}
	if err != nil {
		return fmt.Errorf("what was put into bucket %q does not come back: %w", s.bucket, err)
	}
	if _, err := s.Older(ctx, time.Now(), id, 1); err != nil {
		return fmt.Errorf("the key may not list bucket %q: %w", s.bucket, err)
	}
	// A stranger is refused; whatever else goes wrong for one is not the bucket's being public.
	if _, err := stranger.Get(ctx, id); err == nil {
		return ErrPublic
	}
	if _, err := stranger.Older(ctx, time.Now(), id, 1); err == nil {
		return ErrPublic
	}
	return nil
}

func (s *Store) name(id uuid.UUID) string { return s.prefix + id.String() }

// Put: see document.Files. S3 answers when the body is kept. An S3 that knows no conditions writes over what is there.
func (s *Store) Put(ctx context.Context, id uuid.UUID, sealed []byte) error {
	for try := 1; ; try++ {
		err := s.putNew(ctx, id, sealed)
		if !taken(err) {
			return told(err)
		}
		// It is there: another try of this call, mostly, whose answer was lost.
		had, err := s.Get(ctx, id)
		switch {
		case err == nil && !bytes.Equal(had, sealed):
			return document.ErrTaken
		case try == tries || !errors.Is(err, document.ErrNotFound):
			return err
		}
		// Another call is about to put it: S3 has its place taken before it can be read.
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(try) * again):
		}
	}
}

func (s *Store) putNew(ctx context.Context, id uuid.UUID, sealed []byte) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	o := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true}
	o.SetMatchETagExcept("*")
	_, err := s.core.Client.PutObject(ctx, s.bucket, s.name(id), bytes.NewReader(sealed), int64(len(sealed)), o)
	return err
}

func taken(err error) bool {
	code := minio.ToErrorResponse(err).Code
	return code == minio.PreconditionFailed || code == "ConditionalRequestConflict"
}

// Get: see document.Files.
func (s *Store) Get(ctx context.Context, id uuid.UUID) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	body, _, _, err := s.core.GetObject(ctx, s.bucket, s.name(id), minio.GetObjectOptions{})
	if err != nil {
		return nil, told(err)
	}
	defer func() { _ = body.Close() }()
	sealed, err := io.ReadAll(io.LimitReader(body, mostSealed+1))
	if err == nil && len(sealed) > mostSealed {
		err = errors.New("the object is larger than any of ours")
	}
	return sealed, told(err)
}

// Remove: see document.Files.
func (s *Store) Remove(ctx context.Context, id uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	if err := told(s.core.Client.RemoveObject(ctx, s.bucket, s.name(id), minio.RemoveObjectOptions{})); !errors.Is(err, document.ErrNotFound) {
		return err
	}
	return nil
}

// Older: see document.Files. S3 lists by name, which is by ID; what is not ours below the prefix is passed over.
func (s *Store) Older(ctx context.Context, than time.Time, after uuid.UUID, limit int) (out []uuid.UUID, err error) {
	ctx, cancel := context.WithTimeout(ctx, listWithin)
	defer cancel() // ends the listing
	for object := range s.core.Client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix, StartAfter: s.name(after), Recursive: true}) {
		if object.Err != nil {
			return nil, told(object.Err)
		}
		id, notOurs := uuid.Parse(strings.TrimPrefix(object.Key, s.prefix))
		if notOurs != nil || s.name(id) != object.Key || object.Key <= s.name(after) || !object.LastModified.Before(than) {
			continue
		}
		if out = append(out, id); len(out) == limit {
			return out, nil
		}
	}
	return out, told(ctx.Err()) // a list that was cut short is none
}

func told(err error) error {
	if err == nil {
		return nil
	}
	switch minio.ToErrorResponse(err).Code {
	case minio.NoSuchKey, "NotFound":
		return document.ErrNotFound
	}
	return fmt.Errorf("s3: %w", err)
}
