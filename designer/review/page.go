package review

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// reviewPage is the body of the template review: all that is needed to judge a change.
type reviewPage struct {
	Number   int64
	Title    string
	Tags     []ui.Tag
	Facts    ui.Facts
	Words    ui.SummaryList
	Draft    bool
	Versions []version
	Since    string // with which proposal it is compared
	Why      []why
	Asked    *ui.Table
	Past     *ui.Table // what the applications of the last year would have cost
	Replays  *replays  // and how they would have gone
	Decision *decision
	Notice   *notice

	Groups    []group
	Left      int // differences that are not told one by one
	Services  []service
	More      []ui.Link // services that are not shown
	Files     []file
	Findings  []finding
	Checks    ui.Facts
	Threads   []thread // on the whole change
	Elsewhere []thread // on what is no longer part of it
	Say       *sayForm
	Open      int // remarks that are not settled
}

// version is a proposal to which a page leads.
type version struct {
	Text, Href, When string
	Current          bool
	Since            *ui.Link // what changed since the one before
}

// why is a reason for which somebody must look at the change.
type why struct{ Who, Text string }

// look shows a change.
func (v *visit) look() error {
	s, err := v.subject()
	if err != nil {
		return err
	}
	var flash *ui.Banner
	if done := v.r.URL.Query().Get("done"); done == "decided" || done == "pending" || done == "settled" {
		flash = &ui.Banner{Kind: ui.Success, Text: v.locale.T("review.done." + done)}
	}
	return v.show(s, http.StatusOK, typed{}, flash)
}

// show renders a change with what was typed.
func (v *visit) show(s *subject, status int, t typed, flash *ui.Banner) error {
	a, task, err := v.asked(s)
	if err != nil {
		return err
	}
	if a == nil && !change.IsReader(v.person) { // an officer of something else
		return change.ErrForeign
	}
	talk, err := v.talk(s)
	if err != nil {
		return err
	}
	w := s.words()
	body := reviewPage{Number: s.change.Number, Title: w.Title, Tags: []ui.Tag{v.status(s.change.Status)}, Draft: s.proposal == nil, Open: talk.count}
	asked, err := v.fill(&body, s)
	if err != nil {
		return err
	}
	body.Decision, body.Notice = v.deciding(s, a, task, asked, t)
	if body.Decision != nil {
		body.Decision.Step = v.step(asked, task.Step)
	}
	// Remarks stand beside what they are about: with a difference, else a line, else the file, else here.
	body.Groups, body.Left = v.groups(s.difference, talk)
	body.Files = v.texts(s, talk)
	body.Threads = talk.at("", nil)
	body.Elsewhere = talk.rest("")
	body.Say = talk.form("", nil, v.locale.T("review.remark.whole"))
	var more []string
	body.Services, more = v.services(s)
	for _, code := range more {
		link := ui.Link{Text: code, Href: reviewPath(s.change.Number) + "?" + url.Values{"service": {code}}.Encode() + "#service-1"}
		if one := s.is.Service(code); one != nil {
			link.Text = v.pick(one.Title)
		}
		body.More = append(body.More, link)
	}
	body.Findings = v.findings(s)
	page := v.page(v.locale.T("review.title", "title", w.Title), body)
	page.Crumbs = []ui.Link{{Text: v.locale.T("review.nav.changes"), Href: changesPath}, {Text: v.locale.T("review.number", "number", s.change.Number), Href: changePath(s.change.Number)}, {Text: v.locale.T("review.crumb")}}
	page.Errors = t.errors
	page.Path = v.here()
	if flash != nil {
		page.Flash = []ui.Banner{*flash}
	}
	return v.render(status, "review", page)
}

// here is the address of the page, also where the request was a form.
func (v *visit) here() string {
	if v.r.Method == http.MethodGet {
		return ""
	}
	number, err := v.number()
	if err != nil {
		return ""
	}
	return reviewPath(number)
}

// step is the title of a step of the route.
func (v *visit) step(asked []Asked, code string) string {
	for _, one := range asked {
		if one.Step == code {
			return cmp.Or(v.locale.Pick(one.Title), code)
		}
	}
	return code
}

// fill tells what a change says of itself, and how its route goes.
func (v *visit) fill(body *reviewPage, s *subject) (asked []Asked, err error) {
	if s.change.Application != uuid.Nil {
		if asked, err = v.o.Route.Asked(v.ctx, s.change.Application); err != nil {
			return nil, err
		}
	}
	author := s.change.Author
	if s.proposal != nil {
		author = s.proposal.Author
	}
	people := []uuid.UUID{author}
	for _, one := range asked {
		people = append(people, one.By)
	}
	names, err := v.names(people)
	if err != nil {
		return nil, err
	}
	w, l := s.words(), v.locale
	live := l.T("review.atOnce")
	if !w.LiveFrom.IsZero() {
		live = l.DateTime(w.LiveFrom)
	}
	body.Facts = ui.Facts{Items: []ui.Meta{
		{Icon: "user", Label: l.T("review.author"), Text: names[author]},
		{Icon: "landmark", Label: l.T("review.authority"), Text: v.authority(s.is, s.change.Authority)},
		{Icon: "calendar", Label: l.T("review.live"), Text: live},
	}}
	if s.proposal != nil {
		body.Facts.Items = append(body.Facts.Items, ui.Meta{Icon: "clock", Label: l.T("review.proposed"), Text: l.DateTime(s.proposal.At)})
	}
	body.Words = ui.SummaryList{Rows: []ui.SummaryRow{{Key: l.T("review.reason"), Value: w.Reason, Missing: w.Reason == ""}, {Key: l.T("review.basis"), Value: w.Basis}}}
	if s.proposal != nil {
		body.Words.Rows = append(body.Words.Rows, ui.SummaryRow{Key: l.T("review.digest"), Value: s.proposal.Digest[:min(len(s.proposal.Digest), 16)]})
		body.Why = v.why(s.proposal.Checks)
		body.Checks = v.checks(s.proposal.Checks)
		body.Past = v.past(s, s.proposal.Checks.Past)
		body.Replays = v.replays(s, s.proposal.Checks.Replays)
	}
	if s.since > 0 {
		body.Since = l.T("review.version.number", "number", s.since)
	}
	for i, p := range s.proposals {
		at := reviewPath(s.change.Number) + "?proposal=" + strconv.Itoa(p.Number)
		one := version{Text: l.T("review.version.number", "number", p.Number), Href: at, When: l.DateTime(p.At), Current: s.proposal.Number == p.Number && s.since == 0}
		if i+1 < len(s.proposals) {
			before := s.proposals[i+1].Number
			one.Since = &ui.Link{Text: l.T("review.version.since", "number", before), Href: at + "&since=" + strconv.Itoa(before)}
		}
		body.Versions = append(body.Versions, one)
	}
	if len(asked) > 0 {
		body.Asked = v.route(asked, names)
	}
	return asked, nil
}

// route are those who were asked, and what they said.
func (v *visit) route(asked []Asked, names map[uuid.UUID]string) *ui.Table {
	l := v.locale
	t := &ui.Table{Caption: l.T("review.route.title"), Columns: []ui.Column{{Text: l.T("review.route.step")}, {Text: l.T("review.route.who")}, {Text: l.T("review.route.decision")}, {Text: l.T("review.route.when")}}}
	for _, one := range asked {
		tag, when := ui.Tag{State: ui.Waiting, Text: l.T("review.route.waits")}, ui.Cell{Text: l.DateTime(one.At)}
		switch {
		case one.Open && !one.Due.IsZero():
			when.Note = l.T("review.route.due", "at", l.DateTime(one.Due))
		case !one.Open:
			tag = ui.Tag{State: outcomeState(one.Outcome), Text: v.named([]Asked{one}, one.Step, one.Outcome, "review.outcome.")}
		}
		who := cmp.Or(names[one.By], l.Pick(one.Role))
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: cmp.Or(l.Pick(one.Title), one.Step)}, {Text: who}, {Tag: &tag, Note: one.Comment}, when}})
	}
	return t
}

func outcomeState(outcome string) string {
	switch outcome {
	case "approve":
		return ui.Approved
	case "sendBack":
		return ui.Returned
	case refuse:
		return ui.Refused
	}
	return ui.Ended
}

// why says what of the change makes somebody look at it.
func (v *visit) why(c change.Checks) (out []why) {
	say := func(key string) {
		out = append(out, why{v.locale.T("review.why." + key + ".who"), v.locale.T("review.why." + key + ".text")})
	}
	say("owner")
	for key, is := range map[string]bool{"fees": c.Fees, "rules": c.Rules, "data": c.Data, "texts": c.Texts} {
		if is {
			say(key)
		}
	}
	slices.SortFunc(out[1:], func(a, b why) int { return cmp.Compare(a.Who, b.Who) })
	return out
}

// checks are the figures of what was checked when it was proposed.
func (v *visit) checks(c change.Checks) ui.Facts {
	l := v.locale
	return ui.Facts{Items: []ui.Meta{
		{Icon: "file-text", Label: l.T("review.checks.services"), Text: l.Number(int64(len(c.Services)))},
		{Icon: "list-checks", Label: l.T("review.checks.scenarios"), Text: l.Number(int64(c.Scenarios))},
		{Icon: "route", Label: l.T("review.checks.reached"), Text: l.Number(int64(c.Reached)) + " / " + l.Number(int64(c.Points))},
		{Icon: "triangle-alert", Label: l.T("review.checks.warnings"), Text: l.Number(int64(c.Warnings))},
	}}
}

func (v *visit) status(s change.Status) ui.Tag {
	state := map[change.Status]string{change.Draft: ui.Draft, change.Proposed: ui.Open, change.Returned: ui.Returned, change.Approved: ui.Approved, change.Refused: ui.Refused, change.Withdrawn: ui.Ended}[s]
	return ui.Tag{State: state, Text: v.locale.T("review.status." + string(s))}
}

// past is what the applications of the last year would have cost; nil where that is not known.
func (v *visit) past(s *subject, list []change.Past) *ui.Table {
	if len(list) == 0 {
		return nil
	}
	l := v.locale
	t := &ui.Table{Caption: l.T("review.past.title"), QuietCaption: true, Columns: []ui.Column{
		{Text: l.T("review.past.service")}, {Text: l.T("review.past.looked"), Number: true}, {Text: l.T("review.past.less"), Number: true}, {Text: l.T("review.past.more"), Number: true},
		{Text: l.T("review.before"), Number: true}, {Text: l.T("review.after"), Number: true},
	}}
	for _, p := range list {
		service := ui.Cell{Text: p.Service}
		if one := s.is.Service(p.Service); one != nil {
			service.Text = v.pick(one.Title)
		}
		looked, sum := ui.Cell{Text: l.Number(int64(p.Looked))}, func(minor int64) string { return l.Money(ui.Money{Minor: minor, Currency: p.Currency}) }
		if p.Unknown+p.Left > 0 {
			looked.Note = l.T("review.past.others", "count", p.Unknown+p.Left)
		}
		after := ui.Cell{Text: sum(p.After)}
		switch by := p.After - p.Before; {
		case by > 0:
			after.Tag = &ui.Tag{State: ui.Returned, Text: l.T("review.fees.more", "by", share(by, p.Before, sum(by)))}
		case by < 0:
			after.Tag = &ui.Tag{State: ui.Received, Text: l.T("review.fees.less", "by", share(-by, p.Before, sum(-by)))}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{service, looked, {Text: l.Number(int64(p.Less))}, {Text: l.Number(int64(p.More))}, {Text: sum(p.Before)}, after}})
	}
	return t
}

// share is a part in whole per cent of all, or as it is written where there is no all.
func share(part, all int64, written string) string {
	if all <= 0 {
		return written
	}
	return strconv.FormatInt((part*200+all)/(2*all), 10) + " %"
}
