package formula

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Table is a table of a tariff: what a formula reads as tariff.engine(form.cc, form.fuel). Its columns, what it gives and its rows are fixed
// once it is made; it is safe for parallel use.
type Table struct {
	Shape TableShape
	Rows  []TableRow
}

// TableShape is the type of a table.
type TableShape struct {
	Columns []Column
	Gives   Kind // money, a decimal or a whole number
}

// Column is one dimension of a table: a text, a whole number, a decimal, an amount, a date, or yes and no.
type Column struct {
	Name string
	Kind Kind
}

// TableRow gives Value where every cell takes the value of its column.
type TableRow struct {
	Cells []Cell
	Value any
}

// Cell is what a row takes of one column: a single value, a band, or any other value.
type Cell struct {
	From, To any  // the ends, both included; nil is without end
	Over     bool // From itself is not in it
	Other    bool // whatever the other rows do not take
}

// MostColumns and MostRows bound a table.
const (
	MostColumns = 3
	MostRows    = 500
)

// AnyOther is the cell that takes what the other rows leave.
const AnyOther = "any other"

var (
	errCellBand   = errors.New("a text and yes-no have no bands")
	errCellOrder  = errors.New("the band ends before it begins")
	errRowLength  = errors.New("a row has a cell for each column, and then what it gives")
	errTableShape = errors.New("a table has one to three columns")
)

// ParseCell reads a cell as it is written: a value; a band 0..1000 with both its ends; over 1000..2000 or over 2000, where 1000 and 2000 are
// not in it; up to 1000; from 2000; or any other. The error does not repeat the text.
func ParseCell(k Kind, text string) (Cell, error) {
	if text == AnyOther {
		return Cell{Other: true}, nil
	}
	from, to, band := strings.Cut(text, "..")
	var c Cell
	from, c.Over = strings.CutPrefix(from, "over ")
	switch rest, upTo := strings.CutPrefix(from, "up to "); {
	case upTo && !band && !c.Over:
		from, to, band = "", rest, true
	case c.Over && !band:
		band = true
	case !band:
		if first, open := strings.CutPrefix(from, "from "); open {
			from, band = first, true
		}
	}
	if k == KindText {
		return Cell{From: text, To: text}, nil
	}
	if band && k == KindBool {
		return c, errCellBand
	}
	var err error
	if from != "" {
		if c.From, err = parseKey(k, strings.TrimSpace(from)); err != nil {
			return c, err
		}
	}
	switch {
	case !band:
		c.To = c.From
	case to != "":
		if c.To, err = parseKey(k, strings.TrimSpace(to)); err != nil {
			return c, err
		}
	}
	if c.From == nil && c.To == nil {
		return c, errNothing
	}
	if c.From != nil && c.To != nil {
		if order := compareKeys(c.From, c.To); order > 0 || order == 0 && c.Over {
			return c, errCellOrder
		}
	}
	return c, nil
}

func parseKey(k Kind, text string) (any, error) {
	switch k {
	case KindInt:
		d, err := ParseDecimal(text)
		if err != nil {
			return nil, errWholeNumber
		}
		return decodeInt(json.Number(d.String()))
	case KindDecimal:
		return orError(ParseDecimal(text))
	case KindMoney:
		return orError(ParseMoney(text))
	case KindDate:
		return orError(ParseDate(text))
	case KindBool:
		switch text {
		case "yes", "true":
			return true, nil
		case "no", "false":
			return false, nil
		}
	}
	return nil, errValueType
}

// ParseTable reads rows as they are written: the cells of the columns, then what the row gives. The error says in which row, never what.
func ParseTable(shape TableShape, rows [][]string) (*Table, error) {
	if len(shape.Columns) == 0 || len(shape.Columns) > MostColumns {
		return nil, errTableShape
	}
	if len(rows) > MostRows {
		return nil, errTooLarge
	}
	t := &Table{Shape: shape, Rows: make([]TableRow, 0, len(rows))}
	for i, texts := range rows {
		row, err := parseRow(shape, texts)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		t.Rows = append(t.Rows, row)
	}
	// A row that takes any other value stands behind those that say which.
	slices.SortStableFunc(t.Rows, func(a, b TableRow) int { return cmp.Compare(a.others(), b.others()) })
	return t, nil
}

func parseRow(shape TableShape, texts []string) (TableRow, error) {
	if len(texts) != len(shape.Columns)+1 {
		return TableRow{}, errRowLength
	}
	var row TableRow
	for i, c := range shape.Columns {
		cell, err := ParseCell(c.Kind, texts[i])
		if err != nil {
			return row, fmt.Errorf("%s: %w", c.Name, err)
		}
		row.Cells = append(row.Cells, cell)
	}
	var err error
	row.Value, err = parseKey(shape.Gives, texts[len(texts)-1])
	return row, err
}

func (r TableRow) others() int {
	n := 0
	for _, c := range r.Cells {
		if c.Other {
			n++
		}
	}
	return n
}

// Takes tells whether the cell takes a value of its column's kind.
func (c Cell) Takes(v any) bool {
	if c.Other {
		return true
	}
	if c.From != nil {
		if order := compareKeys(v, c.From); order < 0 || order == 0 && c.Over {
			return false
		}
	}
	return c.To == nil || compareKeys(v, c.To) <= 0
}

// find gives the value of the row for keys.
func (t *Table) find(keys []any) (any, bool) {
rows:
	for i := range t.Rows {
		for j := range t.Rows[i].Cells {
			if !t.Rows[i].Cells[j].Takes(keys[j]) {
				continue rows
			}
		}
		return t.Rows[i].Value, true
	}
	return nil, false
}

// Find gives the value for one key of each column, of the kind that the column has; false where no row takes them.
func (t *Table) Find(keys ...any) (any, bool) {
	if len(keys) != len(t.Shape.Columns) {
		return nil, false
	}
	for i, c := range t.Shape.Columns {
		if !c.Kind.matches(keys[i]) {
			return nil, false
		}
	}
	return t.find(keys)
}

// compareKeys orders two keys of one kind. Amounts of other currencies are never equal, and stand in the order of their codes.
func compareKeys(a, b any) int {
	switch x := a.(type) {
	case int64:
		y, _ := b.(int64)
		return cmp.Compare(x, y)
	case string:
		y, _ := b.(string)
		return cmp.Compare(x, y)
	case Decimal:
		y, _ := b.(Decimal)
		return x.Cmp(y)
	case Date:
		y, _ := b.(Date)
		return x.Cmp(y)
	case Money:
		y, _ := b.(Money)
		if x.Currency != y.Currency {
			return cmp.Compare(x.Currency, y.Currency)
		}
		return cmp.Compare(x.Minor, y.Minor)
	case bool:
		y, _ := b.(bool)
		switch {
		case x == y:
			return 0
		case y:
			return -1
		}
		return 1
	}
	return 0
}
