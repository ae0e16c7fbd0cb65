package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/enums/v1"

	"github.com/diwan-gov/diwan/cmd/standalone/bench/handwritten"
	"github.com/diwan-gov/diwan/cmd/standalone/bench/plain"
	"github.com/diwan-gov/diwan/cmd/standalone/memory"
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/outbox"
)

const (
	roundWarmUp = 700 * time.Millisecond // of each round; what completes in it is not counted
	histories   = 5                      // read of each variant, to count events
)

// contest is a service that the engine runs, and what it is compared with.
type contest struct {
	name     string
	variants []variant // the compiled service first
	orders   [][]int   // in which the rounds go through the variants, so that none always follows the same one
	live     func(*world, context.Context, application.Person) (life, error)
	check    func(*world, context.Context, []uuid.UUID) error
	decides  bool // somebody decides
}

// variant is one way to run a service.
type variant struct {
	name     string // in the figures
	workflow string // the type; "" = the service itself, which the engine runs
}

// variants of the licence: the compiled service first, then what it is compared with.
var variants = []variant{{"licence", ""}, {"handwritten", handwritten.Name}, {"plain", plain.Name}}

var orders = [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {2, 0, 1}, {0, 2, 1}, {1, 2, 0}}

// contests: a short service that looks something up and answers, the licence, and a long one with two opinions beside each other, a return and
// three time limits.
var contests = []contest{
	{"short", []variant{{"short", ""}, {"short.handwritten", handwritten.ShortName}}, [][]int{{0, 1}, {1, 0}}, (*world).enquire, endedAs("answered"), false},
	{"licence", variants, orders, (*world).live, (*world).check, true},
	{"long", []variant{{"long", ""}, {"long.handwritten", handwritten.LongName}}, [][]int{{0, 1}, {1, 0}}, (*world).permitted, endedAs("completed"), true},
}

// figures are the names of what a contest prints.
func (c contest) figures() []string {
	names := []string{"engine.ratio." + c.name, "engine.events." + c.name}
	if len(c.variants) > 2 {
		names = append(names, "engine.ratio_plain."+c.name)
	}
	whats := []string{"completed_per_s", "submit_p50_ms", "submit_p95_ms", "submit_p99_ms", "events"}
	if c.decides {
		whats = append(whats, "decide_p50_ms", "decide_p95_ms", "decide_p99_ms")
	}
	for _, v := range c.variants {
		for _, what := range whats {
			names = append(names, "engine."+v.name+"."+what)
		}
	}
	return names
}

func engineFigures() (names []string) {
	for _, c := range contests {
		names = append(names, c.figures()...)
	}
	return names
}

// measured is what one variant showed.
type measured struct {
	perSecond []float64 // of each round
	lives     []life    // that ended after the warm-up of a round
}

// engine runs the compiled service and the two workflows written by hand in rounds that alternate, each in a closed loop of virtual users. A
// round fails unless each of its applications has ended with its paper and its money adds up.
func engine(ctx context.Context, r *report) (err error) {
	s, err := readSettings()
	if err != nil {
		return err
	}
	defer memory.Bound()() // as standalone runs
	w := &world{}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.open(ctx, worldOptions{}); err != nil {
		return err
	}
	users := make([]application.Person, s.users)
	for i := range users {
		if users[i], err = w.person(ctx); err != nil {
			return err
		}
	}
	r.note("engine: %d virtual users, %d rounds of %s for each variant, after a round to warm up; %d CPUs; fsync on", s.users, s.rounds, s.each, runtime.NumCPU())
	for _, c := range contests {
		if !r.wants(part{figures: c.figures()}) {
			continue
		}
		all := make([]measured, len(c.variants))
		for n := range s.rounds + 1 {
			for _, i := range c.orders[n%len(c.orders)] {
				v := c.variants[i]
				perSecond, lives, err := w.round(ctx, c, v, users, s.each)
				if err != nil {
					return fmt.Errorf("%s: %w", v.name, err)
				}
				if n > 0 {
					r.note("round %d %s %.2f/s", n, v.name, perSecond)
					all[i].perSecond = append(all[i].perSecond, perSecond)
					all[i].lives = append(all[i].lives, lives...)
				}
			}
		}
		if err := w.tell(ctx, r, c, all); err != nil {
			return err
		}
	}
	return nil
}

// round lets every user live applications one after the other, waits until all is quiet again, and checks what came out.
func (w *world) round(ctx context.Context, c contest, v variant, users []application.Person, each time.Duration) (perSecond float64, counted []life, err error) {
	w.starts.workflow.Store(&v.workflow)
	runtime.GC() // nobody pays for what another variant left
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	from := time.Now().Add(roundWarmUp)
	until := from.Add(each)
	var mu sync.Mutex
	var wg sync.WaitGroup
	var ids []uuid.UUID
	completed := 0.0
	for _, u := range users {
		wg.Go(func() {
			for time.Now().Before(until) && ctx.Err() == nil {
				began := time.Now()
				l, failed := c.live(w, ctx, u)
				now := time.Now()
				mu.Lock()
				if failed != nil && err == nil {
					err = failed
					cancel()
				}
				ids = append(ids, l.id)
				if failed == nil && now.After(from) {
					completed += share(began, now, from, until)
					counted = append(counted, l)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if err != nil {
		return 0, nil, err
	}
	if err := w.drain(ctx); err != nil {
		return 0, nil, err
	}
	return completed / each.Seconds(), counted, c.check(w, ctx, ids)
}

// share is how much of an application's life lies between from and until, so that one which crosses an end of the round counts in part.
func share(began, ended, from, until time.Time) float64 {
	first, last := began, ended
	if first.Before(from) {
		first = from
	}
	if last.After(until) {
		last = until
	}
	return float64(last.Sub(first)) / float64(ended.Sub(began))
}

// drain waits until nothing is left to deliver.
func (w *world) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		waiting, _, err := outbox.Backlog(ctx, w.database.pool)
		if err != nil || waiting == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d messages were not delivered in %s", waiting, patience)
		case <-tick.C:
		}
	}
}

// tell prints the figures.
func (w *world) tell(ctx context.Context, r *report, c contest, all []measured) error {
	events := make([]float64, len(c.variants))
	for i, v := range c.variants {
		var submit, decide []time.Duration
		for _, l := range all[i].lives {
			submit, decide = append(submit, l.submit), append(decide, l.decide)
		}
		name := "engine." + v.name + "."
		r.figure(name+"completed_per_s", median(all[i].perSecond), "/s")
		for _, one := range []struct {
			what  string
			times []time.Duration
		}{{"submit", submit}, {"decide", decide}} {
			if one.what == "decide" && !c.decides {
				continue
			}
			r.figure(name+one.what+"_p50_ms", millis(quantile(one.times, 0.50)), "ms")
			r.figure(name+one.what+"_p95_ms", millis(quantile(one.times, 0.95)), "ms")
			r.figure(name+one.what+"_p99_ms", millis(quantile(one.times, 0.99)), "ms")
		}
		var counts []float64
		for _, l := range all[i].lives[max(0, len(all[i].lives)-histories):] {
			n, err := w.events(ctx, l.id)
			if err != nil {
				return err
			}
			counts = append(counts, float64(n))
		}
		events[i] = median(counts)
		r.figure(name+"events", events[i], "events")
	}
	r.figure("engine.ratio."+c.name, ratio(all[0].perSecond, all[1].perSecond), "ratio")
	if len(all) > 2 {
		r.figure("engine.ratio_plain."+c.name, ratio(all[0].perSecond, all[2].perSecond), "ratio")
	}
	r.figure("engine.events."+c.name, events[0], "events")
	return nil
}

// ratio is the median of what one variant completed over what the other did, round by round: what disturbs a round disturbs both.
func ratio(of, over []float64) float64 {
	each := make([]float64, len(of))
	for i := range of {
		each[i] = of[i] / over[i]
	}
	return median(each)
}

// events counts the history of an application's workflow, which has ended.
func (w *world) events(ctx context.Context, id uuid.UUID) (n int, err error) {
	if err := w.temporal.GetWorkflow(ctx, id.String(), "").Get(ctx, nil); err != nil {
		return 0, err
	}
	all := w.temporal.GetWorkflowHistory(ctx, id.String(), "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for all.HasNext() {
		if _, err := all.Next(); err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}
