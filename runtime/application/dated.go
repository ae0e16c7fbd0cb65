package application

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/plan"
)

const (
	rightsAtOnce = 1000 // rights that are looked at for a new trigger in one transaction
	daysAtOnce   = 200  // days that are taken up at once
)

// rightDay is a day on which a right begins a service.
type rightDay struct{ number, service, trigger, day string }

// dated is a trigger of the current release by a day of a right. Its key says what it is, so that it stays itself when triggers are added before
// it, and is another one when its day is.
type dated struct {
	live  *release.Live
	index int
	key   string
}

// dated lists those for a kind of right, "" for every kind.
func (b *Book) dated(right string) (out []dated) {
	for _, live := range b.o.Releases.Services() {
		times := map[string]int{}
		for i := range live.Plan.Triggers {
			t := &live.Plan.Triggers[i]
			if t.Right == "" || live.Plan.Closed {
				continue
			}
			said := t.Right + "\x00" + t.On
			times[said]++
			if right == "" || t.Right == right {
				sum := sha256.Sum256([]byte(said + "\x00" + strconv.Itoa(times[said])))
				out = append(out, dated{live, i, hex.EncodeToString(sum[:8])})
			}
		}
	}
	return out
}

// RightChanged works out the days on which a right begins services, in the transaction in which it was granted or changed. A day that has passed
// already begins its service at once. What cannot be worked out is told to the operator and does not hold up the change.
func (b *Book) RightChanged(ctx context.Context, tx pgx.Tx, h HeldRight) error {
	triggers := b.dated(h.Code)
	if len(triggers) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, "DELETE FROM right_day WHERE number = $1 AND done_at IS NULL", h.Number); err != nil {
		return err
	}
	for _, t := range triggers {
		if err := b.addDay(ctx, tx, t, h, ""); err != nil {
			return err
		}
	}
	return nil
}

// addDay writes down when a right begins a service, where it does; not for a day before from.
func (b *Book) addDay(ctx context.Context, tx pgx.Tx, t dated, h HeldRight, from string) error {
	begun, starts, refused, err := b.worked(t.live, t.index, h.Facts)
	if refused != "" {
		b.o.Log.Error("application: no day can be worked out of a right", "service", t.live.Service, "trigger", t.index+1, "reason", refused)
	}
	if err != nil || !starts || !begun.On.Valid() || begun.On.String() < from {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO right_day (number, service, trigger, day) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", h.Number, t.live.Service, t.key, begun.On.String())
	return err
}

// scanned is how far the rights that are there have been looked at for a trigger.
type scanned struct {
	through string
	done    bool
}

// LookAtRights works out the days of the rights that were there before a release brought a trigger, a bounded number at a time, and says whether
// there are more. Of them, days that have passed begin nothing: a new trigger is no reason to write to everybody of the last ten years. Where no
// release has brought or taken one, which is nearly always, it is one query.
func (b *Book) LookAtRights(ctx context.Context) (more bool, err error) {
	now := b.dated("")
	known, err := b.scanned(ctx)
	if err != nil {
		return false, err
	}
	there := 0
	for _, t := range now {
		s, is := known[[2]string{t.live.Service, t.key}]
		if is {
			there++
		}
		if !s.done {
			return true, b.scan(ctx, t, s.through)
		}
	}
	if there == len(known) {
		return false, nil
	}
	return false, b.forgetTriggers(ctx, now)
}

// scanned are the triggers of which is known how far the rights have been looked at, by service and key.
func (b *Book) scanned(ctx context.Context) (map[[2]string]scanned, error) {
	rows, err := b.o.Pool.Query(ctx, "SELECT service, trigger, through, done_at IS NOT NULL FROM right_scan")
	if err != nil {
		return nil, err
	}
	out := map[[2]string]scanned{}
	var key [2]string
	var s scanned
	_, err = pgx.ForEachRow(rows, []any{&key[0], &key[1], &s.through, &s.done}, func() error { out[key] = s; return nil })
	return out, err
}

// scan looks at the next rights for a trigger, after the one with the number through.
func (b *Book) scan(ctx context.Context, t dated, through string) error {
	code := t.live.Plan.Triggers[t.index].Right
	held, err := b.o.Rights.HeldAfter(ctx, code, through, rightsAtOnce)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, b.o.Pool, func(tx pgx.Tx) error {
		for _, h := range held {
			if err := b.addDay(ctx, tx, t, h, b.today(t.live.Plan)); err != nil {
				return err
			}
			through = h.Number
		}
		_, err := tx.Exec(ctx, `INSERT INTO right_scan (service, trigger, code, through, done_at) VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN $6::timestamptz END)
			ON CONFLICT (service, trigger) DO UPDATE SET through = EXCLUDED.through, done_at = EXCLUDED.done_at`,
			t.live.Service, t.key, code, through, len(held) < rightsAtOnce, b.now())
		return err
	})
}

// forgetTriggers drops what triggers wait for that are no more. One that comes back is looked at anew.
func (b *Book) forgetTriggers(ctx context.Context, now []dated) error {
	keys := make([]string, 0, len(now))
	for _, t := range now {
		keys = append(keys, t.live.Service+" "+t.key)
	}
	_, err := b.o.Pool.Exec(ctx, `WITH gone AS (DELETE FROM right_scan WHERE service || ' ' || trigger <> ALL($1) RETURNING service, trigger)
		DELETE FROM right_day d USING gone g WHERE d.service = g.service AND d.trigger = g.trigger AND d.done_at IS NULL`, keys)
	return err
}

func (b *Book) today(pl *plan.Plan) string {
	zone, err := time.LoadLocation(pl.Zone)
	if err != nil {
		zone = time.UTC
	}
	return b.now().In(zone).Format(time.DateOnly)
}

// BeginDue begins what the days of rights begin that have come, and says how many it has looked at. What cannot be begun for good is written
// down and told to the operator; what could not be looked at now stays for the next time and holds up nothing else. Run it in one process.
func (b *Book) BeginDue(ctx context.Context) (n int, err error) {
	zone, err := time.LoadLocation(b.o.Releases.Reference().Zone)
	if err != nil {
		return 0, err
	}
	today := b.now().In(zone).Format(time.DateOnly)
	var failed error
	for last := (rightDay{}); ; {
		rows, err := b.o.Pool.Query(ctx, `SELECT number, service, trigger, day FROM right_day
			WHERE done_at IS NULL AND day <= $1 AND (day, number, service, trigger) > ($2, $3, $4, $5) ORDER BY day, number, service, trigger LIMIT $6`,
			today, last.day, last.number, last.service, last.trigger, daysAtOnce)
		if err != nil {
			return n, err
		}
		due, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d rightDay, err error) {
			return d, row.Scan(&d.number, &d.service, &d.trigger, &d.day)
		})
		if err != nil {
			return n, err
		}
		for i := range due {
			n++
			result, err := b.beginDay(ctx, &due[i])
			if err == nil {
				_, err = b.o.Pool.Exec(ctx, "UPDATE right_day SET done_at = $5, result = $6 WHERE number = $1 AND service = $2 AND trigger = $3 AND day = $4",
					due[i].number, due[i].service, due[i].trigger, due[i].day, b.now(), result)
			}
			if err != nil {
				failed = err
			}
			if ctx.Err() != nil {
				return n, ctx.Err()
			}
			last = due[i]
		}
		if len(due) < daysAtOnce {
			return n, failed
		}
	}
}

// beginDay begins what a day of a right begins, once.
func (b *Book) beginDay(ctx context.Context, d *rightDay) (result string, err error) {
	h, err := b.o.Rights.Held(ctx, d.number)
	if errors.Is(err, ErrNotFound) {
		return "no-right", nil
	}
	if err != nil {
		return "", err
	}
	for _, t := range b.dated(h.Code) {
		if t.live.Service != d.service || t.key != d.trigger {
			continue
		}
		begun, starts, refused, err := b.worked(t.live, t.index, h.Facts)
		if err != nil {
			return "", err
		}
		if refused == "" && (!starts || begun.On.String() != d.day) {
			return "not-now", nil // it has ended, or another day has come of it
		}
		if refused == "" {
			key := "right " + d.number + " " + d.service + " " + d.trigger + " " + d.day
			refused, err = b.beginWith(ctx, beginning{right: d, at: b.now(), key: key}, t.live, t.index, begun)
			if err != nil {
				return "", err
			}
		}
		if refused != "" {
			b.o.Log.Error("application: a day of a right did not begin what it should", "right", d.number, "service", d.service, "trigger", t.index+1, "reason", refused)
			return "refused", nil
		}
		return "begun", nil
	}
	return "no-trigger", nil
}
