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
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment"
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
	own, err := v.openOwn()
	if err != nil {
		return err
	}
	was, err := v.posted()
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

// tillProposals are what waits for a second officer about a till, with the buttons of whoever may decide, and what was decided.
func (v *visit) tillProposals(t *till.Till, list []proposal.Proposal) (parts []ui.Component, err error) {
	var people []uuid.UUID
	for _, p := range list {
		people = append(people, p.ProposedBy)
	}
	names, err := v.o.People.Named(v.ctx, people)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		if p.Status != proposal.Proposed {
			continue
		}
		parts = append(parts, ui.Banner{Kind: ui.Caution, Title: v.locale.T("desk.till.waits."+string(p.Kind), "name", v.name(names[p.ProposedBy]), "date", v.locale.DateTime(p.ProposedAt)), Text: p.Reason})
		button := func(action, key, kind string) ui.Component {
			return handle{Action: tillHref(t.ID) + "/decide", Fields: []ui.Component{ui.Hidden{Name: keyControl, Value: p.ID.String()}, ui.Hidden{Name: actionControl, Value: action}},
				Button: ui.Button{Text: v.locale.T("desk.till." + key), Kind: kind}}
		}
		switch {
		case p.ProposedBy != v.officer.ID:
			parts = append(parts, button(approveWord, "approve."+string(p.Kind), ""), button(declineWord, "decline."+string(p.Kind), ui.Secondary))
		case p.Kind == till.Void:
			parts = append(parts, button(declineWord, "keep", ui.Secondary))
		default:
			parts = append(parts, button(declineWord, "again", ui.Secondary))
		}
	}
	return parts, nil
}

// decideTill lets happen what a clerk has proposed about a till, or declines it.
func (v *visit) decideTill() error {
	t, err := v.oneTill()
	if err != nil {
		return err
	}
	was, err := v.posted()
	if err != nil {
		return err
	}
	action := was[actionControl]
	id, err := uuid.Parse(was[keyControl])
	if err != nil || action != approveWord && action != declineWord {
		return application.ErrNotFound
	}
	if err := v.booked("till-decided", t.Authority, id.String(), map[string]string{"decision": action}); err != nil {
		return err
	}
	err = v.o.Tills.Decide(v.ctx, []string{t.Authority}, id, action == approveWord, v.officer.ID)
	switch {
	case errors.Is(err, proposal.ErrOwn):
		return errForbidden
	case errors.Is(err, proposal.ErrNotFound):
		return application.ErrNotFound
	case errors.Is(err, payment.ErrNotDue), errors.Is(err, till.ErrNotLast): // a colleague declines it
		return v.showTill(http.StatusConflict, nil, []ui.FieldError{{Text: v.locale.T("desk.till.tooLate")}})
	case err != nil && !errors.Is(err, proposal.ErrDecided) && !errors.Is(err, till.ErrClosed):
		return err
	}
	if t.Clerk == v.officer.ID {
		return v.toTill("")
	}
	http.Redirect(v.w, v.r, tillHref(t.ID), http.StatusSeeOther)
	return nil
}

// deposit notes that what a till has taken was brought to the bank.
func (v *visit) deposit() error {
	t, err := v.oneTill()
	if err != nil {
		return err
	}
	was, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.booked("till-banked", t.Authority, t.ID.String(), nil); err != nil {
		return err
	}
	err = v.o.Tills.Deposit(v.ctx, []string{t.Authority}, t.ID, form.Line(was[slipControl]), v.officer.ID)
	switch {
	case errors.Is(err, till.ErrSlip):
		return v.showTill(http.StatusUnprocessableEntity, was, []ui.FieldError{{Name: slipControl, Text: v.locale.T("desk.till.noSlip")}})
	case err != nil && !errors.Is(err, till.ErrClosed): // a colleague was faster
		return err
	}
	http.Redirect(v.w, v.r, tillHref(t.ID), http.StatusSeeOther)
	return nil
}

// explains are the differences of a till: what was said about them, and for accountants the form that says it.
func (v *visit) explains(t *till.Till, was map[string]string, problems []ui.FieldError) (parts []ui.Component, err error) {
	tasks, err := v.o.Tills.Differences(v.ctx, []string{t.Authority}, t.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range tasks {
		amount := ui.Money{Minor: d.Amount, Currency: d.Currency}
		if d.ClosedAt != nil {
			parts = append(parts, ui.Banner{Title: v.locale.T("desk.till.explained", "amount", amount, "date", v.locale.Date(*d.ClosedAt)), Text: d.Reason})
			continue
		}
		parts = append(parts, ui.Banner{Kind: ui.Caution, Title: v.locale.T("desk.till.task", "amount", amount, "owner", v.role(d.Owner), "age", v.standing(d.OpenedAt, nil)), Text: v.locale.T("desk.till.taskText")})
		if !slices.Contains(v.keeps(ledger.Accountant), d.Authority) {
			continue
		}
		id := reasonControl + "-" + d.ID.String()
		parts = append(parts, handle{Action: tillHref(t.ID) + "/explain", Fields: []ui.Component{ui.Hidden{Name: keyControl, Value: d.ID.String()},
			ui.Textarea{Field: ui.Field{Name: reasonControl, ID: id, Label: v.locale.T("desk.till.explain"), Hint: v.locale.T("desk.settlement.reasonHint"), Error: typed{errors: problems}.problem(id)},
				Rows: 3, MaxLength: proposal.MostReason / 2}}, Button: ui.Button{Text: v.locale.T("desk.settlement.explain"), Kind: ui.Secondary}})
	}
	return parts, nil
}

// explainTill ends the task of a difference.
func (v *visit) explainTill() error {
	t, err := v.oneTill()
	if err != nil {
		return err
	}
	mine := v.keeps(ledger.Accountant)
	if !slices.Contains(mine, t.Authority) {
		return errForbidden
	}
	was, err := v.posted()
	if err != nil {
		return err
	}
	id, err := uuid.Parse(was[keyControl])
	if err != nil {
		return application.ErrNotFound
	}
	if err := v.booked("till-explained", t.Authority, id.String(), nil); err != nil {
		return err
	}
	err = v.o.Tills.Explain(v.ctx, []string{t.Authority}, id, was[reasonControl], v.officer.ID)
	switch {
	case errors.Is(err, proposal.ErrReason):
		return v.showTill(http.StatusUnprocessableEntity, was, []ui.FieldError{{Name: reasonControl + "-" + id.String(), Text: v.locale.T("desk.settlement.noReason")}})
	case errors.Is(err, till.ErrNotFound):
		return application.ErrNotFound
	case err != nil && !errors.Is(err, till.ErrClosed):
		return err
	}
	http.Redirect(v.w, v.r, tillHref(t.ID), http.StatusSeeOther)
	return nil
}

// standing is how long something has stood, in days.
func (v *visit) standing(since time.Time, ended *time.Time) string {
	until := v.o.Now()
	if ended != nil {
		until = *ended
	}
	return v.locale.Duration(int(max(0, until.Sub(since))/(24*time.Hour)), "days")
}
