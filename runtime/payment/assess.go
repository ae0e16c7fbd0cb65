package payment

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// AssessRequest is a frozen assessment of an application.
type AssessRequest struct {
	Application uuid.UUID
	Service     string
	Authority   string
	Node        string
	Visit       int
	Assessment  activity.Assessment
	At          time.Time
}

// Assess freezes the fee lines, opens a payment over their total and posts what is owed, each share to the authority that receives it, in the
// caller's transaction. Only the line that shows what rounding has made may be below zero. A total of zero is
// frozen only. What has become less than was paid goes back. The same (application, node, visit) again changes nothing.
func (d *Desk) Assess(ctx context.Context, tx pgx.Tx, r AssessRequest) error {
	a := r.Assessment
	var total int64
	for _, l := range a.Lines {
		if l.Fee == "" || l.Amount < 0 && l.Fee != activity.RoundingLine {
			return fmt.Errorf("payment: %s %s: a line without a fee or below zero", r.Application, r.Node)
		}
		if shared := sharedOf(l); len(l.Shares) > 0 && shared != l.Amount {
			return fmt.Errorf("payment: %s %s: the shares of %s sum to %d, not %d", r.Application, r.Node, l.Fee, shared, l.Amount)
		}
		total += l.Amount
	}
	if total != a.Total {
		return fmt.Errorf("payment: %s %s: lines sum to %d, not %d", r.Application, r.Node, total, a.Total)
	}
	id := uuid.New()
	fresh, err := insertAssessment(ctx, tx, id, r)
	if err != nil || !fresh {
		return err
	}
	if err := d.giveLess(ctx, tx, r); err != nil || total == 0 {
		return err
	}
	if err := insertPayment(ctx, tx, id, r); err != nil {
		return err
	}
	return d.post(ctx, tx, ledger.Entry{Kind: ledger.Assessed, Subject: id, Application: r.Application, At: r.At,
		Postings: postings(ledger.Receivable(r.Authority), r.Authority, a.Currency, a.Lines, 1, ledger.DepositDue)})
}

// postings moves the lines between one account and the revenue of each fee, or what is held of it: sign 1 earns them, -1 gives them up.
// deposits stand on ledger.DepositDue until they are received, then on ledger.Deposit. What another authority has of it, that of the account
// owes it: the book of each balances by itself.
func postings(account, authority, currency string, lines []activity.Line, sign int64, deposits func(authority, fee string) string) []ledger.Posting {
	return moved(account, authority, currency, lines, sign, ledger.Revenue, deposits)
}

// moved is postings where earned says what stands against the account in the place of revenue.
func moved(account, authority, currency string, lines []activity.Line, sign int64, earned, deposits func(authority, fee string) string) []ledger.Posting {
	var total int64
	out := []ledger.Posting{{Account: account, Currency: currency}}
	for _, l := range lines {
		to, head := earned, headOf(l)
		if l.Deposit {
			to, head = deposits, l.Fee
		}
		for _, s := range sharesOf(l, authority) {
			total += s.Amount
			out = append(out, ledger.Posting{Account: to(s.Authority, head), Amount: -sign * s.Amount, Currency: currency})
			if s.Authority != authority {
				out = append(out,
					ledger.Posting{Account: ledger.DueTo(authority, s.Authority), Amount: -sign * s.Amount, Currency: currency},
					ledger.Posting{Account: ledger.DueFrom(s.Authority, authority), Amount: sign * s.Amount, Currency: currency})
			}
		}
	}
	out[0].Amount = sign * total
	return out
}

// headOf is the head of revenue under which a line is earned.
func headOf(l activity.Line) string { return cmp.Or(l.Head, l.Fee) }

// sharesOf says who receives a line: the service's authority where nothing else is said. Shares of nothing are left out.
func sharesOf(l activity.Line, authority string) []activity.Share {
	shares := l.Shares
	if len(shares) == 0 {
		shares = []activity.Share{{Authority: authority, Amount: l.Amount}}
	}
	return slices.DeleteFunc(slices.Clone(shares), func(s activity.Share) bool { return s.Amount == 0 })
}

func sharedOf(l activity.Line) (sum int64) {
	for _, s := range l.Shares {
		sum += s.Amount
	}
	return sum
}

// Postpone says when the payments of an application that are not made yet are due now, in the caller's transaction. One that dues do not name is
// due at no time: it may be paid until it is said again when it is due.
func (d *Desk) Postpone(ctx context.Context, tx pgx.Tx, application uuid.UUID, dues []activity.NewDue) error {
	return postpone(ctx, tx, application, dues)
}

// Cancel says that the payment of (application, node, visit) is no longer due, or that its payout is not to be paid, in the caller's transaction.
// One that was paid meanwhile is left alone, as is one that was cancelled before, and a payout that may have been sent.
func (d *Desk) Cancel(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int) error {
	p, err := cancelDue(ctx, tx, application, node, visit)
	if err != nil {
		return err
	}
	if p == nil {
		return d.callOff(ctx, tx, application, node, visit)
	}
	return d.post(ctx, tx, ledger.Entry{Kind: ledger.Cancelled, Subject: p.id, Application: application, At: d.now(),
		Postings: postings(ledger.Receivable(p.authority), p.authority, p.currency, p.lines, -1, ledger.DepositDue)})
}
