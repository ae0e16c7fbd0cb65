package paper

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cockroachdb/apd/v3"

	"github.com/diwan-gov/diwan/runtime/document/pdf"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// numeric are the kinds whose decimals stand under each other.
var numeric = []string{"int", "decimal", "money"}

// table is a list with all of its columns.
func table(languages []string, list Cell) *pdf.Table {
	t := &pdf.Table{}
	for i, c := range list.Columns {
		t.Columns = append(t.Columns, pdf.Column{Title: c.title(languages), Money: kindOf(list, i) == "money"})
	}
	for _, row := range list.Rows {
		line := make([]pdf.Cell, len(list.Columns))
		for i := range min(len(row), len(line)) {
			line[i] = value(languages, row[i])
		}
		t.Lines = append(t.Lines, line)
	}
	return t
}

func (c Column) title(languages []string) []pdf.Text {
	if title := texts(languages, c.Label); len(title) > 0 {
		return title
	}
	return []pdf.Text{{Value: c.Code}}
}

// kindOf is the kind of a column's values, as its first line has it.
func kindOf(list Cell, column int) string {
	if len(list.Rows) == 0 || column >= len(list.Rows[0]) {
		return ""
	}
	return list.Rows[0][column].Kind
}

// table is a list with the columns that a block names, numbered and added up where it says so.
func (w *writer) table(b *plan.Block, list Cell) *pdf.Table {
	columns := b.Columns
	if len(columns) == 0 {
		for _, c := range list.Columns[:min(len(list.Columns), pdf.MaxColumns-1)] {
			columns = append(columns, plan.BlockColumn{Code: c.Code})
		}
	}
	t := &pdf.Table{}
	if b.Counted {
		t.Columns = append(t.Columns, pdf.Column{Title: []pdf.Text{{Value: "№"}}})
	}
	var at []int
	total, shares := false, 0.0
	for _, c := range columns {
		i := slices.IndexFunc(list.Columns, func(have Column) bool { return have.Code == c.Code })
		if i < 0 {
			continue
		}
		at = append(at, i)
		title := texts(w.languages, c.Title)
		if len(title) == 0 {
			title = list.Columns[i].title(w.languages)
		}
		t.Columns = append(t.Columns, pdf.Column{Title: title, Money: slices.Contains(numeric, kindOf(list, i)), Share: float64(c.Share)})
		total, shares = total || c.Total, shares+max(float64(c.Share), 1)
	}
	if b.Counted {
		t.Columns[0].Share = max(shares*0.08, 0.2) // three digits
	}
	for n, row := range list.Rows {
		var line []pdf.Cell
		if b.Counted {
			line = append(line, pdf.Cell{{Value: strconv.Itoa(n + 1)}})
		}
		for _, i := range at {
			line = append(line, value(w.languages, row[i]))
		}
		t.Lines = append(t.Lines, line)
	}
	if total && len(list.Rows) > 0 {
		t.Total = w.total(columns, at, list, len(t.Columns))
	}
	return t
}

// total is the last line: the word for it in the first column that has no sum.
func (w *writer) total(columns []plan.BlockColumn, at []int, list Cell, n int) []pdf.Cell {
	line := make([]pdf.Cell, n)
	labelled := false
	for k := range line {
		i := k - (n - len(at))
		sums := i >= 0 && slices.ContainsFunc(columns, func(c plan.BlockColumn) bool { return c.Total && c.Code == list.Columns[at[i]].Code })
		switch {
		case sums:
			line[k] = value(w.languages, Cell{Kind: kindOf(list, at[i]), Value: sum(list, at[i])})
		case i >= 0 && !labelled:
			line[k], labelled = Word(w.languages, "total"), true
		}
	}
	return line
}

// sum adds a column up, exactly. Amounts of several currencies have no sum.
func sum(list Cell, column int) string {
	var total apd.Decimal
	currency := ""
	seen := false
	for _, row := range list.Rows {
		number, of, _ := strings.Cut(row[column].Value, " ")
		if number == "" {
			continue
		}
		if seen && of != currency {
			return "–"
		}
		currency, seen = of, true
		term, _, err := apd.NewFromString(number)
		if err != nil {
			return "–"
		}
		if _, err := exact.Add(&total, &total, term); err != nil {
			return "–"
		}
	}
	out := total.Text('f')
	if currency != "" {
		out += " " + currency
	}
	return out
}

var exact = apd.BaseContext.WithPrecision(60)
