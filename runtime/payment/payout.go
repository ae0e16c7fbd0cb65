package payment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

// PayoutStatus says how far money that goes out has come.
type PayoutStatus string

// The statuses of a payout. What becomes of one that is requested or sent is not known, and nobody guesses: the gateway is asked.
const (
	PayoutWanted    PayoutStatus = "wanted"    // nobody has said to which account
	PayoutRequested PayoutStatus = "requested" // the gateway is to be told; it may have been
	PayoutSent      PayoutStatus = "sent"      // the gateway has taken it
	PayoutPaid      PayoutStatus = "paid"
	PayoutFailed    PayoutStatus = "failed" // nothing was paid
	PayoutCancelled PayoutStatus = "cancelled"
	PayoutBack      PayoutStatus = "returned" // it had been paid and came back
	PayoutByHand    PayoutStatus = "by-hand"  // an operator has paid it past the gateway
)

func (s PayoutStatus) over() bool {
	return s == PayoutPaid || s == PayoutFailed || s == PayoutCancelled || s == PayoutBack || s == PayoutByHand
}

// What the gateway says to an application about its payout.
const (
	paidOut   = "paidOut"
	notPaid   = "failed"
	byGateway = "gateway"
)

// PayOutRequest asks for money to be paid out.
type PayOutRequest struct {
	Application uuid.UUID
	Authority   string
	Node, Step  string
	Visit       int
	Person      string // national number, "" = the applicant
	Account     string // IBAN; "" = the card by which the application was paid for, or what the applicant says
	Amount      int64  // minor units
	Currency    string
	At          time.Time
}

// Payout is one as a page shows it.
type Payout struct {
	ID        uuid.UUID
	Step      string
	Amount    int64 // minor units of Currency
	Currency  string
	Status    PayoutStatus
	Applicant bool   // it goes to the applicant
	Account   string // the last characters of the account; "" = a card, or none yet
	Card      bool
	Asks      bool // GiveAccount will take an account now
	Refund    bool // what was paid goes back by it
	Failure   string
	EndedAt   *time.Time
}

// payout is a row.
type payout struct {
	id, application   uuid.UUID
	node, step        string
	visit             int
	authority         string
	amount            int64
	currency          string
	person            string
	account, checkout string
	given             string
	status            PayoutStatus
	calledOff         bool
	gatewayID         string
	failure           string
	endedAt           *time.Time
	instead           *uuid.UUID // one that came back: no step waits for this one
	provider          string     // name of the one that is to pay
	refund            *uuid.UUID // that goes back by it; no step waits for it either
}

// PayOut opens a payout and posts what is owed, in the caller's transaction. The same (application, node, visit) again changes nothing. One that
// an earlier visit has called off and that could not be stopped is taken over where it is over as much: nobody is paid twice.
func (d *Desk) PayOut(ctx context.Context, tx pgx.Tx, r PayOutRequest) error {
	if r.Amount <= 0 {
		return fmt.Errorf("payment: %s %s: a payout of %d", r.Application, r.Node, r.Amount)
	}
	before, err := payouts(ctx, tx, "WHERE application = $1 AND node = $2 ORDER BY visit DESC FOR UPDATE", r.Application, r.Node)
	if err != nil {
		return err
	}
	for _, p := range before {
		switch {
		case p.visit == r.Visit:
			return nil
		case p.calledOff && p.status != PayoutFailed && p.status != PayoutBack && p.amount == r.Amount && p.currency == r.Currency && p.person == r.Person:
			return d.takeOver(ctx, tx, p, r.Visit)
		}
	}
	to, _ := d.payer()
	p := payout{
		id: uuid.New(), application: r.Application, node: r.Node, step: r.Step, visit: r.Visit, authority: r.Authority, amount: r.Amount, currency: r.Currency,
		person: r.Person, account: r.Account, status: PayoutRequested, provider: to.Name,
	}
	if len(before) > 0 && before[0].given != "" {
		p.account = before[0].given
	}
	if p.account == "" && p.person == "" {
		card, at, err := cardOf(ctx, tx, r.Application, r.Currency, d.paying())
		if err != nil {
			return err
		}
		if card != "" {
			p.checkout, p.provider = card, at
		}
	}
	if p.account == "" && p.checkout == "" {
		p.status = PayoutWanted
	}
	err = run(ctx, tx, `INSERT INTO payout (id, application, node, visit, step, authority, amount, currency, person, account, checkout, status, at, provider)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		p.id, p.application, p.node, p.visit, p.step, p.authority, p.amount, p.currency, p.person, p.account, p.checkout, p.status, r.At, p.provider)
	if err != nil {
		return err
	}
	err = d.post(ctx, tx, ledger.Entry{Kind: ledger.PayoutDue, Subject: p.id, Application: p.application, At: r.At, Postings: []ledger.Posting{
		{Account: ledger.Expense(p.authority, p.step), Amount: p.amount, Currency: p.currency},
		{Account: ledger.Payable(p.authority), Amount: -p.amount, Currency: p.currency},
	}})
	if err != nil || p.status == PayoutWanted {
		return err
	}
	return outbox.Add(ctx, tx, outbox.Message{Kind: payoutKind, Subject: p.id.String()})
}

// takeOver lets a later visit wait for a payout that is on its way; one that has arrived says so at once.
func (d *Desk) takeOver(ctx context.Context, tx pgx.Tx, p payout, visit int) error {
	if err := run(ctx, tx, "UPDATE payout SET visit = $2, called_off = false WHERE id = $1", p.id, visit); err != nil {
		return err
	}
	p.visit, p.calledOff = visit, false
	if p.status != PayoutPaid {
		return nil
	}
	if err := d.closeIncident(ctx, tx, p.id, incidentOver); err != nil {
		return err
	}
	return d.tell(ctx, tx, p, paidOut)
}

// callOff stops the payout of (application, node, visit) where it has not been sent; one that may have been is left to its end.
func (d *Desk) callOff(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int) error {
	list, err := payouts(ctx, tx, "WHERE application = $1 AND node = $2 AND visit = $3 AND instead_of IS NULL FOR UPDATE", application, node, visit)
	if err != nil || len(list) == 0 {
		return err
	}
	p := list[0]
	if p.status != PayoutWanted {
		err := run(ctx, tx, "UPDATE payout SET called_off = true WHERE id = $1 AND status <> 'cancelled'", p.id)
		if err == nil && p.status == PayoutPaid { // the application has not heard of it
			err = d.openIncident(ctx, tx, p.incident(PayoutUnwanted, ""))
		}
		return err
	}
	return d.giveUp(ctx, tx, p, PayoutCancelled, "")
}

// giveUp ends a payout of which nothing was paid, and takes back that it is owed.
func (d *Desk) giveUp(ctx context.Context, tx pgx.Tx, p payout, to PayoutStatus, failure string) error {
	if err := run(ctx, tx, "UPDATE payout SET status = $2, failure = $3, ended_at = $4 WHERE id = $1", p.id, to, failure, d.now()); err != nil {
		return err
	}
	return d.post(ctx, tx, ledger.Entry{Kind: ledger.PayoutFailed, Subject: p.id, Application: p.application, At: d.now(), Postings: []ledger.Posting{
		{Account: ledger.Payable(p.authority), Amount: p.amount, Currency: p.currency},
		{Account: ledger.Expense(p.authority, p.step), Amount: -p.amount, Currency: p.currency},
	}})
}

// ErrNoAccount: the text is no account to which money can be paid out.
var ErrNoAccount = errors.New("payment: not an account number")

// GiveAccount says to which account the payout of an application goes: one that waits for it is sent there, and one that has failed will be
// when it is tried again. The caller has made sure that the applicant says so and that it is an account number. ErrNotFound; ErrNotDue where no
// account is asked for (any more).
func (d *Desk) GiveAccount(ctx context.Context, application, id uuid.UUID, account string) error {
	if account == "" {
		return ErrNoAccount
	}
	err := postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		p, err := lockPayout(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case p.application != application:
			return ErrNotFound
		case p.refund == nil && (p.status == PayoutFailed || p.status == PayoutBack):
			return run(ctx, tx, "UPDATE payout SET given = $2 WHERE id = $1", id, account)
		case p.status != PayoutWanted:
			return ErrNotDue
		}
		if err := run(ctx, tx, "UPDATE payout SET account = $2, status = 'requested' WHERE id = $1", id, account); err != nil {
			return err
		}
		if p.refund != nil {
			if err := d.closeIncident(ctx, tx, *p.refund, incidentAccount); err != nil {
				return err
			}
		}
		return outbox.Add(ctx, tx, outbox.Message{Kind: payoutKind, Subject: id.String()})
	})
	if err == nil {
		d.Wake()
	}
	return err
}

// payoutKind is the outbox kind of a payout that the gateway must carry out; its subject is the payout's ID.
const payoutKind = "payout"

// deliverPayout tells the gateway to pay. The payout's ID is the key there too: telling it again tells it nothing new, and shows what has
// become of it.
func (d *Desk) deliverPayout(ctx context.Context, m outbox.Delivery) error {
	id, err := uuid.Parse(m.Subject)
	if err != nil {
		return &outbox.Failed{Code: "invalid", Err: err}
	}
	p, err := readPayout(ctx, d.Pool, id)
	if err != nil {
		return &outbox.Failed{Code: "database", Err: err}
	}
	if p.status != PayoutRequested {
		return nil
	}
	at, err := d.named(p.provider)
	if err != nil {
		return &outbox.Failed{Code: "unavailable", Err: err}
	}
	said, err := at.PayOut(ctx, provider.PayoutOrder{
		Reference: p.id.String(), Amount: formula.Money{Minor: p.amount, Currency: p.currency}, Account: p.account, Checkout: p.checkout, CallbackURL: d.CallbackURL,
	})
	d.Fault.At("payout:sent")
	if refused := (*provider.RefusedDestination)(nil); errors.As(err, &refused) {
		said, err = provider.Payout{Status: provider.PayoutFailed, Reference: p.id.String(), Failure: refused.Code, Amount: formula.Money{Minor: p.amount, Currency: p.currency}}, nil
	}
	if err != nil {
		code := "refused"
		if errors.Is(err, ErrUnavailable) {
			code = "unavailable"
		}
		return &outbox.Failed{Code: code, Err: err}
	}
	if _, err := d.payoutNow(ctx, p.provider, said); err != nil {
		return &outbox.Failed{Code: "database", Err: err}
	}
	return nil
}

// settlePayout records what the gateway says about a payout, once, whoever reports it and how often.
func (d *Desk) settlePayout(ctx context.Context, tx pgx.Tx, at string, said provider.Payout) (result string, err error) {
	id, err := uuid.Parse(said.Reference)
	if err != nil {
		return resultUnknown, nil
	}
	p, err := lockPayout(ctx, tx, id)
	if errors.Is(err, ErrNotFound) || err == nil && p.provider != at {
		return resultUnknown, nil
	}
	if err != nil {
		return "", err
	}
	switch {
	case said.Amount.Minor != p.amount || said.Amount.Currency != p.currency:
		d.Log.Error("payment: the gateway has paid out another amount than was asked for", "payout", p.id, "gateway", said.ID)
		return resultMismatch, nil
	case p.status == PayoutWanted || p.status == PayoutCancelled:
		d.Log.Error("payment: the gateway speaks of a payout that it was not told of", "payout", p.id, "gateway", said.ID)
		return resultMismatch, nil
	case p.status == PayoutPaid && (said.Status == provider.PayoutFailed || said.Status == provider.PayoutReturned):
		return resultReturned, d.cameBack(ctx, tx, p, said.Failure)
	case p.status.over():
		if (p.status == PayoutPaid) != (said.Status == provider.PayoutPaid) && said.Status != provider.PayoutPending {
			d.Log.Error("payment: the gateway says something else about a payout than before", "payout", p.id, "was", p.status, "says", said.Status)
			return resultMismatch, nil
		}
		return resultRepeated, nil
	}
	switch said.Status {
	case provider.PayoutPaid:
		err := run(ctx, tx, "UPDATE payout SET status = 'paid', gateway_id = $2, ended_at = $3 WHERE id = $1", p.id, said.ID, d.now())
		if err != nil {
			return "", err
		}
		err = d.post(ctx, tx, ledger.Entry{Kind: ledger.PaidOut, Subject: p.id, Application: p.application, At: d.now(), Postings: []ledger.Posting{
			{Account: p.owed(), Amount: p.amount, Currency: p.currency},
			{Account: ledger.ClearingAt(p.authority, p.provider), Amount: -p.amount, Currency: p.currency},
		}})
		if err != nil {
			return "", err
		}
		if p.refund != nil {
			return resultPaid, endRefundOf(ctx, tx, *p.refund, d.now())
		}
		if p.calledOff {
			return resultPaid, d.openIncident(ctx, tx, p.incident(PayoutUnwanted, ""))
		}
		return resultPaid, d.tell(ctx, tx, p, paidOut)
	case provider.PayoutFailed, provider.PayoutReturned:
		if said.Status == provider.PayoutReturned {
			if err := d.wentAndCame(ctx, tx, p); err != nil {
				return "", err
			}
		}
		if p.instead != nil || p.refund != nil { // it is owed as before
			if err := run(ctx, tx, "UPDATE payout SET status = 'failed', failure = $2, ended_at = $3 WHERE id = $1", p.id, said.Failure, d.now()); err != nil {
				return "", err
			}
			return resultFailed, d.owedStill(ctx, tx, p, said.Failure)
		}
		if err := d.giveUp(ctx, tx, p, PayoutFailed, said.Failure); err != nil {
			return "", err
		}
		return resultFailed, d.tell(ctx, tx, p, notPaid)
	}
	return resultIgnored, run(ctx, tx, "UPDATE payout SET status = 'sent', gateway_id = $2 WHERE id = $1 AND status = 'requested'", p.id, said.ID)
}

// wentAndCame books a payout that had been paid and came back before we heard of either: the gateway lists and settles both.
func (d *Desk) wentAndCame(ctx context.Context, tx pgx.Tx, p payout) error {
	for _, way := range []struct {
		kind   ledger.Kind
		amount int64
	}{{ledger.PaidOut, p.amount}, {ledger.PayoutReturned, -p.amount}} {
		err := d.post(ctx, tx, ledger.Entry{Kind: way.kind, Subject: p.id, Application: p.application, At: d.now(), Postings: []ledger.Posting{
			{Account: p.owed(), Amount: way.amount, Currency: p.currency}, {Account: ledger.ClearingAt(p.authority, p.provider), Amount: -way.amount, Currency: p.currency},
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// tell says to the application what has become of its payout. One that was called off has nobody who waits, nor has one that goes out once more or that
// gives back what was paid.
func (d *Desk) tell(ctx context.Context, tx pgx.Tx, p payout, action string) error {
	if p.calledOff || p.instead != nil || p.refund != nil {
		return nil
	}
	_, err := d.Acts.SystemAct(ctx, tx, SystemAct{
		Application: p.application, Node: p.node, Visit: p.visit, Action: action, Capacity: byGateway, Reference: p.id.String(),
		Key: fmt.Sprintf("payout:%s/%d:%s", p.id, p.visit, action),
	})
	return err
}

// payoutNow records what the gateway says outside of a callback.
func (d *Desk) payoutNow(ctx context.Context, at string, said provider.Payout) (result string, err error) {
	err = postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		result, err = d.settlePayout(ctx, tx, at, said)
		return err
	})
	if err == nil {
		d.Wake()
	}
	return result, err
}

// ReconcilePayouts asks the gateway about payouts that it has taken and of which it has not said what became, and says how many turned out to
// be over. Those that it may not have taken are sent again by the outbox. It goes on over single failures.
func (d *Desk) ReconcilePayouts(ctx context.Context) (over int, err error) {
	d.reconciling.Lock()
	defer d.reconciling.Unlock()
	open, err := payouts(ctx, d.Pool, "WHERE status = 'sent' AND id > $1 ORDER BY id LIMIT $2", d.reconciledPayout, reconcileAtOnce)
	if err != nil {
		return 0, err
	}
	for _, p := range open {
		at, failed := d.named(p.provider)
		var said provider.Payout
		if failed == nil {
			said, failed = at.AskPayout(ctx, p.gatewayID)
		}
		result := ""
		if failed == nil {
			result, failed = d.payoutNow(ctx, p.provider, said)
		}
		if result == resultPaid || result == resultFailed {
			over++
		}
		err = errors.Join(err, failed)
	}
	d.reconciledPayout = uuid.Nil
	if len(open) == reconcileAtOnce {
		d.reconciledPayout = open[len(open)-1].id
	}
	return over, err
}

// PayoutsOf gives the payouts of an application in the order in which they were opened.
func (d *Desk) PayoutsOf(ctx context.Context, application uuid.UUID) ([]Payout, error) {
	list, err := payouts(ctx, d.Pool, "WHERE application = $1 ORDER BY at, node, visit", application)
	if err != nil {
		return nil, err
	}
	out := make([]Payout, len(list))
	for i, p := range list {
		if p.instead != nil && p.status == PayoutFailed { // it had been paid once
			p.status = PayoutBack
		}
		later := i+1 < len(list) && list[i+1].node == p.node // it was tried again
		out[i] = Payout{ID: p.id, Step: p.step, Amount: p.amount, Currency: p.currency, Status: p.status, Applicant: p.person == "", Account: lastOf(p.account),
			Card: p.checkout != "", Failure: p.failure, EndedAt: p.endedAt, Refund: p.refund != nil, Asks: p.status == PayoutWanted || p.refund == nil && (p.status == PayoutFailed || p.status == PayoutBack && !p.calledOff) && p.given == "" && !later}
	}
	return out, nil
}

// lastOf is what of an account number tells its owner which it is, and nobody else more.
func lastOf(account string) string {
	return account[max(0, len(account)-4):]
}
