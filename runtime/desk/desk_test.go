package desk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/desk"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// served is the desk over a world.
type served struct {
	*world
	t        testing.TB
	handler  http.Handler
	log      bytes.Buffer
	diary    diary
	books    books
	requests requests
	settled  settled
	drawer   drawer
	counter  counterOf
}

func serve(t testing.TB) *served {
	s := &served{world: newWorld(), t: t}
	d, err := desk.New(desk.Options{
		Book: s.world, People: s.world, Releases: s.world, Payments: paying{s.world, &s.requests}, Documents: archive{s.world}, Rights: register{s.world}, Appointments: &s.diary, Ledger: &s.books, Settlement: &s.settled, Tills: &s.drawer, Delivery: &s.counter, Now: func() time.Time { return now },
		Audit: func(_ context.Context, e audit.Entry) error { s.audit = append(s.audit, e); return s.unlisted },
		Log:   slog.New(slog.NewTextHandler(&s.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.StaticPath, ui.Static())
	d.Register(mux)
	s.handler = ui.SecurityHeaders(ui.Lang(mux))
	return s
}

type page struct {
	t      testing.TB
	status int
	header http.Header
	*goquery.Document
}

func (s *served) send(who *identity.Person, r *http.Request) page {
	s.t.Helper()
	if who != nil {
		r = r.WithContext(identity.WithPerson(r.Context(), who))
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return page{s.t, w.Code, w.Result().Header, doc}
}

func (s *served) get(who *identity.Person, path string) page {
	s.t.Helper()
	return s.send(who, httptest.NewRequest("GET", path, nil))
}

// decide posts the panel of an open page, with what the officer changes in it.
func (s *served) decide(who *identity.Person, p page, values ...string) page {
	s.t.Helper()
	form := p.Find("form[method=post][action$='/decide']").Not(".handle")
	if form.Length() != 1 {
		s.t.Fatalf("%d panels", form.Length())
	}
	sent := url.Values{}
	form.Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) { sent.Set(in.AttrOr("name", ""), in.AttrOr("value", "")) })
	for i := 0; i < len(values); i += 2 {
		sent.Set(values[i], values[i+1])
	}
	r := httptest.NewRequest("POST", form.AttrOr("action", ""), strings.NewReader(sent.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(who, r)
}

func (p page) want(status int, selectors ...string) page {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("status %d, not %d: %s", p.status, status, p.Find("h1").Text())
	}
	for i := 0; i < len(selectors); i += 2 {
		if got := strings.Join(strings.Fields(p.Find(selectors[i]).Text()), " "); !strings.Contains(got, selectors[i+1]) {
			p.t.Errorf("%s is %q, not %q", selectors[i], got, selectors[i+1])
		}
	}
	return p
}

func path(v *application.View) string { return "/desk/applications/" + v.ID.String() }

func TestNobodyWithoutARoleComesToTheDesk(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	got := s.get(nil, path(v))
	if got.want(303); got.header.Get("Location") != "/sign-in?then="+url.QueryEscape(path(v)) {
		t.Errorf("Location %q", got.header.Get("Location"))
	}
	s.get(rana, "/desk").want(403)
	for _, address := range []string{path(v), path(v) + "/uploads/" + report, path(v) + "/documents/abc234", "/desk/applications/x", "/desk/nowhere"} {
		s.get(nurse, address).want(404)
	}
	if len(s.audit) > 0 {
		t.Errorf("read: %+v", s.audit)
	}
}

func TestTheQueueShowsWhatWaitsAndWhatIsLate(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	late := s.add("B2C3-55XY", licensing)
	over := now.Add(-25 * time.Hour)
	late.Tasks[0].Overdue, late.Tasks[0].DueAt = true, &over
	got := s.get(leila, "/desk?lang=en").want(200, "h1", "Queue", ".stat:nth-child(1) .stat__value", "2", ".stat--bad .stat__value", "1",
		"tbody tr:first-child", "B2C3-55XY", "tbody tr.is-late", "\u20681 day\u2069 ago", "tbody tr.is-late .tag--bad", "Overdue", "tbody tr:last-child", "\u20681 day\u2069 left",
		".site-nav .badge", "2", ".account__role", "Licensing officer", "select[name=service] option:nth-child(2)", "Driving licence renewal (2)")
	if href := got.Find("tbody tr:last-child a").AttrOr("href", ""); href != path(v) {
		t.Errorf("leads to %q", href)
	}
	if text := got.Find("body").Text(); strings.Contains(text, "401234567") || strings.Contains(text, "رنا") {
		t.Error("the queue shows personal data")
	}
	s.get(leila, "/desk?overdue=yes&service=x&reference=+b2c3&role=r").want(200, "tbody tr", "B2C3-55XY")
	if want := (application.QueueFilter{Service: "x", Role: "r", Reference: "b2c3", Overdue: true}); s.filter == want {
		t.Error("the counts are filtered")
	}
	s.get(leila, "/desk?reference=zzzz&lang=en").want(200, ".empty__title", "No task fits", ".empty a", "Clear filters")
	s.get(amin, "/desk?lang=en").want(200, ".empty__title", "Nothing waits for you")
	s.next = "c1"
	if href := s.get(leila, "/desk?overdue=yes").Find("a.button--secondary[href*=after]").AttrOr("href", ""); href != "/desk?after=c1&overdue=yes" {
		t.Errorf("the next page is %q", href)
	}
}

func TestEverythingThatDecidesIsOnOnePage(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	s.corrected(v)
	got := s.get(leila, path(v)+"?lang=en")
	got.want(200, "h1", "Driving licence renewal", ".case-head", "D7K2-94QM", ".facts", "Review by a licensing officer",
		".summary-card:nth-of-type(1)", "401234567", ".summary-card:nth-of-type(1)", "3 March 1962", ".summary-card:nth-of-type(1)", "Female",
		".summary-card:nth-of-type(2)", "Five years", ".summary-card:nth-of-type(2) .changed s", "1234568", ".summary-card:nth-of-type(2) .file-link", "تقرير-2026.pdf",
		".summary-card:nth-of-type(4)", "1 January 2027", ".summary-card:nth-of-type(4)", "vehicle class", ".summary-card:nth-of-type(4)", "₪0.00",
		".fees", "₪250.00", ".fees tfoot", "₪270.00", ".paid", "Paid", ".timeline .words", "ارفع صورة أوضح", ".timeline__step--current", "Licensing officer",
		"#_comment-hint", "Needed for: \u2068Send back or Refuse\u2069")
	if n := got.Find("#decision input[type=radio]").Length(); n != 3 {
		t.Errorf("%d decisions", n)
	}
	if href := got.Find(".file-link").AttrOr("href", ""); href != path(v)+"/uploads/"+report {
		t.Errorf("the upload is at %q", href)
	}
	want := audit.Entry{Authority: "transport", Actor: leila.ID.String(), Action: "read", Subject: v.ID.String()}
	if len(s.audit) != 1 || !reflect.DeepEqual(s.audit[0], want) {
		t.Errorf("audit %+v", s.audit)
	}
}

func TestAFileThatTheScannerHasNotClearedIsSaidAndNotLinked(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	for state, said := range map[document.State]struct{ class, words string }{
		document.Waiting: {".tag--wait", "Not yet checked for viruses"}, document.Infected: {".tag--bad", "ask the applicant for another one"},
	} {
		s.scanned = state
		got := s.get(leila, path(v)+"?lang=en")
		got.want(200, ".file-link", "تقرير-2026.pdf", ".file-link "+said.class, said.words)
		if n := got.Find("a.file-link").Length(); n != 0 {
			t.Errorf("%s: %d links to it", state, n)
		}
	}
}

func TestAnAnswerChosenFromARegistryIsShownUnderTheLabelThatWasKept(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	s.corrected(v)
	s.before[v.ID]["vehicle"] = "7-0001-91"
	v.Form["vehicle"], v.Form["others"] = "6-1234-96", []any{"5-5555-55", "8-8888-88"}
	v.Labels = map[string]string{"vehicle/6-1234-96": "Hyundai i20", "vehicle/7-0001-91": "Kia Rio", "others/5-5555-55": "Seat Ibiza"}
	s.get(leila, path(v)+"?lang=en").want(200, ".summary-card:nth-of-type(2)", "Hyundai i20 (6-1234-96)", ".summary-card:nth-of-type(2)", "Kia Rio (7-0001-91)",
		".summary-card:nth-of-type(2)", "Seat Ibiza (5-5555-55)", ".summary-card:nth-of-type(2)", "8-8888-88")
}

func TestNothingIsShownThatIsNotInTheAudit(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	s.unlisted = errors.New("no audit")
	for _, address := range []string{path(v), path(v) + "/uploads/" + report} {
		if got := s.get(leila, address).want(500); strings.Contains(got.Text(), "401234567") || strings.Contains(got.Text(), "%PDF") {
			t.Errorf("%s was shown", address)
		}
	}
}

func TestFilesAreSavedAndNotedInTheAudit(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	for _, address := range []string{"/uploads/" + report, "/documents/abc234"} {
		got := s.get(leila, path(v)+address).want(200)
		if !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %v", address, got.header)
		}
	}
	s.get(leila, path(v)+"/uploads/x").want(404)
	s.get(leila, path(v)+"/documents/other").want(404)
	if len(s.audit) != 2 || s.audit[0].Action != "download" || s.audit[0].Detail["upload"] != report {
		t.Errorf("audit %+v", s.audit)
	}
}

func TestWhatPeopleTypedIsNeverMarkup(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	const attack = `<script>alert(1)</script>`
	v.Form["note"], v.Facts["name"] = attack, attack
	v.Timeline[0].Comment = attack
	got := s.get(leila, path(v)).want(200, "bdi", attack)
	if n := got.Find("script:not([src])").Length(); n > 0 {
		t.Errorf("%d scripts", n)
	}
	if got := s.get(leila, "/desk?done=decided&of=%3Cb%3E"); got.Find(".banner").Length() > 0 {
		t.Error("an address can say anything")
	}
}

func TestWhatIsNotForeseenIsLoggedUnderTheNumberThatIsShown(t *testing.T) {
	s := serve(t)
	s.broken = errBroken
	number := strings.TrimSpace(s.get(leila, "/desk").want(500).Find(".problem .code").Text())
	if number == "" || !strings.Contains(s.log.String(), number) || !strings.Contains(s.log.String(), "fire") {
		t.Errorf("number %q, log %s", number, s.log.String())
	}
}

func TestWhoIsAskedAboutAChangeIsLedToItsPage(t *testing.T) {
	s := serve(t)
	a := s.add("D7K2-94QM", licensing)
	a.Form["number"] = json.Number("7")
	link := "main a[href='/designer/changes/7/review']"
	if s.get(leila, path(a)).Find(link).Length() != 0 {
		t.Error("an application of another service leads to a change")
	}
	s.changes = a.Service
	if s.get(leila, path(a)).Find(link).Length() != 1 {
		t.Error("nothing leads to the change")
	}
	delete(a.Form, "number")
	s.get(leila, path(a)).want(http.StatusOK)
}
