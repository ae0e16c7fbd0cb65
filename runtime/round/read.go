package round

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/round"
)

// Standing is where an application stands in its round.
type Standing struct {
	Opens, Closes string // YYYY-MM-DD
	Status        string // applied, waiting, placed, reserve, refused, taken, back, left
	Ranked        bool
	Reserve       int    // place on the reserve list, from 1; 0 = not on it
	Place         string // code of the quota whose place it has
}

// Standing tells where an application stands; ErrNotFound where it takes part in none. The caller has made sure that the reader may see it.
func (r *Rounds) Standing(ctx context.Context, application uuid.UUID) (s Standing, err error) {
	err = r.o.Pool.QueryRow(ctx, `SELECT r.opens, r.closes, e.status, r.status <> 'open', e.place,
			CASE e.status WHEN 'reserve' THEN (SELECT count(*) FROM round_entry o WHERE o.service = e.service AND o.opens = e.opens AND o.status = 'reserve' AND o.position <= e.position) ELSE 0 END
		FROM round_entry e JOIN round r USING (service, opens) WHERE e.application = $1`, application).
		Scan(&s.Opens, &s.Closes, &s.Status, &s.Ranked, &s.Place, &s.Reserve)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	return s, err
}

// Round is one round as officers see it.
type Round struct {
	Service, Opens, Closes, Authority string
	Plan                              string // digest of the plan whose terms count
	Status                            string // open, ranked, over
	RankedAt, OverAt                  *time.Time
	Entries                           map[string]int // how many stand where, by status
	Places, Reserve                   int
	Quotas                            []round.Quota
	Hash                              string // of the last link of the record, or ""
}

// Key names it.
func (r *Round) Key() activity.RoundKey {
	return activity.RoundKey{Service: r.Service, Opens: r.Opens}
}

// List gives the rounds of services of the authorities, the latest first; at most 200.
func (r *Rounds) List(ctx context.Context, authorities []string) ([]Round, error) {
	return r.list(ctx, "authority = ANY($1)", authorities)
}

// One gives a round of a service of one of the authorities; ErrNotFound.
func (r *Rounds) One(ctx context.Context, authorities []string, k activity.RoundKey) (*Round, error) {
	list, err := r.list(ctx, "authority = ANY($1) AND service = $2 AND opens = $3", authorities, k.Service, k.Opens)
	if err == nil && len(list) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func (r *Rounds) list(ctx context.Context, which string, args ...any) ([]Round, error) {
	rows, err := r.o.Pool.Query(ctx, `SELECT service, opens, closes, authority, plan, status, ranked_at, over_at,
		coalesce((SELECT encode(c.hash, 'hex') FROM round_record c WHERE c.service = r.service AND c.opens = r.opens ORDER BY c.number DESC LIMIT 1), ''),
		(SELECT coalesce(jsonb_object_agg(s.status, s.n), '{}') FROM (SELECT status, count(*) AS n FROM round_entry e WHERE e.service = r.service AND e.opens = r.opens GROUP BY status) s)
		FROM round r WHERE `+which+" ORDER BY opens DESC, service LIMIT 200", args...)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x Round, err error) {
		err = row.Scan(&x.Service, &x.Opens, &x.Closes, &x.Authority, &x.Plan, &x.Status, &x.RankedAt, &x.OverAt, &x.Hash, &x.Entries)
		return x, err
	})
	for i := range list {
		x := &list[i]
		digest := x.Plan
		pl, ok := r.o.Plan(digest)
		if x.Status == "open" {
			if now, _, err := r.terms(x.Key(), digest); err == nil {
				pl, ok, x.Closes = now, true, now.Round.Closes
			}
		}
		if ok && pl.Round != nil {
			t := termsOf(pl.Round)
			x.Places, x.Reserve, x.Quotas = t.Places, t.Reserve, t.Quotas
		}
	}
	return list, err
}

// Line is one application of a round.
type Line struct {
	Position    int // 0 before the ranking
	Application uuid.UUID
	Reference   string
	SubmittedAt time.Time
	Rank, Tie   string
	Quotas      []string
	Given       string // what the ranking gave; "" before it
	Place       string // quota whose place it was given
	Why         string
	Status      string // where it stands now
}

// Ranked gives the next lines of a ranking behind a position, at most n. The caller has asked One.
func (r *Rounds) Ranked(ctx context.Context, k activity.RoundKey, after, n int) ([]Line, error) {
	return r.lines(ctx, `SELECT g.position, g.application, g.reference, g.submitted_at, g.rank, g.tie, g.quotas, g.outcome, g.place, g.why, e.status
		FROM round_rank g JOIN round_entry e USING (application) WHERE g.service = $1 AND g.opens = $2 AND g.position > $3 ORDER BY g.position LIMIT $4`, k.Service, k.Opens, after, n)
}

// OnTheWay lists, the earliest first, those for whom the ranking waits. The caller has asked One.
func (r *Rounds) OnTheWay(ctx context.Context, k activity.RoundKey, n int) ([]Line, error) {
	return r.lines(ctx, `SELECT 0, application, reference, submitted_at, '', '', '{}'::text[], '', '', '', status FROM round_entry
		WHERE service = $1 AND opens = $2 AND status = 'applied' ORDER BY submitted_at, application LIMIT $3`, k.Service, k.Opens, n)
}

func (r *Rounds) lines(ctx context.Context, query string, args ...any) ([]Line, error) {
	rows, err := r.o.Pool.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Line])
}

// Verify works the whole of a round's record out again: the chain holds, the ranking gives what was given from what was ranked, and every place that
// was handed back has gone to whoever was next. The error says which link does not hold. Where someone has left the reserve list by themselves the
// record does not say it; Verify takes their leaving from where they stand now.
func (r *Rounds) Verify(ctx context.Context, k activity.RoundKey) error {
	var lines []Line
	for after := 0; ; {
		page, err := r.Ranked(ctx, k, after, 10_000)
		if err != nil {
			return err
		}
		if lines = append(lines, page...); len(page) == 0 {
			break
		}
		after = page[len(page)-1].Position
	}
	rows, err := r.o.Pool.Query(ctx, "SELECT number, kind, body, hash FROM round_record WHERE service = $1 AND opens = $2 ORDER BY number", k.Service, k.Opens)
	if err != nil {
		return err
	}
	type link struct {
		Number     int
		Kind       string
		Body, Hash []byte
	}
	links, err := pgx.CollectRows(rows, pgx.RowToStructByPos[link])
	if err != nil {
		return err
	}
	if len(links) == 0 && len(lines) == 0 {
		return nil
	}
	var before []byte
	var reserve []round.Waiting
	left := map[string]bool{} // who has gone from the list by themselves, at a time of which the record knows nothing
	for i, l := range links {
		if l.Number != i+1 || !bytes.Equal(round.Chain(before, l.Body), l.Hash) {
			return fmt.Errorf("link %d of the record does not follow from the one before", l.Number)
		}
		before = l.Hash
		if (l.Kind == "ranked") != (i == 0) {
			return fmt.Errorf("link %d is out of its order", l.Number)
		}
		switch l.Kind {
		case "ranked":
			if err := rankedAgain(l.Body, lines); err != nil {
				return err
			}
			for _, x := range lines {
				if x.Given == round.Reserve {
					reserve = append(reserve, round.Waiting{Application: x.Application.String(), Quotas: x.Quotas})
					left[x.Application.String()] = x.Status == "left"
				}
			}
		case "handed-back":
			var body handedBody
			if err := json.Unmarshal(l.Body, &body); err != nil {
				return err
			}
			for {
				j := round.Next(body.Place, reserve)
				if j < 0 && body.To == "" || j >= 0 && reserve[j].Application == body.To {
					if j >= 0 {
						reserve = append(reserve[:j:j], reserve[j+1:]...)
					}
					break
				}
				if j < 0 || !left[reserve[j].Application] {
					return fmt.Errorf("link %d: the place has gone to somebody else than the next", l.Number)
				}
				reserve = append(reserve[:j:j], reserve[j+1:]...)
			}
		}
	}
	return nil
}

// rankedAgain ranks again what was ranked.
func rankedAgain(body []byte, lines []Line) error {
	var said rankedBody
	if err := json.Unmarshal(body, &said); err != nil {
		return err
	}
	entries := make([]round.Entry, len(lines))
	for i, l := range lines {
		entries[len(lines)-1-i] = round.Entry{Application: l.Application.String(), Rank: l.Rank, Tie: l.Tie, Quotas: l.Quotas, At: l.SubmittedAt.UTC()}
		if len(l.Quotas) == 0 {
			entries[len(lines)-1-i].Quotas = nil
		}
	}
	given, err := round.Rank(said.Terms, entries)
	if err != nil {
		return err
	}
	digest, err := round.Digest(given)
	if err != nil {
		return err
	}
	if hex.EncodeToString(digest) != said.Digest || len(given) != said.Applications {
		return errors.New("the ranking gives something else than what was given")
	}
	for i, g := range given {
		if l := lines[i]; g.Application != l.Application.String() || g.Outcome != l.Given || g.Place != l.Place || g.Why != l.Why {
			return fmt.Errorf("line %d was given something else", l.Position)
		}
	}
	return nil
}
