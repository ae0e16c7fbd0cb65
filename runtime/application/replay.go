package application

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Replayed is what another version of a service would make of the applications that there were: counts and codes, nothing of a case.
type Replayed struct {
	Looked   int // applications whose own plan goes their way again
	Unknown  int // whose own does not, such as one that was moved from plan to plan: nothing can be said
	Left     int // that were not looked at: there are more than were asked for
	Same     int // of Looked, would go the same way and come to the same
	Partings []Counted[machine.Parting]

	Open      int // of Looked, those that have not ended
	Movable   int // of them, could go on by the other version from where they are
	Obstacles []Counted[activity.Obstacle]
}

// Counted is something that holds of several applications.
type Counted[T any] struct {
	What  T
	Count int
}

// mostKinds is how many kinds of partings and obstacles are told, the most frequent ones.
const mostKinds = 20

// replayPage is how many applications are read at once.
const replayPage = 100

// Replay takes the applications of a service that were submitted since a moment, the newest first and most at the most, through another version of
// it, as they were lived through: what was sent, decided, paid and answered, when it was. It says how many would have gone the same way and where the
// others part, and how many of those that are open could be moved. An application whose personal data were erased is not counted. It writes
// nothing, asks no registry and no workflow, and ends with ctx.
func (b *Book) Replay(ctx context.Context, service string, since time.Time, most int, to Version) (out Replayed, err error) {
	program, err := machine.Load(to.Plan)
	if err != nil {
		return out, err
	}
	var total int
	if err := b.o.Pool.QueryRow(ctx, "SELECT count(*) FROM application WHERE service = $1 AND submitted_at >= $2 AND erased_at IS NULL AND status <> 'received'", service, since).Scan(&total); err != nil {
		return out, err
	}
	partings, obstacles := map[machine.Parting]int{}, map[activity.Obstacle]int{}
	last, at := uuid.Max, b.now().Add(time.Hour)
	for seen := 0; seen < most; {
		page, err := b.lives(ctx, service, since, at, last, min(replayPage, most-seen))
		if err != nil {
			return out, err
		}
		if len(page) == 0 {
			break
		}
		for _, l := range page {
			if err := ctx.Err(); err != nil {
				return out, err
			}
			last, at = l.id, l.at
			seen++
			b.replay(l, program, to, &out, partings, obstacles)
		}
	}
	out.Left = max(0, total-out.Looked-out.Unknown)
	out.Partings, out.Obstacles = ranked(partings), ranked(obstacles)
	return out, nil
}

func ranked[T comparable](counts map[T]int) (out []Counted[T]) {
	for what, n := range counts {
		out = append(out, Counted[T]{what, n})
	}
	text := func(v T) string { b, _ := json.Marshal(v); return string(b) }
	slices.SortFunc(out, func(a, b Counted[T]) int { return cmp.Or(b.Count-a.Count, cmp.Compare(text(a.What), text(b.What))) })
	return out[:min(len(out), mostKinds)]
}

// replay adds one application to what is told.
func (b *Book) replay(l *life, program *machine.Program, to Version, out *Replayed, partings map[machine.Parting]int, obstacles map[activity.Obstacle]int) {
	own, known := b.o.Releases.Program(l.plan)
	if !known {
		out.Unknown++
		return
	}
	was, err := b.again(l, own)
	if err != nil {
		out.Unknown++
		return
	}
	start, err := l.start(to)
	if err != nil {
		out.Unknown++
		return
	}
	other, err := b.history(l, to, start)
	if err != nil {
		out.Unknown++
		return
	}
	out.Looked++
	state, parting := program.Replay(other)
	if parting == nil {
		parting = program.Compare(state, own, was)
	}
	if parting == nil {
		out.Same++
	} else {
		partings[*parting]++
	}
	if was.Status == machine.Ended {
		return
	}
	out.Open++
	move := activity.Move{Facts: other.Know(b.now()), Reads: reads(to.Plan.Reads, l.latest, l.facts, l.behalf), Tariff: other.Start.Tariff}
	_, _, hindered, _ := own.Migrate(was, program, move)
	if len(hindered) == 0 {
		out.Movable++
	}
	for _, o := range hindered {
		obstacles[o]++
	}
}

// errOtherwise: by its own plan, an application does not come to where it is.
var errOtherwise = errors.New("application: what is kept of it does not lead to where it is")

// again is where an application stands by its own plan. It holds for what is kept of it: where that does not lead to where it is, nothing can be said.
func (b *Book) again(l *life, own *machine.Program) (s machine.State, err error) {
	v := Version{Plan: own.Plan(), Reference: b.o.Releases.Reference()}
	start := l.begin(v)
	if start.Tariff, start.Facts.Tariffs, err = storedTariff(v.Plan, l.tariff); err != nil {
		return s, err
	}
	h, err := b.history(l, v, start)
	if err != nil {
		return s, err
	}
	s, parting := own.Replay(h)
	if parting != nil || !l.reached(own, s) {
		return s, errOtherwise
	}
	return s, nil
}

// life is all that is kept of an application.
type life struct {
	pastOne
	applicant     uuid.UUID
	plan          string
	status        Status
	node, outcome string
	endedAt       *time.Time
	latest        map[string]json.RawMessage // the form as it is now; pastOne.form is as it was sent first
	tariff        []byte
	acts          []livedAct
	visits        map[visited]answeredThen
}

// livedAct is an act that took effect, and what it brought.
type livedAct struct {
	activity.Act
	data []byte
}

type visited struct {
	node  string
	visit int
}

type answeredThen struct {
	pastAnswer
	at time.Time
}

// reached tells whether a replay has come to where the application is.
func (l *life) reached(p *machine.Program, s machine.State) bool {
	return string(l.status) == string(s.Status) && l.outcome == s.Outcome && (l.status == Ended || l.node == p.Key(s))
}

// lives reads a page of applications with what they lived through.
func (b *Book) lives(ctx context.Context, service string, since, at time.Time, last uuid.UUID, n int) ([]*life, error) {
	rows, err := b.o.Pool.Query(ctx, `SELECT a.id, a.submitted_at, coalesce((SELECT f.form FROM application_form f WHERE f.application = a.id ORDER BY f.version LIMIT 1), a.form),
		a.form, a.facts, a.behalf, a.applicant, a.plan, a.status, a.node, a.outcome, a.ended_at, a.tariff
		FROM application a WHERE a.service = $1 AND a.submitted_at >= $2 AND a.erased_at IS NULL AND a.status <> 'received' AND (a.submitted_at, a.id) < ($3, $4)
		ORDER BY a.submitted_at DESC, a.id DESC LIMIT $5`, service, since, at, last, n)
	if err != nil {
		return nil, err
	}
	byID := map[uuid.UUID]*life{}
	var ids []uuid.UUID
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*life, error) {
		l := &life{visits: map[visited]answeredThen{}}
		var first, now, facts, behalf []byte
		if err := row.Scan(&l.id, &l.at, &first, &now, &facts, &behalf, &l.applicant, &l.plan, &l.status, &l.node, &l.outcome, &l.endedAt, &l.tariff); err != nil {
			return nil, err
		}
		byID[l.id], ids = l, append(ids, l.id)
		for _, part := range []struct {
			from []byte
			to   *map[string]json.RawMessage
		}{{first, &l.form}, {now, &l.latest}, {facts, &l.facts}, {behalf, &l.behalf}} {
			var err error
			if *part.to, err = raw(part.from); err != nil {
				return nil, err
			}
		}
		return l, nil
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if err := b.livedActs(ctx, ids, byID); err != nil {
		return nil, err
	}
	return list, b.livedAnswers(ctx, ids, byID)
}

func (b *Book) livedActs(ctx context.Context, ids []uuid.UUID, byID map[uuid.UUID]*life) error {
	rows, err := b.o.Pool.Query(ctx, `SELECT c.application, c.id::text, c.node, c.visit, c.revision, c.action, c.actor, c.capacities, c.comment <> '', c.reference, c.at,
			coalesce(e.data, c.data), coalesce(e.about, ''),
			coalesce((SELECT i.number FROM task t JOIN invitation i ON i.task = t.id WHERE t.application = c.application AND t.node = c.node AND t.visit = c.visit), '')
		FROM act c LEFT JOIN event e ON c.actor = $2 AND e.id::text = c.reference
		WHERE c.application = ANY ($1) AND c.result = '' ORDER BY c.application, c.sequence, c.at`, ids, events)
	if err != nil {
		return err
	}
	var id uuid.UUID
	var a livedAct
	var number string
	_, err = pgx.ForEachRow(rows, []any{&id, &a.ID, &a.Node, &a.Visit, &a.Revision, &a.Action, &a.Actor, &a.Capacities, &a.Comment, &a.Reference, &a.Facts.At, &a.data, &a.About, &number}, func() error {
		one := a
		one.Capacities = named(a.Capacities, number)
		byID[id].acts = append(byID[id].acts, one)
		return nil
	})
	return err
}

func (b *Book) livedAnswers(ctx context.Context, ids []uuid.UUID, byID map[uuid.UUID]*life) error {
	rows, err := b.o.Pool.Query(ctx, "SELECT application, node, visit, found, body, at FROM answer WHERE application = ANY ($1)", ids)
	if err != nil {
		return err
	}
	var id uuid.UUID
	var v visited
	var a answeredThen
	_, err = pgx.ForEachRow(rows, []any{&id, &v.node, &v.visit, &a.Found, &a.Body, &a.at}, func() error {
		byID[id].visits[v] = a
		return nil
	})
	return err
}

// history is what was lived through, as a version of the service reads it.
func (b *Book) history(l *life, v Version, start activity.Start) (h machine.History, err error) {
	facts := func(at time.Time) activity.Facts {
		f := activity.Facts{At: at.UTC(), Calendar: v.Reference.CalendarSlice(at)}
		if v.Plan.TariffOn != "" {
			f.Tariffs = v.Reference.TariffVersions(v.Plan.Tariff, v.Plan.TariffReads)
		}
		return f
	}
	start.Application, start.Applicant = l.id.String(), l.applicant.String()
	h.Start = start
	h.Know, h.Until = facts, b.now()
	if l.endedAt != nil {
		h.Until = *l.endedAt
	}
	for _, lived := range l.acts {
		act := lived.Act
		act.Facts = facts(act.Facts.At)
		if lived.data != nil {
			filled, err := raw(lived.data)
			if err != nil {
				return h, err
			}
			act.Reads = bringing(v.Plan, &act, filled)
		}
		h.Acts = append(h.Acts, act)
	}
	h.Answer = func(asked activity.Lookup) (activity.Answer, bool) {
		if asked.Do == activity.Authority { // nothing is kept of it
			_, found := v.Reference.Authority(asked.Subject)
			return activity.Answer{Facts: activity.Facts{At: l.at}, Found: found}, true
		}
		then, known := l.visits[visited{asked.Node, asked.Visit}]
		if !known {
			return activity.Answer{}, false
		}
		kept, err := keep(then.Body, asked.Keep)
		return activity.Answer{Facts: facts(then.at), Found: then.Found, Values: kept}, err == nil
	}
	return h, nil
}

// bringing is what an act brings, as a plan reads it.
func bringing(pl *plan.Plan, act *activity.Act, filled map[string]json.RawMessage) map[string]json.RawMessage {
	switch n := nodeOf(pl, act.Node); {
	case act.Actor == events:
		return heard(pl, act.Action, filled)
	case act.Actor == started:
		return brought(pl, act.Node, filled)
	case n != nil && n.Own() != nil:
		return ownReads(pl, n, filled)
	}
	return reads(pl.Reads, filled, nil, nil)
}
