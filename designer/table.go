package designer

import (
	"encoding/csv"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/designer/edit"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// tariffTable is the rows of a table of a tariff, a box for each cell.
type tariffTable struct {
	ui.Field
	Columns []string
	Rows    []tariffRow
	Paste   string // the control in which rows of a spreadsheet are put
	Place   string // whether they come below the others or in their place
}

func (tariffTable) Component() string { return "designer/table" }

// tariffRow is one row; that with the number 0 is the one in which a row is added.
type tariffRow struct {
	Number int
	Cells  []tariffCell
}

type tariffCell struct{ Name, About, Value string }

const (
	mostTableRows = 400 // of a table that is shown as boxes; longer ones stay text
	mostPasted    = 2000
)

// errRows says that rows cannot be read, or that none would be left.
var errRows = errors.New("designer: a table needs rows that can be read")

// pasteProblem says which of the rows that were pasted cannot be read.
type pasteProblem struct {
	row, cells, want int
}

func (p *pasteProblem) Error() string {
	return fmt.Sprintf("designer: row %d has %d cells and not %d", p.row, p.cells, p.want)
}

// isRows tells the rows of a table of a tariff.
func isRows(t reflect.Type, key string, value *source.Node) bool {
	if t != reflect.TypeFor[catalog.TariffTable]() || key != "rows" || value == nil || value.Kind != source.List || value.Len() > mostTableRows {
		return false
	}
	for _, row := range value.Items() {
		if row.Kind != source.List {
			return false
		}
		for _, cell := range row.Items() {
			if cell.Kind != source.Scalar {
				return false
			}
		}
	}
	return true
}

// columnsOf are the names of a table's columns, with what a row gives as the last.
func (b *workbench) columnsOf(table *source.Node) (out []string) {
	if _, by := table.Get("by"); by != nil {
		for _, column := range by.Items() {
			name := ""
			if _, n := column.Get("column"); n != nil {
				name = n.Value
			}
			out = append(out, name)
		}
	}
	return append(out, b.locale.T("designer.table.gives"))
}

func (b *workbench) tableControl(field ui.Field, table, rows *source.Node, was func(name, value string)) ui.Component {
	out := tariffTable{Field: field, Columns: b.columnsOf(table), Paste: valueControl + "rows.+paste", Place: valueControl + "rows.+place"}
	cells := func(number int, row *source.Node) tariffRow {
		one := tariffRow{Number: number}
		for i, column := range out.Columns {
			name, value := fmt.Sprintf("rows.%d.%d", number, i), ""
			if row != nil && i < row.Len() {
				value = row.Lookup(i).Value
			}
			was(name, value)
			about := column
			if number > 0 {
				about = strconv.Itoa(number) + " · " + column
			}
			one.Cells = append(one.Cells, tariffCell{valueControl + name, about, value})
		}
		return one
	}
	i := 0
	for _, row := range rows.Items() {
		i++
		out.Rows = append(out.Rows, cells(i, row))
	}
	out.Rows = append(out.Rows, cells(0, nil))
	return out
}

// tableEdits are those of a table: of each cell that differs, of rows that were emptied, of one more, and of what was pasted.
func (b *workbench) tableEdits(here edit.Path, rows *source.Node, form posted) (out []edit.Do, err error) {
	table := b.root.Lookup(here[:len(here)-1]...)
	width := len(b.columnsOf(table))
	gives := ""
	if _, n := table.Get("gives"); n != nil {
		gives = n.Value
	}
	var gone []edit.Do // from the last on, so that the others keep their numbers
	for number := 1; number <= rows.Len(); number++ {
		at, empty := here.To(number-1), true
		var changed []edit.Do
		for i := range width {
			now, differs := form.changed(fmt.Sprintf("rows.%d.%d", number, i))
			if now = strings.TrimSpace(now); now != "" {
				empty = false
			}
			if differs {
				changed = append(changed, edit.Set(b.file, at.To(i), b.cell(now, i == width-1 && gives == "money"), nil))
			}
		}
		switch {
		case len(changed) > 0 && empty:
			gone = append([]edit.Do{edit.Remove(b.file, at)}, gone...)
		default:
			out = append(out, changed...)
		}
	}
	if len(gone) == rows.Len() && len(gone) > 0 {
		return nil, errRows
	}
	write := func(row []string) string {
		cells := make([]string, len(row))
		for i, text := range row {
			if cells[i] = b.cell(text, i == len(row)-1 && gives == "money"); !plainNumber.MatchString(cells[i]) {
				cells[i] = source.Quote(cells[i])
			}
		}
		return "[" + strings.Join(cells, ", ") + "]"
	}
	var more [][]string
	fresh := make([]string, width)
	for i := range fresh {
		fresh[i] = strings.TrimSpace(form.value(fmt.Sprintf("rows.0.%d", i)))
	}
	if strings.Join(fresh, "") != "" {
		more = append(more, fresh)
	}
	pasted, err := pastedRows(strings.Join(form[valueControl+"rows.+paste"], ""), width)
	if err != nil {
		return nil, err
	}
	if len(pasted) > 0 && form.value("rows.+place") == "instead" {
		lines := make([]string, len(pasted))
		for i, row := range pasted {
			lines[i] = "- " + write(row)
		}
		return []edit.Do{edit.Put(b.file, here, strings.Join(lines, "\n"), nil)}, nil
	}
	out = append(out, gone...)
	for _, row := range append(more, pasted...) {
		out = append(out, edit.Insert(b.file, here, -1, write(row), nil))
	}
	return out, nil
}

var plainNumber = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// cell is the text of a cell in the digits of definitions; an amount without a currency is in that of the catalogue.
func (b *workbench) cell(text string, money bool) string {
	text = strings.TrimSpace(text)
	if plain := numberOf(text); plainNumber.MatchString(plain) {
		text = plain
		if money {
			text = plain + " " + b.c.Settings.Currency.Value
		}
	}
	return text
}

// pastedRows takes what a spreadsheet gives apart: cells by tabs, or by semicolons or commas where there are none.
func pastedRows(text string, width int) (out [][]string, err error) {
	text = strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = -1, true, true
	switch first, _, _ := strings.Cut(text, "\n"); {
	case strings.Contains(first, "\t"):
		r.Comma = '\t'
	case strings.Contains(first, ";"):
		r.Comma = ';'
	}
	rows, err := r.ReadAll()
	if err != nil || len(rows) > mostPasted {
		return nil, errRows
	}
	for i, row := range rows {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		if len(row) != width {
			return nil, &pasteProblem{i + 1, len(row), width}
		}
		out = append(out, row)
	}
	return out, nil
}
