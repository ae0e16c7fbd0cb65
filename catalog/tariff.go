package catalog

import (
	"cmp"
	"slices"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Tariff holds the amounts, counts and tables that formulas read as tariff.name. It is dated reference data: a change of it never makes a new
// plan. One that has never changed has since and amounts at its top; one that has, a list of versions.
type Tariff struct {
	source.Ranged
	Code      source.Text             `diwan:"tariff,required" doc:"Code of the tariff."`
	Title     Text                    `diwan:"title,required" doc:"Its name, in each language."`
	Authority source.Text             `diwan:"authority,required" doc:"Authority that sets it."`
	Sample    bool                    `diwan:"sample" doc:"true where the amounts are sample data and come from no published source."`
	Source    source.Text             `diwan:"source" doc:"Where the amounts were published."`
	Since     source.Text             `diwan:"since" doc:"First day on which it applies (YYYY-MM-DD), where it has one version."`
	Amounts   source.Map[TariffEntry] `diwan:"amounts" doc:"Named amounts (250.00 ILS) or numbers, where it has one version."`
	Tables    source.Map[TariffTable] `diwan:"tables" doc:"Tables, where it has one version."`
	Versions  []TariffVersion         `diwan:"versions" doc:"What applied from which day on, the oldest first."`
}

// TariffVersion is what a tariff says from one day on, until the next version begins or its own last day is over.
type TariffVersion struct {
	source.Ranged
	Since   source.Text             `diwan:"since,required" doc:"First day on which it applies (YYYY-MM-DD)."`
	Until   source.Text             `diwan:"until" doc:"Last day on which it applies. Without it, the day before the next version begins."`
	Source  source.Text             `diwan:"source" doc:"Where this version was published, if not with the others."`
	Amounts source.Map[TariffEntry] `diwan:"amounts" doc:"Named amounts (250.00 ILS) or numbers; formulas read tariff.name."`
	Tables  source.Map[TariffTable] `diwan:"tables" doc:"Tables by name; formulas read tariff.name(key, …)."`
}

// TariffEntry is one value of a tariff: money such as "250.00 ILS", or a number.
type TariffEntry struct{ source.Text }

// TariffTable gives an amount or a number for one to three keys.
type TariffTable struct {
	source.Ranged
	Title Text            `diwan:"title" doc:"Its name, in each language."`
	By    []TariffColumn  `diwan:"by,required" doc:"Its columns, one to three: what a formula gives as keys, in order."`
	Gives TableKind       `diwan:"gives,required" doc:"What a row gives: money, decimal or integer."`
	Rows  [][]source.Text `diwan:"rows,required" doc:"Rows: a cell for each column, then what the row gives. A cell is a value, a band (0..1000, over 1000..2000, up to 500, over 2000, from 18) or any other."`
}

// TariffColumn is one dimension of a table.
type TariffColumn struct {
	source.Ranged
	Column source.Text `diwan:"column,required" doc:"Name of the column."`
	Type   ColumnType  `diwan:"type,required" doc:"Type of its keys."`
	Bands  bool        `diwan:"bands" doc:"true where a cell is a band, such as 0..1000 with both its ends."`
}

// TableKind is what the rows of a table give.
type TableKind string

// Values lists what a table can give.
func (TableKind) Values() []string { return []string{"money", "decimal", "integer"} }

// ColumnType is the type of a table's keys.
type ColumnType string

// Values lists the types of keys.
func (ColumnType) Values() []string {
	return []string{"text", "integer", "decimal", "money", "date", "yes-no"}
}

// Kind is the kind of the keys as formulas know it.
func (t ColumnType) Kind() formula.Kind { return typeKinds[string(t)] }

// Kind is the kind of what a table gives.
func (t TableKind) Kind() formula.Kind { return typeKinds[string(t)] }

// Shape is the type of the table; false where its head was not read.
func (t *TariffTable) Shape() (formula.TableShape, bool) {
	s := formula.TableShape{Gives: t.Gives.Kind()}
	for _, c := range t.By {
		s.Columns = append(s.Columns, formula.Column{Name: c.Column.Value, Kind: c.Type.Kind()})
	}
	ok := s.Gives != formula.KindAny && len(s.Columns) > 0 && len(s.Columns) <= formula.MostColumns &&
		!slices.ContainsFunc(s.Columns, func(c formula.Column) bool { return c.Kind == formula.KindAny })
	return s, ok
}

// Cells are the rows as they are written.
func (t *TariffTable) Cells() [][]string {
	out := make([][]string, len(t.Rows))
	for i, row := range t.Rows {
		out[i] = make([]string, len(row))
		for j, c := range row {
			out[i][j] = c.Value
		}
	}
	return out
}

// All are the versions, the oldest first; a tariff that has since and amounts at its top has one.
func (t *Tariff) All() []TariffVersion {
	if len(t.Versions) == 0 {
		return []TariffVersion{{Ranged: t.Ranged, Since: t.Since, Source: t.Source, Amounts: t.Amounts, Tables: t.Tables}}
	}
	out := slices.Clone(t.Versions)
	slices.SortStableFunc(out, func(a, b TariffVersion) int { return cmp.Compare(a.Since.Value, b.Since.Value) })
	return out
}

// Name is what a version is called where an application says what it used: the code of the tariff and the version's first day.
func (t *Tariff) Name(v *TariffVersion) string { return t.Code.Value + "@" + v.Since.Value }

// fields are the entries of all versions as formulas read them. One that a version lacks may be absent; one whose versions differ in kind is
// left out, and found by the checker. ok is false where an entry cannot be read.
func (t *Tariff) fields() (out []formula.Field, ok bool) {
	ok = true
	versions := t.All()
	count := map[string]int{}
	put := func(name string, typ formula.Type) {
		count[name]++
		i := slices.IndexFunc(out, func(f formula.Field) bool { return f.Name == name })
		if i < 0 {
			out = addField(out, formula.Field{Name: name, Type: typ})
			return
		}
		have := &out[i].Type
		switch {
		case sameShape(*have, typ):
		case numeric(have.Kind) && numeric(typ.Kind):
			have.Kind = formula.KindDecimal
		default:
			ok = false
		}
	}
	for i := range versions {
		for name, e := range versions[i].Amounts.All() {
			if k, known := e.Kind(); known {
				put(name, formula.Type{Kind: k})
			} else {
				ok = false
			}
		}
		for j := range versions[i].Tables.Entries {
			e := &versions[i].Tables.Entries[j]
			if shape, known := e.Value.Shape(); known {
				put(e.Key.Value, formula.Type{Kind: formula.KindTable, Table: &shape})
			} else {
				ok = false
			}
		}
	}
	for i := range out {
		out[i].Optional = count[out[i].Name] < len(versions)
	}
	return out, ok
}

func numeric(k formula.Kind) bool { return k == formula.KindInt || k == formula.KindDecimal }

func sameShape(a, b formula.Type) bool {
	if a.Kind != b.Kind || (a.Table == nil) != (b.Table == nil) {
		return false
	}
	return a.Table == nil || a.Table.Gives == b.Table.Gives && slices.Equal(a.Table.Columns, b.Table.Columns)
}
