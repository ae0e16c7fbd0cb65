// Package migration moves open applications of a service to the plan of the current release, on purpose: proposed by one, looked at
// application by application in a dry run, approved by another, then carried out with a report.
//
// It owns the tables migration and migration_item. Whether an application can be moved is the machine's to say, and moving it is the book's;
// nothing here reads a form. An application that cannot be moved stays and finishes by its own plan.
//
//	id, err := m.Propose(ctx, me, "transport.driving-licence.renew")   // the dry run begins
//	report, err := m.Report(ctx, id)
//	err = m.Approve(ctx, somebodyElse, id)                              // what can be moved is moved
package migration

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/sync/errgroup"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/postgres"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// Errors of migrations.
var (
	ErrNotFound = errors.New("no such migration, or no such service")
	ErrUnderway = errors.New("a migration of this service is under way")
	ErrFourEyes = errors.New("who proposed a migration does not approve it")
	ErrTooEarly = errors.New("not every application has been looked at yet")
	ErrOver     = errors.New("the migration is over or approved already")
	ErrOutdated = errors.New("another release of the service is live: call the migration off and propose it again")
)

// Book is what moves applications.
type Book interface {
	Unmoved(ctx context.Context, service, digest string, after uuid.UUID, n int) ([]uuid.UUID, error)
	Movable(ctx context.Context, id uuid.UUID, digest string) (activity.MoveResult, error)
	Move(ctx context.Context, id uuid.UUID, digest string) (activity.MoveResult, error)
	// References are the numbers by which people call applications.
	References(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]string, error)
}

// Options of Migrations; all must be given.
type Options struct {
	Pool *pgxpool.Pool
	Book Book
	Plan func(service string) (digest, authority string, ok bool) // of the current release
	Now  func() time.Time
	Log  *slog.Logger
}

// Migrations is the capability. Its methods are safe for parallel use, also in several processes.
type Migrations struct{ o Options }

// New makes it. Run it in one process at least.
func New(o Options) *Migrations { return &Migrations{o} }

const (
	page         = 1000
	parallel     = 8               // applications that are looked at or moved at once
	mostAttempts = 5               // after which an application that cannot be asked is left alone
	pause        = 2 * time.Second // between two looks for work
	retryAfter   = 20 * time.Second
)

// Report is how a migration stands.
type Report struct {
	ID         uuid.UUID      `json:"id"`
	Service    string         `json:"service"`
	Plan       string         `json:"plan"` // digest
	ProposedBy uuid.UUID      `json:"proposedBy"`
	ApprovedBy *uuid.UUID     `json:"approvedBy,omitempty"`
	ProposedAt time.Time      `json:"proposedAt"`
	ApprovedAt *time.Time     `json:"approvedAt,omitempty"`
	EndedAt    *time.Time     `json:"endedAt,omitempty"`
	Items      map[string]int `json:"items"`               // applications by status
	Obstacles  []Reason       `json:"obstacles,omitempty"` // the most frequent first
	Notes      []Reason       `json:"notes,omitempty"`     // what those that can be moved would miss
}

// CalledOff tells whether it has ended before all was moved that could be.
func (r *Report) CalledOff() bool {
	return r.EndedAt != nil && (r.ApprovedAt == nil || r.Items[Unchecked]+r.Items[Movable] > 0)
}

// Reason is an obstacle or a note, of how many applications, and one of them.
type Reason struct {
	activity.Obstacle
	Count   int       `json:"count"`
	Example uuid.UUID `json:"example"`
}

// The statuses of applications in a migration.
const (
	Unchecked   = "unchecked"
	Movable     = "movable"
	Hindered    = "hindered" // it stays on its plan
	Moved       = "moved"
	Ended       = "ended" // meanwhile, by itself
	Unreachable = "unreachable"
)

// Case is an application in a migration.
type Case struct {
	Application uuid.UUID
	Reference   string
	Obstacles   []activity.Obstacle
	Notes       []activity.Obstacle
}

// Propose begins a dry run over the open applications of a service that go by an older plan. ErrUnderway while another one has not ended.
func (m *Migrations) Propose(ctx context.Context, by uuid.UUID, service string) (id uuid.UUID, err error) {
	digest, authority, ok := m.o.Plan(service)
	if !ok {
		return id, ErrNotFound
	}
	id = uuid.New()
	err = postgres.InTx(ctx, m.o.Pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO migration (id, service, plan, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5)", id, service, digest, by, m.o.Now().UTC())
		if postgres.Unique(err, "migration_open") {
			return ErrUnderway
		}
		if err != nil {
			return err
		}
		for after := uuid.Nil; ; {
			list, err := m.o.Book.Unmoved(ctx, service, digest, after, page)
			if err != nil {
				return err
			}
			if len(list) > 0 {
				after = list[len(list)-1]
				if _, err := tx.Exec(ctx, "INSERT INTO migration_item (migration, application) SELECT $1, unnest($2::uuid[])", id, list); err != nil {
					return err
				}
			}
			if len(list) < page {
				return audit.Record(ctx, tx, audit.Entry{Authority: authority, Actor: by.String(), Action: "propose-migration", Subject: service, Detail: map[string]string{"migration": id.String()}})
			}
		}
	})
	return id, err
}

// Approve lets what can be moved be moved. It needs another person than the one who proposed it, and a dry run that is through.
func (m *Migrations) Approve(ctx context.Context, by, id uuid.UUID) error {
	return postgres.InTx(ctx, m.o.Pool, func(tx pgx.Tx) error {
		var proposer uuid.UUID
		var service, digest string
		var over bool
		var unchecked int
		err := tx.QueryRow(ctx, `SELECT proposed_by, service, plan, ended_at IS NOT NULL OR approved_at IS NOT NULL,
			(SELECT count(*) FROM migration_item WHERE migration = $1 AND status = 'unchecked') FROM migration WHERE id = $1 FOR UPDATE`, id).
			Scan(&proposer, &service, &digest, &over, &unchecked)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return ErrNotFound
		case err != nil:
			return err
		case over:
			return ErrOver
		case proposer == by:
			return ErrFourEyes
		case unchecked > 0:
			return ErrTooEarly
		}
		live, authority, _ := m.o.Plan(service)
		if live != digest { // a migration to what is no longer live was looked at by nobody
			return ErrOutdated
		}
		if _, err := tx.Exec(ctx, "UPDATE migration SET approved_by = $2, approved_at = $3 WHERE id = $1", id, by, m.o.Now().UTC()); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE migration_item SET attempts = 0 WHERE migration = $1", id); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Authority: authority, Actor: by.String(), Action: "approve-migration", Subject: service, Detail: map[string]string{"migration": id.String()}})
	})
}

// CallOff ends a migration. What was moved stays moved.
func (m *Migrations) CallOff(ctx context.Context, by, id uuid.UUID) error {
	return postgres.InTx(ctx, m.o.Pool, func(tx pgx.Tx) error {
		var service string
		err := tx.QueryRow(ctx, "UPDATE migration SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL RETURNING service", id, m.o.Now().UTC()).Scan(&service)
		if errors.Is(err, pgx.ErrNoRows) {
			return ErrNotFound
		}
		if err != nil {
			return err
		}
		_, authority, _ := m.o.Plan(service)
		return audit.Record(ctx, tx, audit.Entry{Authority: authority, Actor: by.String(), Action: "call-off-migration", Subject: service, Detail: map[string]string{"migration": id.String()}})
	})
}

// Waiting is how many open applications of a service go by an older plan than the live one's, a thousand at most.
func (m *Migrations) Waiting(ctx context.Context, service string) (int, error) {
	digest, _, ok := m.o.Plan(service)
	if !ok {
		return 0, ErrNotFound
	}
	list, err := m.o.Book.Unmoved(ctx, service, digest, uuid.Nil, page)
	return len(list), err
}

// mostReports is how many migrations of a service are told.
const mostReports = 10

// Of are the migrations of a service, the newest first, ten at most.
func (m *Migrations) Of(ctx context.Context, service string) (out []*Report, err error) {
	rows, err := m.o.Pool.Query(ctx, "SELECT id FROM migration WHERE service = $1 ORDER BY proposed_at DESC, id LIMIT $2", service, mostReports)
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	for _, id := range ids {
		r, err := m.Report(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, err
}

// Cases are applications of a migration with a status, in the order of their IDs, behind one of them.
func (m *Migrations) Cases(ctx context.Context, id uuid.UUID, status string, after uuid.UUID, most int) ([]Case, error) {
	rows, err := m.o.Pool.Query(ctx, `SELECT application, obstacles, notes FROM migration_item WHERE migration = $1 AND status = $2 AND application > $3 ORDER BY application LIMIT $4`,
		id, status, after, most)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Case, err error) {
		return c, row.Scan(&c.Application, &c.Obstacles, &c.Notes)
	})
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(list))
	for i, c := range list {
		ids[i] = c.Application
	}
	references, err := m.o.Book.References(ctx, ids)
	for i := range list {
		list[i].Reference = references[list[i].Application]
	}
	return list, err
}

// Report says how a migration stands.
func (m *Migrations) Report(ctx context.Context, id uuid.UUID) (*Report, error) {
	r := &Report{ID: id, Items: map[string]int{}}
	err := m.o.Pool.QueryRow(ctx, "SELECT service, plan, proposed_by, approved_by, proposed_at, approved_at, ended_at FROM migration WHERE id = $1", id).
		Scan(&r.Service, &r.Plan, &r.ProposedBy, &r.ApprovedBy, &r.ProposedAt, &r.ApprovedAt, &r.EndedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	rows, err := m.o.Pool.Query(ctx, "SELECT status, count(*) FROM migration_item WHERE migration = $1 GROUP BY status", id)
	if err != nil {
		return nil, err
	}
	var status string
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&status, &n}, func() error { r.Items[status] = n; return nil }); err != nil {
		return nil, err
	}
	for column, into := range map[string]*[]Reason{"obstacles": &r.Obstacles, "notes": &r.Notes} {
		rows, err := m.o.Pool.Query(ctx, `SELECT o->>'code', coalesce(o->>'at', ''), count(*), (min(i.application::text))::uuid
			FROM migration_item i, jsonb_array_elements(i.`+column+`) o WHERE i.migration = $1 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 100`, id)
		if err != nil {
			return nil, err
		}
		if *into, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (x Reason, err error) {
			return x, row.Scan(&x.Code, &x.At, &x.Count, &x.Example)
		}); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Run looks for applications to look at and to move until ctx ends.
func (m *Migrations) Run(ctx context.Context) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for {
				n, err := m.Work(ctx)
				if err != nil && ctx.Err() == nil {
					m.o.Log.Warn("migration", "error", err)
				}
				if n == 0 || err != nil {
					break
				}
			}
		}
	}
}

// item is an application that is to be looked at, or moved.
type item struct {
	Migration, Application uuid.UUID
	Digest                 string
	Approved               bool
	Attempts               int
}

// Work looks at some applications, or moves them where that is approved, and says how many. Items are claimed by their time, so that several
// processes share the work, and one that dies leaves its own for later. Only what is left to do is read, in the order of its index: a migration of a
// million applications costs each of them the same.
func (m *Migrations) Work(ctx context.Context) (int, error) {
	now := m.o.Now().UTC()
	rows, err := m.o.Pool.Query(ctx, `
		UPDATE migration_item i SET at = $1, attempts = attempts + 1 FROM migration g
		WHERE g.id = i.migration AND (i.migration, i.application) IN (
			SELECT d.migration, d.application FROM migration g CROSS JOIN LATERAL (
				SELECT i.migration, i.application FROM migration_item i
				WHERE i.migration = g.id AND i.status = CASE WHEN g.approved_at IS NULL THEN 'unchecked' ELSE 'movable' END
					AND (i.at IS NULL OR i.at < $2 OR i.at < g.approved_at)
				ORDER BY i.application LIMIT $3 FOR UPDATE SKIP LOCKED) d
			WHERE g.ended_at IS NULL LIMIT $3)
		RETURNING i.migration, i.application, g.plan, g.approved_at IS NOT NULL, i.attempts`, now, now.Add(-retryAfter), parallel*4)
	if err != nil {
		return 0, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[item])
	if err != nil {
		return 0, err
	}
	group, limited := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for _, it := range list {
		group.Go(func() error { return m.one(limited, it) })
	}
	if err := group.Wait(); err != nil || len(list) > 0 {
		return len(list), err
	}
	_, err = m.o.Pool.Exec(ctx, `UPDATE migration g SET ended_at = $1 WHERE ended_at IS NULL AND approved_at IS NOT NULL
		AND NOT EXISTS (SELECT FROM migration_item i WHERE i.migration = g.id AND i.status IN ('unchecked', 'movable'))`, now)
	return 0, err
}

// one looks at an application, or moves it, and writes down what came of it.
func (m *Migrations) one(ctx context.Context, it item) error {
	do, done := m.o.Book.Movable, Movable
	if it.Approved {
		do, done = m.o.Book.Move, Moved
	}
	r, err := do(ctx, it.Application, it.Digest)
	switch {
	case errors.Is(err, application.ErrNotFound):
		done = Ended
	case err == nil && it.Attempts < mostAttempts && passing(r.Obstacles):
		return nil // asked again a little later
	case err != nil && it.Attempts < mostAttempts:
		m.o.Log.Warn("migration: asked again later", "application", it.Application, "error", err)
		return nil
	case err != nil:
		done = Unreachable
	case len(r.Obstacles) > 0 && r.Obstacles[0].Code == machine.HasEnded:
		done, r = Ended, activity.MoveResult{}
	case len(r.Obstacles) > 0:
		done = Hindered
	}
	obstacles, err := json.Marshal(orNone(r.Obstacles))
	if err != nil {
		return err
	}
	notes, err := json.Marshal(orNone(r.Notes))
	if err != nil {
		return err
	}
	_, err = m.o.Pool.Exec(ctx, "UPDATE migration_item SET status = $3, obstacles = $4, notes = $5 WHERE migration = $1 AND application = $2", it.Migration, it.Application, done, obstacles, notes)
	if err != nil {
		return fmt.Errorf("migration of %s: %w", it.Application, err)
	}
	return nil
}

// passing tells whether all that hinders is over soon by itself.
func passing(obstacles []activity.Obstacle) bool {
	return len(obstacles) > 0 && !slices.ContainsFunc(obstacles, func(o activity.Obstacle) bool { return o.Code != machine.IsBusy && o.Code != application.NotStarted })
}

func orNone(list []activity.Obstacle) []activity.Obstacle {
	if list == nil {
		return []activity.Obstacle{}
	}
	return list
}
