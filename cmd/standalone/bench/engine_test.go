package bench

import (
	"math"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestEveryVariantBringsAnApplicationToItsPaper(t *testing.T) {
	t.Chdir("../../..")
	w := opened(t, worldOptions{})
	for _, c := range contests {
		events := make([]int, len(c.variants))
		for i, v := range c.variants {
			w.starts.workflow.Store(&v.workflow)
			p, err := w.person(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			l, err := c.live(w, t.Context(), p)
			if err != nil {
				t.Fatalf("%s: %v", v.name, err)
			}
			if l.submit <= 0 || c.decides && l.decide <= 0 {
				t.Errorf("%s: took no time: %+v", v.name, l)
			}
			if err := w.drain(t.Context()); err != nil {
				t.Fatalf("%s: %v", v.name, err)
			}
			if err := c.check(w, t.Context(), []uuid.UUID{l.id}); err != nil {
				t.Errorf("%s: %v", v.name, err)
			}
			if events[i], err = w.events(t.Context(), l.id); err != nil {
				t.Fatalf("%s: %v", v.name, err)
			}
		}
		if events[0] > events[1] || len(events) > 2 && events[1] >= events[2] {
			t.Errorf("%s: events of one application: %v", c.name, events)
		}
		if err := c.check(w, t.Context(), []uuid.UUID{uuid.New()}); err == nil {
			t.Errorf("%s: an application that does not exist passes the check", c.name)
		}
	}
}

func TestAnUnfinishedApplicationFailsTheCheck(t *testing.T) {
	t.Chdir("../../..")
	w := opened(t, worldOptions{})
	p, err := w.person(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.submit(t.Context(), p, service, renewal)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.pay(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.task(t.Context(), v.ID, "review"); err != nil {
		t.Fatal(err)
	}
	if err := w.check(t.Context(), []uuid.UUID{v.ID}); err == nil {
		t.Error("an application under review passes the check")
	}
}

func TestALifeThatCrossesTheEndsOfARoundCountsInPart(t *testing.T) {
	at := func(s float64) time.Time { return time.Unix(0, int64(s*1e9)) }
	for _, c := range []struct{ began, ended, want float64 }{{12, 14, 1}, {9, 11, 0.5}, {19, 23, 0.25}, {5, 25, 0.5}, {10, 20, 1}} {
		if got := share(at(c.began), at(c.ended), at(10), at(20)); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v to %v counts %v, want %v", c.began, c.ended, got, c.want)
		}
	}
}

func TestTheRatioIsTakenRoundByRound(t *testing.T) {
	if got := ratio([]float64{10, 40, 30}, []float64{20, 40, 10}); got != 1 {
		t.Errorf("ratio %v, want the middle of 0.5, 1 and 3", got)
	}
}

func TestNoVariantAlwaysFollowsTheSameOne(t *testing.T) {
	for _, c := range contests {
		after := map[[2]int]int{}
		for _, order := range c.orders {
			if len(order) != len(c.variants) {
				t.Fatalf("order %v", order)
			}
			for i := 1; i < len(order); i++ {
				after[[2]int{order[i-1], order[i]}]++
			}
		}
		for pair, n := range after {
			if n != after[[2]int{pair[1], pair[0]}] || len(after) != len(c.variants)*(len(c.variants)-1) {
				t.Errorf("%s: %v comes %d times", c.name, pair, n)
			}
		}
	}
}
