package designer_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/change"
)

func TestReleasesAreSeenByReadersAndTakenBackByOperators(t *testing.T) {
	w := serve(t)
	operator := w.person("نادر صالح", "Nader Saleh", change.Platform+":operator")
	if p := w.get(w.rami, "/designer/releases"); p.status != http.StatusOK || p.Find("tbody tr").Length() != 1 || p.Find("a[href*='back=']").Length() != 0 {
		t.Errorf("a reviewer: %d %s", p.status, p.Find("table").Text())
	}
	if p := w.get(operator, "/designer/releases?back=1"); p.status != http.StatusOK || p.Find("textarea[name=reason]").Length() != 1 {
		t.Errorf("an operator: %d", p.status)
	}
	if p := w.get(operator, "/designer"); p.status != http.StatusForbidden {
		t.Errorf("an operator sees the catalogue of analysts: %d", p.status)
	}
	if p := w.post(w.leila, "/designer/releases", url.Values{"back": {"1"}, "reason": {"x"}}); p.status != http.StatusForbidden {
		t.Errorf("an analyst takes a release back: %d", p.status)
	}
	if p := w.post(operator, "/designer/releases", url.Values{"back": {"1"}, "reason": {" "}}); p.status != http.StatusUnprocessableEntity || !strings.Contains(p.Text(), "Write the reason") {
		t.Errorf("without a reason: %d", p.status)
	}
	if p := w.post(operator, "/designer/releases", url.Values{"back": {"99"}, "reason": {"x"}}); p.status != http.StatusNotFound {
		t.Errorf("a release that never was: %d", p.status)
	}
}
