package application

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Counts is told what has happened, after it was committed. Its methods return at once. What is told twice because a process died in
// between is counted twice; the truth is in the tables.
type Counts interface {
	Started(service string)
	Ended(service, outcome string)
	Incident(service, reason string)
	Acted(code string) // "" = it took effect
	Asked(registry, operation, result string, took time.Duration)
}

type uncounted struct{}

func (uncounted) Started(string)                              {}
func (uncounted) Ended(string, string)                        {}
func (uncounted) Incident(string, string)                     {}
func (uncounted) Acted(string)                                {}
func (uncounted) Asked(string, string, string, time.Duration) {}

// count tells what a step that was applied now has brought about.
func (s *step) count() {
	counts := s.b.o.Counts
	if s.act != nil {
		counts.Acted("")
	}
	for _, reason := range s.incidents {
		counts.Incident(s.service, reason)
	}
	if s.a.Status == string(Ended) {
		counts.Ended(s.service, s.a.Outcome)
	}
}

// StepCount is how many applications and tasks stand at a step of a service.
type StepCount struct {
	Service, Step            string
	Open, Overdue, Incidents int
}

// Standing counts what is open, by service and step. It reads every application that has not ended.
func (b *Book) Standing(ctx context.Context) ([]StepCount, error) {
	at := map[[2]string]*StepCount{}
	of := func(service, step string) *StepCount {
		key := [2]string{service, step}
		if at[key] == nil {
			at[key] = &StepCount{Service: service, Step: step}
		}
		return at[key]
	}
	batch := &pgx.Batch{}
	batch.Queue("SELECT service, plan, node, count(*) FROM application WHERE status <> 'ended' GROUP BY service, plan, node").Query(func(rows pgx.Rows) error {
		var service, digest, node string
		var n int
		_, err := pgx.ForEachRow(rows, []any{&service, &digest, &node, &n}, func() error {
			of(service, b.step(digest, node)).Open += n
			return nil
		})
		return err
	})
	batch.Queue(`SELECT a.service, t.step, count(*) FILTER (WHERE t.overdue), count(*) FILTER (WHERE t.kind = 'incident')
		FROM task t JOIN application a ON a.id = t.application WHERE t.closed_at IS NULL AND (t.overdue OR t.kind = 'incident') GROUP BY a.service, t.step`).
		Query(func(rows pgx.Rows) error {
			var service, step string
			var overdue, incidents int
			_, err := pgx.ForEachRow(rows, []any{&service, &step, &overdue, &incidents}, func() error {
				c := of(service, step)
				c.Overdue, c.Incidents = c.Overdue+overdue, c.Incidents+incidents
				return nil
			})
			return err
		})
	if err := b.o.Pool.SendBatch(ctx, batch).Close(); err != nil {
		return nil, err
	}
	out := make([]StepCount, 0, len(at))
	for _, c := range at {
		out = append(out, *c)
	}
	return out, nil
}
