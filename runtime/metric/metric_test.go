package metric_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/diwan-gov/diwan/runtime/metric"
)

// scrape gives the lines of our own metrics.
func scrape(t *testing.T, m *metric.Metrics) map[string]string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	out := map[string]string{}
	for line := range strings.Lines(w.Body.String()) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "} "); ok && strings.HasPrefix(line, "diwan_") {
			out[name+"}"] = value
		} else if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); ok && strings.HasPrefix(line, "diwan_") {
			out[name] = value
		}
	}
	return out
}

func TestWhatHappensAndHowThingsStandAreServed(t *testing.T) {
	asked := 0
	m := metric.New(metric.Options{
		Standing: func(context.Context) ([]metric.Standing, error) {
			asked++
			return []metric.Standing{{Service: "s", Step: "review", Open: 3, Overdue: 1, Incidents: 2}}, nil
		},
		Waiting: func(context.Context) (metric.Waiting, error) {
			return metric.Waiting{Messages: 4, Oldest: 90 * time.Second}, nil
		},
		Quarantine: func(context.Context) (metric.Quarantine, error) {
			return metric.Quarantine{Files: 5, Oldest: time.Hour}, nil
		},
	})
	m.Scanned("infected")
	m.Started("s")
	m.Started("s")
	m.Ended("s", "issued")
	m.Incident("s", "no-row")
	m.Acted("")
	m.Acted("closed")
	m.Asked("civil", "person", "found", 30*time.Millisecond)
	got := scrape(t, m)
	for name, want := range map[string]string{
		`diwan_applications_started_total{service="s"}`:                                               "2",
		`diwan_applications_ended_total{outcome="issued",service="s"}`:                                "1",
		`diwan_incidents_total{reason="no-row",service="s"}`:                                          "1",
		`diwan_acts_total{result="done"}`:                                                             "1",
		`diwan_acts_total{result="closed"}`:                                                           "1",
		`diwan_registry_seconds_bucket{operation="person",registry="civil",result="found",le="0.02"}`: "0",
		`diwan_registry_seconds_bucket{operation="person",registry="civil",result="found",le="0.05"}`: "1",
		`diwan_applications_open{service="s",step="review"}`:                                          "3",
		`diwan_tasks_overdue{service="s",step="review"}`:                                              "1",
		`diwan_incidents_open{service="s",step="review"}`:                                             "2",
		`diwan_outbox_waiting`:                                                                        "4",
		`diwan_outbox_oldest_seconds`:                                                                 "90",
		`diwan_uploads_scanned_total{result="infected"}`:                                              "1",
		`diwan_uploads_waiting`:                                                                       "5",
		`diwan_uploads_oldest_seconds`:                                                                "3600",
		`diwan_standing_failed`:                                                                       "0",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %s", name, got[name], want)
		}
	}
	scrape(t, m)
	if asked != 1 {
		t.Errorf("the database was asked %d times", asked)
	}
}

func TestWhatCannotBeAskedIsLeftOutAndNeverZero(t *testing.T) {
	down := errors.New("down")
	m := metric.New(metric.Options{
		Standing: func(context.Context) ([]metric.Standing, error) { return nil, down },
		Waiting:  func(context.Context) (metric.Waiting, error) { return metric.Waiting{}, down },
	})
	got := scrape(t, m)
	if _, is := got["diwan_outbox_waiting"]; is || got["diwan_standing_failed"] != "1" {
		t.Fatal(got)
	}
}
