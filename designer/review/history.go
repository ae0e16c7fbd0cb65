package review

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog/compare"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// historyPage is the body of the template history: every publication that changed a service.
type historyPage struct {
	Service, Code, Authority string
	Entries                  []entry
	More                     string // where older ones are
	Empty                    *ui.Empty
}

// entry is one publication.
type entry struct {
	ID       string
	LiveFrom string
	Tags     []ui.Tag
	Title    string
	Href     string // of the change; "" of a publication by no change
	Facts    ui.SummaryList
	First    bool // the service came with it
	Groups   []group
	Left     int
}

// history shows what became of a service.
func (v *visit) history() error {
	if !change.IsReader(v.person) {
		return change.ErrForeign
	}
	below, err := strconv.ParseInt(v.r.FormValue("below"), 10, 64)
	if err != nil || below < 0 {
		below = 0
	}
	code := v.r.PathValue("code")
	s, list, more, err := v.o.Changes.ServiceHistory(v.ctx, code, below)
	if err != nil {
		return err
	}
	body := historyPage{Service: v.pick(s.Title), Code: code, Authority: s.Authority.Value}
	for i := range list {
		one, err := v.entry(&list[i], code)
		if err != nil {
			return err
		}
		body.Entries = append(body.Entries, one)
	}
	if more {
		body.More = "/designer/services/" + code + "/history?below=" + strconv.FormatInt(list[len(list)-1].Publication, 10)
	}
	if len(list) == 0 {
		body.Empty = &ui.Empty{Title: v.locale.T("review.history.none"), Drawing: "documents"}
	}
	title := v.locale.T("review.history.title", "service", body.Service)
	page := v.page(title, body)
	page.Nav[0].Current, page.Nav[1].Current = true, false
	page.Crumbs = []ui.Link{{Text: v.locale.T("review.nav.catalogue"), Href: "/designer"}, {Text: body.Service}, {Text: v.locale.T("review.history.crumb")}}
	return v.render(http.StatusOK, "history", page)
}

func (v *visit) entry(p *change.Published, code string) (entry, error) {
	l := v.locale
	one := entry{ID: "publication-" + strconv.FormatInt(p.Publication, 10), LiveFrom: l.DateTime(p.LiveFrom), Title: p.Reason, First: p.Was.Service(code) == nil}
	way := ui.Tag{State: ui.Ended, Text: l.T("review.way." + string(p.Way))}
	if p.Way == release.Rollback {
		way.State = ui.Revoked
	}
	one.Tags = []ui.Tag{way}
	if p.LiveFrom.After(v.o.Now()) {
		one.Tags = append(one.Tags, ui.Tag{State: ui.Waiting, Text: l.T("review.history.coming")})
	}
	if one.Title == "" {
		one.Title = way.Text
	}
	if !one.First {
		var d compare.Difference
		for _, c := range compare.Catalogues(p.Was, p.Is) {
			if c.Definition.Kind != "settings" {
				d = append(d, c)
			}
		}
		one.Groups, one.Left = v.groups(d, nil)
	}
	if p.Change == 0 {
		if by, err := uuid.Parse(p.Actor); err == nil {
			names, err := v.names([]uuid.UUID{by})
			if err != nil {
				return one, err
			}
			one.Facts.Rows = append(one.Facts.Rows, ui.SummaryRow{Key: l.T("review.history.by"), Value: names[by]})
		}
		return one, nil
	}
	ch, err := v.o.Changes.Find(v.ctx, p.Change)
	if err != nil {
		return one, err
	}
	one.Href = reviewPath(ch.Number)
	var asked []Asked
	if ch.Application != uuid.Nil {
		if asked, err = v.o.Route.Asked(v.ctx, ch.Application); err != nil {
			return one, err
		}
	}
	people := []uuid.UUID{ch.Author}
	for _, a := range asked {
		people = append(people, a.By)
	}
	names, err := v.names(people)
	if err != nil {
		return one, err
	}
	approved := ui.SummaryRow{Key: l.T("review.history.approved")}
	for _, a := range asked {
		if a.Outcome == "approve" {
			if approved.Value != "" {
				approved.Value += "\n"
			}
			approved.Value += l.T("review.history.approval", "step", l.Pick(a.Title), "name", cmp.Or(names[a.By], l.Pick(a.Role)), "at", l.DateTime(a.At))
		}
	}
	one.Facts.Rows = []ui.SummaryRow{
		{Key: l.T("review.author"), Value: names[ch.Author]}, {Key: l.T("review.reason"), Value: ch.Words.Reason}, {Key: l.T("review.basis"), Value: ch.Words.Basis},
	}
	if approved.Value != "" {
		one.Facts.Rows = append(one.Facts.Rows, approved)
	}
	return one, nil
}
