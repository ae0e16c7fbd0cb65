package paper

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/unit"
	"github.com/diwan-gov/diwan/workflows/machine"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Shown puts labels beside the evaluated ones of rows and makes their values ready for pages and papers.
func Shown(of []plan.Row, cells []machine.Cell, labels []plan.Text, texts *plan.Texts) ([]Row, error) {
	rows := make([]Row, 0, len(cells))
	for _, c := range cells {
		r := Row{Code: of[c.Index].Code, Claim: of[c.Index].Claim, Label: plan.Text{}}
		if c.Index < len(labels) {
			r.Label = labels[c.Index]
		}
		d := json.NewDecoder(bytes.NewReader(c.Value))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("row %d: %w", c.Index, err)
		}
		r.Cell = cellOf(of[c.Index].Formula, c.Kind, c.Fields, v, texts)
		if c.Unit != "" && r.Cell.Value != "" {
			r.Cell.Words = plan.Text{}
			for _, lang := range texts.Languages {
				r.Cell.Words[lang] = r.Cell.Value + " " + unit.Name(c.Unit, lang)
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// cellOf turns a value as formula.EncodeValue gives it into a cell. path is the formula that gave it; where that is a plain path, texts name
// the columns under it.
func cellOf(path, kind string, fields []plan.Field, v any, texts *plan.Texts) Cell {
	c := Cell{Kind: kind}
	switch v := v.(type) {
	case bool:
		c.Value = strconv.FormatBool(v)
	case json.Number:
		c.Value = v.String()
	case string:
		c.Value, c.Words = v, texts.Codes[path][v]
	case []any:
		c.Columns = columns(path, fields, texts)
		for _, item := range v {
			c.Rows = append(c.Rows, line(path, fields, item, texts))
		}
	case map[string]any:
		if kind == "money" {
			c.Value = fmt.Sprintf("%v %v", v["value"], v["currency"])
			break
		}
		c.Columns, c.Rows = columns(path, fields, texts), [][]Cell{line(path, fields, v, texts)}
	}
	return c
}

func line(path string, fields []plan.Field, item any, texts *plan.Texts) []Cell {
	object, _ := item.(map[string]any)
	cells := make([]Cell, len(fields))
	for i, f := range fields {
		cells[i] = cellOf(path+"."+f.Name, f.Kind, f.Fields, object[f.Name], texts)
	}
	return cells
}

func columns(path string, fields []plan.Field, texts *plan.Texts) []Column {
	out := make([]Column, len(fields))
	for i, f := range fields {
		out[i] = Column{Code: f.Name, Label: texts.Columns[path+"."+f.Name]}
		if out[i].Label == nil {
			out[i].Label = asked(path, f.Name, texts)
		}
	}
	return out
}

// asked is what the form calls a field of a group; nil where the path is no group of the form.
func asked(path, field string, texts *plan.Texts) plan.Text {
	group, isForm := strings.CutPrefix(path, catalog.FormRoot+".")
	if !isForm {
		return nil
	}
	for _, g := range texts.Fields {
		if g.Code != group {
			continue
		}
		for _, f := range g.Fields {
			if f.Code == field {
				return f.Label
			}
		}
	}
	return nil
}
