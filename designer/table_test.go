package designer_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/change"
)

func TestATariffIsATableOfBoxes(t *testing.T) {
	const file, card = "tariffs/health.yaml", "versions/0/tables/card"
	w := serveOf(t, "qatar")
	w.leila.Capacities = []string{"health:" + change.Analyst}
	if _, err := w.changes.Start(t.Context(), w.leila, change.Words{Title: "Cards"}, "health"); err != nil {
		t.Fatal(err)
	}
	begun := w.text(file)
	set := func(more url.Values) page {
		t.Helper()
		return w.act(w.get(w.leila, at(file, "head", card)).Find("section.editing > form").Last(), "act", "set", more)
	}
	if p := set(url.Values{"p.rows.2.1": {"١٢٠"}}); p.status != http.StatusSeeOther {
		t.Fatalf("status %d %s", p.status, w.log.String())
	}
	added, removed := lines(begun, w.text(file))
	if len(added) != 1 || len(removed) != 1 || !strings.Contains(added[0], "- [resident, 120 QAR]") {
		t.Errorf("added %q, removed %q", added, removed)
	}
	set(url.Values{"p.rows.3.0": {""}, "p.rows.3.1": {""}, "p.rows.0.0": {"visitor"}, "p.rows.0.1": {"300.00 QAR"}})
	if text := w.text(file); strings.Contains(text, "[domestic, 50.00 QAR]") || !strings.Contains(text, "- [visitor, 300.00 QAR]") {
		t.Error(text)
	}
	before := w.text(file)
	if p := set(url.Values{"p.rows.+paste": {"citizen\t50\nresident\n"}}); p.status != http.StatusUnprocessableEntity || w.text(file) != before || !strings.Contains(p.Text(), "Line 2") {
		t.Errorf("a row without its value: status %d", p.status)
	}
	set(url.Values{"p.rows.+paste": {"citizen\t60,5\r\nresident\t١٥٠\r\nany other\t200.00 QAR\r\n"}, "p.rows.+place": {"instead"}})
	if text := w.text(file); !strings.Contains(text, "- [resident, 150 QAR]\n") || !strings.Contains(text, "- [citizen, 60.5 QAR]") || !strings.Contains(text, "- [any other, 200.00 QAR]") || strings.Contains(text, "visitor") {
		t.Error(text)
	}
	if p := set(url.Values{"p.rows.1.0": {""}, "p.rows.1.1": {""}, "p.rows.2.0": {""}, "p.rows.2.1": {""}, "p.rows.3.0": {""}, "p.rows.3.1": {""}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a table without rows: status %d", p.status)
	}
	// A new period begins with what holds now.
	form := w.get(w.leila, at(file, "head", "versions/0")).Find("form:has(button[name=what][value=version])").First()
	if p := w.act(form, "what", "version", nil); p.status != http.StatusSeeOther {
		t.Fatalf("status %d", p.status)
	}
	if text := w.text(file); strings.Count(text, "- [resident, 150 QAR]") != 2 || strings.Count(text, "since:") != 2 {
		t.Error(text)
	}
}
