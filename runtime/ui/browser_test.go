package ui_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/diwan-gov/diwan/runtime/ui/internal/gallery"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// With DIWAN_SCREENSHOTS=folder the pictures are kept for looking at.
func TestEveryGalleryPageIsAccessibleAndFitsItsWindow(t *testing.T) {
	server := httptest.NewServer(gallery.Handler())
	defer server.Close()
	browser := uitest.Browser(t)
	folder := os.Getenv("DIWAN_SCREENSHOTS")
	for _, path := range gallery.Paths {
		for _, lang := range []string{"ar", "en"} {
			name := strings.Trim(strings.NewReplacer("/", "", "?", "-", "=", "").Replace(path), "-")
			if name == "" {
				name = "home"
			}
			t.Run(name+"/"+lang, func(t *testing.T) {
				address := server.URL + path + "?lang=" + lang
				if strings.Contains(path, "?") {
					address = server.URL + path + "&lang=" + lang
				}
				uitest.Open(t, browser, address, uitest.Desktop)
				for _, width := range []int{uitest.Desktop, uitest.Phone} {
					uitest.Resize(t, browser, width)
					uitest.NoSidewaysScroll(t, browser)
					uitest.NoViolations(t, browser)
					if folder != "" {
						uitest.Screenshot(t, browser, filepath.Join(folder, fmt.Sprintf("%s-%s-%d.png", name, lang, width)))
					}
				}
			})
		}
	}
}

func TestAFormWithErrorsLeadsToThemAndIsSentOnce(t *testing.T) {
	server := httptest.NewServer(gallery.Handler())
	defer server.Close()
	browser := uitest.Browser(t)
	uitest.Open(t, browser, server.URL+"/form?errors=1&lang=en", uitest.Desktop)
	focused := uitest.Eval[string](t, browser, `document.activeElement.className`)
	title := uitest.Get(t, browser, chromedp.Title())
	uitest.Do(t, browser, chromedp.Click(chromedp.CSS(`.error-summary a[href="#born"]`)))
	field := uitest.Eval[string](t, browser, `document.activeElement.name`)
	if focused != "error-summary" {
		t.Errorf("the focus is on %q", focused)
	}
	if !strings.HasPrefix(title, "Error: ") {
		t.Errorf("the title is %q", title)
	}
	if field != "born-day" {
		t.Errorf("the link led to %q", field)
	}
	if !uitest.Eval[bool](t, browser, `typeof htmx === 'object' && document.styleSheets.length === 1`) {
		t.Error("the policy kept a script or the sheet out")
	}
	if !uitest.Eval[bool](t, browser, `document.getElementById('sms').checkVisibility()`) {
		t.Error("the field of a chosen option is hidden")
	}
	if uitest.Eval[bool](t, browser, `document.getElementById('box').checkVisibility()`) {
		t.Error("the field of an option not chosen is shown")
	}
	again := uitest.Eval[bool](t, browser, `(() => {
		const form = document.querySelector('main form');
		form.addEventListener('submit', (event) => event.preventDefault(), {once: true, capture: false});
		const send = () => { const e = new SubmitEvent('submit', {bubbles: true, cancelable: true}); form.dispatchEvent(e); return e.defaultPrevented; };
		send();
		return send() || !send();
	})()`)
	if again {
		t.Error("a form is sent twice, or not once")
	}
}
