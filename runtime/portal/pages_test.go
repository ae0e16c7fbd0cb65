package portal_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
	"github.com/diwan-gov/diwan/workflows/activity"
)

func priced(form map[string]any) (application.Quote, error) {
	return application.Quote{Kind: "pay", Node: "pay", Currency: "ILS", Total: 29000, Lines: []activity.Line{{Fee: "renewal", Amount: 25000}, {Fee: "late", Amount: 4000}}}, nil
}

// With DIWAN_SCREENSHOTS=folder the pictures are kept for looking at.
func TestEveryPageIsAccessibleAndFitsItsWindow(t *testing.T) {
	w := newWorld(t)
	w.person, w.book.quote = &layla, priced
	pay, ended := w.toPay(layla), w.issued(layla)
	correct, task := w.toCorrect(layla)
	answered := w.answered(layla)
	good := map[string]string{"licenceNumber": "١٢٣٤٥٦٧", "years": "5", "phone": "0599123456", "declaration": "yes"}
	pages := map[string]func(lang string) visit{
		"wrong": func(lang string) visit {
			return w.get(t, "/services/"+licence+"/apply?lang="+lang).send(map[string]string{"licenceNumber": "12", "phone": "x"}, "")
		},
		"check": func(lang string) visit { return w.get(t, "/services/"+licence+"/apply?lang="+lang).send(good, "") },
	}
	mux := http.NewServeMux()
	mux.Handle("/", w.handler)
	mux.HandleFunc("GET /test/{page}", func(rw http.ResponseWriter, r *http.Request) {
		v := pages[r.PathValue("page")](r.URL.Query().Get("lang"))
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		rw.Write([]byte(v.body))
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	browser := uitest.Browser(t)
	twice := []string{"home", "service", "wrong", "check", "issued"} // the others are looked at in Arabic on a phone; with a folder, all in all ways
	folder := os.Getenv("DIWAN_SCREENSHOTS")
	for name, path := range map[string]string{
		"home": "/", "services": "/services", "none": "/services?q=zzzz", "service": "/services/" + licence, "form": "/services/" + insurance + "/apply",
		"wrong": "/test/wrong", "check": "/test/check", "pay": "/applications/" + pay.ID.String() + "?sent=1", "issued": "/applications/" + ended.ID.String(),
		"sentback": "/applications/" + correct.ID.String(), "correct": "/applications/" + correct.ID.String() + "/correct/" + task.String(),
		"answered": "/applications/" + answered.ID.String(), "mine": "/applications", "valid": "/verify/" + w.archive.found.ID, "unknown": "/verify/X",
		"verify": "/verify", "withdraw": "/applications/" + pay.ID.String() + "/withdraw", "help": "/help", "missing": "/nowhere",
	} {
		for _, lang := range []string{"ar", "en"} {
			if folder == "" && lang == "en" && !slices.Contains(twice, name) {
				continue
			}
			t.Run(name+"/"+lang, func(t *testing.T) {
				joint := "?"
				if strings.Contains(path, "?") {
					joint = "&"
				}
				uitest.Open(t, browser, server.URL+path+joint+"lang="+lang, uitest.Desktop)
				sizes := map[int]string{uitest.Phone: "phone", uitest.Desktop: "desk"}
				if folder == "" { // each layout once, each direction once
					delete(sizes, map[string]int{"ar": uitest.Desktop, "en": uitest.Phone}[lang])
				}
				for width, size := range sizes {
					uitest.Resize(t, browser, width)
					uitest.NoSidewaysScroll(t, browser)
					uitest.NoViolations(t, browser)
					if folder != "" {
						uitest.Screenshot(t, browser, filepath.Join(folder, name+"-"+lang+"-"+size+".png"))
					}
				}
			})
		}
	}
}

func TestWithScriptsAnAnswerOpensFurtherQuestionsAtOnce(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	v, task := w.insuranceToCorrect(layla)
	server := httptest.NewServer(w.handler)
	defer server.Close()
	browser := uitest.Browser(t)
	uitest.Open(t, browser, server.URL+"/applications/"+v.ID.String()+"/correct/"+task.String()+"?lang=en", uitest.Phone)
	uitest.Do(t, browser, chromedp.SetValue(chromedp.CSS("#phone"), "typed"), chromedp.Click(chromedp.CSS("#dependant-3")))
	found := uitest.Eval[string](t, browser, `new Promise((ok) => {
		const end = Date.now() + 8000;
		(function look() {
			if (document.getElementById('dependantName')) return ok('asked ' + document.getElementById('phone').value + ' ' + document.activeElement.id);
			if (Date.now() > end) return ok('nothing');
			requestAnimationFrame(look);
		})();
	})`)
	if found != "asked typed dependant-3" {
		t.Errorf("the page says %q", found)
	}
}
