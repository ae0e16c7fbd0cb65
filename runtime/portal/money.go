package portal

import (
	"slices"

	"github.com/diwan-gov/diwan/runtime/bill"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// money shows each payment with its lines, its state and what went back.
func (o *opened) money() []ui.Component {
	out := append(o.paidOut(), o.instalments()...)
	for _, v := range o.payments {
		table := ui.FeeTable{Caption: o.caption(&v), Rows: bill.Rows(o.l, o.texts, v.Lines, v.Currency), Total: ui.Money{Minor: v.Amount, Currency: v.Currency}}
		switch v.Status {
		case payment.Paid, payment.Refunding, payment.Refunded:
			table.Paid = true
			if v.PaidAt != nil {
				table.Note = o.l.T("money.paidOn", "date", o.l.DateTime(*v.PaidAt))
			}
		case payment.Waived:
			table.Note, table.Total.Minor = o.l.T("money.waived"), 0
			for i := range table.Rows {
				table.Rows[i].Waived = true
			}
		case payment.Cancelled:
			table.Note = o.l.T("money.cancelled")
		case payment.Due:
			if !v.Payable {
				table.Note = o.l.T("money.late")
			}
		}
		out = append(out, table)
		for _, w := range v.Waivers {
			out = append(out, ui.Inset{Text: o.l.T("money.letOff", "amount", ui.Money{Minor: w.Amount(), Currency: v.Currency}, "reason", w.Reason, "basis", w.Basis)})
		}
		if v.Receipt != "" {
			out = append(out, ui.Button{Text: o.l.T("money.receipt", "number", v.Receipt), Kind: ui.Secondary, Icon: "receipt", Download: true,
				Href: "/applications/" + o.ID.String() + "/receipts/" + v.ID.String()})
		}
		for _, d := range v.Deposits {
			out = append(out, ui.Inset{Text: o.l.T("money.deposit."+bill.Deposit(string(d.Status), d.HeldWith),
				"fee", bill.Title(o.l, o.texts, d.Fee), "amount", ui.Money{Minor: d.Amount, Currency: v.Currency})})
		}
		if v.Disputed == payment.TakenBack || v.Disputed == payment.Gone {
			out = append(out, ui.Inset{Text: o.l.T("money.disputed." + v.Disputed)})
		}
		for _, x := range v.Less {
			out = append(out, ui.Inset{Text: o.l.T("money.less", "fee", bill.Title(o.l, o.texts, x.Fee), "amount", ui.Money{Minor: x.Amount, Currency: v.Currency})})
		}
		if v.Arrived > 0 {
			out = append(out, ui.Inset{Text: o.l.T("money.refunded", "amount", ui.Money{Minor: v.Arrived, Currency: v.Currency})})
		}
		if onWay := v.Refunded - v.Arrived - v.Waits; onWay > 0 { // for what waits an account is asked above
			out = append(out, ui.Inset{Text: o.l.T("money.refunding", "amount", ui.Money{Minor: onWay, Currency: v.Currency})})
		}
		if v.Beside > 0 {
			out = append(out, ui.Inset{Text: o.l.T("money.beside", "amount", ui.Money{Minor: v.Beside, Currency: v.Currency})})
		}
	}
	return out
}

// caption names a payment: which instalment it is, where it is one.
func (o *opened) caption(v *payment.View) string {
	if v.Parts > 0 {
		return o.l.T("instalments.part", "part", v.Part, "parts", v.Parts)
	}
	return o.l.T("money.caption")
}

// returned says, for each paid line, whether a withdrawal now gives it back.
func (o *opened) returned() (rows []ui.SummaryRow) {
	var back []plan.Refund
	if o.plan.Withdraw >= 0 && o.plan.Withdraw < len(o.plan.Nodes) && o.plan.Nodes[o.plan.Withdraw].End != nil {
		back = o.plan.Nodes[o.plan.Withdraw].End.Refund
	}
	for _, v := range o.payments {
		if v.Status != payment.Paid {
			continue
		}
		for _, line := range v.Lines {
			key := "withdraw.kept"
			if slices.Contains(back, plan.Refund{Fee: line.Fee, What: "all"}) {
				key = "withdraw.returned"
			}
			rows = append(rows, ui.SummaryRow{Key: bill.Title(o.l, o.texts, line.Fee),
				Value: o.l.Money(ui.Money{Minor: line.Amount, Currency: v.Currency}) + "\n" + o.l.T(key)})
		}
	}
	return rows
}
