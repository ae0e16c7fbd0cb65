package desk

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/bill"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/till"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// openOwn is the clerk's open till; without one the address leads nowhere.
func (v *visit) openOwn() (*till.Till, error) {
	if len(v.cashier()) == 0 {
		return nil, application.ErrNotFound
	}
	own, err := v.o.Tills.Of(v.ctx, v.officer.ID)
	if err == nil && (own == nil || own.Status != till.Open || !slices.Contains(v.cashier(), own.Authority)) {
		err = application.ErrNotFound
	}
	return own, err
}

// atOwn is the clerk's open till, and what a form about it says.
func (v *visit) atOwn() (own *till.Till, was map[string]string, err error) {
	if own, err = v.openOwn(); err != nil {
		return nil, nil, err
	}
	was, err = v.posted()
	return own, was, err
}

// find leads to what is due of an application, by its number or by the reference of a bill. What was typed stands in no address.
func (v *visit) find() error {
	_, was, err := v.atOwn()
	if err != nil {
		return err
	}
	typed := form.Line(was[findControl])
	id, err := v.o.Book.Referred(v.ctx, typed)
	if errors.Is(err, application.ErrNotFound) {
		id, err = v.o.Payments.ByBill(v.ctx, strings.ReplaceAll(typed, " ", ""))
	}
	switch {
	case errors.Is(err, payment.ErrNotFound):
		return v.showTills(http.StatusUnprocessableEntity, was, []ui.FieldError{{Name: findControl, Text: v.locale.T("desk.till.notFound")}})
	case err != nil:
		return err
	}
	http.Redirect(v.w, v.r, duePath(id), http.StatusSeeOther)
	return nil
}

func duePath(of uuid.UUID) string { return tillPath + "/due/" + of.String() }

// due shows what of an application can be taken at the till: the service, the fees and the amount, and nothing of who applies.
func (v *visit) due() error { return v.showDue(http.StatusOK, nil, nil) }

func (v *visit) showDue(status int, was map[string]string, problems []ui.FieldError) error {
	own, err := v.openOwn()
	if err != nil {
		return err
	}
	of, err := v.oneID()
	if err != nil {
		return err
	}
	digest, err := v.o.Book.TextsOf(v.ctx, of)
	if err != nil {
		return err
	}
	views, err := v.o.Payments.OfApplication(v.ctx, of)
	if err != nil {
		return err
	}
	texts, ok := v.o.Releases.Texts(digest)
	if !ok {
		return application.ErrUnavailable
	}
	if err := v.booked("till-looked", own.Authority, of.String(), nil); err != nil {
		return err
	}
	body := tillPage{Lead: v.locale.Pick(texts.Title)}
	elsewhere := ""
	for _, p := range views {
		switch {
		case p.Authority != own.Authority:
			elsewhere = p.Authority
		case p.Payable:
			table := ui.FeeTable{Caption: v.locale.T("desk.till.due"), Rows: bill.Rows(v.locale, texts, p.Lines, p.Currency), Total: ui.Money{Minor: p.Amount, Currency: p.Currency}}
			if p.Parts > 0 {
				table.Caption = v.locale.T("desk.payment.part", "part", p.Part, "parts", p.Parts)
			}
			name := amountControl + p.ID.String()
			body.Parts = append(body.Parts, table, handle{Action: duePath(of), Fields: []ui.Component{
				ui.Hidden{Name: keyControl, Value: cmp.Or(was[keyControl], uuid.NewString())}, ui.Hidden{Name: paymentControl, Value: p.ID.String()},
				ui.MoneyInput{Field: ui.Field{Name: name, Label: v.locale.T("desk.till.tendered"), Hint: v.locale.T("desk.till.tenderedHint"), Error: typed{errors: problems}.problem(name)}, Value: was[name], Currency: p.Currency},
			}, Button: ui.Button{Text: v.locale.T("desk.till.take")}})
		}
	}
	if len(body.Parts) == 0 {
		empty := ui.Empty{Title: v.locale.T("desk.till.nothingDue"), Text: v.locale.T("desk.till.nothingDueText"), Drawing: "inbox", Action: &ui.Button{Text: v.locale.T("desk.till.back"), Href: tillPath}}
		if elsewhere != "" {
			empty.Text = v.locale.T("desk.till.elsewhere", "authority", v.authority(elsewhere))
		}
		body.Parts = []ui.Component{empty}
	}
	page := v.page(v.locale.T("desk.till.bill"), body)
	page.Crumbs = []ui.Link{{Text: v.tillName(own.Number), Href: tillPath}, {Text: page.Title}}
	page.Errors = problems
	v.w.Header().Set("Cache-Control", "private, no-store")
	return v.render(status, "till", page)
}

// take takes a payment in cash and says what is to be handed back.
func (v *visit) take() error {
	own, err := v.openOwn()
	if err != nil {
		return err
	}
	of, err := v.oneID()
	if err != nil {
		return err
	}
	was, err := v.posted()
	if err != nil {
		return err
	}
	views, err := v.o.Payments.OfApplication(v.ctx, of)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(views, func(p payment.View) bool { return p.ID.String() == was[paymentControl] })
	key, wrongKey := uuid.Parse(was[keyControl])
	if i < 0 || wrongKey != nil {
		return application.ErrNotFound
	}
	p := views[i]
	refuse := func(status int, key string) error {
		return v.showDue(status, was, []ui.FieldError{{Name: amountControl + p.ID.String(), Text: v.locale.T("desk.till."+key, "amount", ui.Money{Minor: p.Amount, Currency: p.Currency})}})
	}
	tendered, ok := minor(was[amountControl+p.ID.String()], p.Currency)
	if !ok || strings.TrimSpace(was[amountControl+p.ID.String()]) == "" {
		return refuse(http.StatusUnprocessableEntity, "noAmount")
	}
	if err := v.booked("till-taken", own.Authority, p.ID.String(), map[string]string{"key": key.String()}); err != nil {
		return err
	}
	_, err = v.o.Tills.Take(v.ctx, till.Taking{ID: key, Clerk: v.officer.ID, Payment: p.ID, Tendered: tendered})
	switch {
	case errors.Is(err, till.ErrTooLittle):
		return refuse(http.StatusUnprocessableEntity, "tooLittle")
	case errors.Is(err, till.ErrAmount):
		return refuse(http.StatusUnprocessableEntity, "noAmount")
	case errors.Is(err, payment.ErrNotDue): // somebody was faster: the page says that nothing is due
		return v.showDue(http.StatusConflict, nil, nil)
	case errors.Is(err, payment.ErrNotFound):
		return application.ErrNotFound
	case errors.Is(err, till.ErrWaits), errors.Is(err, till.ErrClosed): // the till says so
		return v.toTill("")
	case err != nil:
		return err
	}
	return v.toTill(key.String())
}

// takeBack asks why the last payment is to be taken back.
func (v *visit) takeBack(last *till.Taken, was map[string]string, problems []ui.FieldError) ui.Component {
	wrong := typed{errors: problems}.problem(reasonControl)
	return ui.Details{Summary: v.locale.T("desk.till.takeBack"), Open: wrong != "", Body: []ui.Component{
		ui.Text{Text: v.locale.T("desk.till.takeBackText", "amount", ui.Money{Minor: last.Amount, Currency: last.Currency})},
		handle{Action: tillPath + "/void", Fields: []ui.Component{ui.Hidden{Name: paymentControl, Value: last.ID.String()},
			ui.Textarea{Field: ui.Field{Name: reasonControl, Label: v.locale.T("desk.till.takeBackWhy"), Hint: v.locale.T("desk.ledger.correction.hint"), Error: wrong},
				Value: was[reasonControl], Rows: 3, MaxLength: proposal.MostReason / 2}},
			Button: ui.Button{Text: v.locale.T("desk.till.takeBackAsk"), Kind: ui.Secondary}}}}
}

// proposeVoid asks a colleague to let the last payment be taken back.
func (v *visit) proposeVoid() error {
	own, was, err := v.atOwn()
	if err != nil {
		return err
	}
	id, err := uuid.Parse(was[paymentControl])
	if err != nil {
		return application.ErrNotFound
	}
	if err := v.booked("till-void-proposed", own.Authority, id.String(), nil); err != nil {
		return err
	}
	err = v.o.Tills.ProposeVoid(v.ctx, v.officer.ID, id, was[reasonControl])
	switch {
	case errors.Is(err, proposal.ErrReason):
		return v.showTills(http.StatusUnprocessableEntity, was, []ui.FieldError{{Name: reasonControl, Text: v.locale.T("desk.till.noReason")}})
	case err != nil && !errors.Is(err, proposal.ErrProposed) && !errors.Is(err, till.ErrNotLast) && !errors.Is(err, till.ErrClosed):
		return err
	}
	return v.toTill("")
}
