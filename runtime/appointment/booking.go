package appointment

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Wish is a slot that an act asks for.
type Wish struct {
	Act           uuid.UUID
	Slot          uuid.UUID
	Application   uuid.UUID
	Reference     string
	Service, Node string
	Visit         int
	At            time.Time
}

// Take takes a place in a slot, in the transaction in which the act is stored, and tells when it begins; free is false where there is none left,
// it has begun, or it is of another step. The place is held until Settle or Release says what came of the act.
func (d *Diary) Take(ctx context.Context, tx pgx.Tx, w Wish) (starts time.Time, free bool, err error) {
	// The row lock lets one after the other in, and each sees what the one before has left.
	err = tx.QueryRow(ctx, `UPDATE slot SET taken = taken + 1
		WHERE id = $1 AND service = $2 AND node = $3 AND starts_at > $4 AND NOT closed AND taken < capacity RETURNING starts_at`,
		w.Slot, w.Service, w.Node, w.At).Scan(&starts)
	if errors.Is(err, pgx.ErrNoRows) {
		return starts, false, nil
	}
	if err != nil {
		return starts, false, wrap(err)
	}
	_, err = tx.Exec(ctx, "INSERT INTO booking (act, slot, application, reference, node, visit, status, at) VALUES ($1, $2, $3, $4, $5, $6, 'asked', $7)",
		w.Act, w.Slot, w.Application, w.Reference, w.Node, w.Visit, w.At)
	return starts.UTC(), err == nil, wrap(err)
}

// Release gives back what an act has asked for and did not get, because it was refused.
func (d *Diary) Release(ctx context.Context, tx pgx.Tx, act uuid.UUID) error {
	return giveBack(ctx, tx, "released", "act = $2 AND status = 'asked'", act)
}

// Confirm says that an act has taken effect: its slot is booked, and the one that was booked before is free again.
func (d *Diary) Confirm(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int, act uuid.UUID) error {
	if err := giveBack(ctx, tx, "moved", "application = $2 AND node = $3 AND visit = $4 AND status = 'booked'", application, node, visit); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "UPDATE booking SET status = 'booked' WHERE act = $1 AND status = 'asked'", act)
	return wrap(err)
}

// Settle says what became of the appointment of a step: attended, missed, or anything else where it is called off and its place is free again.
func (d *Diary) Settle(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int, outcome string) error {
	if outcome != "attended" && outcome != "missed" {
		return giveBack(ctx, tx, "released", "application = $2 AND node = $3 AND visit = $4 AND status = 'booked'", application, node, visit)
	}
	_, err := tx.Exec(ctx, "UPDATE booking SET status = $4 WHERE application = $1 AND node = $2 AND visit = $3 AND status = 'booked'", application, node, visit, outcome)
	return wrap(err)
}

// giveBack ends bookings with a status and frees their places.
func giveBack(ctx context.Context, tx pgx.Tx, status, where string, args ...any) error {
	_, err := tx.Exec(ctx, `WITH given AS (UPDATE booking SET status = $1 WHERE `+where+` RETURNING slot)
		UPDATE slot SET taken = taken - n FROM (SELECT slot, count(*) AS n FROM given GROUP BY slot) g WHERE slot.id = g.slot`, append([]any{status}, args...)...)
	return wrap(err)
}
