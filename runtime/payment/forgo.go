package payment

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/proposal"
)

// Forgoing is a kind of proposal: one operator asks that the money of a lost dispute is asked for no more, and another lets it happen. Its subject is
// the incident.
const Forgoing proposal.Kind = "dispute-forgone"

// Forgo asks to let the money of a lost dispute go. The caller has made sure that by is an operator of authorities. ErrNotFound; ErrNotDue where the
// incident has ended or is about other money; proposal.ErrReason, proposal.ErrProposed.
func (d *Desk) Forgo(ctx context.Context, authorities []string, application, incident uuid.UUID, reason string, by uuid.UUID) error {
	return postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		i, err := d.lockIncident(ctx, tx, IncidentAct{Application: application, Incident: incident, Authorities: authorities})
		if err != nil {
			return err
		}
		if i.Forgoing != nil {
			return proposal.ErrProposed
		}
		if !slices.Contains(i.Actions(), IncidentForgo) {
			return ErrNotDue
		}
		_, err = proposal.Propose(ctx, tx, proposal.Proposal{Kind: Forgoing, Subject: i.ID, Authority: i.Authority, Reason: reason, ProposedBy: by, ProposedAt: d.now()})
		return err
	})
}

// DecideForgoing lets the money of a lost dispute go: the authority bears it. Or it declines, as who has proposed it does to take it back. The caller has
// made sure that by is an operator of authorities. proposal.ErrNotFound, proposal.ErrOwn, proposal.ErrDecided.
func (d *Desk) DecideForgoing(ctx context.Context, authorities []string, application, id uuid.UUID, approve bool, by uuid.UUID) error {
	decision := proposal.Decision{ID: id, Kinds: []proposal.Kind{Forgoing}, Authorities: authorities, Approve: approve, By: by, At: d.now()}
	return d.approved(ctx, decision, func(tx pgx.Tx, p proposal.Proposal) error {
		i, err := d.lockIncident(ctx, tx, IncidentAct{Application: application, Incident: p.Subject, Authorities: authorities})
		if err != nil {
			return err
		}
		if i.ClosedAt != nil {
			return ErrNotDue
		}
		err = run(ctx, tx, "UPDATE money_incident SET closed_at = $2, outcome = $3, closed_by = $4, reason = $5 WHERE id = $1", i.ID, d.now(), IncidentForgo, by, p.Reason)
		if err != nil {
			return err
		}
		return d.post(ctx, tx, ledger.Entry{Kind: ledger.DisputeForgone, Subject: i.subject, Application: i.Application, At: d.now(),
			Signed: ledger.Signed{Reason: p.Reason, ProposedBy: p.ProposedBy, Approved: p.DecidedBy}, Postings: []ledger.Posting{
				{Account: ledger.Expense(i.Authority, "disputes"), Amount: i.Amount, Currency: i.Currency},
				{Account: ledger.Receivable(i.Authority), Amount: -i.Amount, Currency: i.Currency},
			}})
	})
}

// forgoings tells lost disputes of what one operator has proposed and another has not answered.
func forgoings(ctx context.Context, q querier, list []Incident) error {
	var lost []uuid.UUID
	for _, i := range list {
		if i.Kind == DisputeLost && i.ClosedAt == nil {
			lost = append(lost, i.ID)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	proposed, err := proposal.About(ctx, q, []proposal.Kind{Forgoing}, lost)
	if err != nil {
		return err
	}
	for _, p := range proposed {
		if at := slices.IndexFunc(list, func(i Incident) bool { return i.ID == p.Subject }); p.Status == proposal.Proposed {
			list[at].Forgoing = &p
		}
	}
	return nil
}
