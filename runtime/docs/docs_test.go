package docs_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/diwan-gov/diwan/catalog/reference"
	"github.com/diwan-gov/diwan/runtime/docs"
	"github.com/diwan-gov/diwan/runtime/ui"
)

func get(t *testing.T, address string) (int, *goquery.Document) {
	t.Helper()
	d, err := docs.New(docs.Options{Site: ui.Site{Languages: []string{"ar", "en"}}, Pages: reference.Pages(), Frame: func(_ *http.Request, title string) ui.Page {
		return ui.Page{Title: title, Nav: []ui.NavItem{{Text: "Services", Href: "/services"}}}
	}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	d.Register(mux)
	w := httptest.NewRecorder()
	ui.Lang(mux, "ar", "en").ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
	page, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, page
}

func TestEveryPageThatTheIndexListsIsThereInBothLanguages(t *testing.T) {
	for _, lang := range []string{"ar", "en"} {
		code, index := get(t, "/docs?lang="+lang)
		cards := index.Find(".card__title a")
		if code != http.StatusOK || cards.Length() != len(reference.Pages()) {
			t.Fatalf("%s: status %d, %d pages", lang, code, cards.Length())
		}
		cards.Each(func(_ int, a *goquery.Selection) {
			address, _ := a.Attr("href")
			code, page := get(t, address+"?lang="+lang)
			if code != http.StatusOK || page.Find("article h1").Length() != 1 {
				t.Errorf("%s in %s: status %d, %d headings of the first level", address, lang, code, page.Find("article h1").Length())
			}
			links := page.Find(".docs__nav a")
			if links.Length() < 3 {
				t.Errorf("%s in %s leads to %d places of its own", address, lang, links.Length())
			}
			links.Each(func(_ int, a *goquery.Selection) {
				to, _ := a.Attr("href")
				if page.Find("article [id='"+to[1:]+"']").Length() != 1 {
					t.Errorf("%s in %s: %s leads nowhere", address, lang, to)
				}
			})
			if page.Find("article pre:not([dir=ltr])").Length() > 0 {
				t.Errorf("%s in %s: code that would turn round in Arabic", address, lang)
			}
		})
	}
}

// The reference is written in English alone and says so; the findings hold both languages, side by side.
func TestOnlyAPageInAnotherLanguageSaysSo(t *testing.T) {
	for name, want := range map[string]int{"language": 1, "constructs": 1, "findings": 0, "steps": 0} {
		if _, page := get(t, "/docs/"+name+"?lang=ar"); page.Find("main > p.muted, main p.muted:first-child").Length() != want {
			t.Errorf("%s: %d notices of another language, want %d", name, page.Find("main p.muted").Length(), want)
		}
	}
}

func TestThePagesHaveTheMainNavigation(t *testing.T) {
	if _, page := get(t, "/docs/guide"); page.Find("header nav a[href='/services']").Length() == 0 {
		t.Error("there is no way to the services")
	}
}

func TestAPageThatDoesNotExistIsNotFound(t *testing.T) {
	for lang, title := range map[string]string{"ar": "لم نجد هذه الصفحة", "en": "We could not find this page"} {
		code, page := get(t, "/docs/nothing?lang="+lang)
		if code != http.StatusNotFound || page.Find("html").AttrOr("lang", "") != lang || page.Find("h1").Text() != title {
			t.Errorf("%s: status %d in %q under %q", lang, code, page.Find("html").AttrOr("lang", ""), page.Find("h1").Text())
		}
		if page.Find("a[href='/docs']").Length() == 0 || page.Find("header nav a[href='/services']").Length() == 0 {
			t.Errorf("%s: there is no way back", lang)
		}
	}
}
