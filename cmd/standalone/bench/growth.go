package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/cmd/standalone/memory"
	"github.com/diwan-gov/diwan/runtime/application"
)

// growth compares what people wait for with one service and with a national catalogue, and with few and with many open applications, side by
// side in one run.
func growth(ctx context.Context, r *report) error {
	s, err := readSettings()
	if err != nil {
		return err
	}
	defer memory.Bound()() // as standalone runs
	few, many := &world{}, &world{}
	defer func() { _ = errors.Join(few.close(), many.close()) }() // both are thrown away
	if err := few.open(ctx, worldOptions{}); err != nil {
		return err
	}
	if err := many.open(ctx, worldOptions{services: national}); err != nil {
		return err
	}
	if err := compareGrowth(ctx, r, s, "growth.services_ratio", few, many); err != nil {
		return err
	}
	for w, open := range map[*world]int{few: fewOpen, many: manyOpen} {
		if err := w.fill(ctx, open); err != nil {
			return err
		}
	}
	r.note("growth: %d and %d open applications; their rows stand in our tables, and they have no workflow", fewOpen, manyOpen)
	return compareGrowth(ctx, r, s, "growth.open_ratio", few, many)
}

// How many applications are open; tests, which want no figure, take fewer.
var fewOpen, manyOpen = 1000, 100_000

// compareGrowth measures submitting and the officer's queue in turns, and prints the higher of the two ratios.
func compareGrowth(ctx context.Context, r *report, s settings, name string, few, many *world) error {
	var times [2][2][]time.Duration // world, submit or queue
	users := [2]application.Person{}
	for i, w := range []*world{few, many} {
		var err error
		if users[i], err = w.person(ctx); err != nil {
			return err
		}
	}
	for n := range 8 * s.rounds {
		for i, w := range []*world{few, many} {
			if n%2 == 1 {
				i, w = 1-i, []*world{many, few}[i]
			}
			began := time.Now()
			v, err := w.submit(ctx, users[i], service, renewal)
			if err != nil {
				return err
			}
			submit := time.Since(began)
			if err := w.pay(ctx, v.ID); err != nil {
				return err
			}
			task, err := w.task(ctx, v.ID, "review")
			if err != nil {
				return err
			}
			began = time.Now()
			if _, err := w.book.Queue(ctx, officer, application.QueueFilter{}, application.Page{}); err != nil {
				return err
			}
			queue := time.Since(began)
			if err := w.act(ctx, officer, v.ID, application.ActRequest{Task: task.ID, Action: "approve", Revision: task.Revision}); err != nil {
				return err
			}
			if n >= s.rounds { // the first ones warm up
				times[i][0], times[i][1] = append(times[i][0], submit), append(times[i][1], queue)
			}
		}
	}
	submit := float64(median(times[1][0])) / float64(median(times[0][0]))
	queue := float64(median(times[1][1])) / float64(median(times[0][1]))
	r.note("%s: submit %.1f and %.1f ms, queue %.1f and %.1f ms", name, millis(median(times[0][0])), millis(median(times[1][0])), millis(median(times[0][1])), millis(median(times[1][1])))
	r.figure(name, max(submit, queue), "ratio")
	return nil
}

// fill copies an application that waits for its review until n are open.
func (w *world) fill(ctx context.Context, n int) error {
	who, err := w.person(ctx)
	if err != nil {
		return err
	}
	v, err := w.submit(ctx, who, service, renewal)
	if err != nil {
		return err
	}
	if err := w.pay(ctx, v.ID); err != nil {
		return err
	}
	if _, err := w.task(ctx, v.ID, "review"); err != nil {
		return err
	}
	pool := w.database.pool
	for _, table := range []string{"application", "task"} {
		var columns []string
		rows, err := pool.Query(ctx, "SELECT column_name FROM information_schema.columns WHERE table_schema = 'diwan' AND table_name = $1 ORDER BY ordinal_position", table)
		if err != nil {
			return err
		}
		for rows.Next() {
			var c string
			if err := rows.Scan(&c); err != nil {
				return err
			}
			columns = append(columns, c)
		}
		if rows.Err() != nil {
			return rows.Err()
		}
		copied := strings.Join(columns, ", ")
		for column, with := range map[string]string{
			"application": "('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid", "reference": "'X' || i", "key": "'k' || i", "opened_at": "opened_at + i * interval '1 second'",
		} {
			copied = replaceColumn(copied, column, with)
		}
		id := "gen_random_uuid()"
		if table == "application" {
			id = "('00000000-0000-4000-8000-' || lpad(to_hex(i), 12, '0'))::uuid"
		}
		where := "id"
		if table == "task" {
			where = "closed_at IS NULL AND application"
		}
		_, err = pool.Exec(ctx, "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") SELECT "+replaceColumn(copied, "id", id)+
			" FROM "+table+", generate_series(1, $2) i WHERE "+where+" = $1", v.ID, n)
		if err != nil {
			return fmt.Errorf("fill %s: %w", table, err)
		}
	}
	_, err = pool.Exec(ctx, "ANALYZE application, task")
	return err
}

// replaceColumn puts an expression in the place of one column of a list.
func replaceColumn(list, column, with string) string {
	all := strings.Split(list, ", ")
	for i := range all {
		if all[i] == column {
			all[i] = with
		}
	}
	return strings.Join(all, ", ")
}
