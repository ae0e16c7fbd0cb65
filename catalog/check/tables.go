package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// table looks at one table of a tariff: its columns, each cell, and that the bands of a column neither overlap nor leave a hole between them.
func table(o *overview, key source.Text, t *catalog.TariffTable) (formula.TableShape, bool) {
	if len(t.By) == 0 && t.Has("by") || len(t.By) > formula.MostColumns {
		o.add(problem("table-columns", t.RangeOf("by"), "a table has one to three columns").WithHelp("Write by: [{column: cc, type: integer, bands: true}]."))
	}
	columns := newRegister("column", catalog.IsName, nameHelp, o.add)
	for i := range t.By {
		c := &t.By[i]
		columns.enter(c.Column)
		if c.Bands && (c.Type == "text" || c.Type == "yes-no") {
			o.add(problem("table-columns", c.RangeOf("bands"), "a column of {type} has no bands", "type", string(c.Type)).
				WithHelp("Only numbers, amounts and dates have bands; write each value in a row of its own."))
		}
	}
	shape, ok := t.Shape()
	if !ok {
		return shape, false
	}
	if len(t.Rows) == 0 {
		o.add(problem("no-rows", t.RangeOf("rows"), "the table {name} has no rows", "name", key.Value).WithHelp("Write a cell for each column and what the row gives: [0..1000, petrol, 250.00 ILS]."))
	}
	if len(t.Rows) > formula.MostRows {
		o.add(problem("table-rows", t.Rows[formula.MostRows][0].Range(), "a table has at most {most} rows", "most", formula.MostRows).
			WithHelp("Split it into several tables."))
		return shape, true
	}
	var rows []readRow
	for i, texts := range t.Rows {
		if r, read := row(o, t, shape, texts); read {
			r.index = i
			rows = append(rows, r)
		}
	}
	if len(rows) == len(t.Rows) { // else a hole may be the row that could not be read
		bands(o, t, shape, rows)
	}
	return shape, true
}

// readRow is a row whose cells were read.
type readRow struct {
	index int
	cells []formula.Cell
	texts []source.Text
}

func row(o *overview, t *catalog.TariffTable, shape formula.TableShape, texts []source.Text) (readRow, bool) {
	r := readRow{texts: texts}
	if len(texts) != len(shape.Columns)+1 {
		at := t.RangeOf("rows")
		if len(texts) > 0 {
			at = texts[len(texts)-1].Range()
		}
		o.add(problem("table-cell", at, "the row has {have} cells, but the table {want}", "have", len(texts), "want", len(shape.Columns)+1).
			WithHelp("Write a cell for each column, then what the row gives."))
		return r, false
	}
	ok := true
	for i, c := range shape.Columns {
		cell, err := formula.ParseCell(c.Kind, texts[i].Value)
		if err != nil {
			ok = false
			p := problem("table-cell", texts[i].Range(), "{value:q} is no cell of the column {column}, which holds {type}", "value", texts[i].Value, "column", c.Name,
				"type", formula.Type{Kind: c.Kind}.Said())
			o.add(p.WithHelp(cellHelp(t.By[i].Bands)).WithSuggestion(plainly(texts[i].Value)))
			continue
		}
		if cell.Band() && !t.By[i].Bands {
			ok = false
			o.add(problem("table-cell", texts[i].Range(), "{value:q} is a band, but the column {column} has none", "value", texts[i].Value, "column", c.Name).
				WithRelated(t.By[i].Column.Range(), "the column").WithHelp("Write bands: true in the column, or a single value here."))
		}
		if c.Kind == formula.KindMoney {
			for _, end := range []any{cell.From, cell.To} {
				if m, is := end.(formula.Money); is && m.Currency != o.catalogue.Settings.Currency.Value {
					inCurrencyOf(o, texts[i], m)
				}
			}
		}
		r.cells = append(r.cells, cell)
	}
	given := texts[len(texts)-1]
	if _, err := formula.ParseTable(formula.TableShape{Columns: []formula.Column{{Name: "x", Kind: formula.KindText}}, Gives: shape.Gives}, [][]string{{"x", given.Value}}); err != nil {
		o.add(problem("amount", given.Range(), "{value:q} is not {type}, which the table gives", "value", given.Value, "type", formula.Type{Kind: shape.Gives}.Said()).
			WithHelp(givesHelp(shape.Gives), "currency", o.catalogue.Settings.Currency.Value).WithSuggestion(plainly(given.Value)))
	} else if shape.Gives == formula.KindMoney {
		inCurrency(o, given)
	}
	return r, ok
}

func inCurrencyOf(o *overview, at source.Text, m formula.Money) {
	o.add(problem("other-currency", at.Range(), "the amount is in {have}, but fees of the catalogue are in {want}", "have", m.Currency,
		"want", o.catalogue.Settings.Currency.Value).WithHelp("Write the amount in {want}."))
}

func cellHelp(bands bool) diag.Phrase {
	if bands {
		return "Write a band: 0..1000 with both ends, over 1000..2000, up to 500, over 2000; or any other."
	}
	return "Write a single value, or any other."
}

func givesHelp(k formula.Kind) diag.Phrase {
	if k == formula.KindMoney {
		return "Write 250.00 {currency}."
	}
	return "Write a number, such as 10."
}

// bands compares, for each column with bands, the rows that are alike in the other columns: their bands follow each other.
func bands(o *overview, t *catalog.TariffTable, shape formula.TableShape, rows []readRow) {
	told := map[[2]int]bool{}
	for column := range shape.Columns {
		groups := map[string][]readRow{}
		var order []string
		for _, r := range rows {
			key := ""
			for i, text := range r.texts[:len(shape.Columns)] {
				if i != column {
					key += text.Value + "\x00"
				}
			}
			if groups[key] == nil {
				order = append(order, key)
			}
			groups[key] = append(groups[key], r)
		}
		for _, key := range order {
			follow(o, shape.Columns[column], column, groups[key], t.By[column].Bands, told)
		}
	}
	crossing(o, shape, rows, told)
}

// follow looks at the cells of one column in rows that are alike in the others.
func follow(o *overview, c formula.Column, column int, rows []readRow, banded bool, told map[[2]int]bool) {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r readRow) bool { return r.cells[column].Other })
	slices.SortStableFunc(rows, func(a, b readRow) int { return formula.CompareCells(a.cells[column], b.cells[column]) })
	for i := 1; i < len(rows); i++ {
		before, r := rows[i-1], rows[i]
		switch gap := before.cells[column].Gap(r.cells[column]); {
		case gap < 0:
			overlap(o, r, before, column, told)
		case gap > 0 && banded:
			o.add(problem("band-hole", r.texts[column].Range(), "no row takes what lies between {from} and {to}", "from", before.texts[column].Value, "to", r.texts[column].Value).
				WithRelated(before.texts[column].Range(), "the band before").WithHelp(holeHelp(c.Kind)))
		}
	}
}

func holeHelp(k formula.Kind) diag.Phrase {
	if k == formula.KindInt || k == formula.KindDate {
		return "Begin it where the band before ends, plus one: 0..1000, then 1001..2000."
	}
	return "Begin it with over and the end of the band before: 0..1000, then over 1000..2000."
}

func overlap(o *overview, r, before readRow, column int, told map[[2]int]bool) {
	pair := [2]int{min(r.index, before.index), max(r.index, before.index)}
	if told[pair] {
		return
	}
	told[pair] = true
	o.add(problem("band-overlap", r.texts[column].Range(), "two rows take the same case").WithRelated(before.texts[column].Range(), "the other row").
		WithHelp("Each case belongs to one row: let one band end before the next begins."))
}

// crossing finds two rows that take one case though they differ in several columns.
func crossing(o *overview, shape formula.TableShape, rows []readRow, told map[[2]int]bool) {
	if len(shape.Columns) < 2 {
		return
	}
	for i, a := range rows {
		for _, b := range rows[:i] {
			meets := true
			for c := range shape.Columns {
				x, y := a.cells[c], b.cells[c]
				if x.Other != y.Other { // any other is what the other row does not take
					meets = false
					break
				}
				if !x.Other {
					if formula.CompareCells(x, y) > 0 {
						x, y = y, x
					}
					meets = meets && x.Gap(y) < 0
				}
			}
			if meets {
				overlap(o, a, b, 0, told)
			}
		}
	}
}
