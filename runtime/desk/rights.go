package desk

import (
	"cmp"
	"strings"

	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// rights are what the application has granted or changed, as it stands today, with what has become of it since.
func (k *kase) rights() ([]ui.Component, error) {
	entries, err := k.o.Rights.OfApplication(k.ctx, k.a.ID)
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	parts := []ui.Component{ui.Heading{Text: k.locale.T("desk.right.title")}}
	for i := range entries {
		parts = append(parts, k.right(&entries[i]))
	}
	return parts, nil
}

func (k *kase) right(e *right.Entry) ui.Component {
	list := ui.SummaryList{Title: k.locale.Pick(e.Title), Rows: []ui.SummaryRow{
		{Key: k.locale.T("desk.right.number"), Value: e.Number},
		{Key: k.locale.T("desk.right.status"), Value: k.said("desk.right.is."+e.Status, e.Status)},
		{Key: k.locale.T("desk.right.holder"), Value: e.Holder},
		{Key: k.locale.T("desk.right.grantedOn"), Value: k.locale.Day(e.GrantedOn)},
		{Key: k.locale.T("desk.right.validUntil"), Value: cmp.Or(k.locale.Day(e.ValidUntil), k.locale.T("desk.right.noEnd"))},
	}}
	for _, t := range e.Terms {
		value, words := t.Plain()
		switch said := k.locale.Pick(words); {
		case said != "":
			value = said
		case t.Kind == "bool":
			value = k.plain(value == "true", "")
		case t.Kind == "money":
			if amount, currency, ok := strings.Cut(value, " "); ok {
				value = k.amount(amount, currency)
			}
		default:
			value = k.plain(value, t.Kind)
		}
		list.Rows = append(list.Rows, ui.SummaryRow{Key: cmp.Or(k.locale.Pick(t.Label), k.column("", t.Name)), Value: value})
	}
	var happened []string
	for _, h := range e.History {
		happened = append(happened, k.said("desk.right.was."+h.What, h.What)+" ("+k.locale.DateTime(h.At)+")")
	}
	list.Rows = append(list.Rows, ui.SummaryRow{Key: k.locale.T("desk.right.history"), Value: strings.Join(happened, "\n")})
	return list
}
