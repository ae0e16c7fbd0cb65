package desk_test

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/settlement"
)

// settled are days and differences in memory.
type settled struct {
	days     []settlement.Day
	found    []settlement.Found
	figures  []settlement.Figure
	compared int
}

func (s *settled) Days(context.Context, string) ([]settlement.Day, bool, error) {
	return s.days, len(s.days) > 1, nil
}

func (s *settled) Day(_ context.Context, provider, day string) (*settlement.Day, error) {
	for i, d := range s.days {
		if d.Provider == provider && d.Day == day {
			s.days[i].Open, s.days[i].All = 0, 0
			for _, f := range s.found {
				if f.Day == day && f.ClosedAt == nil {
					s.days[i].Open++
				}
			}
			one := s.days[i]
			return &one, nil
		}
	}
	return nil, settlement.ErrNotFound
}

func (s *settled) Differences(_ context.Context, _, day string) (list []settlement.Found, err error) {
	for _, f := range s.found {
		if f.Day == day {
			list = append(list, f)
		}
	}
	return list, nil
}

func (s *settled) Difference(_ context.Context, id uuid.UUID) (*settlement.Found, error) {
	i := slices.IndexFunc(s.found, func(f settlement.Found) bool { return f.ID == id })
	if i < 0 {
		return nil, settlement.ErrNotFound
	}
	return &s.found[i], nil
}

func (s *settled) CountOpen(context.Context) (n int, err error) {
	for _, f := range s.found {
		if f.ClosedAt == nil {
			n++
		}
	}
	return n, nil
}

func (s *settled) Compare(context.Context, string, string) error { s.compared++; return nil }

func (s *settled) Explain(_ context.Context, id, by uuid.UUID, reason string) error {
	i := slices.IndexFunc(s.found, func(f settlement.Found) bool { return f.ID == id })
	s.found[i].ClosedAt, s.found[i].ClosedBy, s.found[i].Reason = &now, by, reason
	return nil
}

func (s *settled) SignOff(ctx context.Context, provider, day string, by uuid.UUID) error {
	d, err := s.Day(ctx, provider, day)
	if err != nil {
		return err
	}
	if !d.Ready() {
		return settlement.ErrOpen
	}
	i := slices.IndexFunc(s.days, func(x settlement.Day) bool { return x.Day == day })
	s.days[i].SignedAt, s.days[i].SignedBy = &now, by
	return nil
}

func (s *settled) Figures(_ context.Context, from, until string) ([]settlement.Figure, error) {
	if until < from {
		return nil, settlement.ErrSpan
	}
	return slices.Clone(s.figures), nil
}
