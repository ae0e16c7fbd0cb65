// Package softhsm gives tests tokens of SoftHSM, a real PKCS#11 library of Debian's. It is for tests only.
package softhsm

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/diwan-gov/diwan/runtime/debian"
)

// PIN is that of every token.
const PIN = "71624"

// Library gives the library with tokens of these labels, in a folder of the test. The process finds them as long as the test lasts.
func Library(t testing.TB, labels ...string) (path string) {
	t.Helper()
	tool := debian.Program(t, "softhsm2", "softhsm2-util")
	Elsewhere(t)
	for _, label := range labels {
		if out, err := exec.Command(tool, "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", PIN+"0").CombinedOutput(); err != nil {
			t.Fatalf("softhsm: %v: %s", err, out)
		}
	}
	for _, at := range []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so"} {
		if found, _ := filepath.Glob(at); len(found) > 0 {
			return found[0]
		}
	}
	t.Fatal("softhsm: there is a tool and no library")
	return ""
}

// Elsewhere lets the process look for tokens in a folder where there are none, from the next time on that the library begins.
func Elsewhere(t testing.TB) {
	t.Helper()
	dir := t.TempDir()
	conf := filepath.Join(dir, "softhsm2.conf")
	if err := os.WriteFile(conf, []byte("directories.tokendir = "+dir+"\nlog.level = ERROR\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", conf)
}
