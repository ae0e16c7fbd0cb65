package desk

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/settlement"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// figuresPage is the body of the template figures.
type figuresPage struct {
	Lead    string
	Filters ui.Filters
	Table   ui.Table
	Links   ui.ButtonRow
}

// defaultSpan is how many days are shown where none are asked for.
const defaultSpan = 7

// span reads from the address which days are looked at.
func (v *visit) span() (from, to string) {
	q := v.r.URL.Query()
	one := func(name, otherwise string) string {
		if day := q.Get(name+"-year") + "-" + q.Get(name+"-month") + "-" + q.Get(name+"-day"); day != "--" {
			return day
		}
		if q.Get(name) != "" {
			return q.Get(name)
		}
		return otherwise
	}
	return one("from", v.here().AddDate(0, 0, 1-defaultSpan).Format(time.DateOnly)), one("until", v.today())
}

// figuresOf gives the figures of the authorities whose books the officer reads; of all where days of all are settled.
func (v *visit) figuresOf(from, to string) ([]settlement.Figure, error) {
	list, err := v.o.Settlement.Figures(v.ctx, from, to)
	if err != nil || v.readsSettlement() {
		return list, err
	}
	books, err := v.books()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(f settlement.Figure) bool { return !slices.Contains(books, f.Authority) }), nil
}

// hasFigures tells whether the officer reads any.
func (v *visit) hasFigures() bool {
	return v.o.Settlement != nil && (v.readsSettlement() || v.hasLedger())
}

// figures shows what was due, received, refunded, outstanding and settled, by day, authority and service.
func (v *visit) figures() error {
	if !v.hasFigures() {
		return application.ErrNotFound
	}
	from, to := v.span()
	first, fromOK := until(from)
	last, untilOK := until(to)
	t := v.locale.T
	var problems []ui.FieldError
	for name, ok := range map[string]bool{"from": fromOK, "until": untilOK} {
		if !ok {
			problems = append(problems, ui.FieldError{Name: name, Text: t("desk.ledger.noDay")})
		}
	}
	var list []settlement.Figure
	if len(problems) == 0 {
		var err error
		list, err = v.figuresOf(first, last)
		if errors.Is(err, settlement.ErrSpan) {
			problems = []ui.FieldError{{Name: "from", Text: t("desk.settlement.noSpan", "count", settlement.MostFigures)}}
		} else if err != nil {
			return err
		}
	}
	was := given{errors: problems}
	body := figuresPage{Lead: t("desk.settlement.figuresLead"), Filters: ui.Filters{Action: settlementPath + "/figures", Fields: []ui.Component{
		v.dayInput("from", "desk.settlement.from", from, was), v.dayInput("until", "desk.settlement.until", to, was)}}}
	body.Table = v.figureTable(list)
	page := v.page(t("desk.settlement.figures"), body)
	if v.readsSettlement() {
		page.Crumbs = v.settlementCrumbs(t("desk.settlement.figures"))
	}
	status := http.StatusOK
	if page.Errors = problems; len(problems) > 0 {
		status = http.StatusUnprocessableEntity
	} else {
		body.Links.Buttons = []ui.Button{{Text: t("desk.settlement.figuresCSV"), Kind: ui.Secondary,
			Href: settlementPath + "/figures.csv?" + url.Values{"from": {first}, "until": {last}}.Encode()}}
		page.Body = body
	}
	return v.render(status, "figures", page)
}

func (v *visit) figureTable(list []settlement.Figure) ui.Table {
	t := v.locale.T
	table := ui.Table{Caption: t("desk.settlement.figures"), QuietCaption: true, Columns: []ui.Column{
		{Text: t("desk.settlement.day")}, {Text: t("desk.ledger.authority")}, {Text: t("desk.settlement.service")}, {Text: t("desk.settlement.due"), Number: true},
		{Text: t("desk.settlement.received"), Number: true}, {Text: t("desk.settlement.refunded"), Number: true}, {Text: t("desk.settlement.outstanding"), Number: true},
		{Text: t("desk.settlement.settled"), Number: true},
	}, Empty: &ui.Empty{Title: t("desk.settlement.noFigures"), Text: t("desk.settlement.noFiguresText"), Drawing: "search"}}
	for _, f := range list {
		sum := func(minor int64) ui.Cell {
			return ui.Cell{Text: v.locale.Money(ui.Money{Minor: minor, Currency: f.Currency})}
		}
		authority := t("desk.settlement.nobody")
		if f.Authority != "" {
			authority = v.authority(f.Authority)
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{{Text: v.locale.Day(f.Day)}, {Text: authority}, {Text: v.serviceTitle(f.Service)},
			sum(f.Due), sum(f.Received), sum(f.Refunded), sum(f.Outstanding), sum(f.Settled)}})
	}
	return table
}

// serviceTitle is the title of a service, or its code where it is released no more.
func (v *visit) serviceTitle(code string) string {
	if live, ok := v.o.Releases.Service(code); ok {
		return v.locale.Pick(live.Texts.Title)
	}
	return code
}

// figuresCSV gives the figures for a spreadsheet: codes and plain decimals, the same in every language.
func (v *visit) figuresCSV() error {
	if !v.hasFigures() {
		return application.ErrNotFound
	}
	from, to := v.span()
	list, err := v.figuresOf(from, to)
	if errors.Is(err, settlement.ErrSpan) {
		return application.ErrNotFound
	}
	if err != nil {
		return err
	}
	rows := [][]string{{"day", "authority", "service", "currency", "due", "received", "refunded", "outstanding", "settled"}}
	for _, f := range list {
		rows = append(rows, []string{f.Day, f.Authority, f.Service, f.Currency, decimal(f.Due, f.Currency), decimal(f.Received, f.Currency), decimal(f.Refunded, f.Currency),
			decimal(f.Outstanding, f.Currency), decimal(f.Settled, f.Currency)})
	}
	return v.spreadsheet("figures-"+from+"-"+to+".csv", rows)
}
