package payment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/proposal"
)

// IncidentKind says what has happened to money that the gateway does not move any more by itself. No step of the application waits for it, which
// may have ended long ago: an operator of the authority sees to it.
type IncidentKind string

// The kinds.
const (
	RefundRefused  IncidentKind = "refund-refused"  // the gateway refuses for good to give it back
	PayoutReturned IncidentKind = "payout-returned" // it came back after it had been paid, and is owed still
	PayoutUnwanted IncidentKind = "payout-unwanted" // it was paid when nobody waited for it any more: it is to be claimed back
	Disputed       IncidentKind = "disputed"        // its payer has had it taken back: the authority is to answer at the provider, which decides
	DisputeLost    IncidentKind = "dispute-lost"    // it was decided for the payer: it is owed again, and the authority decides
	CashVoided     IncidentKind = "cash-voided"     // it was paid in cash and taken back, and its application has gone on as paid: it is due
)

// What an operator may do about an incident, and how it may end.
const (
	IncidentRetry   = "retry"   // the gateway is told again
	IncidentByHand  = "by-hand" // it was paid, or claimed back, past the gateway
	IncidentForgo   = "forgone" // it is asked for no more: Forgo asks for that, and a second operator answers
	incidentOver    = "over"    // it is none any more
	incidentAccount = "account" // the applicant has named an account to which it goes
)

// Incident is one as a page shows it.
type Incident struct {
	ID          uuid.UUID
	Application uuid.UUID
	Authority   string
	Kind        IncidentKind
	Amount      int64 // minor units of Currency
	Currency    string
	Failure     string // code of the gateway
	OpenedAt    time.Time
	ClosedAt    *time.Time
	Outcome     string
	Reason      string             // how it was settled by hand, or why it is asked for no more
	Forgoing    *proposal.Proposal // waits for a second operator, of a lost dispute

	subject uuid.UUID
	past    bool // of a refund: the provider never had the money or has it no more, and cannot give it back however often it is told
}

// Actions are what an operator may do about it.
func (i Incident) Actions() []string {
	switch {
	case i.ClosedAt != nil, i.Kind == Disputed: // that ends when it is decided
		return nil
	case i.Kind == DisputeLost && i.Forgoing != nil: // which is answered first
		return nil
	case i.Kind == DisputeLost:
		return []string{IncidentByHand, IncidentForgo}
	case i.Kind == PayoutUnwanted, i.Kind == CashVoided, i.past:
		return []string{IncidentByHand}
	}
	return []string{IncidentRetry, IncidentByHand}
}

// IncidentAct is what an operator does about an incident of an application.
type IncidentAct struct {
	Application, Incident uuid.UUID
	Authorities           []string // of which the officer is an operator
	Officer               uuid.UUID
	Action                string
	Reason                string // of what was settled by hand: how
}

// ErrNoReason: nobody can check later how it was settled by hand.
var ErrNoReason = errors.New("payment: settled by hand without saying how")

// ActOnIncident lets the gateway try again, or notes that it was settled past it. ErrNotFound; ErrNotDue where it has ended, or that cannot be
// done about it; ErrNoReason.
func (d *Desk) ActOnIncident(ctx context.Context, a IncidentAct) error {
	a.Reason = strings.TrimSpace(a.Reason)
	if a.Action == IncidentByHand && a.Reason == "" {
		return ErrNoReason
	}
	err := postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		i, err := d.lockIncident(ctx, tx, a)
		if err != nil {
			return err
		}
		if a.Action == IncidentForgo || !slices.Contains(i.Actions(), a.Action) { // none of one that has ended
			return ErrNotDue
		}
		err = run(ctx, tx, "UPDATE money_incident SET closed_at = $2, outcome = $3, closed_by = $4, reason = $5 WHERE id = $1", i.ID, d.now(), a.Action, a.Officer, a.Reason)
		switch {
		case err != nil:
			return err
		case i.Kind == RefundRefused:
			if err := d.asksNoMore(ctx, tx, i.subject); err != nil {
				return err
			}
		}
		switch {
		case a.Action == IncidentByHand:
			return d.byHand(ctx, tx, i)
		case i.Kind == RefundRefused:
			return outbox.Add(ctx, tx, outbox.Message{Kind: refundKind, Subject: i.subject.String() + "/" + i.ID.String()})
		}
		return d.payOutAgain(ctx, tx, i)
	})
	if err == nil {
		d.Wake()
	}
	return err
}

// lockIncident locks what an incident is about and then the incident, in the order in which it is opened.
func (d *Desk) lockIncident(ctx context.Context, tx pgx.Tx, a IncidentAct) (Incident, error) {
	const where = "WHERE id = $1 AND application = $2 AND authority = ANY($3)"
	list, err := incidents(ctx, tx, where, a.Incident, a.Application, a.Authorities)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Incident{}, err
	}
	switch list[0].Kind {
	case RefundRefused:
		_, err = lockRefund(ctx, tx, list[0].subject)
	case CashVoided:
		_, err = lockPayment(ctx, tx, list[0].subject)
	case Disputed, DisputeLost:
		err = lockDisputed(ctx, tx, list[0].subject)
	default:
		_, err = lockPayout(ctx, tx, list[0].subject)
	}
	if err != nil {
		return Incident{}, err
	}
	list, err = incidents(ctx, tx, where+" FOR UPDATE", a.Incident, a.Application, a.Authorities)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Incident{}, err
	}
	return list[0], nil
}

// byHand books what was settled past the gateway.
func (d *Desk) byHand(ctx context.Context, tx pgx.Tx, i Incident) error {
	settled := func(from string, amount int64) error {
		return d.post(ctx, tx, ledger.Entry{Kind: ledger.SettledByHand, Subject: i.subject, Application: i.Application, At: d.now(), Postings: []ledger.Posting{
			{Account: from, Amount: amount, Currency: i.Currency}, {Account: ledger.ByHand(i.Authority), Amount: -amount, Currency: i.Currency},
		}})
	}
	if i.Kind == CashVoided { // how it was seen to is written down; what is due stays due
		return nil
	}
	if i.Kind == RefundRefused {
		if err := endRefundOf(ctx, tx, i.subject, d.now()); err != nil {
			return err
		}
		return settled(ledger.Refunds(i.Authority), i.Amount)
	}
	if i.Kind == DisputeLost {
		return settled(ledger.Receivable(i.Authority), -i.Amount)
	}
	p, err := lockPayout(ctx, tx, i.subject)
	if err != nil {
		return err
	}
	if i.Kind == PayoutUnwanted {
		return settled(ledger.Expense(p.authority, p.step), -i.Amount)
	}
	if err := run(ctx, tx, "UPDATE payout SET status = 'by-hand', ended_at = $2 WHERE id = $1", p.id, d.now()); err != nil {
		return err
	}
	return settled(ledger.Payable(i.Authority), i.Amount)
}

// payOutAgain sends what has come back once more, as a payout of its own: the gateway knows the one before as paid.
func (d *Desk) payOutAgain(ctx context.Context, tx pgx.Tx, i Incident) error {
	p, err := lockPayout(ctx, tx, i.subject)
	if err != nil {
		return err
	}
	id, to := uuid.New(), p.account
	if p.given != "" {
		to = p.given
	}
	err = run(ctx, tx, `INSERT INTO payout (id, application, node, visit, step, authority, amount, currency, person, account, checkout, status, at, provider, instead_of)
		SELECT $2, application, node, visit, step, authority, amount, currency, person, $3, CASE WHEN $3 = '' THEN checkout ELSE '' END, 'requested', $4, provider, id
		FROM payout WHERE id = $1`, p.id, id, to, d.now())
	if err != nil {
		return err
	}
	return outbox.Add(ctx, tx, outbox.Message{Kind: payoutKind, Subject: id.String()})
}

// refundRefused asks an operator about a refund that the gateway refuses for good.
func (d *Desk) refundRefused(ctx context.Context, r refundRow, p payment, code string) error {
	return postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		if _, err := lockRefund(ctx, tx, r.id); err != nil {
			return err
		}
		if done, err := refundDone(ctx, tx, r.id); err != nil || done {
			return err
		}
		return d.stopRefund(ctx, tx, Incident{Application: p.application, Authority: p.authority, Amount: r.amount, Currency: p.currency, Failure: code, subject: r.id})
	})
}

// cameBack takes back a payout that had been paid. It is owed still, but for one that nobody waited for.
func (d *Desk) cameBack(ctx context.Context, tx pgx.Tx, p payout, failure string) error {
	if err := run(ctx, tx, "UPDATE payout SET status = 'returned', failure = $2, ended_at = $3 WHERE id = $1", p.id, failure, d.now()); err != nil {
		return err
	}
	owed := p.owed()
	if p.calledOff {
		owed = ledger.Expense(p.authority, p.step)
	}
	err := d.post(ctx, tx, ledger.Entry{Kind: ledger.PayoutReturned, Subject: p.id, Application: p.application, At: d.now(), Postings: []ledger.Posting{
		{Account: ledger.ClearingAt(p.authority, p.provider), Amount: p.amount, Currency: p.currency}, {Account: owed, Amount: -p.amount, Currency: p.currency},
	}})
	switch {
	case err != nil:
		return err
	case p.calledOff:
		return d.closeIncident(ctx, tx, p.id, incidentOver)
	case p.refund != nil:
		if err := refundUndone(ctx, tx, *p.refund); err != nil {
			return err
		}
	}
	return d.owedStill(ctx, tx, p, failure)
}

// owedStill asks what is to become of a payout that has not arrived and is owed as before.
func (d *Desk) owedStill(ctx context.Context, tx pgx.Tx, p payout, failure string) error {
	i := p.incident(PayoutReturned, failure)
	if p.refund == nil {
		return d.openIncident(ctx, tx, i)
	}
	i.subject = *p.refund
	return d.stopRefund(ctx, tx, i)
}

func (p payout) incident(kind IncidentKind, failure string) Incident {
	return Incident{Application: p.application, Authority: p.authority, Kind: kind, Amount: p.amount, Currency: p.currency, Failure: failure, subject: p.id}
}

// mostFailure bounds what is kept of a code that somebody else has made.
const mostFailure = 100

// openIncident asks an operator, unless one is asked already.
func (d *Desk) openIncident(ctx context.Context, tx pgx.Tx, i Incident) error {
	i.Failure = i.Failure[:min(len(i.Failure), mostFailure)]
	done, err := tx.Exec(ctx, `INSERT INTO money_incident (id, application, authority, kind, subject, amount, currency, failure, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (subject) WHERE closed_at IS NULL DO NOTHING`,
		uuid.New(), i.Application, i.Authority, i.Kind, i.subject, i.Amount, i.Currency, i.Failure, d.now())
	if err != nil {
		return fmt.Errorf("payment: %w", err)
	}
	if done.RowsAffected() > 0 {
		d.Log.Warn("payment: an operator is asked", "incident", i.Kind, "application", i.Application, "failure", i.Failure)
	}
	return nil
}

// closeIncident ends one without an operator: it is over, or the applicant has named an account.
func (d *Desk) closeIncident(ctx context.Context, tx pgx.Tx, subject uuid.UUID, outcome string) error {
	return run(ctx, tx, "UPDATE money_incident SET closed_at = $2, outcome = $3 WHERE subject = $1 AND closed_at IS NULL", subject, d.now(), outcome)
}

// Incidents are those that wait for an operator of the authorities, the oldest first.
func (d *Desk) Incidents(ctx context.Context, authorities []string, n int) ([]Incident, error) {
	return incidents(ctx, d.Pool, "WHERE authority = ANY($1) AND closed_at IS NULL ORDER BY opened_at, id LIMIT $2", authorities, n)
}

// IncidentsOf are those of an application, also the ones that have ended.
func (d *Desk) IncidentsOf(ctx context.Context, application uuid.UUID) ([]Incident, error) {
	return incidents(ctx, d.Pool, "WHERE application = $1 ORDER BY opened_at, id", application)
}

// CountIncidents says how many wait for an operator of the authorities.
func (d *Desk) CountIncidents(ctx context.Context, authorities []string) (n int, err error) {
	err = d.Pool.QueryRow(ctx, "SELECT count(*) FROM money_incident WHERE authority = ANY($1) AND closed_at IS NULL", authorities).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("payment: %w", err)
	}
	return n, nil
}

// paidPast tells of the refund of an incident that it was paid at a bank or at a till, also where it has since failed to reach an account, or that a lost
// dispute has taken from the provider what was to go back there.
const paidPast = `EXISTS (SELECT FROM refund r JOIN payment p ON p.id = r.payment,
	LATERAL (SELECT CASE WHEN starts_with(r.reason, '` + reasonDuplicate + `') THEN substr(r.reason, length('` + reasonDuplicate + `') + 1) ELSE p.checkout END AS paid) c
	WHERE r.id = subject AND (starts_with(c.paid, '` + billed + `') OR starts_with(c.paid, '` + cash + `')
		OR EXISTS (SELECT FROM dispute x WHERE x.payment = p.id AND x.checkout = c.paid AND x.status = 'lost')))`

func incidents(ctx context.Context, q querier, where string, args ...any) ([]Incident, error) {
	rows, err := q.Query(ctx, "SELECT id, application, authority, kind, subject, amount, currency, failure, opened_at, closed_at, outcome, reason, "+paidPast+" FROM money_incident "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (i Incident, err error) {
		return i, row.Scan(&i.ID, &i.Application, &i.Authority, &i.Kind, &i.subject, &i.Amount, &i.Currency, &i.Failure, &i.OpenedAt, &i.ClosedAt, &i.Outcome, &i.Reason, &i.past)
	})
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	return list, forgoings(ctx, q, list)
}
