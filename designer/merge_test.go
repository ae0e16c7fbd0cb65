package designer_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/release/releasetest"
)

const (
	tariff    = "tariffs/transport.yaml"
	mergePage = "/designer/changes/1/merge"
)

// releases makes another text of files live, as if somebody else had released it.
func (w *world) releases(with map[string][2]string) {
	w.t.Helper()
	live, err := w.changes.Live(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	files := map[string][]byte{}
	for path, body := range live.Files {
		if words, there := with[path]; there {
			if !bytes.Contains(body, []byte(words[0])) {
				w.t.Fatalf("%s has no %q", path, words[0])
			}
			body = bytes.Replace(body, []byte(words[0]), []byte(words[1]), 1)
		}
		files[path] = body
	}
	c, reading := catalog.Of(files)
	built, list := release.Build(c)
	if reading.HasErrors() || list.HasErrors() {
		w.t.Fatal(reading, list)
	}
	if _, err := releasetest.Publish(w.t.Context(), w.pool, w.keys, built); err != nil {
		w.t.Fatal(err)
	}
}

// changed is a change of Leila's with all its words, of a limit and of what a fee is called.
func (w *world) changed() {
	w.t.Helper()
	w.begun()
	if err := w.changes.Describe(w.t.Context(), w.leila, 1, change.Words{Title: "Longer licences", Reason: "The council has decided so"}); err != nil {
		w.t.Fatal(err)
	}
	w.edit(1, tariff, "lateCap: 120.00", "lateCap: 140.00")
	w.edit(1, licence, "en: Renewal fee", "en: Fee of the renewal")
}

func TestWhereTwoHaveChangedTheSamePlaceAnAnalystChooses(t *testing.T) {
	w := serve(t)
	w.changed()
	if p := w.get(w.leila, "/designer/changes/1"); p.Find("a[href='"+mergePage+"']").Length() != 0 {
		t.Error("there is something to take over before anything was released")
	}
	if p := w.get(w.leila, mergePage); p.status != http.StatusSeeOther || p.header.Get("Location") != "/designer/changes/1" {
		t.Error(p.status)
	}
	w.releases(map[string][2]string{tariff: {"lateCap: 120.00", "lateCap: 125.00"}, licence: {"en: Driving licence renewal", "en: Renewal of a driving licence"}})
	if p := w.get(w.leila, "/designer/changes/1"); p.Find("a[href='"+mergePage+"']").Length() != 1 {
		t.Error("the change does not lead to what was released")
	}

	// A proposal is refused with the reason, and nothing is done.
	before := w.text(tariff)
	p := w.post(w.leila, "/designer/changes/1/propose", nil)
	if p.status != http.StatusConflict || !strings.Contains(p.Find(".error-summary").Text(), "released") || p.Find(".merge-conflict").Length() != 1 {
		t.Fatalf("%d %s", p.status, p.Find(".error-summary").Text())
	}
	if ch, err := w.changes.Find(t.Context(), 1); err != nil || ch.Status != change.Draft || w.text(tariff) != before {
		t.Errorf("%+v %v", ch, err)
	}

	// The page says what was released, by whom, and what stands on each side.
	p = w.get(w.leila, mergePage)
	conflict := p.Find(".merge-conflict")
	if p.Find("table").First().Find("tbody tr").Length() != 1 || p.Find(".merge-group--mine").Length() != 2 || !strings.Contains(p.Find(".merge-group").Text(), "125.00") {
		t.Errorf("%s", p.Find(".merge-part").Text())
	}
	var marked []string
	conflict.Find("mark").Each(func(_ int, s *goquery.Selection) { marked = append(marked, strings.TrimSpace(s.Text())) })
	if conflict.Length() != 1 || conflict.Find("input[checked]").Length() != 0 || strings.Join(marked, " ") != "125.00 140.00" || !strings.HasSuffix(conflict.Find("h3").Text(), "lateCap") {
		t.Errorf("%s: %v", conflict.Text(), marked)
	}

	// Nothing is taken over before it is chosen, and what was chosen is shown before it is done.
	form := p.Find("form[action='" + mergePage + "']")
	name := conflict.Find("input[type=radio]").AttrOr("name", "")
	if p := w.act(form, "act", "take", nil); p.status != http.StatusUnprocessableEntity || p.Find("a[href='#"+name+"']").Length()+p.Find(".error-summary a").Length() == 0 || w.text(tariff) != before {
		t.Errorf("%d", p.status)
	}
	p = w.act(form, "act", "preview", url.Values{name: {"theirs"}})
	if p.status != http.StatusOK || p.Find("input[name='"+name+"'][value=theirs][checked]").Length() != 1 || w.text(tariff) != before ||
		!strings.Contains(p.Find(".merge-plus").Text(), "125.00") || !strings.Contains(p.Find(".merge-plus").Text(), "Renewal of a driving licence") {
		t.Errorf("%d %s", p.status, p.Find("#joined").Text())
	}
	if p := w.act(p.Find("form[action='"+mergePage+"']"), "act", "take", nil); p.status != http.StatusSeeOther {
		t.Fatal(p.status)
	}
	ch, err := w.changes.Find(t.Context(), 1)
	if err != nil || len(ch.Files) != 1 || !strings.Contains(w.text(licence), "en: Fee of the renewal") || !strings.Contains(w.text(licence), "en: Renewal of a driving licence") {
		t.Errorf("%+v %v", ch, err)
	}
	if p := w.get(w.leila, "/designer/changes/1"); p.Find("a[href='"+mergePage+"']").Length() != 0 {
		t.Error("there is something to take over still")
	}

	// It is one edit, which is undone where files are edited.
	edit := w.get(w.leila, at(licence, "text", ""))
	if p := w.act(edit.Find(".bench-undo form"), "act", "undo", nil); p.status != http.StatusSeeOther {
		t.Fatal(p.status)
	}
	if w.text(tariff) != before || strings.Contains(w.text(licence), "Renewal of a driving licence") {
		t.Error("taking over was not undone as a whole")
	}
}

func TestAChoiceCountsForNothingThatCameLater(t *testing.T) {
	w := serve(t)
	w.changed()
	w.releases(map[string][2]string{tariff: {"lateCap: 120.00", "lateCap: 125.00"}})
	p := w.get(w.leila, mergePage)
	form := p.Find("form[action='" + mergePage + "']")
	name := form.Find("input[type=radio]").AttrOr("name", "")
	w.releases(map[string][2]string{tariff: {"lateCap: 125.00", "lateCap: 200.00"}})
	before := w.text(tariff)
	p = w.act(form, "act", "take", url.Values{name: {"theirs"}})
	if p.status != http.StatusUnprocessableEntity || w.text(tariff) != before || !strings.Contains(p.Find(".merge-conflict").Text(), "200.00") {
		t.Errorf("%d %s", p.status, p.Find(".merge-conflict").Text())
	}
}

func TestWhatIsInNobodysWayIsTakenOverByTheProposal(t *testing.T) {
	w := serve(t)
	w.begun()
	if err := w.changes.Describe(t.Context(), w.leila, 1, change.Words{Title: "A higher limit", Reason: "The council has decided so"}); err != nil {
		t.Fatal(err)
	}
	w.edit(1, tariff, "lateCap: 120.00", "lateCap: 140.00")
	w.releases(map[string][2]string{tariff: {"licencePerYear: 50.00", "licencePerYear: 55.00"}})
	p := w.get(w.leila, mergePage)
	if p.Find(".merge-conflict").Length() != 0 || !strings.Contains(p.Find("#joined .merge-plus").Text(), "licencePerYear: 55.00") || p.Find("button[value=take]").Length() != 1 {
		t.Errorf("%s", p.Find("form").Text())
	}
	if p := w.post(w.leila, "/designer/changes/1/propose", nil); p.status != http.StatusSeeOther {
		t.Fatalf("%d %s", p.status, p.Find("main").Text())
	}
	ch, err := w.changes.Find(t.Context(), 1)
	if text := w.text(tariff); err != nil || ch.Status != change.Proposed || !strings.Contains(text, "licencePerYear: 55.00") || !strings.Contains(text, "lateCap: 140.00") {
		t.Errorf("%+v %v", ch, err)
	}
}

func TestNobodyElseTakesOver(t *testing.T) {
	w := serve(t)
	w.changed()
	w.releases(map[string][2]string{tariff: {"lateCap: 120.00", "lateCap: 125.00"}})
	before := w.text(tariff)
	p := w.get(w.rami, mergePage)
	if p.status != http.StatusOK || p.Find("button[value=take]").Length() != 0 || p.Find(".merge-conflict").Length() != 1 {
		t.Error(p.status)
	}
	name := p.Find("input[type=radio]").AttrOr("name", "")
	for _, who := range []*identity.Person{w.rami, w.huda} {
		if p := w.post(who, mergePage, url.Values{"act": {"take"}, name: {"theirs"}}); p.status != http.StatusForbidden || w.text(tariff) != before {
			t.Error(p.status)
		}
	}
	if p := w.get(w.leila, "/designer/changes/7/merge"); p.status != http.StatusNotFound {
		t.Error(p.status)
	}
}
