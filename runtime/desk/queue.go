package desk

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// queuePage is the body of the template queue.
type queuePage struct {
	Stats   ui.Stats
	Filters ui.Filters
	Table   ui.Table
	More    *ui.Button
	Still   *ui.Table // what the officer may resume
}

// queueSize is how many tasks one page shows.
const queueSize = 25

// queue shows the open tasks of the officer's roles.
func (v *visit) queue() error {
	q := v.r.URL.Query()
	filter := application.QueueFilter{
		Service: q.Get("service"), Role: q.Get("role"), Reference: strings.TrimSpace(q.Get("reference")), Overdue: q.Get("overdue") != "",
	}
	if len(filter.Reference) > 20 || len(filter.Service) > 200 || len(filter.Role) > 200 {
		return application.ErrInvalid
	}
	list, err := v.o.Book.Queue(v.ctx, v.actor(), filter, application.Page{After: q.Get("after"), Size: queueSize})
	if err != nil {
		return err
	}
	counts, err := v.o.Book.QueueCounts(v.ctx, v.actor())
	if err != nil {
		return err
	}
	var claimants []uuid.UUID
	for _, q := range list.Items {
		if q.Task.Claimant != nil {
			claimants = append(claimants, *q.Task.Claimant)
		}
	}
	if v.claimants, err = v.o.People.Named(v.ctx, claimants); err != nil {
		return err
	}
	body := queuePage{Stats: v.stats(counts, filter), Filters: v.filters(counts, filter), Table: v.tasks(list.Items, filter)}
	if list.Next != "" {
		next := url.Values{"after": {list.Next}}
		for name, value := range map[string]string{"service": filter.Service, "role": filter.Role, "reference": filter.Reference, "overdue": q.Get("overdue")} {
			if value != "" {
				next.Set(name, value)
			}
		}
		body.More = &ui.Button{Text: v.locale.T("desk.queue.more"), Kind: ui.Secondary, Href: "/desk?" + next.Encode()}
	}
	if filter == (application.QueueFilter{}) && list.Next == "" {
		still, err := v.o.Book.Suspended(v.ctx, v.actor())
		if err != nil {
			return err
		}
		body.Still = v.still(still)
	}
	page := v.page(v.locale.T("desk.queue.title"), body)
	for _, c := range counts {
		page.Nav[0].Count += c.Open
	}
	if done := v.done(q.Get("done"), q.Get("of")); done != nil {
		page.Flash = []ui.Banner{*done}
	}
	return v.render(http.StatusOK, "queue", page)
}

var reference = regexp.MustCompile(`^[0-9A-Z]{4}-[0-9A-Z]{4}$`)

// done says what became of the decision that has just been taken. Only what this page itself says can be put into the address.
func (v *visit) done(what, of string) *ui.Banner {
	if !slices.Contains(append([]string{"decided", "pending", "recused", application.Resume, payment.IncidentRetry, payment.IncidentByHand}, withReasons...), what) || !reference.MatchString(of) {
		return nil
	}
	b := &ui.Banner{Kind: ui.Success, Title: v.locale.T("desk.done." + what + ".title"), Text: v.locale.T("desk.done."+what+".text", "reference", of)}
	if what == "pending" {
		b.Kind = ui.Info
	}
	return b
}

// stats are the sizes of the queue, whole and by role where there are several.
func (v *visit) stats(counts []application.QueueCount, f application.QueueFilter) ui.Stats {
	var open, overdue int
	byRole := map[string]int{}
	var roles []string
	for _, c := range counts {
		open, overdue = open+c.Open, overdue+c.Overdue
		if byRole[c.Role] += c.Open; !slices.Contains(roles, c.Role) {
			roles = append(roles, c.Role)
		}
	}
	items := []ui.Stat{{Label: v.locale.T("desk.queue.open"), Value: v.locale.Number(int64(open)), Href: "/desk"}}
	late := ui.Stat{Label: v.locale.T("desk.queue.overdue"), Value: v.locale.Number(int64(overdue)), Tone: "good"}
	if overdue > 0 {
		late.Tone, late.Href = "bad", "/desk?overdue=yes"
	}
	items = append(items, late)
	if len(roles) > 1 {
		for _, r := range roles {
			items = append(items, ui.Stat{Label: v.role(r), Value: v.locale.Number(int64(byRole[r])), Href: "/desk?" + url.Values{"role": {r}}.Encode()})
		}
	}
	return ui.Stats{Items: items}
}

func (v *visit) filters(counts []application.QueueCount, f application.QueueFilter) ui.Filters {
	byService := map[string]int{}
	services := ui.Select{Field: ui.Field{Name: "service", Label: v.locale.T("desk.queue.service")}, Prompt: v.locale.T("desk.queue.allServices")}
	var codes []string
	for _, c := range counts {
		if byService[c.Service] += c.Open; !slices.Contains(codes, c.Service) {
			codes = append(codes, c.Service)
		}
	}
	if f.Service != "" && !slices.Contains(codes, f.Service) {
		codes = append(codes, f.Service)
	}
	for _, code := range codes {
		services.Options = append(services.Options, ui.Option{
			Value: code, Selected: code == f.Service,
			Text: v.service(code, "") + " (" + v.locale.Number(int64(byService[code])) + ")",
		})
	}
	out := ui.Filters{Action: "/desk", Fields: []ui.Component{
		services,
		ui.Input{Field: ui.Field{Name: "reference", Label: v.locale.T("desk.queue.reference")}, Value: f.Reference, Width: 10, Dir: "ltr", MaxLength: 20},
		ui.Select{Field: ui.Field{Name: "overdue", Label: v.locale.T("desk.queue.time")}, Prompt: v.locale.T("desk.queue.any"), Options: []ui.Option{
			{Value: "yes", Text: v.locale.T("desk.queue.onlyOverdue"), Selected: f.Overdue}}},
	}}
	if f.Role != "" {
		out.Fields = append(out.Fields, ui.Hidden{Name: "role", Value: f.Role})
	}
	if f != (application.QueueFilter{}) {
		out.Clear = "/desk"
	}
	return out
}

func (v *visit) tasks(items []application.QueueItem, f application.QueueFilter) ui.Table {
	t := ui.Table{Caption: v.locale.T("desk.queue.caption"), QuietCaption: true, Columns: []ui.Column{
		{Text: v.locale.T("desk.queue.reference")}, {Text: v.locale.T("desk.queue.service")}, {Text: v.locale.T("desk.queue.task")},
		{Text: v.locale.T("desk.queue.received")}, {Text: v.locale.T("desk.queue.due")},
	}}
	for _, q := range items {
		t.Rows = append(t.Rows, ui.Row{Late: q.Task.Overdue, Cells: []ui.Cell{
			{Text: q.Reference, Href: "/desk/applications/" + q.Application.String()},
			{Text: v.service(q.Service, q.Texts)},
			v.taskCell(q),
			{Text: v.locale.Date(q.SubmittedAt), Note: v.waiting(q.Task.OpenedAt)},
			v.dueCell(q),
		}})
	}
	t.Empty = &ui.Empty{Title: v.locale.T("desk.queue.empty.title"), Text: v.locale.T("desk.queue.empty.text"), Drawing: "inbox"}
	if f != (application.QueueFilter{}) {
		t.Empty = &ui.Empty{Title: v.locale.T("desk.queue.none.title"), Text: v.locale.T("desk.queue.none.text"), Drawing: "search",
			Action: &ui.Button{Text: v.locale.T("action.clear"), Kind: ui.Secondary, Href: "/desk"}}
	}
	return t
}

// still are the applications that the officer may resume; nil where there is none.
func (v *visit) still(list []application.Standstill) *ui.Table {
	if len(list) == 0 {
		return nil
	}
	t := &ui.Table{Caption: v.locale.T("desk.queue.suspended"), Columns: []ui.Column{
		{Text: v.locale.T("desk.queue.reference")}, {Text: v.locale.T("desk.queue.service")}, {Text: v.locale.T("desk.queue.received")}, {Text: v.locale.T("desk.queue.until")},
	}}
	for _, s := range list {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: s.Reference, Href: "/desk/applications/" + s.ID.String()}, {Text: v.service(s.Service, s.Texts)}, {Text: v.locale.Date(s.SubmittedAt)},
			{Text: v.locale.LastDay(s.Until), Note: v.left(s.Until)},
		}})
	}
	return t
}

func (v *visit) taskCell(q application.QueueItem) ui.Cell {
	if q.Task.Kind == incidentTask {
		return ui.Cell{Tag: &ui.Tag{State: ui.Overdue, Text: v.locale.T("desk.incident.tag")}, Note: v.step(q.Texts, q.Task.Step)}
	}
	c := ui.Cell{Text: v.step(q.Texts, q.Task.Step)}
	switch who, claimed := q.Task.ClaimedBy(v.o.Now()); {
	case q.Suspended:
		c.Tag = &ui.Tag{State: ui.Waiting, Text: v.locale.T("desk.status.suspended")}
	case claimed && who == v.officer.ID:
		c.Tag = &ui.Tag{State: ui.Open, Text: v.locale.T("desk.queue.yours")}
		if q.Task.Assigned != "" {
			c.Note = v.locale.T("desk.assigned.note." + q.Task.Assigned)
		}
	case claimed:
		c.Tag = &ui.Tag{State: ui.Locked, Text: v.name(v.claimants[who])}
	case q.Task.From != nil && q.Task.From.After(v.o.Now()):
		c.Tag = &ui.Tag{State: ui.Locked, Text: v.locale.T("desk.queue.from", "date", v.locale.Date(*q.Task.From))}
	}
	if from := v.officer.Delegated[q.Task.Role]; from != uuid.Nil {
		c.Note = v.locale.T("desk.queue.behalf", "role", v.role(q.Task.Role))
	}
	return c
}

func (v *visit) dueCell(q application.QueueItem) ui.Cell {
	t := q.Task
	if q.Suspended && t.Kind != incidentTask {
		return ui.Cell{Text: v.locale.T("desk.queue.still")}
	}
	if t.DueAt == nil {
		return ui.Cell{Text: v.locale.T("desk.queue.noDue")}
	}
	c := ui.Cell{Text: v.locale.LastDay(*t.DueAt), Note: v.left(*t.DueAt)}
	if t.Overdue {
		c.Tag = &ui.Tag{State: ui.Overdue}
	}
	return c
}

// left says how much time is left, or how long ago it was over.
func (v *visit) left(due time.Time) string {
	now := v.o.Now()
	if due.Before(now) {
		return v.locale.T("desk.due.over", "time", v.locale.T("count.days", "count", days(due, now)))
	}
	if n := days(now, due); n > 0 {
		return v.locale.T("desk.due.left", "time", v.locale.T("count.days", "count", n))
	}
	return v.locale.T("desk.due.soon")
}

// waiting says how long a task has been open.
func (v *visit) waiting(since time.Time) string {
	if n := days(since, v.o.Now()); n > 0 {
		return v.locale.T("desk.queue.waiting", "since", v.locale.T("count.days", "count", n))
	}
	return v.locale.T("desk.queue.fresh")
}

// days are the whole days from one instant to another.
func days(from, to time.Time) int { return max(0, int(to.Sub(from)/(24*time.Hour))) }

// service is the title of a service, by the texts of an application or those of today.
func (v *visit) service(code, texts string) string {
	if t, ok := v.o.Releases.Texts(texts); ok && texts != "" {
		return v.locale.Pick(t.Title)
	}
	if l, ok := v.o.Releases.Service(code); ok {
		return v.locale.Pick(l.Texts.Title)
	}
	return code
}

func (v *visit) step(texts, code string) string {
	if t, ok := v.o.Releases.Texts(texts); ok {
		if title := v.locale.Pick(t.Steps[code]); title != "" {
			return title
		}
	}
	return code
}
