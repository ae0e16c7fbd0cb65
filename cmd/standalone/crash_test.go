package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
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

// TestNothingIsLostWhenTheProcessIsKilledUnderLoad kills the process from outside at moments that nobody chose.
func TestNothingIsLostWhenTheProcessIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	const fresh, kills = 5, 2 // each round brings new applications and goes on with the old ones
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 1))
	data := newData(t)
	var all []*journey
	var keys []string
	for range kills {
		for range fresh {
			keys = append(keys, uuid.NewString())
			all = append(all, &journey{key: keys[len(keys)-1]})
		}
		p := launch(t, data, sampleCatalogue)
		leasesRunOut(t, p.database(t))
		with := p.people(t)
		moment := 50*time.Millisecond + time.Duration(chance.Int64N(int64(900*time.Millisecond)))
		ctx, cancel := context.WithCancel(context.Background())
		timer := time.AfterFunc(moment, func() {
			p.kill()
			cancel()
		})
		driveAll(ctx, all, with) // errors are what being killed looks like
		timer.Stop()
		cancel()
		p.kill()
	}
	p := launch(t, data, sampleCatalogue)
	conn := p.database(t)
	ended := number(t, conn, "SELECT count(*) FROM application WHERE status = 'ended'")
	started := number(t, conn, "SELECT count(*) FROM application")
	t.Logf("after %d kills: %d submitted, %d ended", kills, started, ended)
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

func driveAll(ctx context.Context, all []*journey, with people) []error {
	errs := make([]error, len(all))
	var wg sync.WaitGroup
	for i, j := range all {
		wg.Go(func() { errs[i] = j.drive(ctx, with) })
	}
	wg.Wait()
	return errs
}
