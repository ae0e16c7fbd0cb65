package application

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// SlotTaken is the code of an act that asked for a slot in which no place is left.
const SlotTaken = "slot-taken"

const appointmentTask = "appointment"

// books tells whether the act books an appointment, or another one in the place of the one that is booked. Both are the applicant's to do, also
// while the task is that of the officers who expect the applicant.
func (t targeted) books(actor Actor, action string) bool {
	return t.kind == appointmentTask && action == machine.Book && actor.Kind == Applicant && t.own
}

// takeSlot takes a place in the slot for an act that was just stored; false where none is left.
func (b *Book) takeSlot(ctx context.Context, tx pgx.Tx, row *actRow, slot uuid.UUID) (free bool, err error) {
	wish := SlotRequest{Act: row.id, Slot: slot, Application: row.application, Node: row.node, Visit: row.visit, At: row.at}
	if err = tx.QueryRow(ctx, "SELECT reference, service FROM application WHERE id = $1", row.application).Scan(&wish.Reference, &wish.Service); err != nil {
		return false, err
	}
	starts, free, err := b.o.Appointments.Take(ctx, tx, wish)
	switch {
	case err != nil:
		return false, err
	case !free:
		_, err = tx.Exec(ctx, "UPDATE act SET result = $2 WHERE id = $1", row.id, SlotTaken)
		return false, err
	}
	_, err = tx.Exec(ctx, "UPDATE act SET reference = $2 WHERE id = $1", row.id, starts.Format(time.RFC3339))
	return err == nil, err
}

// settleSlot says what closing a task means for the appointment that was booked by it.
func (s *step) settleSlot(ctx context.Context, e *activity.Effect) error {
	if e.Outcome == machine.Book && s.act != nil {
		return s.b.o.Appointments.Confirm(ctx, s.tx, s.id, e.Node, e.Visit, s.act.id)
	}
	return s.b.o.Appointments.Settle(ctx, s.tx, s.id, e.Node, e.Visit, e.Outcome)
}

// appoints tells whether the node is an appointment.
func (s *step) appoints(node string) bool {
	n := s.b.node(s.digest, node)
	return n != nil && n.Kind == plan.Appointment
}
