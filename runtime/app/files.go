package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/document/s3"
)

// openFiles opens where bodies lie: a folder, or a bucket of an S3.
func openFiles(ctx context.Context, at string, server S3) (document.Files, error) {
	bucket, prefix, ok, err := s3.Location(at)
	if err != nil {
		return nil, err
	}
	if !ok {
		return document.NewDisk(at)
	}
	return s3.Open(ctx, s3.Options{
		Endpoint: server.Endpoint, Region: server.Region, Bucket: bucket, Prefix: prefix, ID: server.ID, Secret: server.Secret, Roots: server.Roots,
	})
}

// setFiles wants a folder to be there: one that is made by mistake would be empty, and no paper found.
func setFiles(s *settings, v string) error {
	s.Files = v
	if _, _, ok, err := s3.Location(v); ok || err != nil {
		return err
	}
	info, err := os.Stat(v)
	if err == nil && !info.IsDir() {
		err = errors.New("is no folder")
	}
	return err
}

func setS3CA(s *settings, v string) (err error) {
	s.S3.Roots, err = roots(v)
	return err
}

// bucket wants all of an S3 to be known where bodies lie in one, and nothing of it where they do not.
func (s *settings) bucket() error {
	_, _, in, err := s3.Location(s.Files)
	if in && err == nil && (s.S3.Endpoint == "" || s.S3.ID == "" || s.S3.Secret == "") {
		return errors.New("DIWAN_S3, DIWAN_S3_ID and DIWAN_S3_SECRET: give all of them for a bucket in DIWAN_FILES")
	}
	if !in && s.Files != "" && s.S3 != (S3{}) {
		return errors.New("DIWAN_S3: DIWAN_FILES names no bucket; want s3://BUCKET/PREFIX there")
	}
	return nil
}

// CopyFiles copies every body from one place to another, each as DIWAN_FILES would name it, and says how many. Of the environment it needs what is
// said about an S3.
func CopyFiles(ctx context.Context, from, to string, lookup func(name string) (string, bool)) (done document.Copied, err error) {
	var places [2]document.Files
	for i, at := range []string{from, to} {
		s := &settings{}
		for _, v := range Variables() {
			value := at
			if strings.HasPrefix(v.Name, "DIWAN_S3") {
				value, err = v.read(lookup)
			} else if v.Name != "DIWAN_FILES" {
				continue
			}
			if err == nil && value != "" {
				err = v.set(s, value)
			}
			if err != nil {
				return done, fmt.Errorf("%s: %w", v.Name, err)
			}
		}
		if _, _, in, _ := s3.Location(at); in { // a folder has no use for the S3 of the other place
			if err := s.bucket(); err != nil {
				return done, err
			}
		}
		if places[i], err = openFiles(ctx, s.Files, s.S3); err != nil {
			return done, err
		}
	}
	return document.CopyFiles(ctx, places[0], places[1])
}
