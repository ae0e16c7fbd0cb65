package machine_test

import (
	"testing"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

func TestWhatAnApplicationWaitsForIsSaidAtEachPlace(t *testing.T) {
	j := begin(t, licence(t))
	only := func(kind machine.TaskKind, node, then string) machine.Wait {
		t.Helper()
		waits := j.p.Waits(j.s)
		if len(waits) != 1 || waits[0].Kind != kind || waits[0].Node != node || waits[0].Visit != 1 || waits[0].Then != then {
			t.Fatalf("waits %+v", waits)
		}
		return waits[0]
	}
	if w := only(machine.LookupWait, "licence", ""); w.Lookup == nil || w.Lookup.Registry != "licensing" {
		t.Fatalf("%+v", w)
	}
	if _, armed := j.p.NextClock(j.s); armed {
		t.Fatal("a lookup has no clock")
	}
	j.valid("2027-01-01")
	pay := only(machine.PaymentTask, "pay", "lapse")
	if clock, armed := j.p.NextClock(j.s); !armed || !clock.DueAt.Equal(pay.DueAt) || pay.DueAt.IsZero() {
		t.Fatalf("%+v", clock)
	}
	j.must(machine.Event{Act: pay.Act(machine.Paid, "gateway", activity.Facts{At: pay.DueAt.Add(-time.Hour)})})
	review := only(machine.ReviewTask, "review", "escalate")
	if len(review.Actions) != 3 || len(review.Comment) != 2 || review.Role != "transport:licensing-officer" || !j.p.MayWithdraw(j.s) {
		t.Fatalf("%+v", review)
	}
	j.must(machine.Event{Act: review.Act("refuse", "O1", activity.Facts{At: pay.DueAt})})
	if waits := j.p.Waits(j.s); len(waits) != 0 || j.p.MayWithdraw(j.s) {
		t.Fatalf("after the end: %+v", waits)
	}
	if waits := j.p.Waits(machine.State{}); len(waits) != 0 {
		t.Fatalf("before the start: %+v", waits)
	}
}
