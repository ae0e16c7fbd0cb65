package payment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/runtime/postgres"
)

// A payer may have a payment taken back by the bank of the card, months after it. What the provider takes stands apart in the book until it is decided.
// No step of the application is undone by it: an operator of the authority answers at the provider, and where the dispute is lost, the applicant owes
// the money again and the authority decides what becomes of that.

// dispute is a row: what of a dispute is about one payment.
type dispute struct {
	id, payment, application uuid.UUID
	provider, theirs         string
	amount                   int64
	currency, status         string
}

// rank orders how a dispute can stand: it goes onwards only, whatever the order in which we hear of it.
var rank = map[string]int{"": 0, provider.DisputeOpen: 1, provider.DisputeTaken: 2, provider.DisputeWon: 3, provider.DisputeLost: 3}

// asksAboutDispute asks the provider how a dispute stands, and records that. It may be heard of before the payment is that it is about.
func (d *Desk) asksAboutDispute(ctx context.Context, at At, id string) (said provider.Dispute, err error) {
	if said, err = at.AskDispute(ctx, id); err != nil || said.Checkout == "" {
		return said, err
	}
	c, err := at.Ask(ctx, said.Checkout)
	if err == nil && c.Status == provider.Paid {
		_, err = d.settleNow(ctx, at.Name, c)
	}
	return said, err
}

// settleDispute records how a dispute stands, once, whoever reports it and how often.
func (d *Desk) settleDispute(ctx context.Context, tx pgx.Tx, at string, said provider.Dispute) (result string, err error) {
	shares, err := d.disputed(ctx, tx, at, said)
	if err != nil || len(shares) == 0 {
		return resultUnknown, err
	}
	var sum int64
	for _, s := range shares {
		sum += s.amount
	}
	if sum != said.Amount.Minor || shares[0].p.currency != said.Amount.Currency || rank[said.Status] == 0 || !said.Taken && (said.Status == provider.DisputeTaken || said.Status == provider.DisputeLost) {
		d.Log.Error("payment: a dispute is about another amount than was paid", "checkout", said.Checkout, "dispute", said.ID)
		return resultMismatch, nil
	}
	result = resultRepeated
	for _, s := range shares {
		x, err := lockDispute(ctx, tx, at, said, s, d.now())
		if err != nil {
			return "", err
		}
		if rank[said.Status] <= rank[x.status] {
			if x.status != said.Status && rank[said.Status] == rank[x.status] {
				d.Log.Error("payment: a dispute that was over has ended otherwise", "payment", s.p.id, "dispute", said.ID)
				result = resultMismatch
			}
			continue
		}
		if err := d.dispute(ctx, tx, s.p, x, said); err != nil {
			return "", err
		}
		result = resultDisputed
	}
	return result, nil
}

// disputeShare is what of a dispute is about one payment, which is locked.
type disputeShare struct {
	p      payment
	amount int64
}

// disputed shares out the amount of a dispute among the payments of its checkout, in the order in which they are locked.
func (d *Desk) disputed(ctx context.Context, tx pgx.Tx, at string, said provider.Dispute) (shares []disputeShare, err error) {
	carried, err := carriedBy(ctx, tx, at, said.Checkout, "")
	if err != nil {
		return nil, err
	}
	if len(carried) < 2 { // what was paid may be another amount than was due
		of, err := oneText(ctx, tx, "SELECT reference::text FROM checkout WHERE id = $1 AND provider = $2", said.Checkout, at)
		if err != nil || of == "" {
			return nil, err
		}
		carried = map[uuid.UUID]int64{uuid.MustParse(of): said.Amount.Minor}
	}
	var all []payment
	for id := range carried {
		p, err := readPayment(ctx, tx, id)
		if errors.Is(err, ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	left := said.Amount.Minor
	for _, p := range inOrder(all) {
		if p, err = lockPayment(ctx, tx, p.id); err != nil {
			return nil, err
		}
		if some := min(left, carried[p.id]); some > 0 {
			shares = append(shares, disputeShare{p, some})
			left -= some
		}
	}
	return shares, nil
}

// dispute takes one dispute about one payment onwards.
func (d *Desk) dispute(ctx context.Context, tx pgx.Tx, p payment, x dispute, said provider.Dispute) error {
	was := x.status
	var ended *time.Time
	if rank[said.Status] == rank[provider.DisputeLost] {
		now := d.now()
		ended = &now
	}
	if err := run(ctx, tx, "UPDATE dispute SET status = $2, ended_at = $3 WHERE id = $1", x.id, said.Status, ended); err != nil {
		return err
	}
	there, apart := ledger.ClearingAt(p.authority, x.provider), ledger.InDispute(p.authority)
	if was != provider.DisputeTaken && said.Taken { // also where it was won before we have heard of it: the provider lists and settles both
		if err := d.moveDisputed(ctx, tx, ledger.Disputed, x, apart, there, x.amount); err != nil {
			return err
		}
	}
	switch said.Status {
	case provider.DisputeWon:
		if was == provider.DisputeTaken || said.Taken {
			if err := d.moveDisputed(ctx, tx, ledger.DisputeWon, x, there, apart, x.amount); err != nil {
				return err
			}
		}
		return d.closeIncident(ctx, tx, x.id, incidentOver)
	case provider.DisputeLost:
		return d.lose(ctx, tx, p, x, said)
	}
	return d.openIncident(ctx, tx, x.incident(p, Disputed, said.Reason))
}

// lose ends a dispute whose money is gone. What was owed back of the same checkout and could not go there has gone back by it; the rest the applicant
// owes again.
func (d *Desk) lose(ctx context.Context, tx pgx.Tx, p payment, x dispute, said provider.Dispute) error {
	if err := d.closeIncident(ctx, tx, x.id, incidentOver); err != nil {
		return err
	}
	rest := x.amount
	stopped, err := stoppedRefunds(ctx, tx, p, said.Checkout)
	if err != nil {
		return err
	}
	for _, r := range stopped {
		if r.amount > rest {
			continue
		}
		rest -= r.amount
		err := errors.Join(d.closeIncident(ctx, tx, r.id, incidentOver), d.asksNoMore(ctx, tx, r.id), endRefund(ctx, tx, r.id, p.id, d.now()))
		if err != nil {
			return err
		}
		err = d.post(ctx, tx, ledger.Entry{Kind: ledger.Refunded, Subject: r.id, Application: p.application, At: d.now(), Postings: []ledger.Posting{
			{Account: ledger.Refunds(p.authority), Amount: r.amount, Currency: p.currency}, {Account: ledger.InDispute(p.authority), Amount: -r.amount, Currency: p.currency},
		}})
		if err != nil {
			return err
		}
	}
	if rest == 0 {
		return nil
	}
	x.amount = rest
	if err := d.moveDisputed(ctx, tx, ledger.DisputeLost, x, ledger.Receivable(p.authority), ledger.InDispute(p.authority), rest); err != nil {
		return err
	}
	return d.openIncident(ctx, tx, x.incident(p, DisputeLost, said.Reason))
}

func (d *Desk) moveDisputed(ctx context.Context, tx pgx.Tx, kind ledger.Kind, x dispute, to, from string, amount int64) error {
	return d.post(ctx, tx, ledger.Entry{Kind: kind, Subject: x.id, Application: x.application, At: d.now(), Postings: []ledger.Posting{
		{Account: to, Amount: amount, Currency: x.currency}, {Account: from, Amount: -amount, Currency: x.currency},
	}})
}

func (x dispute) incident(p payment, kind IncidentKind, reason string) Incident {
	return Incident{Application: x.application, Authority: p.authority, Kind: kind, Amount: x.amount, Currency: x.currency, Failure: reason, subject: x.id}
}

// ReconcileDisputes asks about disputes that are not decided, some at a time, and says how many turned out to be. It goes on over single failures.
func (d *Desk) ReconcileDisputes(ctx context.Context) (over int, err error) {
	rows, err := d.Pool.Query(ctx, "SELECT provider, theirs FROM dispute WHERE ended_at IS NULL GROUP BY provider, theirs ORDER BY random() LIMIT $1", reconcileAtOnce)
	if err != nil {
		return 0, fmt.Errorf("payment: %w", err)
	}
	type asked struct{ Provider, Theirs string }
	open, err := pgx.CollectRows(rows, pgx.RowToStructByPos[asked])
	if err != nil {
		return 0, fmt.Errorf("payment: %w", err)
	}
	for _, x := range open {
		at, failed := d.named(x.Provider)
		var said provider.Dispute
		if failed == nil {
			said, failed = d.asksAboutDispute(ctx, at, x.Theirs)
		}
		if failed == nil {
			failed = postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
				_, err := d.settleDispute(ctx, tx, at.Name, said)
				return err
			})
		}
		if failed == nil && rank[said.Status] == rank[provider.DisputeLost] {
			over++
		}
		err = errors.Join(err, failed)
	}
	return over, err
}

// lockDispute is a dispute about a payment that is locked, which may be heard of for the first time.
func lockDispute(ctx context.Context, tx pgx.Tx, at string, said provider.Dispute, s disputeShare, now time.Time) (dispute, error) {
	x := dispute{id: uuid.New(), provider: at, theirs: said.ID, payment: s.p.id, application: s.p.application, amount: s.amount, currency: s.p.currency}
	done, err := tx.Exec(ctx, `INSERT INTO dispute (id, provider, theirs, checkout, payment, application, amount, currency, status, reason, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10) ON CONFLICT (provider, theirs, payment) DO NOTHING`,
		x.id, x.provider, x.theirs, said.Checkout, x.payment, x.application, x.amount, x.currency, said.Reason[:min(len(said.Reason), mostFailure)], now)
	if err != nil {
		return x, fmt.Errorf("payment: %w", err)
	}
	if done.RowsAffected() > 0 {
		return x, nil
	}
	err = tx.QueryRow(ctx, "SELECT id, amount, status FROM dispute WHERE provider = $1 AND theirs = $2 AND payment = $3", at, said.ID, s.p.id).Scan(&x.id, &x.amount, &x.status)
	if err != nil {
		return x, fmt.Errorf("payment: %w", err)
	}
	return x, nil
}

// lockDisputed locks the payment of a dispute.
func lockDisputed(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	of, err := oneText(ctx, tx, "SELECT payment::text FROM dispute WHERE id = $1", id)
	if err == nil && of == "" {
		err = ErrNotFound
	}
	if err == nil {
		_, err = lockPayment(ctx, tx, uuid.MustParse(of))
	}
	return err
}

// stoppedRefunds are those of a locked payment that were to go back at a checkout and that an operator is asked about, none of which is on its way to
// an account.
func stoppedRefunds(ctx context.Context, tx pgx.Tx, p payment, checkout string) ([]refundRow, error) {
	rows, err := tx.Query(ctx, `SELECT id, amount, reason FROM refund r WHERE payment = $1 AND status = 'requested'
		AND EXISTS (SELECT FROM money_incident i WHERE i.subject = r.id AND i.closed_at IS NULL)
		AND NOT EXISTS (SELECT FROM payout o WHERE o.refund = r.id AND o.ended_at IS NULL AND o.status <> 'wanted') ORDER BY at, id`, p.id)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r refundRow, err error) { return r, row.Scan(&r.id, &r.amount, &r.reason) })
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	return slices.DeleteFunc(list, func(r refundRow) bool { return r.from(p) != checkout }), nil
}

// readDisputed says of the payments of an application that were disputed how the last dispute stands.
func readDisputed(ctx context.Context, q querier, application uuid.UUID) (map[uuid.UUID]string, error) {
	rows, err := q.Query(ctx, `SELECT payment, CASE WHEN status = $2 AND NOT EXISTS (SELECT FROM money_incident i WHERE i.subject = d.id AND i.closed_at IS NULL) THEN $3 ELSE status END
		FROM dispute d WHERE application = $1 ORDER BY opened_at, id`, application, Gone, Borne)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	out := map[uuid.UUID]string{}
	var of uuid.UUID
	var status string
	_, err = pgx.ForEachRow(rows, []any{&of, &status}, func() error { out[of] = status; return nil })
	return out, err
}
