package designer_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/identity"
)

// boxed is what the box of a formula of the licence is told.
type boxed struct {
	Offers   []offer
	Said     string
	Gives    string
	Problems []string
}

type offer struct {
	Label, Detail, Text string
	Before, After, Back int
}

func (w *world) boxed(who *identity.Person, lang, at, key, before, after string) (out boxed, status int) {
	w.t.Helper()
	body := url.Values{"file": {licence}, "at": {at}, "key": {key}, "before": {before}, "after": {after}}
	r := httptest.NewRequest(http.MethodPost, "/designer/changes/1/formula", strings.NewReader(body.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept-Language", lang)
	answer := httptest.NewRecorder()
	as(who, w.handler).ServeHTTP(answer, r)
	if answer.Code == http.StatusOK {
		if err := json.Unmarshal(answer.Body.Bytes(), &out); err != nil {
			w.t.Fatal(err)
		}
	}
	return out, answer.Code
}

func TestAFormulaIsCompletedWhileItIsTyped(t *testing.T) {
	w := serve(t)
	w.begun()
	before := w.text(licence)
	for _, c := range []struct {
		at, key, typed, behind string
		first, writes          string
		erases                 int
	}{
		{"form/0/fields/2", "when", "form.ye", "", "years", "years", 2},
		{"form/0/fields/2", "when", "facts.age >= 60 and form.", "", "licenceNumber", "licenceNumber", 0},
		{"form/0/fields/2", "when", `form.years == 5 and "x" == "y" and fo`, "", "form", "form", 2},
		{"form/0/fields/2", "when", "da", "ys", "", "", 0},
		{"fees/0", "amount", "tariff.li", " * 2", "licencePerYear", "licencePerYear", 2},
		{"steps/2", "when", "licence.", "", "", "", 0},
	} {
		got, status := w.boxed(w.leila, "en", c.at, c.key, c.typed, c.behind)
		if status != http.StatusOK || len(got.Offers) == 0 {
			t.Errorf("%s: status %d, %d proposals", c.typed, status, len(got.Offers))
			continue
		}
		at := slices.IndexFunc(got.Offers, func(o offer) bool { return o.Label == c.first })
		if c.first != "" && (at < 0 || got.Offers[at].Text != c.writes || got.Offers[at].Before != c.erases) {
			t.Errorf("%s: %+v", c.typed, got.Offers[:min(len(got.Offers), 3)])
		}
	}
	if got, _ := w.boxed(w.leila, "en", "form/0/fields/2", "when", "siz", ""); len(got.Offers) == 0 || !slices.ContainsFunc(got.Offers, func(o offer) bool { return o.Label == "size" && o.Text == "size()" && o.Back == 1 }) {
		t.Errorf("a function: %+v", got.Offers)
	}
	for lang, want := range map[string]string{"en": "Renew for · a whole number", "ar": "مدة التجديد · عدد صحيح"} {
		if got, _ := w.boxed(w.leila, lang, "form/0/fields/2", "when", "form.ye", ""); !slices.ContainsFunc(got.Offers, func(o offer) bool {
			return o.Label == "years" && strings.NewReplacer("\u2068", "", "\u2069", "").Replace(o.Detail) == want
		}) {
			t.Errorf("%s: %+v", lang, got.Offers)
		}
	}
	if w.text(licence) != before {
		t.Error("asking has changed the definition")
	}
}

func TestAFormulaIsSaidAndJudgedBeforeItIsSaved(t *testing.T) {
	w := serve(t)
	w.begun()
	got, _ := w.boxed(w.leila, "en", "form/0/fields/2", "when", "form.years == 5", "")
	if got.Said == "" || len(got.Problems) != 0 {
		t.Errorf("%+v", got)
	}
	for typed, want := range map[string]string{"form.years + 1": "yes or no is wanted", "form.yeers == 5": "yeers", "form.years ==": ""} {
		if got, _ = w.boxed(w.leila, "en", "form/0/fields/2", "when", typed, ""); len(got.Problems) == 0 || !strings.Contains(got.Problems[0], want) {
			t.Errorf("%s: %v", typed, got.Problems)
		}
	}
	if got, _ = w.boxed(w.leila, "ar", "form/0/fields/2", "when", "form.yeers == 5", ""); len(got.Problems) == 0 || !strings.Contains(got.Problems[0], "ليس في") {
		t.Errorf("in Arabic: %v", got.Problems)
	}
	if got, status := w.boxed(w.leila, "en", "form/0/fields/2", "when", " ", ""); status != http.StatusOK || len(got.Problems) != 0 {
		t.Errorf("nothing: %d %+v", status, got)
	}
	for name, c := range map[string]struct {
		who        *identity.Person
		key, typed string
	}{
		"no such key": {w.leila, "wen", "1"}, "too long": {w.leila, "when", strings.Repeat("x", 100_000)}, "the sign itself": {w.leila, "when", "ꙮ"},
		"a reviewer": {w.rami, "when", "form."}, "bytes of no text": {w.leila, "when", "\xff\x00"},
	} {
		if _, status := w.boxed(c.who, "en", "form/0/fields/2", c.key, c.typed, ""); status < 400 || status >= 500 {
			t.Errorf("%s: status %d", name, status)
		}
	}
}
