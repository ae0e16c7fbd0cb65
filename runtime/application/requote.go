package application

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Version is a service as it is, or would be.
type Version struct {
	Plan      *plan.Plan
	Reference *release.Reference
	Day       string // whose tariff counts, in the plan's zone
}

// Requoted is what the applications of a service would have cost by two versions of it, in minor units of the currency.
type Requoted struct {
	Looked  int // applications that were worked out by both
	Unknown int // that could not be: one of the versions asks what was not asked then
	Left    int // that were not looked at: there are more than were asked for
	Less    int // would have cost less
	More    int
	Before  int64
	After   int64
}

// requotePage is how many applications are read at once.
const requotePage = 500

// Requote works out what the applications of a service that were submitted since a moment would cost by each of two versions, the newest first and most at the
// most: their forms as last corrected, what registries answered then, and the tariff of each version's day. An application whose personal data were
// erased is not counted. It writes nothing, and ends with ctx.
func (b *Book) Requote(ctx context.Context, service string, since time.Time, most int, before, after Version) (out Requoted, err error) {
	programs := [2]*machine.Program{}
	versions := [2]Version{before, after}
	for i, v := range versions {
		if programs[i], err = machine.Load(v.Plan); err != nil {
			return out, err
		}
	}
	var total int
	if err := b.o.Pool.QueryRow(ctx, "SELECT count(*) FROM application WHERE service = $1 AND submitted_at >= $2 AND erased_at IS NULL", service, since).Scan(&total); err != nil {
		return out, err
	}
	last, at := uuid.Max, b.now().Add(time.Hour)
	for seen := 0; seen < most; {
		page, err := b.past(ctx, service, since, at, last, min(requotePage, most-seen))
		if err != nil || len(page) == 0 {
			return out.left(total), err
		}
		for _, p := range page {
			last, at = p.id, p.at
			seen++
			var totals [2]int64
			known := true
			for i, v := range versions {
				if totals[i], err = p.costs(programs[i], v); err != nil {
					known = false
				}
			}
			switch {
			case !known:
				out.Unknown++
				continue
			case totals[1] < totals[0]:
				out.Less++
			case totals[1] > totals[0]:
				out.More++
			}
			out.Looked++
			out.Before += totals[0]
			out.After += totals[1]
		}
	}
	return out.left(total), nil
}

func (r Requoted) left(total int) Requoted {
	r.Left = max(0, total-r.Looked-r.Unknown)
	return r
}

// pastOne is an application with what registries answered.
type pastOne struct {
	id                  uuid.UUID
	at                  time.Time
	form, facts, behalf map[string]json.RawMessage
	answers             map[string]pastAnswer // by node
}

type pastAnswer struct {
	Found bool            `json:"found"`
	Body  json.RawMessage `json:"body"`
}

func (b *Book) past(ctx context.Context, service string, since, at time.Time, last uuid.UUID, n int) ([]pastOne, error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT a.id, a.submitted_at, coalesce((SELECT f.form FROM application_form f WHERE f.application = a.id ORDER BY f.version DESC LIMIT 1), a.form),
		a.facts, a.behalf, (SELECT coalesce(jsonb_object_agg(w.node, jsonb_build_object('found', w.found, 'body', w.body)), '{}')
			FROM (SELECT DISTINCT ON (node) node, found, body FROM answer WHERE application = a.id ORDER BY node, visit DESC) w)
		FROM application a WHERE a.service = $1 AND a.submitted_at >= $2 AND a.erased_at IS NULL AND (a.submitted_at, a.id) < ($3, $4)
		ORDER BY a.submitted_at DESC, a.id DESC LIMIT $5`, service, since, at, last, n)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p pastOne, err error) {
		var form, facts, behalf, answers []byte
		if err := row.Scan(&p.id, &p.at, &form, &facts, &behalf, &answers); err != nil {
			return p, err
		}
		for _, part := range []struct {
			from []byte
			to   *map[string]json.RawMessage
		}{{form, &p.form}, {facts, &p.facts}, {behalf, &p.behalf}} {
			if *part.to, err = raw(part.from); err != nil {
				return p, err
			}
		}
		return p, json.Unmarshal(answers, &p.answers)
	})
}

// errUnasked: a version asks a registry what it was not asked then.
var errUnasked = errors.New("application: not asked then")

// costs is what the application would cost up to its first payment; nothing where it would end before.
func (p *pastOne) costs(program *machine.Program, v Version) (int64, error) {
	start, err := p.start(v)
	if err != nil {
		return 0, err
	}
	q, err := program.Quote(start, func(l activity.Lookup) (activity.Answer, error) {
		a, asked := p.answers[l.Node]
		if !asked {
			return activity.Answer{}, fmt.Errorf("%w: %s", errUnasked, l.Node)
		}
		kept, err := keep(a.Body, l.Keep)
		return activity.Answer{Facts: start.Facts, Found: a.Found, Values: kept}, err
	})
	return q.Total, err
}

// begin is with what the application would begin by a version of the service, but for the tariff.
func (p *pastOne) begin(v Version) activity.Start {
	return activity.Start{
		Interpreter: activity.Interpreter, Plan: v.Plan.Service, Applicant: uuid.Nil.String(), Reads: reads(v.Plan.Reads, p.form, p.facts, p.behalf),
		Facts: activity.Facts{At: p.at.UTC(), Calendar: v.Reference.CalendarSlice(p.at)},
	}
}

// start is begin with the tariff of the version's day.
func (p *pastOne) start(v Version) (s activity.Start, err error) {
	s = p.begin(v)
	switch {
	case v.Plan.Tariff == "":
	case v.Plan.TariffOn != "":
		s.Facts.Tariffs = v.Reference.TariffVersions(v.Plan.Tariff, v.Plan.TariffReads)
	default:
		s.Tariff, err = v.Reference.Tariff(v.Plan.Tariff, v.Day, v.Plan.TariffReads)
	}
	return s, err
}
