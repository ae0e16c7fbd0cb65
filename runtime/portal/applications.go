package portal

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ui"
)

type applicationsPage struct {
	Offers   ui.CardGrid // what waits for the person's consent
	Others   ui.CardGrid // what others' applications ask of the reader
	Asked    ui.CardGrid // what waits for the applicant
	Rest     ui.CardGrid
	Answered ui.CardGrid // what was asked of the reader before
	Next     string
	Pay      *ui.Button // what is due, at once; nil where it is not several payments
	Empty    *ui.Empty
}

func (p *Portal) applications(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	list, err := p.o.Applications.ListForApplicant(r.Context(), me.ID, application.Page{After: r.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	l := p.locale(r)
	var body applicationsPage
	if body.Offers.Cards, err = p.offerCards(r, l, me.ID); err != nil {
		return err
	}
	others, err := p.o.Applications.AskedOf(r.Context(), me.ID, me.NationalNumber)
	if err != nil {
		return err
	}
	for _, q := range others {
		if card, open := p.askedCard(l, q); open {
			body.Others.Cards = append(body.Others.Cards, card)
		} else {
			body.Answered.Cards = append(body.Answered.Cards, card)
		}
	}
	if due, _, err := p.due(r, nil); err != nil {
		return err
	} else if len(due) > 1 {
		body.Pay = &ui.Button{Text: l.T("payments.link"), Href: "/payments", Icon: "credit-card"}
	}
	for _, s := range list.Items {
		card, asked := p.applicationCard(l, s)
		if asked {
			body.Asked.Cards = append(body.Asked.Cards, card)
		} else {
			body.Rest.Cards = append(body.Rest.Cards, card)
		}
	}
	if list.Next != "" {
		body.Next = "/applications?" + url.Values{"after": {list.Next}}.Encode()
	}
	if len(list.Items) == 0 && len(body.Offers.Cards) == 0 && len(others) == 0 {
		body.Empty = &ui.Empty{Title: l.T("applications.none"), Text: l.T("applications.noneText"), Drawing: "inbox",
			Action: &ui.Button{Text: l.T("nav.services"), Href: "/services"}}
	}
	page := p.page(r, l.T("nav.applications"))
	page.Wide, page.Body = true, body
	if r.URL.Query().Get("notice") == "declined" {
		page.Flash = []ui.Banner{{Kind: ui.Info, Text: l.T("offer.declined")}}
	}
	return p.ui.Render(w, r, http.StatusOK, "applications", page)
}

// askedCard is one thing that somebody else's application asks; open tells that it still waits.
func (p *Portal) askedCard(l *ui.Locale, q application.Asked) (card ui.Card, open bool) {
	card = ui.Card{Title: q.Task.Step, Text: q.Service, Href: "/asked/" + q.Task.ID.String(), Icon: "users"}
	if texts, ok := p.o.Releases.Texts(q.Texts); ok {
		card.Title, card.Text = cmp.Or(l.Pick(texts.Steps[q.Task.Step]), q.Task.Step), cmp.Or(l.Pick(texts.Title), q.Service)
	}
	if q.By != "" {
		card.Meta = append(card.Meta, ui.Meta{Icon: "user", Label: l.T("asked.by"), Text: q.By})
	}
	open = q.Task.Open() && q.Answer == nil && q.Status != application.Ended
	switch {
	case open && q.SuspendedUntil != nil:
		card.Tag, open = &ui.Tag{State: ui.Waiting, Text: l.T("status.suspended")}, false
	case open && q.Task.DueAt != nil:
		card.Meta = append(card.Meta, ui.Meta{Icon: "clock", Label: l.T("asked.before"), Text: l.Deadline(*q.Task.DueAt)})
		fallthrough
	case open:
		card.Tag = &ui.Tag{State: ui.Returned, Text: l.T("status.answer")}
	case q.Answer != nil:
		card.Tag = &ui.Tag{State: ui.Done, Text: l.T("status.youAnswered")}
	default:
		card.Tag = &ui.Tag{State: ui.Ended, Text: l.T("status.closed")}
	}
	return card, open
}

// applicationCard is one line of the list; asked tells that the next move is the applicant's.
func (p *Portal) applicationCard(l *ui.Locale, s application.Summary) (card ui.Card, asked bool) {
	card = ui.Card{Title: s.Service, Href: "/applications/" + s.ID.String(), Icon: "file-text"}
	step := ""
	if texts, ok := p.o.Releases.Texts(s.Texts); ok {
		card.Title, step = cmp.Or(l.Pick(texts.Title), s.Service), l.Pick(texts.Steps[s.Step])
	}
	if live, ok := p.o.Releases.Service(s.Service); ok {
		card.Icon = serviceIcon(live)
	}
	asked = s.Asked != "" || s.Status == application.Waiting
	tag := statusTag(l, s.Status, s.Outcome, s.Asked)
	card.Tag = &tag
	if step != "" && s.Status != application.Ended && s.Asked == "" {
		card.Text = step
	}
	if s.For != "" {
		card.Meta = append(card.Meta, ui.Meta{Icon: "user", Label: l.T("behalf.for"), Text: s.For})
	}
	card.Meta = append(card.Meta, []ui.Meta{{Icon: "receipt", Label: l.T("panel.reference"), Text: s.Reference}, {Icon: "calendar", Label: l.T("application.sent"), Text: l.Date(s.SubmittedAt)}}...)
	return card, asked
}

// outcomes that have a tag of their own in the kit.
var outcomes = []string{ui.Issued, ui.Refused, ui.Lapsed, ui.Approved}

// statusTag is the state of an application in a word or two. asked is the kind of the task that is open for the applicant, or "".
func statusTag(l *ui.Locale, status application.Status, outcome, asked string) ui.Tag {
	switch {
	case status == application.Ended && slices.Contains(outcomes, outcome):
		return ui.Tag{State: outcome}
	case status == application.Ended && outcome == "answered":
		return ui.Tag{State: ui.Done, Text: l.T("status.answered")}
	case status == application.Ended && outcome == "withdrawn":
		return ui.Tag{State: ui.Ended, Text: l.T("status.withdrawn")}
	case status == application.Ended:
		return ui.Tag{State: ui.Ended}
	case asked == placeTask:
		return ui.Tag{State: ui.Returned, Text: l.T("status.place")}
	case asked == inviteTask:
		return ui.Tag{State: ui.Returned, Text: l.T("status.answer")}
	case asked != "":
		return ui.Tag{State: ui.Returned, Text: l.T("status.correct")}
	case status == application.Waiting:
		return ui.Tag{State: ui.Due, Text: l.T("status.pay")}
	case status == application.Received:
		return ui.Tag{State: ui.Received}
	}
	return ui.Tag{State: ui.Open}
}
