package machine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// values are what formulas read, decoded once for many steps. They are immutable as soon as they are shared; a step that learns something
// then works on a copy, which is its own until a State holds it.
type values struct {
	roots  formula.Values
	facts  map[string]any // roots["facts"]
	shared bool           // somebody else holds them too: a State, or who wants them back as they are
	// tariff is the version that another day than that of submission has chosen; it is chosen again when a value changes.
	tariff string
	err    error // a value that is not of its declared type: no formula has a value then
}

// Source is what an application's values are made of when everything is known, as for a document: JSON values by name.
type Source struct {
	Form      map[string]json.RawMessage
	Applicant map[string]json.RawMessage
	// Representative is who applies for the applicant, nil where they do themselves.
	Representative map[string]json.RawMessage
	Answers        map[string]map[string]json.RawMessage // by result
	Tariff         *activity.Tariff                      // the version of the day of submission
	Tariffs        []activity.Tariff                     // the versions, where the plan says another day
	Submitted      string                                // YYYY-MM-DD
	Decided        string                                // YYYY-MM-DD, or ""
	Issued         *Issued
}

// representative is the root of who applies for the applicant.
const representative = "representative"

// Issued is the paper that is being made.
type Issued struct {
	Number string
	On     string // YYYY-MM-DD
}

// Values gives what formulas may read, facts included. Names that the plan does not know are left out, and so is a fact that has no value
// yet. The error says which value is not of its declared type, and never the value.
func (p *Program) Values(s Source) (formula.Values, error) {
	roots := formula.Values{}
	for _, group := range []struct {
		root string
		raw  map[string]json.RawMessage
	}{{"form", s.Form}, {"applicant", s.Applicant}} {
		if err := p.decodeInto(roots, group.root, group.raw); err != nil {
			return nil, err
		}
	}
	if s.Representative != nil && p.scope[representative] != nil {
		if err := p.decodeInto(roots, representative, s.Representative); err != nil {
			return nil, err
		}
	}
	if s.Tariff != nil {
		if err := p.decodeInto(roots, "tariff", s.Tariff.Amounts); err != nil {
			return nil, err
		}
	}
	for _, result := range p.results {
		if raw, ok := s.Answers[result]; ok {
			if err := p.decodeInto(roots, result, raw); err != nil {
				return nil, err
			}
		}
	}
	asOf, err := days("asOf", "submitted", s.Submitted, "decided", s.Decided)
	if err != nil {
		return nil, err
	}
	roots["asOf"] = asOf
	if s.Issued != nil {
		issued, err := days("issued", "on", s.Issued.On)
		if err != nil {
			return nil, err
		}
		issued["number"] = s.Issued.Number
		roots["issued"] = issued
	}
	facts := map[string]any{}
	roots["facts"] = facts
	if p.tariffOn != nil {
		// As with a fact, where the day is not known yet there is no tariff.
		if chosen, err := p.withTariff(&values{roots: roots, facts: facts, shared: true}, s.Tariffs); err == nil {
			roots["tariff"] = chosen.roots["tariff"]
		}
	}
	for _, f := range p.facts {
		if v, err := f.formula.Eval(roots); err == nil {
			facts[f.name] = v
		}
	}
	return roots, nil
}

// valuesOf decodes what the state holds.
func (p *Program) valuesOf(s *State) *values {
	v := &values{roots: make(formula.Values, 5+len(p.results)), facts: nothing}
	form, applicant, behalf := nothing, nothing, nothing
	for _, path := range p.reads {
		raw, ok := s.Reads[path.full]
		if !ok {
			continue
		}
		value, err := p.decode(path.root, path.typ, raw)
		if err != nil {
			v.err = fmt.Errorf("%s: %w", path.full, err)
			continue
		}
		at := &applicant
		switch path.root {
		case "form":
			at = &form
		case representative:
			at = &behalf
		}
		if len(*at) == 0 {
			*at = make(map[string]any, len(p.reads))
		}
		(*at)[path.name] = value
	}
	v.roots["form"], v.roots["applicant"], v.roots["facts"] = form, applicant, v.facts
	if len(behalf) > 0 { // somebody applies for the applicant
		v.roots[representative] = behalf
	}
	if s.Tariff != nil {
		v.keep(p.decodeInto(v.roots, "tariff", s.Tariff.Amounts))
	}
	for _, a := range s.Answers {
		if a.In == 0 {
			v.keep(p.decodeInto(v.roots, a.Result, a.Values))
		}
	}
	if p.readsDays {
		asOf, err := days("asOf", "submitted", s.Submitted, "decided", s.Decided)
		v.roots["asOf"] = asOf
		v.keep(err)
	}
	return v
}

// nothing is an object without fields. Values are copied before anything is added, so nobody writes to it.
var nothing = map[string]any{}

func (v *values) keep(err error) {
	if err != nil && v.err == nil {
		v.err = err
	}
}

// decodeInto decodes the declared fields of one root.
func (p *Program) decodeInto(roots formula.Values, root string, raw map[string]json.RawMessage) error {
	object, err := p.decodeRoot(root, raw)
	if err == nil {
		roots[root] = object
	}
	return err
}

// decode reads one value. What an applicant writes as money is an amount without a currency: it is in the plan's.
func (p *Program) decode(root string, t formula.Type, raw json.RawMessage) (any, error) {
	if root == "form" {
		return decodeIn(p.plan.Currency, t, raw)
	}
	return decodeJSON(t, raw)
}

func (p *Program) decodeRoot(root string, raw map[string]json.RawMessage) (map[string]any, error) {
	object := make(map[string]any, len(raw))
	for _, f := range p.scope[root] {
		r, ok := raw[f.Name]
		if !ok || string(r) == "null" {
			continue
		}
		v, err := p.decode(root, f.Type, r)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", root, f.Name, err)
		}
		object[f.Name] = v
	}
	return object, nil
}

// days makes the object of a root whose fields are days; an empty one is absent.
func days(root string, pairs ...string) (map[string]any, error) {
	object := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		d, err := formula.ParseDate(pairs[i+1])
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", root, pairs[i], err)
		}
		object[pairs[i]] = d
	}
	return object, nil
}

// share says that v stays as it is from now on.
func (v *values) share() *values {
	if !v.shared { // others may be reading what has been shared before
		v.shared = true
	}
	return v
}

// own is v, or a copy of it where it is shared; the copy's facts are still v's.
func (v *values) own() *values {
	if !v.shared {
		return v
	}
	return &values{roots: maps.Clone(v.roots), facts: v.facts, tariff: v.tariff, err: v.err}
}

// with gives values in which root is another object (nil = absent). What facts were known is forgotten: they may read it.
func (v *values) with(root string, object map[string]any) *values {
	v = v.own()
	if object == nil {
		delete(v.roots, root)
	} else {
		v.roots[root] = object
	}
	if v.tariff != "" && root != "tariff" {
		delete(v.roots, "tariff")
	}
	v.roots["facts"] = nothing
	v.facts, v.tariff = nothing, ""
	return v
}

// learn gives values that know one more fact.
func (v *values) learn(name string, value any) *values {
	if v.shared || len(v.facts) == 0 {
		v = v.own()
		facts := make(map[string]any, len(v.facts)+1)
		maps.Copy(facts, v.facts)
		v.roots["facts"], v.facts = facts, facts
	}
	v.facts[name] = value
	return v
}

// path is one entry of the read set.
type path struct {
	full, root, name string
	typ              formula.Type
	optional         bool // it may have no value
}

func (p *Program) pathOf(full string) (path, error) {
	root, name, _ := strings.Cut(full, ".")
	if !slices.Contains([]string{"form", "applicant", representative}, root) {
		return path{}, fmt.Errorf("read set: %q is not of form, applicant or representative", full)
	}
	for _, f := range p.scope[root] {
		if f.Name == name {
			return path{full, root, name, f.Type, f.Optional || f.When != ""}, nil
		}
	}
	return path{}, fmt.Errorf("read set: no such field %q", full)
}
