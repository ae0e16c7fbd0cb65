package machine

import (
	"errors"
	"fmt"
	"maps"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// errNoTariff: no version of the tariff holds on the day that chooses it.
var errNoTariff = errors.New("no version of the tariff holds on that day")

// withTariff gives values with the version of the tariff that the plan's day chooses, once that is known. What facts are known stays known:
// none of them has read the tariff, which was not there.
func (p *Program) withTariff(v *values, versions []activity.Tariff) (*values, error) {
	if _, chosen := v.roots["tariff"]; chosen {
		return v, nil
	}
	for _, i := range p.tariffOn.facts {
		f := &p.facts[i]
		if _, known := v.facts[f.name]; known {
			continue
		}
		if value, err := f.formula.Eval(v.roots); err == nil {
			v = v.learn(f.name, value)
		}
	}
	day, err := p.tariffOn.formula.Eval(v.roots)
	if err != nil {
		return nil, fmt.Errorf("day of the tariff: %w", err)
	}
	chosen := activity.TariffOn(versions, fmt.Sprint(day))
	if chosen == nil {
		return nil, errNoTariff
	}
	object, err := p.decodeRoot("tariff", chosen.Amounts)
	if err != nil {
		return nil, err
	}
	facts := maps.Clone(v.facts) // with would forget them; a State may hold the map
	v = v.with("tariff", object)
	v.facts, v.roots["facts"] = facts, facts
	v.tariff = chosen.Version
	return v, nil
}

// incidentOf is the incident that an operator sees where a formula has no value, and what it says beside that: never a value of the case.
func incidentOf(err error) (code, detail string) {
	var failed *formula.EvalError
	switch {
	case errors.Is(err, errBadFee):
		return BadFee, ""
	case errors.Is(err, errNoTariff):
		return NoTariff, ""
	case errors.As(err, &failed) && failed.Failure == formula.NoRow:
		return NoRow, "tariff." + failed.Field + " (" + failed.Kinds + ")"
	}
	return NoValue, ""
}
