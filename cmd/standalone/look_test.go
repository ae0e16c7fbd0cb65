package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// look examines the page that is open, at a desk and on a phone: axe finds nothing, nothing is wider than the window, the browser complains of
// nothing. With DIWAN_SCREENSHOTS=folder the pictures are kept for looking at.
func (v *guest) look(name string) {
	v.t.Helper()
	uitest.Eval[bool](v.t, v.tab, `document.fonts.ready.then(() => true)`)
	for _, width := range []int{uitest.Phone, uitest.Desktop} {
		uitest.Resize(v.t, v.tab, width)
		at := fmt.Sprintf("%s-%s-%d", name, v.lang, width)
		v.within(at, func(t testing.TB) {
			uitest.NoSidewaysScroll(t, v.tab)
			uitest.NoViolations(t, v.tab)
		})
		if folder := os.Getenv("DIWAN_SCREENSHOTS"); folder != "" {
			uitest.Screenshot(v.t, v.tab, filepath.Join(folder, at+".png"))
		}
	}
	uitest.Resize(v.t, v.tab, uitest.Desktop)
	v.quiet()
}

// within names the page in every failure.
func (v *guest) within(page string, examine func(testing.TB)) {
	v.t.Helper()
	examine(named{v.t, page})
}

type named struct {
	testing.TB
	page string
}

func (n named) Errorf(format string, args ...any) {
	n.Helper()
	n.TB.Errorf(n.page+": "+format, args...)
}

func (n named) Error(args ...any) { n.Helper(); n.TB.Error(append([]any{n.page + ":"}, args...)...) }

// lookAt opens an address, sees that it answers with a status, and examines it.
func (v *guest) lookAt(name, path string, status int) {
	v.t.Helper()
	v.expect(v.open(path), status)
	v.look(name)
}
