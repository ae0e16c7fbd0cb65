package api

import "testing"

func TestEveryProblemIsSaidInEveryLanguageOfTheProduct(t *testing.T) {
	for _, lang := range []string{"ar", "en", "kk", "ru", "fr"} {
		for code, s := range sentences {
			if words := s.in(lang); words.title == "" || words.detail == "" || lang != "en" && words == s.en {
				t.Errorf("%s in %s: %q", code, lang, words)
			}
		}
		for code, m := range messages {
			if text := m.in(lang); text == "" || lang != "en" && text == m.en {
				t.Errorf("%s in %s: %q", code, lang, text)
			}
		}
	}
	if got := messages["required"].in("uz"); got != messages["required"].en {
		t.Errorf("a language that nobody has written is answered with %q", got)
	}
}
