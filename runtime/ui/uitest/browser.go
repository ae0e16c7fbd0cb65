// Package uitest looks at pages with a real browser and checks templates against their types. It is for
// tests only.
//
//	browser := uitest.Browser(t)
//	uitest.Open(t, browser, server.URL+"/apply?lang=ar", 390)
//	uitest.NoViolations(t, browser)
package uitest

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/diwan-gov/diwan/runtime/debian"
)

// Widths at which pages are looked at: a phone and a desk.
const (
	Phone   = 390
	Desktop = 1280
)

// A look at one page may take this long; the browser of one test, this long in all.
const (
	stepLimit = 30 * time.Second
	testLimit = 5 * time.Minute
)

// Browser starts a Chromium that ends with the test. Where there is none it installs Debian's package when
// it may; otherwise the test fails and says what to install. It never skips.
func Browser(t testing.TB) context.Context {
	t.Helper()
	limited, stop := context.WithTimeout(context.Background(), testLimit)
	allocator, release := chromedp.NewExecAllocator(limited,
		chromedp.ExecPath(debian.Program(t, "chromium", "chromium", "chromium-browser", "google-chrome")), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Headless,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true),
		chromedp.UserDataDir(t.TempDir()),
	)
	browser, closeBrowser := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		closeBrowser()
		release()
		stop()
	})
	if err := chromedp.Do(browser); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return browser
}

// Do performs browser actions within a limit and fails the test when one fails.
func Do(t testing.TB, browser context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	Get(t, browser, chromedp.Steps(actions...))
}

// Get performs one action within a limit and returns what it found; it fails the test when it fails.
func Get[T any](t testing.TB, browser context.Context, action chromedp.Action[T]) T {
	t.Helper()
	ctx, stop := context.WithTimeout(browser, stepLimit)
	defer stop()
	found, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Click clicks on the first element of a selector. One that is exchanged while it is looked for, as parts of a page are whose answer comes just then,
// is looked for again: what no user could see must fail no test.
func Click(selector string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, target *chromedp.Target) (none chromedp.Void, err error) {
		for {
			none, err = chromedp.Click(selector)(ctx, target)
			if !errors.Is(err, chromedp.ErrInvalidDimensions) {
				return none, err
			}
			select {
			case <-ctx.Done():
				return none, err
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
}

// Eval is the value of a JavaScript expression in the open page; promises are awaited.
func Eval[T any](t testing.TB, browser context.Context, expression string) T {
	t.Helper()
	return Get(t, browser, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Open loads an address at a width and waits for its fonts.
func Open(t testing.TB, browser context.Context, address string, width int) {
	t.Helper()
	Resize(t, browser, width)
	Do(t, browser, chromedp.Navigate(address))
	Eval[bool](t, browser, `document.fonts.ready.then(() => true)`)
}

// Resize changes the width of the window, in CSS pixels.
func Resize(t testing.TB, browser context.Context, width int) {
	t.Helper()
	Do(t, browser, chromedp.EmulateViewport(int64(width), 900))
}

// Screenshot saves the whole page that is open as a PNG. The window grows to the page's height for it:
// Chromium shifts short right-to-left pages when it captures beyond the window.
func Screenshot(t testing.TB, browser context.Context, path string) {
	t.Helper()
	size := Eval[[]int64](t, browser, `[innerWidth, Math.min(20000, Math.max(innerHeight, document.documentElement.scrollHeight))]`)
	Do(t, browser, chromedp.EmulateViewport(size[0], size[1]))
	image := Get(t, browser, chromedp.CaptureScreenshot())
	if err := os.WriteFile(path, image, 0o644); err != nil {
		t.Fatal(err)
	}
}

// NoSidewaysScroll fails when the open page is wider than its window.
func NoSidewaysScroll(t testing.TB, browser context.Context) {
	t.Helper()
	wide := Eval[string](t, browser, `(() => {
		const room = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= room) return '';
		const far = [...document.body.querySelectorAll('*')].find((e) => {
			const box = e.getBoundingClientRect();
			return box.right > room + 1 || box.left < -1;
		});
		return (far ? far.outerHTML.slice(0, 200) : 'the page') + ' is wider than ' + room;
	})()`)
	if wide != "" {
		t.Errorf("sideways scroll: %s", wide)
	}
}
