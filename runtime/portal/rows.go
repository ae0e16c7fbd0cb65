package portal

import (
	"strings"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// answer shows what an enquiry has found: single values as a list of keys and values, lists as tables.
func (o *opened) answer() []ui.Component {
	var out []ui.Component
	var values ui.SummaryList
	for _, row := range o.Answer {
		label := o.l.Pick(row.Label)
		if row.Cell.Kind != "list" {
			values.Rows = append(values.Rows, ui.SummaryRow{Key: label, Value: cellText(o.l, row.Cell), Empty: o.l.T("application.noValue")})
			continue
		}
		table := ui.Table{Caption: label, Empty: &ui.Empty{Title: o.l.T("application.emptyList")}}
		for _, c := range row.Cell.Columns {
			table.Columns = append(table.Columns, ui.Column{Text: heading(o.l, c)})
		}
		for _, line := range row.Cell.Rows {
			var cells ui.Row
			for i, cell := range line {
				if number := cell.Kind == "int" || cell.Kind == "decimal" || cell.Kind == "money"; number && i < len(table.Columns) {
					table.Columns[i].Number = true
				}
				cells.Cells = append(cells.Cells, ui.Cell{Text: cellText(o.l, cell)})
			}
			table.Rows = append(table.Rows, cells)
		}
		out = append(out, table)
	}
	if len(values.Rows) > 0 {
		out = append([]ui.Component{values}, out...)
	}
	return out
}

// heading names a column: as the definition does, else by the words that registers share, else by its code.
func heading(l *ui.Locale, c application.Column) string {
	if label := l.Pick(c.Label); label != "" {
		return label
	}
	if key := "column." + c.Code; l.T(key) != key {
		return l.T(key)
	}
	return c.Code
}

// cellText writes a value in the page's language.
func cellText(l *ui.Locale, c application.Cell) string {
	if words := l.Pick(c.Words); words != "" {
		return words
	}
	switch c.Kind {
	case "bool":
		switch c.Value {
		case "true":
			return l.T("value.yes")
		case "false":
			return l.T("value.no")
		}
	case "money":
		if m, ok := ui.ParseMoney(c.Value); ok {
			return l.Money(m)
		}
	case "date":
		return l.Day(c.Value)
	case "record":
		if len(c.Rows) == 1 {
			var parts []string
			for i, cell := range c.Rows[0] {
				if i < len(c.Columns) && cell.Value != "" {
					parts = append(parts, heading(l, c.Columns[i])+": "+cellText(l, cell))
				}
			}
			return strings.Join(parts, "\n")
		}
	}
	return c.Value
}
