package catalog

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// parts are what records are made of, in the order in which they are asked. Those with a question mark may stay empty.
var parts = map[FieldType][]string{
	AddressField: {"governorate", "locality", "street?", "building?", "postcode?"},
	PersonField:  {"nationalNumber", "name", "birthDate"},
	PlaceField:   {"latitude", "longitude"},
}

// PartNames lists what an address, a person or a place can be asked for, in order.
func PartNames(t FieldType) []string {
	var out []string
	for _, p := range parts[t] {
		out = append(out, strings.TrimSuffix(p, "?"))
	}
	return out
}

// Inner are the fields of a group's row, or the parts of a record; nil for every other field. Parts have no place in a file.
func (f *Field) Inner() []Field {
	if f.Type == GroupField {
		return f.Fields
	}
	wanted := parts[f.Type]
	if len(f.Parts) > 0 {
		wanted = nil
		for _, p := range f.Parts {
			wanted = append(wanted, p.Value)
		}
	}
	var out []Field
	for _, word := range wanted {
		name, optional := strings.CutSuffix(word, "?")
		if slices.Contains(PartNames(f.Type), name) {
			out = append(out, f.part(name, optional))
		}
	}
	return out
}

// part is one part of a record as a field of its own.
func (f *Field) part(name string, optional bool) Field {
	p := Field{Code: source.Text{Value: name}, Type: TextField, Optional: optional}
	number := func(limit string) {
		p.Type, p.Min.Value, p.Max.Value = DecimalField, "-"+limit, limit
	}
	switch name {
	case "nationalNumber":
		p.Type = NationalField
	case "birthDate":
		p.Type, p.Max.Value = DateField, "today"
	case "latitude":
		number("90")
	case "longitude":
		number("180")
	case "postcode":
		p.Pattern.Value = "[A-Z0-9][A-Z0-9 -]{2,9}"
	}
	return p
}
