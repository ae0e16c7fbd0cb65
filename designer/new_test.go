package designer_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestANewServiceIsSoundFromItsFirstMoment(t *testing.T) {
	w := serve(t)
	w.begun()
	for name, from := range map[string]string{"blank": "", "copy": licence} {
		p := w.post(w.leila, "/designer/changes/1/new", url.Values{"code": {"permit-" + name}, "title.ar": {"تصريح: جديد"}, "title.en": {"A permit: new"}, "from": {from}})
		to := p.header.Get("Location")
		if p.status != http.StatusSeeOther {
			t.Fatalf("%s: status %d %s", name, p.status, p.Find(".error-summary").Text())
		}
		page := w.get(w.leila, to)
		if page.status != http.StatusOK || page.Find(".finding--error").Length() != 0 || !strings.Contains(page.Find("h1").Text(), "A permit: new") {
			t.Errorf("%s: status %d, findings %s", name, page.status, page.Find(".finding").Text())
		}
		if preview := w.get(w.leila, strings.Replace(to, "/edit?", "/edit?tab=preview&scenario=0&", 1)); preview.Find("[data-preview] input").Length() == 0 {
			t.Errorf("%s: it has no preview", name)
		}
	}
	for _, bad := range []url.Values{
		{"code": {"Permit"}, "title.ar": {"ا"}, "title.en": {"a"}}, {"code": {"../x"}, "title.ar": {"ا"}, "title.en": {"a"}},
		{"code": {"permit-blank"}, "title.ar": {"ا"}, "title.en": {"a"}}, {"code": {"fine"}, "title.ar": {""}, "title.en": {"a"}},
	} {
		if p := w.post(w.leila, "/designer/changes/1/new", bad); p.status != http.StatusUnprocessableEntity || p.Find(".error-summary").Length() != 1 {
			t.Errorf("%v: status %d", bad, p.status)
		}
	}
	if p := w.get(w.rami, "/designer/changes/1/new"); p.status != http.StatusForbidden {
		t.Errorf("a reviewer: status %d", p.status)
	}
	if p := w.post(w.leila, "/designer/changes/1/new", url.Values{"code": {"fine"}, "title.ar": {"ا"}, "title.en": {"a"}, "from": {health}}); p.status != http.StatusNotFound {
		t.Errorf("a copy of another authority's: status %d", p.status)
	}
}

func TestAMisspeltNameIsMendedByOneClick(t *testing.T) {
	w := serve(t)
	w.begun()
	before := w.text(licence)
	w.edit(1, licence, "form.years", "form.yeers")
	p := w.get(w.leila, at(licence, "fees", ""))
	form := p.Find("form:has(button[value=mend])").First()
	if answer := w.act(form, "act", "mend", nil); answer.status != http.StatusSeeOther || w.text(licence) != before {
		t.Errorf("status %d: %s", answer.status, p.Find(".findings").Text())
	}
	if answer := w.act(form, "act", "mend", nil); answer.status != http.StatusUnprocessableEntity || w.text(licence) != before {
		t.Errorf("what is mended already: status %d", answer.status)
	}
}
