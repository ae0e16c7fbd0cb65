package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A start that fails says why in one message of its own; what else was being started ends without a word.
func TestAStartThatFailsSaysWhyAndNothingElse(t *testing.T) {
	t.Run("port in use", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		if code, said := failedStart(t, t.TempDir(), sampleCatalogue, l.Addr().String()); code != 3 || strings.Count(said, "\n") != 1 ||
			!strings.Contains(said, l.Addr().String()+" is taken by another program; name another with --listen") {
			t.Errorf("exit code %d, said:\n%s", code, said)
		}
	})
	t.Run("wrong catalogue", func(t *testing.T) {
		catalogue := t.TempDir()
		if err := os.CopyFS(catalogue, os.DirFS(sampleCatalogue)); err != nil {
			t.Fatal(err)
		}
		edit(t, catalogue, licenceFile, "review: licensing-officer", "review: licensing-oficer")
		data, err := os.MkdirTemp("", "diwan") // a short path, as a socket needs one
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { removeData(data) })
		code, said := failedStart(t, data, catalogue, "127.0.0.1:0")
		last := said[strings.LastIndex(strings.TrimSpace(said), "\n")+1:]
		if code != 3 || strings.Contains(said, "level=") || !strings.Contains(said, "licensing-oficer") || !strings.HasPrefix(last, "standalone: ") {
			t.Errorf("exit code %d, said:\n%s", code, said)
		}
	})
	t.Run("a role that does not exist", func(t *testing.T) {
		catalogue := t.TempDir()
		if err := os.CopyFS(catalogue, os.DirFS(sampleCatalogue)); err != nil {
			t.Fatal(err)
		}
		edit(t, catalogue, filepath.FromSlash(peopleFile), "interior:civil-status-officer", "interior:civil-status-oficer")
		l, err := net.Listen("tcp", "127.0.0.1:0") // so that it ends at once
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		_, said := failedStart(t, t.TempDir(), catalogue, l.Addr().String())
		for _, want := range []string{`there is no role "interior:civil-status-oficer"`, "interior:civil-status-officer\"?", "holds interior:civil-status-officer (services/interior/"} {
			if !strings.Contains(said, want) {
				t.Errorf("%q is missing in:\n%s", want, said)
			}
		}
	})
}

// failedStart runs a standalone that must end by itself, and gives its exit code and what it has said.
func failedStart(t *testing.T, data, catalogue, listen string) (code int, said string) {
	t.Helper()
	p, err := begin(data, catalogue, listen)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-p.ready:
		p.kill()
		t.Fatalf("it has started:\n%s", p.log())
	case <-p.ended:
	case <-time.After(startLimit):
		p.kill()
		t.Fatalf("it neither starts nor ends:\n%s", p.log())
	}
	return p.command.ProcessState.ExitCode(), p.log()
}
