package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/runtime/api"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/identity"
)

// served is the API over a world, for one caller at a time.
type served struct {
	*world
	t       *testing.T
	handler http.Handler
	log     *bytes.Buffer
}

func serve(t *testing.T) *served {
	w := newWorld()
	s := &served{world: w, t: t, log: &bytes.Buffer{}}
	s.handler = load(api.New(api.Options{
		Now:       func() time.Time { return now.Add(time.Minute) },
		PublicURL: "https://diwan.example/", Book: w, Releases: w, Payments: desk{w}, Documents: archive{w}, Rights: register{}, Appointments: diary{}, Delivery: post{w},
		Audit: func(_ context.Context, e audit.Entry) error { w.audit = append(w.audit, e); return nil },
		Log:   slog.New(slog.NewTextHandler(s.log, nil)),
	}))
	return s
}

// reply is an answer, decoded.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	body   []byte
	json   map[string]any
}

// request is one of a person; body may be nil, text or something for JSON.
func (s *served) request(who *identity.Person, method, path string, body any, headers ...string) reply {
	s.t.Helper()
	var sent io.Reader = http.NoBody
	switch b := body.(type) {
	case nil:
	case string:
		sent = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		sent = bytes.NewReader(raw)
	}
	r := httptest.NewRequest(method, "/api/v1/"+path, sent)
	r.Header.Set("Authorization", "Bearer "+who.ID.String())
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return s.do(r)
}

func (s *served) do(r *http.Request) reply {
	s.t.Helper()
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	out := reply{t: s.t, status: w.Code, header: w.Result().Header, body: w.Body.Bytes()}
	if strings.Contains(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(out.body, &out.json); err != nil {
			s.t.Fatalf("%s: %v", out.body, err)
		}
	}
	return out
}

// at is a value of the body by its path.
func (r reply) at(path ...any) any {
	var v any = r.json
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func (r reply) want(status int, at ...any) {
	r.t.Helper()
	if r.status != status {
		r.t.Fatalf("status %d, not %d: %s", r.status, status, r.body)
	}
	if len(at) > 0 {
		path, value := at[:len(at)-1], at[len(at)-1]
		if got := r.at(path...); got != value {
			r.t.Errorf("%v is %#v, not %#v: %s", path, got, value, r.body)
		}
	}
}

// wantProblem checks status, code and, with status 422, place and code of the first finding.
func (r reply) wantProblem(status int, code string, found ...string) {
	r.t.Helper()
	r.want(status, "type", "urn:diwan:problem:"+code)
	if got := r.header.Get("Content-Type"); got != "application/problem+json" {
		r.t.Errorf("content type %q", got)
	}
	if r.at("status") != float64(status) || r.at("title") == "" || r.at("detail") == "" {
		r.t.Errorf("incomplete problem: %s", r.body)
	}
	if len(found) == 2 && (r.at("errors", 0, "path") != found[0] || r.at("errors", 0, "code") != found[1]) {
		r.t.Errorf("first finding: %s", r.body)
	}
	if len(found) == 2 && r.at("errors", 0, "message") == "" {
		r.t.Error("a finding without words")
	}
}

func TestNobodyGetsInWithoutAToken(t *testing.T) {
	s := serve(t)
	for _, header := range []string{"", "Bearer", "Bearer wrong", "Basic " + rana.ID.String()} {
		r := httptest.NewRequest("GET", "/api/v1/applications", nil)
		r.Header.Set("Authorization", header)
		got := s.do(r)
		got.wantProblem(401, "unauthorized")
		if !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%q: no challenge", header)
		}
	}
	// A browser's session alone would let other sites act.
	r := httptest.NewRequest("GET", "/api/v1/applications", nil)
	r.Header.Set("Cookie", rana.ID.String())
	s.do(r).wantProblem(401, "unauthorized")
}

func TestProblemsSpeakTheLanguageThatWasAskedFor(t *testing.T) {
	s := serve(t)
	s.request(rana, "GET", "services/none", nil).want(404, "title", "غير موجود")
	s.request(rana, "GET", "services/none", nil, "Accept-Language", "en-GB, ar;q=0.5").want(404, "title", "Not found")
	s.request(rana, "POST", "services/"+renewal+"/applications", `{"form":{"licenceNumber":"12","years":1}}`, "Accept-Language", "en").
		want(422, "errors", 0, "message", "A licence number has seven digits")
}

func TestAddressesAndMethodsThatDoNotExistAreProblemsToo(t *testing.T) {
	s := serve(t)
	s.request(rana, "GET", "nowhere", nil).wantProblem(404, "not-found")
	s.request(rana, "GET", "applications/x", nil).wantProblem(404, "not-found")
	got := s.request(rana, "DELETE", "applications", nil)
	got.wantProblem(405, "method")
	if got.header.Get("Allow") != "GET" {
		t.Errorf("Allow %q", got.header.Get("Allow"))
	}
}

func TestServicesAreFoundHoweverTheyAreWritten(t *testing.T) {
	s := serve(t)
	for q, want := range map[string]any{"": renewal, "رخصه": renewal, "الرخصة": renewal, "DRIVER": renewal, "المخالفات": enquiry, "fine": enquiry, "tax": nil} {
		got := s.request(rana, "GET", "services?q="+strings.ReplaceAll(q, " ", "+"), nil)
		got.want(200, "items", 0, "code", want)
	}
	first := s.request(rana, "GET", "services?limit=1", nil)
	first.want(200, "next", renewal)
	first.want(200, "items", 0, "title", "ar", "تجديد رخصة القيادة")
	first.want(200, "items", 0, "authority", "transport")
	second := s.request(rana, "GET", "services?limit=1&after="+renewal, nil)
	second.want(200, "items", 0, "code", enquiry)
	second.want(200, "next", nil)
	s.request(rana, "GET", "services?limit=0", nil).wantProblem(422, "invalid")
	s.request(rana, "GET", "services?after=none", nil).wantProblem(422, "invalid")
}

func TestAServiceSaysWhatItsFormNeeds(t *testing.T) {
	s := serve(t)
	got := s.request(rana, "GET", "services/"+renewal, nil)
	got.want(200, "schema", "properties", "licenceNumber", "pattern", "^(?:[0-9]{7})$")
	got.want(200, "fields", 1, "options", 1, "value", 5.0)
	got.want(200, "fields", 2, "conditional", true)
	got.want(200, "steps", 1, "title", "en", "Review")
	got.want(200, "steps", 2, nil)
	got.want(200, "fees", 0, "fee", "renewal")
}

func TestTheInterfaceIsDescribed(t *testing.T) {
	s := serve(t)
	got := s.do(httptest.NewRequest("GET", "/api/v1/openapi.json", nil))
	got.want(200, "openapi", "3.1.0")
	paths, _ := got.at("paths").(map[string]any)
	for path, method := range map[string]string{
		"services": "get", "services/{code}": "get", "services/{code}/form": "post", "services/{code}/quote": "post", "uploads": "post", "services/{code}/applications": "post",
		"applications": "get", "applications/{id}": "get", "applications/{id}/acts": "post", "applications/{id}/tasks/{task}/form": "post", "tasks": "get", "documents/{id}": "get",
	} {
		op, _ := paths["/api/v1/"+path].(map[string]any)[method].(map[string]any)
		if op == nil {
			t.Errorf("%s %s is not described", method, path)
			continue
		}
		if responses, _ := op["responses"].(map[string]any); responses["4XX"] == nil || len(responses) < 3 {
			t.Errorf("%s: responses %v", path, responses)
		}
	}
	if len(paths) != 28 {
		t.Errorf("%d paths", len(paths))
	}
	for _, path := range []string{"services/{code}/quote", "uploads", "services/{code}/applications", "applications/{id}/acts"} {
		if described, _ := json.Marshal(got.at("paths", "/api/v1/"+path, "post", "parameters")); !strings.Contains(string(described), `"Idempotency-Key"`) {
			t.Errorf("%s takes no key: %s", path, described)
		}
	}
	// Every reference leads somewhere.
	schemas, _ := got.at("components", "schemas").(map[string]any)
	for _, part := range strings.Split(string(got.body), `"$ref":"#/components/schemas/`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if schemas[name] == nil {
			t.Errorf("no schema %s", name)
		}
	}
	payment, _ := json.Marshal(got.at("components", "schemas", "Payment", "properties"))
	for _, want := range []string{`"lines"`, `"dueAt"`, `"paidAt"`, `"refunded"`, `"enum":["due","paid","cancelled","waived","refunding","refunded"]`, "needs no sign-in", "redirects (303)"} {
		if !strings.Contains(string(payment), want) {
			t.Errorf("%s is not described of a payment: %s", want, payment)
		}
	}
	if len(schemas) < 10 || strings.Contains(string(got.body), "ErrorModel") {
		t.Errorf("%d schemas: %s", len(schemas), got.body)
	}
}

// upload posts a file.
func (s *served) upload(who *identity.Person, field, name, content, key string) reply {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile(field, name)
	if err != nil {
		s.t.Fatal(err)
	}
	io.WriteString(part, content)
	m.Close()
	return s.request(who, "POST", "uploads", body.String(), "Content-Type", m.FormDataContentType(), "Idempotency-Key", key)
}
