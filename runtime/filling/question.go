package filling

import (
	"context"
	"strconv"
	"strings"

	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/ui"
)

const (
	mostRadios = 7 // options beyond which a list is easier on a phone
	shortLine  = 20
)

// Question is the control of a field.
func (f *Filling) Question(ctx context.Context, field form.Field) ui.Component {
	control := f.control(ctx, field)
	if field.Dynamic && !field.Derived {
		return ui.Asks{Path: f.Path, Target: QuestionsID, Body: control}
	}
	return control
}

func (f *Filling) control(ctx context.Context, field form.Field) ui.Component {
	base := ui.Field{Name: field.Name, Label: field.Label, Hint: field.Hint, Error: field.Error, Optional: !field.Required}
	if field.Derived {
		return f.derived(ctx, base, field)
	}
	if field.None != "" { // nothing to choose: the page says what to do instead
		base.Hint = field.None
	}
	switch field.Type {
	case "group":
		return f.group(ctx, base, field)
	case "address", "person", "place":
		return f.record(ctx, base, field)
	case "choices":
		return ui.Checkboxes{Field: base, Options: options(field)}
	case "long-text":
		return ui.Textarea{Field: base, Value: field.Value}
	case "money":
		return ui.MoneyInput{Field: base, Value: field.Value, Currency: field.Currency}
	case "date":
		return ui.DateInput{Field: base, Day: field.Day, Month: field.Month, Year: field.Year, Birthday: field.Autocomplete == "bday"}
	case "consent":
		base.Label = f.Locale.T("field.consent")
		return ui.Checkboxes{Field: base, Declaration: field.Declaration, Options: []ui.Option{{Value: "yes", Text: field.Label, Selected: field.Checked}}}
	case "yes-no", "choice":
		return choice(base, field)
	case FileType:
		up := ui.Upload{Field: base, Accept: field.Accept, Limits: f.limits(field), Multiple: field.Several, Resume: PartsPath}
		for _, id := range append(field.Values, field.Value) {
			if u, ok := f.upload(ctx, id); ok {
				up.Current = append(up.Current, ui.File{ID: u.ID.String(), Name: u.Name, Size: u.Size, Note: f.scanning(u)})
			}
		}
		return up
	}
	return input(base, field)
}

func options(field form.Field) []ui.Option {
	out := make([]ui.Option, len(field.Options))
	for i, o := range field.Options {
		out[i] = ui.Option{Value: o.Value, Text: o.Label, Hint: o.Hint, Selected: o.Chosen}
	}
	return out
}

func choice(base ui.Field, field form.Field) ui.Component {
	if len(field.Options) > mostRadios {
		return ui.Select{Field: base, Options: options(field), Autocomplete: field.Autocomplete}
	}
	return ui.Radios{Field: base, Options: options(field), Inline: field.Type == "yes-no"}
}

func input(base ui.Field, field form.Field) ui.Component {
	in := ui.Input{Field: base, Value: field.Value, Autocomplete: field.Autocomplete, Dir: field.Direction, Suffix: field.Unit}
	switch field.InputMode {
	case "numeric":
		in.Type, in.Width = ui.Digits, 10
	case "decimal":
		in.Type, in.Width = ui.Decimal, 10
	case "tel":
		in.Type, in.Width = ui.Telephone, shortLine
	case "email":
		in.Type = ui.Email
	default:
		if field.Direction == "ltr" {
			in.Width = shortLine
		}
	}
	if field.Type == "iban" {
		in.Width = 30
	}
	return in
}

// limits says which files are taken.
func (f *Filling) limits(field form.Field) string {
	largest := field.MaxSize
	if largest == 0 {
		largest = mostFile
	}
	said := f.Locale.T("upload.limitsAny", "max", f.Locale.Size(largest))
	if field.Kinds != "" {
		said = f.Locale.T("upload.limits", "kinds", field.Kinds, "max", f.Locale.Size(largest))
	}
	if field.MaxPages > 0 {
		said = f.Locale.T("upload.limitsPages", "limits", said, "pages", strconv.Itoa(field.MaxPages))
	}
	return said
}

// written is an answer in words, as it is shown for checking.
func (f *Filling) written(ctx context.Context, field form.Field) string {
	switch field.Type {
	case "choice", "yes-no", "choices":
		var chosen []string
		for _, o := range field.Options {
			if o.Chosen {
				chosen = append(chosen, o.Label)
			}
		}
		return strings.Join(chosen, "\n")
	case "address", "person", "place":
		return strings.Join(f.lines(ctx, field.Parts), "\n")
	case "consent":
		if field.Checked {
			return f.Locale.T("value.agreed")
		}
		return ""
	case "date":
		if field.Year == "" {
			return field.Day
		}
		return f.Locale.Day(pad(field.Year, 4) + "-" + pad(field.Month, 2) + "-" + pad(field.Day, 2))
	case "money":
		if m, ok := ui.ParseMoney(field.Value + " " + field.Currency); ok {
			return f.Locale.Money(m)
		}
	case FileType:
		var names []string
		for _, id := range append(field.Values, field.Value) {
			if u, ok := f.upload(ctx, id); ok {
				name := u.Name
				if note := f.scanning(u); note != "" {
					name += " – " + note
				}
				names = append(names, name)
			}
		}
		return strings.Join(names, "\n")
	}
	if field.Unit != "" && field.Value != "" {
		return field.Value + " " + field.Unit
	}
	return field.Value
}

// scanning says of a file in quarantine that it is being checked.
func (f *Filling) scanning(u document.Upload) string {
	if u.State == document.Waiting {
		return f.Locale.T("upload.waiting")
	}
	return ""
}

func pad(digits string, n int) string {
	for len(digits) < n {
		digits = "0" + digits
	}
	return digits
}
