package round

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/round"
)

const (
	tellAtOnce = 500           // applications that hear of what they are given in one transaction
	most       = 1_000_000     // applications of one round
	lookAgain  = 6 * time.Hour // for somebody who should have woken the round
)

// Advance is the activity activity.AdvanceName: it does the next part of a round's work and says what is next. It may be tried again at any
// point, and two at once do nothing twice.
func (r *Rounds) Advance(ctx context.Context, k activity.RoundKey) (next activity.RoundNext, err error) {
	var status string
	err = r.o.Pool.QueryRow(ctx, "SELECT status FROM round WHERE service = $1 AND opens = $2", k.Service, k.Opens).Scan(&status)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return activity.RoundNext{Over: true}, nil // of a database that was restored to before it
	case err != nil:
	case status == "open":
		next, err = r.rank(ctx, k)
	default:
		next, err = r.goOn(ctx, k, status)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", k.ID(), err)
	}
	return next, err
}

// rank ranks all who take part, once the closing day is over and everybody has come to the step.
func (r *Rounds) rank(ctx context.Context, k activity.RoundKey) (next activity.RoundNext, err error) {
	given := []round.Given(nil)
	err = postgres.InTx(ctx, r.o.Pool, func(tx pgx.Tx) error {
		next, given = activity.RoundNext{}, nil
		var digest, status string
		if err := tx.QueryRow(ctx, "SELECT plan, status FROM round WHERE service = $1 AND opens = $2 FOR UPDATE", k.Service, k.Opens).Scan(&digest, &status); err != nil {
			return err
		}
		if status != "open" {
			next.More = true
			return nil
		}
		pl, digest, err := r.terms(k, digest)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE round SET closes = $3, plan = $4 WHERE service = $1 AND opens = $2 AND (closes, plan) <> ($3, $4)", k.Service, k.Opens, pl.Round.Closes, digest); err != nil {
			return err
		}
		at, err := over(pl.Round.Closes, pl.Zone)
		if err != nil {
			return err
		}
		now := r.now()
		if now.Before(at) {
			next.Wait = at.Sub(now)
			return nil
		}
		onTheWay := 0
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM round_entry WHERE service = $1 AND opens = $2 AND status = 'applied'", k.Service, k.Opens).Scan(&onTheWay); err != nil {
			return err
		}
		if onTheWay > 0 {
			next.Wait = lookAgain
			return nil
		}
		lines, err := waiting(ctx, tx, k)
		if err != nil {
			return err
		}
		entries := make([]round.Entry, 0, len(lines))
		for _, l := range lines {
			entries = append(entries, l.Entry)
		}
		terms := termsOf(pl.Round)
		if given, err = round.Rank(terms, entries); err != nil {
			return err
		}
		next.More = true
		return r.write(ctx, tx, k, rankedBody{Plan: digest, Closes: pl.Round.Closes, Terms: terms}, lines, given, now)
	})
	if err == nil && given != nil {
		for _, outcome := range []string{round.Placed, round.Reserve, round.Refused} {
			n := 0
			for i := range given {
				if given[i].Outcome == outcome {
					n++
				}
			}
			r.o.Counts.Placed(k.Service, outcome, n)
		}
	}
	return next, err
}

// line is one who waits.
type line struct {
	round.Entry
	id        uuid.UUID
	reference string
	plan      string
}

func waiting(ctx context.Context, tx pgx.Tx, k activity.RoundKey) ([]line, error) {
	rows, err := tx.Query(ctx, `SELECT application, reference, plan, rank, tie, quotas, submitted_at FROM round_entry
		WHERE service = $1 AND opens = $2 AND status = 'waiting' LIMIT $3`, k.Service, k.Opens, most+1)
	if err != nil {
		return nil, err
	}
	lines, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (l line, err error) {
		err = row.Scan(&l.id, &l.reference, &l.plan, &l.Rank, &l.Tie, &l.Quotas, &l.At)
		l.Application, l.At = l.id.String(), l.At.UTC()
		return l, err
	})
	if err == nil && len(lines) > most {
		err = fmt.Errorf("more than %d applications", most)
	}
	return lines, err
}

// rankedBody is the record of a ranking. The digest is of the lines in round_rank.
type rankedBody struct {
	Plan         string      `json:"plan"`
	Closes       string      `json:"closes"`
	Terms        round.Terms `json:"terms"`
	Applications int         `json:"applications"`
	Digest       string      `json:"digest"`
}

// write stores what was given, and lets whoever was placed or refused be told.
func (r *Rounds) write(ctx context.Context, tx pgx.Tx, k activity.RoundKey, body rankedBody, lines []line, given []round.Given, now time.Time) error {
	of := make(map[string]*line, len(lines))
	for i := range lines {
		of[lines[i].Application] = &lines[i]
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"round_rank"},
		[]string{"service", "opens", "position", "application", "reference", "plan", "submitted_at", "rank", "tie", "quotas", "outcome", "place", "why"},
		pgx.CopyFromSlice(len(given), func(i int) ([]any, error) {
			g := &given[i]
			l := of[g.Application]
			quotas := g.Quotas
			if quotas == nil {
				quotas = []string{}
			}
			return []any{k.Service, k.Opens, g.Position, l.id, l.reference, l.plan, g.At, g.Rank, g.Tie, quotas, g.Outcome, g.Place, g.Why}, nil
		}))
	if err != nil {
		return err
	}
	digest, err := round.Digest(given)
	if err != nil {
		return err
	}
	body.Applications, body.Digest = len(given), hex.EncodeToString(digest)
	if err := record(ctx, tx, k, "ranked", body, now); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE round_entry e SET status = g.outcome, position = g.position, place = g.place, untold = CASE g.outcome WHEN 'reserve' THEN '' ELSE g.outcome END
		FROM round_rank g WHERE g.service = $1 AND g.opens = $2 AND e.application = g.application`, k.Service, k.Opens); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE round SET status = 'ranked', ranked_at = $3 WHERE service = $1 AND opens = $2", k.Service, k.Opens, now)
	return err
}

// record adds a link to the chain of a round. The caller has the row of the round alone.
func record(ctx context.Context, tx pgx.Tx, k activity.RoundKey, kind string, body any, at time.Time) error {
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	var number int
	var before []byte
	err = tx.QueryRow(ctx, "SELECT number, hash FROM round_record WHERE service = $1 AND opens = $2 ORDER BY number DESC LIMIT 1", k.Service, k.Opens).Scan(&number, &before)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	_, err = tx.Exec(ctx, "INSERT INTO round_record (service, opens, number, kind, body, hash, at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		k.Service, k.Opens, number+1, kind, b, round.Chain(before, b), at)
	return err
}

// goOn tells who was given something, hands on what was handed back, and ends the round.
func (r *Rounds) goOn(ctx context.Context, k activity.RoundKey, status string) (activity.RoundNext, error) {
	told, err := r.tell(ctx, k)
	if err != nil || told > 0 {
		return activity.RoundNext{More: true}, err
	}
	if status == "over" {
		return activity.RoundNext{Over: true}, nil
	}
	return r.handOn(ctx, k)
}

// tell lets the next applications hear what they are given. That it is told is written down with it; an act has its key, so that it is told once.
func (r *Rounds) tell(ctx context.Context, k activity.RoundKey) (n int, err error) {
	rows, err := r.o.Pool.Query(ctx, "SELECT application, node, visit, untold FROM round_entry WHERE service = $1 AND opens = $2 AND untold <> '' ORDER BY application LIMIT $3", k.Service, k.Opens, tellAtOnce)
	if err != nil {
		return 0, err
	}
	gifts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (g Gift, err error) {
		err = row.Scan(&g.Application, &g.Node, &g.Visit, &g.Outcome)
		g.Key = k.Opens + " " + g.Node + " " + strconv.Itoa(g.Visit) + " " + g.Outcome
		return g, err
	})
	if err != nil || len(gifts) == 0 {
		return 0, err
	}
	err = postgres.InTx(ctx, r.o.Pool, func(tx pgx.Tx) error {
		for _, g := range gifts {
			if err := r.o.Acts.Give(ctx, tx, g); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "UPDATE round_entry SET untold = '' WHERE application = $1 AND untold = $2 AND visit = $3", g.Application, g.Outcome, g.Visit); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		r.o.Wake()
	}
	return len(gifts), err
}

// handedBody is the record of a place that was handed back, and of who has it now.
type handedBody struct {
	Application string `json:"application"`
	Place       string `json:"place,omitempty"`
	To          string `json:"to,omitempty"`
}

// handOn gives what was handed back to the reserve list. Once every place was used, or nobody waits, the round is over.
func (r *Rounds) handOn(ctx context.Context, k activity.RoundKey) (next activity.RoundNext, err error) {
	moved := 0
	err = postgres.InTx(ctx, r.o.Pool, func(tx pgx.Tx) error {
		next, moved = activity.RoundNext{}, 0
		if _, err := tx.Exec(ctx, "SELECT FROM round WHERE service = $1 AND opens = $2 FOR UPDATE", k.Service, k.Opens); err != nil {
			return err
		}
		now := r.now()
		rows, err := tx.Query(ctx, `SELECT application, place FROM round_entry WHERE service = $1 AND opens = $2 AND status = 'back' AND NOT handed_on ORDER BY position LIMIT $3`, k.Service, k.Opens, tellAtOnce)
		if err != nil {
			return err
		}
		type freed struct {
			Application uuid.UUID
			Place       string
		}
		back, err := pgx.CollectRows(rows, pgx.RowToStructByPos[freed])
		if err != nil {
			return err
		}
		reserve, err := reserveOf(ctx, tx, k)
		if err != nil {
			return err
		}
		for _, b := range back {
			body := handedBody{Application: b.Application.String(), Place: b.Place}
			if i := round.Next(b.Place, reserve); i >= 0 {
				body.To = reserve[i].Application
				reserve = append(reserve[:i:i], reserve[i+1:]...)
				moved++
				tag, err := tx.Exec(ctx, "UPDATE round_entry SET status = 'placed', place = $2, untold = 'placed' WHERE application = $1 AND status = 'reserve'", body.To, b.Place)
				if err != nil {
					return err
				}
				if tag.RowsAffected() == 0 {
					return errors.New("who was to move up has left meanwhile") // tried again
				}
			}
			if _, err := tx.Exec(ctx, "UPDATE round_entry SET handed_on = true WHERE application = $1", b.Application); err != nil {
				return err
			}
			if err := record(ctx, tx, k, "handed-back", body, now); err != nil {
				return err
			}
		}
		if len(back) > 0 {
			next.More = true
			return nil
		}
		var placed int
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM round_entry WHERE service = $1 AND opens = $2 AND status = 'placed'", k.Service, k.Opens).Scan(&placed); err != nil {
			return err
		}
		if placed > 0 && len(reserve) > 0 {
			next.Wait = lookAgain
			return nil
		}
		next.More = true
		if _, err := tx.Exec(ctx, "UPDATE round_entry SET status = 'refused', untold = 'reserve' WHERE service = $1 AND opens = $2 AND status = 'reserve'", k.Service, k.Opens); err != nil {
			return err
		}
		if err := record(ctx, tx, k, "over", struct {
			Reserve int `json:"reserve"`
		}{len(reserve)}, now); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE round SET status = 'over', over_at = $3 WHERE service = $1 AND opens = $2", k.Service, k.Opens, now)
		return err
	})
	if moved > 0 && err == nil {
		r.o.Counts.Placed(k.Service, "moved-up", moved)
	}
	return next, err
}

func reserveOf(ctx context.Context, tx pgx.Tx, k activity.RoundKey) ([]round.Waiting, error) {
	rows, err := tx.Query(ctx, "SELECT application::text, quotas FROM round_entry WHERE service = $1 AND opens = $2 AND status = 'reserve' ORDER BY position", k.Service, k.Opens)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[round.Waiting])
}

// Look wakes every round that has something to do and does not do it: whose release has moved its closing day, whose workflow was lost, or that a
// restored database has and Temporal has not. Run it now and then.
func (r *Rounds) Look(ctx context.Context) error {
	rows, err := r.o.Pool.Query(ctx, `SELECT r.service, r.opens, r.closes, r.plan, r.status <> 'open'
		AND (EXISTS (SELECT FROM round_entry e WHERE e.service = r.service AND e.opens = r.opens AND e.untold <> '')
			OR EXISTS (SELECT FROM round_entry e WHERE e.service = r.service AND e.opens = r.opens AND e.status = 'back' AND NOT e.handed_on))
		FROM round r WHERE r.status <> 'over' ORDER BY r.service, r.opens LIMIT 1000`)
	if err != nil {
		return err
	}
	type live struct {
		Service, Opens, Closes, Plan string
		Owes                         bool
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[live])
	if err != nil {
		return err
	}
	for _, l := range list {
		k := activity.RoundKey{Service: l.Service, Opens: l.Opens}
		pl, _, err := r.terms(k, l.Plan)
		if err != nil {
			r.o.Log.Error("round: it cannot go on", "service", k.Service, "opens", k.Opens, "error", err)
			continue
		}
		if l.Owes || pl.Round.Closes != l.Closes {
			if err := r.signal(ctx, k); err != nil {
				return err
			}
		}
	}
	return nil
}
