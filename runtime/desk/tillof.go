package desk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/till"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// oneTill is the till that the address names, of an authority whose tills the officer sees.
func (v *visit) oneTill() (*till.Till, error) {
	if len(v.tillsOf()) == 0 {
		return nil, application.ErrNotFound
	}
	id, err := v.oneID()
	if err != nil {
		return nil, err
	}
	t, err := v.o.Tills.One(v.ctx, v.tillsOf(), id)
	if errors.Is(err, till.ErrNotFound) {
		err = application.ErrNotFound
	}
	return t, err
}

// onTill is the till that a form is about, and what the form says.
func (v *visit) onTill() (t *till.Till, was map[string]string, err error) {
	if t, err = v.oneTill(); err != nil {
		return nil, nil, err
	}
	was, err = v.posted()
	return t, was, err
}

// tillOf shows one till to those who answer for it together: what it should hold and what was counted, and what is to be decided about it.
func (v *visit) tillOf() error { return v.showTill(http.StatusOK, nil, nil) }

func (v *visit) showTill(status int, was map[string]string, problems []ui.FieldError) error {
	t, err := v.oneTill()
	if err != nil {
		return err
	}
	names, err := v.o.People.Named(v.ctx, []uuid.UUID{t.Clerk})
	if err != nil {
		return err
	}
	facts := ui.SummaryList{Rows: []ui.SummaryRow{
		{Key: v.locale.T("desk.ledger.authority"), Value: v.authority(t.Authority)}, {Key: v.locale.T("desk.till.clerk"), Value: v.name(names[t.Clerk])},
		{Key: v.locale.T("desk.till.openedAt"), Value: v.locale.DateTime(t.OpenedAt)}, {Key: v.locale.T("desk.till.state"), Value: v.locale.T("desk.till.is." + string(t.Status))}}}
	if t.ClosedAt != nil {
		facts.Rows = append(facts.Rows, ui.SummaryRow{Key: v.locale.T("desk.till.closedAt"), Value: v.locale.DateTime(*t.ClosedAt)})
	}
	body := tillPage{Parts: []ui.Component{facts}}
	if t.Status != till.Open { // the clerk who counts is not told before
		body.Parts = append(body.Parts, v.cash(t))
	}
	proposals, err := v.o.Tills.Proposals(v.ctx, t.ID)
	if err != nil {
		return err
	}
	parts, err := v.tillProposals(t, proposals)
	if err != nil {
		return err
	}
	body.Parts = append(body.Parts, parts...)
	if parts, err = v.explains(t, was, problems); err != nil {
		return err
	}
	body.Parts = append(body.Parts, parts...)
	if t.Status == till.Closed && slices.ContainsFunc(t.Cash, func(c till.Cash) bool { return c.Bankable() > 0 && c.Slip == "" }) {
		body.Parts = append(body.Parts, ui.Heading{Text: v.locale.T("desk.till.bank")}, handle{Action: tillHref(t.ID) + "/deposit", Fields: []ui.Component{
			ui.Input{Field: ui.Field{Name: slipControl, Label: v.locale.T("desk.till.slip"), Hint: v.locale.T("desk.till.slipHint"), Error: typed{errors: problems}.problem(slipControl)},
				Value: was[slipControl], Width: 20, Dir: "ltr", MaxLength: 60}}, Button: ui.Button{Text: v.locale.T("desk.till.deposit"), Kind: ui.Secondary}})
	}
	taken, err := v.o.Tills.Takings(v.ctx, t.ID)
	if err != nil {
		return err
	}
	body.Parts = append(body.Parts, v.takings(taken))
	page := v.page(v.tillName(t.Number), body)
	page.Crumbs = []ui.Link{{Text: v.locale.T("desk.till.title"), Href: tillPath}, {Text: page.Title}}
	page.Errors = problems
	return v.render(status, "till", page)
}

// cash is what a till should hold of each currency, and what was counted.
func (v *visit) cash(t *till.Till) ui.Table {
	table := ui.Table{Caption: v.locale.T("desk.till.cash"), Columns: []ui.Column{
		{Text: v.locale.T("desk.till.currency")}, {Text: v.locale.T("desk.till.began"), Number: true}, {Text: v.locale.T("desk.till.takings"), Number: true}, {Text: v.locale.T("desk.till.expected"), Number: true},
		{Text: v.locale.T("desk.till.counted"), Number: true}, {Text: v.locale.T("desk.till.difference"), Number: true}, {Text: v.locale.T("desk.till.bank")}}}
	for _, c := range t.Cash {
		var pieces []string
		for _, value := range till.Pieces(c.Currency) {
			if n := c.Pieces[value]; n > 0 {
				pieces = append(pieces, strconv.Itoa(n)+" × "+v.inCash(value, c.Currency))
			}
		}
		counted := ui.Cell{Text: v.inCash(c.Counted, c.Currency), Note: strings.Join(pieces, " · ")}
		by := ui.Cell{Text: v.inCash(c.Counted-c.Expected, c.Currency)}
		table.Rows = append(table.Rows, ui.Row{Late: c.Counted != c.Expected, Cells: []ui.Cell{{Text: v.locale.CurrencyName(c.Currency)}, {Text: v.inCash(c.Float, c.Currency)},
			{Text: v.inCash(c.Taken, c.Currency)}, {Text: v.inCash(c.Expected, c.Currency)}, counted, by, {Text: c.Slip}}})
	}
	return table
}

// standing is how long something has stood, in days.
func (v *visit) standing(since time.Time, ended *time.Time) string {
	until := v.o.Now()
	if ended != nil {
		until = *ended
	}
	return v.locale.Duration(int(max(0, until.Sub(since))/(24*time.Hour)), "days")
}
