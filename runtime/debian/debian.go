// Package debian brings programs that tests need from Debian's packages. It is for tests only.
//
//	pdfsig := debian.Program(t, "poppler-utils", "pdfsig")
package debian

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// within bounds an installation.
const within = 5 * time.Minute

// Program is the path of the first of the named programs that is installed. Where there is none it installs their package when it may; otherwise the
// test fails and says what to install. It never skips.
func Program(t testing.TB, pkg string, names ...string) string {
	t.Helper()
	if path, ok := installed(names); ok {
		return path
	}
	if apt, err := exec.LookPath("apt-get"); err == nil && os.Geteuid() == 0 {
		if err := install(apt, pkg, names); err != nil {
			t.Fatalf("no %s, and installing the package %s failed: %v", names[0], pkg, err)
		}
		if path, ok := installed(names); ok {
			return path
		}
	}
	t.Fatalf("this test needs a program: install the package %s so that %s is on the PATH", pkg, strings.Join(names, " or "))
	return ""
}

func installed(names []string) (path string, ok bool) {
	for _, name := range names {
		for _, at := range []string{name, "/usr/sbin/" + name} { // daemons lie where a user's PATH does not lead
			if path, err := exec.LookPath(at); err == nil {
				return path, true
			}
		}
	}
	return "", false
}

// install takes Debian's package. The tests of several packages run at once, and apt serves one at a time: the first installs, the others wait
// for it.
func install(apt, pkg string, names []string) error {
	lock, err := os.OpenFile(filepath.Join(os.TempDir(), "diwan-debian.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	if _, ok := installed(names); ok {
		return nil
	}
	ctx, stop := context.WithTimeout(context.Background(), within)
	defer stop()
	run := func(args ...string) ([]byte, error) {
		c := exec.CommandContext(ctx, apt, args...)
		c.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		return c.CombinedOutput()
	}
	_, _ = run("update", "-q") // an old list may still do
	if out, err := run("install", "-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", pkg); err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	return nil
}
