package settlement

import (
	"cmp"
	"slices"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/catalog/formula"
)

// What says how two sides differ.
type What string

// The ways.
const (
	MissingHere  What = "missing-here"  // the provider has it, the book does not
	MissingThere What = "missing-there" // the book has it, the provider does not
	OtherAmount  What = "amount"
	OtherUnit    What = "currency"
	Twice        What = "twice" // the provider has it more than once
)

// Whats are all of them.
var Whats = []What{MissingHere, MissingThere, OtherAmount, OtherUnit, Twice}

// Difference is one thing that does not agree. Ours and Theirs are zero where there is none.
type Difference struct {
	Key
	Source       Source
	What         What
	Line         int // of the provider's; 0 where it has none
	Again        int // of Twice: how many stand before it
	Ours, Theirs formula.Money
	Authority    string // of our movement, "" where there is none
	Application  uuid.UUID
}

// match compares what both sides say about a day. ours are the movements of that day and those, of whatever day, that lines of that day speak
// of; theirs are the lines of that day and those, of whatever day, that movements of that day are spoken of by. Clocks differ, so the two sides
// of a movement may lie on different days: it is compared under the later one, and what came before was missing until then.
func match(day string, source Source, ours []Movement, theirs []Line) (out []Difference) {
	movements, lines := map[Key]Movement{}, map[Key][]Line{}
	for _, m := range ours {
		movements[m.Key] = m
	}
	for _, l := range theirs {
		lines[l.Key] = append(lines[l.Key], l)
	}
	for key, all := range lines {
		slices.SortFunc(all, func(x, y Line) int { return cmp.Or(cmp.Compare(x.Day, y.Day), cmp.Compare(x.Number, y.Number)) })
		m, booked := movements[key]
		for i, again := range all[1:] {
			if again.Day == day {
				d := m.difference(source, Twice, again)
				d.Again = i + 1
				out = append(out, d)
			}
		}
		first := all[0]
		switch {
		case !booked && first.Day == day:
			out = append(out, Difference{Key: key, Source: source, What: MissingHere, Line: first.Number, Theirs: first.Amount})
		case !booked || max(m.Day, first.Day) != day:
		case m.Amount.Currency != first.Amount.Currency:
			out = append(out, m.difference(source, OtherUnit, first))
		case m.Amount.Minor != first.Amount.Minor:
			out = append(out, m.difference(source, OtherAmount, first))
		}
	}
	for key, m := range movements {
		if m.Day == day && len(lines[key]) == 0 {
			out = append(out, m.difference(source, MissingThere, Line{Key: key}))
		}
	}
	slices.SortFunc(out, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.ID, y.ID), cmp.Compare(x.What, y.What), cmp.Compare(x.Line, y.Line))
	})
	return out
}

// difference is one about a movement that may be in the book, and a line that may be the provider's.
func (m Movement) difference(source Source, what What, l Line) Difference {
	return Difference{Key: l.Key, Source: source, What: what, Line: l.Number, Ours: m.Amount, Theirs: l.Amount, Authority: m.Authority, Application: m.Application}
}
