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

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// RequestStatus says how far a refund by request has come.
type RequestStatus string

// The statuses.
const (
	Requested RequestStatus = "requested"
	Approved  RequestStatus = "approved" // it goes back, or is back: its payment says which
	Declined  RequestStatus = "declined"
)

// RefundRequest is a refund that no ending of the application leads to: one officer asks for it, and another lets it happen.
type RefundRequest struct {
	ID, Payment, Application uuid.UUID
	Authority                string
	Fees                     []string // whose lines go back
	Reason                   string   // no personal data
	RequestedBy              uuid.UUID
	RequestedAt              time.Time
	Status                   RequestStatus
	DecidedBy                uuid.UUID
	DecidedAt                *time.Time
}

// Errors of refunds by request, for errors.Is.
var (
	// ErrReason: a request needs a reason of at most MostReason bytes.
	ErrReason = errors.New("payment: no reason")
	// ErrNothing: nothing is left of these fees that could go back.
	ErrNothing = errors.New("payment: nothing is left to go back")
	// ErrRequested: a request about this payment waits for somebody.
	ErrRequested = errors.New("payment: a refund was requested")
	// ErrOwn: who has asked for a refund does not approve it.
	ErrOwn = errors.New("payment: requested by the same officer")
	// ErrDecided: somebody has decided meanwhile.
	ErrDecided = errors.New("payment: the request was decided")
)

// MostReason bounds a reason, in bytes.
const MostReason = 1000

// Refundable is what is left of a payment that could go back by request.
type Refundable struct {
	Payment   uuid.UUID
	Authority string
	Currency  string
	Lines     []activity.Line
}

// Refundable are the payments of an application of which something is left that could go back by request. Deposits are not part of it: a step
// or a right says what becomes of them.
func (d *Desk) Refundable(ctx context.Context, application uuid.UUID) ([]Refundable, error) {
	var out []Refundable
	err := postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		out = nil
		paid, err := lockPaid(ctx, tx, application)
		if err != nil {
			return err
		}
		for _, p := range paid {
			lines, err := left(ctx, tx, p, nil)
			if err != nil {
				return err
			}
			if len(lines) > 0 {
				out = append(out, Refundable{p.id, p.authority, p.currency, lines})
			}
		}
		return nil
	})
	return out, err
}

// left is what is left of the lines of fees, or of all, of a locked payment, without deposits.
func left(ctx context.Context, tx pgx.Tx, p payment, fees []string) ([]activity.Line, error) {
	gone, err := repaid(ctx, tx, p.id)
	if err != nil {
		return nil, err
	}
	return back(p.lines, gone, nil, byRequest(p, fees)), nil
}

// byRequest chooses fees, or all where none is named, but no deposit.
func byRequest(p payment, fees []string) func(fee string) bool {
	return func(fee string) bool {
		deposit := slices.ContainsFunc(p.lines, func(l activity.Line) bool { return l.Fee == fee && l.Deposit })
		return !deposit && (fees == nil || slices.Contains(fees, fee))
	}
}

// RequestRefund asks for fees of a payment to go back. The caller has made sure that by is an officer who may, of one of authorities: the
// payment must belong to one of them. ErrNotFound, ErrReason, ErrNothing, ErrRequested.
func (d *Desk) RequestRefund(ctx context.Context, authorities []string, id uuid.UUID, fees []string, reason string, by uuid.UUID) (request uuid.UUID, err error) {
	reason = strings.TrimSpace(reason)
	if reason == "" || len(reason) > MostReason {
		return uuid.Nil, ErrReason
	}
	if len(fees) == 0 {
		return uuid.Nil, ErrNothing
	}
	request = uuid.New()
	err = postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		p, err := lockPayment(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case !slices.Contains(authorities, p.authority):
			return ErrNotFound
		case p.paidAt == nil:
			return ErrNothing
		}
		lines, err := left(ctx, tx, p, fees)
		if err != nil {
			return err
		}
		if len(lines) == 0 {
			return ErrNothing
		}
		return run(ctx, tx, `INSERT INTO refund_request (id, payment, application, authority, fees, reason, requested_by, requested_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, request, p.id, p.application, p.authority, fees, reason, by, d.now())
	})
	if postgres.Unique(err, "refund_request_open") {
		err = ErrRequested
	}
	return request, err
}

// DecideRefund lets what was requested go back, or declines it; who has requested it may take it back by declining. What has gone back
// meanwhile does not go back again. The caller has made sure that by is an officer who may, of one of authorities. ErrNotFound, ErrOwn,
// ErrDecided, ErrNothing.
func (d *Desk) DecideRefund(ctx context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID) error {
	err := postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		list, err := refundRequests(ctx, tx, "WHERE id = $1 AND authority = ANY($2) FOR UPDATE", id, authorities)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return ErrNotFound
		}
		r := list[0]
		switch {
		case r.Status != Requested:
			return ErrDecided
		case approve && r.RequestedBy == by:
			return ErrOwn
		}
		status := Declined
		if approve {
			status = Approved
			p, err := lockPayment(ctx, tx, r.Payment)
			if err != nil {
				return err
			}
			lines, err := left(ctx, tx, p, r.Fees)
			if err != nil {
				return err
			}
			if len(lines) == 0 {
				return ErrNothing
			}
			if err := d.repay(ctx, tx, p, reasonRequest+r.ID.String(), d.now(), byRequest(p, r.Fees)); err != nil {
				return err
			}
		}
		return run(ctx, tx, "UPDATE refund_request SET status = $2, decided_by = $3, decided_at = $4 WHERE id = $1", id, status, by, d.now())
	})
	if err == nil && approve {
		d.Wake()
	}
	return err
}

// RefundRequestsOf are those of an application, the latest first.
func (d *Desk) RefundRequestsOf(ctx context.Context, application uuid.UUID) ([]RefundRequest, error) {
	return refundRequests(ctx, d.Pool, "WHERE application = $1 ORDER BY requested_at DESC, id", application)
}

// mostRequests bounds what RefundRequests gives at once.
const mostRequests = 200

// RefundRequests are those of authorities that wait for somebody, the oldest first.
func (d *Desk) RefundRequests(ctx context.Context, authorities []string) ([]RefundRequest, error) {
	return refundRequests(ctx, d.Pool, "WHERE authority = ANY($1) AND status = 'requested' ORDER BY requested_at, id LIMIT $2", authorities, mostRequests)
}

func refundRequests(ctx context.Context, q querier, where string, args ...any) ([]RefundRequest, error) {
	rows, err := q.Query(ctx, `SELECT id, payment, application, authority, fees, reason, requested_by, requested_at, status, decided_by, decided_at
		FROM refund_request `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r RefundRequest, err error) {
		var by *uuid.UUID
		err = row.Scan(&r.ID, &r.Payment, &r.Application, &r.Authority, &r.Fees, &r.Reason, &r.RequestedBy, &r.RequestedAt, &r.Status, &by, &r.DecidedAt)
		if by != nil {
			r.DecidedBy = *by
		}
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("payment: %w", err)
	}
	return list, nil
}
