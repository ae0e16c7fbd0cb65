package metric

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Standing is how many applications or tasks stand at a step.
type Standing struct {
	Service, Step string
	Open          int // applications
	Overdue       int // tasks that were not done in time
	Incidents     int // tasks of operators
}

// Waiting is what has been promised and is not delivered yet.
type Waiting struct {
	Messages int
	Oldest   time.Duration // since the oldest could have been delivered
}

// Quarantine is what was uploaded and waits for the scanner.
type Quarantine struct {
	Files  int
	Oldest time.Duration
}

// Options are what is asked at a scrape. All are asked at most once in Every, with a limit, whoever scrapes.
type Options struct {
	Standing   func(context.Context) ([]Standing, error)
	Waiting    func(context.Context) (Waiting, error)
	Quarantine func(context.Context) (Quarantine, error) // nil = there is none
	Expired    func(context.Context) (int, error)        // nil = nothing is erased
	Every      time.Duration                             // 0 = 10 s
	Limit      time.Duration                             // 0 = 5 s
}

// Metrics are the counters of one process. Its methods may be called at any time by anybody.
type Metrics struct {
	registry  *prometheus.Registry
	started   *prometheus.CounterVec
	ended     *prometheus.CounterVec
	incidents *prometheus.CounterVec
	acts      *prometheus.CounterVec
	places    *prometheus.CounterVec
	scanned   *prometheus.CounterVec
	erased    *prometheus.CounterVec
	asked     *prometheus.HistogramVec
}

// New makes the counters, all at zero.
func New(o Options) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "diwan", Name: name, Help: help}, labels)
	}
	m := &Metrics{
		registry:  prometheus.NewRegistry(),
		started:   counter("applications_started_total", "Applications whose workflow this process has started.", "service"),
		ended:     counter("applications_ended_total", "Applications that have ended, by outcome.", "service", "outcome"),
		incidents: counter("incidents_total", "Incidents that were opened for an operator, by reason.", "service", "reason"),
		acts:      counter("acts_total", "Acts of people and systems by what came of them: done, or the code of the refusal.", "result"),
		places:    counter("round_places_total", "Applications of a round by what it has given: placed, reserve, refused, moved-up.", "service", "outcome"),
		scanned:   counter("uploads_scanned_total", "Scans of uploads by what came of them: clean, infected, or failed where the scanner was away.", "result"),
		erased:    counter("applications_erased_total", "Applications of which everything personal was erased, since they are kept no longer.", "service"),
		asked: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: "diwan", Name: "registry_seconds", Help: "Time until a registry answered, or failed.",
			Buckets: []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"registry", "operation", "result"}),
	}
	if o.Every == 0 {
		o.Every = 10 * time.Second
	}
	if o.Limit == 0 {
		o.Limit = 5 * time.Second
	}
	m.registry.MustRegister(m.started, m.ended, m.incidents, m.acts, m.places, m.scanned, m.erased, m.asked, &standing{o: o}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the metrics. It tells numbers of the whole installation, so it belongs on an address that only operators reach.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, MaxRequestsInFlight: 4, Timeout: 20 * time.Second, ErrorHandling: promhttp.ContinueOnError})
}

// Started counts an application whose workflow was started.
func (m *Metrics) Started(service string) { m.started.WithLabelValues(service).Inc() }

// Ended counts an application that has ended.
func (m *Metrics) Ended(service, outcome string) { m.ended.WithLabelValues(service, outcome).Inc() }

// Incident counts an incident that was opened.
func (m *Metrics) Incident(service, reason string) {
	m.incidents.WithLabelValues(service, reason).Inc()
}

// Acted counts an act; code is that of the refusal, "" when it took effect.
func (m *Metrics) Acted(code string) {
	if code == "" {
		code = "done"
	}
	m.acts.WithLabelValues(code).Inc()
}

// Placed counts what a round has given.
func (m *Metrics) Placed(service, outcome string, n int) {
	m.places.WithLabelValues(service, outcome).Add(float64(n))
}

// Scanned counts a scan of an upload.
func (m *Metrics) Scanned(result string) { m.scanned.WithLabelValues(result).Inc() }

// Erased counts an application that is kept no longer.
func (m *Metrics) Erased(service string) { m.erased.WithLabelValues(service).Inc() }

// Asked counts a question to a registry, or a write; result is found, notFound, failed or unavailable.
func (m *Metrics) Asked(registry, operation, result string, took time.Duration) {
	m.asked.WithLabelValues(registry, operation, result).Observe(took.Seconds())
}

// standing tells how things stand in the database.
type standing struct {
	o    Options
	lock sync.Mutex
	at   time.Time
	last []prometheus.Metric
}

var (
	open      = prometheus.NewDesc("diwan_applications_open", "Applications that have not ended, by the step at which they are shown.", []string{"service", "step"}, nil)
	overdue   = prometheus.NewDesc("diwan_tasks_overdue", "Open tasks whose time limit is over.", []string{"service", "step"}, nil)
	incidents = prometheus.NewDesc("diwan_incidents_open", "Open tasks of operators.", []string{"service", "step"}, nil)
	waiting   = prometheus.NewDesc("diwan_outbox_waiting", "Messages that are promised and not delivered yet.", nil, nil)
	failed    = prometheus.NewDesc("diwan_standing_failed", "1 where the database could not be asked how things stand: then they are left out.", nil, nil)
	oldest    = prometheus.NewDesc("diwan_outbox_oldest_seconds", "Since when the oldest of them could have been delivered.", nil, nil)
	unscanned = prometheus.NewDesc("diwan_uploads_waiting", "Uploads in quarantine, which nobody can open until the scanner has said that they are clean.", nil, nil)
	expired   = prometheus.NewDesc("diwan_applications_expired", "Ended applications that are kept no longer and wait to be erased: for the next hour, or because money or the time to reopen them is open.", nil, nil)
	longest   = prometheus.NewDesc("diwan_uploads_oldest_seconds", "Since when the oldest of them waits.", nil, nil)
)

// Describe names the gauges.
func (s *standing) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{open, overdue, incidents, waiting, oldest, unscanned, longest, expired, failed} {
		out <- d
	}
}

// Collect gives them as they were at most Every ago. What cannot be asked now is left out, never a zero.
func (s *standing) Collect(out chan<- prometheus.Metric) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if now := time.Now(); s.at.IsZero() || now.Sub(s.at) >= s.o.Every {
		s.last, s.at = s.ask(), now
	}
	for _, m := range s.last {
		out <- m
	}
}

func (s *standing) ask() (all []prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), s.o.Limit)
	defer cancel()
	gauge := func(d *prometheus.Desc, n float64, labels ...string) {
		all = append(all, prometheus.MustNewConstMetric(d, prometheus.GaugeValue, n, labels...))
	}
	rows, err := s.o.Standing(ctx)
	missing := err != nil
	for _, r := range rows {
		gauge(open, float64(r.Open), r.Service, r.Step)
		gauge(overdue, float64(r.Overdue), r.Service, r.Step)
		gauge(incidents, float64(r.Incidents), r.Service, r.Step)
	}
	if w, err := s.o.Waiting(ctx); err == nil {
		gauge(waiting, float64(w.Messages))
		gauge(oldest, w.Oldest.Seconds())
	} else {
		missing = true
	}
	if s.o.Quarantine != nil {
		q, err := s.o.Quarantine(ctx)
		if missing = missing || err != nil; err == nil {
			gauge(unscanned, float64(q.Files))
			gauge(longest, q.Oldest.Seconds())
		}
	}
	if s.o.Expired != nil {
		n, err := s.o.Expired(ctx)
		if missing = missing || err != nil; err == nil {
			gauge(expired, float64(n))
		}
	}
	if missing {
		gauge(failed, 1)
	} else {
		gauge(failed, 0)
	}
	return all
}
