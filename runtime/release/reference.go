package release

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
	"github.com/diwan-gov/diwan/workflows/worktime"
)

// Reference is what the runtime needs of a catalogue beside its services: plain data, stored as JSON with the release.
type Reference struct {
	Title       plan.Text   `json:"title"`
	Languages   []string    `json:"languages"` // the main one first
	Currency    string      `json:"currency"`
	Zone        string      `json:"zone"`              // IANA
	Calendar    string      `json:"calendar"`          // code of the one that counts working days
	Changes     string      `json:"changes,omitempty"` // service by which changes of the catalogue go
	Authorities []Authority `json:"authorities"`
	Tariffs     []Tariff    `json:"tariffs"`
	Calendars   []Calendar  `json:"calendars"`
	Registries  []Registry  `json:"registries"` // that of the rights among them, where there are any

	Rights []plan.RightKind `json:"rights,omitempty"`
	Events []Event          `json:"events,omitempty"`
	Heads  []RevenueHead    `json:"heads,omitempty"`
}

// RevenueHead is a head of the state's chart of accounts.
type RevenueHead struct {
	Code  string    `json:"code"`
	Title plan.Text `json:"title"`
}

// Authority is a public body and its roles.
type Authority struct {
	Code  string    `json:"code"`
	Title plan.Text `json:"title"`
	Roles []Role    `json:"roles"`

	Offices []Office `json:"offices,omitempty"`
}

// Office is where people come to an authority.
type Office struct {
	Code    string    `json:"code"`
	Title   plan.Text `json:"title"`
	Address plan.Text `json:"address"`
	Open    plan.Text `json:"open"` // when, in words
}

// Office is the office of an authority with that code.
func (a *Authority) Office(code string) (Office, bool) {
	i := slices.IndexFunc(a.Offices, func(o Office) bool { return o.Code == code })
	if i < 0 {
		return Office{}, false
	}
	return a.Offices[i], true
}

// Role is one role of an authority; as a capacity it is written authority:role.
type Role struct {
	Code  string    `json:"code"`
	Title plan.Text `json:"title"`
}

// Tariff is one version of a tariff, from its first day on. Amounts are JSON as formulas read them; a table is a list of its rows.
type Tariff struct {
	Code      string                     `json:"code"`
	Authority string                     `json:"authority"`
	Title     plan.Text                  `json:"title"`
	Since     string                     `json:"since"`           // YYYY-MM-DD
	Until     string                     `json:"until,omitempty"` // its last day; "" = until the next version begins
	Sample    bool                       `json:"sample,omitempty"`
	Amounts   map[string]json.RawMessage `json:"amounts"`
}

// Calendar says when work is done.
type Calendar struct {
	Code  string    `json:"code"`
	Title plan.Text `json:"title"`
	worktime.Published
}

// Registry is what another system's register answers.
type Registry struct {
	Code       string      `json:"code"`
	Title      plan.Text   `json:"title"`
	Authority  string      `json:"authority,omitempty"`
	Operations []Operation `json:"operations"`
}

// Operation is one question to a registry and the declared types of what it takes and gives.
type Operation struct {
	Code  string       `json:"code"`
	Title plan.Text    `json:"title,omitempty"`
	With  []plan.Field `json:"with"`
	Gives []plan.Field `json:"gives"`
}

// Event is what another system may tell.
type Event struct {
	Code      string       `json:"code"`
	Title     plan.Text    `json:"title"`
	Authority string       `json:"authority,omitempty"` // that tells it; without one nobody does
	About     string       `json:"about,omitempty"`     // the field that says whom or what it is about
	Gives     []plan.Field `json:"gives"`
}

// ErrNoTariff: the catalogue has no tariff of that code for that day, or it lacks an entry.
var ErrNoTariff = errors.New("release: no tariff")

// Tariff gives the entries named of the version that holds on a day (YYYY-MM-DD). An entry that only other versions have is left out: formulas
// say what then.
func (r *Reference) Tariff(code, day string, entries []string) (*activity.Tariff, error) {
	versions := r.TariffVersions(code, entries)
	found := activity.TariffOn(versions, day)
	if found == nil {
		return nil, ErrNoTariff
	}
	for _, e := range entries {
		if !slices.ContainsFunc(versions, func(v activity.Tariff) bool { _, has := v.Amounts[e]; return has }) {
			return nil, fmt.Errorf("%w: no version has %s", ErrNoTariff, e)
		}
	}
	return found, nil
}

// TariffVersions gives the entries named of every version, the oldest first. An entry that a version lacks is left out.
func (r *Reference) TariffVersions(code string, entries []string) []activity.Tariff {
	var out []activity.Tariff
	for i := range r.Tariffs {
		t := &r.Tariffs[i]
		if t.Code != code {
			continue
		}
		v := activity.Tariff{Version: t.Code + "@" + t.Since, Since: t.Since, Until: t.Until, Amounts: make(map[string]json.RawMessage, len(entries))}
		for _, e := range entries {
			if amount, ok := t.Amounts[e]; ok {
				v.Amounts[e] = amount
			}
		}
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b activity.Tariff) int { return cmp.Compare(a.Since, b.Since) })
	return out
}

// CalendarSlice is what an event brings of the catalogue's calendar, on the day of an instant in the catalogue's zone; nil where it has none.
func (r *Reference) CalendarSlice(at time.Time) *worktime.Calendar {
	i := slices.IndexFunc(r.Calendars, func(c Calendar) bool { return c.Code == r.Calendar })
	zone, err := time.LoadLocation(r.Zone)
	if i < 0 || err != nil {
		return nil
	}
	local := at.In(zone)
	return r.Calendars[i].Slice(time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC))
}

// Operation finds what a registry declares.
func (r *Reference) Operation(registry, operation string) (*Operation, bool) {
	for i := range r.Registries {
		if r.Registries[i].Code != registry {
			continue
		}
		for j := range r.Registries[i].Operations {
			if r.Registries[i].Operations[j].Code == operation {
				return &r.Registries[i].Operations[j], true
			}
		}
	}
	return nil, false
}

// Event finds an event.
func (r *Reference) Event(code string) (*Event, bool) {
	i := slices.IndexFunc(r.Events, func(e Event) bool { return e.Code == code })
	if i < 0 {
		return nil, false
	}
	return &r.Events[i], true
}

// Authority finds an authority.
func (r *Reference) Authority(code string) (*Authority, bool) {
	i := slices.IndexFunc(r.Authorities, func(a Authority) bool { return a.Code == code })
	if i < 0 {
		return nil, false
	}
	return &r.Authorities[i], true
}

// Offered are the services of a release that people look for: all but the one by which changes of the catalogue go, which the platform begins. The slice is the
// caller's.
func (r *Reference) Offered(services []*Live) []*Live {
	return slices.DeleteFunc(slices.Clone(services), func(l *Live) bool { return l.Service == r.Changes })
}
