package payment

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// reasonLess begins the reason of a refund of what a correction has made less than was paid; the node and the visit of the assessment that says so
// follow.
const reasonLess = "less:"

// giveLess gives back what an assessment says has become less than was paid.
func (d *Desk) giveLess(ctx context.Context, tx pgx.Tx, r AssessRequest) error {
	if len(r.Assessment.Less) == 0 {
		return nil
	}
	all, err := payments(ctx, tx, "WHERE p.application = $1 ORDER BY p.id FOR UPDATE OF p", r.Application)
	if err != nil {
		return err
	}
	reason := reasonLess + r.Node + "/" + strconv.Itoa(r.Visit)
	for _, l := range r.Assessment.Less {
		i := slices.IndexFunc(all, func(p payment) bool { return p.node == l.Node && p.visit == l.Visit })
		switch {
		case i < 0:
			return fmt.Errorf("payment: %s %s: nothing was asked for at %s/%d that could be less", r.Application, r.Node, l.Node, l.Visit)
		case all[i].status == Due: // it was paid in cash and taken back since
			err = d.askLess(ctx, tx, all[i], reason, l, r.At)
		case all[i].paidAt != nil:
			err = d.repayLess(ctx, tx, all[i], reason, l, r.At)
		}
		if err != nil { // one that was waived whole has nothing to give back
			return err
		}
	}
	return nil
}

// repayLess owes back what has become less of a paid payment. What was waived of it was never paid, and what went back before does not go back again.
func (d *Desk) repayLess(ctx context.Context, tx pgx.Tx, p payment, reason string, less activity.Less, at time.Time) error {
	return d.repayLines(ctx, tx, p, reason, at, func(gone map[string]int64, held deposits) []activity.Line {
		return lessOf(p.lines, gone, held.lines(p), less)
	}, func(h deposit, lines []activity.Line) error {
		i := slices.IndexFunc(lines, func(l activity.Line) bool { return l.Deposit && l.Fee == h.fee })
		switch {
		case i < 0:
			return nil
		case lines[i].Amount < h.amount:
			return run(ctx, tx, "UPDATE deposit SET amount = amount - $2 WHERE id = $1 AND status = 'held'", h.id, lines[i].Amount)
		}
		return settleDeposit(ctx, tx, h.id, Released, reason, at)
	})
}

// askLess makes less due of a payment that its application takes to be paid, and nothing where nothing is left of it.
func (d *Desk) askLess(ctx context.Context, tx pgx.Tx, p payment, reason string, less activity.Less, at time.Time) error {
	every := map[int]bool{}
	for i := range p.lines {
		every[i] = true
	}
	lines := lessOf(p.lines, map[string]int64{}, every, less)
	left := p.amount - amountOf(lines)
	switch {
	case left == p.amount:
		return nil
	case left > 0:
		if err := storeWaiver(ctx, tx, p, lines, left); err != nil {
			return err
		}
		if err := run(ctx, tx, "UPDATE money_incident SET amount = $2 WHERE subject = $1 AND closed_at IS NULL", p.id, left); err != nil {
			return err
		}
	default:
		if err := setStatus(ctx, tx, p.id, Cancelled); err != nil {
			return err
		}
		if err := d.closeIncident(ctx, tx, p.id, incidentOver); err != nil {
			return err
		}
	}
	return d.post(ctx, tx, ledger.Entry{Kind: ledger.Cancelled, Subject: uuid.NewSHA1(p.id, []byte(reason)), Application: p.application, At: at,
		Postings: postings(ledger.Receivable(p.authority), p.authority, p.currency, lines, -1, ledger.DepositDue)})
}

// lessOf is what of the lines of a payment has become less, as far as it is there still: of deposits, those among held. The line of rounding goes with
// the last of the others, unless the assessment has emptied the payment itself and so knows what of it is kept, and never makes more go back than is left.
func lessOf(paid []activity.Line, gone map[string]int64, held map[int]bool, less activity.Less) (out []activity.Line) {
	off := map[string]int64{}
	for _, l := range less.Lines {
		off[l.Fee] -= l.Amount
	}
	var rest int64
	rounding := -gone[activity.RoundingLine] // also what was kept of the fees of a payment that had none
	for i, l := range paid {
		before := gone[l.Fee]
		if l.Fee == activity.RoundingLine {
			rounding += l.Amount
			continue
		}
		left := l.Amount - min(before, l.Amount)
		gone[l.Fee] = max(before-l.Amount, 0)
		by := min(off[l.Fee], left)
		if l.Deposit && !held[i] {
			continue
		}
		rest += left
		if by > 0 {
			off[l.Fee] -= by
			rest -= by
			out = append(out, slice(l, left, by))
		}
	}
	back := off[activity.RoundingLine]
	if rest == 0 && len(out) > 0 && !less.Whole {
		back = rounding
	}
	if back = min(back, rest+rounding); back != 0 {
		out = append(out, activity.Line{Fee: activity.RoundingLine, Amount: back})
	}
	if amountOf(out) <= 0 { // nothing is left of it, or what is kept for rounding is more
		return nil
	}
	return out
}

// slice is a piece of what is left of a line, from those who have shared it, so that all pieces together are the line.
func slice(l activity.Line, left, by int64) activity.Line {
	out := activity.Line{Fee: l.Fee, Head: l.Head, Amount: by, Deposit: l.Deposit}
	has, keeps := part(l, left), part(l, left-by)
	for i := len(has.Shares) - 1; i >= 0; i-- { // part begins with the last
		out.Shares = append(out.Shares, activity.Share{Authority: has.Shares[i].Authority, Amount: has.Shares[i].Amount - keeps.Shares[i].Amount})
	}
	return out
}

// readLess is what corrections have made less of the payments of an application, by payment: of each fee together, without the line of rounding.
func readLess(ctx context.Context, q querier, application uuid.UUID) (map[uuid.UUID][]activity.Line, error) {
	rows, err := q.Query(ctx, `SELECT r.payment, l ->> 'fee', sum((l ->> 'amount')::bigint)::bigint FROM refund r, jsonb_array_elements(r.lines) AS l
		WHERE r.application = $1 AND r.reason LIKE 'less:%' AND l ->> 'fee' <> $2 GROUP BY 1, 2 ORDER BY 1, 2`, application, activity.RoundingLine)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	out := map[uuid.UUID][]activity.Line{}
	var of uuid.UUID
	var l activity.Line
	_, err = pgx.ForEachRow(rows, []any{&of, &l.Fee, &l.Amount}, func() error {
		out[of] = append(out[of], l)
		return nil
	})
	return out, err
}

func amountOf(lines []activity.Line) (sum int64) {
	for _, l := range lines {
		sum += l.Amount
	}
	return sum
}
