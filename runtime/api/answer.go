package api

import (
	"encoding/json"
	"strings"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Row is one labelled value of an enquiry's answer.
type Row struct {
	Label plan.Text `json:"label"`
	Value any       `json:"value" doc:"true or false, a number, a text, a date as 2027-01-31, money, a list as an array of objects, or null"`
}

func rows(of []application.Row) []Row {
	out := make([]Row, len(of))
	for i, r := range of {
		out[i] = Row{Label: r.Label, Value: value(r.Cell)}
	}
	return out
}

// value writes a cell as JSON: numbers keep their digits, a list is an array of objects by the codes of its columns.
func value(c application.Cell) any {
	switch {
	case c.Kind == "list":
		list := make([]map[string]any, len(c.Rows))
		for i, line := range c.Rows {
			list[i] = record(c.Columns, line)
		}
		return list
	case c.Kind == "record" && len(c.Rows) > 0:
		return record(c.Columns, c.Rows[0])
	case c.Value == "" && c.Kind != "text":
		return nil
	}
	switch c.Kind {
	case "bool":
		return c.Value == "true"
	case "int", "decimal":
		return json.Number(c.Value)
	case "money":
		amount, currency, _ := strings.Cut(c.Value, " ")
		return Money{Value: amount, Currency: currency}
	}
	return c.Value
}

func record(columns []application.Column, line []application.Cell) map[string]any {
	out := make(map[string]any, len(line))
	for i, c := range line {
		if i < len(columns) {
			out[columns[i].Code] = value(c)
		}
	}
	return out
}
