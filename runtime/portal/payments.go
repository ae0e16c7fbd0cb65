package portal

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// paymentsPage is what somebody can pay now, to be paid at once: what is due in their applications, and bills of others of which they have the
// link or the number. Without a session it is those bills alone.
type paymentsPage struct {
	Choose ui.Checkboxes
	Totals ui.SummaryList // of what is ticked, one for each currency
	With   []string       // payments of others
	Pay    ui.Button
	Update string // of the button that works the total out where no script does
	Bill   ui.Input
	Add    ui.Button
	Empty  *ui.Empty
}

// mostWith bounds the bills of others beside one's own payments.
const mostWith = payment.MostJoint

// many are the payments that the parameter of an address names, each once.
func many(r *http.Request, name string) ([]uuid.UUID, error) {
	var ids []uuid.UUID
	for _, text := range r.URL.Query()[name] {
		id, err := uuid.Parse(text)
		if err != nil || len(ids) > mostWith {
			return nil, errNotFound
		}
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// due is what the visitor can pay now, and what is theirs of it.
func (p *Portal) due(r *http.Request, with []uuid.UUID) (views []payment.View, mine map[uuid.UUID]application.Own, err error) {
	var applications []uuid.UUID
	if me, err := p.me(r); err == nil {
		if mine, err = p.o.Applications.OwnOf(r.Context(), me.ID); err != nil {
			return nil, nil, err
		}
		for id := range mine {
			applications = append(applications, id)
		}
	} else if len(with) == 0 && !r.URL.Query().Has("bill") {
		return nil, nil, err
	}
	views, err = p.o.Payments.DueOf(r.Context(), applications, with)
	return views, mine, err
}

// payments lists what can be paid now. A bill of somebody else is put beside it by its link or its number.
func (p *Portal) payments(w http.ResponseWriter, r *http.Request) error {
	bill := strings.TrimSpace(r.URL.Query().Get("bill"))
	if bill == "" {
		return p.showPayments(w, r, http.StatusOK, "", "")
	}
	id, err := p.billed(r, bill)
	with, withErr := many(r, "with")
	switch {
	case withErr != nil:
		return withErr
	case errors.Is(err, payment.ErrNotFound):
		return p.showPayments(w, r, http.StatusNotFound, "bill", "payments.noBill")
	case err != nil:
		return err
	case len(with) >= mostWith:
		return p.showPayments(w, r, http.StatusUnprocessableEntity, "bill", "payments.tooMany")
	}
	next := url.Values{"with": r.URL.Query()["with"]}
	if !slices.Contains(with, id) {
		next.Add("with", id.String())
	}
	return see(w, r, "/payments?"+next.Encode())
}

// billed is the payment of a bill by its link or by its number, in whatever groups it is typed.
func (p *Portal) billed(r *http.Request, text string) (uuid.UUID, error) {
	for part := range strings.SplitSeq(text, "/") {
		if id, err := uuid.Parse(part); err == nil {
			_, err = p.o.Payments.ApplicationOf(r.Context(), id)
			return id, err
		}
	}
	return p.o.Payments.OfBill(r.Context(), strings.Join(strings.Fields(text), ""))
}

// showPayments is the page; wrong is what it says about the control of that name.
func (p *Portal) showPayments(w http.ResponseWriter, r *http.Request, status int, control, wrong string) error {
	with, err := many(r, "with")
	if err != nil {
		return err
	}
	chosen, err := many(r, "of")
	if err != nil {
		return err
	}
	views, mine, err := p.due(r, with)
	if err != nil {
		return err
	}
	l, asked := p.locale(r), r.URL.Query().Has("chosen")
	page := p.page(r, l.T("payments.title"))
	body := paymentsPage{
		Choose: ui.Checkboxes{Field: ui.Field{Name: "of", Label: l.T("payments.choose")}},
		Pay:    ui.Button{Text: l.T("payments.pay"), Icon: "credit-card", Large: true},
		Update: l.T("payments.update"),
		Bill:   ui.Input{Field: ui.Field{Name: "bill", Label: l.T("payments.bill"), Hint: l.T("payments.billHint")}, Dir: "ltr", MaxLength: 300},
		Add:    ui.Button{Text: l.T("payments.add"), Kind: ui.Secondary, Icon: "plus"},
	}
	ticked, totals := 0, []ui.Money(nil)
	for _, v := range views {
		own, isMine := mine[v.Application]
		if slices.Contains(with, v.ID) && !isMine {
			body.With = append(body.With, v.ID.String())
		}
		option, err := p.duePayment(r, l, v, own)
		if err != nil {
			return err
		}
		option.Selected = slices.Contains(chosen, v.ID)
		if !asked { // all that one checkout takes
			option.Selected = ticked < payment.MostJoint && v.Currency == views[0].Currency
		}
		if option.Selected {
			ticked++
			totals = add(totals, v)
		}
		body.Choose.Options = append(body.Choose.Options, option)
	}
	for _, total := range totals {
		body.Totals.Rows = append(body.Totals.Rows, ui.SummaryRow{Key: l.T("payments.total"), Value: l.Money(total)})
	}
	if len(totals) == 0 {
		body.Totals.Rows = []ui.SummaryRow{{Key: l.T("payments.total"), Value: "–"}}
	}
	if len(views) == 0 {
		body.Empty = &ui.Empty{Title: l.T("payments.none"), Text: l.T("payments.noneText"), Drawing: "inbox"}
	}
	switch {
	case control == "bill":
		body.Bill.Error, body.Bill.Value = l.T(wrong, "most", payment.MostJoint), r.URL.Query().Get("bill")
	case control != "" && len(views) > 0:
		body.Choose.Error = l.T(wrong, "most", payment.MostJoint)
	}
	if wrong != "" && (control == "bill" || len(views) > 0) {
		page.Errors = []ui.FieldError{{Name: control, Text: l.T(wrong, "most", payment.MostJoint)}}
	}
	if r.URL.Query().Get("notice") == "notdue" {
		page.Flash = []ui.Banner{{Kind: ui.Caution, Text: l.T("payments.notdue")}}
	}
	if mine != nil {
		page.Back = &ui.BackLink{Href: "/applications"}
	}
	page.Body = body
	w.Header().Set("Cache-Control", "no-store")
	return p.ui.Render(w, r, status, "payments", page)
}

// duePayment is one to be ticked. Of others' it is said for which service, and nothing of who applies.
func (p *Portal) duePayment(r *http.Request, l *ui.Locale, v payment.View, own application.Own) (ui.Option, error) {
	title, err := p.serviceOf(r, v, own)
	if err != nil {
		return ui.Option{}, err
	}
	o := ui.Option{Value: v.ID.String(), Text: l.T("payments.one", "service", l.Pick(title), "amount", ui.Money{Minor: v.Amount, Currency: v.Currency})}
	if v.Parts > 0 {
		o.Text = l.T("payments.one", "service", l.Pick(title)+" ("+l.T("instalments.part", "part", v.Part, "parts", v.Parts)+")", "amount", ui.Money{Minor: v.Amount, Currency: v.Currency})
	}
	var more []string
	switch {
	case own.Reference == "":
		more = append(more, l.T("payments.others"))
	case own.For != "":
		more = append(more, l.T("behalf.for")+" "+own.For, own.Reference)
	default:
		more = append(more, own.Reference)
	}
	switch {
	case v.Overdue:
		more = append(more, l.T("instalments.overdue", "date", l.Deadline(*v.DueAt)))
	case v.DueAt != nil:
		more = append(more, l.T("bank.until", "date", l.Deadline(*v.DueAt)))
	}
	o.Hint = strings.Join(more, " · ")
	return o, nil
}

// serviceOf is the title of the service for which a payment is.
func (p *Portal) serviceOf(r *http.Request, v payment.View, own application.Own) (map[string]string, error) {
	digest := own.Texts
	if digest == "" {
		var err error
		if digest, err = p.o.Applications.TextsOf(r.Context(), v.Application); err != nil {
			return nil, err
		}
	}
	if texts, ok := p.o.Releases.Texts(digest); ok {
		return texts.Title, nil
	}
	return nil, nil
}

// add puts an amount to the total of its currency.
func add(totals []ui.Money, v payment.View) []ui.Money {
	for i := range totals {
		if totals[i].Currency == v.Currency {
			totals[i].Minor += v.Amount
			return totals
		}
	}
	return append(totals, ui.Money{Minor: v.Amount, Currency: v.Currency})
}

// payTogether leads to the provider with what is ticked. Like pay it is safe to load again.
func (p *Portal) payTogether(w http.ResponseWriter, r *http.Request) error {
	ids, err := many(r, "of")
	if err != nil {
		return err
	}
	request := payment.JointRequest{ReturnURL: p.o.PublicURL + "/payments/return?" + url.Values{"of": texts(ids)}.Encode(), Language: ui.Language(r.Context())}
	if len(ids) > 0 {
		at, chosen, err := p.payAt(w, r)
		if err != nil || !chosen {
			return err
		}
		request.Provider = at
	}
	for _, id := range ids {
		of, err := p.o.Payments.ApplicationOf(r.Context(), id)
		if errors.Is(err, payment.ErrNotFound) {
			return errNotFound
		}
		if err != nil {
			return err
		}
		title, err := p.serviceOf(r, payment.View{Application: of}, application.Own{})
		if err != nil {
			return err
		}
		request.Lines = append(request.Lines, payment.JointLine{Payment: id, Description: title})
	}
	address, err := p.o.Payments.CheckoutJointly(r.Context(), request)
	switch {
	case len(ids) == 0:
		return p.showPayments(w, r, http.StatusUnprocessableEntity, "of", "payments.chooseOne")
	case errors.Is(err, payment.ErrCurrencies):
		return p.showPayments(w, r, http.StatusUnprocessableEntity, "of", "payments.currencies")
	case errors.Is(err, payment.ErrTooMany):
		return p.showPayments(w, r, http.StatusUnprocessableEntity, "of", "payments.tooMany")
	case errors.Is(err, payment.ErrNotDue):
		return see(w, r, "/payments?"+url.Values{"with": texts(ids), "notice": {"notdue"}}.Encode())
	case errors.Is(err, payment.ErrUnavailable):
		return errors.Join(application.ErrUnavailable, err)
	case err != nil:
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return see(w, r, address)
}

func texts(ids []uuid.UUID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}

// paidPage says how payments stand that were to be made at once, with a receipt of each that is the visitor's.
type paidPage struct {
	Paid     *ui.Panel
	Notice   *ui.Banner
	Made     ui.SummaryList
	Receipts []ui.Button
	Next     []ui.Button
}

// paidTogether is where the gateway sends people back, paid or not: the provider is asked, never the address.
func (p *Portal) paidTogether(w http.ResponseWriter, r *http.Request) error {
	ids, err := many(r, "of")
	if err != nil || len(ids) == 0 {
		return errNotFound
	}
	w.Header().Set("Cache-Control", "no-store")
	l, body, notice := p.locale(r), paidPage{}, "paid"
	views, err := p.o.Payments.ConfirmJointly(r.Context(), ids)
	switch {
	case errors.Is(err, payment.ErrNotFound), errors.Is(err, payment.ErrTooMany):
		return errNotFound
	case errors.Is(err, payment.ErrUnavailable):
		notice = "unconfirmed"
	case err != nil:
		return err
	}
	for _, v := range views {
		if v.Status == payment.Due {
			notice = "unpaid"
		}
		before, mine := p.own(r, v.Application)
		own := application.Own{}
		if mine {
			own = application.Own{Reference: before.Reference}
			if v.Status == payment.Paid {
				if _, err := p.o.Applications.Settle(r.Context(), v.Application, application.Beyond(before.Sequence)); err != nil {
					return err
				}
			}
		}
		title, err := p.serviceOf(r, v, application.Own{})
		if err != nil {
			return err
		}
		row := ui.SummaryRow{Key: l.Pick(title), Value: l.Money(ui.Money{Minor: v.Amount, Currency: v.Currency}) + "\n" + l.T("payments.status."+string(v.Status))}
		body.Made.Rows = append(body.Made.Rows, row)
		if mine && v.Receipt != "" {
			body.Receipts = append(body.Receipts, ui.Button{Text: l.T("payments.receipt", "number", v.Receipt, "reference", own.Reference), Kind: ui.Secondary, Icon: "receipt", Download: true,
				Href: "/applications/" + v.Application.String() + "/receipts/" + v.ID.String()})
		}
	}
	page := p.page(r, l.T("pay."+notice+".title"))
	if notice == "paid" {
		body.Paid = &ui.Panel{Title: page.Title, Text: l.T("payments.paid")}
	} else {
		body.Notice = &ui.Banner{Kind: ui.Caution, Text: l.T("pay." + notice + ".text")}
	}
	if notice == "unpaid" {
		body.Next = append(body.Next, ui.Button{Text: l.T("pay.again"), Href: "/payments?" + url.Values{"with": texts(ids)}.Encode()})
	}
	if _, err := p.me(r); err == nil {
		body.Next = append(body.Next, ui.Button{Text: l.T("nav.applications"), Kind: ui.Secondary, Href: "/applications"})
	}
	body.Made.Title = l.T("payments.made")
	page.Body = body
	return p.ui.Render(w, r, http.StatusOK, "paid", page)
}
