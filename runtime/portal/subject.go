package portal

import (
	"cmp"
	"strings"

	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// eventIcons are the drawings of life events; their names are the messages event.<code>.
var eventIcons = map[string]string{
	"birth": "baby", "having-a-child": "baby", "health": "heart-pulse", "education": "graduation-cap", "work": "briefcase",
	"business": "store", "trade": "truck", "family": "users", "identity": "id-card", "property": "map", "housing": "house",
	"transport": "car", "driving": "car", "travel": "plane", "tax": "receipt", "justice": "scale", "environment": "leaf",
	"agriculture": "sprout", "utilities": "zap", "death": "file-text", "retirement": "hand-coins", "building": "building-2",
	"social": "hand-coins", "communication": "wifi", "safety": "shield", "local": "landmark", "water": "droplets", "industry": "factory",
}

func eventIcon(code string) string { return cmp.Or(eventIcons[code], "list-checks") }

// eventTitle is the name of a life event; one that nobody has translated is shown by its code.
func eventTitle(l *ui.Locale, code string) string {
	key := "event." + code
	if text := l.T(key); text != key {
		return text
	}
	return strings.ReplaceAll(code, "-", " ")
}

// authorityIcons are the drawings of public bodies by words of their code.
var authorityIcons = []struct{ word, icon string }{
	{"health", "heart-pulse"}, {"interior", "id-card"}, {"transport", "car"}, {"education", "graduation-cap"}, {"labour", "briefcase"},
	{"justice", "scale"}, {"finance", "wallet"}, {"agriculture", "sprout"}, {"economy", "store"}, {"tourism", "map-pin"},
	{"telecom", "wifi"}, {"energy", "zap"}, {"water", "droplets"}, {"environment", "leaf"}, {"land", "map"}, {"municipal", "building-2"},
}

func authorityIcon(code string) string {
	for _, a := range authorityIcons {
		if strings.Contains(code, a.word) {
			return a.icon
		}
	}
	return "landmark"
}

// cards show services with what people ask first: how long, how much.
func (p *Portal) cards(l *ui.Locale, services []*release.Live) []ui.Card {
	cards := make([]ui.Card, len(services))
	for i, s := range services {
		cards[i] = ui.Card{
			Title: l.Pick(s.Texts.Title), Text: l.Pick(s.Texts.Summary), Href: "/services/" + s.Service, Icon: serviceIcon(s),
			Meta: []ui.Meta{
				{Icon: "clock", Label: l.T("service.promised"), Text: l.Promised(s.Texts.Promised)},
				{Icon: "banknote", Label: l.T("service.fees"), Text: p.price(l, s)},
			},
		}
	}
	return cards
}

func serviceIcon(s *release.Live) string {
	for _, e := range s.Texts.LifeEvents {
		if icon, ok := eventIcons[e]; ok {
			return icon
		}
	}
	return authorityIcon(s.Authority)
}
