package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/diwan-gov/diwan/cmd/standalone/memory"
	"github.com/diwan-gov/diwan/runtime/application"
)

const (
	// heldRate is ten times what Kazakhstan's portal served on average in the first half of 2023: 35 million services, 2.2 a second.
	heldRate   = 22
	nextRate   = 1.5  // how much higher the next rate is that is tried
	mostRate   = 1000 // an end to trying
	closeRates = 1.1  // how close the highest rate and the lowest that was not held lie in the end
	hot        = 10   // services that make hotShare of the load
	hotShare   = 0.8
	licences   = 0.3 // of the applications; the others are enquiries, answered at once
	mostLate   = 250 * time.Millisecond
	mostUnder  = 4000 // applications under way; more means that the rate is not held
)

var loadFigures = []string{
	"load.held_per_s", "load.submit_p50_ms", "load.submit_p95_ms", "load.submit_p99_ms", "load.decide_p50_ms", "load.decide_p95_ms", "load.decide_p99_ms",
	"load.highest_per_s", "load.cpu_ms_per_application", "load.rss_mb", "load.database_kb_per_application",
}

// offered is one rate, offered for a while, and what came of it.
type offered struct {
	rate           float64
	submit, decide []time.Duration
	completed      int           // within the time
	took           time.Duration // that time
	err            error
}

// held tells whether the rate was kept up with: as many ended as came, but for those of the last second, and submitting was quick.
func (o *offered) held() bool {
	return o.err == nil && float64(o.completed) >= o.rate*(o.took.Seconds()-1)*0.98 && quantile(o.submit, 0.95) <= mostLate
}

// load offers applications at a fixed rate, however quickly they are taken, over a national catalogue of which ten services make four fifths.
// Everything is in this process but PostgreSQL, with fsync. Three in ten are licences, with a payment and a decision; the others are enquiries.
func load(ctx context.Context, r *report) (err error) {
	s, err := readSettings()
	if err != nil {
		return err
	}
	defer memory.Bound()() // as standalone runs
	w := &world{}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := w.open(ctx, worldOptions{services: national}); err != nil {
		return err
	}
	codes := w.codes()
	people := make([]application.Person, 200)
	for i := range people {
		if people[i], err = w.person(ctx); err != nil {
			return err
		}
	}
	if o := w.offer(ctx, codes, people, 8, min(10*time.Second, s.load)); o.err != nil { // warms up
		return o.err
	}
	size, err := w.size(ctx)
	if err != nil {
		return err
	}
	cpu := used()
	r.note("load: %d services, %g a second for %s; %d CPUs; fsync on", national, float64(heldRate), s.load, runtime.NumCPU())
	first := w.offer(ctx, codes, people, heldRate, s.load)
	if first.err != nil {
		return first.err
	}
	cpu = used() - cpu
	if err := w.drain(ctx); err != nil {
		return err
	}
	grown, err := w.size(ctx)
	if err != nil {
		return err
	}
	r.figure("load.held_per_s", float64(first.completed)/first.took.Seconds(), "/s")
	for name, times := range map[string][]time.Duration{"submit": first.submit, "decide": first.decide} {
		r.figure("load."+name+"_p50_ms", millis(quantile(times, 0.50)), "ms")
		r.figure("load."+name+"_p95_ms", millis(quantile(times, 0.95)), "ms")
		r.figure("load."+name+"_p99_ms", millis(quantile(times, 0.99)), "ms")
	}
	n := float64(len(first.submit))
	r.figure("load.cpu_ms_per_application", millis(cpu)/n, "ms")
	r.figure("load.rss_mb", residentMB(), "MB")
	r.figure("load.database_kb_per_application", float64(grown-size)/1024/n, "kB")
	profiled, err := profile(r)
	if err != nil {
		return err
	}
	defer profiled()
	highest, err := w.highest(ctx, r, first, func(rate float64) *offered { return w.offer(ctx, codes, people, rate, s.load/3) })
	r.figure("load.highest_per_s", highest, "/s")
	return err
}

// highest looks for the highest rate that is held: beyond the first one in great steps, and then between the last that was held and the first that
// was not, until they lie close together.
func (w *world) highest(ctx context.Context, r *report, first *offered, offer func(rate float64) *offered) (held float64, err error) {
	tooMuch := 0.0
	for o := first; ; {
		if o.held() {
			held = o.rate
			r.note("%.1f a second is held: submit p95 %.0f ms", o.rate, millis(quantile(o.submit, 0.95)))
		} else {
			tooMuch = o.rate
			r.note("%.1f a second is not: %.1f a second ended, submit p95 %.0f ms, %v", o.rate, float64(o.completed)/o.took.Seconds(), millis(quantile(o.submit, 0.95)), o.err)
		}
		next := held * nextRate
		if tooMuch > 0 {
			next = (held + tooMuch) / 2
		}
		if held == 0 || next > mostRate || tooMuch > 0 && tooMuch/held < closeRates {
			return held, nil
		}
		if err := w.drain(ctx); err != nil { // what was too much is done before the next is tried
			return held, err
		}
		o = offer(next)
	}
}

// profileVariable names the file to which the processor profile of the rates beyond the held one is written: it says what limits them. What
// memory holds at the held rate is written beside it, to the same name and heapSuffix.
const (
	profileVariable = "DIWAN_BENCH_PROFILE"
	heapSuffix      = ".heap"
)

func profile(r *report) (stop func(), err error) {
	name := os.Getenv(profileVariable)
	if name == "" {
		return func() {}, nil
	}
	if err := heapProfile(name + heapSuffix); err != nil {
		return nil, err
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() {
		pprof.StopCPUProfile()
		_ = f.Close()
		r.note("load: the profiles are in %s and %s; go tool pprof -top %s", name, name+heapSuffix, name)
	}, nil
}

// heapProfile writes what is live after a collection.
func heapProfile(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	runtime.GC()
	return errors.Join(pprof.WriteHeapProfile(f), f.Close())
}

// codes are the services that are asked for, the hot ones first: licences and enquiries about fines in turn.
type codes struct{ licences, fines []string }

func (w *world) codes() (c codes) {
	for _, live := range w.store.Services() {
		switch {
		case strings.HasPrefix(live.Service, service):
			c.licences = append(c.licences, live.Service)
		case strings.HasPrefix(live.Service, "transport.traffic-fines.enquiry"):
			c.fines = append(c.fines, live.Service)
		}
	}
	return c
}

// pick is one of the hot ones of a family mostly, else any.
func pick(rnd *rand.Rand, of []string) string {
	if rnd.Float64() < hotShare {
		return of[rnd.IntN(min(hot/2, len(of)))]
	}
	return of[rnd.IntN(len(of))]
}

// offer lets applications come at a rate for a while and waits until each has ended.
func (w *world) offer(ctx context.Context, c codes, people []application.Person, rate float64, lasts time.Duration) *offered {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o := &offered{rate: rate, took: lasts}
	rnd := rand.New(rand.NewPCG(1, uint64(rate)))
	var mu sync.Mutex
	var wg sync.WaitGroup
	under := 0
	began := time.Now()
	until := began.Add(lasts)
	for n := 0; ; n++ {
		due := began.Add(time.Duration(float64(n) / rate * float64(time.Second)))
		if !due.Before(until) {
			break
		}
		time.Sleep(time.Until(due))
		who, typed, code := people[rnd.IntN(len(people))], fines, pick(rnd, c.fines)
		if rnd.Float64() < licences {
			typed, code = renewal, pick(rnd, c.licences)
		}
		mu.Lock()
		under++
		full, failed := under > mostUnder, o.err
		mu.Unlock()
		if full || failed != nil {
			mu.Lock()
			o.err = cmp.Or(o.err, fmt.Errorf("%d applications are under way", under))
			mu.Unlock()
			break
		}
		wg.Go(func() {
			l, err := w.oneOf(ctx, who, code, typed, due)
			now := time.Now()
			mu.Lock()
			defer mu.Unlock()
			under--
			if err != nil {
				if o.err == nil { // the others follow from it
					o.err = err
				}
				cancel()
				return
			}
			o.submit = append(o.submit, l.submit)
			if l.decide > 0 {
				o.decide = append(o.decide, l.decide)
			}
			if now.Before(until) {
				o.completed++
			}
		})
	}
	wg.Wait()
	return o
}

// oneOf lives an application from the moment at which it was to come: who waits in a queue before it is taken waits too.
func (w *world) oneOf(ctx context.Context, who application.Person, code string, typed map[string]any, due time.Time) (l life, err error) {
	v, err := w.submit(ctx, who, code, typed)
	if err != nil {
		return l, fmt.Errorf("submit: %w", err)
	}
	if strings.HasPrefix(code, service) {
		return w.decided(ctx, v, due)
	}
	l.id, l.submit = v.ID, time.Since(due)
	return l, w.ended(ctx, v.ID)
}

func (w *world) size(ctx context.Context) (bytes int64, err error) {
	err = w.database.pool.QueryRow(ctx, "SELECT pg_database_size(current_database())").Scan(&bytes)
	return bytes, err
}

// used is the processor time of this process.
func used() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// residentMB is the memory of this process; zero where the system does not tell.
func residentMB() float64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(b))
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.Atoi(fields[1])
	if err != nil {
		return 0
	}
	return float64(pages*os.Getpagesize()) / 1e6
}
