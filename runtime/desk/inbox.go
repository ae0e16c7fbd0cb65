package desk

import (
	"net/http"
	"net/url"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// inboxPage is the body of the template inbox.
type inboxPage struct {
	Table ui.Table
	More  *ui.Button
}

func (v *visit) reader() application.Reader {
	return application.Reader{Person: v.officer.ID, Capacities: v.officer.Capacities, Kind: application.Officer}
}

// inbox shows what the officer's roles were told, and notes that this officer has read it.
func (v *visit) inbox() error {
	list, err := v.o.Book.Messages(v.ctx, v.reader(), application.Page{After: v.r.URL.Query().Get("after"), Size: queueSize})
	if err != nil {
		return err
	}
	body := inboxPage{Table: ui.Table{Caption: v.locale.T("desk.inbox.title"), QuietCaption: true, Columns: []ui.Column{
		{Text: v.locale.T("desk.queue.reference")}, {Text: v.locale.T("desk.queue.service")}, {Text: v.locale.T("desk.inbox.message")}, {Text: v.locale.T("desk.inbox.at")},
	}, Empty: &ui.Empty{Title: v.locale.T("desk.inbox.none"), Text: v.locale.T("desk.inbox.noneText"), Drawing: "inbox"}}}
	var fresh []uuid.UUID
	for _, m := range list.Items {
		said := ui.Cell{Text: m.Step, Note: v.role(m.Role)}
		if t, ok := v.o.Releases.Texts(m.Texts); ok && len(t.Messages[m.Step]) > 0 {
			said.Text = v.locale.Pick(t.Messages[m.Step])
		}
		if !m.Read {
			said.Tag = &ui.Tag{State: ui.Received, Text: v.locale.T("desk.inbox.new")}
			fresh = append(fresh, m.ID)
		}
		body.Table.Rows = append(body.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: m.Reference, Href: "/desk/applications/" + m.Application.String()}, {Text: v.service(m.Service, m.Texts)}, said, {Text: v.locale.DateTime(m.At)},
		}})
	}
	if list.Next != "" {
		body.More = &ui.Button{Text: v.locale.T("desk.inbox.more"), Kind: ui.Secondary, Href: "/desk/messages?" + url.Values{"after": {list.Next}}.Encode()}
	}
	page := v.page(v.locale.T("desk.inbox.title"), body) // its count is that of before the reading
	if err := v.o.Book.MarkRead(v.ctx, v.reader(), fresh); err != nil {
		return err
	}
	return v.render(http.StatusOK, "inbox", page)
}

// news is what the navigation counts. A page is worth showing without it.
func (v *visit) news() application.News {
	n, err := v.o.Book.News(v.ctx, v.reader())
	if err != nil && v.ctx.Err() == nil {
		v.o.Log.WarnContext(v.ctx, "desk: news", "error", err)
	}
	return n
}
