// Package licence holds the rules of the driving-licence renewal of samples/palestine as plain Go: what the register says, the fees and the
// time limits. Both workflows that the compiled service is measured against share it; it may not know Temporal.
//
//	lines, err := licence.Fees(start.Tariff, years, l.ExpiresOn, licence.Day(start.Facts.At))
package licence

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// The fees.
const (
	Renewal = "renewal"
	Late    = "late"
)

// Licence is what the register says of one.
type Licence struct {
	Holder      string
	ExpiresOn   time.Time // midnight UTC
	UnpaidFines int64
	Blocked     bool
}

// Read takes the values of an answer.
func (l *Licence) Read(values map[string]json.RawMessage) error {
	var expires string
	for _, f := range []struct {
		name string
		into any
	}{{"holder", &l.Holder}, {"expiresOn", &expires}, {"unpaidFines", &l.UnpaidFines}, {"blocked", &l.Blocked}} {
		if err := json.Unmarshal(values[f.name], f.into); err != nil {
			return err
		}
	}
	var err error
	l.ExpiresOn, err = time.Parse(time.DateOnly, expires)
	return err
}

var errTariff = errors.New("no such amount in the tariff")

// Fees are what a renewal costs: the years, and a fine for each month begun after expiry, up to its cap.
func Fees(t *activity.Tariff, years int64, expiresOn, submitted time.Time) ([]activity.Line, error) {
	if t == nil {
		return nil, errTariff
	}
	perYear, err := amount(t, "licencePerYear")
	if err != nil {
		return nil, err
	}
	perMonth, err := amount(t, "latePerMonth")
	if err != nil {
		return nil, err
	}
	most, err := amount(t, "lateCap")
	if err != nil {
		return nil, err
	}
	lines := []activity.Line{{Fee: Renewal, Amount: perYear * years}}
	if months := monthsBegun(expiresOn, submitted); months > 0 {
		lines = append(lines, activity.Line{Fee: Late, Amount: min(most, perMonth*months)})
	}
	return lines, nil
}

// amount reads an entry of the tariff in minor units of ILS.
func amount(t *activity.Tariff, name string) (int64, error) {
	var m struct{ Value, Currency string }
	if err := json.Unmarshal(t.Amounts[name], &m); err != nil {
		return 0, err
	}
	whole, cents, _ := strings.Cut(m.Value, ".")
	if m.Currency != "ILS" || len(cents) != 2 {
		return 0, errTariff
	}
	return strconv.ParseInt(whole+cents, 10, 64)
}

// monthsBegun counts the months from one day to another, one that has begun as a whole one; 31 January and a month is 28 February.
func monthsBegun(from, to time.Time) int64 {
	if !to.After(from) {
		return 0
	}
	n := int64(to.Year()-from.Year())*12 + int64(to.Month()-from.Month())
	if addMonths(from, n).Before(to) {
		n++
	}
	return n
}

func addMonths(d time.Time, n int64) time.Time {
	first := time.Date(d.Year(), d.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(d.Day(), last)-1)
}
