package desk

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/round"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/activity"
)

const roundsPath = "/desk/rounds"

// roundPage is the body of the template round.
type roundPage struct {
	Lead    string
	Facts   ui.SummaryList
	Now     *ui.SummaryList // how many stand where
	Waiting *ui.Table       // for whom the ranking waits
	Ranked  *ui.Table
	More    *ui.Button
	CSV     string
	Record  string // hash of the record
}

// authorities are those of which the officer holds a role.
func (v *visit) authorities() []string {
	var out []string
	for _, c := range v.officer.Capacities {
		if a, _, ok := strings.Cut(c, ":"); ok && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// hasRounds tells whether a service of the officer's authorities has rounds.
func (v *visit) hasRounds() bool {
	if v.o.Rounds == nil {
		return false
	}
	mine := v.authorities()
	for _, s := range v.o.Releases.Services() {
		if s.Plan.Round != nil && slices.Contains(mine, s.Authority) {
			return true
		}
	}
	return false
}

// rounds lists the rounds of the officer's authorities, the latest first.
func (v *visit) rounds() error {
	if v.o.Rounds == nil {
		return application.ErrNotFound
	}
	list, err := v.o.Rounds.List(v.ctx, v.authorities())
	if err != nil {
		return err
	}
	body := inboxPage{Table: ui.Table{Caption: v.locale.T("desk.round.title"), QuietCaption: true, Columns: []ui.Column{
		{Text: v.locale.T("desk.queue.service")}, {Text: v.locale.T("desk.round.opens")}, {Text: v.locale.T("desk.round.closes")},
		{Text: v.locale.T("desk.round.status")}, {Text: v.locale.T("desk.round.applications"), Number: true}, {Text: v.locale.T("desk.round.places"), Number: true},
	}, Empty: &ui.Empty{Title: v.locale.T("desk.round.none"), Text: v.locale.T("desk.round.noneText"), Drawing: "inbox"}}}
	for i := range list {
		r := &list[i]
		all := 0
		for _, n := range r.Entries {
			all += n
		}
		body.Table.Rows = append(body.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: v.roundTitle(r), Href: roundHref(r)}, {Text: v.locale.Day(r.Opens)}, {Text: v.locale.Day(r.Closes)}, {Text: v.locale.T("desk.round.is." + r.Status)},
			{Text: v.locale.Number(int64(all))}, {Text: v.locale.Number(int64(r.Places))},
		}})
	}
	return v.render(http.StatusOK, "inbox", v.page(v.locale.T("desk.round.title"), body))
}

func roundHref(r *round.Round) string {
	return roundsPath + "/" + url.PathEscape(r.Service) + "/" + url.PathEscape(r.Opens)
}

func (v *visit) roundTitle(r *round.Round) string {
	if live, ok := v.o.Releases.Service(r.Service); ok {
		return v.locale.Pick(live.Texts.Title)
	}
	return r.Service
}

const roundLines = 100

// round shows one round: how many wait, and after the closing day who was given what, and why.
func (v *visit) round() error {
	r, err := v.oneRound()
	if err != nil {
		return err
	}
	body := roundPage{Lead: v.locale.T("desk.round.lead."+r.Status, "date", v.locale.Day(r.Closes)), Record: r.Hash}
	add := func(key, value string) {
		body.Facts.Rows = append(body.Facts.Rows, ui.SummaryRow{Key: key, Value: value})
	}
	add(v.locale.T("desk.round.opens"), v.locale.Day(r.Opens))
	add(v.locale.T("desk.round.closes"), v.locale.Day(r.Closes))
	add(v.locale.T("desk.round.places"), v.locale.Number(int64(r.Places)))
	add(v.locale.T("desk.round.reserveList"), v.locale.Number(int64(r.Reserve)))
	for _, q := range r.Quotas {
		add(v.locale.T("desk.round.quota", "quota", spaced(q.Code)), v.locale.Number(int64(q.Places)))
	}
	now := ui.SummaryList{Title: v.locale.T("desk.round.applications")}
	for _, status := range []string{"applied", "waiting", "placed", "taken", "reserve", "refused", "back", "left"} {
		if r.Entries[status] > 0 {
			now.Rows = append(now.Rows, ui.SummaryRow{Key: v.locale.T("desk.round.entry." + status), Value: v.locale.Number(int64(r.Entries[status]))})
		}
	}
	if len(now.Rows) > 0 {
		body.Now = &now
	}
	if r.Status == "open" {
		way, err := v.o.Rounds.OnTheWay(v.ctx, r.Key(), roundLines)
		if err != nil {
			return err
		}
		t := ui.Table{Caption: v.locale.T("desk.round.onTheWay"), Columns: []ui.Column{{Text: v.locale.T("desk.queue.reference")}, {Text: v.locale.T("desk.queue.received")}}}
		for _, l := range way {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: l.Reference, Href: "/desk/applications/" + l.Application.String()}, {Text: v.locale.DateTime(l.SubmittedAt)}}})
		}
		if len(t.Rows) > 0 {
			body.Waiting = &t
		}
	} else if err := v.ranked(r, &body); err != nil {
		return err
	}
	page := v.page(v.roundTitle(r), body)
	page.Crumbs = []ui.Link{{Text: v.locale.T("desk.round.title"), Href: roundsPath}, {Text: v.locale.Day(r.Opens)}}
	return v.render(http.StatusOK, "round", page)
}

func (v *visit) oneRound() (*round.Round, error) {
	if v.o.Rounds == nil {
		return nil, application.ErrNotFound
	}
	return v.o.Rounds.One(v.ctx, v.authorities(), activity.RoundKey{Service: v.r.PathValue("service"), Opens: v.r.PathValue("opens")})
}

// ranked fills in the next lines of the ranking.
func (v *visit) ranked(r *round.Round, body *roundPage) error {
	after, _ := strconv.Atoi(v.r.URL.Query().Get("after"))
	lines, err := v.o.Rounds.Ranked(v.ctx, r.Key(), max(after, 0), roundLines+1)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: v.locale.T("desk.round.ranking"), Columns: []ui.Column{
		{Text: v.locale.T("desk.round.position"), Number: true}, {Text: v.locale.T("desk.queue.reference")}, {Text: v.locale.T("desk.queue.received")}, {Text: v.locale.T("desk.round.rank"), Number: true},
		{Text: v.locale.T("desk.round.tie"), Number: true}, {Text: v.locale.T("desk.round.given")}, {Text: v.locale.T("desk.round.now")},
	}}
	if len(lines) > roundLines {
		lines = lines[:roundLines]
		body.More = &ui.Button{Text: v.locale.T("desk.queue.more"), Kind: ui.Secondary, Href: roundHref(r) + "?after=" + strconv.Itoa(lines[roundLines-1].Position)}
	}
	for _, l := range lines {
		given := ui.Cell{Text: v.locale.T("desk.round.outcome." + l.Given), Note: v.locale.T("desk.round.why." + l.Why)}
		if l.Place != "" {
			given.Note = v.locale.T("desk.round.quota", "quota", spaced(l.Place))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: v.locale.Number(int64(l.Position))}, {Text: l.Reference, Href: "/desk/applications/" + l.Application.String()}, {Text: v.locale.DateTime(l.SubmittedAt)},
			{Text: l.Rank}, {Text: l.Tie}, given, {Text: v.locale.T("desk.round.entry." + l.Status)},
		}})
	}
	body.Ranked, body.CSV = &t, roundHref(r)+"/ranking.csv"
	return nil
}

// roundCSV gives the whole ranking for a spreadsheet, as it was made, and where everybody stands now.
func (v *visit) roundCSV() error {
	r, err := v.oneRound()
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", r.Service+"-"+r.Opens+".csv"))
	out := csv.NewWriter(v.w)
	_ = out.Write([]string{"position", "reference", "submittedAt", "rank", "tie", "quotas", "given", "place", "why", "status"})
	for after := 0; ; {
		lines, err := v.o.Rounds.Ranked(v.ctx, r.Key(), after, 1000)
		if err != nil {
			return err
		}
		for _, l := range lines {
			_ = out.Write([]string{strconv.Itoa(l.Position), l.Reference, l.SubmittedAt.UTC().Format("2006-01-02T15:04:05.000Z"), l.Rank, l.Tie, strings.Join(l.Quotas, " "), l.Given, l.Place, l.Why, l.Status})
		}
		if out.Flush(); len(lines) == 0 || out.Error() != nil { // whoever asked has gone
			return nil
		}
		after = lines[len(lines)-1].Position
	}
}
