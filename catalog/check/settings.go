package check

import (
	"slices"
	"time"
	_ "time/tzdata" // a check gives the same result on a machine without time zones

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
)

// settings looks at catalogue.yaml.
func settings(o *overview) {
	c, s := o.catalogue, o.catalogue.Settings
	if !c.Sound(catalog.SettingsFile) {
		return
	}
	if len(s.Languages) == 0 {
		o.add(problem("no-language", s.RangeOf("languages"), "the catalogue names no language").WithHelp("Write the main one first: languages: [ar, en]."))
	}
	for i, l := range s.Languages {
		if !languageForm.MatchString(l.Value) {
			o.add(problem("language", l.Range(), "{name:q} is no language", "name", l.Value).WithHelp("Write two or three letters such as ar, en or ckb."))
		}
		if slices.Index(values(s.Languages), l.Value) < i {
			o.add(problem("twice", l.Range(), "the language {name:q} is given twice", "name", l.Value).WithHelp("Remove one of the two."))
		}
	}
	if _, ok := formula.CurrencyExponent(s.Currency.Value); !ok {
		o.add(problem("currency", s.Currency.Range(), "{name:q} is no currency", "name", s.Currency.Value).WithHelp("Write its ISO 4217 code, such as ILS or JOD."))
	}
	if _, err := time.LoadLocation(s.TimeZone.Value); err != nil || s.TimeZone.Value == "" || s.TimeZone.Value == "Local" {
		o.add(problem("time-zone", s.TimeZone.Range(), "{name:q} is no time zone", "name", s.TimeZone.Value).WithHelp("Write its IANA name, such as Asia/Hebron."))
	}
	o.route()
	if c.Calendar(s.Calendar.Value) == nil && c.Complete("calendars") {
		o.add(unknown("calendar", s.Calendar, codesOf(c.Calendars, func(x *catalog.Calendar) string { return x.Code.Value })))
	}
}

// route looks at the service by which changes go: the platform sends it the number of a change and nothing else.
func (o *overview) route() {
	c, named := o.catalogue, o.catalogue.Settings.Changes
	if named.IsZero() {
		return
	}
	s := c.Service(named.Value)
	if s == nil {
		if c.Complete("services") {
			o.add(unknown("service", named, codesOf(c.Services, func(x *catalog.Service) string { return x.Code.Value })))
		}
		return
	}
	if at, known := s.FieldList().At("number"); !known || at.Group != nil || at.Field.Type != catalog.IntegerField {
		o.add(problem("route-form", named.Range(), "{service} has no field {field:q} for the number of a change", "service", named.Value, "field", "number").
			WithRelated(s.Code.Range(), "the service").WithHelp("Add a field number of the type integer to its form."))
	}
}

// codesOf lists the codes of definitions, in order.
func codesOf[T any](all []*T, code func(*T) string) []string {
	out := make([]string, 0, len(all))
	for _, x := range all {
		out = append(out, code(x))
	}
	return out
}

// isDate tells a day written YYYY-MM-DD.
func isDate(s string) bool {
	_, err := formula.ParseDate(s)
	return err == nil
}

// notDate reports a text that should be a day.
func notDate(at diag.Range, value string) diag.Diagnostic {
	return problem("date", at, "{value:q} is no date", "value", value).WithHelp("Write year, month and day: 2026-01-31.")
}
