package release

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/compile"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// referenceOf takes out of a checked catalogue what the runtime needs beside its services.
func referenceOf(c *catalog.Catalogue) (Reference, error) {
	r := Reference{
		Title: c.Settings.Title.Plain(), Languages: words(c.Settings.Languages), Currency: c.Settings.Currency.Value,
		Zone: c.Settings.TimeZone.Value, Calendar: c.Settings.Calendar.Value, Changes: c.Settings.Changes.Value,
	}
	for i := range c.Settings.Heads {
		h := &c.Settings.Heads[i]
		r.Heads = append(r.Heads, RevenueHead{Code: h.Code.Value, Title: h.Title.Plain()})
	}
	for _, a := range c.Authorities {
		out := Authority{Code: a.Code.Value, Title: a.Title.Plain(), Roles: []Role{}}
		for _, role := range c.Roles(a.Code.Value) {
			out.Roles = append(out.Roles, Role{Code: role.Code.Value, Title: role.Title.Plain()})
		}
		for _, o := range a.Offices {
			out.Offices = append(out.Offices, Office{Code: o.Code.Value, Title: o.Title.Plain(), Address: o.Address.Plain(), Open: o.Open.Plain()})
		}
		r.Authorities = append(r.Authorities, out)
	}
	for _, t := range c.Tariffs {
		for _, v := range t.All() {
			out, err := tariffOf(t, &v)
			if err != nil {
				return r, fmt.Errorf("tariff %s: %w", t.Name(&v), err)
			}
			r.Tariffs = append(r.Tariffs, out)
		}
	}
	for _, k := range c.Calendars {
		out, err := calendarOf(k)
		if err != nil {
			return r, err
		}
		r.Calendars = append(r.Calendars, out)
	}
	registries := c.Registries
	if len(c.Rights) > 0 {
		registries = append(slices.Clip(registries), c.Registry(catalog.RightsRegistry))
	}
	for _, right := range c.Rights {
		r.Rights = append(r.Rights, rightOf(right))
	}
	for _, g := range registries {
		out := Registry{Code: g.Code.Value, Title: g.Title.Plain(), Authority: g.Authority.Value}
		for i := range g.Operations {
			o := &g.Operations[i]
			out.Operations = append(out.Operations, Operation{Code: o.Code.Value, Title: o.Title.Plain(), With: fieldsOf(o.With), Gives: fieldsOf(o.Gives)})
		}
		r.Registries = append(r.Registries, out)
	}
	for _, e := range c.Events {
		r.Events = append(r.Events, Event{Code: e.Code.Value, Title: e.Title.Plain(), Authority: e.Authority.Value, About: e.About.Value, Gives: fieldsOf(e.Gives)})
	}
	return r, nil
}

func words(list []source.Text) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.Value
	}
	return out
}

// tariffOf takes out one version of a tariff.
func tariffOf(t *catalog.Tariff, v *catalog.TariffVersion) (Tariff, error) {
	out := Tariff{Code: t.Code.Value, Authority: t.Authority.Value, Title: t.Title.Plain(), Since: v.Since.Value, Until: v.Until.Value, Sample: t.Sample,
		Amounts: map[string]json.RawMessage{}}
	for name, e := range v.Amounts.All() {
		amount, err := amountOf(e)
		if err != nil {
			return out, fmt.Errorf("%s: %w", name, err)
		}
		out.Amounts[name] = amount
	}
	for i := range v.Tables.Entries {
		e := &v.Tables.Entries[i]
		rows, err := json.Marshal(e.Value.Cells())
		if err != nil {
			return out, fmt.Errorf("%s: %w", e.Key.Value, err)
		}
		out.Amounts[e.Key.Value] = rows
	}
	return out, nil
}

// amountOf writes a tariff's value as formulas read it.
func amountOf(e catalog.TariffEntry) (json.RawMessage, error) {
	kind, ok := e.Kind()
	if !ok {
		return nil, errors.New("neither money nor a number")
	}
	if kind != formula.KindMoney {
		d, err := formula.ParseDecimal(e.Value)
		if err != nil {
			return nil, err
		}
		return json.Marshal(d)
	}
	m, err := formula.ParseMoney(e.Value)
	if err != nil {
		return nil, err
	}
	return json.Marshal(m)
}

func calendarOf(k *catalog.Calendar) (Calendar, error) {
	published, err := compile.Calendar(k)
	return Calendar{Code: k.Code.Value, Title: k.Title.Plain(), Published: published}, err
}

// kinds are the kinds of value that the words of the language stand for.
var kinds = map[string]string{"text": "text", "integer": "int", "decimal": "decimal", "money": "money", "date": "date", "yes-no": "bool",
	"list": "list", "record": "record", catalog.ChoiceWord: "text"}

func fieldsOf(m source.Map[catalog.Type]) []plan.Field {
	out := []plan.Field{}
	for name, t := range m.All() {
		f := plan.Field{Name: name, Kind: kinds[t.Word], Optional: t.Optional}
		if t.Fields.Len() > 0 {
			f.Fields = fieldsOf(t.Fields)
		}
		out = append(out, f)
	}
	return out
}
