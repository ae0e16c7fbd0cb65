package provider

import (
	"net/http/httptest"
	"slices"
	"testing"
)

func TestThePageIsOfferedInTheLanguagesInWhichItsPeopleHaveNames(t *testing.T) {
	for _, c := range []struct {
		name    map[string]string
		asked   string
		lang    string
		offered []string
	}{
		{map[string]string{"kk": "Дана", "ru": "Дана", "en": "Dana"}, "ru-KZ kk", "ru", []string{"en", "kk", "ru"}},
		{map[string]string{"kk": "Дана", "ru": "Дана", "en": "Dana"}, "ar", "en", []string{"en", "kk", "ru"}},
		{map[string]string{"ar": "ليلى", "en": "Layla"}, "fr", "ar", []string{"ar", "en"}},
		{nil, "", "ar", []string{"ar", "en"}},
	} {
		p := &Provider{people: []Person{{Subject: "citizen", Name: c.name}}}
		r := httptest.NewRequest("GET", "/authorize", nil)
		r.Form = map[string][]string{"ui_locales": {c.asked}}
		data, text := p.newPage(r)
		if data.Language != c.lang || text["title"] != words[c.lang]["title"] || !slices.Equal(p.languages(), c.offered) {
			t.Errorf("%v asked in %q: in %s of %v", c.name, c.asked, data.Language, p.languages())
		}
	}
	for lang, text := range words {
		for key := range words["en"] {
			if text[key] == "" {
				t.Errorf("%s lacks %s", lang, key)
			}
		}
	}
}
