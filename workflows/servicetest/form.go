package servicetest

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/machine"
)

// formIsComplete reports a form that could not have been submitted: a needed field that is missing, a hidden one that has a value, a rule
// that does not hold.
func (r *rehearsal) formIsComplete(form, applicant map[string]json.RawMessage) bool {
	values, err := r.p.Values(machine.Source{Form: form, Applicant: applicant, Submitted: r.sc.On.Value})
	if err != nil {
		r.add("scenario-value", r.sc.Head(), "a value cannot be read: {problem}", "problem", err.Error())
		return false
	}
	at := r.sc.RangeOf("form")
	for _, f := range r.p.Plan().Form.Fields {
		_, given := form[f.Code]
		shown, ok := r.holds(f.When, values)
		switch {
		case !ok:
			r.add("scenario-form", at, "whether {field} is shown cannot be told", "field", f.Code)
		case shown && !given && !f.Optional:
			r.add("scenario-form", at, "the field {field} is missing", "field", f.Code)
		case !shown && given:
			r.add("scenario-form", at, "the field {field} is not shown, so it has no value", "field", f.Code)
		}
	}
	if len(r.list) > 0 {
		return false
	}
	for i := range r.s.Validate {
		v := &r.s.Validate[i]
		if v.Rule.Value == "" {
			continue
		}
		applies, ok1 := r.holds(v.When.Value, values)
		if !ok1 || !applies {
			continue
		}
		if fine, ok := r.holds(v.Rule.Value, values, v.When.Value); !ok || !fine {
			r.add("scenario-form", at, "the rule beside {field} does not hold: {message}", "field", v.Field.Value, "message", v.Message.In(r.language()))
		}
	}
	return len(r.list) == 0
}

func (r *rehearsal) language() string {
	if ls := r.c.Settings.Languages; len(ls) > 0 {
		return ls[0].Value
	}
	return ""
}

// conditions are the form's conditions and rules, compiled once for all scenarios of a service.
type conditions struct {
	scope    *catalog.Scope
	compiled map[string]*formula.Formula // nil where it does not compile
}

func newConditions(scope *catalog.Scope) *conditions {
	return &conditions{scope, map[string]*formula.Formula{}}
}

// holds evaluates a condition, of which "" always holds; ok is false where it has no value.
func (c *conditions) holds(text string, values formula.Values, guards ...string) (yes, ok bool) {
	if text == "" {
		return true, true
	}
	key := text + "\x00" + strings.Join(guards, "\x00")
	f, known := c.compiled[key]
	if !known {
		given := slices.DeleteFunc(guards, func(g string) bool { return g == "" })
		var problems []formula.Problem
		if f, problems = c.scope.Plain.CompileUnder(text, formula.Type{Kind: formula.KindBool}, given); len(problems) > 0 {
			f = nil
		}
		c.compiled[key] = f
	}
	if f == nil {
		return false, false
	}
	v, err := f.Eval(values)
	return v == true, err == nil
}
