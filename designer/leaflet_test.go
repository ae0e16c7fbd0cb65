package designer_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

const leafletPath = "/designer/changes/1/leaflet"

// stallLeaflet is what stands on a leaflet about stalls.
func stallLeaflet() url.Values {
	return url.Values{
		"title.ar": {"تصريح بسطة"}, "title.en": {"Permit for a stall"}, "days": {"٧"}, "fee": {"12.5"}, "paid": {"first"}, "refused": {"all"},
		"questions.ar": {"اسم البسطة\nكم مترا مربعا\n\nنوع البضاعة: طعام، ملابس\nرقم الهاتف"}, "questions.en": {"Name of the stall\nHow many square metres\nKind of goods: food, clothes\nPhone"},
		"role.0": {"licensing-officer"}, "order": {"after"}, "back": {"yes"}, "paper.ar": {"تصريح بسطة"}, "paper.en": {"Stall permit"},
	}
}

func TestAServiceIsMadeOfALeaflet(t *testing.T) {
	w := serve(t)
	w.begun()
	if p := w.get(w.leila, "/designer/changes/1/new"); p.Find(`a[href="`+leafletPath+`"]`).Length() != 1 {
		t.Error("the page of a new service does not lead there")
	}
	if p := w.get(w.leila, leafletPath); p.status != http.StatusOK || p.Find("textarea[name='questions.ar'], textarea[name='questions.en']").Length() != 2 || p.Find("input[name=back][checked]").Length() != 1 {
		t.Fatalf("status %d", p.status)
	}
	typed := stallLeaflet()
	typed.Set("do", "show")
	p := w.post(w.leila, leafletPath, typed)
	var kinds []string
	p.Find("select[name^='kind.'] option[selected]").Each(func(_ int, s *goquery.Selection) { kinds = append(kinds, s.AttrOr("value", "")) })
	if got := strings.Join(kinds, " "); p.status != http.StatusOK || got != "text integer choice phone" {
		t.Fatalf("status %d, kinds %s: %s", p.status, got, p.Find(".error-summary").Text())
	}
	if p.Find(".picture svg").Length() != 1 || !strings.Contains(p.Find("dl").Text(), "12.50 ILS") || !strings.Contains(p.Find("dl").Text(), "transport.permit-stall") {
		t.Errorf("it is not shown what it becomes: %q", p.Find("dl").Text())
	}
	if len(w.files(1)) != 0 {
		t.Errorf("it was made before: %v", w.files(1))
	}
	// The form that was shown makes it, with what is said of a question there.
	made := fill(p.Find("form.leaflet"))
	made.Set("kind.0", "long-text")
	made.Set("optional.3", "yes")
	made.Set("do", "make")
	done := w.post(w.leila, leafletPath, made)
	if done.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s %s", done.status, done.Find(".error-summary").Text(), done.Find("[role=alert]").Text())
	}
	page := w.get(w.leila, done.header.Get("Location"))
	if page.status != http.StatusOK || page.Find(".finding--error").Length() != 0 || !strings.Contains(page.Find("h1").Text(), "Permit for a stall") {
		t.Errorf("status %d, findings %s", page.status, page.Find(".finding").Text())
	}
	text := w.text("services/transport/permit-stall.yaml")
	for _, want := range []string{"promised: 7 working days", "type: long-text", "- {value: food, label: {ar: طعام, en: food}}", "optional: true", `amount: money("12.50 ILS")`, "refund: {fee: all}", "issue: permit-stall"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	try := w.get(w.leila, at("services/transport/permit-stall.yaml", "try", ""))
	if said := try.Find("main").Text(); try.status != http.StatusOK || strings.Count(said, "As expected") < 2 {
		t.Errorf("its examples: status %d, %q", try.status, words(said))
	}
	// The same once more is refused, and nothing that was typed is lost.
	again := w.post(w.leila, leafletPath, made)
	if again.status != http.StatusUnprocessableEntity || !strings.Contains(again.Find(".error-summary").Text(), "has this code") || !strings.Contains(again.Find("textarea[name='questions.en']").Text(), "Kind of goods: food, clothes") {
		t.Errorf("status %d: %s", again.status, again.Find(".error-summary").Text())
	}
}

func TestALeafletIsPutRightWhereItIsWrong(t *testing.T) {
	w := serve(t)
	w.begun()
	for name, c := range map[string]struct{ control, value, said string }{
		"no name":            {"title.ar", " ", "in this language too"},
		"half a summary":     {"summary.en", "It lets you", "in this language too"},
		"a bad code":         {"code", "../x", "Write a code"},
		"too many days":      {"days", "1000", "from 1 to 365"},
		"nothing is asked":   {"questions.ar", "\n \n", "one question on each line"},
		"other questions":    {"questions.en", "Name of the stall", "These are 1 questions; in Arabic they are 4"},
		"other answers":      {"questions.en", "Name\nHow many\nKind: food, clothes, shoes\nPhone", "Question 3 does not have as many answers"},
		"a long question":    {"questions.en", strings.Repeat("x", 201) + "\nb\nc\nd", "At most 200 letters"},
		"many questions":     {"questions.ar", strings.Repeat("س\n", 61), "At most 60 questions"},
		"no sum":             {"fee", "a lot", "Write an amount"},
		"nothing to pay":     {"fee", "0", "Write an amount"},
		"nobody":             {"role.0", "", "Choose who looks"},
		"somebody else":      {"role.0", "minister", "Choose who looks"},
		"reviewer of change": {"role.0", "catalogue-reviewer", "Choose who looks"},
		"half a document":    {"paper.ar", "", "in this language too"},
	} {
		typed := stallLeaflet()
		typed.Set(c.control, c.value)
		for _, do := range []string{"show", "make"} {
			typed.Set("do", do)
			p := w.post(w.leila, leafletPath, typed)
			if said := p.Find(".error-summary").Text(); p.status != http.StatusUnprocessableEntity || !strings.Contains(strings.NewReplacer("\u2068", "", "\u2069", "").Replace(said), c.said) {
				t.Errorf("%s, %s: status %d, %q", name, do, p.status, words(said))
			}
			if p.Find("input[name='title.en']").AttrOr("value", "") != "Permit for a stall" {
				t.Errorf("%s: what was typed is lost", name)
			}
		}
	}
	typed := stallLeaflet()
	typed.Set("do", "back")
	if p := w.post(w.leila, leafletPath, typed); p.status != http.StatusOK || p.Find("input[name=fee]").AttrOr("value", "") != "12.5" || p.Find("input[name=paid][value=first][checked]").Length() != 1 {
		t.Errorf("back: status %d", p.status)
	}
	typed.Set("do", "make")
	if p := w.post(w.rami, leafletPath, typed); p.status != http.StatusForbidden {
		t.Errorf("a reviewer makes a service: status %d", p.status)
	}
	if len(w.files(1)) != 0 {
		t.Errorf("something was made: %v", w.files(1))
	}
}

// files are those that a change has changed.
func (w *world) files(number int64) []string {
	w.t.Helper()
	ch, err := w.changes.Find(w.t.Context(), number)
	if err != nil {
		w.t.Fatal(err)
	}
	return ch.Files
}

func words(text string) string { return strings.Join(strings.Fields(text), " ") }
