package ui_test

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/runtime/ui/internal/gallery"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
)

// components are one of each, so that every template of the kit is checked against its struct.
var components = []ui.Component{
	ui.Button{}, ui.ButtonRow{}, ui.BackLink{}, ui.Hidden{}, ui.Confirm{}, ui.Heading{}, ui.Text{}, ui.List{},
	ui.Inset{}, ui.Banner{}, ui.Panel{}, ui.SummaryList{}, ui.FeeTable{}, ui.Details{}, ui.Empty{}, ui.Card{},
	ui.CardGrid{}, ui.DocumentCard{}, ui.Facts{}, ui.Hero{}, ui.Input{}, ui.MoneyInput{}, ui.Textarea{},
	ui.Select{}, ui.Radios{}, ui.Checkboxes{}, ui.DateInput{}, ui.Upload{}, ui.Fieldset{}, ui.Search{},
	ui.Filters{}, ui.Tag{}, ui.Timeline{}, ui.StepIndicator{}, ui.TaskList{}, ui.Table{}, ui.Pagination{},
	ui.Stats{}, ui.Columns{},
}

func templates(t *testing.T, files fstest.MapFS) *ui.Templates {
	t.Helper()
	made, err := ui.New(ui.Site{}, files)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func page(text string) fstest.MapFS {
	return fstest.MapFS{"templates/page.html": {Data: []byte(`{{define "page"}}` + text + `{{end}}`)}}
}

func render(t *testing.T, ts *ui.Templates, target string, p ui.Page) (*httptest.ResponseRecorder, *goquery.Document) {
	t.Helper()
	w := httptest.NewRecorder()
	handler := ui.SecurityHeaders(ui.Lang(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := ts.Render(w, r, http.StatusOK, "page", p); err != nil {
			t.Error(err)
		}
	})))
	handler.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	doc, err := goquery.NewDocumentFromReader(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w, doc
}

func TestEveryComponentTemplateFitsItsStruct(t *testing.T) {
	trees := gallery.Templates().Trees()
	for _, component := range components {
		if trees[component.Component()] == nil {
			t.Errorf("%T has no template %s", component, component.Component())
		}
		for _, problem := range uitest.Check(trees, component.Component(), reflect.TypeOf(component), nil) {
			t.Error(problem)
		}
		if _, err := gallery.Templates().HTML("ar", component); err != nil {
			t.Errorf("the zero %T: %v", component, err)
		}
	}
}

func TestAMisspeltFieldIsFoundWhereverItStands(t *testing.T) {
	type line struct{ Name string }
	type body struct{ Lines []line }
	for _, text := range []string{`{{.Titel}}`, `{{.Body.Linse}}`, `{{range .Body.Lines}}{{.Nmae}}{{end}}`,
		`{{if .User}}{{else}}{{with .User}}{{.Nmae}}{{end}}{{end}}`, `{{range $i, $l := .Body.Lines}}{{bdi $l.Nmae}}{{end}}`} {
		ts := templates(t, page(text))
		if found := uitest.Check(ts.Trees(), "page", reflect.TypeFor[ui.Page](), reflect.TypeFor[body]()); len(found) != 1 {
			t.Errorf("%s: %v", text, found)
		}
	}
	good := templates(t, page(`{{.Title}}{{range .Body.Lines}}{{.Name}}{{$.User.Name}}{{end}}`))
	uitest.CheckTemplates(t, good, map[string]any{"page": body{}})
}

func TestNewRefusesNamesThatNobodyHas(t *testing.T) {
	for text, says := range map[string]string{
		`{{t "no.such"}}`:        `no message "no.such"`,
		`{{icon "no-such"}}`:     `no icon "no-such"`,
		`{{asset "no-such.js"}}`: `no asset "no-such.js"`,
	} {
		if _, err := ui.New(ui.Site{}, page(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestNewRefusesAMessageThatOneLanguageLacks(t *testing.T) {
	files := page("x")
	files["messages/ar.yaml"] = &fstest.MapFile{Data: []byte("my: {only: نص}")}
	if _, err := ui.New(ui.Site{}, files); err == nil || !strings.Contains(err.Error(), "my.only is in ar but not in en") {
		t.Error(err)
	}
	files["messages/en.yaml"] = &fstest.MapFile{Data: []byte("my: {only: text}\naction: {back: Return}")}
	if _, err := ui.New(ui.Site{}, files); err == nil || !strings.Contains(err.Error(), "action.back is already there") {
		t.Error(err)
	}
}

func TestAPageSpeaksTheLanguageOfItsRequest(t *testing.T) {
	ts := templates(t, page(`<h1>{{.Title}}</h1>{{show .Body}}`))
	w, doc := render(t, ts, "/a?x=1&lang=en", ui.Page{Title: "Hello", Body: ui.Button{Text: "Go & see"}})
	root := doc.Find("html")
	if root.AttrOr("lang", "") != "en" || root.AttrOr("dir", "") != "ltr" || w.Header().Get("Content-Language") != "en" {
		t.Errorf("lang %q dir %q", root.AttrOr("lang", ""), root.AttrOr("dir", ""))
	}
	if href := doc.Find(`.languages a[lang="ar"]`).AttrOr("href", ""); href != "/a?lang=ar&x=1" {
		t.Errorf("the other language is at %q", href)
	}
	if href := doc.Find("a.tool--strong").AttrOr("href", ""); href != "/sign-in?then=%2Fa%3Fx%3D1" {
		t.Errorf("sign-in is at %q", href)
	}
	if text := doc.Find("main button").Text(); text != "Go & see" {
		t.Errorf("button %q", text)
	}
	if _, doc = render(t, ts, "/a", ui.Page{}); doc.Find("html").AttrOr("dir", "") != "rtl" {
		t.Error("without a wish the page is not Arabic")
	}
}

func TestPagesKeepTheirPolicy(t *testing.T) {
	ts := templates(t, page("x"))
	w, doc := render(t, ts, "/", ui.Page{User: &ui.User{Name: "<b>"}, Errors: []ui.FieldError{{Name: "a", Text: "wrong"}}})
	policy := w.Header().Get("Content-Security-Policy")
	doc.Find("script").Each(func(_ int, s *goquery.Selection) {
		if nonce := s.AttrOr("nonce", ""); nonce == "" || !strings.Contains(policy, "'nonce-"+nonce+"'") || s.Text() != "" {
			t.Errorf("script %s has nonce %q", s.AttrOr("src", ""), nonce)
		}
	})
	if doc.Find("[style],style,[onclick]").Length() > 0 || strings.Contains(policy, "unsafe") {
		t.Error("inline style or script")
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Error("a signed-in page may be stored")
	}
	if name := doc.Find(".account__name bdi").Text(); name != "<b>" {
		t.Errorf("name %q", name)
	}
	if doc.Find(`.error-summary[role=alert] a[href="#a"]`).Length() != 1 {
		t.Error("no error summary")
	}
}

func TestABrokenPageSendsNothingOfItself(t *testing.T) {
	ts := templates(t, page(`secret {{.Body.Missing}}`))
	w := httptest.NewRecorder()
	err := ts.Render(w, httptest.NewRequest("GET", "/", nil), http.StatusOK, "page", ui.Page{Body: struct{}{}})
	if err == nil || w.Code != 500 || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("%d %v %s", w.Code, err, w.Body)
	}
}

func TestAFirstVisitWeighsLessThanAHundredKilobytesWithoutFonts(t *testing.T) {
	server := httptest.NewServer(gallery.Handler())
	defer server.Close()
	_, doc := render(t, templates(t, page("x")), "/", ui.Page{})
	total := 0
	for _, name := range []string{"diwan.css", "htmx.min.js", "diwan.js", "mark.svg", "pattern.svg"} {
		address, err := ui.Asset(name)
		if err != nil {
			t.Fatal(err)
		}
		request, _ := http.NewRequest("GET", server.URL+address, nil)
		request.Header.Set("Accept-Encoding", "gzip")
		answer, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(answer.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %v", name, answer.Header)
		}
		total += int(answer.ContentLength)
	}
	if doc.Find("link[rel=stylesheet]").Length() != 1 || total > 80_000 {
		t.Errorf("%d bytes", total)
	}
}

func TestArabicCountsInSixForms(t *testing.T) {
	ar := gallery.Templates().Locale("ar")
	for n, want := range map[int]string{0: "لا خدمات", 1: "خدمة واحدة", 2: "خدمتان", 5: "5 خدمات", 84: "84 خدمة", 1400: "1400 خدمة", 12000: "12,000 خدمة"} {
		if got := ar.T("count.services", "count", n); got != want {
			t.Errorf("%d: %s, not %s", n, got, want)
		}
	}
}

func TestDatesAndMoneyAreWrittenAsPeopleWriteThem(t *testing.T) {
	zone := time.FixedZone("+2", 2*3600)
	ts, err := ui.New(ui.Site{Zone: zone}, page("x"))
	if err != nil {
		t.Fatal(err)
	}
	ar, en := ts.Locale("ar"), ts.Locale("en")
	late := time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC)
	for got, want := range map[string]string{
		ar.Date(late):        "1 كانون الثاني 2027",
		ar.DateTime(late):    "1 كانون الثاني 2027، الساعة 01:30",
		en.Day("2026-03-03"): "3 March 2026",
		en.Day("soon"):       "soon",
		ar.Money(ui.Money{Minor: 2512345, Currency: "ILS"}): "25,123.45 شيكل",
		en.Money(ui.Money{Minor: -5, Currency: "ILS"}):      "−₪0.05",
		en.Money(ui.Money{Minor: 25000, Currency: "JOD"}):   "JD 25.000",
		en.Money(ui.Money{Minor: 7, Currency: "JPY"}):       "7\u00a0JPY",
		en.Size(1_310_000): "1.2 MB",
		en.T("field.removeFile", "name", "صورة.jpg"): "Remove \u2068صورة.jpg\u2069",
		en.Pick(map[string]string{"ar": "نعم"}):      "نعم",
	} {
		if got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func TestPaginationLeavesOutTheFarPages(t *testing.T) {
	href := func(n int) string { return "?page=" + string(rune('0'+n)) }
	var numbers []int
	for _, item := range ui.Paginate(5, 9, href).Items {
		numbers = append(numbers, item.Number)
	}
	if want := []int{1, 0, 4, 5, 6, 0, 9}; !reflect.DeepEqual(numbers, want) {
		t.Errorf("%v, not %v", numbers, want)
	}
	if got := ui.Paginate(1, 1, href); len(got.Items) != 0 {
		t.Errorf("one page: %v", got)
	}
}

func TestALanguageOnceChosenStays(t *testing.T) {
	for _, c := range []struct{ query, cookie, header, want string }{
		{"", "", "", "ar"}, {"", "", "fr, en-GB;q=0.8", "en"}, {"", "en", "ar", "en"}, {"ar", "en", "en", "ar"}, {"xx", "", "en", "en"}, {"", "xx", ";;;", "ar"},
	} {
		request := httptest.NewRequest("GET", "/?lang="+c.query, nil)
		request.Header.Set("Accept-Language", c.header)
		request.AddCookie(&http.Cookie{Name: "lang", Value: c.cookie})
		got, w := "", httptest.NewRecorder()
		ui.Lang(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = ui.Language(r.Context()) })).ServeHTTP(w, request)
		if got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
		if set := len(w.Result().Cookies()) == 1; set != (c.query == c.want) {
			t.Errorf("%+v: cookie set %v", c, set)
		}
	}
}
