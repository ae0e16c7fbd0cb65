package ui_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// switched renders a page for a site and says in which language it is and to which the switch leads.
func switched(t *testing.T, site ui.Site, files fstest.MapFS, target, accept string) (lang string, others []string) {
	t.Helper()
	ts, err := ui.New(site, files)
	if err != nil {
		t.Fatal(err)
	}
	spoken, err := ui.Spoken(site.Languages)
	if err != nil {
		t.Fatal(err)
	}
	r, w := httptest.NewRequest("GET", target, nil), httptest.NewRecorder()
	r.Header.Set("Accept-Language", accept)
	ui.Lang(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := ts.Render(w, r, http.StatusOK, "page", ui.Page{}); err != nil {
			t.Error(err)
		}
	}), spoken...).ServeHTTP(w, r)
	doc, err := goquery.NewDocumentFromReader(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	doc.Find(".languages a").Each(func(_ int, a *goquery.Selection) { others = append(others, a.AttrOr("lang", "")) })
	return doc.Find("html").AttrOr("lang", ""), others
}

func TestTheSwitchLeadsToTheLanguagesThatThePageSpeaks(t *testing.T) {
	half := page("x")
	half["messages/ar.yaml"] = &fstest.MapFile{Data: []byte("my: {only: نص}")}
	half["messages/en.yaml"] = &fstest.MapFile{Data: []byte("my: {only: text}")}
	for _, c := range []struct {
		declared       []string
		files          fstest.MapFS
		target, accept string
		lang           string
		others         []string
	}{
		{[]string{"kk", "ru", "en"}, page("x"), "/", "", "kk", []string{"ru", "en"}},
		{[]string{"kk", "ru", "en"}, page("x"), "/", "ru-KZ,ru;q=0.9", "ru", []string{"kk", "en"}},
		{[]string{"kk", "ru", "en"}, page("x"), "/?lang=kk", "ru", "kk", []string{"ru", "en"}},
		{[]string{"kk", "ru", "en"}, page("x"), "/?lang=ar", "ar,fr;q=0.5", "kk", []string{"ru", "en"}}, // the catalogue has no Arabic
		{[]string{"ar", "en", "fr"}, page("x"), "/", "fr-TN", "fr", []string{"ar", "en"}},
		{[]string{"uz", "ru"}, page("x"), "/?lang=uz", "uz,ru;q=0.5", "ru", nil}, // nobody has written the interface in Uzbek
		{[]string{"uz"}, page("x"), "/", "", "en", nil},
		{[]string{"kk", "ru", "en"}, half, "/?lang=ru", "", "en", nil}, // the package speaks no Russian
	} {
		lang, others := switched(t, ui.Site{Languages: c.declared}, c.files, c.target, c.accept)
		if lang != c.lang || !slices.Equal(others, c.others) {
			t.Errorf("%v, %s, %q: in %s, leads to %v; want %s and %v", c.declared, c.target, c.accept, lang, others, c.lang, c.others)
		}
	}
}

func TestEachLanguageCountsAndWritesAsItsReadersDo(t *testing.T) {
	ts, err := ui.New(ui.Site{Languages: []string{"ar", "en", "kk", "ru", "fr"}}, page("x"))
	if err != nil {
		t.Fatal(err)
	}
	limit := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for lang, want := range map[string][]string{
		"ru": {"1 день", "3 дня", "11 дней", "21 день", "3 марта 2026", "3 марта 2026, 09:05", "24:00 3 марта 2026", "Март", "1\u00a0234\u00a0567,50\u00a0₸", "ltr"},
		"kk": {"1 күн", "3 күн", "11 күн", "21 күн", "2026 жылғы 3 наурыз", "2026 жылғы 3 наурыз, 09:05", "2026 жылғы 3 наурыз, 24:00", "Наурыз", "1\u00a0234\u00a0567,50\u00a0₸", "ltr"},
		"fr": {"1 jour", "3 jours", "11 jours", "21 jours", "3 mars 2026", "3 mars 2026 à 09:05", "3 mars 2026 à 24:00", "Mars", "1\u202f234\u202f567,50\u00a0₸", "ltr"},
	} {
		l := ts.Locale(lang)
		at := time.Date(2026, 3, 3, 9, 5, 0, 0, time.UTC)
		got := []string{l.Duration(1, "days"), l.Duration(3, "days"), l.Duration(11, "days"), l.Duration(21, "days"),
			l.Date(at), l.DateTime(at), l.Deadline(limit), l.Month(3), l.Money(ui.Money{Minor: 123456750, Currency: "KZT"}), l.Dir()}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q\nwant %q", lang, got, want)
		}
	}
	if got := ts.Locale("fr").Duration(0, "days"); got != "0 jour" {
		t.Errorf("nought is %q", got)
	}
}
