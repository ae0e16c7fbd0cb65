package desk_test

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/proposal"
)

func (a archive) Holds(context.Context, []document.Issued) ([]document.Hold, error) {
	return a.holds, nil
}

func (a archive) HoldsWaiting(_ context.Context, authorities []string) (out []document.Hold, _ error) {
	for _, h := range a.holds {
		if h.Status == proposal.Proposed && slices.Contains(authorities, h.Authority) {
			out = append(out, h)
		}
	}
	return out, nil
}

func (a archive) ProposeHold(_ context.Context, authorities []string, application uuid.UUID, id string, kind proposal.Kind, reason string, by uuid.UUID) error {
	if id != "abc234" || !slices.Contains(authorities, "transport") {
		return document.ErrNotFound
	}
	if a.heldPaper == (kind == document.Holding) {
		return document.ErrTurned
	}
	a.holds = append(a.holds, document.Hold{Application: application, Paper: id, Number: "DL-2026-000001", Proposal: proposal.Proposal{ID: uuid.New(),
		Kind: kind, Authority: "transport", Reason: reason, ProposedBy: by, ProposedAt: now, Status: proposal.Proposed}})
	return nil
}

func (a archive) DecideHold(_ context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID) error {
	i := slices.IndexFunc(a.holds, func(h document.Hold) bool { return h.ID == id && slices.Contains(authorities, h.Authority) })
	switch {
	case i < 0:
		return proposal.ErrNotFound
	case approve && a.holds[i].ProposedBy == by:
		return proposal.ErrOwn
	case approve && a.turned:
		return document.ErrTurned
	}
	a.holds[i].Status = proposal.Declined
	if approve {
		a.holds[i].Status, a.heldPaper = proposal.Approved, a.holds[i].Kind == document.Holding
	}
	return nil
}
