package catalog

import (
	"reflect"
	"slices"

	"github.com/diwan-gov/diwan/catalog/source"
)

// readers are the points at which some formula may read what the step with that code gives, directly or through facts. Every text of a step
// counts that names it, so there may be too many and never too few.
func (f *Flow) readers(c *Catalogue, s *Service, code string) []bool {
	out := make([]bool, len(f.Points))
	names := factNames(s, code)
	for st := range s.AllSteps() {
		at, before := f.At(st), f.Before(st)
		if at < 0 || !names.mentioned(reflect.ValueOf(st).Elem()) && !names.printed(c, st) && !names.charged(s, st) {
			continue
		}
		out[at], out[before] = true, true
		for i := range f.Points {
			out[i] = out[i] || f.Points[i].Step == st && f.Points[i].Kind == CorrectPoint
		}
	}
	for _, a := range f.Asides {
		if a.Point >= 0 && a.Anytime != nil && (names.in(a.Anytime.When.Value) || names.in(a.Anytime.About.Value)) {
			out[a.Point] = true
		}
	}
	return out
}

// readNames is the code of a step and the facts that read it.
type readNames struct {
	code   string
	facts  map[string]bool
	tariff bool // the day that chooses the tariff's version reads it
}

func factNames(s *Service, code string) readNames {
	n := readNames{code: code, facts: map[string]bool{}}
	n.tariff = n.in(s.TariffOn.Value)
	for changed := true; changed; {
		changed = false
		for i := range s.Facts.Entries {
			e := &s.Facts.Entries[i]
			if !n.facts[e.Key.Value] && slices.ContainsFunc(e.Value.Formulas(), func(t source.Text) bool { return n.in(t.Value) }) {
				n.facts[e.Key.Value], changed = true, true
			}
		}
	}
	return n
}

func (n readNames) in(text string) bool {
	if mentionsRoot(text, n.code) || n.tariff && mentionsRoot(text, TariffRoot) {
		return true
	}
	for _, fact := range mentionedFacts(text) {
		if n.facts[fact] {
			return true
		}
	}
	return false
}

var (
	stepsType = reflect.TypeFor[[]Step]()
	wordsType = reflect.TypeFor[Text]()
	leafText  = reflect.TypeFor[source.Text]()
)

// mentioned looks through the texts of a value, without those of steps inside it and without what people read.
func (n readNames) mentioned(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return !v.IsNil() && v.Type() != reflect.TypeFor[*source.Node]() && n.mentioned(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			if v.Type() != stepsType && n.mentioned(v.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		switch v.Type() {
		case leafText:
			return n.in(v.Interface().(source.Text).Value)
		case wordsType:
			return false
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && n.mentioned(v.Field(i)) {
				return true
			}
		}
	}
	return false
}

// printed looks through the document that a step issues.
func (n readNames) printed(c *Catalogue, st *Step) bool {
	d := c.Document(st.Issue.Value)
	return d != nil && n.mentioned(reflect.ValueOf(d).Elem())
}

// charged looks through the fees that a step asks for.
func (n readNames) charged(s *Service, st *Step) bool {
	for _, fee := range st.Pay {
		if f := s.Fee(fee.Value); f != nil && n.mentioned(reflect.ValueOf(f).Elem()) {
			return true
		}
	}
	return false
}
