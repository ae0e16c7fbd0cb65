package application

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// quoteWait bounds a quote with all its lookups.
const quoteWait = 6 * time.Second

// Quote is what an application would cost; it binds nobody.
type Quote = machine.Quote

// Quote says what a form would lead to now: its fees up to the first payment, or the end before that. Registries are asked as the
// application would ask them, and nothing is stored. ErrNotFound for an unknown service; ErrUnavailable when a registry or the tariff is.
func (b *Book) Quote(ctx context.Context, p Person, service string, form map[string]any) (Quote, error) {
	live, ok := b.o.Releases.Service(service)
	if !ok {
		return Quote{}, fmt.Errorf("%w: service", ErrNotFound)
	}
	program, err := live.Program()
	if err != nil {
		return Quote{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	at := b.now()
	tariff, versions, err := b.tariff(live.Plan, at.In(program.Zone()).Format(time.DateOnly))
	if err != nil {
		return Quote{}, err
	}
	f, err := encoded(form)
	if err != nil {
		return Quote{}, err
	}
	a, err := encoded(p.Facts)
	if err != nil {
		return Quote{}, err
	}
	behalf, err := encoded(p.Behalf.Given())
	if err != nil {
		return Quote{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, quoteWait)
	defer cancel()
	start := activity.Start{
		Interpreter: activity.Interpreter, Plan: live.PlanDigest, Applicant: p.ID.String(), Facts: b.facts(at),
		Reads: reads(live.Plan.Reads, f, a, behalf), Tariff: tariff,
	}
	start.Facts.Tariffs = versions
	q, err := program.Quote(start, func(l activity.Lookup) (activity.Answer, error) {
		found, body, failed, err := b.ask(ctx, l)
		if err != nil {
			return activity.Answer{}, err
		}
		if failed != "" {
			return activity.Answer{}, fmt.Errorf("registry %s: %s", l.Registry, failed)
		}
		kept, err := keep(body, l.Keep)
		return activity.Answer{Facts: start.Facts, Found: found, Values: kept}, err
	})
	if err != nil {
		return Quote{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return q, nil
}

// encoded turns values into JSON, one by one.
func encoded(m map[string]any) (map[string]json.RawMessage, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return raw(b)
}
