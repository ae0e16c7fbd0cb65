package servicetest

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// slice is how many days of the calendar a scenario brings.
const slice = 400

// start is what the scenario's application starts with.
func (r *rehearsal) start() (*activity.Start, bool) {
	day, err := time.ParseInLocation(time.DateOnly, r.sc.On.Value, r.p.Zone())
	if err != nil {
		r.add("scenario-day", r.sc.RangeOf("on"), "the scenario does not say on which day the application is submitted")
		return nil, false
	}
	r.at = day.Add(10 * time.Hour)
	var fields, person []formula.Field
	for _, f := range r.scope.Fields {
		switch f.Name {
		case catalog.FormRoot:
			fields = f.Type.Object.Fields
		case catalog.ApplicantRoot:
			person = f.Type.Object.Fields
		}
	}
	form := r.object(r.sc.Form, fields)
	applicant := map[string]json.RawMessage{
		"nationalNumber": []byte(`"401234567"`), "name": []byte(`"ليلى خليل النجار"`), "birthDate": []byte(`"1988-03-21"`), "sex": []byte(`"female"`),
	}
	for name, value := range r.object(r.sc.Person, person) {
		applicant[name] = value
	}
	if len(r.list) > 0 || !r.formIsComplete(form, applicant) {
		return nil, false
	}
	reads := map[string]json.RawMessage{}
	for _, path := range r.p.Plan().Reads {
		from, name := form, path[len("form."):]
		if path[0] == 'a' {
			from, name = applicant, path[len("applicant."):]
		}
		if v, ok := from[name]; ok {
			reads[path] = v
		}
	}
	return &activity.Start{
		Interpreter: activity.Interpreter, Application: "scenario", Applicant: "applicant", Reads: reads, Tariff: r.tariff(),
		Facts: activity.Facts{At: r.at, Calendar: r.calendar(day)},
	}, len(r.list) == 0
}

// tariff takes the amounts of the last tariff that began by the day of submission.
func (r *rehearsal) tariff() *activity.Tariff {
	var t *catalog.Tariff
	for _, x := range r.c.Tariffs {
		if x.Code.Value == r.s.Tariff.Value && x.Since.Value <= r.sc.On.Value && (t == nil || t.Since.Value < x.Since.Value) {
			t = x
		}
	}
	if t == nil {
		return nil
	}
	out := &activity.Tariff{Version: t.Code.Value + "@" + t.Since.Value, Amounts: map[string]json.RawMessage{}}
	for _, name := range r.p.Plan().TariffReads {
		e, _ := t.Amounts.Get(name)
		kind, _ := e.Kind()
		out.Amounts[name] = scalar(e.Value, kind)
	}
	return out
}

func (r *rehearsal) calendar(from time.Time) *activity.Calendar {
	c := r.c.Calendar(r.c.Settings.Calendar.Value)
	if c == nil {
		return nil
	}
	weekend := texts(c.Weekend)
	out := make([]byte, slice)
	for i := range out {
		d := from.AddDate(0, 0, i)
		free := slices.ContainsFunc(c.Holidays, func(h catalog.Holiday) bool { return h.Date.Value == d.Format(time.DateOnly) })
		out[i] = 'w'
		if free || slices.Contains(weekend, weekdays[d.Weekday()]) {
			out[i] = '-'
		}
	}
	return &activity.Calendar{Version: "scenario", From: from.Format(time.DateOnly), Days: string(out)}
}

var weekdays = [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

func typesOf(op *catalog.Operation) []formula.Field {
	var out []formula.Field
	for name, t := range op.Gives.All() {
		if ft, ok := t.Formula(); ok {
			out = append(out, formula.Field{Name: name, Type: ft})
		}
	}
	return out
}

// object reads the values of a mapping by their declared types; what cannot be one is a finding at its place.
func (r *rehearsal) object(n *source.Node, fields []formula.Field) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	if n == nil {
		return out
	}
	for key, value := range n.Pairs() {
		i := slices.IndexFunc(fields, func(f formula.Field) bool { return f.Name == key.Value })
		if i < 0 {
			r.add("scenario-value", key.Range(), "there is no {name:q}", "name", key.Value)
			continue
		}
		raw := plain(value, fields[i].Type)
		if _, err := formula.DecodeValue(fields[i].Type, raw); err != nil {
			r.add("scenario-value", value.Range(), "{name} is {type}", "name", key.Value, "type", fields[i].Type.String())
			continue
		}
		b, err := json.Marshal(raw)
		if err != nil {
			r.add("scenario-value", value.Range(), "{name} is {type}", "name", key.Value, "type", fields[i].Type.String())
			continue
		}
		out[key.Value] = b
	}
	return out
}

// plain is a node as encoding/json would have decoded it, had it been written in JSON.
func plain(n *source.Node, t formula.Type) any {
	switch n.Kind {
	case source.Scalar:
		switch t.Kind {
		case formula.KindInt, formula.KindDecimal:
			return json.Number(n.Value)
		case formula.KindBool:
			if n.Value == "true" || n.Value == "false" {
				return n.Value == "true"
			}
		}
		return n.Value
	case source.List:
		out := []any{}
		for _, item := range n.Items() {
			if t.Elem == nil {
				return nil
			}
			out = append(out, plain(item, *t.Elem))
		}
		return out
	case source.Mapping:
		out := map[string]any{}
		for k, v := range n.Pairs() {
			field := formula.Type{}
			if t.Object != nil {
				if i := slices.IndexFunc(t.Object.Fields, func(f formula.Field) bool { return f.Name == k.Value }); i >= 0 {
					field = t.Object.Fields[i].Type
				}
			}
			out[k.Value] = plain(v, field)
		}
		return out
	}
	return nil
}

func scalar(value string, kind formula.Kind) json.RawMessage {
	if kind == formula.KindMoney {
		b, _ := json.Marshal(value) // a string always can be
		return b
	}
	return json.RawMessage(value)
}
