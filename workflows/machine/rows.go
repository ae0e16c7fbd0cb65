package machine

import (
	"encoding/json"
	"fmt"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Cell is the value of one row of an answer or a document. Index is the row's place in the plan, by which its label is found in the texts.
type Cell struct {
	Index  int
	Kind   string
	Fields []plan.Field // columns, where Kind is list
	Value  json.RawMessage
	Unit   string // code of the unit of a number, or ""
}

// rowSource is the key under which a row's formulas are found again: rows are given as the plan holds them.
func rowSource(r plan.Row, condition bool) source {
	if condition {
		return source{text: r.When, kind: "bool"}
	}
	return source{text: r.Formula, kind: r.Kind, given: r.When}
}

func (p *Program) loadRows(c *compiler, rows []plan.Row, when string, paper bool) error {
	for _, r := range rows {
		condition, err := c.optional(source{text: r.When, kind: "bool", paper: paper}, when)
		if err != nil {
			return err
		}
		value, err := c.compile(source{text: r.Formula, kind: r.Kind, paper: paper}, when, r.When)
		if err != nil {
			return err
		}
		p.rows[rowSource(r, true)], p.rows[rowSource(r, false)] = condition, value
	}
	return nil
}

// Rows evaluates rows of the plan's answers and documents; rows whose condition does not hold are left out. The error says which row has
// no value and why, and never a value.
func (p *Program) Rows(rows []plan.Row, v formula.Values) ([]Cell, error) {
	cells := make([]Cell, 0, len(rows))
	for i, r := range rows {
		if r.When != "" {
			shown, err := p.row(rowSource(r, true), v)
			if err != nil {
				return nil, fmt.Errorf("row %d: %w", i, err)
			}
			if shown != true {
				continue
			}
		}
		value, err := p.row(rowSource(r, false), v)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
		raw, err := encodeJSON(value)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
		cells = append(cells, Cell{i, r.Kind, r.Fields, raw, r.Unit})
	}
	return cells, nil
}

func (p *Program) row(s source, v formula.Values) (any, error) {
	e := p.rows[s]
	if e == nil {
		return nil, fmt.Errorf("no such row in the plan of %s", p.plan.Service)
	}
	return e.formula.Eval(v)
}

// ValidUntil is the last day on which a document is valid (YYYY-MM-DD), or "" where it has no end.
func (p *Program) ValidUntil(document string, v formula.Values) (string, error) {
	e, ok := p.valid[document]
	if !ok {
		return "", fmt.Errorf("no such document %q in the plan of %s", document, p.plan.Service)
	}
	if e == nil {
		return "", nil
	}
	value, err := e.formula.Eval(v)
	if err != nil {
		return "", fmt.Errorf("validity of %s: %w", document, err)
	}
	return fmt.Sprint(value), nil
}
