package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/appointment"
	"github.com/diwan-gov/diwan/runtime/delivery"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/runtime/round"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// Applications, payments and documents do not know each other: each declares what it needs in words of its own, and these are the only
// places where one's words become another's.

// Payments is a payment desk as applications see it.
type Payments struct{ Desk *payment.Desk }

// Assess is application.Payments.
func (p Payments) Assess(ctx context.Context, tx pgx.Tx, r application.AssessRequest) error {
	return p.Desk.Assess(ctx, tx, payment.AssessRequest(r))
}

// Cancel is application.Payments.
func (p Payments) Cancel(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int) error {
	return p.Desk.Cancel(ctx, tx, application, node, visit)
}

// Postpone is application.Payments.
func (p Payments) Postpone(ctx context.Context, tx pgx.Tx, application uuid.UUID, dues []activity.NewDue) error {
	return p.Desk.Postpone(ctx, tx, application, dues)
}

// Refund is application.Payments.
func (p Payments) Refund(ctx context.Context, tx pgx.Tx, application uuid.UUID, outcome string, lines []activity.LineRefund, at time.Time) error {
	return p.Desk.Refund(ctx, tx, application, outcome, lines, at)
}

// PayOut is application.Payments.
func (p Payments) PayOut(ctx context.Context, tx pgx.Tx, r application.PayOutRequest) error {
	return p.Desk.PayOut(ctx, tx, payment.PayOutRequest(r))
}

// Settle is application.Payments.
func (p Payments) Settle(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int, s activity.Settlement, at time.Time) error {
	return p.Desk.Settle(ctx, tx, application, node, visit, s, at)
}

// Refused is application.Payments.
func (p Payments) Refused(ctx context.Context, tx pgx.Tx, application uuid.UUID, reference, code string) error {
	return p.Desk.Refused(ctx, tx, application, reference, code)
}

// Acts is a book of applications as the payment desk sees it. The book is made after the desk and set here, since each needs the other.
type Acts struct{ Book *application.Book }

// SystemAct is payment.Acts.
func (a *Acts) SystemAct(ctx context.Context, tx pgx.Tx, s payment.SystemAct) (uuid.UUID, error) {
	return a.Book.SystemAct(ctx, tx, application.SystemAct{
		Application: s.Application, Node: s.Node, Visit: s.Visit, Action: s.Action, Capacity: s.Capacity, Reference: s.Reference, Key: s.Key,
	})
}

// Documents is an archive as applications see it. Of a right that a paper proves the register tells.
type Documents struct {
	Archive  *document.Archive
	Delivery *delivery.Deliveries
	Register *right.Register
}

// Claim is application.Documents.
func (d Documents) Claim(ctx context.Context, tx pgx.Tx, owner, id uuid.UUID, uploads []uuid.UUID) error {
	err := d.Archive.Claim(ctx, tx, owner, id, uploads)
	if errors.Is(err, document.ErrNotFound) {
		return application.ErrNotFound
	}
	return err
}

// Issue is application.Documents.
func (d Documents) Issue(ctx context.Context, tx pgx.Tx, r application.IssueRequest) error {
	var proved document.Right
	if r.Document.Proves != "" {
		var err error
		if proved.Number, proved.Suspended, err = d.Register.GivenIn(ctx, tx, r.Application, r.Document.Proves); err != nil {
			return err
		}
	}
	id, err := d.Archive.Issue(ctx, tx, document.IssueRequest{
		Application: r.Application, Reference: r.Reference, Service: r.Service, Authority: r.Authority, Language: r.Language, Zone: r.Zone,
		Node: r.Node, Visit: r.Visit, Document: r.Document, Text: r.Text, Deliver: r.Deliver, At: r.At, Right: proved,
		Print: func(number string) (document.Paper, error) {
			p, err := r.Print(number)
			return document.Paper(p), err
		},
	})
	offer := delivery.Offer{Paper: id, Application: r.Application, Authority: r.Authority, Kept: r.Kept, At: r.At}
	if err == nil && slices.Contains(r.Deliver, delivery.PickUp) {
		err = d.Delivery.Offer(ctx, tx, offer)
	}
	if err == nil && slices.Contains(r.Deliver, delivery.ByPost) {
		err = d.Delivery.OfferPost(ctx, tx, offer)
	}
	if err == nil && slices.Contains(r.Deliver, delivery.ByEmail) {
		err = d.Delivery.OfferLink(ctx, tx, offer)
	}
	return err
}

// Revoke is application.Documents.
func (d Documents) Revoke(ctx context.Context, tx pgx.Tx, r application.RevokeRequest) error {
	return d.Archive.Revoke(ctx, tx, r.Document, document.Cause{Application: r.Application, Node: r.Node, Visit: r.Visit, At: r.At, Because: r.Because})
}

// Rights is the register of rights as applications see it. Payments holds deposits with them.
type Rights struct {
	Register *right.Register
	Payments *payment.Desk
}

// Change is application.Rights. What a change of the right means for the deposits that are held with it is done before it is told to the
// application: where that fails, the change is asked for again, and is made once all the same.
func (r Rights) Change(ctx context.Context, q application.RightRequest) (string, error) {
	number, err := r.Register.Change(ctx, right.Request(q))
	if err != nil || q.What == right.Granted {
		return number, err
	}
	from, err := r.Register.GrantedBy(ctx, number)
	if err == nil {
		_, err = r.Payments.RightChanged(ctx, from, q.Right)
	}
	return number, err
}

// standing is how the right of that code stands that an application has granted: in force where one of several is.
func standing(register *right.Register) func(ctx context.Context, application uuid.UUID, code string) (string, error) {
	return func(ctx context.Context, application uuid.UUID, code string) (status string, err error) {
		entries, err := register.GrantedIn(ctx, application, code)
		for _, e := range entries {
			if status = e.Status; status == right.Valid || status == right.Suspended {
				break
			}
		}
		return status, err
	}
}

// Held is application.Rights.
func (r Rights) Held(ctx context.Context, number string) (application.HeldRight, error) {
	h, err := r.Register.Held(ctx, number)
	if errors.Is(err, right.ErrNotFound) {
		err = application.ErrNotFound
	}
	return application.HeldRight(h), err
}

// HeldAfter is application.Rights.
func (r Rights) HeldAfter(ctx context.Context, code, after string, n int) ([]application.HeldRight, error) {
	list, err := r.Register.HeldAfter(ctx, code, after, n)
	out := make([]application.HeldRight, len(list))
	for i, h := range list {
		out[i] = application.HeldRight(h)
	}
	return out, err
}

// Appointments is a diary as applications see it.
type Appointments struct{ *appointment.Diary }

// Take is application.Appointments.
func (a Appointments) Take(ctx context.Context, tx pgx.Tx, r application.SlotRequest) (time.Time, bool, error) {
	return a.Diary.Take(ctx, tx, appointment.Wish(r))
}

// Rounds are rounds as applications see them.
type Rounds struct{ *round.Rounds }

// Join is application.Rounds.
func (r Rounds) Join(ctx context.Context, tx pgx.Tx, e application.Entrant) error {
	err := r.Rounds.Join(ctx, tx, round.Entrant(e))
	if errors.Is(err, round.ErrClosed) {
		return fmt.Errorf("%w: the round is not open", application.ErrNotOpen)
	}
	return err
}

// Standing is application.Rounds.
func (r Rounds) Standing(ctx context.Context, id uuid.UUID) (application.Standing, error) {
	s, err := r.Rounds.Standing(ctx, id)
	if errors.Is(err, round.ErrNotFound) {
		err = application.ErrNotFound
	}
	return application.Standing(s), err
}

// Give is round.Acts.
func (a *Acts) Give(ctx context.Context, tx pgx.Tx, g round.Gift) error {
	_, err := a.Book.SystemAct(ctx, tx, application.SystemAct{
		Application: g.Application, Node: g.Node, Visit: g.Visit, Action: g.Outcome, Capacity: machine.Rounds, Key: g.Key,
	})
	return err
}
