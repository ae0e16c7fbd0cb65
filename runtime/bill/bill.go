// Package bill says in words what an assessment came to: the rows of a table of fees, each with what has changed its line and why.
//
// It owns those words for the citizens' pages and the desk. It works nothing out: amounts and their changes were frozen when the fee was assessed.
//
//	table := ui.FeeTable{Rows: bill.Rows(locale, texts, payment.Lines, payment.Currency), Total: total}
package bill

import (
	"strings"

	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/activity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Rows are the lines in their order. Below a line stands of which days a rate is that it was worked out by, and what an exemption, a rebate, a
// bound or rounding has made of it.
func Rows(l *ui.Locale, texts *plan.Texts, lines []activity.Line, currency string) []ui.FeeRow {
	out := make([]ui.FeeRow, len(lines))
	for i := range lines {
		line := &lines[i]
		out[i] = ui.FeeRow{Text: Title(l, texts, line.Fee), Amount: ui.Money{Minor: line.Amount, Currency: currency}, Note: note(l, texts, line, currency)}
	}
	return out
}

// Title is what a fee line is called; its code where the definition gives it no title in a language that is read.
func Title(l *ui.Locale, texts *plan.Texts, fee string) string {
	if title := l.Pick(texts.Fees[fee]); title != "" {
		return title
	}
	if fee == activity.RoundingLine {
		return l.T("fees.rounding")
	}
	return fee
}

// Deposit is the key of the words for how a deposit stands: its status, or heldWith where it is held as long as a right is in force.
func Deposit(status, right string) string {
	if status == "held" && right != "" {
		return "heldWith"
	}
	return status
}

func note(l *ui.Locale, texts *plan.Texts, line *activity.Line, currency string) string {
	var parts []string
	if line.Deposit {
		parts = append(parts, l.T("fees.deposit"))
	}
	for _, held := range line.Rows {
		if text := inForce(l, texts.Facts[held.Fact], held.Row); text != "" {
			parts = append(parts, text)
		}
	}
	if len(line.Changes) > 0 {
		parts = append(parts, l.T("fees.full", "amount", ui.Money{Minor: line.Full, Currency: currency}))
	}
	for _, c := range line.Changes {
		reason := l.Pick(texts.Fees[c.TextKey(line.Fee)])
		if reason == "" {
			reason = l.T("fees.change." + c.Kind)
		}
		parts = append(parts, l.T("fees.changed", "reason", reason, "amount", ui.Money{Minor: c.By, Currency: currency}))
	}
	return strings.Join(parts, l.T("fees.then"))
}

// inForce says since when, or until when, the row of a fact holds; "" for a row that holds on all days, and for a fact without a title.
func inForce(l *ui.Locale, fact plan.FactText, row int) string {
	title := l.Pick(fact.Title)
	if title == "" || row < 1 || row > len(fact.Rows) {
		return ""
	}
	switch days := fact.Rows[row-1]; {
	case days.Since != "" && days.Until != "":
		return l.T("fees.between", "fact", title, "since", l.Day(days.Since), "until", l.Day(days.Until))
	case days.Since != "":
		return l.T("fees.since", "fact", title, "since", l.Day(days.Since))
	case days.Until != "":
		return l.T("fees.until", "fact", title, "until", l.Day(days.Until))
	}
	return ""
}
