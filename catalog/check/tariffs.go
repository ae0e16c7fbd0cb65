package check

import (
	"slices"
	"time"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// tariffs looks at the versions of each tariff, and at what they hold.
func tariffs(o *overview) {
	for _, t := range o.catalogue.Tariffs {
		if !t.Sample && !t.Has("source") && t.Has("tariff") && !allSourced(t) {
			o.add(warning("no-source", t.Code.Range(), "the tariff does not say where its amounts were published").
				WithHelp("Write source, or sample: true where they are not sourced."))
		}
		shortForm(o, t)
		versions := t.All()
		shapes := map[string]shapeOf{}
		for i := range versions {
			v := &versions[i]
			version(o, v)
			entries := newRegister("amount", catalog.IsName, nameHelp, o.add)
			for j := range v.Amounts.Entries {
				e := &v.Amounts.Entries[j]
				entries.enter(e.Key)
				entry(o, e.Value)
				if kind, ok := e.Value.Kind(); ok {
					sameAs(o, shapes, e.Key, formula.Type{Kind: kind})
				}
			}
			for j := range v.Tables.Entries {
				e := &v.Tables.Entries[j]
				entries.enter(e.Key)
				if shape, ok := table(o, e.Key, &e.Value); ok {
					sameAs(o, shapes, e.Key, formula.Type{Kind: formula.KindTable, Table: &shape})
				}
			}
		}
		succession(o, versions)
	}
}

func allSourced(t *catalog.Tariff) bool {
	return len(t.Versions) > 0 && !slices.ContainsFunc(t.Versions, func(v catalog.TariffVersion) bool { return !v.Has("source") })
}

// shortForm: a tariff has what it says either at its top or in versions.
func shortForm(o *overview, t *catalog.Tariff) {
	if t.Has("versions") {
		for _, key := range []string{"since", "amounts", "tables"} {
			if t.Has(key) {
				o.add(problem("tariff-form", t.KeyRange(key), "{key} stands beside versions", "key", key).
					WithHelp("Move it into the first version: {since: 2026-01-01, amounts: …}."))
			}
		}
		if len(t.Versions) == 0 {
			o.add(problem("tariff-form", t.RangeOf("versions"), "there is no version").WithHelp("Write since and amounts of the first one."))
		}
		return
	}
	if !t.Has("tariff") {
		return
	}
	if !t.Has("since") {
		o.add(problem("missing-key", t.Head(), "required key {key:q} is missing", "key", "since").WithHelp("Write the first day on which it applies: since: 2026-01-01."))
	}
	if !t.Has("amounts") && !t.Has("tables") {
		o.add(problem("missing-key", t.Head(), "required key {key:q} is missing", "key", "amounts").WithHelp("Write amounts or tables, or versions with them."))
	}
}

func version(o *overview, v *catalog.TariffVersion) {
	for _, day := range []source.Text{v.Since, v.Until} {
		if !day.IsZero() && !isDate(day.Value) {
			o.add(notDate(day.Range(), day.Value))
		}
	}
	if isDate(v.Since.Value) && isDate(v.Until.Value) && v.Until.Value < v.Since.Value {
		o.add(problem("tariff-overlap", v.Until.Range(), "the version ends before it begins").WithHelp("Write a later day, or leave out until."))
	}
}

// succession: each day from the first on belongs to one version.
func succession(o *overview, versions []catalog.TariffVersion) {
	for i := 1; i < len(versions); i++ {
		before, v := &versions[i-1], &versions[i]
		if !isDate(before.Since.Value) || !isDate(v.Since.Value) {
			continue
		}
		switch {
		case before.Since.Value == v.Since.Value:
			o.add(problem("tariff-overlap", v.Since.Range(), "two versions begin on {date}", "date", v.Since.Value).
				WithRelated(before.Since.Range(), "the other one").WithHelp("Give one of them another first day, or remove it."))
		case !isDate(before.Until.Value):
		case before.Until.Value >= v.Since.Value:
			o.add(problem("tariff-overlap", before.Until.Range(), "this version still applies on {date}, when the next one begins", "date", v.Since.Value).
				WithRelated(v.Since.Range(), "the next one").WithHelp("Leave out until: a version ends when the next one begins."))
		case dayAfter(before.Until.Value) < v.Since.Value:
			o.add(problem("tariff-gap", v.Since.Range(), "no version applies from {from} to the day before {date}", "from", dayAfter(before.Until.Value), "date", v.Since.Value).
				WithRelated(before.Until.Range(), "the version before ends here").WithHelp("Leave out until, or write the version between them."))
		}
	}
}

func dayAfter(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, 1).Format(time.DateOnly)
}

// entry looks at one amount or number.
func entry(o *overview, e catalog.TariffEntry) {
	currency := o.catalogue.Settings.Currency.Value
	kind, ok := e.Kind()
	if !ok && !e.IsZero() {
		o.add(problem("amount", e.Range(), "{value:q} is neither an amount nor a number", "value", e.Value).
			WithHelp("Write an amount as 250.00 {currency}, or a number such as 10 or 0.5.", "currency", currency).WithSuggestion(plainly(e.Value)))
	}
	if kind == formula.KindMoney {
		inCurrency(o, e.Text)
	}
}

// inCurrency: amounts are in the currency of the catalogue.
func inCurrency(o *overview, text source.Text) {
	currency := o.catalogue.Settings.Currency.Value
	if _, known := formula.CurrencyExponent(currency); !known {
		return
	}
	if m, err := formula.ParseMoney(text.Value); err == nil && m.Currency != currency {
		o.add(problem("other-currency", text.Range(), "the amount is in {have}, but fees of the catalogue are in {want}", "have", m.Currency, "want", currency).
			WithHelp("Write the amount in {want}."))
	}
}

// shapeOf is what an entry was in an earlier version.
type shapeOf struct {
	typ formula.Type
	key source.Text
}

// sameAs: an entry is of one kind in every version, since formulas read it in all of them.
func sameAs(o *overview, seen map[string]shapeOf, key source.Text, t formula.Type) {
	first, known := seen[key.Value]
	if !known {
		seen[key.Value] = shapeOf{t, key}
		return
	}
	number := func(k formula.Kind) bool { return k == formula.KindInt || k == formula.KindDecimal }
	a, b := first.typ, t
	same := a.Kind == b.Kind || number(a.Kind) && number(b.Kind)
	if same && a.Table != nil {
		same = a.Table.Gives == b.Table.Gives && slices.Equal(a.Table.Columns, b.Table.Columns)
	}
	if !same {
		o.add(problem("tariff-kind", key.Range(), "{name} is {have} here and {want} in an earlier version", "name", key.Value, "have", described(b), "want", described(a)).
			WithRelated(first.key.Range(), "there").WithHelp("Keep its kind and its columns, or give it another name."))
	}
}

func described(t formula.Type) diag.Message {
	if t.Table == nil {
		return t.Said()
	}
	var columns []string
	for _, c := range t.Table.Columns {
		columns = append(columns, c.Name)
	}
	return diag.Say("a table by {columns}", "columns", columns)
}
