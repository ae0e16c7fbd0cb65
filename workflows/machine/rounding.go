package machine

import (
	"fmt"
	"math"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// rounding rounds amounts, which are never below zero, to whole units. Of ISO 80000-1, annex B, half-even is rule A, and nearest is rule B: half goes up.
type rounding struct {
	unit int64 // minor units, above zero
	way  string
	adds bool // the difference is asked of the applicant, or given to them, by a line of its own
}

func (p *Program) loadRounding(r *plan.Rounding) (*rounding, error) {
	if r == nil {
		return nil, nil
	}
	unit, err := formula.ParseMoney(r.To)
	if err != nil || unit.Minor <= 0 || unit.Currency != p.plan.Currency {
		return nil, fmt.Errorf("rounds to %q", r.To)
	}
	switch r.Way {
	case "up", "down", "nearest", "half-even":
	default:
		return nil, fmt.Errorf("rounds %q", r.Way)
	}
	return &rounding{unit.Minor, r.Way, r.Difference == "applicant"}, nil
}

// of is the amount in whole units; false where that is too large.
func (r *rounding) of(amount int64) (int64, bool) {
	if r == nil {
		return amount, true
	}
	rest := amount % r.unit
	down := amount - rest
	up := rest > 0 && (r.way == "up" || r.way != "down" && rest >= r.unit-rest && !r.tie(down, rest))
	if !up {
		return down, true
	}
	if down > math.MaxInt64-r.unit {
		return 0, false
	}
	return down + r.unit, true
}

// tie tells that an amount stands half-way and goes to the unit below, which is even.
func (r *rounding) tie(down, rest int64) bool {
	return r.way == "half-even" && rest == r.unit-rest && down/r.unit%2 == 0
}
