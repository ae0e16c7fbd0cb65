package filling

import (
	"context"

	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// QuestionsID is the id of the element that scripts replace when an answer changes what is asked.
const QuestionsID = "questions"

// group shows the rows of a group with buttons to add and remove them.
func (f *Filling) group(ctx context.Context, base ui.Field, field form.Field) ui.Component {
	base.Optional = false // how many rows there may be is said by the buttons
	rows := ui.Rows{Field: base, RowName: field.RowName, More: field.More, Control: GoControl, Path: f.Path, Target: QuestionsID}
	if f.changed.group == field.Code {
		rows.Status = f.Locale.T("rows.removed")
		if f.changed.added != "" {
			rows.Status = f.Locale.T("rows.added")
		}
	}
	for _, row := range field.Rows {
		rows.Items = append(rows.Items, ui.RowItem{
			Name: row.Name, Title: row.Title, Body: f.Questions(ctx, row.Fields), Removable: field.Fewer, Focus: row.Name == f.changed.added,
		})
	}
	return rows
}

// record shows the parts of an address, a person or a place under one heading.
func (f *Filling) record(ctx context.Context, base ui.Field, field form.Field) ui.Component {
	return ui.Fieldset{Field: base, Body: f.Questions(ctx, field.Parts)}
}

// Questions are the controls of the fields that are shown.
func (f *Filling) Questions(ctx context.Context, fields []form.Field) (out []ui.Component) {
	for _, field := range fields {
		if field.Visible {
			out = append(out, f.Question(ctx, field))
		}
	}
	return out
}

// derived shows what the server works out.
func (f *Filling) derived(ctx context.Context, base ui.Field, field form.Field) ui.Component {
	base.Optional = false
	if field.Type == "group" {
		list := ui.SummaryList{Title: field.Label, Rows: f.SummaryRows(ctx, field)}
		return list
	}
	out := ui.Output{Field: base, Value: f.written(ctx, field), Empty: f.Locale.T("value.notYet")}
	if field.Type == "text" || field.Type == "iban" {
		out.Dir = field.Direction
	}
	return out
}

// SummaryRows are the lines of an answer where answers are listed: one, or of a group one for each of its rows.
func (f *Filling) SummaryRows(ctx context.Context, field form.Field) []ui.SummaryRow {
	if field.Type != "group" {
		return []ui.SummaryRow{{Key: field.Label, Value: f.written(ctx, field), Actions: f.downloads(ctx, field)}}
	}
	var out []ui.SummaryRow
	for _, row := range field.Rows {
		list := ui.SummaryList{}
		for _, inner := range row.Fields {
			if inner.Visible {
				list.Rows = append(list.Rows, f.SummaryRows(ctx, inner)...)
			}
		}
		out = append(out, ui.SummaryRow{Key: row.Title, Body: []ui.Component{list}})
	}
	if len(out) == 0 {
		out = append(out, ui.SummaryRow{Key: field.Label, Empty: f.Locale.T("value.noRows")})
	}
	return out
}

// downloads lead to the files of an answer that was sent.
func (f *Filling) downloads(ctx context.Context, field form.Field) (out []ui.Action) {
	if field.Type != FileType || f.Fetch == "" {
		return nil
	}
	for _, id := range append(field.Values, field.Value) {
		if u, ok := f.upload(ctx, id); ok && u.Readable() {
			about := field.Label
			if field.Several {
				about += " – " + u.Name
			}
			out = append(out, ui.Action{Text: f.Locale.T("action.download"), Href: f.Fetch + id, About: about})
		}
	}
	return out
}

// lines are the parts of a record that have an answer.
func (f *Filling) lines(ctx context.Context, parts []form.Field) (out []string) {
	for _, part := range parts {
		if text := f.written(ctx, part); text != "" {
			out = append(out, part.Label+": "+text)
		}
	}
	return out
}
