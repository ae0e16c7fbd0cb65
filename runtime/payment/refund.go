package payment

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/outbox"
	"github.com/diwan-gov/diwan/runtime/payment/provider"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// Refund says what of the paid fee lines goes back (all) and what stays, because the application ended with outcome, in the caller's
// transaction. What went back before does not go back again; a line that is not named stays.
func (d *Desk) Refund(ctx context.Context, tx pgx.Tx, application uuid.UUID, outcome string, lines []activity.LineRefund, at time.Time) error {
	back, kept := map[string]bool{}, map[string]bool{}
	for _, l := range lines {
		switch l.What {
		case "all":
			back[l.Fee] = true
		case "keep":
			kept[l.Fee] = true
		default:
			return fmt.Errorf("payment: refund of %s: %q is neither all nor keep", l.Fee, l.What)
		}
	}
	paid, err := lockPaid(ctx, tx, application)
	if err != nil {
		return err
	}
	for _, p := range paid {
		if err := d.repay(ctx, tx, p, outcome, at, func(fee string) bool { return back[fee] }); err != nil {
			return err
		}
		if err := d.forfeit(ctx, tx, p, outcome, at, func(fee string) bool { return kept[fee] }); err != nil {
			return err
		}
	}
	return nil
}

// Refused says that the application no longer waited for the payment that reference names, so its act changed nothing: everything that has
// not gone back goes back. In the caller's transaction; again changes nothing.
func (d *Desk) Refused(ctx context.Context, tx pgx.Tx, application uuid.UUID, reference, code string) error {
	id, err := uuid.Parse(reference)
	if err != nil {
		return fmt.Errorf("payment: refused act: %w", ErrNotFound)
	}
	p, err := lockPayment(ctx, tx, id)
	if errors.Is(err, ErrNotFound) { // of a payout, which is over: nothing can be called back
		d.Log.Info("payment: what became of a payout was told when nobody waited for it", "payout", id, "code", code)
		return nil
	}
	if err != nil {
		return err
	}
	if p.application != application {
		return fmt.Errorf("payment: refused act of another application: %w", ErrNotFound)
	}
	if p.paidAt == nil {
		return nil
	}
	d.Log.Info("payment: came when nobody waited for it", "payment", p.id, "code", code)
	return d.repay(ctx, tx, p, reasonLate, d.now(), func(string) bool { return true })
}

// repay owes back what is left of the chosen lines of a paid payment; of deposits, what is held still.
func (d *Desk) repay(ctx context.Context, tx pgx.Tx, p payment, reason string, at time.Time, chosen func(fee string) bool) error {
	return d.repayLines(ctx, tx, p, reason, at, func(gone map[string]int64, held deposits) []activity.Line {
		return back(p.lines, gone, held.lines(p), chosen)
	}, func(h deposit, _ []activity.Line) error {
		if !chosen(h.fee) {
			return nil
		}
		return settleDeposit(ctx, tx, h.id, Released, reason, at)
	})
}

// repayLines owes back lines of a paid payment, chosen by what of it has gone back and which deposits are held still, and settles each of these. A reason
// owes once.
func (d *Desk) repayLines(ctx context.Context, tx pgx.Tx, p payment, reason string, at time.Time, choose func(gone map[string]int64, held deposits) []activity.Line, settle func(h deposit, lines []activity.Line) error) error {
	gone, err := repaid(ctx, tx, p.id)
	if err != nil {
		return err
	}
	held, err := heldOf(ctx, tx, p.id)
	if err != nil {
		return err
	}
	lines := choose(gone, held)
	if len(lines) == 0 {
		return nil
	}
	id, err := d.openRefund(ctx, tx, p, reason, lines, at)
	if err != nil || id == uuid.Nil {
		return err
	}
	if err := setStatus(ctx, tx, p.id, Refunding); err != nil {
		return err
	}
	for _, h := range held {
		if err := settle(h, lines); err != nil {
			return err
		}
	}
	return d.post(ctx, tx, ledger.Entry{Kind: ledger.RefundDue, Subject: id, Application: p.application, At: at,
		Postings: postings(ledger.Refunds(p.authority), p.authority, p.currency, lines, -1, ledger.Deposit)})
}

// back is what is left of the chosen lines; of deposits, those among held. What rounding has made of the total, and what is left of it, goes back, or is
// taken from what goes back, when every other line has gone: no more is given back than was paid.
func back(paid []activity.Line, gone map[string]int64, held map[int]bool, chosen func(fee string) bool) []activity.Line {
	var lines []activity.Line
	var sum int64
	rounding := -gone[activity.RoundingLine] // also what was kept of the fees of a payment that had none
	whole := true
	for i, l := range paid {
		if l.Fee == activity.RoundingLine {
			rounding += l.Amount
			continue
		}
		left := l.Amount - gone[l.Fee]
		gone[l.Fee] = max(gone[l.Fee]-l.Amount, 0) // a fee may stand on two lines
		switch {
		case left <= 0:
		case l.Deposit && !held[i]: // settled before: it went back, or stays for good
			whole = false
		case chosen(l.Fee):
			lines, sum = append(lines, part(l, left)), sum+left
		default:
			whole = false
		}
	}
	if whole && rounding != 0 {
		lines, sum = append(lines, activity.Line{Fee: activity.RoundingLine, Amount: rounding}), sum+rounding
	}
	if sum <= 0 { // a correction has made so much of it less
		return nil
	}
	return lines
}

// part is a line of which only some is left, from those who have shared it.
func part(l activity.Line, left int64) activity.Line {
	out := activity.Line{Fee: l.Fee, Head: l.Head, Amount: left, Deposit: l.Deposit}
	rest := left
	for i := len(l.Shares) - 1; i >= 0; i-- { // the first takes what is left, as when it was shared
		s := l.Shares[i]
		switch {
		case i == 0:
			s.Amount = rest
		case left < l.Amount:
			s.Amount = new(big.Int).Div(new(big.Int).Mul(big.NewInt(s.Amount), big.NewInt(left)), big.NewInt(l.Amount)).Int64()
		}
		rest -= s.Amount
		out.Shares = append(out.Shares, s)
	}
	return out
}

// openRefund stores a refund and promises its delivery; the zero UUID where there is one for that reason already.
func (d *Desk) openRefund(ctx context.Context, tx pgx.Tx, p payment, reason string, lines []activity.Line, at time.Time) (uuid.UUID, error) {
	id, err := insertRefund(ctx, tx, p, reason, lines, at)
	if err != nil || id == uuid.Nil {
		return uuid.Nil, err
	}
	return id, outbox.Add(ctx, tx, outbox.Message{Kind: refundKind, Subject: id.String()})
}

// deliverRefund lets the gateway carry out a refund and records that it has. The refund's ID is the key there too, so a repeat after a crash
// moves no money twice.
func (d *Desk) deliverRefund(ctx context.Context, m outbox.Delivery) error {
	subject, _, _ := strings.Cut(m.Subject, "/") // what comes behind it is the incident after which it is tried again
	id, err := uuid.Parse(subject)
	if err != nil {
		return &outbox.Failed{Code: "invalid", Err: err}
	}
	r, p, err := readRefund(ctx, d.Pool, id)
	if err != nil {
		return &outbox.Failed{Code: "database", Err: err}
	}
	if r.done || r.stopped {
		return nil
	}
	from := r.from(p)
	if by := past(from); by != "" { // a bank that takes bills gives nothing back on our word, nor does a till: an operator does
		if err := d.refundRefused(ctx, r, p, by); err != nil {
			return &outbox.Failed{Code: "database", Err: err}
		}
		return nil
	}
	at, err := d.at(ctx, d.Pool, from)
	if errors.Is(err, ErrUnavailable) { // it stands in the configuration no more: an operator puts it back, or gives the money back by hand
		if err = d.refundRefused(ctx, r, p, gone); err == nil {
			return nil
		}
	}
	if err != nil {
		return &outbox.Failed{Code: "database", Err: err}
	}
	if err := at.Refund(ctx, r.id.String(), from, formula.Money{Minor: r.amount, Currency: p.currency}); err != nil {
		code := "refused"
		if errors.Is(err, ErrUnavailable) {
			code = "unavailable"
		}
		if refused := (*provider.Refused)(nil); errors.As(err, &refused) && refused.ForGood() {
			if err = d.refundRefused(ctx, r, p, refused.Code); err == nil {
				return nil
			}
			code = "database"
		}
		return &outbox.Failed{Code: code, Err: err}
	}
	err = postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		if _, err := lockPayment(ctx, tx, p.id); err != nil {
			return err
		}
		if err := endRefund(ctx, tx, r.id, p.id, d.now()); err != nil {
			return err
		}
		return d.post(ctx, tx, ledger.Entry{Kind: ledger.Refunded, Subject: r.id, Application: p.application, At: d.now(), Postings: []ledger.Posting{
			{Account: ledger.Refunds(p.authority), Amount: r.amount, Currency: p.currency},
			{Account: ledger.ClearingAt(p.authority, at.Name), Amount: -r.amount, Currency: p.currency},
		}})
	})
	if err != nil {
		return &outbox.Failed{Code: "database", Err: err}
	}
	return nil
}
