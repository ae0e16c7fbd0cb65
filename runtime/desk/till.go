package desk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/till"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const tillPath = "/desk/till"

// Controls of a till.
const (
	numberControl    = "_number"
	authorityControl = "_authority"
	findControl      = "_find"
	keyControl       = "_key"
	slipControl      = "_slip"
	amountControl    = "_amount-" // and the currency, or the payment
	piecesControl    = "_pieces-" // the currency and the value
)

// tillPage is the body of the template till.
type tillPage struct {
	Lead  string
	Parts []ui.Component
}

// tillHref is the address of a till as those see it who answer for it together.
func tillHref(id uuid.UUID) string { return tillPath + "/of/" + id.String() }

// cashier are the authorities at whose tills the officer takes cash.
func (v *visit) cashier() []string {
	if v.o.Tills == nil {
		return nil
	}
	return v.keeps(ledger.Cashier)
}

// tillsOf are the authorities whose tills the officer sees: clerks and accountants look after them together.
func (v *visit) tillsOf() []string {
	if v.o.Tills == nil {
		return nil
	}
	return v.keeps(ledger.Cashier, ledger.Accountant)
}

// tillsWait is how much at tills waits for the officer; where it cannot be counted the page says nothing about it.
func (v *visit) tillsWait() int {
	n, err := v.o.Tills.Waits(v.ctx, v.tillsOf(), v.keeps(ledger.Accountant), v.officer.ID)
	if err != nil {
		v.o.Log.WarnContext(v.ctx, "desk: tills not counted", "error", err)
	}
	return n
}

// posted are the controls of a form.
func (v *visit) posted() (map[string]string, error) {
	return filling.New(v.ctx, filling.Options{Locale: v.locale}).Read(v.w, v.r)
}

// minor reads an amount as somebody has typed it, in minor units; false where it is none of the currency. Nothing is nothing.
func minor(typed, currency string) (int64, bool) {
	typed = strings.NewReplacer(" ", "", "\u00a0", "", "٬", "", "٫", ".").Replace(form.Line(typed))
	if whole, rest, found := strings.Cut(typed, ","); found && !strings.Contains(typed, ".") && len(rest) == 2 && ui.MinorDigits(currency) == 2 {
		typed = whole + "." + rest // as it is written in French and Russian
	}
	if typed = strings.ReplaceAll(typed, ",", ""); typed == "" {
		return 0, true
	}
	m, ok := ui.ParseMoney(typed + " " + currency)
	return m.Minor, ok && m.Minor >= 0
}

func (v *visit) inCash(amount int64, currency string) string {
	return v.locale.Money(ui.Money{Minor: amount, Currency: currency})
}

func (v *visit) tillName(number int) string {
	return v.locale.T("desk.till.name", "number", strconv.Itoa(number))
}

// till is the clerk's own till, or what opens one; below stand the tills of the authority, and the differences that an accountant is to explain.
func (v *visit) till() error { return v.showTills(http.StatusOK, nil, nil) }

func (v *visit) showTills(status int, was map[string]string, problems []ui.FieldError) error {
	if len(v.tillsOf()) == 0 {
		return application.ErrNotFound
	}
	title := v.locale.T("desk.till.title")
	var body tillPage
	if len(v.cashier()) > 0 {
		own, err := v.o.Tills.Of(v.ctx, v.officer.ID)
		if err != nil {
			return err
		}
		if own != nil {
			title = v.tillName(own.Number)
			body.Parts, err = v.ownTill(own, was, problems)
		} else {
			body.Lead = v.locale.T("desk.till.openLead")
			body.Parts, err = v.opening(was, problems)
		}
		if err != nil {
			return err
		}
	}
	below, err := v.tillsBelow()
	if err != nil {
		return err
	}
	body.Parts = append(body.Parts, below...)
	page := v.page(title, body)
	page.Errors = problems
	v.w.Header().Set("Cache-Control", "private, no-store")
	return v.render(status, "till", page)
}

// currencies are those in which something can become due to authorities.
func (v *visit) currencies(authorities []string) []string {
	out := []string{v.o.Releases.Reference().Currency}
	for _, s := range v.o.Releases.Services() {
		if s.Plan != nil && slices.Contains(authorities, s.Authority) && s.Plan.Currency != "" && !slices.Contains(out, s.Plan.Currency) {
			out = append(out, s.Plan.Currency)
		}
	}
	return slices.DeleteFunc(out, func(c string) bool { return c == "" })
}

// opening asks for the number of the till and the change that lies in it.
func (v *visit) opening(was map[string]string, problems []ui.FieldError) ([]ui.Component, error) {
	mine := v.cashier()
	said := typed{errors: problems}
	var fields []ui.Component
	if len(mine) > 1 {
		which := ui.Select{Field: ui.Field{Name: authorityControl, Label: v.locale.T("desk.ledger.authority"), Error: said.problem(authorityControl)}}
		for _, a := range mine {
			which.Options = append(which.Options, ui.Option{Value: a, Text: v.authority(a), Selected: was[authorityControl] == a})
		}
		fields = append(fields, which)
	} else {
		fields = append(fields, ui.Hidden{Name: authorityControl, Value: mine[0]})
	}
	number, ok := was[numberControl]
	if !ok {
		list, err := v.o.Tills.List(v.ctx, mine)
		if err != nil {
			return nil, err
		}
		free := 1
		for slices.ContainsFunc(list, func(t till.Till) bool { return t.Status != till.Closed && t.Number == free }) {
			free++
		}
		number = strconv.Itoa(free)
	}
	fields = append(fields, ui.Input{Field: ui.Field{Name: numberControl, Label: v.locale.T("desk.till.number"), Hint: v.locale.T("desk.till.numberHint"), Error: said.problem(numberControl)},
		Value: number, Type: ui.Digits, Width: 3, MaxLength: 3})
	for _, c := range v.currencies(mine) {
		fields = append(fields, ui.MoneyInput{Field: ui.Field{Name: amountControl + c, Label: v.locale.T("desk.till.float", "currency", v.locale.CurrencyName(c)), Error: said.problem(amountControl + c)},
			Value: was[amountControl+c], Currency: c})
	}
	return []ui.Component{handle{Action: tillPath + "/open", Fields: fields, Button: ui.Button{Text: v.locale.T("desk.till.open")}}}, nil
}

// openTill opens a till for the clerk.
func (v *visit) openTill() error {
	mine := v.cashier()
	if len(mine) == 0 {
		return application.ErrNotFound
	}
	was, err := v.posted()
	if err != nil {
		return err
	}
	var problems []ui.FieldError
	wrong := func(name, key string) {
		problems = append(problems, ui.FieldError{Name: name, Text: v.locale.T("desk.till." + key)})
	}
	o := till.Opening{Authority: was[authorityControl], Clerk: v.officer.ID, Float: map[string]int64{}}
	if !slices.Contains(mine, o.Authority) {
		return application.ErrNotFound
	}
	if o.Number, err = strconv.Atoi(form.Line(was[numberControl])); err != nil || o.Number < 1 || o.Number > till.MostNumber {
		wrong(numberControl, "noNumber")
	}
	for _, c := range v.currencies(mine) {
		amount, ok := minor(was[amountControl+c], c)
		if o.Float[c] = amount; !ok {
			wrong(amountControl+c, "noAmount")
		}
	}
	if len(problems) > 0 {
		return v.showTills(http.StatusUnprocessableEntity, was, problems)
	}
	if err := v.booked("till-opened", o.Authority, v.officer.ID.String(), map[string]string{"number": strconv.Itoa(o.Number)}); err != nil {
		return err
	}
	_, err = v.o.Tills.Open(v.ctx, o)
	switch {
	case errors.Is(err, till.ErrTaken):
		wrong(numberControl, "taken")
		return v.showTills(http.StatusConflict, was, problems)
	case err != nil && !errors.Is(err, till.ErrOpen): // the page shows the one that is open
		return err
	}
	return v.toTill("")
}

// toTill leads back to the clerk's till, and shows a payment that was taken.
func (v *visit) toTill(done string) error {
	to := tillPath
	if done != "" {
		to += "?done=" + done
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// ownTill is what a clerk does at the till: find a bill, take it, have the last one taken back, count.
func (v *visit) ownTill(own *till.Till, was map[string]string, problems []ui.FieldError) ([]ui.Component, error) {
	taken, err := v.o.Tills.Takings(v.ctx, own.ID)
	if err != nil {
		return nil, err
	}
	proposals, err := v.o.Tills.Proposals(v.ctx, own.ID)
	if err != nil {
		return nil, err
	}
	waiting, err := v.tillProposals(own, proposals)
	if err != nil {
		return nil, err
	}
	var parts []ui.Component
	if done, err := uuid.Parse(v.r.URL.Query().Get("done")); err == nil {
		if i := slices.IndexFunc(taken, func(k till.Taken) bool { return k.ID == done && k.VoidedAt == nil }); i >= 0 {
			k := taken[i]
			parts = append(parts, ui.Panel{Title: v.locale.T("desk.till.change", "amount", ui.Money{Minor: k.Change(), Currency: k.Currency}),
				Text:  v.locale.T("desk.till.took", "amount", ui.Money{Minor: k.Amount, Currency: k.Currency}, "tendered", ui.Money{Minor: k.Tendered, Currency: k.Currency}),
				Label: v.locale.T("desk.till.receipt"), Reference: k.Receipt})
		}
	}
	parts = append(parts, waiting...)
	if own.Status == till.Open && len(waiting) == 0 {
		find := ui.Input{Field: ui.Field{Name: findControl, Label: v.locale.T("desk.till.find"), Hint: v.locale.T("desk.till.findHint"), Error: typed{errors: problems}.problem(findControl)},
			Value: was[findControl], Width: 20, Dir: "ltr", MaxLength: 40}
		parts = append(parts, handle{Action: tillPath + "/find", Fields: []ui.Component{find}, Button: ui.Button{Text: v.locale.T("desk.till.findButton")}})
	}
	parts = append(parts, v.takings(taken))
	if own.Status == till.Open && len(waiting) == 0 {
		if len(taken) > 0 && taken[0].VoidedAt == nil {
			parts = append(parts, v.takeBack(&taken[0], was, problems))
		}
		parts = append(parts, ui.ButtonRow{Buttons: []ui.Button{{Text: v.locale.T("desk.till.toCount"), Kind: ui.Secondary, Href: tillPath + "/count"}}})
	}
	return parts, nil
}

// takings lists the payments of a till.
func (v *visit) takings(list []till.Taken) ui.Table {
	t := ui.Table{Caption: v.locale.T("desk.till.payments"), Columns: []ui.Column{
		{Text: v.locale.T("desk.till.place")}, {Text: v.locale.T("desk.till.at")}, {Text: v.locale.T("desk.till.receipt")},
		{Text: v.locale.T("desk.till.amount"), Number: true}, {Text: v.locale.T("desk.till.given"), Number: true}},
		Empty: &ui.Empty{Title: v.locale.T("desk.till.noPayments"), Text: v.locale.T("desk.till.noPaymentsText"), Drawing: "inbox"}}
	for _, k := range list {
		amount := ui.Cell{Text: v.inCash(k.Amount, k.Currency)}
		if k.VoidedAt != nil {
			amount.Tag = &ui.Tag{State: ui.Revoked, Text: v.locale.T("desk.till.voided")}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: v.locale.Number(int64(k.Place))}, {Text: v.locale.DateTime(k.At)}, {Text: k.Receipt}, amount, {Text: v.inCash(k.Tendered, k.Currency)}}})
	}
	return t
}

// tillsBelow are the tills of the officer's authorities, and what accountants are to explain.
func (v *visit) tillsBelow() ([]ui.Component, error) {
	list, err := v.o.Tills.List(v.ctx, v.tillsOf())
	if err != nil {
		return nil, err
	}
	tasks, err := v.o.Tills.Differences(v.ctx, v.tillsOf(), uuid.Nil)
	if err != nil {
		return nil, err
	}
	var people []uuid.UUID
	for _, t := range list {
		people = append(people, t.Clerk)
	}
	for _, d := range tasks {
		people = append(people, d.Clerk)
	}
	names, err := v.o.People.Named(v.ctx, people)
	if err != nil {
		return nil, err
	}
	all := ui.Table{Caption: v.locale.T("desk.till.all"), Columns: []ui.Column{
		{Text: v.locale.T("desk.till.till")}, {Text: v.locale.T("desk.till.clerk")}, {Text: v.locale.T("desk.till.openedAt")}, {Text: v.locale.T("desk.till.payments"), Number: true},
		{Text: v.locale.T("desk.till.state")}}, Empty: &ui.Empty{Title: v.locale.T("desk.till.none"), Text: v.locale.T("desk.till.noneText"), Drawing: "inbox"}}
	for _, t := range list {
		all.Rows = append(all.Rows, ui.Row{Cells: []ui.Cell{{Text: v.tillName(t.Number), Href: tillHref(t.ID), Note: v.authority(t.Authority)}, {Text: v.name(names[t.Clerk])},
			{Text: v.locale.DateTime(t.OpenedAt)}, {Text: v.locale.Number(int64(t.Payments))}, {Tag: v.tillTag(&t)}}})
	}
	parts := []ui.Component{all}
	if len(tasks) == 0 {
		return parts, nil
	}
	differ := ui.Table{Caption: v.locale.T("desk.till.differences"), Columns: []ui.Column{
		{Text: v.locale.T("desk.till.till")}, {Text: v.locale.T("desk.till.clerk")}, {Text: v.locale.T("desk.till.difference"), Number: true},
		{Text: v.locale.T("desk.settlement.owner")}, {Text: v.locale.T("desk.settlement.age")}, {Text: v.locale.T("desk.till.state")}}}
	for _, d := range tasks {
		differ.Rows = append(differ.Rows, ui.Row{Late: d.ClosedAt == nil, Cells: []ui.Cell{{Text: v.tillName(d.Number), Href: tillHref(d.Till)}, {Text: v.name(names[d.Clerk])},
			{Text: v.inCash(d.Amount, d.Currency)}, {Text: v.role(d.Owner)}, {Text: v.standing(d.OpenedAt, d.ClosedAt)}, {Tag: v.differenceTag(&d)}}})
	}
	return append(parts, differ), nil
}

func (v *visit) tillTag(t *till.Till) *ui.Tag {
	state := map[till.Status]string{till.Open: ui.Open, till.Counted: ui.Waiting, till.Closed: ui.Done}[t.Status]
	return &ui.Tag{State: state, Text: v.locale.T("desk.till.is." + string(t.Status))}
}

func (v *visit) differenceTag(d *till.Difference) *ui.Tag {
	if d.ClosedAt == nil {
		return &ui.Tag{State: ui.Waiting, Text: v.locale.T("desk.settlement.is.open")}
	}
	return &ui.Tag{State: ui.Approved, Text: v.locale.T("desk.settlement.is.explained")}
}
