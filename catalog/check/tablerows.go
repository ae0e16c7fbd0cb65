package check

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// tableRead is a table of the tariff that a formula reads, with what it gives as keys. A formula that asks before it reads (?, orElse) or reads
// with more than names and constants is left to the running case, which stops there with a clear message.
var tableRead = regexp.MustCompile(`\btariff\s*\.\s*([A-Za-z_][A-Za-z0-9_]*)\s*\(([^()]*)\)`)

// tableRows: wherever a formula reads a table by what can be known beforehand, there is a row for each case.
func tableRows(p *pass) {
	t := p.catalogue.Tariff(p.service.Tariff.Value)
	if t == nil || !tabled(t) {
		return
	}
	for i := range p.service.Facts.Entries {
		f := &p.service.Facts.Entries[i].Value
		rowsFor(p, t, f.Formula, nil)
		for j := range f.Cases {
			rowsFor(p, t, f.Cases[j].When, nil)
			rowsFor(p, t, f.Cases[j].Value, f.Guards(j))
		}
	}
	for _, at := range p.positions {
		if at.group == nil {
			rowsFor(p, t, at.text, at.guards)
		}
	}
}

func tabled(t *catalog.Tariff) bool {
	if t.Tables.Len() > 0 {
		return true
	}
	for i := range t.Versions {
		if t.Versions[i].Tables.Len() > 0 {
			return true
		}
	}
	return false
}

func rowsFor(p *pass, t *catalog.Tariff, text source.Text, guards []source.Text) {
	if strings.Contains(text.Value, "?") || strings.Contains(text.Value, "orElse") {
		return
	}
	var given []string
	for _, g := range guards {
		given = append(given, g.Value)
	}
	for _, m := range tableRead.FindAllStringSubmatchIndex(text.Value, -1) {
		name, keys := text.Value[m[2]:m[3]], strings.Split(text.Value[m[4]:m[5]], ",")
		for _, v := range t.All() {
			table, there := v.Tables.Get(name)
			if !there {
				continue // that a version may lack it is told elsewhere
			}
			cases, known := rowConditions(p, &table, keys)
			if !known {
				continue
			}
			open := strings.Join(keys, ", ") // no row takes the constants, whatever else is given
			if len(cases) > 0 {
				if open = prove(cases, given, p.domain).open; open == "" {
					continue
				}
			}
			p.add(problem("no-row", text.Span(m[0], m[1]), "the table {name} has no row where {example}", "name", name, "example", open).
				WithRelated(table.KeyRange("rows"), "the rows of the table").
				WithHelp("Write a row for it or a row any other, or give the field bounds with min and max."))
			break
		}
	}
}

// rowConditions are the rows of a table as conditions of the keys that a formula gives; known is false where too little is known of a key.
func rowConditions(p *pass, t *catalog.TariffTable, keys []string) (cases []string, known bool) {
	shape, ok := t.Shape()
	if !ok || len(keys) != len(shape.Columns) {
		return nil, false
	}
	constants := make([]any, len(keys))
	for i, k := range keys {
		keys[i] = strings.TrimSpace(k)
		switch kind := shape.Columns[i].Kind; kind {
		case formula.KindInt, formula.KindDecimal, formula.KindText, formula.KindBool:
			if v, is := constantKey(kind, keys[i]); is {
				constants[i] = v
			} else if !p.bounded(keys[i]) {
				return nil, false
			}
		default: // days and amounts are not compared here
			return nil, false
		}
	}
	for _, texts := range t.Rows {
		if len(texts) != len(keys)+1 {
			return nil, false
		}
		parts, takes := []string{"true"}, true
		for i, c := range shape.Columns {
			cell, err := formula.ParseCell(c.Kind, texts[i].Value)
			switch {
			case err != nil:
				return nil, false
			case cell.Other:
			case constants[i] != nil:
				takes = takes && cell.Takes(constants[i])
			default:
				parts = append(parts, cellCondition(keys[i], cell)...)
			}
		}
		if takes {
			cases = append(cases, strings.Join(parts, " and "))
		}
	}
	return cases, true
}

// constantKey is the value of a key that is written as it is.
func constantKey(kind formula.Kind, key string) (any, bool) {
	switch kind {
	case formula.KindBool:
		return key == "true", key == "true" || key == "false"
	case formula.KindText:
		if len(key) < 2 || key[0] != '"' && key[0] != '\'' || strings.ContainsRune(key, '\\') {
			return nil, false
		}
		return key[1 : len(key)-1], true
	}
	if kind == formula.KindInt {
		n, err := strconv.ParseInt(key, 10, 64)
		return n, err == nil
	}
	n, err := formula.ParseDecimal(key)
	return n, err == nil
}

// cellCondition is what a cell asks of the value at a path.
func cellCondition(path string, c formula.Cell) (out []string) {
	switch from := c.From.(type) {
	case bool:
		return []string{map[bool]string{true: path, false: "not " + path}[from]}
	case string:
		return []string{path + " == " + strconv.Quote(from)}
	}
	if c.From != nil {
		out = append(out, path+map[bool]string{true: " > ", false: " >= "}[c.Over]+writtenKey(c.From))
	}
	if c.To != nil {
		out = append(out, path+" <= "+writtenKey(c.To))
	}
	return out
}

func writtenKey(v any) string {
	if n, whole := v.(int64); whole {
		return strconv.FormatInt(n, 10)
	}
	d, _ := v.(formula.Decimal)
	return d.String()
}

// bounded tells whether it is known what the value at a path may be: a field that the applicant fills in, or one of several values.
func (p *pass) bounded(path string) bool {
	if root, code, _ := strings.Cut(path, "."); root == catalog.FormRoot {
		_, f := p.service.Field(code)
		return f != nil && f.Value.IsZero()
	}
	return len(p.domain(path).texts) > 0 || p.kindAt(path) == formula.KindBool
}
