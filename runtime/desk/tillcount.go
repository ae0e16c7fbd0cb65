package desk

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/till"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// count asks what lies in the till, piece by piece or as a sum. What should lie there is not said.
func (v *visit) count() error { return v.showCount(http.StatusOK, nil, nil) }

func (v *visit) showCount(status int, was map[string]string, problems []ui.FieldError) error {
	own, err := v.openOwn()
	if err != nil {
		return err
	}
	said := typed{errors: problems}
	var fields []ui.Component
	for _, c := range own.Cash {
		name := amountControl + c.Currency
		var pieces []ui.Component
		open := false
		for _, value := range till.Pieces(c.Currency) {
			name := piecesControl + c.Currency + "-" + strconv.FormatInt(value, 10)
			open = open || was[name] != ""
			pieces = append(pieces, ui.Input{Field: ui.Field{Name: name, Label: v.locale.T("desk.till.pieces", "value", ui.Money{Minor: value, Currency: c.Currency}), Error: said.problem(name)},
				Value: was[name], Type: ui.Digits, Width: 5, MaxLength: 6})
		}
		part := ui.Fieldset{Field: ui.Field{Name: "cash-" + c.Currency, Label: v.locale.CurrencyName(c.Currency)}, Body: []ui.Component{
			ui.MoneyInput{Field: ui.Field{Name: name, Label: v.locale.T("desk.till.sum"), Error: said.problem(name)}, Value: was[name], Currency: c.Currency}}}
		if len(pieces) > 0 {
			part.Body = append([]ui.Component{ui.Details{Summary: v.locale.T("desk.till.byPieces"), Open: open || was == nil && len(own.Cash) == 1, Body: pieces}}, part.Body...)
		}
		fields = append(fields, part)
	}
	if wrong := said.problem(reasonControl); wrong != "" || was[reasonControl] != "" {
		fields = append(fields, ui.Textarea{Field: ui.Field{Name: reasonControl, Label: v.locale.T("desk.till.why"), Hint: v.locale.T("desk.ledger.correction.hint"), Error: wrong},
			Value: was[reasonControl], Rows: 3, MaxLength: proposal.MostReason / 2})
	}
	page := v.page(v.locale.T("desk.till.countTitle", "till", v.tillName(own.Number)), tillPage{Lead: v.locale.T("desk.till.countLead"), Parts: []ui.Component{
		handle{Action: tillPath + "/count", Fields: fields, Button: ui.Button{Text: v.locale.T("desk.till.close")}}}})
	page.Crumbs = []ui.Link{{Text: v.tillName(own.Number), Href: tillPath}, {Text: page.Title}}
	page.Errors = problems
	return v.render(status, "till", page)
}

// countedOf reads what a clerk has counted of a currency.
func (v *visit) countedOf(currency string, was map[string]string) (c till.CashCount, problems []ui.FieldError) {
	wrong := func(name, key string) {
		problems = append(problems, ui.FieldError{Name: name, Text: v.locale.T("desk.till." + key)})
	}
	c.Currency = currency
	sum := int64(0)
	for _, value := range till.Pieces(currency) {
		name := piecesControl + currency + "-" + strconv.FormatInt(value, 10)
		typed := form.Line(was[name])
		if typed == "" {
			continue
		}
		n, err := strconv.ParseUint(typed, 10, 16)
		if err != nil {
			wrong(name, "noPieces")
			continue
		}
		if c.Pieces == nil {
			c.Pieces = map[int64]int{}
		}
		c.Pieces[value] = int(n)
		sum += value * int64(n)
	}
	name := amountControl + currency
	amount, ok := minor(was[name], currency)
	typed := strings.TrimSpace(was[name]) != ""
	switch {
	case !ok || !typed && c.Pieces == nil:
		wrong(name, "noAmount")
	case typed && c.Pieces != nil && sum != amount:
		wrong(name, "otherSum")
	}
	c.Amount = amount
	if !typed {
		c.Amount = sum
	}
	return c, problems
}

// closeTill closes the clerk's till, or hands it to a colleague where it does not hold what it should.
func (v *visit) closeTill() error {
	own, was, err := v.atOwn()
	if err != nil {
		return err
	}
	count := till.Count{Clerk: v.officer.ID, Reason: was[reasonControl]}
	var problems []ui.FieldError
	for _, c := range own.Cash {
		counted, wrong := v.countedOf(c.Currency, was)
		count.Cash, problems = append(count.Cash, counted), append(problems, wrong...)
	}
	if len(problems) > 0 {
		return v.showCount(http.StatusUnprocessableEntity, was, problems)
	}
	if err := v.booked("till-counted", own.Authority, own.ID.String(), nil); err != nil {
		return err
	}
	_, err = v.o.Tills.Count(v.ctx, count)
	switch {
	case errors.Is(err, till.ErrDiffers), errors.Is(err, proposal.ErrReason):
		return v.showCount(http.StatusUnprocessableEntity, was, []ui.FieldError{{Name: reasonControl, Text: v.locale.T("desk.till.differs")}})
	case errors.Is(err, till.ErrAmount):
		return v.showCount(http.StatusUnprocessableEntity, was, []ui.FieldError{{Name: amountControl + own.Cash[0].Currency, Text: v.locale.T("desk.till.noAmount")}})
	case err != nil && !errors.Is(err, till.ErrWaits) && !errors.Is(err, till.ErrClosed):
		return err
	}
	http.Redirect(v.w, v.r, tillHref(own.ID), http.StatusSeeOther)
	return nil
}
