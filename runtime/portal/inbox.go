package portal

import (
	"cmp"
	"context"
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

type inboxPage struct {
	Messages []inboxMessage
	Next     string
	Empty    *ui.Empty
}

// inboxMessage is one thing that a step has told its reader.
type inboxMessage struct {
	Title, Text, At string
	New             bool
	Href, Reference string // where the reader may see the application
}

func reader(me *identity.Person) application.Reader {
	return application.Reader{Person: me.ID, NationalNumber: me.NationalNumber, Kind: application.Applicant}
}

// inbox shows what somebody was told, in applications of their own and of others, and notes that it was read.
func (p *Portal) inbox(w http.ResponseWriter, r *http.Request) error {
	me, err := p.me(r)
	if err != nil {
		return err
	}
	list, err := p.o.Applications.Messages(r.Context(), reader(me), application.Page{After: r.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	l := p.locale(r)
	var body inboxPage
	var fresh []uuid.UUID
	for _, m := range list.Items {
		shown := inboxMessage{Title: m.Service, At: l.DateTime(m.At), New: !m.Read}
		if texts, ok := p.o.Releases.Texts(m.Texts); ok {
			shown.Title, shown.Text = cmp.Or(l.Pick(texts.Title), m.Service), l.Pick(texts.Messages[m.Step])
		}
		if m.Topic != "" {
			shown.Text = l.T("inbox.topic." + m.Topic)
		}
		if m.Reference != "" {
			shown.Href, shown.Reference = "/applications/"+m.Application.String(), m.Reference
		}
		if !m.Read {
			fresh = append(fresh, m.ID)
		}
		body.Messages = append(body.Messages, shown)
	}
	if list.Next != "" {
		body.Next = "/messages?" + url.Values{"after": {list.Next}}.Encode()
	}
	if len(list.Items) == 0 {
		body.Empty = &ui.Empty{Title: l.T("inbox.none"), Text: l.T("inbox.noneText"), Drawing: "inbox"}
	}
	page := p.page(r, l.T("nav.messages")) // its count is that of before the reading
	page.Body = body
	if err := p.o.Applications.MarkRead(r.Context(), reader(me), fresh); err != nil {
		return err
	}
	return p.ui.Render(w, r, http.StatusOK, "inbox", page)
}

// news is what the navigation counts. A page is worth showing without it.
func (p *Portal) news(ctx context.Context, me *identity.Person) application.News {
	n, err := p.o.Applications.News(ctx, reader(me))
	if err != nil && ctx.Err() == nil {
		p.o.Log.WarnContext(ctx, "portal: news", "error", err)
	}
	return n
}
