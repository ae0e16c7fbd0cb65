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

// Rows are the lines in their order. Below a line stands what an exemption, a rebate, a bound or rounding has made of it.
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

func note(l *ui.Locale, texts *plan.Texts, line *activity.Line, currency string) string {
	if len(line.Changes) == 0 {
		return ""
	}
	parts := []string{l.T("fees.full", "amount", ui.Money{Minor: line.Full, Currency: currency})}
	for _, c := range line.Changes {
		reason := l.Pick(texts.Fees[c.TextKey(line.Fee)])
		if reason == "" {
			reason = l.T("fees.change." + c.Kind)
		}
		parts = append(parts, l.T("fees.changed", "reason", reason, "amount", ui.Money{Minor: c.By, Currency: currency}))
	}
	return strings.Join(parts, l.T("fees.then"))
}
