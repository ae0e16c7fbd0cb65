package portal_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
	"github.com/diwan-gov/diwan/workflows/compile"
)

const (
	householdCode = "interior.household.allowance"
	householdForm = "/services/" + householdCode + "/apply"
)

const inGaza = `{"birthPlace":"غزة"}`

// household is a service with every kind of field that holds others.
var household = sync.OnceValue(func() *release.Live {
	c, _ := catalog.Load(os.DirFS("../../samples/palestine"))
	content, err := os.ReadFile("testdata/household.yaml")
	if err != nil {
		panic(err)
	}
	return live(c, "services/interior/household.yaml", content)
})

// live adds a service to a catalogue and makes it ready.
func live(c *catalog.Catalogue, file string, content []byte) *release.Live {
	c, found := c.WithFile(file, content)
	if found.HasErrors() {
		panic(found[0].String())
	}
	at := slices.IndexFunc(c.Services, func(s *catalog.Service) bool { return s.File == file })
	p, texts, found := compile.Compile(c, c.Services[at])
	if p == nil {
		panic(found[0].String())
	}
	return &release.Live{Service: p.Service, Authority: p.Authority, PlanDigest: "p:" + p.Service, TextsDigest: "t:" + p.Service, Plan: p, Texts: texts}
}

func controls(v visit, name string) string { return v.Find(`[name="`+name+`"]`).AttrOr("value", "?") }

func TestRowsAreAddedFilledInAndRemovedWithoutScripts(t *testing.T) {
	w := newWorld(t, household())
	w.person, w.book.known = &layla, inGaza
	page := w.get(t, householdForm).is(http.StatusOK)
	page.has("fieldset.rows .rows__item legend", "Child 1").hasNot(`button[value^="remove:"]`).has(`button[value="add:children"]`, "Add: Child")
	page = page.send(map[string]string{"children.0.name": "سارة", "children.0.atSchool": "yes", "married": "yes", "spouse.name": "Omar"}, "add:children",
		map[string]file{"children.0.certificate": {"birth.pdf", pdfFile}}).is(http.StatusOK)
	page.hasNot(".field--error").has(`.rows__item[data-focus] legend`, "Child 2").has(".rows__status", "A row was added")
	page.has(`[id="children.0.school"]`, "").has(".file__name", "birth.pdf")
	if controls(page, "children.0.name") != "سارة" || controls(page, "children") != "2" || controls(page, "spouse.name") != "Omar" {
		t.Fatal("what was typed is lost")
	}
	page = page.send(map[string]string{
		"children.1.name": "Ali", "children.1.born-day": "1", "children.1.born-month": "2", "children.1.born-year": "2020", "children.1.atSchool": "no",
	}, "add:children").is(http.StatusOK)
	page.hasNot(`button[value="add:children"]`) // three are the most
	page = page.send(nil, "remove:children.0").is(http.StatusOK)
	page.has(".rows__status", "removed").hasNot(".file__name")
	if controls(page, "children.0.name") != "Ali" || controls(page, "children") != "2" {
		t.Fatalf("the wrong row is gone: %s", controls(page, "children.0.name"))
	}
	wrong := page.send(map[string]string{"children.1.name": "Huda"}, "").is(http.StatusUnprocessableEntity)
	wrong.has(`.error-summary a[href="#children.1.born"]`, "Child 2 – Date of birth").has(`.error-summary a[href="#spouse.nationalNumber"]`, "Your spouse – National number")
	wrong.has(`output[id="children.0.age"]`, "6").has("output#allowance", "100.00")
	page = wrong.send(map[string]string{
		"spouse.nationalNumber": "402345674", "spouse.birthDate-day": "1", "spouse.birthDate-month": "1", "spouse.birthDate-year": "1990",
		"children.1.born-day": "3", "children.1.born-month": "4", "children.1.born-year": "2021", "children.1.atSchool": "yes",
	}, "").is(http.StatusOK)
	page.has(`[id="children.1.school"]`, "").has(".banner", "") // an answer has opened a question: it is asked, not refused
	page = page.send(map[string]string{"children.1.school": "Main"}, "").is(http.StatusOK).has("h1", "Payment")
	page.has("#declared-declaration p", "What I have written is true")
	check := page.send(map[string]string{
		"home.governorate": "رام الله", "home.locality": "البيرة", "account": "PS92 PALS 0000 0000 0400 1234 56702", "declared": "yes", "weight": "2.5",
	}, "", map[string]file{"papers": {"one.pdf", pdfFile}}).is(http.StatusOK)
	check.has("h1", "Check your answers").has(".summary", "Child 2").has(".summary", "Huda").has(".summary", "Governorate: رام الله").
		has(".summary", "PS92 PALS 0000").has(".summary", "one.pdf").has(".summary", "2.5 kg")
	check.send(nil, "").is(http.StatusSeeOther)
	sent := w.book.all[0]
	want := []any{
		map[string]any{"name": "Ali", "born": "2020-02-01", "age": json.Number("6"), "atSchool": false},
		map[string]any{"name": "Huda", "born": "2021-04-03", "age": json.Number("5"), "atSchool": true, "school": "Main"},
	}
	if got := sent.Form["children"]; !reflect.DeepEqual(got, want) {
		t.Errorf("%#v", got)
	}
	if sent.Form["allowance"] != "100.00" || len(w.book.sent) != 1 {
		t.Errorf("%v", sent.Form)
	}
	for _, s := range w.book.sent {
		if len(s.Uploads) != 1 {
			t.Errorf("uploads %v", s.Uploads)
		}
	}
}

// Over a slow line the answers come while somebody goes on typing.
func TestWhatIsTypedWhileTheServerAnswersIsKept(t *testing.T) {
	w := newWorld(t, household())
	w.person, w.book.known = &layla, inGaza
	var under, most, asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			asked.Add(1)
			most.Store(max(most.Load(), under.Add(1)))
			defer under.Add(-1)
			time.Sleep(300 * time.Millisecond)
		}
		w.handler.ServeHTTP(rw, r)
	}))
	defer server.Close()
	browser := uitest.Browser(t)
	uitest.Open(t, browser, server.URL+householdForm+"?lang=en", uitest.Desktop)
	uitest.Do(t, browser, chromedp.SendKeys(`[id="children.0.name"]`, "Sara"),
		uitest.Click(`button[value="add:children"]`), chromedp.WaitVisible(`[id="children.1.name"]`),
		chromedp.SendKeys(`[id="children.0.born"]`, "1"), chromedp.SendKeys(`[id="children.0.born-month"]`, "2"),
		chromedp.SendKeys(`[id="children.0.born-year"]`, "2015"), uitest.Click(`[id="children.0.atSchool"]`), chromedp.SendKeys(`[id="children.1.name"]`, "Omar"),
		uitest.Click(`button[value="add:children"]`), chromedp.WaitVisible(`[id="children.2.name"]`), chromedp.WaitVisible(`[id="children.0.school"]`))
	got := uitest.Eval[string](t, browser, `['children.0.name', 'children.0.born', 'children.0.born-month', 'children.0.born-year', 'children.1.name']
		.map((id) => document.getElementById(id).value).join(' ') + ' ' + document.getElementById('children.0.atSchool').checked + ' ' + document.getElementById('children.0.age').textContent`)
	if want := "Sara 1 2 2015 Omar true 11"; got != want {
		t.Errorf("the form holds %q, and %q was typed", got, want)
	}
	if most.Load() != 1 {
		t.Errorf("%d requests of one form at once: their answers overtake each other", most.Load())
	}
	// A row is taken away by one click, however quickly another follows on what comes in its place.
	uitest.Eval[bool](t, browser, `(() => { const b = document.querySelector('button[value="remove:children.0"]'); b.click(); b.click(); return true })()`)
	uitest.Do(t, browser, chromedp.WaitNotPresent(`[id="children.2.name"]`), chromedp.Sleep(time.Second))
	if got := uitest.Eval[string](t, browser, `document.getElementById('children.0.name').value + document.querySelectorAll('.rows__item').length`); got != "Omar2" {
		t.Errorf("after two clicks the first row and their number are %q", got)
	}
	if n := asked.Load(); n > 10 {
		t.Errorf("%d requests for seven edits", n)
	}
}

// With DIWAN_SCREENSHOTS=folder the pictures are kept for looking at.
func TestRowsAreAddedByScriptsWithoutANewPage(t *testing.T) {
	w := newWorld(t, household())
	w.person, w.book.known = &layla, inGaza
	server := httptest.NewServer(w.handler)
	defer server.Close()
	browser := uitest.Browser(t)
	folder := os.Getenv("DIWAN_SCREENSHOTS")
	for _, lang := range []string{"en", "ar"} {
		uitest.Open(t, browser, server.URL+householdForm+"?lang="+lang, uitest.Desktop)
		uitest.Eval[bool](t, browser, `window.same = true`)
		uitest.Do(t, browser, chromedp.SendKeys(`[id="children.0.name"]`, "Sara"),
			uitest.Click(`button[value="add:children"]`), chromedp.WaitVisible(`[id="children.1.name"]`))
		if !uitest.Eval[bool](t, browser, `window.same && document.activeElement.id === 'children.1' && document.getElementById('children.0.name').value === 'Sara'`) {
			t.Error("the page was loaded anew, or the new row is not where the reader is: " + uitest.Eval[string](t, browser, `document.activeElement.id`))
		}
		uitest.Do(t, browser, chromedp.SendKeys(`[id="children.0.born"]`, "1"), chromedp.SendKeys(`[id="children.0.born-month"]`, "2"),
			chromedp.SendKeys(`[id="children.0.born-year"]`, "2015"), uitest.Click(`[id="children.0.atSchool"]`), chromedp.WaitVisible(`[id="children.0.school"]`))
		if got := uitest.Eval[string](t, browser, `document.getElementById('children.0.age').textContent`); got != "11" {
			t.Errorf("the age is %q", got)
		}
		for _, width := range []int{uitest.Desktop, uitest.Phone} {
			uitest.Resize(t, browser, width)
			uitest.NoSidewaysScroll(t, browser)
			uitest.NoViolations(t, browser)
			if folder != "" {
				uitest.Screenshot(t, browser, filepath.Join(folder, strings.Join([]string{"rows", lang, map[bool]string{true: "wide", false: "phone"}[width == uitest.Desktop]}, "-")+".png"))
			}
		}
		uitest.Do(t, browser, uitest.Click(`button[value="remove:children.0"]`), chromedp.WaitNotPresent(`[id="children.1"]`))
		if uitest.Eval[string](t, browser, `document.getElementById('children.0.name').value`) != "" {
			t.Error("the wrong row is gone")
		}
	}
}

func TestWhatIsAskedBeforeTheFormIsShownAndDecidesWhoMayApply(t *testing.T) {
	w := newWorld(t, household())
	w.person, w.book.known = &layla, inGaza
	page := w.get(t, householdForm).is(http.StatusOK).has("output#birthPlace", "غزة").hasNot(`input[name="birthPlace"]`)
	page.send(nil, "add:children").is(http.StatusOK).has("output#birthPlace", "غزة")
	if want := []string{`civil/person-by-number"401234567"`}; !reflect.DeepEqual(w.book.asked, want) {
		t.Errorf("asked %q", w.book.asked)
	}
	young := layla
	young.ID[15], young.BirthDate = 9, "2005-01-01"
	w.person = &young
	w.get(t, householdForm).is(http.StatusForbidden).has("h1", "You cannot apply").has(".inset", "thirty and over").hasNot("form[enctype]")
	if got := w.get(t, householdForm+"?lang=ar").is(http.StatusForbidden).text(".inset"); got != "المخصص لمن بلغ الثلاثين" {
		t.Error(got)
	}
	stranger := layla
	stranger.ID[15], w.person, w.book.known = 8, &stranger, ""
	w.get(t, householdForm).is(http.StatusForbidden).has(".inset", "nearest office")
	w.book.known = inGaza // put right at the office
	w.get(t, householdForm).is(http.StatusOK)
	later := layla
	later.ID[15], w.person, w.book.down = 7, &later, true
	w.get(t, householdForm).is(http.StatusServiceUnavailable)
}
