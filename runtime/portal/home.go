package portal

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const (
	mostUsed  = 6 // cards on the home page
	heroLinks = 3
)

type homePage struct {
	Hero        ui.Hero
	Used        ui.CardGrid
	Events      ui.CardGrid
	Authorities ui.CardGrid
	How         []numbered
	Verify      ui.CardGrid
}

func (p *Portal) home(w http.ResponseWriter, r *http.Request) error {
	l := p.locale(r)
	services := p.byUse()
	body := homePage{
		Hero: ui.Hero{
			Title: l.T("home.title"), Text: l.T("home.text"),
			Search:     &ui.Search{Action: "/services", Label: l.T("home.search"), Large: true},
			LinksLabel: l.T("home.often"),
		},
		Used:        ui.CardGrid{Cards: p.cards(l, services[:min(mostUsed, len(services))])},
		Events:      ui.CardGrid{Small: true, Cards: p.eventCards(l, services)},
		Authorities: ui.CardGrid{Small: true, Cards: p.authorityCards(l, services)},
		How: []numbered{
			{l.T("home.how1.title"), l.T("home.how1.text")}, {l.T("home.how2.title"), l.T("home.how2.text")}, {l.T("home.how3.title"), l.T("home.how3.text")},
		},
		Verify: ui.CardGrid{Cards: []ui.Card{
			{Title: l.T("home.verify.title"), Text: l.T("home.verify.text"), Href: "/verify", Icon: "badge-check"},
			{Title: l.T("home.follow.title"), Text: l.T("home.follow.text"), Href: "/applications", Icon: "inbox"},
		}},
	}
	for _, s := range services[:min(heroLinks, len(services))] {
		body.Hero.Links = append(body.Hero.Links, ui.Link{Text: l.Pick(s.Texts.Title), Href: "/services/" + s.Service})
	}
	page := p.page(r, l.T("home.title"))
	page.Bare, page.Body, page.Description = true, body, l.T("home.text")
	return p.ui.Render(w, r, http.StatusOK, "home", page)
}

// byUse lists the services, the most used first.
func (p *Portal) byUse() []*release.Live {
	services := p.o.Releases.Reference().Offered(p.o.Releases.Services())
	if p.o.Popular == nil {
		return services
	}
	rank := map[string]int{}
	codes := p.o.Popular()
	for i, code := range codes {
		rank[code] = i - len(codes)
	}
	slices.SortStableFunc(services, func(a, b *release.Live) int { return rank[a.Service] - rank[b.Service] })
	return services
}

// group counts services by a property and gives the values by count, the largest first.
func group(services []*release.Live, of func(*release.Live) []string) (codes []string, count map[string]int) {
	count = map[string]int{}
	for _, s := range services {
		for _, code := range of(s) {
			if count[code]++; count[code] == 1 {
				codes = append(codes, code)
			}
		}
	}
	slices.SortStableFunc(codes, func(a, b string) int { return cmp.Or(count[b]-count[a], strings.Compare(a, b)) })
	return codes, count
}

func (p *Portal) eventCards(l *ui.Locale, services []*release.Live) []ui.Card {
	codes, count := group(services, func(s *release.Live) []string { return s.Texts.LifeEvents })
	cards := make([]ui.Card, len(codes))
	for i, code := range codes {
		cards[i] = ui.Card{Title: eventTitle(l, code), Icon: eventIcon(code), Href: "/services?event=" + code,
			Meta: []ui.Meta{{Text: l.T("count.services", "count", count[code])}}}
	}
	return cards
}

func (p *Portal) authorityCards(l *ui.Locale, services []*release.Live) []ui.Card {
	codes, count := group(services, func(s *release.Live) []string { return []string{s.Authority} })
	cards := make([]ui.Card, len(codes))
	for i, code := range codes {
		cards[i] = ui.Card{Title: p.authority(l, code), Icon: authorityIcon(code), Href: "/services?authority=" + code,
			Meta: []ui.Meta{{Text: l.T("count.services", "count", count[code])}}}
	}
	return cards
}

// authority is the name of a public body.
func (p *Portal) authority(l *ui.Locale, code string) string {
	return cmp.Or(l.Pick(p.authorityName(code)), code)
}

func (p *Portal) authorityName(code string) map[string]string {
	if a, ok := p.o.Releases.Reference().Authority(code); ok {
		return a.Title
	}
	return nil
}
