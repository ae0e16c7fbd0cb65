package desk

import (
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const ledgerPath = "/desk/ledger"

// everywhere is the capacity of who reads the book of every authority.
const everywhere = ledger.Platform + ":" + ledger.Auditor

// ledgerPage is the body of the template ledger.
type ledgerPage struct {
	Lead    string
	Filters ui.Filters
	Tables  []ui.Table // one for each currency
	Empty   *ui.Empty
	Links   ui.ButtonRow
	Periods ui.SummaryList
	Close   *closingMonth
	Head    string // of the chain
	Sealed  string
	Verify  ui.Button
}

// closingMonth is the form that closes the next month.
type closingMonth struct {
	Action           string
	Authority, Month string
	Hint             string
	Submit           ui.Button
}

// keeps are the authorities of which the officer holds a role.
func (v *visit) keeps(roles ...string) (out []string) {
	for _, c := range v.officer.Capacities {
		if a, role, _ := strings.Cut(c, ":"); slices.Contains(roles, role) && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// hasLedger tells whether the officer reads a book at all.
func (v *visit) hasLedger() bool {
	return v.o.Ledger != nil && len(v.keeps(ledger.Accountant, ledger.Auditor)) > 0
}

// books are the authorities whose books the officer reads, by code. ErrNotFound where there is none: the pages are not there for others.
func (v *visit) books() ([]string, error) {
	if !v.hasLedger() {
		return nil, application.ErrNotFound
	}
	mine := v.keeps(ledger.Accountant, ledger.Auditor)
	if slices.Contains(v.officer.Capacities, everywhere) {
		all, err := v.o.Ledger.Authorities(v.ctx)
		if err != nil {
			return nil, err
		}
		mine = append(mine, all...)
	}
	slices.Sort(mine)
	return slices.Compact(mine), nil
}

// scope reads from the address which part of which book is looked at: by default the first that the officer reads, until today.
func (v *visit) scope() (s ledger.Scope, books []string, err error) {
	if books, err = v.books(); err != nil {
		return s, nil, err
	}
	q := v.r.URL.Query()
	s = ledger.Scope{Authority: q.Get("authority"), Until: q.Get("until"), Account: q.Get("account"), Currency: q.Get("currency")}
	if a, ok := ledger.ParseAccount(s.Account); ok {
		s.Authority = a.Authority
	} else if s.Account != "" {
		return s, nil, application.ErrNotFound
	}
	if s.Authority == "" {
		s.Authority = books[0]
	}
	if !slices.Contains(books, s.Authority) {
		return s, nil, application.ErrNotFound
	}
	if day := q.Get("until-year") + "-" + q.Get("until-month") + "-" + q.Get("until-day"); day != "--" {
		s.Until = day
	}
	if s.Until == "" {
		s.Until = v.today()
	}
	return s, books, nil
}

// until is the day of a scope as the ledger takes it; false where it is no day.
func until(text string) (string, bool) {
	day, err := time.Parse("2006-1-2", text)
	return day.Format(time.DateOnly), err == nil
}

func (v *visit) today() string { return v.here().Format(time.DateOnly) }

// here is the time where the catalogue's authorities are.
func (v *visit) here() time.Time {
	zone, err := time.LoadLocation(v.o.Releases.Reference().Zone)
	if err != nil { // a release without a zone that exists is refused
		zone = time.UTC
	}
	return v.o.Now().In(zone)
}

// href is the address of a page about a scope.
func href(path string, s ledger.Scope) string {
	q := url.Values{}
	for name, value := range map[string]string{"authority": s.Authority, "until": s.Until, "account": s.Account, "currency": s.Currency} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return path + "?" + q.Encode()
}

// trial shows the trial balance of an authority on the evening of a day.
func (v *visit) trial() error {
	s, books, err := v.scope()
	if err != nil {
		return err
	}
	typed, day := s.Until, false
	if s.Until, day = until(typed); !day {
		s.Until = v.today()
	}
	balances, err := v.o.Ledger.Trial(v.ctx, ledger.Scope{Authority: s.Authority, Until: s.Until})
	if err != nil {
		return err
	}
	body := ledgerPage{Lead: v.locale.T("desk.ledger.lead", "authority", v.authority(s.Authority), "date", v.locale.Day(s.Until))}
	var problems []ui.FieldError
	if !day {
		problems = []ui.FieldError{{Name: "until", Text: v.locale.T("desk.ledger.noDay")}}
	}
	body.Filters = v.ledgerFilters(s, books, typed, problems)
	body.Tables = v.trialTables(s, balances)
	if len(body.Tables) == 0 {
		body.Empty = &ui.Empty{Title: v.locale.T("desk.ledger.none"), Text: v.locale.T("desk.ledger.noneText"), Drawing: "search"}
	}
	body.Links.Buttons = []ui.Button{
		{Text: v.locale.T("desk.ledger.journal"), Kind: ui.Secondary, Href: href(ledgerPath+"/entries", ledger.Scope{Authority: s.Authority, Until: s.Until})},
		{Text: v.locale.T("desk.ledger.corrections"), Kind: ui.Secondary, Href: ledgerPath + "/corrections"},
		{Text: v.locale.T("desk.ledger.csv"), Kind: ui.Secondary, Href: href(ledgerPath+"/trial.csv", ledger.Scope{Authority: s.Authority, Until: s.Until})},
	}
	if err := v.periods(s.Authority, &body); err != nil {
		return err
	}
	head, err := v.o.Ledger.Head(v.ctx)
	if err != nil {
		return err
	}
	if head.Number > 0 {
		body.Verify = ui.Button{Text: v.locale.T("desk.ledger.chain.verify"), Kind: ui.Secondary, Href: ledgerPath + "/chain"}
		body.Sealed, body.Head = v.locale.T("desk.ledger.sealed", "number", v.locale.Number(head.Number)), hex.EncodeToString(head.Hash)
	}
	page := v.page(v.locale.T("desk.ledger.title"), body)
	status := http.StatusOK
	if page.Errors = problems; len(problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	if v.r.URL.Query().Get("done") == "closed" {
		page.Flash = []ui.Banner{{Kind: ui.Success, Text: v.locale.T("desk.ledger.period.done")}}
	}
	return v.render(status, "ledger", page)
}

func (v *visit) ledgerFilters(s ledger.Scope, books []string, typed string, problems []ui.FieldError) ui.Filters {
	which := ui.Select{Field: ui.Field{Name: "authority", Label: v.locale.T("desk.ledger.authority")}}
	for _, b := range books {
		which.Options = append(which.Options, ui.Option{Value: b, Text: v.authority(b), Selected: b == s.Authority})
	}
	return ui.Filters{Action: ledgerPath, Fields: []ui.Component{which, v.dayInput("until", "desk.ledger.until", typed, given{errors: problems})}}
}

// trialTables are the balances, a table for each currency: what stands on an account is on the side of its debit or its credit.
func (v *visit) trialTables(s ledger.Scope, balances []ledger.Balance) (tables []ui.Table) {
	var debits, credits int64
	for i, b := range balances {
		if i == 0 || balances[i-1].Currency != b.Currency {
			tables = append(tables, ui.Table{Caption: v.locale.T("desk.ledger.trial", "currency", v.locale.CurrencyName(b.Currency)), Columns: []ui.Column{
				{Text: v.locale.T("desk.ledger.account")}, {Text: v.locale.T("desk.ledger.debit"), Number: true}, {Text: v.locale.T("desk.ledger.credit"), Number: true}}})
			debits, credits = 0, 0
		}
		of := s
		of.Currency = b.Currency
		all := ""
		if s.Authority != "" {
			all = href(ledgerPath+"/entries", of)
		}
		of.Account = b.Account
		to := href(ledgerPath+"/entries", of)
		name := v.account(b.Account)
		name.Href = to
		debit, credit := ui.Cell{}, ui.Cell{}
		if b.Amount >= 0 {
			debits += b.Amount
			debit = ui.Cell{Text: v.locale.Money(ui.Money{Minor: b.Amount, Currency: b.Currency}), Href: to}
		} else {
			credits -= b.Amount
			credit = ui.Cell{Text: v.locale.Money(ui.Money{Minor: -b.Amount, Currency: b.Currency}), Href: to}
		}
		t := &tables[len(tables)-1]
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{name, debit, credit}})
		t.Foot = &ui.Row{Cells: []ui.Cell{{Text: v.locale.T("desk.ledger.total")},
			{Text: v.locale.Money(ui.Money{Minor: debits, Currency: b.Currency}), Href: all}, {Text: v.locale.Money(ui.Money{Minor: credits, Currency: b.Currency}), Href: all}}}
	}
	return tables
}

// trialCSV gives a trial balance for a spreadsheet: codes and plain decimals, the same in every language.
func (v *visit) trialCSV() error {
	s, _, err := v.scope()
	if err != nil {
		return err
	}
	day, ok := until(s.Until)
	if !ok {
		return application.ErrNotFound
	}
	balances, err := v.o.Ledger.Trial(v.ctx, ledger.Scope{Authority: s.Authority, Until: day})
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "trial-"+s.Authority+"-"+day+".csv"))
	out := csv.NewWriter(v.w)
	_ = out.Write([]string{"authority", "until", "account", "class", "head", "currency", "debits", "credits", "balance"})
	for _, b := range balances {
		a, _ := ledger.ParseAccount(b.Account)
		_ = out.Write([]string{s.Authority, day, b.Account, string(a.Class), a.Head, b.Currency, decimal(b.Debit, b.Currency), decimal(b.Credit, b.Currency), decimal(b.Amount, b.Currency)})
	}
	out.Flush() // whoever asked may have gone
	return nil
}

// decimal writes minor units as a plain number with all decimals of the currency.
func decimal(minor int64, currency string) string {
	digits := ui.MinorDigits(currency)
	sign, number := "", strconv.FormatInt(minor, 10)
	if minor < 0 {
		sign, number = "-", number[1:]
	}
	if digits == 0 {
		return sign + number
	}
	for len(number) <= digits {
		number = "0" + number
	}
	return sign + number[:len(number)-digits] + "." + number[len(number)-digits:]
}

// authority is the title of an authority, or its code where the catalogue has none.
func (v *visit) authority(code string) string {
	if a, ok := v.o.Releases.Reference().Authority(code); ok {
		if title := v.locale.Pick(a.Title); title != "" {
			return title
		}
	}
	return code
}

// account says what an account is for, with its code below.
func (v *visit) account(code string) ui.Cell {
	a, ok := ledger.ParseAccount(code)
	if !ok {
		return ui.Cell{Text: code}
	}
	head := a.Head
	switch a.Class {
	case ledger.DueFromClass, ledger.DueToClass:
		head = v.authority(a.Head)
	case ledger.ClearingClass:
		head = v.said("desk.ledger.channel."+a.Head, a.Head)
		if number, ok := ledger.TillNumber(a.Head); ok {
			head = v.locale.T("desk.till.name", "number", number)
		}
	case ledger.RevenueClass, ledger.WaivedClass:
		head = v.revenueHead(a.Authority, a.Head)
	case ledger.DepositClass, ledger.DepositDueClass:
		head = v.fee(a.Authority, a.Head)
	}
	text := v.locale.T("desk.ledger.class." + string(a.Class))
	if head != "" {
		text = v.locale.T("desk.ledger.head", "class", text, "head", head)
	}
	return ui.Cell{Text: text, Note: code}
}

// revenueHead is what a head of revenue is called: as the state's chart of accounts has it, or the fee that has none.
func (v *visit) revenueHead(authority, code string) string {
	heads := v.o.Releases.Reference().Heads
	if i := slices.IndexFunc(heads, func(h release.RevenueHead) bool { return h.Code == code }); i >= 0 {
		return v.locale.Pick(heads[i].Title)
	}
	return v.fee(authority, code)
}

// fee is what a fee is called: the title that the services give it, where they all give it the same, or its code.
func (v *visit) fee(authority, code string) (title string) {
	for _, s := range v.o.Releases.Services() {
		said := v.locale.Pick(s.Texts.Fees[code])
		if said == "" || s.Authority != authority {
			continue
		}
		if title != "" && title != said {
			return code
		}
		title = said
	}
	if title == "" {
		return code
	}
	return title
}

// oneID is the ID that the address names.
func (v *visit) oneID() (uuid.UUID, error) {
	id, err := uuid.Parse(v.r.PathValue("id"))
	if err != nil {
		return uuid.Nil, application.ErrNotFound
	}
	return id, nil
}
