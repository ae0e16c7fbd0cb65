package payment

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/proposal"
)

// approved writes a decision of a second officer down, and carries out what was approved in the same transaction.
func (d *Desk) approved(ctx context.Context, decision proposal.Decision, carryOut func(tx pgx.Tx, p proposal.Proposal) error) error {
	err := proposal.Decide(ctx, d.Pool, decision, func(tx pgx.Tx, p proposal.Proposal) error {
		if !decision.Approve {
			return nil
		}
		return carryOut(tx, p)
	})
	if err == nil && decision.Approve {
		d.Wake()
	}
	return err
}

// proposedOf are the proposals of a kind about payments of an application, the latest first.
func (d *Desk) proposedOf(ctx context.Context, application uuid.UUID, kind proposal.Kind) ([]proposal.Proposal, error) {
	list, err := payments(ctx, d.Pool, "WHERE p.application = $1", application)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	for i, p := range list {
		ids[i] = p.id
	}
	return proposal.About(ctx, d.Pool, []proposal.Kind{kind}, ids)
}

// each makes what this capability knows of every proposal that was read.
func each[T any](list []proposal.Proposal, err error, of func(proposal.Proposal) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	out := make([]T, len(list))
	for i, p := range list {
		if out[i], err = of(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}
