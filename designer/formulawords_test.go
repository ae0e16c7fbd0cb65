package designer_test

import (
	"slices"
	"strings"
	"testing"
)

func TestAProposalIsCalledWhatPeopleCallIt(t *testing.T) {
	w := serve(t)
	w.begun()
	for _, c := range []struct {
		lang, typed, label string
		says               []string
	}{
		{"en", "form.ye", "years", []string{"Renew for", "a whole number"}},
		{"ar", "form.ye", "years", []string{"عدد صحيح"}},
		{"en", "fo", "form", []string{"Answers of the form"}},
		{"ar", "fo", "form", []string{"إجابات النموذج"}},
		{"ar", "applicant.birth", "birthDate", []string{"تاريخ"}},
		{"ar", "lice", "licence", []string{"سجل الترخيص"}},
		{"en", "siz", "size", []string{"size("}},
		{"en", "form.years == ", "5", []string{"Five years"}}, {"ar", "form.years == ", "5", []string{"خمس سنوات"}},
	} {
		got, _ := w.boxed(w.leila, c.lang, "form/0/fields/2", "when", c.typed, "")
		at := slices.IndexFunc(got.Offers, func(o offer) bool { return o.Label == c.label })
		if at < 0 {
			t.Errorf("%s: %s is not proposed: %+v", c.typed, c.label, got.Offers[:min(3, len(got.Offers))])
			continue
		}
		for _, said := range c.says {
			if !strings.Contains(got.Offers[at].Detail, said) {
				t.Errorf("%s in %s: %q does not say %s", c.typed, c.lang, got.Offers[at].Detail, said)
			}
		}
	}
}

func TestAFormulaSaysWhatItGivesBeforeItIsSaved(t *testing.T) {
	w := serve(t)
	w.begun()
	for _, c := range [][3]string{
		{"en", "form.years == 5", "Gives \u2068yes or no\u2069."}, {"ar", "form.years == 5", "الناتج: \u2068نعم أو لا\u2069."}, {"en", "form.years + 1", "Gives \u2068a whole number\u2069."},
		{"ar", "applicant.birthDate", "الناتج: \u2068تاريخ\u2069."}, {"en", "form.yeers", ""}, {"en", "", ""},
	} {
		if got, _ := w.boxed(w.leila, c[0], "form/0/fields/2", "when", c[1], ""); got.Gives != c[2] {
			t.Errorf("%s: %q", c[1], got.Gives)
		}
	}
}
