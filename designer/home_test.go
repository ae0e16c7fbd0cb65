package designer_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestTheCatalogueIsFoundByAuthorityWordsAndState(t *testing.T) {
	w := serve(t)
	live, err := w.changes.Live(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		"":                                       len(live.Services),
		"?authority=transport":                   3,
		"?q=driving+licence":                     1,
		"?q=LICENCE+renew":                       1,
		"?family=blueprints/status-enquiry.yaml": 3,
		"?q=nothing-like-it":                     0,
		"?state=changing":                        0,
		"?state=live":                            len(live.Services),
		"?state=withdrawn":                       0,
		"?since=7":                               len(live.Services),
	} {
		p := w.get(w.leila, "/designer"+query)
		if got := p.Find("section[aria-labelledby=services] tbody tr").Length(); p.status != http.StatusOK || got != want {
			t.Errorf("%s: %d services, status %d, want %d", query, got, p.status, want)
		}
	}
	w.edit(w.begun().Number, licence, "promised: 3 working days", "promised: 4 working days")
	p := w.get(w.leila, "/designer?state=changing")
	if got := p.Find("tbody .change-link").Text(); !strings.Contains(got, "Draft") {
		t.Errorf("the service that is being changed says %q", got)
	}
}

func TestAChangeIsBegunOfAServiceByItsOwnAnalystsAlone(t *testing.T) {
	w := serve(t)
	address := "/designer/changes?file=" + url.QueryEscape(licence)
	if w.get(w.huda, address).Find("form[action='/designer/changes']").Length() != 0 {
		t.Error("an analyst of another authority is offered to change it")
	}
	p := w.get(w.leila, address)
	title, _ := p.Find("input[name=title]").Attr("value")
	if !strings.Contains(title, "Driving licence") {
		t.Errorf("the title that is offered is %q", title)
	}
	if p := w.post(w.leila, "/designer/changes", url.Values{"title": {" "}, "authority": {"transport"}, "file": {licence}}); p.status != http.StatusUnprocessableEntity || p.Find(".error-summary").Length() != 1 {
		t.Errorf("no title: status %d", p.status)
	}
	if p := w.post(w.huda, "/designer/changes", url.Values{"title": {"x"}, "authority": {"transport"}}); p.status != http.StatusForbidden {
		t.Errorf("another authority's analyst: status %d", p.status)
	}
	begun := w.post(w.leila, "/designer/changes", url.Values{"title": {title}, "authority": {"transport"}, "file": {licence}})
	if to := begun.header.Get("Location"); begun.status != http.StatusSeeOther || !strings.HasPrefix(to, "/designer/changes/1/edit?") {
		t.Errorf("status %d to %q", begun.status, to)
	}
	if got := w.get(w.rami, "/designer/changes").Find("tbody tr").Length(); got != 1 {
		t.Errorf("a reviewer sees %d changes", got)
	}
}

func TestAChangeIsDescribedAndWithdrawn(t *testing.T) {
	w := serve(t)
	path := "/designer/changes/1"
	w.begun()
	words := url.Values{"title": {"Longer"}, "reason": {"The law says so"}, "basis": {"Law 5"}, "from-day": {"31"}, "from-month": {"2"}, "from-year": {"2027"}}
	if p := w.post(w.leila, path+"/words", words); p.status != http.StatusUnprocessableEntity || p.Find("input[name=title]").AttrOr("value", "") != "Longer" {
		t.Errorf("a day that is not: status %d", p.status)
	}
	words.Set("from-month", "3")
	words.Set("hour", "25")
	if p := w.post(w.leila, path+"/words", words); p.status != http.StatusUnprocessableEntity || p.Find("input[name=hour]").AttrOr("value", "") != "25" || p.Find("input[name=from-day]").AttrOr("value", "") != "31" {
		t.Errorf("an hour that is not: status %d, %q", p.status, p.Find("input[name=hour]").AttrOr("value", ""))
	}
	if p := w.post(w.leila, path+"/words", url.Values{"title": {"Longer"}, "hour": {"8:30"}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.Find(".error-summary").Text(), "Write the day too") {
		t.Errorf("an hour of no day: status %d", p.status)
	}
	words.Set("hour", "٨:٣٠")
	if p := w.post(w.leila, path+"/words", words); p.status != http.StatusSeeOther {
		t.Errorf("status %d", p.status)
	}
	p := w.get(w.leila, path)
	if facts := p.Find("dl").Text(); !strings.Contains(facts, "The law says so") || !strings.Contains(facts, "31 March 2027 at 08:30") {
		t.Errorf("the page says %q", facts)
	}
	if p := w.post(w.rami, path+"/words", words); p.status != http.StatusForbidden {
		t.Errorf("a reviewer describes it: status %d", p.status)
	}
	if p := w.post(w.leila, path+"/withdraw", nil); p.status != http.StatusOK || p.Find("input[name=sure]").Length() != 1 {
		t.Errorf("it is withdrawn without being asked: status %d", p.status)
	}
	if p := w.post(w.leila, path+"/withdraw", url.Values{"sure": {"yes"}}); p.status != http.StatusSeeOther {
		t.Errorf("status %d", p.status)
	}
	if p := w.post(w.leila, path+"/words", words); p.status != http.StatusConflict {
		t.Errorf("what is over is described: status %d", p.status)
	}
	for _, no := range []string{"/designer/changes/7", "/designer/changes/x", "/designer/nowhere"} {
		if p := w.get(w.leila, no); p.status != http.StatusNotFound {
			t.Errorf("%s: status %d", no, p.status)
		}
	}
}
