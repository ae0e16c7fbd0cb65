package servicetest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// usual is the person that applies where the scenario says nothing else.
var usual = map[string]string{
	"nationalNumber": `"401234567"`, "name": `"ليلى خليل النجار"`, "birthDate": `"1988-03-21"`, "sex": `"female"`,
}

// usualRepresentative is who applies for the applicant where the scenario says nothing else of them.
var usualRepresentative = map[string]string{"nationalNumber": `"409876543"`, "name": `"سامي خليل النجار"`, "birthDate": `"1985-07-14"`}

// start judges the form and gives what the scenario's application starts with; nil where it does not start.
func (r *rehearsal) start() *activity.Start {
	r.introduce()
	filled, starts := r.triggered()
	if !starts {
		return nil
	}
	if r.typed = filled; r.typed == nil {
		r.typed = map[string]any{}
	}
	maps.Copy(r.typed, r.written(r.sc.Form))
	refused := r.opens()
	switch {
	case len(r.differences) > 0:
		return nil
	case refused != "" && filled != nil: // who may not have it is not asked
		r.silenced = "the person may not have the service"
		r.askedBefore()
		return nil
	case refused != "":
		return r.begin(nil) // the machine decides the same, whatever the form would have said
	}
	if r.consented(filled != nil); r.silenced != "" {
		return nil
	}
	form, ok := r.submit(r.typed, []*source.Node{r.sc.Form}, &r.sc.Expect)
	if !ok {
		return nil
	}
	if r.compareForm(form); len(r.differences) > 0 {
		return nil
	}
	return r.begin(form)
}

// begin is what an application with that form starts with.
func (r *course) begin(form map[string]json.RawMessage) *activity.Start {
	r.papers.fill(form)
	start := &activity.Start{
		Interpreter: activity.Interpreter, Application: "scenario", Applicant: applicant, Reads: r.reads(form), Facts: r.facts(),
	}
	if pl := r.u.p.Plan(); pl.TariffOn == "" {
		start.Tariff = r.tariff(pl.TariffReads)
	} else {
		start.Facts.Tariffs = r.tariffs(pl.TariffReads)
	}
	return start
}

// introduce takes the facts of the scenario's applicant.
func (r *rehearsal) introduce() {
	for name, value := range usual {
		r.person[name] = json.RawMessage(value)
	}
	maps.Copy(r.person, r.object(r.sc.Person, r.u.roots[catalog.ApplicantRoot]))
	if r.sc.OnBehalf != nil {
		r.behalf = map[string]json.RawMessage{}
		for name, value := range usualRepresentative {
			r.behalf[name] = json.RawMessage(value)
		}
		maps.Copy(r.behalf, r.object(r.sc.OnBehalf, r.u.roots[catalog.RepresentativeRoot]))
	}
}

// reads is the plan's read set of a form and of the applicant.
func (r *course) reads(form map[string]json.RawMessage) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, path := range r.u.p.Plan().Reads {
		root, name, _ := strings.Cut(path, ".")
		from := form
		switch root {
		case catalog.ApplicantRoot:
			from = r.person
		case catalog.RepresentativeRoot:
			from = r.behalf
		}
		if v, ok := from[name]; ok {
			out[path] = v
		}
	}
	return out
}

// tariff is the version of the day of submission.
func (r *course) tariff(names []string) *activity.Tariff {
	return activity.TariffOn(r.tariffs(names), r.day)
}

// tariffs are the versions of the service's tariff, with the entries named.
func (r *course) tariffs(names []string) []activity.Tariff {
	t := r.u.c.Tariff(r.u.s.Tariff.Value)
	if t == nil {
		return nil
	}
	var out []activity.Tariff
	for _, v := range t.All() {
		version := activity.Tariff{Version: t.Name(&v), Since: v.Since.Value, Until: v.Until.Value, Amounts: map[string]json.RawMessage{}}
		for _, name := range names {
			if e, ok := v.Amounts.Get(name); ok {
				kind, _ := e.Kind()
				version.Amounts[name] = scalar(e.Value, kind)
			} else if table, ok := v.Tables.Get(name); ok {
				version.Amounts[name], _ = json.Marshal(table.Cells()) // texts always can be
			}
		}
		out = append(out, version)
	}
	return out
}

// typesOf are the fields of an answer or of an event.
func typesOf(gives source.Map[catalog.Type]) []formula.Field {
	var out []formula.Field
	for name, t := range gives.All() {
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
			r.differ("scenario-value", key.Range(), "there is no {name:q}", "name", key.Value)
			continue
		}
		raw := plain(value, fields[i].Type)
		if _, err := formula.DecodeValue(fields[i].Type, raw); err != nil {
			r.differ("scenario-value", value.Range(), "{name} is {type}", "name", key.Value, "type", fields[i].Type.Said())
			continue
		}
		b, err := json.Marshal(raw)
		if err != nil {
			r.differ("scenario-value", value.Range(), "{name} is {type}", "name", key.Value, "type", fields[i].Type.Said())
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
