package designer_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/change"
)

const passport = "services/interior/passport-status.yaml"

// A service of a family is made by its name, and gets what the blueprint asks on a page of its own.
func TestAServiceIsMadeOfABlueprint(t *testing.T) {
	w := serve(t)
	w.begun()
	page := w.get(w.leila, "/designer/changes/1/new")
	if page.Find(`option[value="blueprint:status-enquiry"]`).Length() != 1 {
		t.Fatal("the blueprint is not offered")
	}
	made := w.post(w.leila, "/designer/changes/1/new", url.Values{"from": {"blueprint:status-enquiry"}, "code": {"plate-status"}, "title.ar": {"حالة اللوحة"}, "title.en": {"Plate status"}})
	if made.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", made.status, made.Find(".error-summary").Text())
	}
	p := w.get(w.leila, made.header.Get("Location"))
	if p.status != http.StatusOK || p.Find("input[name='with.operation']").Length() != 1 || p.Find("textarea[name='with.register.ar']").Length() != 1 || p.Find("input[name='with.authority']").AttrOr("value", "") != "transport" {
		t.Fatalf("status %d: %s", p.status, words(p.Find(".family").Text()))
	}
	if said := p.Find("#findings").Text(); !strings.Contains(said, "operation") {
		t.Errorf("what must be given is not said: %q", words(said))
	}
	form := fill(p.Find("form:has(button[value=family])"))
	for name, value := range map[string]string{
		"operation": "passports/passport-application", "answer": "plate", "register.ar": "سجل اللوحات", "register.en": "the register of plates", "pattern": "P-20[0-9]{2}-[0-9]{6}", "example": "P-2026-004512",
	} {
		form.Set("with."+name, value)
	}
	form.Set("act", "family")
	if done := w.post(w.leila, "/designer/changes/1/edit", form); done.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", done.status, words(done.Find("main").Text()))
	}
	const file = "services/transport/plate-status.yaml"
	p = w.get(w.leila, at(file, "", ""))
	if left := p.Find(".finding--error"); left.Length() != 1 || !strings.Contains(left.Text(), "no scenario") { // which is made by trying it
		t.Errorf("it is not whole: %s\n%s", words(p.Find("#findings").Text()), w.text(file))
	}
	if try := w.get(w.leila, at(file, "try", "")); try.status != http.StatusOK || !strings.Contains(try.Find("main").Text(), "Begin the walk") {
		t.Errorf("it cannot be tried: %s", words(try.Find("main").Text()))
	}
	for _, bad := range []string{"blueprint:no-such", "blueprint:"} {
		if p := w.post(w.leila, "/designer/changes/1/new", url.Values{"from": {bad}, "code": {"other"}, "title.ar": {"ا"}, "title.en": {"a"}}); p.status != http.StatusNotFound {
			t.Errorf("%s: status %d", bad, p.status)
		}
	}
}

// One parameter changes its own line, comments stay, and undo gives the same bytes.
func TestAParameterIsEditedWhereItStands(t *testing.T) {
	w := serve(t)
	nadia := w.person("نادية حسن", "Nadia Hasan", "interior:catalogue-analyst")
	if _, err := w.changes.Start(t.Context(), nadia, change.Words{Title: "Passports"}, "interior"); err != nil {
		t.Fatal(err)
	}
	before := w.text(passport)
	p := w.get(nadia, at(passport, "family", ""))
	if p.status != http.StatusOK {
		t.Fatalf("status %d", p.status)
	}
	act := func(edits map[string]string) page {
		form := fill(p.Find("form:has(button[value=family])"))
		for name, value := range edits {
			form.Set(name, value)
		}
		form.Set("act", "family")
		return w.post(nadia, "/designer/changes/1/edit", form)
	}
	if done := act(map[string]string{"with.example": "P-2027-000001", "with.register.en": "the book of passports"}); done.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", done.status, words(done.Find("main").Text()))
	}
	want := strings.Replace(strings.Replace(before, "example: P-2026-004512", "example: P-2027-000001", 1), "en: the passport register", "en: the book of passports", 1)
	if got := w.text(passport); got != want {
		t.Errorf("it became\n%s", got)
	}
	for range 2 {
		w.post(nadia, "/designer/changes/1/edit", url.Values{"file": {passport}, "tab": {"family"}, "act": {"undo"}})
	}
	if w.text(passport) != before {
		t.Errorf("undo gives\n%s", w.text(passport))
	}
	if done := act(map[string]string{"with.example": ""}); done.status != http.StatusSeeOther || strings.Contains(w.text(passport), "example: P") {
		t.Errorf("what is emptied: status %d\n%s", done.status, w.text(passport))
	}
	if p := w.get(nadia, at(passport, "", "")); !strings.Contains(p.Find("#findings").Text(), "example") || p.Find("input[name='with.example']").Length() != 1 {
		t.Errorf("what is missing is not said, or cannot be given: %s", words(p.Find("#findings").Text()))
	}
	if p := w.post(w.leila, "/designer/changes/1/edit", url.Values{"file": {passport}, "tab": {"family"}, "act": {"family"}, "with.example": {"x"}}); p.status != http.StatusForbidden {
		t.Errorf("an analyst of another authority: status %d", p.status)
	}
}
