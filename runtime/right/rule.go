package right

import (
	"encoding/json"
	"maps"
	"time"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// What becomes of a right. Granted makes one; the others are those of catalog.RightChanges.
const (
	Granted     = "granted"
	Renewed     = "renewed"
	Suspended   = "suspended"
	Resumed     = "resumed"
	Transferred = "transferred"
	Replaced    = "replaced"
	Revoked     = "revoked"
	Expired     = "expired"
)

// Valid is the status of a right that holds; a suspended one comes back to it. The others are the changes that end or suspend it.
const Valid = "valid"

// Names under which a step says what is no term of the right.
const (
	holderTerm = "holder"
	untilTerm  = "validUntil"
)

// Right is a right as it stands. Days are YYYY-MM-DD in the catalogue's zone.
type Right struct {
	Number     string
	Code       string
	Holder     string // national number of a person, or the number of a business or a property
	Terms      map[string]json.RawMessage
	GrantedOn  string
	ValidUntil string // its last day, or "" without end
	Version    int    // from 1, one more with every change

	status string // as it was last changed; Status says how it is on a day
}

// Status is how the right stands on a day: one that holds or is suspended is over after its last day.
func (r *Right) Status(day string) string {
	if (r.status == Valid || r.status == Suspended) && r.ValidUntil != "" && r.ValidUntil < day {
		return Expired
	}
	return r.status
}

// Refused is why a right is not granted or changed. Trying again does not help; the code is for an operator.
type Refused struct{ Code string }

func (r *Refused) Error() string { return "right: " + r.Code }

// Permanent is the code.
func (r *Refused) Permanent() string { return r.Code }

// The codes.
const (
	NoKind     = "right-not-declared" // the catalogue has no such right
	NoRight    = "no-right"           // no right of that kind has the number
	NotAllowed = "right-not-allowed"  // the right does not let the service do so
	WrongState = "right-wrong-status" // as it stands, that cannot become of it
	NoHolder   = "right-no-holder"    // nobody is said to hold it
	SameHolder = "right-same-holder"  // handed on to who holds it
	NotLater   = "right-not-later"    // it would end before it begins, or a renewal does not make it last longer
	WrongTerm  = "right-wrong-term"   // a term that the right does not have, or lacks
)

// from are the statuses of which each change makes something.
var from = map[string][]string{
	Renewed:     {Valid, Suspended, Expired}, // a late renewal is one; what it costs, the service says
	Suspended:   {Valid},
	Resumed:     {Suspended},
	Transferred: {Valid},
	Replaced:    {Valid, Suspended, Expired},
	Revoked:     {Valid, Suspended, Expired}, // so that it is not renewed
	Expired:     {Valid, Suspended},
}

// become is the status after a change, where it has one of its own.
var become = map[string]string{Suspended: Suspended, Resumed: Valid, Replaced: Replaced, Revoked: Revoked, Expired: Expired}

// grant makes a right. applicant is who holds it where the step names nobody.
func grant(k *plan.RightKind, said map[string]json.RawMessage, applicant, day string) (*Right, error) {
	r := &Right{Code: k.Code, Holder: applicant, Terms: map[string]json.RawMessage{}, GrantedOn: day, Version: 1, status: Valid}
	if k.Holder != "person" {
		r.Holder = "" // an applicant is a person: what holds it is always named
	}
	if err := r.take(k, said); err != nil {
		return nil, err
	}
	for _, t := range k.Terms {
		if _, given := r.Terms[t.Name]; !given && !t.Optional {
			return nil, &Refused{WrongTerm}
		}
	}
	switch {
	case r.Holder == "":
		return nil, &Refused{NoHolder}
	case r.ValidUntil != "" && r.ValidUntil < day:
		return nil, &Refused{NotLater}
	}
	return r, nil
}

// change gives the right as it is after the change; r stays as it is.
func (r *Right) change(k *plan.RightKind, what, service string, said map[string]json.RawMessage, day string) (*Right, error) {
	if !k.Lets(service, what) {
		return nil, &Refused{NotAllowed}
	}
	status, possible := r.Status(day), false
	for _, s := range from[what] {
		possible = possible || s == status
	}
	if !possible {
		return nil, &Refused{WrongState}
	}
	next := *r
	next.Version++
	next.Terms = maps.Clone(r.Terms)
	if err := next.take(k, said); err != nil {
		return nil, err
	}
	switch {
	case what == Renewed && next.ValidUntil != "" && (r.ValidUntil == "" || next.ValidUntil <= r.ValidUntil || next.ValidUntil < day):
		return nil, &Refused{NotLater}
	case next.ValidUntil != "" && next.ValidUntil < r.GrantedOn:
		return nil, &Refused{NotLater}
	case what == Transferred && next.Holder == "":
		return nil, &Refused{NoHolder}
	case what == Transferred && next.Holder == r.Holder:
		return nil, &Refused{SameHolder}
	case what != Transferred && next.Holder != r.Holder:
		return nil, &Refused{WrongTerm}
	}
	if s := become[what]; s != "" {
		next.status = s
	} else if status == Expired {
		next.status = Valid // renewed after its end
	}
	return &next, nil
}

// take takes what a step says of the right.
func (r *Right) take(k *plan.RightKind, said map[string]json.RawMessage) error {
	for name, value := range said {
		var text string
		switch {
		case name == holderTerm:
			if json.Unmarshal(value, &text) != nil || text == "" {
				return &Refused{NoHolder}
			}
			r.Holder = text
		case name == untilTerm:
			if json.Unmarshal(value, &text) != nil {
				return &Refused{WrongTerm}
			}
			if _, err := time.Parse(time.DateOnly, text); err != nil {
				return &Refused{WrongTerm}
			}
			r.ValidUntil = text
		case k.Term(name) == nil:
			return &Refused{WrongTerm}
		case string(value) == "null":
			delete(r.Terms, name)
		default:
			r.Terms[name] = value
		}
	}
	return nil
}
