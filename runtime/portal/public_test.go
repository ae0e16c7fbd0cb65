package portal_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/diwan-gov/diwan/runtime/document"
)

func TestSearchFindsServicesHoweverTheyAreWritten(t *testing.T) {
	w := newWorld(t)
	for query, want := range map[string]string{
		"رخصة القيادة": licence, "رخصه قياده": licence, "تجديد الرخصة": licence, "بالقيادة": licence, "driving": licence, "licence renewal": licence, "license": licence,
		"مخالفات": fines, "المخالفة": fines, "مخالفه سير": fines, "traffic fines": fines, "ticket": fines,
		"التأمين الصحي": insurance, "تامين": insurance, "وتأمين": insurance, "health insurance": insurance,
		"مولود": birth, "كوشان": birth, "newborn": birth,
	} {
		page := w.get(t, "/services?q="+strings.ReplaceAll(query, " ", "+")).is(http.StatusOK)
		if got := page.Find(".card__title a").First().AttrOr("href", ""); got != "/services/"+want {
			t.Errorf("%s finds %s first, want %s", query, got, want)
		}
	}
	w.get(t, "/services?q=zzzz").is(http.StatusOK).has(".empty", "Try fewer words")
	w.get(t, "/services?q=%3Cscript%3Ealert(1)%3C/script%3E").hasNot("main script").has("h1", "<script>")
	w.get(t, "/services?authority=health").has(".card__title", "Government health insurance renewal").hasNot(".card__title:contains('Driving')")
	w.get(t, "/services?event=driving").has("h1", "Driving and vehicles")
}

func TestSearchWhileTypingGetsTheResultsAlone(t *testing.T) {
	w := newWorld(t)
	r := httptest.NewRequest(http.MethodGet, "/services?q=driving", nil)
	r.Header.Set("HX-Request", "true")
	w.do(t, r).is(http.StatusOK).has(".card__title", "Driving licence renewal").hasNot("header")
}

func TestAServicePageSaysWhatIsNeededAndWhatItCosts(t *testing.T) {
	w := newWorld(t)
	w.get(t, "/").is(http.StatusOK).has(".hero", "Driving licence renewal").has(".card-grid", "Ministry of Health")
	page := w.get(t, "/services/"+insurance).is(http.StatusOK).has("main", "sample data").has(".facts", "2 working days")
	page.has("main li", "Only if you answer “").has(".summary__row:contains('Card fee')", "₪10.00").has(".summary__row:contains('Premium')", "Calculated from your answers")
	page.has(".timeline", "normally within 2 working days").has(".details", "You have no insurance to renew")
	w.get(t, "/services/interior.birth-certificate.copy").has(".facts", "₪10.00")
	arabic := httptest.NewRequest(http.MethodGet, "/services/"+licence, nil)
	arabic.Header.Set("Accept-Language", "ar")
	page = w.do(t, arabic).has("h1", "تجديد رخصة القيادة").has(".facts", "3 أيام عمل").has("main", "المدة المعتادة: يوما عمل")
	if page.Find("html").AttrOr("dir", "") != "rtl" {
		t.Error("Arabic is written from the left")
	}
}

func TestAnybodyVerifiesAPaperAndSeesNothingPersonal(t *testing.T) {
	w := newWorld(t)
	w.issued(layla)
	id := w.archive.found.ID
	w.get(t, "/verify").is(http.StatusOK).has("h1", "Check a document")
	if to := w.get(t, "/verify?id=https://diwan.example/verify/"+id).is(http.StatusSeeOther).to; to != "/verify/"+id {
		t.Errorf("leads to %s", to)
	}
	w.get(t, "/verify/"+id).is(http.StatusOK).has(".panel__title", "real and valid").has(".summary", "DL-2026-000001").has(".summary", "Ministry of Transport").has(".summary", "22 November 2031")
	w.get(t, "/verify/nothing").is(http.StatusOK).has("h1", "We do not know").has(".banner--error", "do not accept")
	for body, want := range map[string]string{string(pdfFile): "real and valid", "%PDF other": "was changed"} {
		w.do(t, multipartRequest("/verify", nil, map[string]file{"file": {"paper.pdf", []byte(body)}})).is(http.StatusOK).has("h1", want)
	}
	w.do(t, multipartRequest("/verify", map[string][]string{"file": {""}})).is(http.StatusUnprocessableEntity).has("#file-error", "Choose the PDF")
	w.archive.found.Status = document.Expired
	w.get(t, "/verify/"+id).has(".banner--warning", "no longer valid")
}

func TestAProgramVerifiesWithJSON(t *testing.T) {
	w := newWorld(t)
	w.issued(layla)
	for id, want := range map[string]string{w.archive.found.ID: "valid", "nothing": "unknown"} {
		r := httptest.NewRequest(http.MethodGet, "/verify/"+id, nil)
		r.Header.Set("Accept", "application/json")
		got := w.do(t, r).is(http.StatusOK)
		var answer map[string]any
		if err := json.Unmarshal([]byte(got.body), &answer); err != nil || answer["status"] != want {
			t.Errorf("%s: %s (%v)", id, got.body, err)
		}
	}
}

func TestAFailureSaysNothingOfItsCause(t *testing.T) {
	w := newWorld(t)
	w.person = &layla
	v := w.toPay(layla)
	w.desk.failure = "secret detail"
	page := w.get(t, "/applications/"+v.ID.String()).is(http.StatusInternalServerError).has("h1", "Something went wrong on our side").has(".problem .code", "")
	if strings.Contains(page.body, "secret") {
		t.Error("the cause is shown")
	}
}

func TestTheFootPagesAreThere(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{"/help": "reference number", "/accessibility": "WCAG", "/privacy": "two cookies", "/about-sample-data": "completed with an example"} {
		w.get(t, path).is(http.StatusOK).has("main", want)
	}
}

func TestFilesThatArriveSlowlyFillNoMemory(t *testing.T) {
	w := newWorld(t)
	paper := func() *http.Request {
		return multipartRequest("/verify", nil, map[string]file{"file": {"paper.pdf", pdfFile}})
	}
	var ended sync.WaitGroup
	slow := make(chan struct{})
	for range 8 {
		r := paper()
		begun := make(chan struct{})
		r.Body = io.NopCloser(io.MultiReader(&held{begun: begun, until: slow}, r.Body))
		ended.Go(func() { w.handler.ServeHTTP(httptest.NewRecorder(), r) })
		<-begun
	}
	w.do(t, paper()).is(http.StatusServiceUnavailable)
	w.get(t, "/verify").is(http.StatusOK)
	close(slow)
	ended.Wait()
	w.do(t, paper()).is(http.StatusOK)
}

// held is the beginning of a body that does not come until it is let go.
type held struct {
	begun chan<- struct{}
	until <-chan struct{}
}

func (h *held) Read([]byte) (int, error) {
	close(h.begun)
	<-h.until
	return 0, io.EOF
}
