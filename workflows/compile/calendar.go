package compile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// Calendar makes a calendar of the catalogue ready to be cut. The check has accepted it; what it would not have is an error.
func Calendar(k *catalog.Calendar) (worktime.Published, error) {
	var out worktime.Published
	for _, w := range k.Weekend {
		i := slices.Index(weekdays, w.Value)
		if i < 0 {
			return out, fmt.Errorf("calendar %s: %q is no day of the week", k.Code.Value, w.Value)
		}
		out.Weekend = append(out.Weekend, time.Weekday(i))
	}
	own := map[int]worktime.Hours{}
	for _, h := range k.Hours {
		span, ok := catalog.Span(h.From.Value, h.To.Value)
		if !ok {
			return out, fmt.Errorf("calendar %s: from %q to %q is no time of a day", k.Code.Value, h.From.Value, h.To.Value)
		}
		if len(h.Days) == 0 {
			out.Usual = append(out.Usual, span[:]...)
		}
		for _, d := range h.Days {
			i := slices.Index(weekdays, d.Value)
			own[i] = append(own[i], span[:]...)
		}
	}
	for i := range weekdays {
		if hours := own[i]; hours != nil {
			out.Weekly = append(out.Weekly, worktime.Weekly{Day: time.Weekday(i), Hours: hours})
		}
	}
	for _, h := range k.Holidays {
		d := worktime.Day{Date: h.Date.Value}
		if span, ok := catalog.Span(h.From.Value, h.To.Value); ok {
			d.Hours = span[:]
		}
		out.Days = append(out.Days, d)
	}
	slices.SortFunc(out.Days, func(a, b worktime.Day) int { return strings.Compare(a.Date, b.Date) })
	said, err := json.Marshal(out)
	if err != nil {
		return out, err
	}
	out.Version = k.Code.Value + "@" + plan.DigestOf(said)[:12]
	return out, nil
}
