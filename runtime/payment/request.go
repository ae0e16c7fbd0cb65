package payment

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// RefundRequested is a kind of proposal: no ending of the application leads to it, but one officer asks for it, and another lets it happen.
const RefundRequested proposal.Kind = "refund"

// RefundRequest is a proposal to give fees of a payment back, which is its subject. Once it is approved it goes back, or is back: its payment says
// which.
type RefundRequest struct {
	proposal.Proposal
	Application uuid.UUID
	Fees        []string // whose lines go back
}

// requested is what a request says beside its reason.
type requested struct {
	Application uuid.UUID `json:"application"`
	Fees        []string  `json:"fees"`
}

// ErrNothing: nothing is left of these fees that could go back, or that could be waived.
var ErrNothing = errors.New("payment: nothing is left of it")

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
// payment must belong to one of them. ErrNotFound, ErrNothing, proposal.ErrReason, proposal.ErrProposed.
func (d *Desk) RequestRefund(ctx context.Context, authorities []string, id uuid.UUID, fees []string, reason string, by uuid.UUID) (request uuid.UUID, err error) {
	if len(fees) == 0 {
		return uuid.Nil, ErrNothing
	}
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
		detail, err := json.Marshal(requested{p.application, fees})
		if err != nil {
			return err
		}
		request, err = proposal.Propose(ctx, tx, proposal.Proposal{Kind: RefundRequested, Subject: p.id, Authority: p.authority, Reason: reason, Detail: detail, ProposedBy: by, ProposedAt: d.now()})
		return err
	})
	return request, err
}

// DecideRefund lets what was requested go back, or declines it; who has requested it may take it back by declining. What has gone back
// meanwhile does not go back again. The caller has made sure that by is an officer who may, of one of authorities. ErrNothing;
// proposal.ErrNotFound, proposal.ErrOwn, proposal.ErrDecided.
func (d *Desk) DecideRefund(ctx context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID) error {
	decision := proposal.Decision{ID: id, Kinds: []proposal.Kind{RefundRequested}, Authorities: authorities, Approve: approve, By: by, At: d.now()}
	return d.approved(ctx, decision, func(tx pgx.Tx, q proposal.Proposal) error {
		r, err := refundRequest(q)
		if err != nil {
			return err
		}
		p, err := lockPayment(ctx, tx, r.Subject)
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
		return d.repay(ctx, tx, p, reasonRequest+r.ID.String(), d.now(), byRequest(p, r.Fees))
	})
}

// RefundRequestsOf are those of an application, the latest first.
func (d *Desk) RefundRequestsOf(ctx context.Context, application uuid.UUID) ([]RefundRequest, error) {
	list, err := d.proposedOf(ctx, application, RefundRequested)
	return each(list, err, refundRequest)
}

// RefundRequests are those of authorities that wait for somebody, the oldest first.
func (d *Desk) RefundRequests(ctx context.Context, authorities []string) ([]RefundRequest, error) {
	list, err := proposal.Waiting(ctx, d.Pool, []proposal.Kind{RefundRequested}, authorities)
	return each(list, err, refundRequest)
}

func refundRequest(p proposal.Proposal) (RefundRequest, error) {
	detail, err := proposal.Said[requested](p)
	return RefundRequest{p, detail.Application, detail.Fees}, err
}
