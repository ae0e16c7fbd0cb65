package check

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
)

// layoutRows looks at what the layouts of the documents that the service issues do with the values of their rows.
func layoutRows(p *pass) {
	for step := range p.service.AllSteps() {
		if step.Kind() != catalog.IssueStep {
			continue
		}
		d := p.catalogue.Document(step.Issue.Value)
		if d == nil || d.Layout == nil || !p.catalogue.Sound(d.Head().File) {
			continue
		}
		add := func(found diag.Diagnostic) {
			p.add(found.WithRelated(step.Issue.Range(), "issued here by {service}", "service", p.service.Code.Value))
		}
		for i := range d.Layout.Blocks {
			b := &d.Layout.Blocks[i]
			row := d.Row(b.Of.Value)
			if row == nil {
				continue
			}
			switch b.Kind {
			case catalog.TableBlock:
				tableOf(p, b, row, add)
			case catalog.PictureBlock:
				photograph(p, b, row, add)
			}
		}
	}
}

// tableOf: a table shows a list of records, by fields that they have, and adds up numbers.
func tableOf(p *pass, b *catalog.Block, row *catalog.DocumentRow, add func(diag.Diagnostic)) {
	i := slices.IndexFunc(p.positions, func(at *position) bool { return at.paper && at.text.Node() == row.Value.Node() })
	if i < 0 || p.positions[i].formula == nil {
		return // that is told there
	}
	t := p.positions[i].formula.Type()
	if t.Kind != formula.KindList || t.Elem == nil || t.Elem.Kind != formula.KindObject {
		add(problem("table-row", b.Of.Range(), "a table shows a list of records, and {row} is {got}", "row", b.Of.Value, "got", t.Said()).
			WithHelp("Let the row name a list, such as a group of the form, or show it as facts."))
		return
	}
	var have []string
	for _, f := range t.Elem.Object.Fields {
		have = append(have, f.Name)
	}
	for j := range b.Columns {
		c := &b.Columns[j]
		at := slices.Index(have, c.Code.Value)
		if at < 0 {
			add(unknown("column", c.Code, have))
			continue
		}
		kind := t.Elem.Object.Fields[at].Type.Kind
		if c.Total && !slices.Contains([]formula.Kind{formula.KindInt, formula.KindDecimal, formula.KindMoney}, kind) {
			add(problem("no-total", c.RangeOf("total"), "{column} holds no numbers that could be added up", "column", c.Code.Value).WithHelp("Remove total."))
		}
	}
}

// photograph: a picture shows one file of the form, which can only be a picture.
func photograph(p *pass, b *catalog.Block, row *catalog.DocumentRow, add func(diag.Diagnostic)) {
	name, isField := strings.CutPrefix(row.Value.Value, catalog.FormRoot+".")
	_, f := p.service.Field(name)
	if !isField || f == nil || f.Type != catalog.FileField || f.Several() || slices.Contains(values(f.Accept), "pdf") {
		add(problem("photograph", b.Of.Range(), "{row} is no photograph", "row", b.Of.Value).
			WithHelp("Let the row name a field of the form of type file that takes one file: accept: [jpeg, png]."))
	}
}

// listed tells that a table of the layout of a document shows the row in which a formula stands.
func listed(d *catalog.Document, row *catalog.DocumentRow) bool {
	return d.Layout != nil && row.Code.Value != "" && slices.ContainsFunc(d.Layout.Blocks, func(b catalog.Block) bool {
		return b.Kind == catalog.TableBlock && b.Of.Value == row.Code.Value
	})
}
