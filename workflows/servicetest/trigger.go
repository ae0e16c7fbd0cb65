package servicetest

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// triggered works out what starts the scenario's application. It gives what is filled in, nil where somebody fills in the whole form; starts is
// false where nothing is started, which silenced or a difference then says.
func (r *rehearsal) triggered() (filled map[string]any, starts bool) {
	pl, said := r.u.p.Plan(), r.sc.Trigger
	if said == nil {
		said = &catalog.Beginning{By: source.Text{Value: applicant}}
	}
	some := false
	for i := range pl.Triggers {
		t := &pl.Triggers[i]
		if t.By != said.By.Value || t.Event != said.Event.Value || t.Right != said.Right.Value {
			continue
		}
		r.trigger, some = t, true
		if t.Brings == nil {
			r.u.begun[i]++
			return nil, true
		}
		if filled, starts = r.brought(i, t, said); starts {
			r.u.begun[i]++
			return filled, true
		}
	}
	switch {
	case !some && len(pl.Triggers) > 0 || !some && said.By.Value != applicant:
		r.differ("scenario-trigger", r.begins(), "nothing of this starts the service").
			help("It is started by {triggers}.", "triggers", triggersOf(pl))
	case !some:
		return nil, true // the applicant, where nothing is written
	}
	return nil, false
}

// begins is where it is written what starts the application.
func (r *rehearsal) begins() diag.Range {
	if r.sc.Trigger != nil {
		return r.sc.Trigger.Head()
	}
	return r.sc.Title.Range()
}

// brought lets an event, or the day of a right, start the application.
func (r *rehearsal) brought(index int, t *plan.Trigger, said *catalog.Beginning) (map[string]any, bool) {
	fields, err := machine.Fields(t.Brings.Fields)
	if err != nil {
		r.differ("scenario-trigger", r.begins(), "this cannot be worked out: {problem}", "problem", err.Error())
		return nil, false
	}
	gives := decoded(r.object(said.Gives.Node(), fields))
	if t.Right != "" {
		for name, usually := range map[string]any{"number": "SAMPLE-1", "status": "valid", "holder": strings.Trim(string(r.person["nationalNumber"]), `"`)} {
			if _, written := gives[name]; !written {
				gives[name] = usually
			}
		}
	}
	if len(r.differences) > 0 {
		return nil, false
	}
	begun, starts, err := r.u.f.Begin(index, gives)
	switch {
	case err != nil:
		d := r.differ("scenario-trigger", r.begins(), "this cannot be worked out: {problem}", "problem", err.Error())
		d.help("Write what the event or the right gives: {names}.", "names", namesOf(fields))
		return nil, false
	case !starts:
		r.silenced = "its condition does not hold"
		return nil, false
	case begun.On.Valid() && begun.On.String() > r.day:
		r.silenced = "its day has not come"
		return nil, false
	}
	r.silenced = ""
	person, _ := json.Marshal(begun.For) // a text always can be
	r.person["nationalNumber"] = person
	r.note("", "started by {trigger}", "trigger", triggerName(t))
	return begun.Form, true
}

// askedBefore notes that what is asked before the form was answered, where no application asks it again.
func (r *rehearsal) askedBefore() {
	for i := range r.u.s.Before {
		r.used["answers/"+r.u.s.Before[i].Ask.Value]++
	}
}

// consented takes what the person says to what is filled in.
func (r *rehearsal) consented(filled bool) {
	if !filled || r.trigger.Within == nil || r.sc.Trigger == nil {
		return
	}
	switch r.sc.Trigger.Consent.Value {
	case catalog.Silence:
		r.silenced = "nobody agrees in time"
	case catalog.Declined:
		r.silenced = "the person does not agree"
	default:
		r.note("", "the person agrees")
	}
}

// compareNotStarted compares the end where nothing was started.
func (r *rehearsal) compareNotStarted() {
	x := &r.sc.Expect
	if r.silenced == "" || len(r.differences) > 0 {
		return
	}
	r.note("", "nothing is started")
	if x.End.Value != catalog.NotStarted {
		d := r.differ("scenario-end", x.Head(), "nothing is started: {why}", "why", r.silenced)
		d.Want, d.Have = x.End.Value, catalog.NotStarted
		d.help("Write {expect} where that is what the scenario shows.", "expect", "expect: {end: "+d.Have+"}")
	}
}

// compareForm compares the form as it is sent.
func (r *rehearsal) compareForm(form map[string]json.RawMessage) {
	want := r.sc.Expect.Form
	if want == nil {
		return
	}
	typed := r.written(want)
	for key, value := range want.Pairs() {
		field := named(r.u.p.Plan().Form.Fields, key.Value)
		if field == nil { // a finding of its own
			continue
		}
		wanted, _ := json.Marshal(r.u.f.Value(key.Value, typed[key.Value])) // it was text
		have, there := form[key.Value]
		switch {
		case !there:
			d := r.differ("scenario-fields", value.Range(), "{field} is empty", "field", key.Value)
			d.Want = key.Value + ": " + string(wanted)
		case string(wanted) != string(have):
			d := r.differ("scenario-fields", value.Range(), "{field} is {have}, not {want}", "field", key.Value, "have", string(have), "want", string(wanted))
			d.Want, d.Have = key.Value+": "+string(wanted), key.Value+": "+string(have)
		}
	}
}

// triggers are the points of what starts the service.
func (u *unit) triggers() []Point {
	var out []Point
	for i := range u.p.Plan().Triggers {
		t := &u.s.Triggers[i]
		out = append(out, Point{Kind: TriggerPoint, Name: triggerName(&u.p.Plan().Triggers[i]), Range: t.Subject().Range(), Times: u.begun[i]})
	}
	return out
}

// triggerName is a trigger as it is written.
func triggerName(t *plan.Trigger) string {
	switch {
	case t.Event != "":
		return "event: " + t.Event
	case t.Right != "":
		return "right: " + t.Right
	}
	return "by: " + t.By
}

func triggersOf(pl *plan.Plan) []string {
	if len(pl.Triggers) == 0 {
		return []string{"by: " + applicant}
	}
	var out []string
	for i := range pl.Triggers {
		if name := triggerName(&pl.Triggers[i]); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func namesOf(fields []formula.Field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name)
	}
	return out
}

// decoded is JSON as encoding/json reads it.
func decoded(raw map[string]json.RawMessage) map[string]any {
	out := map[string]any{}
	for name, b := range raw {
		d := json.NewDecoder(strings.NewReader(string(b)))
		d.UseNumber()
		var v any
		if d.Decode(&v) == nil {
			out[name] = v
		}
	}
	return out
}
