package application

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// Expired is an application that is kept no longer.
type Expired struct {
	ID                 uuid.UUID
	Service, Authority string
	Rule               string // 5 years after end
	EndedAt            time.Time
}

// keptBy is what the definition of a service says, and the last end that is over by it.
type keptBy struct {
	service, rule string
	until         time.Time
}

// expired are ended applications a that are kept no longer by the rules of $1 and $2, and of which nothing is open. A case that has started another one,
// or was started by one, waits for it.
const expired = `unnest($1::text[], $2::timestamptz[]) AS k (service, until) JOIN application a ON a.service = k.service AND a.ended_at <= k.until
	WHERE a.status = 'ended' AND a.erased_at IS NULL
		AND NOT EXISTS (SELECT FROM task t WHERE t.application = a.id AND t.closed_at IS NULL)
		AND NOT EXISTS (SELECT FROM application o WHERE (o.id = a.parent OR o.parent = a.id) AND o.status <> 'ended')`

// Expired gives at most limit applications whose time is over, behind one of them in their order. Rule is "" of one that may be reopened still: it waits.
// The definition of today says how long a service keeps its cases, and that of the case where the service is no longer in the catalogue.
func (b *Book) Expired(ctx context.Context, after Expired, limit int) ([]Expired, error) {
	rules, err := b.rules(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := b.o.Pool.Query(ctx, `SELECT a.id, a.service, a.authority, a.ended_at, a.plan, a.outcome FROM `+expired+`
		AND (a.service, a.ended_at, a.id) > ($3, $4, $5) ORDER BY a.service, a.ended_at, a.id LIMIT $6`,
		rules.services(), rules.untils(), after.Service, after.EndedAt, after.ID, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Expired, err error) {
		var digest, outcome string
		err = row.Scan(&e.ID, &e.Service, &e.Authority, &e.EndedAt, &digest, &outcome)
		if e.Rule = rules.of(e.Service); b.mayReopen(digest, outcome, e.EndedAt) {
			e.Rule = ""
		}
		return e, err
	})
}

// mostExpired bounds what CountExpired counts.
const mostExpired = 100_000

// CountExpired counts the applications whose time is over, up to mostExpired.
func (b *Book) CountExpired(ctx context.Context) (n int, err error) {
	rules, err := b.rules(ctx)
	if err != nil {
		return 0, err
	}
	err = b.o.Pool.QueryRow(ctx, `SELECT count(*) FROM (SELECT FROM `+expired+` LIMIT $3) x`, rules.services(), rules.untils(), mostExpired).Scan(&n)
	return n, err
}

type rules []keptBy

func (r rules) services() (all []string) {
	for _, k := range r {
		all = append(all, k.service)
	}
	return all
}

func (r rules) untils() (all []time.Time) {
	for _, k := range r {
		all = append(all, k.until)
	}
	return all
}

func (r rules) of(service string) string {
	for _, k := range r {
		if k.service == service {
			return k.rule
		}
	}
	return ""
}

// rules are those of the services that have ended applications.
func (b *Book) rules(ctx context.Context) (all rules, err error) {
	const ended = "FROM application WHERE status = 'ended' AND erased_at IS NULL"
	rows, err := b.o.Pool.Query(ctx, `WITH RECURSIVE s AS (SELECT min(service) AS service `+ended+`
			UNION ALL SELECT (SELECT min(service) `+ended+` AND service > s.service) FROM s WHERE s.service IS NOT NULL)
		SELECT s.service, (SELECT texts `+ended+` AND service = s.service ORDER BY ended_at DESC LIMIT 1) FROM s WHERE s.service IS NOT NULL`)
	if err != nil {
		return nil, err
	}
	type one struct{ Service, Texts string }
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[one])
	if err != nil {
		return nil, err
	}
	now := b.now()
	for _, s := range list {
		rule := ""
		if live, ok := b.o.Releases.Service(s.Service); ok {
			rule = live.Texts.Keep
		} else if texts, ok := b.o.Releases.Texts(s.Texts); ok {
			rule = texts.Keep
		}
		if d, ok := catalog.ParseKeep(rule); ok { // without a rule nothing is erased
			all = append(all, keptBy{s.Service, rule, before(now, d)})
		}
	}
	return all, nil
}

// before is the instant d before now. It may be a day too early in the calendar, never too late: nothing is erased before its time.
func before(now time.Time, d catalog.Duration) time.Time {
	switch d.Unit {
	case catalog.Years:
		return clipped(now, -12*d.Count)
	case catalog.Months:
		return clipped(now, -d.Count)
	case catalog.Weeks:
		return now.AddDate(0, 0, -7*d.Count)
	}
	return now.AddDate(0, 0, -d.Count)
}

// clipped goes by months and stays in the month to which it comes, where AddDate goes on into the next.
func clipped(now time.Time, months int) time.Time {
	first := time.Date(now.Year(), now.Month(), 1, now.Hour(), now.Minute(), now.Second(), now.Nanosecond(), now.Location()).AddDate(0, months, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(now.Day(), last)-1)
}

// mayReopen tells whether an application may be taken up again still.
func (b *Book) mayReopen(digest, outcome string, ended time.Time) bool {
	pl, ok := b.o.Releases.Plan(digest)
	if !ok || pl.Reopen == nil || !slices.Contains(pl.Reopen.Outcomes, outcome) {
		return false
	}
	zone, err := time.LoadLocation(pl.Zone)
	if err != nil {
		return false
	}
	until, err := machine.After(pl.Reopen.Within, ended, zone, b.o.Releases.Reference().CalendarSlice(ended))
	return err == nil && b.now().Before(until)
}
