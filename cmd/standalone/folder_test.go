package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// prepared is a data folder that has been started once: making Postgres and Temporal's tables takes most of a first start, so tests that
// need a folder of their own begin with a copy.
var prepared struct {
	once sync.Once
	dir  string
	err  error
}

// newData gives a data folder that nobody else uses, with the sample catalogue released. It has a short path, as a socket needs one.
func newData(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "diwan")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeData(dir) })
	if err := copyPrepared(dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func copyPrepared(dir string) error {
	prepared.once.Do(func() {
		if prepared.dir, prepared.err = os.MkdirTemp("", "diwan"); prepared.err == nil {
			prepared.err = prepare(prepared.dir)
		}
	})
	if prepared.err != nil {
		return prepared.err
	}
	return copyFolder(prepared.dir, dir)
}

func prepare(dir string) error {
	p, err := tryLaunch(dir, sampleCatalogue)
	if err != nil {
		return err
	}
	_ = p.command.Process.Signal(syscall.SIGINT)
	select {
	case <-p.ended:
	case <-time.After(endLimit):
		p.kill()
		return errors.New("standalone did not stop")
	}
	return os.Remove(filepath.Join(dir, "ports.json")) // every copy takes its own
}

// copyFolder copies what is in a folder with owners and modes: PostgreSQL insists on both.
func copyFolder(from, to string) error {
	out, err := exec.Command("cp", "-a", from+"/.", to).CombinedOutput()
	if err != nil {
		return errors.Join(err, errors.New(string(out)))
	}
	return nil
}

// removeData removes a data folder; what a process that has just been killed still writes into it makes a second try necessary.
func removeData(dir string) {
	for range 3 {
		if os.RemoveAll(dir) == nil {
			return
		}
	}
}

// newCatalogue gives a copy of the sample catalogue to be edited.
func newCatalogue(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(sampleCatalogue)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "catalogue.yaml")); errors.Is(err, fs.ErrNotExist) {
		t.Fatal("the copy has no catalogue.yaml")
	}
	return dir
}
