// Package metric counts what the runtime does and serves it to Prometheus.
//
// It owns the names of the metrics (every one begins with diwan_) and what is told at a scrape; it never asks the database itself and holds
// nothing about a person. Labels are codes of the catalogue: services, steps, outcomes, registries.
//
//	m := metric.New(book.Standing, relay.Waiting)
//	mux.Handle("GET /metrics", m.Handler())
package metric
