package desk_test

import (
	"encoding/csv"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/ui/uitest"
	"github.com/diwan-gov/diwan/workflows/activity"
)

var (
	amal   = person("a0000000-0000-4000-8000-00000000000a", "أمل ناصر", "Amal Nasser", "transport:accountant")
	basem  = person("a0000000-0000-4000-8000-00000000000b", "باسم حداد", "Basem Haddad", "transport:accountant")
	salwa  = person("a0000000-0000-4000-8000-00000000000c", "سلوى قاسم", "Salwa Qasem", "transport:auditor")
	state  = person("a0000000-0000-4000-8000-00000000000d", "مراد زيدان", "Murad Zeidan", "platform:auditor")
	doctor = person("a0000000-0000-4000-8000-00000000000e", "رائد منصور", "Raed Mansour", "health:accountant")
)

var layla = uuid.MustParse("c0000000-0000-4000-8000-000000000001")

// booked is the ledger of a few applications: a fee that another authority shares, one in dinars, and one of another authority.
func booked(s *served) *books {
	b := &s.books
	live, _ := s.Service(service)
	live.Authority = "transport"
	s.live = append(s.live, live)
	line := func(account string, amount int64, currency string) ledger.Posting {
		return ledger.Posting{Account: account, Amount: amount, Currency: currency}
	}
	b.book(ledger.Assessed, layla, "2026-10-03", line(ledger.Receivable("transport"), 27000, "ILS"), line(ledger.Revenue("transport", "renewal"), -25000, "ILS"),
		line(ledger.Revenue("health", "test"), -2000, "ILS"), line(ledger.DueTo("transport", "health"), -2000, "ILS"), line(ledger.DueFrom("health", "transport"), 2000, "ILS"))
	b.book(ledger.Received, layla, "2026-10-31", line(ledger.Clearing("transport"), 27000, "ILS"), line(ledger.Receivable("transport"), -27000, "ILS"))
	b.book(ledger.Assessed, uuid.New(), "2026-11-02", line(ledger.Receivable("transport"), 1234567, "JOD"), line(ledger.Revenue("transport", "1422"), -1234567, "JOD"))
	b.book(ledger.Assessed, uuid.New(), "2026-11-03", line(ledger.Receivable("health"), 500, "ILS"), line(ledger.Revenue("health", "insurance"), -500, "ILS"))
	b.next = "2026-10"
	return b
}

func TestTheTrialBalanceOfAnyDayIsExactAndEveryNumberLeadsToItsEntries(t *testing.T) {
	s := serve(t)
	booked(s)
	const october = "/desk/ledger?until-day=31&until-month=10&until-year=2026&authority=transport"
	got := s.get(salwa, "/desk/ledger?lang=en").want(200, "h1", "Ledger", ".lead", "22 November 2026", ".site-nav [aria-current]", "Ledger", ".account__role", "Auditor",
		"table:nth-of-type(1) caption", "₪", "table:nth-of-type(1) tbody", "Renewal fee", "table:nth-of-type(1) tfoot", "₪270.00",
		"table:nth-of-type(2) tbody", "1234.567", "table:nth-of-type(2) tbody", "Administrative fees", "table:nth-of-type(2) tfoot", "1234.567", ".code", strings.Repeat("00", 32))
	if sums := got.Find("table:nth-of-type(1) tfoot .number"); sums.First().Text() != sums.Last().Text() {
		t.Errorf("debits %s, credits %s", sums.First().Text(), sums.Last().Text())
	}
	if href := got.Find("table:nth-of-type(1) td.number a").First().AttrOr("href", ""); !strings.HasPrefix(href, "/desk/ledger/entries?account=receivable%3Atransport&authority=transport&currency=ILS") {
		t.Errorf("the number leads to %q", href)
	}
	then := s.get(salwa, october+"&lang=en").want(200, ".lead", "31 October 2026", "input[name=until-day][value='31']", "", "tbody", "₪250.00")
	if strings.Contains(then.Find("main").Text(), "1234.567") {
		t.Error("October shows November")
	}
	s.get(salwa, "/desk/ledger?until-day=31&until-month=2&until-year=2026&lang=en").want(422, ".error-summary", "Write a day")
	s.get(salwa, "/desk/ledger/entries?account=receivable:transport&currency=ILS&lang=en").want(200, "h1", "Owed by applicants", "tbody tr:nth-child(1)", "Money was received",
		"tbody tr:nth-child(1)", "31 October 2026", "tbody tr:nth-child(2) .number:nth-of-type(4)", "₪270.00")
	s.get(salwa, "/desk/ledger/applications/"+layla.String()+"?lang=en").want(200, "tbody", "Money taken in", "tfoot", "₪270.00")
}

func TestTheTrialBalanceForASpreadsheetHasPlainDecimals(t *testing.T) {
	s := serve(t)
	booked(s)
	r := httptest.NewRequest("GET", "/desk/ledger/trial.csv?until=2026-11-30", nil)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r.WithContext(identity.WithPerson(r.Context(), salwa)))
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || w.Code != 200 || !strings.Contains(w.Header().Get("Content-Disposition"), "trial-transport-2026-11-30.csv") {
		t.Fatal(w.Code, w.Header(), err)
	}
	for _, want := range []string{
		"transport,2026-11-30,receivable:transport,receivable,,ILS,270.00,270.00,0.00", "transport,2026-11-30,revenue:transport:renewal,revenue,renewal,ILS,0.00,250.00,-250.00",
		"transport,2026-11-30,revenue:transport:1422,revenue,1422,JOD,0.000,1234.567,-1234.567",
	} {
		if !slices.ContainsFunc(rows, func(row []string) bool { return strings.Join(row, ",") == want }) {
			t.Errorf("%v; want %s", rows, want)
		}
	}
}

func TestABookIsReadByItsOwnAuditorsAndAllOfThemByThePlatforms(t *testing.T) {
	s := serve(t)
	b := booked(s)
	foreign := "/desk/ledger/entries/" + b.entries[3].ID.String()
	for _, address := range []string{"/desk/ledger", "/desk/ledger/corrections", "/desk/ledger/entries", foreign, "/desk/ledger/trial.csv"} {
		s.get(leila, address).want(404)
	}
	for _, address := range []string{"/desk/ledger?authority=health", "/desk/ledger/entries?account=receivable:health", "/desk/ledger/entries?account=pocket", foreign,
		"/desk/ledger/applications/" + b.entries[3].Application.String(), "/desk/ledger/trial.csv?authority=health"} {
		s.get(salwa, address).want(404)
	}
	s.get(state, "/desk/ledger?authority=health&lang=en").want(200, "tbody", "₪5.00", "select[name=authority]", "transport")
	s.get(state, foreign).want(200)
	// The share of a fee of another authority stands in both books.
	s.get(doctor, "/desk/ledger/entries/"+b.entries[0].ID.String()+"?lang=en").want(200, "tbody", "Owed by another authority")
	if got := s.get(leila, "/desk"); strings.Contains(got.Find(".site-nav").Text(), "دفتر") {
		t.Error("the ledger is offered to those who have none")
	}
}

func TestAnEntryIsTakenBackByTwoAccountants(t *testing.T) {
	s := serve(t)
	b := booked(s)
	entry := "/desk/ledger/entries/" + b.entries[2].ID.String()
	if got := s.get(salwa, entry).want(200); got.Find("main form").Length() > 0 {
		t.Error("an auditor may correct")
	}
	open := s.get(amal, entry+"?lang=en").want(200, "h1", "Entry \u20683", "form button", "Propose")
	s.press(amal, open, "/correct", "_reason", "  ").want(422, ".error-summary a[href='#_reason']", "Write why")
	s.press(amal, open, "/correct", "_reason", "Wrong tariff").want(303)
	s.get(salwa, "/desk/ledger/corrections?lang=en").want(200, "tbody", "Wrong tariff", "tbody .tag", "Waits for a second accountant", "tbody", "Amal Nasser")
	own := s.get(amal, entry+"?lang=en").want(200, ".banner", "Amal Nasser\u2069 proposed", ".banner", "Wrong tariff", "main form button", "Withdraw")
	correction := "/corrections/" + b.corrections[0].ID.String()
	s.press(amal, own, correction, "_action", "approve").want(403)
	s.press(doctor, own, correction, "_action", "approve").want(404)
	other := s.get(basem, entry+"?lang=en").want(200, "main form button[value=approve]", "Approve")
	s.press(basem, other, correction, "_action", "burn").want(404)
	s.press(basem, other, correction, "_action", "approve").want(303)
	if last := b.entries[len(b.entries)-1]; last.Kind != ledger.Reversed || last.ProposedBy != amal.ID || last.Approved != basem.ID {
		t.Errorf("%+v", last)
	}
	s.get(salwa, entry+"?lang=en").want(200, "main", "Was taken back by")
	s.get(salwa, "/desk/ledger/entries/"+b.entries[len(b.entries)-1].ID.String()+"?lang=en").want(200, "main", "Takes back", "main", "Wrong tariff", "main", "Amal Nasser", "main", "Basem Haddad")
	var done []string
	for _, a := range s.audit {
		done = append(done, a.Action+" "+a.Authority+" "+a.Detail["decision"])
	}
	if !slices.Contains(done, "correction-proposed transport ") || !slices.Contains(done, "correction-decided transport approve") {
		t.Errorf("audit %v", done)
	}
}

func TestTheEntryThatDoesNotFitIsShown(t *testing.T) {
	s := serve(t)
	b := booked(s)
	s.get(leila, "/desk/ledger/chain").want(404)
	s.get(salwa, "/desk/ledger/chain?after=99").want(404)
	s.get(salwa, "/desk/ledger/chain?lang=en").want(200, ".banner--success", "up to number \u20684\u2069", ".hash", strings.Repeat("00", 32))
	b.broken = &ledger.TamperedError{Number: 2, Entry: b.entries[1].ID, Problem: "it was changed"}
	got := s.get(salwa, "/desk/ledger/chain?after=1&lang=en").want(200, ".banner--error", "Entry \u20682\u2069 does not fit")
	if href := got.Find(".banner a").AttrOr("href", ""); href != "/desk/ledger/entries/"+b.entries[1].ID.String() {
		t.Errorf("leads to %q", href)
	}
}

func TestARefundIsRequestedByOneAccountantAndApprovedByAnother(t *testing.T) {
	s := serve(t)
	booked(s)
	paid := uuid.New()
	s.requests.left = []payment.Refundable{{Payment: paid, Authority: "transport", Currency: "ILS", Lines: []activity.Line{{Fee: "renewal", Amount: 25000}, {Fee: "late", Amount: 2000}}}}
	address := "/desk/ledger/applications/" + layla.String()
	if got := s.get(salwa, address).want(200); got.Find("main form").Length() > 0 {
		t.Error("an auditor may ask for refunds")
	}
	open := s.get(amal, address+"?lang=en").want(200, "main form", "Renewal fee", "main form", "₪270.00")
	s.press(amal, open, "/refunds").want(422, ".error-summary a[href='#_fee-"+paid.String()+"']", "Choose", ".error-summary a[href='#_reason-"+paid.String()+"']", "Write why")
	typed := s.press(amal, open, "/refunds", "_reason", "Old tariff").want(422, "main textarea", "Old tariff")
	s.press(doctor, typed, "/refunds", "_fee", "late", "_reason", "x").want(404)
	s.press(amal, typed, "/refunds", "_fee", "late", "_reason", "Old tariff").want(303)
	if len(s.requests.all) != 1 || !slices.Equal(s.requests.all[0].Fees, []string{"late"}) || s.requests.all[0].Subject != paid {
		t.Fatalf("%+v", s.requests.all)
	}
	decide := "/refunds/" + s.requests.all[0].ID.String()
	own := s.get(amal, address+"?lang=en").want(200, ".banner--warning", "Late fine", "main form button", "Withdraw")
	s.press(amal, own, decide, "_action", "approve").want(403)
	s.get(salwa, "/desk/ledger/corrections?lang=en").want(200, "table:nth-of-type(1)", "Old tariff")
	other := s.get(basem, address+"?lang=en").want(200, "main form button", "Approve the refund")
	s.press(doctor, other, decide, "_action", "approve").want(404)
	left := s.requests.left
	s.requests.left = nil
	s.press(basem, other, decide, "_action", "approve").want(409, ".error-summary", "Nothing is left")
	s.requests.left = left
	s.press(basem, other, decide, "_action", "approve").want(303)
	s.get(basem, address+"?lang=en").want(200, ".banner", "Refund approved", ".banner", "Basem Haddad")
}

func TestAMonthIsClosedByAnAccountant(t *testing.T) {
	s := serve(t)
	b := booked(s)
	if got := s.get(salwa, "/desk/ledger"); got.Find("main form[method=post]").Length() > 0 {
		t.Error("an auditor may close")
	}
	open := s.get(amal, "/desk/ledger?lang=en").want(200, "main form[method=post] button", "Close \u2068October 2026")
	s.press(doctor, open, "/close").want(404)
	s.press(amal, open, "/close").want(303)
	s.press(basem, open, "/close").want(303)
	if len(b.closed) != 1 || b.closed[0].Month != "2026-10" || b.closed[0].By != amal.ID {
		t.Errorf("%+v", b.closed)
	}
	s.get(salwa, "/desk/ledger?lang=en").want(200, ".summary-card", "October 2026", ".summary-card", "Amal Nasser")
}

func TestEveryPageOfTheLedgerIsAccessibleAndFitsItsWindow(t *testing.T) {
	s := serve(t)
	b := booked(s)
	at := now.Add(-24 * time.Hour)
	b.corrections = []proposal.Proposal{
		{ID: uuid.New(), Subject: b.entries[2].ID, Authority: "transport", Reason: "حُسبت الغرامة بتعرفة قديمة", ProposedBy: amal.ID, ProposedAt: at, Status: proposal.Proposed},
		{ID: uuid.New(), Subject: b.entries[1].ID, Authority: "transport", Reason: "دُفع المبلغ عن طلب آخر", ProposedBy: amal.ID, ProposedAt: at, Status: proposal.Approved, DecidedBy: basem.ID, DecidedAt: &at},
	}
	s.requests.left = []payment.Refundable{{Payment: uuid.New(), Authority: "transport", Currency: "ILS", Lines: []activity.Line{{Fee: "renewal", Amount: 25000}, {Fee: "late", Amount: 2000}}}}
	s.requests.all = []payment.RefundRequest{{Application: layla, Fees: []string{"late"}, Proposal: proposal.Proposal{ID: uuid.New(), Subject: uuid.New(), Authority: "transport",
		Reason: "حُسبت الغرامة بتعرفة قديمة", ProposedBy: amal.ID, ProposedAt: at, Status: proposal.Proposed}}}
	fees := []activity.Line{{Fee: "renewal", Amount: 25000}, {Fee: "late", Amount: 3000}}
	s.payments = []payment.View{{ID: uuid.New(), Authority: "transport", Amount: 28000, Currency: "ILS", Status: payment.Due, Lines: fees},
		{ID: uuid.New(), Authority: "transport", Amount: 28000, Currency: "ILS", Status: payment.Due, Lines: fees}}
	s.off = []payment.Waiver{{Application: layla, Lines: fees[1:], Basis: "قانون الرسوم، المادة 12", Proposal: proposal.Proposal{ID: uuid.New(), Subject: s.payments[0].ID, Authority: "transport",
		Reason: "كان المكتب مغلقًا", ProposedBy: amal.ID, ProposedAt: at, Status: proposal.Proposed}}}
	b.closed = []ledger.Closing{{Authority: "transport", Month: "2026-09", By: amal.ID, At: at}}
	server := httptest.NewServer(as(basem, s.handler))
	defer server.Close()
	browser := uitest.Browser(t)
	folder := os.Getenv("DIWAN_SCREENSHOTS")
	for name, address := range map[string]string{
		"trial": "/desk/ledger?", "journal": "/desk/ledger/entries?", "waits": "/desk/ledger/entries/" + b.entries[2].ID.String() + "?", "entry": "/desk/ledger/entries/" + b.entries[0].ID.String() + "?",
		"corrections": "/desk/ledger/corrections?", "application": "/desk/ledger/applications/" + layla.String() + "?", "chain": "/desk/ledger/chain?", "nothing": "/desk/ledger?until-day=1&until-month=1&until-year=2020&",
	} {
		for _, lang := range []string{"ar", "en"} {
			t.Run(name+"/"+lang, func(t *testing.T) {
				uitest.Open(t, browser, server.URL+address+"lang="+lang, uitest.Desktop)
				for _, width := range []int{uitest.Desktop, uitest.Phone} {
					uitest.Resize(t, browser, width)
					uitest.NoSidewaysScroll(t, browser)
					uitest.NoViolations(t, browser)
					if folder != "" {
						uitest.Screenshot(t, browser, filepath.Join(folder, fmt.Sprintf("ledger-%s-%s-%d.png", name, lang, width)))
					}
				}
			})
		}
	}
}
