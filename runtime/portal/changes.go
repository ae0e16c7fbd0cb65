package portal

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/diwan-gov/diwan/runtime/ui"
)

// History gives the releases that changed a service, the newest first, a few at a time; below is a publication, 0 begins with the newest, and older is
// where the next ones begin, 0 where there are none. It keeps what it has worked out, and gives the same list again until another release is live. A service that is not live has none.
type History interface {
	Of(ctx context.Context, service string, below int64) (list []Changed, older int64, err error)
}

// Changed is what a release changed of a service.
type Changed struct {
	LiveFrom time.Time
	Basis    string // the law or decision on which it rests
	First    bool   // the service came with it
	Back     bool   // it went back to how it was before
	Items    []ChangedItem
	Left     int // that are not among them
}

// ChangedItem is one of the things that changed.
type ChangedItem struct {
	Concern string // of compare
	// Words say it, in the languages in which differences are told; without them it is a formula, and only what it is about is said.
	Words map[string]string
	Name  map[string]string
}

// historyWithin is how long the page of a service waits for its history, which then stands behind its link only.
const historyWithin = 150 * time.Millisecond

// changesWithin is how long the page of the history itself waits.
const changesWithin = 10 * time.Second

func changesPath(service string) string { return "/services/" + service + "/changes" }

// changesList is what releases changed, with where older ones are.
type changesList struct {
	Releases []changedRelease
	Older    string
}

func (changesList) Component() string { return "portal/changes" }

// drawn are the lists that pages of services show, as they are written: a page that shows one costs no more than one that shows none.
type drawn struct {
	mu   sync.Mutex
	list map[drawnKey]drawnList
}

type drawnKey struct{ service, lang string }

type drawnList struct {
	of   *Changed // the newest, by which it is known that it is of the same history
	html template.HTML
}

// mostDrawn bounds how many are kept.
const mostDrawn = 5000

// changedRelease is a release in words.
type changedRelease struct {
	Since, Note, Basis string
	Concerns           string // what it touches, in a few words
	Groups             []changedGroup
	Left               int
}

type changedGroup struct {
	Title string
	Items []changedText
}

// changedText is a sentence; Lang is set where it is not the page's.
type changedText struct{ Text, Lang, Dir string }

// changesPage is the body of the template serviceChanges.
type changesPage struct {
	Service ui.Link
	List    changesList
	Empty   *ui.Empty
}

// changed is what the page of a service says of its history: nothing where there is none, and a link alone where it is not known at once.
func (p *Portal) changed(r *http.Request, l *ui.Locale, service string) (template.HTML, error) {
	if p.o.History == nil {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), historyWithin)
	defer cancel()
	list, older, err := p.o.History.Of(ctx, service, 0)
	switch {
	case err != nil:
		if !errors.Is(err, context.DeadlineExceeded) && r.Context().Err() == nil {
			p.o.Log.Warn("portal: the history of a service is not known", "service", service, "error", err)
		}
		return p.ui.HTML(l.Lang(), changesList{Older: changesPath(service)})
	case len(list) == 0:
		return "", nil
	}
	key := drawnKey{service, l.Lang()}
	p.drawn.mu.Lock()
	known := p.drawn.list[key]
	p.drawn.mu.Unlock()
	if known.of == &list[0] {
		return known.html, nil
	}
	html, err := p.ui.HTML(l.Lang(), p.changesOf(l, service, list, older))
	if err != nil {
		return "", err
	}
	p.drawn.mu.Lock()
	defer p.drawn.mu.Unlock()
	if p.drawn.list == nil || len(p.drawn.list) >= mostDrawn {
		p.drawn.list = map[drawnKey]drawnList{}
	}
	p.drawn.list[key] = drawnList{&list[0], html}
	return html, nil
}

func (p *Portal) changesOf(l *ui.Locale, service string, list []Changed, older int64) changesList {
	out := changesList{}
	for _, c := range list {
		out.Releases = append(out.Releases, changedIn(l, c))
	}
	if older != 0 {
		out.Older = changesPath(service) + "?below=" + strconv.FormatInt(older, 10)
	}
	return out
}

func changedIn(l *ui.Locale, c Changed) changedRelease {
	out := changedRelease{Since: l.Date(c.LiveFrom), Basis: c.Basis, Left: c.Left}
	switch {
	case c.First:
		out.Note = l.T("service.changed.first")
	case c.Back:
		out.Note = l.T("service.changed.back")
	}
	told := l.Lang()
	if told != "ar" {
		told = "en"
	}
	for _, item := range c.Items {
		title := l.T("service.changed.concern." + item.Concern)
		if n := len(out.Groups); n == 0 || out.Groups[n-1].Title != title {
			out.Groups = append(out.Groups, changedGroup{Title: title})
			if out.Concerns != "" {
				out.Concerns += l.T("service.changed.and")
			}
			out.Concerns += title
		}
		text := changedText{Text: capital(item.Words[told])}
		switch {
		case text.Text == "" && l.Pick(item.Name) != "":
			text.Text = l.T("service.changed.formulaOf", "name", l.Pick(item.Name))
		case text.Text == "":
			text.Text = l.T("service.changed.formula")
		case told != l.Lang():
			text.Lang, text.Dir = told, ui.Dir(told)
		}
		g := &out.Groups[len(out.Groups)-1]
		g.Items = append(g.Items, text)
	}
	if len(out.Groups) == 0 && out.Note == "" {
		out.Note = l.T("service.changed.textOnly")
	}
	return out
}

// capital is a sentence as it stands alone.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return text
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// changes shows the history of a service.
func (p *Portal) changes(w http.ResponseWriter, r *http.Request) error {
	s, ok := p.o.Releases.Service(r.PathValue("code"))
	if !ok || p.o.History == nil {
		return errNotFound
	}
	l := p.locale(r)
	below, err := strconv.ParseInt(r.FormValue("below"), 10, 64)
	if err != nil || below < 0 {
		below = 0
	}
	ctx, cancel := context.WithTimeout(r.Context(), changesWithin)
	defer cancel()
	list, older, err := p.o.History.Of(ctx, s.Service, below)
	if err != nil {
		return err
	}
	title := l.Pick(s.Texts.Title)
	body := changesPage{Service: ui.Link{Text: title, Href: "/services/" + s.Service}, List: p.changesOf(l, s.Service, list, older)}
	if len(list) == 0 {
		body.Empty = &ui.Empty{Title: l.T("service.changed.none"), Drawing: "documents"}
	}
	page := p.page(r, l.T("service.changed.of", "service", title))
	page.Body = body
	page.Crumbs = []ui.Link{{Text: l.T("site.home"), Href: "/"}, {Text: l.T("services.title"), Href: "/services"}, body.Service, {Text: l.T("service.changed.title")}}
	return p.ui.Render(w, r, http.StatusOK, "serviceChanges", page)
}
