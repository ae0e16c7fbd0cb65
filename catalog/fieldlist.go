package catalog

import (
	"iter"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// FieldList is fields that one person fills in at one time: the form of a service, or the own form of an officer or an invited person. Root is
// the name under which formulas read the answers: form, or the code of the step.
type FieldList struct {
	Root     string
	Sections []Section
}

// FieldList is the form of the service.
func (s *Service) FieldList() FieldList { return FieldList{FormRoot, s.Form} }

// FieldLists are all lists of fields of the service, its form first.
func (s *Service) FieldLists() []FieldList {
	out := []FieldList{s.FieldList()}
	for st := range s.AllSteps() {
		if len(st.Fields) > 0 {
			out = append(out, NewFieldList(st.Code.Value, st.Fields))
		}
	}
	return out
}

// NewFieldList is a list without titled sections, read under root: the own form of a step.
func NewFieldList(root string, fields []Field) FieldList {
	return FieldList{root, []Section{{Fields: fields}}}
}

// Asked is a field where it stands: in a section and, behind it, perhaps in the rows of a group.
type Asked struct {
	Section *Section
	Group   *Field // nil outside groups
	Field   *Field
}

// Path is the way to the field from the root of its list: code, or group.code.
func (a Asked) Path() string {
	if a.Group != nil {
		return a.Group.Code.Value + "." + a.Field.Code.Value
	}
	return a.Field.Code.Value
}

// Conditions are the formulas that hold wherever the field is shown, its own first: those of the field, its group and its section.
func (a Asked) Conditions() []source.Text {
	if a.Field == nil {
		return nil
	}
	out := []source.Text{a.Field.When}
	if a.Group != nil {
		out = append(out, a.Group.When)
	}
	return append(out, a.Section.When)
}

// Formulas are the formulas of the field, and those of its section, without prefill, which is compiled under conditions of its own.
func (a Asked) Formulas() []source.Text {
	f := a.Field
	return []source.Text{f.When, f.Value, f.Require, f.ListFormula(), a.Section.When}
}

// Fields are the fields with their sections, in order, without those in groups.
func (l FieldList) Fields() iter.Seq2[*Section, *Field] {
	return func(yield func(*Section, *Field) bool) {
		for i := range l.Sections {
			for j := range l.Sections[i].Fields {
				if !yield(&l.Sections[i], &l.Sections[i].Fields[j]) {
					return
				}
			}
		}
	}
}

// All are the fields in order, each group before the fields of its rows.
func (l FieldList) All() iter.Seq[Asked] {
	return func(yield func(Asked) bool) {
		for section, f := range l.Fields() {
			if !yield(Asked{section, nil, f}) {
				return
			}
			if f.Type != GroupField {
				continue
			}
			for i := range f.Fields {
				if !yield(Asked{section, f, &f.Fields[i]}) {
					return
				}
			}
		}
	}
}

// At is the field at a path, as a validation names it: code, or group.code.
func (l FieldList) At(path string) (Asked, bool) {
	for a := range l.All() {
		if a.Path() == path {
			return a, true
		}
	}
	return Asked{}, false
}

// Type is the type under which formulas read the answers.
func (l FieldList) Type() formula.Type {
	var out []formula.Field
	for section, f := range l.Fields() {
		out = addField(out, scopeOf(f, section.When.Value))
	}
	return formula.Type{Kind: formula.KindObject, Object: &formula.Object{Name: l.Root, Fields: out}}
}

// asked are the fields of a row or the parts of a record as formulas read them.
func asked(fields []Field) []formula.Field {
	var out []formula.Field
	for i := range fields {
		out = addField(out, scopeOf(&fields[i], ""))
	}
	return out
}

// scopeOf is a field as formulas read it. A list that is shown is there, if without items; what need only be filled in sometimes may be absent.
func scopeOf(f *Field, section string) formula.Field {
	return formula.Field{
		Name: f.Code.Value, Type: f.Formula(), Optional: !f.IsList() && (f.Optional || f.Require.Value != ""), When: Both(section, f.When.Value),
	}
}

// Fields are the fields of the form with their sections, in order, without those in groups.
func (s *Service) Fields() iter.Seq2[*Section, *Field] { return s.FieldList().Fields() }

// Field is the field of the form with that code, and its section; nil and nil where there is none.
func (s *Service) Field(code string) (*Section, *Field) {
	for section, f := range s.Fields() {
		if f.Code.Value == code {
			return section, f
		}
	}
	return nil, nil
}
