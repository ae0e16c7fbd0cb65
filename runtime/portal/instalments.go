package portal

import (
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// instalments is the plan of each payment by instalments: what was paid, what is due, and what comes after it and when.
func (o *opened) instalments() (out []ui.Component) {
	plans := map[string]*ui.SummaryList{}
	var order []string
	last := map[string]*payment.View{}
	for i := range o.payments {
		v := &o.payments[i]
		if v.Parts == 0 || v.Part == 1 && v.Status == payment.Cancelled && v.PaidAt == nil {
			continue
		}
		if plans[v.Node] == nil {
			plans[v.Node] = &ui.SummaryList{Title: o.l.T("instalments.title")}
			order = append(order, v.Node)
		}
		plans[v.Node].Rows = append(plans[v.Node].Rows, ui.SummaryRow{Key: o.l.T("instalments.part", "part", v.Part, "parts", v.Parts),
			Value: o.l.Money(ui.Money{Minor: v.Amount, Currency: v.Currency}) + "\n" + o.instalment(v)})
		last[v.Node] = v
	}
	for _, node := range order {
		v := last[node]
		for i, c := range v.Coming {
			if v.Status == payment.Cancelled {
				break
			}
			text := o.l.T("instalments.coming", "date", o.l.Deadline(c.DueAt))
			plans[node].Rows = append(plans[node].Rows, ui.SummaryRow{Key: o.l.T("instalments.part", "part", v.Part+1+i, "parts", v.Parts),
				Value: o.l.Money(ui.Money{Minor: c.Amount, Currency: v.Currency}) + "\n" + text})
		}
		out = append(out, *plans[node])
	}
	return out
}

// instalment says how one stands that was asked for.
func (o *opened) instalment(v *payment.View) string {
	switch {
	case v.PaidAt != nil:
		return o.l.T("money.paidOn", "date", o.l.DateTime(*v.PaidAt))
	case v.Status == payment.Cancelled:
		return o.l.T("money.cancelled")
	case v.Overdue:
		return o.l.T("instalments.overdue", "date", o.l.Deadline(*v.DueAt))
	case v.DueAt != nil:
		return o.l.T("instalments.due", "date", o.l.Deadline(*v.DueAt))
	}
	return o.l.T("instalments.now")
}
