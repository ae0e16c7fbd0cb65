package portal

import (
	"encoding/json"
	"regexp"
	"time"

	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// An amount that does not depend on anything is one entry of the tariff, or an amount as it is written.
var (
	literal     = regexp.MustCompile(`^money\(["']([^"']+)["']\)$`)
	tariffEntry = regexp.MustCompile(`^tariff\.([A-Za-z][A-Za-z0-9]*)$`)
)

// price says in a few words what a service costs: nothing, one amount, or that it is calculated.
func (p *Portal) price(l *ui.Locale, s *release.Live) string {
	fees := s.Plan.Fees
	if len(fees) == 0 {
		return l.T("service.free")
	}
	if len(fees) == 1 {
		if m, ok := p.constant(s.Plan, fees[0]); ok {
			if fees[0].When != "" {
				return l.T("service.upTo", "amount", m)
			}
			return l.Money(m)
		}
	}
	return l.T("service.calculated")
}

// constant is the amount of a fee that is the same for everybody today.
func (p *Portal) constant(pl *plan.Plan, fee plan.Fee) (ui.Money, bool) {
	if written := literal.FindStringSubmatch(fee.Amount); written != nil {
		return ui.ParseMoney(written[1])
	}
	entry := tariffEntry.FindStringSubmatch(fee.Amount)
	if entry == nil {
		return ui.Money{}, false
	}
	tariff, err := p.o.Releases.Reference().Tariff(pl.Tariff, p.today(pl).Format(time.DateOnly), entry[1:])
	if err != nil {
		return ui.Money{}, false
	}
	return moneyOf(tariff.Amounts[entry[1]])
}

// today is the day in the zone of a plan.
func (p *Portal) today(pl *plan.Plan) time.Time {
	zone, err := time.LoadLocation(pl.Zone)
	if err != nil {
		zone = time.UTC
	}
	return p.o.Now().In(zone)
}

// moneyOf reads an amount in either of the ways in which JSON writes one.
func moneyOf(raw json.RawMessage) (ui.Money, bool) {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return ui.ParseMoney(text)
	}
	var pair struct{ Value, Currency string }
	if json.Unmarshal(raw, &pair) == nil {
		return ui.ParseMoney(pair.Value + " " + pair.Currency)
	}
	return ui.Money{}, false
}
