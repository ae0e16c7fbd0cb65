package portal

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const (
	servicesPerPage = 24
	longestSearch   = 200 // characters
)

type servicesPage struct {
	Search  ui.Search
	Filters []ui.Link // what narrows the list, each with the way to remove it
	Results servicesResults
}

// servicesResults is also sent alone while somebody types.
type servicesResults struct {
	Count      int
	Cards      ui.CardGrid
	Pagination ui.Pagination
	Empty      ui.Empty
}

func (p *Portal) services(w http.ResponseWriter, r *http.Request) error {
	l := p.locale(r)
	query := r.URL.Query()
	words := strings.TrimSpace(query.Get("q"))
	if len(words) > longestSearch {
		words = strings.ToValidUTF8(words[:longestSearch], "")
	}
	event, authority := query.Get("event"), query.Get("authority")
	found := p.byUse()
	if words != "" {
		found = p.search().find(words)
	}
	found = slices.DeleteFunc(slices.Clone(found), func(s *release.Live) bool {
		return event != "" && !slices.Contains(s.Texts.LifeEvents, event) || authority != "" && s.Authority != authority
	})
	title := l.T("services.title")
	body := servicesPage{Search: ui.Search{Action: "/services", Value: words, Label: l.T("home.search"), Target: "results"}}
	switch {
	case words != "":
		title = l.T("services.found", "words", words)
	case event != "":
		title = eventTitle(l, event)
	case authority != "":
		title = p.authority(l, authority)
	}
	if event != "" || authority != "" {
		body.Filters = []ui.Link{{Text: l.T("services.all"), Href: "/services"}}
	}
	body.Results = p.results(l, found, query, words)
	page := p.page(r, title)
	page.Wide, page.Body = true, body
	page.Crumbs = []ui.Link{{Text: l.T("site.home"), Href: "/"}, {Text: l.T("services.title")}}
	if ui.IsFragment(r) {
		return p.ui.Fragment(w, r, http.StatusOK, "results", page)
	}
	return p.ui.Render(w, r, http.StatusOK, "services", page)
}

func (p *Portal) results(l *ui.Locale, found []*release.Live, query url.Values, words string) servicesResults {
	pages := (len(found) + servicesPerPage - 1) / servicesPerPage
	at, _ := strconv.Atoi(query.Get("page"))
	at = min(max(at, 1), max(pages, 1))
	from := (at - 1) * servicesPerPage
	out := servicesResults{
		Count: len(found),
		Cards: ui.CardGrid{Cards: p.cards(l, found[from:min(from+servicesPerPage, len(found))])},
		Pagination: ui.Paginate(at, pages, func(n int) string {
			q := url.Values{"page": {strconv.Itoa(n)}}
			for _, name := range []string{"q", "event", "authority"} {
				if v := query.Get(name); v != "" {
					q.Set(name, v)
				}
			}
			return "/services?" + q.Encode()
		}),
	}
	if len(found) == 0 {
		out.Empty = ui.Empty{Title: l.T("services.none"), Text: l.T("services.advice"), Drawing: "search",
			Action: &ui.Button{Text: l.T("services.all"), Href: "/services", Kind: ui.Secondary}}
		if words == "" {
			out.Empty.Title = l.T("services.noneHere")
		}
	}
	return out
}

// search is the index of the current release, made once for each.
func (p *Portal) search() *index {
	p.mu.Lock()
	defer p.mu.Unlock()
	if head := p.o.Releases.Head().ID; p.found == nil || p.head != head {
		p.found, p.head = newIndex(p.o.Releases.Reference().Offered(p.o.Releases.Services()), p.authorityName), head
	}
	return p.found
}
