package reading

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestEveryLanguageHasEverySentence(t *testing.T) {
	want := slices.Sorted(maps.Keys(tables["en"]))
	for lang, table := range tables {
		if got := slices.Sorted(maps.Keys(table)); !slices.Equal(got, want) {
			t.Errorf("%s has %q", lang, got)
		}
		for key, sentence := range table {
			for _, part := range []string{"{a}", "{b}", "{c}"} {
				if strings.Contains(sentence, part) != strings.Contains(tables["en"][key], part) {
					t.Errorf("%s: %s is %q", lang, key, sentence)
				}
			}
		}
	}
}

func TestFormulasAreSaidInWords(t *testing.T) {
	names := map[string]string{"form.years": "Renew for", "form.food": "Do you sell food?", "form.report": "Medical report", "facts.late": "months late"}
	w := Words{Lang: "en", Name: func(path string) string { return names[path] }, Answer: func(path, value string) string {
		return map[string]string{"form.years 5": "Five years"}[path+" "+value]
	}}
	for formula, want := range map[string]string{
		"form.years == 5":               "“Renew for” is “Five years”",
		"form.years >= 5 and form.food": "“Renew for” is at least “Five years”, and “Do you sell food?”: yes",
		"not form.food":                 "“Do you sell food?”: no",
		"form.food == false":            "“Do you sell food?”: no",
		"not has(form.report)":          "“Medical report” is not given",
		"fullYears(applicant.birthDate, asOf.submitted) >= 60":      "full years from the applicant's date of birth to the day of the application is at least 60",
		"(form.food or facts.late > 0) and has(form.report)":        "(“Do you sell food?”: yes, or “months late” is more than 0), and “Medical report” is given",
		`form.years <= 1 ? money("20.00 ILS") : money("50.00 ILS")`: "where “Renew for” is at most 1: 20.00 ILS; else: 50.00 ILS",
		"min(tariff.cap, tariff.perMonth * facts.late)":             "the least of tariff.cap, tariff.perMonth × “months late”",
		"(form.years + 1) * 2":                                      "(“Renew for” + 1) × 2",
		"form.children.exists(c, c.age < 18)":                       "one of form.children (c) fits: c.age is less than 18",
		"form.years in [1, 5]":                                      "“Renew for” is one of 1, “Five years”",
		"form.years == ":                                            "",
		"orElse(form.years, 1)":                                     "“Renew for”, or 1 where it is not given",
	} {
		if got := Say(formula, w); got != want {
			t.Errorf("%s is said as %q, want %q", formula, got, want)
		}
	}
	w.Lang = "ar"
	if got := Say("form.years >= 3 and not form.food", w); got != "«Renew for» لا يقل عن 3، و«Do you sell food?»: لا" {
		t.Error(got)
	}
}
