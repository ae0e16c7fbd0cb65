package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
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
	faultKills        = flag.Int("kills", 4, "how often TestNothingIsLostWhenSomethingIsKilledUnderLoad kills")
	faultApplications = flag.Int("applications", 16, "how many applications are under way meanwhile")
)

// TestNothingIsLostWhenSomethingIsKilledUnderLoad kills Postgres, Temporal, a web or a worker, each a process of its own, from outside and at
// moments that nobody chose, and has it started again. Meanwhile applications are handed in, paid and decided by programs that are as patient
// as people: what fails they try again with the same key.
func TestNothingIsLostWhenSomethingIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 1))
	p := inParts(t, newData(t))
	p.begin()
	with := p.people()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	places := make(chan struct{}, atOnce)
	var keys []string
	var failures, ended atomic.Int64
	more := func(n int) {
		for len(keys) < n {
			j, mine := &journey{key: uuid.NewString()}, with[len(keys)%len(with)]
			keys = append(keys, j.key)
			wg.Go(func() {
				places <- struct{}{}
				defer func() { <-places }()
				for err := errors.New("not yet"); err != nil && ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
					if err = j.drive(ctx, mine); err != nil {
						failures.Add(1) // what being killed looks like
					}
				}
				ended.Add(1)
			})
		}
	}
	killed := map[string]int{}
	for round := 0; round < *faultKills; {
		more((round + 1) * *faultApplications / *faultKills)
		time.Sleep(50*time.Millisecond + time.Duration(chance.Int64N(int64(time.Second))))
		// Each at least once where there are few rounds, and then as chance has it.
		victim := round % 4
		if round >= 4 {
			victim = chance.IntN(4)
		}
		name, struck := p.strike(victim, chance.IntN(2))
		if !struck {
			continue // it had not come up again
		}
		round++
		killed[name]++
		time.Sleep(time.Duration(chance.Int64N(int64(2 * time.Second)))) // the next one may find it still coming up
		if round%8 == 0 {
			p.settle()
		}
	}
	t.Logf("killed %v: %d of %d applications ended meanwhile, %d calls failed", killed, ended.Load(), len(keys), failures.Load())
	p.settle()
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(2 * journeyLimit):
		t.Errorf("%d of %d applications have not ended", len(keys)-int(ended.Load()), len(keys))
		cancel()
		<-done
	}
	conn := p.web(0).database(t)
	drain(t, conn)
	audit(t, conn, keys)
	p.searched(t, conn)
	if t.Failed() {
		t.Log(p.logs())
	}
}

// strike kills one of Postgres, Temporal, the webs and the workers; of two, one of them. It tells whether there was something to kill.
func (p *parts) strike(victim, which int) (name string, struck bool) {
	switch victim {
	case 0:
		return "web", p.servers[1+2*which].kill()
	case 1:
		return "worker", p.servers[2+2*which].kill()
	case 2:
		return "Temporal", p.servers[0].kill()
	}
	return "Postgres", p.killPostgres()
}

// killPostgres is kill -9 of the server under everything.
func (p *parts) killPostgres() bool {
	select {
	case <-p.postgres().Done():
		return false
	default:
	}
	b, err := os.ReadFile(filepath.Join(p.s.o.data, "postgres", "data", "postmaster.pid"))
	if err != nil {
		return false
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(line)
	return err == nil && pid > 1 && syscall.Kill(pid, syscall.SIGKILL) == nil
}

// settle waits until everything is up, and lets the leases of what was killed run out.
func (p *parts) settle() {
	p.t.Helper()
	p.awaitReady()
	err := eventually(func() (bool, error) {
		conn, err := p.web(0).tryDatabase()
		if err != nil {
			return false, nil
		}
		defer conn.Close(context.Background())
		return runOut(conn) == nil, nil
	})
	if err != nil {
		p.t.Errorf("Postgres does not answer: %v", err)
	}
}

// atOnce are the programs that ask at the same time; more would be told to come again later.
const atOnce = 24
