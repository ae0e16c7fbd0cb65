package api_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

const apply = "services/" + renewal + "/applications"

func TestSubmittingTwiceWithOneKeyMakesOneApplication(t *testing.T) {
	s := serve(t)
	// Digits may be Arabic, and what is hidden is dropped.
	body := `{"form":{"licenceNumber":"١٢٣٤٥٦٧","years":1,"report":"whatever"}}`
	first := s.request(rana, "POST", apply, body, "Idempotency-Key", "k1")
	first.want(201, "status", "received")
	if got := first.header.Get("Location"); got != "/api/v1/applications/"+first.at("id").(string) {
		t.Errorf("Location %q", got)
	}
	s.request(rana, "POST", apply, body, "Idempotency-Key", "k1").want(201, "id", first.at("id"))
	s.request(rana, "POST", apply, `{"form":{"licenceNumber":"7654321","years":1}}`, "Idempotency-Key", "k1").wantProblem(409, "key-reused")
	s.request(omar, "POST", apply, body, "Idempotency-Key", "k1").want(201)
	s.request(rana, "POST", apply, body).want(201)
	if len(s.views) != 3 {
		t.Errorf("%d applications", len(s.views))
	}
	form := s.views[uuid.MustParse(first.at("id").(string))].Form
	if b, _ := json.Marshal(form); string(b) != `{"licenceNumber":"1234567","years":1}` {
		t.Errorf("stored %s", b)
	}
	// Who reads it next sees what came of it.
	s.request(rana, "GET", "applications/"+first.at("id").(string), nil).want(200, "status", "open")
	if s.settled != 1 {
		t.Error("nobody waited")
	}
}

func TestABodyThatDoesNotFitSaysWhere(t *testing.T) {
	s := serve(t)
	for body, want := range map[string]string{
		`{"form":{"licenceNumber":"12","years":1}}`:                                                      "/licenceNumber pattern",
		`{"form":{"years":1}}`:                                                                           "/licenceNumber required",
		`{"form":{"licenceNumber":"1234567","years":2}}`:                                                 "/years option",
		`{"form":{"licenceNumber":"1234567","years":1,"extra":true}}`:                                    "/extra unknown-field",
		`{"form":{"licenceNumber":"1234567","years":5,"report":"a0000000-0000-4000-8000-00000000000f"}}`: "/report file-missing",
		`{"form":{},"colour":"zinnober"}`:                                                                "/colour unknown-field",
		`{}`:                                                                                             "/form required",
		`{"form":"all"}`:                                                                                 "/form type",
	} {
		place, code, _ := strings.Cut(want, " ")
		got := s.request(rana, "POST", apply, body)
		got.wantProblem(422, "invalid", place, code)
		if strings.Contains(string(got.body), "zinnober") || strings.Contains(string(got.body), "12") {
			t.Errorf("a value is repeated: %s", got.body)
		}
	}
	s.request(rana, "POST", apply, `{"form":`).wantProblem(400, "bad-request")
	s.request(rana, "POST", apply, "").wantProblem(400, "bad-request")
	s.request(rana, "POST", apply, `a=b`, "Content-Type", "text/plain").wantProblem(415, "media-type")
	s.request(rana, "POST", apply, `{"form":{"licenceNumber":"`+strings.Repeat("1", 1<<20)+`"}}`).wantProblem(413, "too-large")
	s.request(rana, "POST", "services/none/applications", `{"form":{}}`).wantProblem(404, "not-found")
	if len(s.views) > 0 {
		t.Error("something was submitted")
	}
}

func TestAnUploadBelongsToWhoMadeIt(t *testing.T) {
	s := serve(t)
	first := s.upload(rana, "file", "report.pdf", "%PDF-1.7", "u1")
	first.want(201)
	s.upload(rana, "file", "report.pdf", "%PDF-1.7", "u1").want(201, "id", first.at("id"))
	s.upload(rana, "file", "report.pdf", "%PDF-1.6", "u1").wantProblem(409, "key-reused")
	s.upload(rana, "file", "report.pdf", "MZ", "").wantProblem(422, "invalid", "/file", "file-type")
	s.upload(rana, "photo", "report.pdf", "%PDF-1.7", "").wantProblem(422, "invalid", "/file", "required")
	s.upload(rana, "file", "report.pdf", strings.Repeat("x", 22<<20), "").wantProblem(413, "too-large")
	s.request(rana, "POST", "uploads", `{}`).wantProblem(415, "media-type")
	body := map[string]any{"form": map[string]any{"licenceNumber": "1234567", "years": 5, "report": first.at("id")}}
	s.request(omar, "POST", apply, body).wantProblem(422, "invalid", "/report", "file-missing")
	s.request(rana, "POST", apply, body).want(201)
}

func TestAFormIsOpenedForTheCallerWithWhatMayBeChosen(t *testing.T) {
	s := serve(t)
	got := s.request(rana, "POST", "services/"+renewal+"/form", `{"form":{"years":1}}`, "Accept-Language", "en")
	got.want(200, "form", "years", 1.0)
	got.want(200, "fields", 0, "name", "licenceNumber")
	got.want(200, "fields", 0, "required", true)
	got.want(200, "fields", 1, "options", 0, "value", "1")
	s.request(rana, "POST", "services/none/form", `{}`).wantProblem(404, "not-found")
}

func TestAQuoteNamesItsFeesAndARefusal(t *testing.T) {
	s := serve(t)
	s.quote = application.Quote{Currency: "ILS", Total: 25000, Kind: plan.Pay, Lines: []activity.Line{{Fee: "renewal", Amount: 25000}}}
	const path, body = "services/" + renewal + "/quote", `{"form":{"licenceNumber":"1234567","years":1}}`
	got := s.request(rana, "POST", path, body, "Idempotency-Key", "q")
	got.want(200, "lines", 0, "fee", "renewal")
	got.want(200, "lines", 0, "amount", "value", "250.00")
	got.want(200, "total", "currency", "ILS")
	got.want(200, "complete", true)
	s.quote = application.Quote{Currency: "JOD", Kind: plan.End, Outcome: "refused", Reason: "fines"}
	s.request(rana, "POST", path, body, "Idempotency-Key", "q").want(200, "total", "value", "250.00")
	s.request(rana, "POST", path, `{"form":{"licenceNumber":"7654321","years":1}}`, "Idempotency-Key", "q").wantProblem(409, "key-reused")
	got = s.request(rana, "POST", path, body)
	got.want(200, "refused", "en", "You have fines")
	got.want(200, "total", "value", "0.000")
	s.broken = application.ErrUnavailable
	got = s.request(rana, "POST", path, body)
	got.wantProblem(503, "unavailable")
	if got.header.Get("Retry-After") == "" {
		t.Error("when to try again is not said")
	}
}

func TestAnApplicationIsSeenByItsApplicantAndItsAuthorityOnly(t *testing.T) {
	s := serve(t)
	v := s.sample()
	path := "applications/" + v.ID.String()
	for _, who := range []*identity.Person{omar, nurse} {
		s.request(who, "GET", path, nil).wantProblem(404, "not-found")
		s.request(who, "POST", path+"/acts", `{"action":"withdraw"}`).wantProblem(404, "not-found")
	}
	if len(s.audit) > 0 {
		t.Error("a read that was refused is in the audit")
	}
	own := s.request(rana, "GET", path, nil)
	own.want(200, "tasks", 0, nil)
	own.want(200, "withdrawable", true)
	own.want(200, "fees", 0, "title", "en", "Renewal fee")
	own.want(200, "payments", 0, "checkout", nil)
	own.want(200, "timeline", 1, "outcome", "paid")
	own.want(200, "form", "licenceNumber", "1234567")
	if len(s.audit) > 0 {
		t.Error("reading one's own application is in the audit")
	}
	official := s.request(leila, "GET", path, nil)
	official.want(200, "tasks", 0, "actions", 2, "refuse")
	official.want(200, "withdrawable", false)
	s.request(clerk, "GET", path, nil).want(200, "tasks", 0, nil) // the authority's, but not the role's
	if len(s.audit) != 2 || s.audit[0].Action != "read" || s.audit[0].Actor != leila.ID.String() || s.audit[0].Subject != v.ID.String() || s.audit[0].Authority != "transport" {
		t.Errorf("audit %+v", s.audit)
	}
	s.request(rana, "GET", "applications?limit=7", nil).want(200, "next", "7")
	s.request(omar, "GET", "applications", nil).want(200, "items", 0, nil)
	s.request(rana, "GET", "applications?after=broken", nil).wantProblem(422, "invalid")
	s.request(leila, "GET", "tasks", nil).want(200, "items", 0, "id", v.Tasks[0].ID.String())
	s.request(leila, "GET", "tasks?overdue=true", nil).want(200, "items", 0, nil)
	s.request(clerk, "GET", "tasks", nil).want(200, "items", 0, nil)
}

func TestAPaymentThatIsDueSaysWhereToPay(t *testing.T) {
	s := serve(t)
	v := s.sample()
	until := time.Date(2026, 12, 1, 22, 0, 0, 0, time.UTC)
	p := payment.View{ID: uuid.New(), Amount: 5000, Currency: "ILS", Status: payment.Due, Payable: true, Lines: []activity.Line{{Fee: "renewal", Amount: 5000}}, DueAt: &until}
	lapsed := payment.View{ID: uuid.New(), Amount: 1, Currency: "ILS", Status: payment.Cancelled, Refunded: 1, Lines: []activity.Line{{Fee: "renewal", Amount: 1}}}
	s.payments[v.ID] = []payment.View{lapsed, p}
	got := s.request(rana, "GET", "applications/"+v.ID.String(), nil)
	got.want(200, "payments", 1, "checkout", "https://diwan.example/pay/"+p.ID.String())
	got.want(200, "payments", 1, "lines", 0, "amount", "value", "50.00")
	got.want(200, "payments", 1, "dueAt", "2026-12-01T22:00:00Z")
	got.want(200, "payments", 1, "refunded", nil)
	got.want(200, "payments", 0, "refunded", "value", "0.01")
	got.want(200, "payments", 0, "checkout", nil)
	got.want(200, "fees", 0, "amount", "value", "50.00")
	got.want(200, "fees", 1, nil)
}

func TestTheAnswerOfAnEnquiryIsData(t *testing.T) {
	s := serve(t)
	v := s.sample()
	cell := func(kind, value string) application.Cell { return application.Cell{Kind: kind, Value: value} }
	v.Answer = []application.Row{
		{Label: plan.Text{"en": "Number"}, Cell: cell("int", "2")},
		{Label: plan.Text{"en": "Total"}, Cell: cell("money", "120.00 ILS")},
		{Label: plan.Text{"en": "Fines"}, Cell: application.Cell{Kind: "list", Columns: []application.Column{{Code: "date"}, {Code: "paid"}, {Code: "note"}},
			Rows: [][]application.Cell{{cell("date", "2026-01-31"), cell("bool", "false"), cell("money", "")}}}},
	}
	got := s.request(rana, "GET", "applications/"+v.ID.String(), nil)
	got.want(200, "answer", 0, "value", 2.0)
	got.want(200, "answer", 1, "value", "value", "120.00")
	got.want(200, "answer", 2, "value", 0, "date", "2026-01-31")
	got.want(200, "answer", 2, "value", 0, "paid", false)
	got.want(200, "answer", 2, "value", 0, "note", nil)
}

func TestADocumentIsGivenToWhoMaySeeItsApplication(t *testing.T) {
	s := serve(t)
	v := s.sample()
	s.papers["abc234"] = v.ID
	s.request(rana, "GET", "applications/"+v.ID.String(), nil).want(200, "documents", 0, "href", "https://diwan.example/api/v1/documents/abc234")
	got := s.request(rana, "GET", "documents/abc234", nil)
	got.want(200)
	if string(got.body) != "%PDF-1.7" || got.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v %s", got.header, got.body)
	}
	s.request(omar, "GET", "documents/abc234", nil).wantProblem(404, "not-found")
	s.request(rana, "GET", "documents/other", nil).wantProblem(404, "not-found")
	s.withheld = true
	s.request(rana, "GET", "documents/abc234", nil).wantProblem(404, "not-found")
	if got := s.request(rana, "GET", "applications/"+v.ID.String(), nil); got.at("documents", 0, "href") != nil {
		t.Errorf("a download is offered of a paper that has none: %s", got.body)
	}
	if s.request(leila, "GET", "documents/abc234", nil).want(200); len(s.audit) != 1 || s.audit[0].Action != "download" {
		t.Errorf("audit %+v", s.audit)
	}
}

func TestWhatIsNotForeseenIsLoggedAndNotSaid(t *testing.T) {
	s := serve(t)
	v := s.sample()
	s.broken = errors.New("the disk is on fire")
	got := s.request(rana, "GET", "applications/"+v.ID.String(), nil)
	got.wantProblem(500, "internal")
	if strings.Contains(string(got.body), "fire") || !strings.Contains(s.log.String(), "fire") {
		t.Errorf("said %s, logged %s", got.body, s.log)
	}
}

func TestOneAppliesForSomebodyElseOnceForOneKey(t *testing.T) {
	s := serve(t)
	s.live[0].Plan.Form.OnBehalf = []plan.Representation{{As: "guardian", Evidence: "report"}}
	body := `{"form":{"licenceNumber":"1234567","years":1},"onBehalf":{"as":"guardian","nationalNumber":"402345674"}}`
	first := s.request(rana, "POST", apply, body, "Idempotency-Key", "k1")
	first.want(201, "status", "received")
	s.request(rana, "POST", apply, body, "Idempotency-Key", "k1").want(201, "id", first.at("id"))
	s.request(rana, "GET", "applications/"+first.at("id").(string), nil).want(200)
	s.request(omar, "GET", "applications/"+first.at("id").(string), nil).wantProblem(404, "not-found")
	if v := s.views[uuid.MustParse(first.at("id").(string))]; v.Applicant == rana.ID || v.Facts["nationalNumber"] != "402345674" {
		t.Errorf("whoever applies is the applicant: %+v", v)
	}
	s.request(rana, "POST", apply, `{"form":{},"onBehalf":{"as":"guardian","nationalNumber":"7"}}`).wantProblem(422, "invalid", "/onBehalf", "not-them")
	s.request(rana, "POST", apply, `{"form":{},"onBehalf":{"as":"cousin","nationalNumber":"7"}}`).wantProblem(422, "invalid", "/onBehalf/as", "type")
	s.request(rana, "POST", apply, `{"form":{},"onBehalf":{"as":"guardian","nationalNumber":"402345674"}}`).wantProblem(422, "invalid", "/licenceNumber", "required")
}
