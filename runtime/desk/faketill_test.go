package desk_test

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/runtime/till"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// drawer is one till in memory, as a clerk has it.
type drawer struct {
	tills     []till.Till
	taken     []till.Taken
	proposals []proposal.Proposal
	tasks     []till.Difference
	slip      string
	refuse    error // what is to be taken is refused with it
}

func (d *drawer) Open(_ context.Context, o till.Opening) (uuid.UUID, error) {
	if o.Number == 9 {
		return uuid.Nil, till.ErrTaken
	}
	t := till.Till{ID: uuid.NewSHA1(uuid.Nil, []byte("till")), Authority: o.Authority, Number: o.Number, Clerk: o.Clerk, Status: till.Open, OpenedAt: now}
	for c, amount := range o.Float {
		t.Cash = append(t.Cash, till.Cash{Currency: c, Float: amount, Expected: amount})
	}
	d.tills = append(d.tills, t)
	return t.ID, nil
}

func (d *drawer) Of(_ context.Context, clerk uuid.UUID) (*till.Till, error) {
	for i := range d.tills {
		if d.tills[i].Clerk == clerk && d.tills[i].Status != till.Closed {
			return &d.tills[i], nil
		}
	}
	return nil, nil
}

func (d *drawer) One(_ context.Context, authorities []string, id uuid.UUID) (*till.Till, error) {
	for i := range d.tills {
		if d.tills[i].ID == id && slices.Contains(authorities, d.tills[i].Authority) {
			return &d.tills[i], nil
		}
	}
	return nil, till.ErrNotFound
}

func (d *drawer) List(_ context.Context, authorities []string) (out []till.Till, err error) {
	return slices.DeleteFunc(slices.Clone(d.tills), func(t till.Till) bool { return !slices.Contains(authorities, t.Authority) }), nil
}

func (d *drawer) Take(_ context.Context, k till.Taking) (till.Taken, error) {
	if d.refuse != nil {
		return till.Taken{}, d.refuse
	}
	t := till.Taken{ID: k.ID, Till: d.tills[0].ID, Place: len(d.taken) + 1, Payment: k.Payment, Amount: 28000, Currency: "ILS", Tendered: k.Tendered, Receipt: "RCT-2026-000001", At: now}
	if t.Tendered < t.Amount {
		return till.Taken{}, till.ErrTooLittle
	}
	d.taken = append([]till.Taken{t}, d.taken...)
	return t, nil
}

func (d *drawer) Takings(context.Context, uuid.UUID) ([]till.Taken, error) { return d.taken, nil }

func (d *drawer) ProposeVoid(_ context.Context, clerk, taking uuid.UUID, reason string) error {
	if reason == "" {
		return proposal.ErrReason
	}
	d.proposals = append(d.proposals, proposal.Proposal{ID: uuid.New(), Kind: till.Void, Subject: taking, Reason: reason, ProposedBy: clerk, ProposedAt: now, Status: proposal.Proposed})
	return nil
}

func (d *drawer) Count(_ context.Context, c till.Count) (bool, error) {
	for _, counted := range c.Cash {
		if counted.Amount != d.tills[0].Cash[0].Expected && c.Reason == "" {
			return false, till.ErrDiffers
		}
		d.tills[0].Cash[0].Counted, d.tills[0].Cash[0].Pieces = counted.Amount, counted.Pieces
	}
	d.tills[0].Status = till.Counted
	d.proposals = append(d.proposals, proposal.Proposal{ID: uuid.New(), Kind: till.Close, Subject: d.tills[0].ID, Reason: c.Reason, ProposedBy: c.Clerk, ProposedAt: now, Status: proposal.Proposed})
	return false, nil
}

func (d *drawer) Proposals(context.Context, uuid.UUID) ([]proposal.Proposal, error) {
	return d.proposals, nil
}

func (d *drawer) Decide(_ context.Context, _ []string, id uuid.UUID, approve bool, by uuid.UUID) error {
	i := slices.IndexFunc(d.proposals, func(p proposal.Proposal) bool { return p.ID == id })
	if i < 0 {
		return proposal.ErrNotFound
	}
	if approve && d.proposals[i].ProposedBy == by {
		return proposal.ErrOwn
	}
	if d.proposals[i].Status = proposal.Declined; approve && d.proposals[i].Kind == till.Close {
		d.proposals[i].Status = proposal.Approved
		t := &d.tills[0]
		at := now
		t.Status, t.ClosedAt = till.Closed, &at
		d.tasks = append(d.tasks, till.Difference{ID: uuid.New(), Till: t.ID, Number: t.Number, Clerk: t.Clerk, Authority: t.Authority, Currency: "ILS",
			Amount: t.Cash[0].Counted - t.Cash[0].Expected, Owner: "transport:accountant", OpenedAt: now.Add(-50 * time.Hour)})
	}
	return nil
}

func (d *drawer) Deposit(_ context.Context, _ []string, _ uuid.UUID, slip string, _ uuid.UUID) error {
	if slip == "" {
		return till.ErrSlip
	}
	d.slip, d.tills[0].Cash[0].Slip = slip, slip
	return nil
}

func (d *drawer) Differences(context.Context, []string, uuid.UUID) ([]till.Difference, error) {
	return d.tasks, nil
}

func (d *drawer) Explain(_ context.Context, _ []string, _ uuid.UUID, reason string, by uuid.UUID) error {
	if reason == "" {
		return proposal.ErrReason
	}
	at := now
	d.tasks[0].ClosedAt, d.tasks[0].ClosedBy, d.tasks[0].Reason = &at, by, reason
	return nil
}

func (d *drawer) Waits(_ context.Context, _, _ []string, by uuid.UUID) (n int, err error) {
	for _, p := range d.proposals {
		if p.Status == proposal.Proposed && p.ProposedBy != by {
			n++
		}
	}
	return n, nil
}

func (w *world) Referred(_ context.Context, reference string) (uuid.UUID, error) {
	for _, v := range w.views {
		if r, _ := application.ParseReference(reference); cmp.Or(r, reference) == v.Reference {
			return v.ID, nil
		}
	}
	return uuid.Nil, application.ErrNotFound
}

func (w *world) TextsOf(context.Context, uuid.UUID) (string, error) { return "t", nil }

func (t paying) ByBill(context.Context, string) (uuid.UUID, error) {
	return uuid.Nil, payment.ErrNotFound
}

func (t paying) Waivers(context.Context, uuid.UUID) ([]payment.Waiver, error) { return t.off, nil }

func (t paying) WaiversWaiting(_ context.Context, authorities []string) ([]payment.Waiver, error) {
	return slices.DeleteFunc(slices.Clone(t.off), func(w payment.Waiver) bool {
		return w.Status != proposal.Proposed || !slices.Contains(authorities, w.Authority)
	}), nil
}

func (t paying) Waive(_ context.Context, _ []string, id uuid.UUID, lines []activity.Line, basis, reason string, by uuid.UUID) (uuid.UUID, error) {
	w := payment.Waiver{Proposal: proposal.Proposal{ID: uuid.New(), Subject: id, Authority: "transport", Reason: reason, ProposedBy: by, ProposedAt: now, Status: proposal.Proposed}, Application: layla, Lines: lines, Basis: basis}
	t.off = append(t.off, w)
	return w.ID, nil
}

func (t paying) DecideWaiver(_ context.Context, _ []string, _ uuid.UUID, approve bool, by uuid.UUID) error {
	if approve && t.off[0].ProposedBy == by {
		return proposal.ErrOwn
	}
	t.off[0].DecidedBy, t.off[0].DecidedAt = by, &now
	if t.off[0].Status = proposal.Declined; approve {
		t.off[0].Status = proposal.Approved
	}
	return nil
}
