package payment

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/ledger"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/proposal"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// Waiving is a kind of proposal: an officer asks that an applicant is let off fees that are due, and another lets it happen. Its subject is the payment.
const Waiving proposal.Kind = "waiver"

// Waiver is what an applicant was or is to be let off, by whom and why.
type Waiver struct {
	proposal.Proposal
	Application uuid.UUID
	Lines       []activity.Line // fee and amount
	Basis       string          // of law
}

// Amount is what the applicant is let off.
func (w *Waiver) Amount() (sum int64) {
	for _, l := range w.Lines {
		sum += l.Amount
	}
	return sum
}

// waived is what a waiver says beside its reason.
type waived struct {
	Application uuid.UUID       `json:"application"`
	Lines       []activity.Line `json:"lines"`
	Basis       string          `json:"basis"`
}

// Errors of waivers, for errors.Is.
var (
	// ErrBasis: a waiver names the law that it stands on, in at most MostBasis bytes.
	ErrBasis = errors.New("payment: no legal basis")
	// ErrAmount: more than is due of a fee, or nothing.
	ErrAmount = errors.New("payment: not an amount that can be waived")
)

// MostBasis bounds a legal basis, in bytes.
const MostBasis = 300

// Waive asks to let an applicant off amounts of fees that are due, by their codes. Deposits are not waived: they are nobody's revenue. The caller
// has made sure that by is an officer who may, of one of authorities. ErrNotFound, ErrNotDue, ErrAmount, ErrBasis, proposal.ErrReason, proposal.ErrProposed.
func (d *Desk) Waive(ctx context.Context, authorities []string, id uuid.UUID, lines []activity.Line, basis, reason string, by uuid.UUID) (waiver uuid.UUID, err error) {
	if basis = strings.TrimSpace(basis); basis == "" || len(basis) > MostBasis {
		return uuid.Nil, ErrBasis
	}
	err = postgres.InTx(ctx, d.Pool, func(tx pgx.Tx) error {
		p, err := lockPayment(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case !slices.Contains(authorities, p.authority):
			return ErrNotFound
		case p.status != Due:
			return ErrNotDue
		}
		if _, _, err := p.less(lines); err != nil {
			return err
		}
		detail, err := json.Marshal(waived{p.application, lines, basis})
		if err != nil {
			return err
		}
		waiver, err = proposal.Propose(ctx, tx, proposal.Proposal{Kind: Waiving, Subject: p.id, Authority: p.authority, Reason: reason, Detail: detail, ProposedBy: by, ProposedAt: d.now()})
		return err
	})
	return waiver, err
}

// less is what is left of a payment's lines without what is waived, and what is waived with the shares of each authority. What rounding has made of
// the total goes when nothing else is left. ErrAmount.
func (p *payment) less(off []activity.Line) (left, gone []activity.Line, err error) {
	amounts := map[string]int64{}
	for _, l := range off {
		if l.Amount <= 0 || amounts[l.Fee] != 0 || l.Fee == activity.RoundingLine {
			return nil, nil, ErrAmount
		}
		amounts[l.Fee] = l.Amount
	}
	if len(amounts) == 0 {
		return nil, nil, ErrAmount
	}
	rest := int64(0)
	for _, l := range p.lines {
		by := min(amounts[l.Fee], l.Amount)
		if l.Fee == activity.RoundingLine || l.Deposit || by <= 0 {
			left = append(left, l)
			if l.Fee != activity.RoundingLine {
				rest += l.Amount
			}
			continue
		}
		amounts[l.Fee] -= by
		kept := l
		kept.Amount, kept.Shares = l.Amount-by, part(l, l.Amount-by).Shares
		slices.Reverse(kept.Shares) // part begins with the last
		out := activity.Line{Fee: l.Fee, Head: l.Head, Amount: by}
		for i, s := range l.Shares {
			out.Shares = append(out.Shares, activity.Share{Authority: s.Authority, Amount: s.Amount - kept.Shares[i].Amount})
		}
		left, gone, rest = append(left, kept), append(gone, out), rest+kept.Amount
	}
	for _, more := range amounts {
		if more > 0 {
			return nil, nil, ErrAmount
		}
	}
	if i := slices.IndexFunc(left, func(l activity.Line) bool { return l.Fee == activity.RoundingLine }); i >= 0 {
		if rest == 0 {
			gone = append(gone, left[i])
			left[i].Amount, left[i].Shares = 0, nil
		} else if rest+left[i].Amount <= 0 {
			return nil, nil, ErrAmount
		}
	}
	return left, gone, nil
}

// DecideWaiver lets a waiver happen, or declines it; who has proposed it may take it back by declining. Where nothing is left to pay the application
// goes on as if it was paid. The caller has made sure that by is an officer who may, of one of authorities. ErrNotDue, ErrAmount;
// proposal.ErrNotFound, proposal.ErrOwn, proposal.ErrDecided.
func (d *Desk) DecideWaiver(ctx context.Context, authorities []string, id uuid.UUID, approve bool, by uuid.UUID) error {
	decision := proposal.Decision{ID: id, Kinds: []proposal.Kind{Waiving}, Authorities: authorities, Approve: approve, By: by, At: d.now()}
	return d.approved(ctx, decision, func(tx pgx.Tx, q proposal.Proposal) error {
		w, err := waiver(q)
		if err != nil {
			return err
		}
		return d.letOff(ctx, tx, w)
	})
}

// letOff carries a waiver out.
func (d *Desk) letOff(ctx context.Context, tx pgx.Tx, w Waiver) error {
	p, err := lockPayment(ctx, tx, w.Subject)
	switch {
	case err != nil:
		return err
	case p.status != Due:
		return ErrNotDue
	}
	left, gone, err := p.less(w.Lines)
	if err != nil {
		return err
	}
	amount := int64(0)
	for _, l := range left {
		amount += l.Amount
	}
	if err := storeWaiver(ctx, tx, p, gone, amount); err != nil {
		return err
	}
	err = d.post(ctx, tx, ledger.Entry{Kind: ledger.Forgone, Subject: w.ID, Application: p.application, At: d.now(),
		Signed:   ledger.Signed{Reason: w.Basis + " · " + w.Reason, ProposedBy: w.ProposedBy, Approved: w.DecidedBy},
		Postings: moved(ledger.Receivable(p.authority), p.authority, p.currency, gone, -1, ledger.Waived, ledger.DepositDue)})
	if err != nil || amount > 0 {
		return err
	}
	if p.voided > 0 { // its application was told that it was paid, before it was taken back
		return d.closeIncident(ctx, tx, p.id, incidentOver)
	}
	_, err = d.Acts.SystemAct(ctx, tx, SystemAct{
		Application: p.application, Node: p.node, Visit: p.visit, Action: "paid", Capacity: "gateway", Reference: p.id.String(), Key: "waived:" + w.ID.String(),
	})
	return err
}

// storeWaiver keeps what is waived beside the payment. A checkout that is open was opened for more: it is looked after as one beside the payment, and
// who pays there gets the rest back.
func storeWaiver(ctx context.Context, tx pgx.Tx, p payment, gone []activity.Line, left int64) error {
	all, err := json.Marshal(append(slices.Clone(p.waived), gone...))
	if err != nil {
		return err
	}
	if left == 0 {
		return run(ctx, tx, "UPDATE payment SET status = 'waived', waived = $2 WHERE id = $1", p.id, all)
	}
	return run(ctx, tx, `UPDATE payment SET waived = $2, asked = asked || amount, amount = $3, checkout = '', checkout_url = '',
		other_checkouts = other_checkouts || array_remove(ARRAY[checkout], '') WHERE id = $1`, p.id, all, left)
}

// Waivers are those about payments of an application, the latest first.
func (d *Desk) Waivers(ctx context.Context, application uuid.UUID) ([]Waiver, error) {
	list, err := d.proposedOf(ctx, application, Waiving)
	return each(list, err, waiver)
}

// WaiversWaiting are those of authorities that wait for somebody, the oldest first.
func (d *Desk) WaiversWaiting(ctx context.Context, authorities []string) ([]Waiver, error) {
	list, err := proposal.Waiting(ctx, d.Pool, []proposal.Kind{Waiving}, authorities)
	return each(list, err, waiver)
}

// letsOff tells views of the waivers that have happened.
func (d *Desk) letsOff(ctx context.Context, application uuid.UUID, views []View) error {
	list, err := d.Waivers(ctx, application)
	if err != nil {
		return err
	}
	for i := range views {
		for _, w := range list {
			if w.Subject == views[i].ID && w.Status == proposal.Approved {
				views[i].Waivers = append(views[i].Waivers, w)
			}
		}
	}
	return nil
}

func waiver(p proposal.Proposal) (Waiver, error) {
	detail, err := proposal.Said[waived](p)
	return Waiver{p, detail.Application, detail.Lines, detail.Basis}, err
}
