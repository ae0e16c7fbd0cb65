package settlement

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Turnover is what has become of an application's money in an authority's book on a day; see ledger.Turnover.
type Turnover struct {
	Day         string // "" = on all days before
	Authority   string
	Application uuid.UUID
	Currency    string
	Due         int64
	Received    int64
	Refunded    int64
	Owed        int64
}

// Figure is what a service of an authority has brought on a day, in minor units of Currency.
type Figure struct {
	Day, Authority, Service, Currency string

	Due         int64 // became due, less what is due no more
	Received    int64
	Refunded    int64
	Outstanding int64 // due and not received at the end of the day
	Settled     int64 // in the settlement files of the day: what came in, less what went out
}

// MostFigures is how many days Figures takes at once.
const MostFigures = 31

// ErrSpan: from and until are no days, in the wrong order, or too far apart.
var ErrSpan = errors.New("settlement: not a span of at most 31 days")

// servicesAtOnce is of how many applications one question asks.
const servicesAtOnce = 5000

// Figures gives the days of a span on which something has happened, and its last day wherever something is outstanding. Service is "" where an
// application is not known any more.
func (b *Books) Figures(ctx context.Context, from, until string) ([]Figure, error) {
	first, err := time.Parse(time.DateOnly, from)
	last, lastErr := time.Parse(time.DateOnly, until)
	if err != nil || lastErr != nil || last.Before(first) || !last.Before(first.AddDate(0, 0, MostFigures)) {
		return nil, ErrSpan
	}
	turnover, err := b.o.Ours.Turnover(ctx, from, until)
	if err != nil {
		return nil, err
	}
	settled, err := b.Settled(ctx, from, until)
	if err != nil {
		return nil, err
	}
	var applications []uuid.UUID
	for _, t := range turnover {
		applications = append(applications, t.Application)
	}
	for _, s := range settled {
		if s.Application != nil {
			applications = append(applications, *s.Application)
		}
	}
	services := map[uuid.UUID]string{}
	slices.SortFunc(applications, func(x, y uuid.UUID) int { return slices.Compare(x[:], y[:]) })
	for some := range slices.Chunk(slices.Compact(applications), servicesAtOnce) {
		found, err := b.o.Services(ctx, some)
		if err != nil {
			return nil, err
		}
		for id, service := range found {
			services[id] = service
		}
	}
	return figures(turnover, settled, services, until), nil
}

// figures sums by day, authority, service and currency, and carries what is outstanding from day to day.
func figures(turnover []Turnover, settled []Settled, services map[uuid.UUID]string, until string) (out []Figure) {
	sums := map[Figure]*Figure{} // by day, authority, service and currency
	one := func(key Figure) *Figure {
		if sums[key] == nil {
			f := key
			sums[key] = &f
		}
		return sums[key]
	}
	for _, t := range turnover {
		f := one(Figure{Day: t.Day, Authority: t.Authority, Service: services[t.Application], Currency: t.Currency})
		f.Due, f.Received, f.Refunded, f.Outstanding = f.Due+t.Due, f.Received+t.Received, f.Refunded+t.Refunded, f.Outstanding+t.Owed
		one(Figure{Day: until, Authority: f.Authority, Service: f.Service, Currency: f.Currency})
	}
	for _, s := range settled {
		service := ""
		if s.Application != nil {
			service = services[*s.Application]
		}
		one(Figure{Day: s.Day, Authority: s.Authority, Service: service, Currency: s.Currency}).Settled += s.Amount
	}
	for _, f := range sums {
		out = append(out, *f)
	}
	slices.SortFunc(out, func(x, y Figure) int {
		return cmp.Or(cmp.Compare(x.Authority, y.Authority), cmp.Compare(x.Service, y.Service), cmp.Compare(x.Currency, y.Currency), cmp.Compare(x.Day, y.Day))
	})
	for i := range out[min(1, len(out)):] {
		before, f := out[i], &out[i+1]
		if before.Authority == f.Authority && before.Service == f.Service && before.Currency == f.Currency {
			f.Outstanding += before.Outstanding
		}
	}
	out = slices.DeleteFunc(out, func(f Figure) bool {
		return f.Day == "" || f.Due == 0 && f.Received == 0 && f.Refunded == 0 && f.Settled == 0 && (f.Day != until || f.Outstanding == 0)
	})
	slices.SortStableFunc(out, func(x, y Figure) int { return cmp.Compare(y.Day, x.Day) })
	return out
}
