package compile

import (
	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// triggers compiles what starts the service. Their formulas are no part of the read set: the runtime evaluates them before there is an
// application.
func (k *compiler) triggers() {
	for i := range k.s.Triggers {
		t := &k.s.Triggers[i]
		out := plan.Trigger{By: t.By.Value, Event: t.Event.Value, Right: t.Right.Value}
		if t.Of.Value != k.s.Authority.Value {
			out.Authority = t.Of.Value
		}
		switch t.Kind() {
		case catalog.ByTrigger:
			k.counter(t)
		case catalog.EventTrigger, catalog.RightTrigger:
			k.fillIn(t, &out)
		default:
			k.add("trigger-kind", t.Head(), "it is not written what starts the service here")
		}
		k.plan.Triggers = append(k.plan.Triggers, out)
	}
}

// counter looks whether the role exists.
func (k *compiler) counter(t *catalog.Trigger) {
	of := t.Of
	if of.IsZero() {
		of = k.s.Authority
	}
	if t.By.Value != catalog.ApplicantPlace && k.c.Role(of.Value, t.By.Value) == nil {
		k.unknown("role", t.By)
	}
}

// fillIn compiles the formulas of a trigger by which something is filled in.
func (k *compiler) fillIn(t *catalog.Trigger, out *plan.Trigger) {
	scope := k.scope.Trigger(k.c, t)
	if scope == nil {
		if t.Kind() == catalog.EventTrigger {
			k.unknown("event", t.Event)
		} else {
			k.unknown("right", t.Right)
		}
		return
	}
	brings := planFields([]formula.Field{scope.Brings})
	out.Brings = &brings[0]
	compile := func(text source.Text, want formula.Type, guards ...source.Text) string {
		if text.Value != "" {
			_, problems := scope.Compile(text, want, guards...)
			k.list.Add(problems...)
		}
		return text.Value
	}
	out.When = compile(t.When, yesNo)
	out.On = compile(t.On, day, catalog.TriggerGuards(t.On.Value)...)
	out.For = k.holder(t, scope)
	if t.Consent == catalog.ConsentNeeded {
		out.Within = spanOf(t.Within)
		if out.Within == nil {
			k.add("incomplete-trigger", t.Head(), "this trigger needs {key}", "key", "within")
		}
	}
	for i := range t.Form.Entries {
		e := &t.Form.Entries[i]
		_, f := k.s.Field(e.Key.Value)
		if f == nil {
			k.unknown("field", e.Key)
			continue
		}
		needed := t.Consent == catalog.NoConsent && f.Needed()
		guards := []source.Text{t.When}
		if !needed {
			guards = append(guards, catalog.TriggerGuards(e.Value.Value)...)
		}
		out.Form = append(out.Form, plan.Fill{
			Field: e.Key.Value, Formula: compile(e.Value, typeOf(f), guards...), Kind: kindName(f.Kind()), Needed: needed,
		})
	}
}

// holder makes the formula of a national number of one that names a person.
func (k *compiler) holder(t *catalog.Trigger, scope *catalog.TriggerScope) string {
	who := k.c.Holder(t)
	if who.IsZero() {
		k.add("incomplete-trigger", t.Head(), "this trigger needs {key}", "key", "for")
		return ""
	}
	f, problems := scope.Compile(who, formula.Type{}, t.When)
	k.list.Add(problems...)
	if f == nil {
		return ""
	}
	switch got := f.Type(); got.Kind {
	case formula.KindText:
	case formula.KindObject:
		return "(" + who.Value + ").nationalNumber"
	default:
		k.add("no-person", who.Range(), "this gives {got} and names nobody", "got", got.Said())
	}
	return who.Value
}
