package desk_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/settlement"
)

var walid = person("a0000000-0000-4000-8000-000000000010", "وليد شاهين", "Walid Shahin", "platform:finance")

const settledDay = "/desk/settlement/gateway/2026-11-21"

// differs is a day with a difference of each way.
func differs(s *served) {
	at := now.Add(-50 * time.Hour)
	s.settled.days = []settlement.Day{
		{Provider: "gateway", Day: "2026-11-21", Lines: 1200, Open: 5, MatchedAt: &now},
		{Provider: "gateway", Day: "2026-11-20", Failure: "settlement file: line 7: amount: more decimals than the currency has"},
	}
	for i, w := range settlement.Whats {
		f := settlement.Found{ID: uuid.NewSHA1(uuid.Nil, []byte{byte(i)}), Provider: "gateway", Day: "2026-11-21", Owner: settlement.Owner, OpenedAt: at}
		f.Difference = settlement.Difference{Key: settlement.Key{Kind: settlement.Payment, ID: "co_" + string(w)}, Source: settlement.File, What: w, Line: i + 1,
			Ours: formula.Money{Minor: 25000, Currency: "ILS"}, Theirs: formula.Money{Minor: 26000, Currency: "ILS"}, Authority: "transport", Application: layla}
		switch w {
		case settlement.MissingHere:
			f.Ours, f.Authority, f.Application = formula.Money{}, "", uuid.Nil
		case settlement.MissingThere:
			f.Theirs, f.Line = formula.Money{}, 0
		}
		s.settled.found = append(s.settled.found, f)
	}
	s.settled.figures = []settlement.Figure{
		{Day: "2026-11-21", Authority: "transport", Service: service, Currency: "ILS", Due: 25000, Received: 20000, Refunded: 5000, Outstanding: 5000, Settled: 15000},
		{Day: "2026-11-21", Authority: "health", Service: "health.insurance", Currency: "JOD", Due: 1500},
		{Day: "2026-11-21", Currency: "ILS", Settled: 700},
	}
}

func (s *served) submit(who *identity.Person, path string, values ...string) page {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(values); i += 2 {
		form.Set(values[i], values[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(who, r)
}

func TestDifferencesAreExplainedOneByOneAndTheDayIsSignedOff(t *testing.T) {
	s := serve(t)
	differs(s)
	s.get(walid, "/desk/settlement?lang=en").want(200, "h1", "Settlement", ".account__role", "Finance officer", ".site-nav [aria-current]", "Settlement",
		"tbody tr:nth-child(1)", "21 November 2026", "tbody tr:nth-child(1)", "1200", "tbody tr:nth-child(1)", "Differences", "tbody tr:nth-child(2)", "Cannot be compared")
	s.get(walid, "/desk/settlement/gateway/2026-11-20?lang=en").want(200, "main", "line 7: amount: more decimals")
	day := s.get(walid, settledDay+"?lang=en").want(200, "main", "5 differences are open", "tbody", "Missing in the ledger", "tbody", "Missing at the provider", "tbody", "Another amount",
		"tbody", "Another currency", "tbody", "Twice at the provider", "tbody", "2 days", "button[value=compare]", "Compare again")
	if day.Find("button[value=sign-off]").Length() != 0 {
		t.Error("a day with open differences can be signed off")
	}
	s.submit(walid, settledDay+"?lang=en", "_action", "sign-off").want(409, "main", "5 differences are open")
	for i, f := range s.settled.found {
		path := "/desk/settlement/differences/" + f.ID.String()
		p := s.get(walid, path+"?lang=en").want(200, "main", "co_"+string(f.What), "main", "Finance officer", "textarea", "")
		if links := p.Find("a[href='/desk/ledger/applications/" + layla.String() + "']").Length(); (links == 1) != (f.What != settlement.MissingHere) {
			t.Errorf("%s: %d links to the ledger", f.What, links)
		}
		s.submit(walid, path+"?lang=en", "_reason", " ").want(422, ".error-summary", "Write why the difference stands")
		if p := s.submit(walid, path, "_reason", "the bank's mistake"); p.status != 303 || s.settled.found[i].ClosedBy != walid.ID {
			t.Fatal(p.status, s.settled.found[i])
		}
		s.get(walid, path+"?lang=en").want(200, "main", "the bank's mistake")
	}
	s.get(walid, settledDay+"?lang=en").want(200, "main", "Nothing is open", "button[value=sign-off]", "Sign off")
	if p := s.submit(walid, settledDay, "_action", "compare"); p.status != 303 || s.settled.compared != 1 {
		t.Error(p.status, s.settled.compared)
	}
	if p := s.submit(walid, settledDay, "_action", "sign-off"); p.status != 303 {
		t.Fatal(p.status)
	}
	if p := s.get(walid, settledDay+"?lang=en").want(200, "main", "The day is closed"); p.Find("form.stack").Length() != 0 {
		t.Error("a closed day can be changed")
	}
	if n := len(s.audit); n < 7 || s.audit[n-1].Action != "settlement-sign-off" || s.audit[n-1].Subject != "gateway 2026-11-21" {
		t.Errorf("%+v", s.audit)
	}
	s.get(walid, settledDay).want(200, "h1", "تسوية", "main", "أُغلق هذا اليوم")
}

func TestDaysAreReadByTheAuditorOfAllBooksAndFiguresByThoseOfOne(t *testing.T) {
	s := serve(t)
	booked(s)
	differs(s)
	path := "/desk/settlement/differences/" + s.settled.found[0].ID.String()
	if p := s.get(state, settledDay).want(200); p.Find("form.stack").Length() != 0 {
		t.Error("an auditor changes a day")
	}
	s.submit(state, settledDay, "_action", "compare").want(403)
	s.submit(state, path, "_reason", "x").want(403)
	for _, who := range []*identity.Person{amal, leila, salwa} {
		s.get(who, "/desk/settlement").want(404)
		s.get(who, settledDay).want(404)
		s.get(who, settledDay+"/differences.csv").want(404)
		s.get(who, path).want(404)
		s.submit(who, settledDay, "_action", "sign-off").want(404)
		s.submit(who, path, "_reason", "x").want(404)
	}
	for _, path := range []string{"/desk/settlement/gateway/2026-11-01", "/desk/settlement/other/2026-11-21", "/desk/settlement/differences/x", "/desk/settlement/differences/" + uuid.NewString()} {
		s.get(walid, path).want(404)
	}
	s.submit(walid, settledDay, "_action", "reopen").want(404)

	s.get(leila, "/desk/settlement/figures").want(404)
	all := s.get(walid, "/desk/settlement/figures?lang=en").want(200, "tbody", "Driving licence renewal", "tbody", "Not in the ledger", "tbody", "₪150.00", "tbody", "1.500")
	if n := all.Find("tbody tr").Length(); n != 3 {
		t.Errorf("%d rows", n)
	}
	own := s.get(amal, "/desk/settlement/figures?lang=en").want(200, "tbody", "Driving licence renewal", ".site-nav [aria-current]", "Figures")
	if n := own.Find("tbody tr").Length(); n != 1 {
		t.Errorf("an accountant of transport reads %d rows", n)
	}
	s.get(amal, "/desk/settlement/figures?lang=en&from=2026-11-22&until=2026-11-21").want(422, ".error-summary", "at most 31 days")
	s.get(amal, "/desk/settlement/figures?lang=en&from=2026-31-31&until=2026-11-21").want(422, ".error-summary", "Write a day")
}

func TestDifferencesAndFiguresForASpreadsheetHavePlainDecimals(t *testing.T) {
	s := serve(t)
	booked(s)
	differs(s)
	s.settled.found[2].Reason, s.settled.found[2].ClosedAt = "=1+1", &now
	text := func(who *identity.Person, path string) string {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, r.WithContext(identity.WithPerson(r.Context(), who)))
		if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") || !strings.Contains(w.Header().Get("Content-Disposition"), "2026-11-21.csv") {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		return w.Body.String()
	}
	for _, want := range []string{"gateway,2026-11-21,missing-here,file,payment,co_missing-here,1,,,260.00,ILS,,platform:finance,2026-11-20T06:00:00Z,,open,\n",
		"gateway,2026-11-21,amount,file,payment,co_amount,3,250.00,ILS,260.00,ILS,transport,platform:finance,2026-11-20T06:00:00Z,2026-11-22T08:00:00Z,explained,'=1+1\n"} {
		if got := text(walid, settledDay+"/differences.csv"); !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
	const figures = "/desk/settlement/figures.csv?from=2026-11-20&until=2026-11-21"
	if got := text(amal, figures); got != "day,authority,service,currency,due,received,refunded,outstanding,settled\n2026-11-21,transport,"+service+",ILS,250.00,200.00,50.00,50.00,150.00\n" {
		t.Error(got)
	}
	if got := text(walid, figures); !strings.Contains(got, "health.insurance,JOD,1.500,0.000") || !strings.Contains(got, "2026-11-21,,,ILS,0.00,0.00,0.00,0.00,7.00") {
		t.Error(got)
	}
}

func TestADayOfTheBankSpeaksOfTheBankAndItsStatement(t *testing.T) {
	s := serve(t)
	differs(s)
	s.settled.days = append(s.settled.days, settlement.Day{Provider: "banked", Day: "2026-11-21", Lines: 2, Open: 1, MatchedAt: &now})
	one := s.settled.found[0]
	one.ID, one.Provider = uuid.New(), "banked"
	s.settled.found = append(s.settled.found, one)
	for _, path := range []string{"/desk/settlement/banked/2026-11-21", "/desk/settlement/differences/" + one.ID.String()} {
		page := s.get(walid, path+"?lang=en").want(200, "main", "At the bank", "main", "The bank statement")
		if text := page.Find("main").Text(); strings.Contains(text, "At the provider") || strings.Contains(text, "settlement file") {
			t.Errorf("%s: %s", path, text)
		}
	}
}
