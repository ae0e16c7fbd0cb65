package round

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Entrant is an application that takes part.
type Entrant struct {
	Application uuid.UUID
	Reference   string
	Service     string
	Authority   string
	Digest      string // of its plan
	Plan        *plan.Plan
	At          time.Time
}

// Join lets an application take part, with its submission. ErrClosed on a day on which nobody can.
func (r *Rounds) Join(ctx context.Context, tx pgx.Tx, e Entrant) error {
	k := activity.RoundKey{Service: e.Service, Opens: e.Plan.Round.Opens}
	if !Open(e.Plan, e.At) {
		return ErrClosed
	}
	tag, err := tx.Exec(ctx, `INSERT INTO round (service, opens, closes, authority, plan) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		k.Service, k.Opens, e.Plan.Round.Closes, e.Authority, e.Digest)
	if err != nil {
		return err
	}
	if tag.RowsAffected() == 1 {
		if err := wake(ctx, tx, k); err != nil {
			return err
		}
	}
	// Whoever ranks has the row alone, so nobody comes in between.
	var status string
	if err := tx.QueryRow(ctx, "SELECT status FROM round WHERE service = $1 AND opens = $2 FOR SHARE", k.Service, k.Opens).Scan(&status); err != nil {
		return err
	}
	if status != "open" {
		return ErrClosed
	}
	_, err = tx.Exec(ctx, "INSERT INTO round_entry (application, service, opens, reference, plan, submitted_at) VALUES ($1, $2, $3, $4, $5, $6)",
		e.Application, k.Service, k.Opens, e.Reference, e.Digest, e.At)
	return err
}

// Open tells whether one may apply at an instant, by the days of the plan's round; true where it has none.
func Open(pl *plan.Plan, at time.Time) bool {
	if pl.Round == nil {
		return true
	}
	zone, err := time.LoadLocation(pl.Zone)
	if err != nil {
		return false
	}
	day := at.In(zone).Format(time.DateOnly)
	return pl.Round.Opens <= day && day <= pl.Round.Closes
}

// Waits says that an application has come to the step, and with what. Who comes there after the ranking, as one that was sent back does, is
// given nothing, and hands back what it had.
func (r *Rounds) Waits(ctx context.Context, tx pgx.Tx, application uuid.UUID, node string, visit int, with activity.Rank) error {
	var k activity.RoundKey
	var status, closes, digest string
	err := tx.QueryRow(ctx, `SELECT r.service, r.opens, r.status, r.closes, r.plan FROM round r JOIN round_entry e USING (service, opens)
		WHERE e.application = $1 FOR SHARE OF r`, application).Scan(&k.Service, &k.Opens, &status, &closes, &digest)
	if err != nil {
		return fmt.Errorf("round: %w", err)
	}
	if status == "open" {
		_, err = tx.Exec(ctx, "UPDATE round_entry SET status = 'waiting', node = $2, visit = $3, rank = $4, tie = $5, quotas = coalesce($6, '{}'::text[]) WHERE application = $1",
			application, node, visit, with.Rank, with.Tie, with.Quotas)
		if err != nil || !r.closed(k, closes, digest) {
			return err
		}
	} else if _, err = tx.Exec(ctx, `UPDATE round_entry SET node = $2, visit = $3, untold = 'refused', status = CASE status WHEN 'placed' THEN 'back' ELSE 'refused' END
		WHERE application = $1`, application, node, visit); err != nil {
		return err
	}
	return wake(ctx, tx, k)
}

// closed tells whether the closing day is over.
func (r *Rounds) closed(k activity.RoundKey, closes, digest string) bool {
	pl, _, err := r.terms(k, digest)
	if err != nil {
		return false
	}
	at, err := over(closes, pl.Zone)
	return err == nil && !r.now().Before(at)
}

// unused are the ends with which a place was not used.
var unused = []string{"refused", "lapsed", "withdrawn"}

// Left says that an application has gone on from the step by an outcome of the step (ended is false), or that it has ended. A place that was not
// accepted, and one whose application ends refused, lapsed or withdrawn, is handed back.
func (r *Rounds) Left(ctx context.Context, tx pgx.Tx, application uuid.UUID, ended bool, outcome string) error {
	back := slices.Contains(unused, outcome)
	if !ended && !back {
		return nil
	}
	var k activity.RoundKey
	var status, before string
	err := tx.QueryRow(ctx, `
		UPDATE round_entry e SET status = CASE
				WHEN was.status IN ('applied', 'waiting', 'reserve') AND $2 THEN 'left'
				WHEN was.status = 'placed' AND $3 THEN 'back'
				WHEN was.status = 'placed' AND $2 THEN 'taken'
				ELSE was.status END,
			untold = CASE WHEN $2 THEN '' ELSE e.untold END
		FROM (SELECT application, status FROM round_entry WHERE application = $1 FOR UPDATE) was
		WHERE e.application = was.application RETURNING e.service, e.opens, e.status, was.status`, application, ended, back).
		Scan(&k.Service, &k.Opens, &status, &before)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // it began before its service had rounds
	}
	if err != nil || status == before {
		return err
	}
	// Whoever was on its way may have been the last one for whom the ranking waits. A place that was used may have been the last one too.
	if before == "waiting" {
		return nil
	}
	return wake(ctx, tx, k)
}

// keyOf reads the subject of a message.
func keyOf(subject string) (k activity.RoundKey, err error) {
	parts := strings.Split(subject, "/")
	if len(parts) != 4 || parts[0] != "round" {
		return k, fmt.Errorf("round: %q", subject)
	}
	return activity.RoundKey{Service: parts[1], Opens: parts[2]}, nil
}
