// Package s3test starts a real S3 for tests: the Versity S3 gateway, which keeps objects in a folder, checks signatures and policies, and is built
// from the module proxy at a pinned version, in a module of its own.
//
//	o := s3test.Bucket(t)
package s3test

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/runtime/document/s3"
)

const (
	version     = "v1.8.0"
	gateway     = "github.com/versity/versitygw/cmd/versitygw@" + version
	buildWithin = 5 * time.Minute
	startWithin = 30 * time.Second
)

// program builds the gateway once for each machine.
func program(t testing.TB) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(cache, "diwan-test", "versitygw-"+version)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil { // the tests of several packages run at once
		t.Fatal(err)
	}
	path := filepath.Join(dir, "versitygw")
	if _, err := os.Stat(path); err == nil {
		return path
	}
	ctx, cancel := context.WithTimeout(context.Background(), buildWithin)
	defer cancel()
	build := exec.CommandContext(ctx, "go", "install", gateway)
	build.Dir, build.Env = dir, append(os.Environ(), "GOBIN="+dir, "GOFLAGS=-ldflags=-s")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the S3 of the tests cannot be built; go install %s: %v\n%s", gateway, err, out)
	}
	return path
}

// Bucket starts an S3 with an empty bucket, until the test ends.
func Bucket(t testing.TB) s3.Options {
	t.Helper()
	path, dir := program(t), t.TempDir()
	for _, name := range []string{"objects/bodies", "beside"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	o := s3.Options{Endpoint: "http://" + at, Region: "us-east-1", Bucket: "bodies", Prefix: "diwan/", ID: "tester", Secret: "hush-hush"}
	run := exec.Command(path, "--port", at, "--quiet", "--region", o.Region, "posix", "--sidecar", filepath.Join(dir, "beside"), filepath.Join(dir, "objects"))
	run.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+o.ID, "ROOT_SECRET_KEY="+o.Secret)
	var said bytes.Buffer
	run.Stdout, run.Stderr = &said, &said
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	t.Cleanup(func() { _ = run.Process.Kill(); <-ended })
	for limit := time.Now().Add(startWithin); ; time.Sleep(20 * time.Millisecond) {
		if c, err := net.Dial("tcp", at); err == nil {
			_ = c.Close()
			return o
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("the S3 of the tests has ended: %v: %s", err, said.String())
		default:
		}
		if time.Now().After(limit) {
			t.Fatal("the S3 of the tests does not answer")
		}
	}
}
