package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/outbox"
)

// journeyLimit bounds one journey after a restart: a workflow task that a killed worker held comes again after ten seconds.
const journeyLimit = time.Minute

// TestNoPointLosesAnythingWhenTheProcessDiesThere kills the process at every named point of an application's road, starts it again and goes
// on as a program would. Two lanes share the points, each on a folder of its own, so that every point also meets what the others left.
func TestNoPointLosesAnythingWhenTheProcessDiesThere(t *testing.T) {
	const lanes = 2
	for lane := range lanes {
		t.Run(fmt.Sprint("lane ", lane), func(t *testing.T) {
			t.Parallel()
			data := newData(t)
			var keys []string
			for i := lane; i < len(outbox.Points); i += lanes {
				t.Run(outbox.Points[i], func(t *testing.T) {
					j := &journey{key: uuid.NewString()}
					keys = append(keys, j.key)
					dieAt(t, data, outbox.Points[i], j, keys)
				})
			}
		})
	}
}

// dieAt lets the process die at a point, and then sees the application through; keys are those of all applications in the folder.
func dieAt(t *testing.T, data, point string, j *journey, keys []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*journeyLimit)
	defer cancel()
	dying := launch(t, data, sampleCatalogue, "DIWAN_CRASH_AT="+point)
	with := dying.people(t)
	if err := j.drive(ctx, with); err == nil {
		dying.awaitEnd(t) // a point behind the last answer
	}
	dying.awaitEnd(t)
	accepted := j.id

	p := launch(t, data, sampleCatalogue)
	conn := p.database(t)
	if n := number(t, conn, "SELECT count(*) FROM application WHERE key = $1", j.key); accepted != "" && n != 1 {
		t.Fatalf("the accepted application is there %d times", n)
	}
	leasesRunOut(t, conn)
	with = p.people(t)
	began := time.Now()
	if err := j.drive(ctx, with); err != nil {
		t.Fatalf("%v\n%s", err, p.log())
	}
	t.Logf("the journey was over %v after the restart", time.Since(began).Round(time.Millisecond))
	drain(t, conn)
	again := *j
	if err := again.submit(with.citizen); err != nil {
		t.Errorf("the submission repeated at the end: %v", err)
	}
	audit(t, conn, keys)
	p.kill()
}

// The fault test is short in every run; `make faults` asks for a hundred kills while two hundred applications are under way.
var (
	faultKills        = flag.Int("kills", 3, "how often TestNothingIsLostWhenSomethingIsKilledUnderLoad kills")
	faultApplications = flag.Int("applications", 12, "how many applications are under way meanwhile")
)

// TestNothingIsLostWhenSomethingIsKilledUnderLoad kills from outside, at moments that nobody chose: the process in which the pages, the worker
// and Temporal run, or Postgres under all of them.
func TestNothingIsLostWhenSomethingIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 1))
	data := newData(t)
	var all []*journey
	var keys []string
	killed := map[string]int{}
	for round := range *faultKills {
		for len(all) < (round+1)*(*faultApplications)/(*faultKills) { // each round brings new ones and goes on with the old ones
			keys = append(keys, uuid.NewString())
			all = append(all, &journey{key: keys[len(keys)-1]})
		}
		p := launch(t, data, sampleCatalogue)
		leasesRunOut(t, p.database(t))
		with := p.people(t)
		moment := 50*time.Millisecond + time.Duration(chance.Int64N(int64(1500*time.Millisecond)))
		victim, strike := "process", p.kill
		if round%3 == 2 {
			victim, strike = "Postgres", func() { killPostgres(t, data); p.endsAlone(t) }
		}
		killed[victim]++
		ctx, cancel := context.WithCancel(context.Background())
		struck := make(chan struct{})
		time.AfterFunc(moment, func() {
			defer close(struck)
			strike()
			cancel()
		})
		driveAll(ctx, underWay(all), with) // errors are what being killed looks like
		<-struck
		cancel()
		p.kill()
	}
	p := launch(t, data, sampleCatalogue)
	conn := p.database(t)
	ended := number(t, conn, "SELECT count(*) FROM application WHERE status = 'ended'")
	started := number(t, conn, "SELECT count(*) FROM application")
	t.Logf("killed %v: %d submitted, %d ended", killed, started, ended)
	leasesRunOut(t, conn)
	ctx, cancel := context.WithTimeout(context.Background(), 2*journeyLimit)
	defer cancel()
	for _, err := range driveAll(ctx, all, p.people(t)) {
		if err != nil {
			t.Errorf("%v", err)
		}
	}
	drain(t, conn)
	audit(t, conn, keys)
	if t.Failed() {
		t.Log(p.log())
	}
}

// underWay are those that have not been seen to end, and at most eight that have: they are submitted again, which must change nothing.
func underWay(all []*journey) (out []*journey) {
	repeated := 0
	for _, j := range all {
		if j.last.Status == "ended" {
			if repeated++; repeated > 8 {
				continue
			}
		}
		out = append(out, j)
	}
	return out
}

// killPostgres is kill -9 of the server under everything.
func killPostgres(t *testing.T, data string) {
	b, err := os.ReadFile(filepath.Join(data, "postgres", "data", "postmaster.pid"))
	if err != nil {
		t.Error(err)
		return
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil || pid < 2 {
		t.Errorf("postmaster.pid holds %q", line)
		return
	}
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

// endsAlone waits until the process has noticed by itself that it cannot go on.
func (p *product) endsAlone(t *testing.T) {
	select {
	case <-p.ended:
	case <-time.After(endLimit):
		t.Errorf("without Postgres it still runs after %v\n%s", endLimit, p.log())
		p.kill()
	}
}

// atOnce are the programs that ask at the same time; more would be told to come again later.
const atOnce = 24

func driveAll(ctx context.Context, all []*journey, with people) []error {
	errs := make([]error, len(all))
	var wg sync.WaitGroup
	places := make(chan struct{}, atOnce)
	for i, j := range all {
		wg.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			errs[i] = j.drive(ctx, with)
		})
	}
	wg.Wait()
	return errs
}
