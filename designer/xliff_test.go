package designer_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/change"
)

// exported is the file of translations of a text, as a browser downloads it.
func (w *world) exported(file, from, to string) string {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/designer/changes/1/texts?file="+file+"&from="+from+"&to="+to, nil)
	answer := httptest.NewRecorder()
	as(w.leila, w.handler).ServeHTTP(answer, r)
	if answer.Code != http.StatusOK || !strings.Contains(answer.Header().Get("Content-Disposition"), ".xlf") {
		w.t.Fatalf("status %d %v", answer.Code, answer.Header())
	}
	return answer.Body.String()
}

// imported sends a file of translations.
func (w *world) imported(file, body string) page {
	w.t.Helper()
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	part, err := parts.CreateFormFile("xliff", "texts.xlf")
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := part.Write([]byte(body)); err != nil || parts.Close() != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/designer/changes/1/texts?file="+file, &form)
	r.Header.Set("Content-Type", parts.FormDataContentType())
	r.Header.Set("Accept-Language", "en")
	return w.ask(w.leila, r)
}

func TestTextsGoToTranslatorsAndComeBack(t *testing.T) {
	w := serve(t)
	w.begun()
	w.edit(1, licence, ", en: Licence number", "")
	before := w.text(licence)
	out := w.exported(licence, "ar", "en")
	if strings.Count(out, "<unit ") < 20 || strings.Count(out, `state="initial"`) != 1 || !strings.Contains(out, "<target>Renew for</target>") {
		t.Fatalf("%s", out)
	}
	if p := w.imported(licence, out); p.status != http.StatusSeeOther || w.text(licence) != before {
		t.Errorf("what nobody has translated changes the text: status %d", p.status)
	}
	source := "<source>رقم الرخصة</source>"
	done := strings.Replace(out, source, source+"<target>Number &amp; year: of the licence</target>", 1)
	if p := w.imported(licence, done); p.status != http.StatusSeeOther {
		t.Fatalf("status %d", p.status)
	}
	added, removed := lines(before, w.text(licence))
	if len(added) != 1 || len(removed) != 1 || !strings.Contains(added[0], "Number & year: of the licence") {
		t.Errorf("added %q, removed %q", added, removed)
	}
	// Somebody has changed meanwhile what was translated: that one is told and left.
	w.edit(1, licence, "مدة التجديد", "مدة الرخصة")
	p := w.imported(licence, strings.Replace(done, "<target>Renew for</target>", "<target>For how long</target>", 1))
	if p.status != http.StatusOK || p.Find("#xliff-left").Length() != 1 || strings.Contains(w.text(licence), "For how long") {
		t.Errorf("a translation of what has changed: status %d", p.status)
	}
}

func TestEveryTextOfTheSamplesComesBackAsItWent(t *testing.T) {
	for country, languages := range map[string][2]string{"palestine": {"ar", "en"}, "qatar": {"ar", "en"}, "kazakhstan": {"kk", "ru"}} {
		w := serveOf(t, country)
		c, err := w.changes.Live(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.leila.Capacities = append(w.leila.Capacities, c.Services[0].Authority.Value+":"+change.Analyst)
		if _, err := w.changes.Start(t.Context(), w.leila, change.Words{Title: "Texts"}, c.Services[0].Authority.Value); err != nil {
			t.Fatal(err)
		}
		for _, s := range c.Services {
			if s.Authority.Value != c.Services[0].Authority.Value {
				continue
			}
			before := w.text(s.File)
			if p := w.imported(s.File, w.exported(s.File, languages[0], languages[1])); p.status != http.StatusSeeOther || w.text(s.File) != before {
				t.Errorf("%s: status %d, the same: %t %s", s.File, p.status, w.text(s.File) == before, p.Find(".findings").Text())
			}
		}
	}
}

func TestAFileOfTranslationsThatIsNoneIsRefused(t *testing.T) {
	w := serve(t)
	w.begun()
	before := w.text(licence)
	head := `<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="ar" trgLang="en">`
	for name, body := range map[string]string{
		"nothing": "", "text": "hello", "another kind": `<?xml version="1.0"?><html/>`, "cut off": head + `<file id="f1"><unit id="u1">`,
		"an entity":    `<!DOCTYPE x [<!ENTITY a "aaaa">]>` + head + `<file id="f1"><unit id="u1" name="title"><segment><source>&a;</source><target>&a;</target></segment></unit></file></xliff>`,
		"one language": strings.Replace(head, `"en"`, `"ar"`, 1) + `</xliff>`, "a strange language": strings.Replace(head, `"en"`, `"xx"`, 1) + `</xliff>`,
		"too large": head + strings.Repeat(" ", 5<<20) + `</xliff>`, "too many": head + `<file id="f1">` + strings.Repeat(`<unit id="u" name="x"/>`, 6000) + `</file></xliff>`,
	} {
		if p := w.imported(licence, body); p.status != http.StatusUnprocessableEntity && p.status != http.StatusRequestEntityTooLarge || w.text(licence) != before {
			t.Errorf("%s: status %d", name, p.status)
		}
	}
}
