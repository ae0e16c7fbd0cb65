package desk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// entriesPage is the body of the template entries.
type entriesPage struct {
	Lead   string
	Totals []ui.Table // of an application, or what waits
	Table  ui.Table
	Below  []ui.Component
	More   *ui.Button
}

// entries lists what was booked on an account, or in a whole book, the latest first.
func (v *visit) entries() error {
	s, _, err := v.scope()
	if err != nil {
		return err
	}
	day, ok := until(s.Until)
	if !ok {
		return application.ErrNotFound
	}
	s.Until = day
	before, _ := strconv.ParseInt(v.r.URL.Query().Get("before"), 10, 64)
	list, more, err := v.o.Ledger.Entries(v.ctx, s, max(before, 0))
	if err != nil {
		return err
	}
	title := v.locale.T("desk.ledger.journal")
	if s.Account != "" {
		title = v.account(s.Account).Text
	}
	body := entriesPage{Lead: v.locale.T("desk.ledger.lead", "authority", v.authority(s.Authority), "date", v.locale.Day(s.Until)), Table: v.entryTable(s, nil, list)}
	if more {
		body.More = &ui.Button{Text: v.locale.T("desk.ledger.more"), Kind: ui.Secondary, Href: href(ledgerPath+"/entries", s) + "&before=" + strconv.FormatInt(list[len(list)-1].Number, 10)}
	}
	page := v.page(title, body)
	page.Crumbs = v.ledgerCrumbs(ledger.Scope{Authority: s.Authority, Until: s.Until}, title)
	return v.render(http.StatusOK, "entries", page)
}

func (v *visit) ledgerCrumbs(s ledger.Scope, here string) []ui.Link {
	return []ui.Link{{Text: v.locale.T("desk.ledger.title"), Href: href(ledgerPath, s)}, {Text: here}}
}

// entryTable lists entries with what they have put on the account of the scope, or on all of its authority's, or on those of books.
func (v *visit) entryTable(s ledger.Scope, books []string, list []ledger.Written) ui.Table {
	t := ui.Table{Caption: v.locale.T("desk.ledger.entries"), QuietCaption: true, Columns: []ui.Column{
		{Text: v.locale.T("desk.ledger.number")}, {Text: v.locale.T("desk.ledger.day")}, {Text: v.locale.T("desk.ledger.what")},
		{Text: v.locale.T("desk.ledger.debit"), Number: true}, {Text: v.locale.T("desk.ledger.credit"), Number: true},
	}, Empty: &ui.Empty{Title: v.locale.T("desk.ledger.noEntries"), Text: v.locale.T("desk.ledger.noEntriesText"), Drawing: "search"}}
	for i := range list {
		e := &list[i]
		what := ui.Cell{Text: v.locale.T("desk.ledger.kind." + string(e.Kind))}
		if e.ReversedBy != uuid.Nil {
			what.Tag = &ui.Tag{State: ui.Revoked, Text: v.locale.T("desk.ledger.takenBack")}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: v.locale.Number(e.Number), Href: ledgerPath + "/entries/" + e.ID.String()}, {Text: v.locale.Day(e.Day)}, what,
			{Text: v.amounts(s, books, e, 1)}, {Text: v.amounts(s, books, e, -1)},
		}})
	}
	return t
}

// amounts are what an entry has put on one side of the accounts of a scope, currency by currency.
func (v *visit) amounts(s ledger.Scope, books []string, e *ledger.Written, sign int64) (text string) {
	if s.Authority != "" {
		books = []string{s.Authority}
	}
	var currencies []string
	sums := map[string]int64{}
	for _, p := range e.Postings {
		a, _ := ledger.ParseAccount(p.Account)
		if !slices.Contains(books, a.Authority) || s.Account != "" && p.Account != s.Account || s.Currency != "" && p.Currency != s.Currency || sign*p.Amount < 0 {
			continue
		}
		if sums[p.Currency] += sign * p.Amount; !slices.Contains(currencies, p.Currency) {
			currencies = append(currencies, p.Currency)
		}
	}
	for i, c := range currencies {
		if i > 0 {
			text += v.locale.T("desk.and")
		}
		text += v.locale.Money(ui.Money{Minor: sums[c], Currency: c})
	}
	return text
}

// ofApplication shows what an application has put into the books that the officer reads, and what is left of it.
func (v *visit) ofApplication() error { return v.showApplication(http.StatusOK, typed{}, "") }

func (v *visit) showApplication(status int, was typed, fee string) error {
	books, err := v.books()
	if err != nil {
		return err
	}
	id, err := v.oneID()
	if err != nil {
		return err
	}
	list, err := v.o.Ledger.OfApplication(v.ctx, id)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(e ledger.Written) bool { return !v.reads(books, &e) })
	if len(list) == 0 {
		return application.ErrNotFound
	}
	all, err := v.o.Ledger.Trial(v.ctx, ledger.Scope{Application: id})
	if err != nil {
		return err
	}
	mine := slices.DeleteFunc(all, func(b ledger.Balance) bool {
		a, _ := ledger.ParseAccount(b.Account)
		return !slices.Contains(books, a.Authority)
	})
	slices.Reverse(list)
	title := v.locale.T("desk.ledger.application")
	below, err := v.refunds(id, was, fee)
	if err != nil {
		return err
	}
	off, err := v.waivers(id, was.waiver, was.errors)
	if err != nil {
		return err
	}
	below = append(below, off...)
	page := v.page(title, entriesPage{Lead: v.locale.T("desk.ledger.applicationLead"), Totals: v.trialTables(ledger.Scope{}, mine), Table: v.entryTable(ledger.Scope{}, books, list), Below: below})
	page.Errors = was.errors
	page.Crumbs = v.ledgerCrumbs(ledger.Scope{Authority: list[0].Authorities()[0]}, title)
	return v.render(status, "entries", page)
}

// reads tells whether an entry stands in one of the books.
func (v *visit) reads(books []string, e *ledger.Written) bool {
	return slices.ContainsFunc(e.Authorities(), func(a string) bool { return slices.Contains(books, a) })
}

// entryPage is the body of the template entry.
type entryPage struct {
	Facts  ui.SummaryList
	Lines  ui.Table
	State  *ui.Banner // of a correction that waits
	Action string
	Reason *ui.Textarea // of a correction; nil where the officer can propose none
	Submit []ui.Button
}

// entry shows one entry with its lines, and what may be done about it.
func (v *visit) entry() error { return v.showEntry(http.StatusOK, "", nil) }

func (v *visit) oneEntry() (*ledger.Written, error) {
	books, err := v.books()
	if err != nil {
		return nil, err
	}
	id, err := v.oneID()
	if err != nil {
		return nil, err
	}
	e, err := v.o.Ledger.One(v.ctx, id)
	if errors.Is(err, ledger.ErrNotFound) || err == nil && !v.reads(books, e) {
		return nil, application.ErrNotFound
	}
	return e, err
}

func (v *visit) showEntry(status int, reason string, problems []ui.FieldError) error {
	e, err := v.oneEntry()
	if err != nil {
		return err
	}
	books, err := v.books()
	if err != nil {
		return err
	}
	names, err := v.o.People.Named(v.ctx, []uuid.UUID{e.ProposedBy, e.Approved})
	if err != nil {
		return err
	}
	body := entryPage{Lines: ui.Table{Caption: v.locale.T("desk.ledger.lines"), Columns: []ui.Column{
		{Text: v.locale.T("desk.ledger.account")}, {Text: v.locale.T("desk.ledger.debit"), Number: true}, {Text: v.locale.T("desk.ledger.credit"), Number: true}}}}
	add := func(key, value string, links ...ui.Action) {
		body.Facts.Rows = append(body.Facts.Rows, ui.SummaryRow{Key: v.locale.T("desk.ledger." + key), Value: value, Actions: links})
	}
	link := func(id uuid.UUID) ui.Action {
		return ui.Action{Text: v.locale.T("desk.ledger.look"), Href: ledgerPath + "/entries/" + id.String()}
	}
	add("what", v.locale.T("desk.ledger.kind."+string(e.Kind)))
	add("day", v.locale.Day(e.Day))
	add("at", v.locale.DateTime(e.At))
	if e.Application != uuid.Nil {
		v.ofEntry(e, add)
	}
	if e.Reverses != uuid.Nil {
		add("reverses", e.Reverses.String(), link(e.Reverses))
	}
	if e.Reason != "" {
		add("reason", e.Reason)
	}
	if e.ProposedBy != uuid.Nil {
		add("proposedBy", v.name(names[e.ProposedBy]))
	}
	if e.Approved != uuid.Nil {
		add("approvedBy", v.name(names[e.Approved]))
	}
	if e.ReversedBy != uuid.Nil {
		add("reversedBy", e.ReversedBy.String(), link(e.ReversedBy))
	}
	for _, p := range e.Postings {
		a, _ := ledger.ParseAccount(p.Account)
		name := v.account(p.Account)
		if slices.Contains(books, a.Authority) {
			name.Href = href(ledgerPath+"/entries", ledger.Scope{Authority: a.Authority, Account: p.Account, Currency: p.Currency})
		}
		amount := ui.Cell{Text: v.locale.Money(ui.Money{Minor: max(p.Amount, -p.Amount), Currency: p.Currency})}
		row := ui.Row{Cells: []ui.Cell{name, amount, {}}}
		if p.Amount < 0 {
			row.Cells[1], row.Cells[2] = row.Cells[2], row.Cells[1]
		}
		body.Lines.Rows = append(body.Lines.Rows, row)
	}
	if err := v.correction(e, &body, reason, problems); err != nil {
		return err
	}
	title := v.locale.T("desk.ledger.entry", "number", v.locale.Number(e.Number))
	page := v.page(title, body)
	page.Crumbs = v.ledgerCrumbs(ledger.Scope{Authority: e.Authorities()[0]}, title)
	page.Errors = problems
	return v.render(status, "entry", page)
}

// ofEntry says to which application an entry belongs.
func (v *visit) ofEntry(e *ledger.Written, add func(key, value string, links ...ui.Action)) {
	balance := ui.Action{Text: v.locale.T("desk.ledger.balance"), Href: ledgerPath + "/applications/" + e.Application.String()}
	if a, err := v.o.Book.ForOfficer(v.ctx, v.officer.Capacities, e.Application); err == nil { // nothing of it is shown but its number
		add("of", a.Reference, balance, ui.Action{Text: v.locale.T("desk.ledger.case"), Href: "/desk/applications/" + e.Application.String()})
	} else {
		add("of", e.Application.String(), balance)
	}
}
