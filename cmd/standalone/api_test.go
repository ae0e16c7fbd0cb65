package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// rejected is a problem as RFC 9457 writes it.
type rejected struct {
	Type, Title, Detail string
	Status              int
	Errors              []struct{ Path, Code, Message string }
}

// code is the last part of the type.
func (r rejected) code() string { return strings.TrimPrefix(r.Type, "urn:diwan:problem:") }

// refused sends a JSON request that must be answered with a problem.
func refused(t *testing.T, c *caller, method, path, key string, body any, status int, code string) (p rejected) {
	t.Helper()
	var b []byte
	contentType := ""
	if body != nil {
		var err error
		if b, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
		contentType = "application/json"
	}
	got, err := c.send(method, path, key, contentType, b, "Accept-Language", "en")
	if err != nil {
		t.Fatal(err)
	}
	isProblem(t, got, status, code, &p)
	return p
}

func isProblem(t *testing.T, got reply, status int, code string, p *rejected) {
	t.Helper()
	if got.status != status || got.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("answered %d as %q where a problem %d was expected: %s", got.status, got.header.Get("Content-Type"), status, got.body)
		return
	}
	if err := json.Unmarshal(got.body, p); err != nil {
		t.Fatal(err)
	}
	if p.code() != code || p.Status != status || p.Title == "" || p.Detail == "" {
		t.Errorf("the problem is %+v, not a whole %s", *p, code)
	}
}

type listed[T any] struct {
	Items []T
	Next  string
}

func TestServicesAreListedFoundAndDescribed(t *testing.T) {
	c := shared.get(t).as(t, "citizen")
	type line struct {
		Code, Authority string
		Title           map[string]string
	}
	var all []string
	for after, pages := "", 0; ; pages++ {
		var part listed[line]
		must(t, c, "GET", "/api/v1/services?limit=4&after="+after, "", nil, &part, http.StatusOK)
		for _, s := range part.Items {
			all = append(all, s.Code)
			if s.Title["ar"] == "" || s.Title["en"] == "" || s.Authority == "" {
				t.Errorf("a service without its words: %+v", s)
			}
		}
		if after = part.Next; after == "" {
			break
		}
		if len(part.Items) != 4 || pages > 3 {
			t.Fatalf("page %d holds %d services", pages, len(part.Items))
		}
	}
	if len(all) != 13 || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 13 {
		t.Errorf("thirteen services are listed as %v", all)
	}
	for query, want := range map[string]string{
		"%D8%B1%D8%AE%D8%B5%D8%A9+%D8%B3%D9%8A%D8%A7%D9%82%D8%A9": licence, // رخصة سياقة
		"driving+permit": licence, "fines": "transport.traffic-fines.enquiry", "birth+copy": "interior.birth-certificate.copy",
	} {
		var found listed[line]
		must(t, c, "GET", "/api/v1/services?q="+query, "", nil, &found, http.StatusOK)
		if len(found.Items) == 0 || found.Items[0].Code != want {
			t.Errorf("%s finds %v first, not %s", query, found.Items, want)
		}
	}
	var detail struct {
		Code                string
		Fields, Steps, Fees []map[string]any
		Schema              struct {
			Type       string
			Properties map[string]any
		}
	}
	must(t, c, "GET", services+licence, "", nil, &detail, http.StatusOK)
	if detail.Schema.Type != "object" || detail.Schema.Properties["licenceNumber"] == nil || len(detail.Fields) != 5 || len(detail.Fees) != 2 ||
		len(detail.Steps) != 7 {
		t.Errorf("the licence is described as %+v", detail)
	}
	refused(t, c, "GET", services+"no.such.service", "", nil, http.StatusNotFound, "not-found")
	refused(t, c, "GET", "/api/v1/nowhere", "", nil, http.StatusNotFound, "not-found")
	refused(t, c, "GET", "/api/v1/services?limit=0", "", nil, http.StatusUnprocessableEntity, "invalid")
	refused(t, c, "GET", "/api/v1/services?after=nothing", "", nil, http.StatusUnprocessableEntity, "invalid")
}

func TestAQuoteSaysWhatWouldBePaid(t *testing.T) {
	p := shared.get(t)
	c := p.as(t, "citizen")
	var quote struct {
		Lines    []feeLine
		Total    amount
		Complete bool
		Refused  map[string]string
	}
	must(t, c, "POST", services+licence+"/quote", "", renewal(5), &quote, http.StatusOK)
	if quote.Total != (amount{"250.00", "ILS"}) || len(quote.Lines) != 1 || quote.Lines[0].Fee != "renewal" || quote.Lines[0].Amount != quote.Total || !quote.Complete {
		t.Errorf("five years are quoted as %+v", quote)
	}
	got, err := c.send("POST", services+licence+"/quote", "", "application/json", mustJSON(t, renewal(1)))
	if err != nil || !bytes.Contains(got.body, []byte(`"total":{"value":"50.00","currency":"ILS"}`)) {
		t.Errorf("money is written as %s (%v)", got.body, err)
	}
	other := p.as(t, "citizen3") // has fines to pay first
	form := map[string]any{"form": map[string]any{"licenceNumber": "3456789", "years": 1, "phone": "0599123456", "declaration": true}}
	quote.Refused = nil
	must(t, other, "POST", services+licence+"/quote", "", form, &quote, http.StatusOK)
	if !strings.Contains(quote.Refused["en"], "fines") || quote.Refused["ar"] == "" {
		t.Errorf("somebody with fines is told %v", quote.Refused)
	}
}

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatIsWrongIsSaidPlaceByPlace(t *testing.T) {
	p := shared.get(t)
	c := p.as(t, "citizen")
	at := services + licence + "/applications"
	form := map[string]any{"form": map[string]any{"licenceNumber": "12", "years": 3, "phone": "1", "colour": "red"}}
	found := refused(t, c, "POST", at, "", form, http.StatusUnprocessableEntity, "invalid")
	var paths []string
	for _, e := range found.Errors {
		paths = append(paths, e.Path)
		if e.Code == "" || e.Message == "" {
			t.Errorf("an error without code or words: %+v", e)
		}
	}
	slices.Sort(paths)
	if want := []string{"/colour", "/declaration", "/licenceNumber", "/phone", "/years"}; !slices.Equal(paths, want) {
		t.Errorf("errors at %v, not %v", paths, want)
	}
	repeated := map[string]any{"form": map[string]any{"licenceNumber": "1111111", "years": 1, "phone": "0599123456", "declaration": true}}
	if found := refused(t, c, "POST", at, "", repeated, http.StatusUnprocessableEntity, "invalid"); len(found.Errors) != 1 || found.Errors[0].Code != "script" ||
		found.Errors[0].Message != "This licence number is not valid; check its digits" {
		t.Errorf("the script's refusal reads %+v", found.Errors)
	}
	arabic, err := c.send("POST", at, "", "application/json", mustJSON(t, repeated), "Accept-Language", "ar")
	if err != nil || !bytes.Contains(arabic.body, []byte("رقم الرخصة غير صحيح؛ تحقق من الأرقام")) {
		t.Errorf("in Arabic: %s (%v)", arabic.body, err)
	}
	var r rejected
	for _, one := range []struct {
		body, contentType string
		status            int
		code              string
	}{
		{`{"form":`, "application/json", http.StatusBadRequest, "bad-request"},
		{`{"form":{}}`, "text/plain", http.StatusUnsupportedMediaType, "media-type"},
		{`{"form":{},"more":1}`, "application/json", http.StatusUnprocessableEntity, "invalid"},
		{`{}`, "application/json", http.StatusUnprocessableEntity, "invalid"},
		{`{"form":{"phone":"` + strings.Repeat("9", 2<<20) + `"}}`, "application/json", http.StatusRequestEntityTooLarge, "too-large"},
	} {
		got, err := c.send("POST", at, uuid.NewString(), one.contentType, []byte(one.body))
		if err != nil {
			t.Fatal(err)
		}
		isProblem(t, got, one.status, one.code, &r)
	}
	refused(t, c, "DELETE", at, "", nil, http.StatusMethodNotAllowed, "method")
}

func TestNobodyComesInWithoutAToken(t *testing.T) {
	p := shared.get(t)
	signedIn := newPayer(t, p)
	signedIn.signIn("citizen")
	for _, c := range []*caller{{t: t, url: p.url}, {t: t, url: p.url, token: "eyJhbGciOiJub25lIn0.e30."}, {t: t, url: p.url, token: p.as(t, "citizen").token + "x"}} {
		for _, path := range []string{"/api/v1/services", "/api/v1/applications", ownPath + uuid.NewString(), tasksPath, "/api/v1/documents/x"} {
			refused(t, c, "GET", path, "", nil, http.StatusUnauthorized, "unauthorized")
		}
		refused(t, c, "POST", services+licence+"/applications", "", renewal(1), http.StatusUnauthorized, "unauthorized")
	}
	r, err := http.NewRequest("GET", p.url+"/api/v1/applications", nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := signedIn.client.Do(r) // a session is not enough: other sites could send requests with it
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if got.StatusCode != http.StatusUnauthorized || got.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("a browser's session is answered %d", got.StatusCode)
	}
}

// smallPDF is one empty page.
var smallPDF = []byte("%PDF-1.4\n" +
	"1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n" +
	"2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n" +
	"3 0 obj <</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9]>> endobj\n" +
	"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000056 00000 n \n0000000111 00000 n \n" +
	"trailer <</Size 4 /Root 1 0 R>>\nstartxref\n176\n%%EOF\n")

func TestTheSameKeyGivesTheSameAnswer(t *testing.T) {
	c := shared.get(t).as(t, "citizen")
	upload, contentType := multipartFile(t, "report.pdf", smallPDF)
	sameParts := bytes.Replace(upload, []byte("%PDF-1.4"), []byte("%PDF-1.7"), 1)
	for _, one := range []struct {
		what, path, contentType string
		body, other             []byte
		status                  int
	}{
		{"application", services + licence + "/applications", "application/json", mustJSON(t, renewal(1)), mustJSON(t, renewal(5)), http.StatusCreated},
		{"quote", services + licence + "/quote", "application/json", mustJSON(t, renewal(1)), mustJSON(t, renewal(5)), http.StatusOK},
		{"upload", "/api/v1/uploads", contentType, upload, sameParts, http.StatusCreated},
	} {
		t.Run(one.what, func(t *testing.T) {
			key := uuid.NewString()
			first, err := c.send("POST", one.path, key, one.contentType, one.body)
			if err != nil || first.status != one.status {
				t.Fatalf("answered %d (%v): %s", first.status, err, first.body)
			}
			again, err := c.send("POST", one.path, key, one.contentType, one.body)
			if err != nil || again.status != first.status || ids(again.body) != ids(first.body) {
				t.Errorf("the repeat is answered %d %s, the first %d %s (%v)", again.status, again.body, first.status, first.body, err)
			}
			var r rejected
			got, err := c.send("POST", one.path, key, one.contentType, one.other)
			if err != nil {
				t.Fatal(err)
			}
			isProblem(t, got, http.StatusConflict, "key-reused", &r)
			fresh, err := c.send("POST", one.path, uuid.NewString(), one.contentType, one.body)
			if err != nil || fresh.status != one.status || one.status == http.StatusCreated && ids(fresh.body) == ids(first.body) {
				t.Errorf("another key is answered %d %s (%v)", fresh.status, fresh.body, err)
			}
		})
	}
}

// ids is what of an answer must not change: an application's status may have gone on.
func ids(body []byte) string {
	var a struct {
		ID, Reference string
		Total         amount
	}
	_ = json.Unmarshal(body, &a)
	return fmt.Sprint(a)
}

func TestUploadsAreTakenByContentAndForTheirOwnerOnly(t *testing.T) {
	p := shared.get(t)
	c, other := p.as(t, "citizen"), p.as(t, "citizen2")
	send := func(name string, content []byte) reply {
		t.Helper()
		body, contentType := multipartFile(t, name, content)
		got, err := c.send("POST", "/api/v1/uploads", uuid.NewString(), contentType, body)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	var r rejected
	isProblem(t, send("page.pdf", []byte("<html><script>alert(1)</script>")), http.StatusUnprocessableEntity, "invalid", &r)
	isProblem(t, send("empty.pdf", nil), http.StatusUnprocessableEntity, "invalid", &r)
	var up struct{ ID string }
	if err := json.Unmarshal(send("report.pdf", smallPDF).body, &up); err != nil || uuid.Validate(up.ID) != nil {
		t.Fatalf("an upload is answered with id %q (%v)", up.ID, err)
	}
	// Yusuf is over sixty and needs a report; Layla's is not his.
	form := map[string]any{"licenceNumber": "2345678", "years": 1, "phone": "0599123456", "declaration": true, "medicalReport": up.ID}
	at := services + licence + "/applications"
	found := refused(t, other, "POST", at, "", map[string]any{"form": form}, http.StatusUnprocessableEntity, "invalid")
	if len(found.Errors) != 1 || found.Errors[0].Path != "/medicalReport" {
		t.Errorf("somebody else's upload is refused as %+v", found.Errors)
	}
	body, contentType := multipartFile(t, "report.pdf", smallPDF)
	own, err := other.send("POST", "/api/v1/uploads", "", contentType, body)
	if err != nil || json.Unmarshal(own.body, &up) != nil {
		t.Fatalf("%v %s", err, own.body)
	}
	form["medicalReport"] = up.ID
	must(t, other, "POST", at, "", map[string]any{"form": form}, nil, http.StatusCreated)
}

func TestNobodySeesWhatIsNotTheirs(t *testing.T) {
	p := shared.get(t)
	j := &journey{key: uuid.NewString()}
	if err := j.submit(p.as(t, "citizen")); err != nil {
		t.Fatal(err)
	}
	own := p.as(t, "citizen")
	own.await(t, j.id, "payment due", func(a seen) bool { return a.checkout() != "" })
	for _, person := range []string{"citizen2", "officer.health", "officer.interior"} {
		c := p.as(t, person)
		refused(t, c, "GET", ownPath+j.id, "", nil, http.StatusNotFound, "not-found")
		refused(t, c, "POST", ownPath+j.id+"/acts", "", map[string]any{"action": "withdraw"}, http.StatusNotFound, "not-found")
		refused(t, c, "POST", ownPath+j.id+"/acts", "", map[string]any{"task": uuid.NewString(), "action": "approve", "revision": 1}, http.StatusNotFound, "not-found")
		for _, list := range []string{"/api/v1/applications?limit=100", tasksPath + "?limit=100"} {
			var part listed[struct{ ID, Application string }]
			must(t, c, "GET", list, "", nil, &part, http.StatusOK)
			for _, one := range part.Items {
				if one.ID == j.id || one.Application == j.id {
					t.Errorf("%s finds it in %s", person, list)
				}
			}
		}
	}
	var mine listed[struct{ ID string }]
	must(t, own, "GET", "/api/v1/applications?limit=1", "", nil, &mine, http.StatusOK)
	if len(mine.Items) != 1 || mine.Items[0].ID != j.id {
		t.Errorf("the newest of one's own is %v, not %s", mine.Items, j.id)
	}
	for _, guess := range []string{"1", uuid.Nil.String(), uuid.NewString(), "..%2f", "'"} {
		refused(t, own, "GET", ownPath+guess, "", nil, http.StatusNotFound, "not-found")
	}
	id, err := uuid.Parse(j.id)
	if err != nil || id.Version() != 4 {
		t.Errorf("the id %s is not random", j.id)
	}
	must(t, own, "POST", ownPath+j.id+"/acts", "", map[string]any{"action": "withdraw"}, nil, http.StatusOK, http.StatusAccepted)
}

func TestAnEnquiryIsAnsweredAtOnce(t *testing.T) {
	p := shared.get(t)
	c := p.as(t, "citizen3")
	var made struct{ ID string }
	must(t, c, "POST", services+"transport.traffic-fines.enquiry/applications", "", map[string]any{"form": map[string]any{"plate": "6-3456-91"}}, &made, http.StatusCreated)
	var a seen
	must(t, c, "GET", ownPath+made.ID, "", nil, &a, http.StatusOK)
	if a.Status != "ended" || len(a.Answer) != 3 || fmt.Sprint(a.Answer[0].Value) != "3" {
		t.Fatalf("the first read shows %s with %+v", a.Status, a.Answer)
	}
	if total, _ := a.Answer[1].Value.(map[string]any); total["value"] != "450.00" || total["currency"] != "ILS" {
		t.Errorf("the total is %v", a.Answer[1].Value)
	}
	if fines, _ := a.Answer[2].Value.([]any); len(fines) != 3 {
		t.Errorf("the fines are %v", a.Answer[2].Value)
	}
}

func TestMachinesFindTheirWay(t *testing.T) {
	p := shared.get(t)
	stranger := &caller{t: t, url: p.url}
	for _, path := range []string{"/healthz", "/readyz"} {
		if got, err := stranger.send("GET", path, "", "", nil); err != nil || got.status != http.StatusOK {
			t.Errorf("%s answers %d (%v)", path, got.status, err)
		}
	}
	got, err := stranger.send("GET", "/api/v1/openapi.json", "", "", nil)
	if err != nil || got.status != http.StatusOK {
		t.Fatalf("the description answers %d (%v)", got.status, err)
	}
	var described map[string]any
	if err := json.Unmarshal(got.body, &described); err != nil {
		t.Fatal(err)
	}
	if version, _ := described["openapi"].(string); !strings.HasPrefix(version, "3.1") {
		t.Errorf("it is OpenAPI %v", described["openapi"])
	}
	paths, _ := described["paths"].(map[string]any)
	for path, methods := range map[string][]string{
		"services": {"get"}, "services/{code}": {"get"}, "services/{code}/quote": {"post"}, "services/{code}/applications": {"post"}, "uploads": {"post"},
		"applications": {"get"}, "applications/{id}": {"get"}, "applications/{id}/acts": {"post"}, "tasks": {"get"}, "documents/{id}": {"get"},
	} {
		item, _ := paths["/api/v1/"+path].(map[string]any)
		for _, method := range methods {
			if item[method] == nil {
				t.Errorf("%s %s is not described", method, path)
			}
		}
	}
	references(t, described, described)
}

// references follows every $ref of a description.
func references(t *testing.T, root map[string]any, at any) {
	switch at := at.(type) {
	case []any:
		for _, one := range at {
			references(t, root, one)
		}
	case map[string]any:
		if ref, ok := at["$ref"].(string); ok {
			var to any = root
			for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
				in, _ := to.(map[string]any)
				to = in[part]
			}
			if to == nil {
				t.Errorf("%s leads nowhere", ref)
			}
		}
		for _, one := range at {
			references(t, root, one)
		}
	}
}

func TestAfterEverythingTheSharedBookBalances(t *testing.T) {
	p := shared.get(t)
	conn := p.database(t)
	if err := (&journey{key: uuid.NewString()}).drive(context.Background(), p.people(t)); err != nil {
		t.Fatal(err)
	}
	for _, one := range book[:2] { // the rest holds only when nothing is under way
		if n := number(t, conn, one.sql); n != 0 {
			t.Errorf("%d %s", n, one.broken)
		}
	}
}
