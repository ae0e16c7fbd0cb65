package desk

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/settlement"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const settlementPath = "/desk/settlement"

// settlementPage is the body of the template settlement: the list of days, and one day.
type settlementPage struct {
	Lead    string
	State   *ui.Banner
	Facts   *ui.SummaryList
	Table   ui.Table
	More    *ui.Button
	Links   ui.ButtonRow
	Action  string // address of a day
	Compare *ui.Button
	SignOff *ui.Button
}

// differencePage is the body of the template difference.
type differencePage struct {
	State  *ui.Banner
	Facts  ui.SummaryList
	Action string
	Reason *ui.Textarea
	Submit *ui.Button
}

// settles tells whether the officer signs days off and explains differences.
func (v *visit) settles() bool {
	return v.o.Settlement != nil && slices.Contains(v.officer.Capacities, settlement.Owner)
}

// readsSettlement tells whether the officer may look at days: whoever settles, and the auditor of all books.
func (v *visit) readsSettlement() bool {
	return v.settles() || v.o.Settlement != nil && slices.Contains(v.officer.Capacities, everywhere)
}

// openDifferences is how many wait for the officer; where they cannot be counted the page says nothing about them.
func (v *visit) openDifferences() int {
	if !v.settles() {
		return 0
	}
	n, err := v.o.Settlement.CountOpen(v.ctx)
	if err != nil {
		v.o.Log.WarnContext(v.ctx, "desk: differences not counted", "error", err)
	}
	return n
}

func dayHref(provider, day string) string {
	return settlementPath + "/" + url.PathEscape(provider) + "/" + day
}

// settlementDays lists the days that were compared.
func (v *visit) settlementDays() error {
	if !v.readsSettlement() {
		return application.ErrNotFound
	}
	days, more, err := v.o.Settlement.Days(v.ctx, v.r.URL.Query().Get("until"))
	if errors.Is(err, settlement.ErrNotFound) {
		return application.ErrNotFound
	}
	if err != nil {
		return err
	}
	var people []uuid.UUID
	for _, d := range days {
		people = append(people, d.SignedBy)
	}
	names, err := v.o.People.Named(v.ctx, people)
	if err != nil {
		return err
	}
	t := v.locale.T
	table := ui.Table{Caption: t("desk.settlement.days"), QuietCaption: true, Columns: []ui.Column{
		{Text: t("desk.settlement.day")}, {Text: t("desk.settlement.provider")}, {Text: t("desk.settlement.lines"), Number: true},
		{Text: t("desk.settlement.open"), Number: true}, {Text: t("desk.settlement.state")},
	}, Empty: &ui.Empty{Title: t("desk.settlement.none"), Text: t("desk.settlement.noneText"), Drawing: "inbox"}}
	for _, d := range days {
		state := ui.Cell{Tag: v.dayTag(&d)}
		if d.SignedAt != nil {
			state.Note = v.name(names[d.SignedBy])
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: v.locale.Day(d.Day), Href: dayHref(d.Provider, d.Day)}, {Text: v.provider(d.Provider)}, {Text: v.locale.Number(int64(d.Lines))},
			{Text: v.locale.Number(int64(d.Open))}, state}})
	}
	body := settlementPage{Lead: t("desk.settlement.lead"), Table: table, Links: ui.ButtonRow{Buttons: []ui.Button{
		{Text: t("desk.settlement.figures"), Kind: ui.Secondary, Href: settlementPath + "/figures"}}}}
	if more {
		body.More = &ui.Button{Text: t("desk.settlement.earlier"), Kind: ui.Secondary, Href: settlementPath + "?until=" + days[len(days)-1].Day} // with its other providers
	}
	return v.render(http.StatusOK, "settlement", v.page(t("desk.settlement.title"), body))
}

// dayTag says where a day stands.
func (v *visit) dayTag(d *settlement.Day) *ui.Tag {
	state, word := ui.Waiting, "toSign"
	switch {
	case d.SignedAt != nil:
		state, word = ui.Done, "signed"
	case d.Failure != "":
		state, word = ui.Refused, "failed"
	case d.Open > 0:
		state, word = ui.Overdue, "differs"
	}
	return &ui.Tag{State: state, Text: v.locale.T("desk.settlement.is." + word)}
}

// provider is what a provider is called.
func (v *visit) provider(code string) string { return v.said("desk.ledger.channel."+code, code) }

// oneDay is the day that the address names.
func (v *visit) oneDay() (*settlement.Day, error) {
	if !v.readsSettlement() {
		return nil, application.ErrNotFound
	}
	d, err := v.o.Settlement.Day(v.ctx, v.r.PathValue("provider"), v.r.PathValue("day"))
	if errors.Is(err, settlement.ErrNotFound) {
		return nil, application.ErrNotFound
	}
	return d, err
}

// settlementDay shows a day with its differences.
func (v *visit) settlementDay() error {
	d, err := v.oneDay()
	if err != nil {
		return err
	}
	return v.showSettlement(http.StatusOK, d)
}

func (v *visit) showSettlement(status int, d *settlement.Day) error {
	found, err := v.o.Settlement.Differences(v.ctx, d.Provider, d.Day)
	if err != nil {
		return err
	}
	names, err := v.o.People.Named(v.ctx, []uuid.UUID{d.SignedBy})
	if err != nil {
		return err
	}
	t := v.locale.T
	body := settlementPage{Lead: v.side(d.Provider, "lines") + ": " + v.locale.Number(int64(d.Lines)), Action: dayHref(d.Provider, d.Day), Links: ui.ButtonRow{Buttons: []ui.Button{
		{Text: t("desk.settlement.csv"), Kind: ui.Secondary, Href: dayHref(d.Provider, d.Day) + "/differences.csv"}}}}
	facts := ui.SummaryList{Rows: []ui.SummaryRow{{Key: t("desk.settlement.provider"), Value: v.provider(d.Provider)}}}
	if d.MatchedAt != nil {
		facts.Rows = append(facts.Rows, ui.SummaryRow{Key: t("desk.settlement.matchedAt"), Value: v.locale.DateTime(*d.MatchedAt)})
	}
	body.Facts = &facts
	switch {
	case d.SignedAt != nil:
		body.State = &ui.Banner{Kind: ui.Success, Title: t("desk.settlement.signedBy", "name", v.name(names[d.SignedBy]), "date", v.locale.DateTime(*d.SignedAt)), Text: t("desk.settlement.signedText")}
	case d.Failure != "":
		body.State = &ui.Banner{Kind: ui.Failure, Title: t("desk.settlement.failedTitle"), Text: t("desk.settlement.failedText") + " " + d.Failure}
	case d.Open > 0:
		body.State = &ui.Banner{Kind: ui.Caution, Title: t("desk.settlement.openTitle", "count", d.Open), Text: t("desk.settlement.openText")}
	default:
		body.State = &ui.Banner{Kind: ui.Success, Title: t("desk.settlement.agrees"), Text: v.side(d.Provider, "agreesText")}
	}
	if v.settles() && d.SignedAt == nil {
		body.Compare = &ui.Button{Text: t("desk.settlement.compare"), Kind: ui.Secondary, Name: actionControl, Value: compareWord}
		if d.Ready() {
			body.SignOff = &ui.Button{Text: t("desk.settlement.signOff"), Name: actionControl, Value: signWord}
		}
	}
	body.Table = v.differenceTable(d.Provider, found)
	title := t("desk.settlement.ofDay", "date", v.locale.Day(d.Day))
	page := v.page(title, body)
	page.Crumbs = v.settlementCrumbs(title)
	return v.render(status, "settlement", page)
}

func (v *visit) settlementCrumbs(here string) []ui.Link {
	return []ui.Link{{Text: v.locale.T("desk.settlement.title"), Href: settlementPath}, {Text: here}}
}

// side is a word about what stands beside the ledger: a provider with its list and its file, or the bank with its statement.
func (v *visit) side(provider, key string) string {
	if provider == ledger.BankedCash {
		key = "bank." + key
	}
	return v.locale.T("desk.settlement." + key)
}

func (v *visit) differenceTable(provider string, found []settlement.Found) ui.Table {
	t := v.locale.T
	table := ui.Table{Caption: t("desk.settlement.differences"), Columns: []ui.Column{
		{Text: t("desk.settlement.what")}, {Text: t("desk.settlement.movement")}, {Text: t("desk.settlement.ours"), Number: true},
		{Text: v.side(provider, "theirs"), Number: true}, {Text: t("desk.settlement.age")}, {Text: t("desk.settlement.state")},
	}, Empty: &ui.Empty{Title: t("desk.settlement.noDifference"), Text: t("desk.settlement.noDifferenceText"), Drawing: "documents"}}
	for i := range found {
		f := &found[i]
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: v.what(f), Href: settlementPath + "/differences/" + f.ID.String(), Note: v.side(provider, "source."+string(f.Source))},
			{Text: t("desk.settlement.kind." + string(f.Kind)), Note: f.Difference.ID}, {Text: v.sum(f.Ours)}, {Text: v.sum(f.Theirs)},
			{Text: v.age(f)}, {Tag: v.foundTag(f)}}})
	}
	return table
}

func (v *visit) what(f *settlement.Found) string {
	return v.locale.T("desk.settlement.is-" + string(f.What))
}

// sum writes an amount of a difference, or nothing where there is none.
func (v *visit) sum(m formula.Money) string {
	if m.Currency == "" {
		return "–"
	}
	return v.locale.Money(ui.Money{Minor: m.Minor, Currency: m.Currency})
}

// age is how long a difference has stood, in days.
func (v *visit) age(f *settlement.Found) string {
	until := v.o.Now()
	if f.ClosedAt != nil {
		until = *f.ClosedAt
	}
	return v.locale.Duration(int(max(0, until.Sub(f.OpenedAt))/(24*time.Hour)), "days")
}

func (v *visit) foundTag(f *settlement.Found) *ui.Tag {
	switch {
	case f.ClosedAt == nil:
		return &ui.Tag{State: ui.Waiting, Text: v.locale.T("desk.settlement.is.open")}
	case f.Matched:
		return &ui.Tag{State: ui.Done, Text: v.locale.T("desk.settlement.is.matched")}
	}
	return &ui.Tag{State: ui.Approved, Text: v.locale.T("desk.settlement.is.explained")}
}

// What is done with a day.
const (
	compareWord = "compare"
	signWord    = "sign-off"
)

// seesToDay compares a day again, or signs it off.
func (v *visit) seesToDay() error {
	d, err := v.oneDay()
	if err != nil {
		return err
	}
	if !v.settles() {
		return errForbidden
	}
	controls, err := filling.New(v.ctx, filling.Options{Locale: v.locale}).Read(v.w, v.r)
	if err != nil {
		return err
	}
	action := controls[actionControl]
	if action != compareWord && action != signWord {
		return application.ErrInvalid
	}
	if err := v.booked("settlement-"+action, ledger.Platform, d.Provider+" "+d.Day, nil); err != nil {
		return err
	}
	if action == compareWord {
		err = v.o.Settlement.Compare(v.ctx, d.Provider, d.Day)
	} else {
		err = v.o.Settlement.SignOff(v.ctx, d.Provider, d.Day, v.officer.ID)
	}
	switch {
	case errors.Is(err, settlement.ErrOpen): // something was found meanwhile: the page shows it
		if d, err = v.oneDay(); err != nil {
			return err
		}
		return v.showSettlement(http.StatusConflict, d)
	case err != nil && !errors.Is(err, settlement.ErrSigned): // a colleague was faster
		return err
	}
	http.Redirect(v.w, v.r, dayHref(d.Provider, d.Day), http.StatusSeeOther)
	return nil
}

// difference shows one with what is known about it.
func (v *visit) difference() error { return v.showDifference(http.StatusOK, "", nil) }

func (v *visit) oneDifference() (*settlement.Found, error) {
	if !v.readsSettlement() {
		return nil, application.ErrNotFound
	}
	id, err := v.oneID()
	if err != nil {
		return nil, err
	}
	f, err := v.o.Settlement.Difference(v.ctx, id)
	if errors.Is(err, settlement.ErrNotFound) {
		return nil, application.ErrNotFound
	}
	return f, err
}

func (v *visit) showDifference(status int, reason string, problems []ui.FieldError) error {
	f, err := v.oneDifference()
	if err != nil {
		return err
	}
	t := v.locale.T
	names, err := v.o.People.Named(v.ctx, []uuid.UUID{f.ClosedBy})
	if err != nil {
		return err
	}
	body := differencePage{Action: settlementPath + "/differences/" + f.ID.String()}
	rows := []ui.SummaryRow{
		{Key: t("desk.settlement.day"), Value: v.locale.Day(f.Day), Actions: []ui.Action{{Text: t("desk.settlement.toDay"), About: v.locale.Day(f.Day), Href: dayHref(f.Provider, f.Day)}}},
		{Key: t("desk.settlement.provider"), Value: v.provider(f.Provider)},
		{Key: t("desk.settlement.saidBy"), Value: v.side(f.Provider, "source."+string(f.Source))},
		{Key: t("desk.settlement.movement"), Value: t("desk.settlement.kind." + string(f.Kind))},
		{Key: t("desk.settlement.key"), Value: f.Difference.ID},
		{Key: t("desk.settlement.ours"), Value: v.sum(f.Ours)}, {Key: v.side(f.Provider, "theirs"), Value: v.sum(f.Theirs)},
		{Key: t("desk.settlement.age"), Value: v.age(f)}, {Key: t("desk.settlement.owner"), Value: v.role(f.Owner)},
	}
	if f.Line > 0 {
		rows = append(rows, ui.SummaryRow{Key: t("desk.settlement.line"), Value: v.locale.Number(int64(f.Line))})
	}
	if f.Application != uuid.Nil {
		rows = append(rows, ui.SummaryRow{Key: t("desk.ledger.authority"), Value: v.authority(f.Authority),
			Actions: []ui.Action{{Text: t("desk.settlement.toLedger"), Href: ledgerPath + "/applications/" + f.Application.String()}}})
	}
	body.Facts = ui.SummaryList{Rows: rows}
	switch {
	case f.Matched:
		body.State = &ui.Banner{Kind: ui.Success, Title: t("desk.settlement.is.matched"), Text: t("desk.settlement.matchedText", "date", v.locale.DateTime(*f.ClosedAt))}
	case f.ClosedAt != nil:
		body.State = &ui.Banner{Kind: ui.Success, Title: t("desk.settlement.explainedBy", "name", v.name(names[f.ClosedBy]), "date", v.locale.DateTime(*f.ClosedAt)), Text: f.Reason}
	default:
		todo := "desk.settlement.todo."
		if f.Provider == ledger.BankedCash {
			todo = "desk.settlement.bankTodo."
		}
		body.State = &ui.Banner{Kind: ui.Caution, Title: v.what(f), Text: t(todo + string(f.What))}
		if v.settles() {
			body.Reason = &ui.Textarea{Field: ui.Field{Name: reasonControl, Label: t("desk.settlement.reason"), Hint: t("desk.settlement.reasonHint"),
				Error: typed{errors: problems}.problem(reasonControl)}, Value: reason, Rows: 3, MaxLength: settlement.MostReason / 2}
			body.Submit = &ui.Button{Text: t("desk.settlement.explain"), Kind: ui.Secondary}
		}
	}
	page := v.page(v.what(f), body)
	page.Crumbs = v.settlementCrumbs(v.what(f))
	page.Errors = problems
	return v.render(status, "difference", page)
}

// explain closes a difference with a reason.
func (v *visit) explain() error {
	f, err := v.oneDifference()
	if err != nil {
		return err
	}
	if !v.settles() {
		return errForbidden
	}
	controls, err := filling.New(v.ctx, filling.Options{Locale: v.locale}).Read(v.w, v.r)
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(controls[reasonControl])
	if reason == "" || len(reason) > settlement.MostReason {
		return v.showDifference(http.StatusUnprocessableEntity, reason, []ui.FieldError{{Name: reasonControl, Text: v.locale.T("desk.settlement.noReason")}})
	}
	if err := v.booked("settlement-explained", ledger.Platform, f.ID.String(), nil); err != nil {
		return err
	}
	if err := v.o.Settlement.Explain(v.ctx, f.ID, v.officer.ID, reason); err != nil && !errors.Is(err, settlement.ErrClosed) { // the page says what has become of it
		return err
	}
	http.Redirect(v.w, v.r, dayHref(f.Provider, f.Day), http.StatusSeeOther)
	return nil
}

// differencesCSV gives the differences of a day for a spreadsheet: codes and plain decimals, the same in every language.
func (v *visit) differencesCSV() error {
	d, err := v.oneDay()
	if err != nil {
		return err
	}
	found, err := v.o.Settlement.Differences(v.ctx, d.Provider, d.Day)
	if err != nil {
		return err
	}
	rows := [][]string{{"provider", "day", "difference", "source", "kind", "key", "line", "ours", "ours_currency", "theirs", "theirs_currency", "authority", "owner", "opened", "closed", "outcome", "reason"}}
	for _, f := range found {
		closed, outcome := "", "open"
		if f.ClosedAt != nil {
			closed, outcome = f.ClosedAt.UTC().Format(time.RFC3339), "explained"
			if f.Matched {
				outcome = "matched"
			}
		}
		rows = append(rows, []string{f.Provider, f.Day, string(f.What), string(f.Source), string(f.Kind), f.Difference.ID, strconv.Itoa(f.Line), plainSum(f.Ours), f.Ours.Currency,
			plainSum(f.Theirs), f.Theirs.Currency, f.Authority, f.Owner, f.OpenedAt.UTC().Format(time.RFC3339), closed, outcome, textCell(f.Reason)})
	}
	return v.spreadsheet("differences-"+d.Provider+"-"+d.Day+".csv", rows)
}

func plainSum(m formula.Money) string {
	if m.Currency == "" {
		return ""
	}
	return decimal(m.Minor, m.Currency)
}

// textCell keeps what somebody has written from being a formula of a spreadsheet.
func textCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func (v *visit) spreadsheet(name string, rows [][]string) error {
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	_ = csv.NewWriter(v.w).WriteAll(rows) // whoever asked may have gone
	return nil
}
