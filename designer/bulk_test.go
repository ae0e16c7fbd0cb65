package designer_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

const bulkAt = "/designer/changes/1/bulk"

func TestManyServicesAreEditedAtOnceAfterAPreview(t *testing.T) {
	w := serve(t)
	w.begun()
	page := w.get(w.leila, bulkAt)
	before := w.text(licence)
	body := fill(page.Find(".bulk-form"))
	body.Set("key", "promised")
	body.Set("value", "6 working days")
	body.Set("how", "set")
	body.Set("act", "preview")
	p := w.post(w.leila, bulkAt, body)
	ones := p.Find(".bulk-one")
	if p.status != http.StatusOK || ones.Length() < 2 {
		t.Fatalf("status %d, %d services: %s", p.status, ones.Length(), p.Find("[role=alert]").Text())
	}
	if w.text(licence) != before {
		t.Error("a preview has changed the file")
	}
	first := ones.FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), licence) })
	if got := first.Find(".merge-plus").Text(); !strings.Contains(got, "promised: 6 working days") || first.Find(".merge-minus").Length() != 1 {
		t.Errorf("it becomes %q", got)
	}
	form := p.Find("#becomes form")
	answer := w.act(form, "act", "apply", url.Values{"file": {licence}})
	if answer.status != http.StatusSeeOther {
		t.Fatalf("status %d %s", answer.status, w.log.String())
	}
	added, removed := lines(before, w.text(licence))
	if len(added) != 1 || len(removed) != 1 || !strings.Contains(added[0], "6 working days") {
		t.Errorf("removed %q, added %q", removed, added)
	}
	if files := w.get(w.leila, "/designer/changes/1").Find("#files tbody tr").Length(); files != 1 {
		t.Errorf("%d files are edited, one was chosen", files)
	}
	w.act(w.get(w.leila, at(licence, "form", "")).Find(".bench-undo form"), "act", "undo", nil)
	if w.text(licence) != before {
		t.Error("undone it is another text")
	}
}

func TestAnEditOfManySaysWhatItBreaks(t *testing.T) {
	w := serve(t)
	w.begun()
	preview := func(with url.Values) page {
		body := url.Values{"how": {"set"}, "act": {"preview"}}
		for name, v := range with {
			body[name] = v
		}
		return w.post(w.leila, bulkAt, body)
	}
	p := preview(url.Values{"key": {"promised"}, "value": {"soon"}})
	if p.Find(".bulk-one--error").Length() == 0 || p.Find(".bulk-one--error input[checked]").Length() != 0 {
		t.Error("a duration that is none is offered like any other")
	}
	if p := preview(url.Values{"q": {"LICENCE renew"}, "key": {"summary"}, "in": {"en"}, "value": {"Shorter: words"}}); p.Find(".bulk-one").Length() != 1 || !strings.Contains(p.Find(".merge-plus").Text(), "Shorter: words") {
		t.Errorf("%q", p.Find("#becomes").Text())
	}
	if p := preview(url.Values{"only": {"without"}, "key": {"promised"}, "value": {"5 days"}}); p.Find(".bulk-one").Length() != 0 {
		t.Error("services that have the key are offered")
	}
	for name, body := range map[string]url.Values{
		"no key":                 {"value": {"x"}},
		"another key":            {"key": {"authority"}, "value": {"health"}},
		"no value":               {"key": {"promised"}},
		"no language":            {"key": {"summary"}, "value": {"x"}},
		"another language":       {"key": {"summary"}, "in": {"}, x: {"}, "value": {"x"}},
		"what must be there":     {"key": {"title"}, "how": {"remove"}},
		"nothing that is edited": {"act": {"apply"}, "key": {"promised"}, "value": {"5 days"}},
	} {
		if p := preview(body); p.status != http.StatusUnprocessableEntity || p.Find(".inset[role=alert]").Length() != 1 {
			t.Errorf("%s: status %d", name, p.status)
		}
	}
	for name, body := range map[string]url.Values{"another authority's": {"file": {health}}, "no service": {"file": {"settings.yaml"}}} {
		body.Set("act", "apply")
		body.Set("key", "promised")
		body.Set("value", "5 days")
		if p := w.post(w.leila, bulkAt, body); p.status != http.StatusForbidden {
			t.Errorf("%s: status %d", name, p.status)
		}
	}
	if p := w.get(w.rami, bulkAt); p.status != http.StatusForbidden {
		t.Errorf("a reviewer: status %d", p.status)
	}
}
