package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// latestPeriods is how many closed months are shown.
const latestPeriods = 12

// periods shows the closed months of an authority, and closes the next one where the officer may.
func (v *visit) periods(authority string, body *ledgerPage) error {
	closed, next, err := v.o.Ledger.Periods(v.ctx, authority, v.here())
	if err != nil {
		return err
	}
	closed = closed[:min(len(closed), latestPeriods)]
	var people []uuid.UUID
	for _, p := range closed {
		people = append(people, p.ClosedBy)
	}
	names, err := v.o.People.Named(v.ctx, people)
	if err != nil {
		return err
	}
	body.Periods = ui.SummaryList{Title: v.locale.T("desk.ledger.period.title")}
	for _, p := range closed {
		last := lastDay(p.Month)
		body.Periods.Rows = append(body.Periods.Rows, ui.SummaryRow{
			Key: v.month(p.Month), Value: v.locale.T("desk.ledger.period.closed", "name", v.name(names[p.ClosedBy]), "date", v.locale.Date(p.ClosedAt)),
			Actions: []ui.Action{{Text: v.locale.T("desk.ledger.period.trial"), About: v.month(p.Month), Href: href(ledgerPath, ledger.Scope{Authority: authority, Until: last})}},
		})
	}
	if next != "" && slices.Contains(v.keeps(ledger.Accountant), authority) {
		body.Close = &closingMonth{Action: ledgerPath + "/close", Authority: authority, Month: next, Hint: v.locale.T("desk.ledger.period.hint"),
			Submit: ui.Button{Text: v.locale.T("desk.ledger.period.close", "month", v.month(next)), Kind: ui.Secondary}}
	}
	return nil
}

// month writes 2026-10 as October 2026.
func (v *visit) month(code string) string {
	m, err := time.Parse("2006-01", code)
	if err != nil {
		return code
	}
	return v.locale.Month(int(m.Month())) + " " + strconv.Itoa(m.Year())
}

func lastDay(month string) string {
	m, err := time.Parse("2006-01", month)
	if err != nil {
		return ""
	}
	return m.AddDate(0, 1, -1).Format(time.DateOnly)
}

// closePeriod closes the month that the page has offered.
func (v *visit) closePeriod() error {
	if _, err := v.books(); err != nil {
		return err
	}
	controls, err := filling.New(v.ctx, filling.Options{Locale: v.locale}).Read(v.w, v.r)
	if err != nil {
		return err
	}
	c := ledger.Closing{Authority: controls["_authority"], Month: controls["_month"], By: v.officer.ID, At: v.here()}
	if !slices.Contains(v.keeps(ledger.Accountant), c.Authority) {
		return application.ErrNotFound
	}
	if err := v.booked("period-closed", c.Authority, c.Month, nil); err != nil {
		return err
	}
	done := "closed"
	switch err := v.o.Ledger.ClosePeriod(v.ctx, c); {
	case errors.Is(err, ledger.ErrNotOver): // a colleague was faster: the page shows which months are closed
		done = ""
	case errors.Is(err, ledger.ErrBusy):
		return application.ErrUnavailable
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, ledgerPath+"?"+url.Values{"authority": {c.Authority}, "done": {done}}.Encode(), http.StatusSeeOther)
	return nil
}
