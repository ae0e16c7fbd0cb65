package form

import (
	"fmt"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// trigger is what an event or a right starts, ready to be worked out.
type trigger struct {
	*plan.Trigger
	brings    formula.Field
	on        *formula.Formula
	who, when *formula.Formula
	fill      []*formula.Formula
}

// Begun is what a trigger has made of an event or a right.
type Begun struct {
	For  string         // national number of the person for whom it is started
	On   formula.Date   // the day on which it starts, of a trigger by a right
	Form map[string]any // answers as they would be typed
}

func (f *Form) compileTriggers() error {
	for i := range f.plan.Triggers {
		t, err := compileTrigger(&f.plan.Triggers[i])
		if err != nil {
			return fmt.Errorf("trigger %d: %w", i+1, err)
		}
		f.triggers = append(f.triggers, t)
	}
	return nil
}

func compileTrigger(p *plan.Trigger) (t trigger, err error) {
	t.Trigger = p
	if p.Brings == nil {
		return t, nil // somebody fills the form in
	}
	if t.brings, err = scopeField(*p.Brings); err != nil {
		return t, err
	}
	env, err := formula.NewEnv([]formula.Field{t.brings})
	if err != nil {
		return t, err
	}
	compile := func(text string, kind formula.Kind, lacking bool) *formula.Formula {
		if text == "" || err != nil {
			return nil
		}
		given := []string{}
		if text != p.When && p.When != "" {
			given = append(given, p.When)
		}
		if lacking {
			given = append(given, catalog.PrefillGuards(text, false, true)...)
		}
		out, problems := env.CompileUnder(text, formula.Type{Kind: kind}, given)
		if out == nil {
			err = fmt.Errorf("formula %q does not compile", text)
			for _, p := range problems {
				err = fmt.Errorf("formula %q: %s", text, p.Said())
				break
			}
		}
		return out
	}
	t.when = compile(p.When, formula.KindBool, false)
	t.who = compile(p.For, formula.KindText, false)
	t.on = compile(p.On, formula.KindDate, true)
	for i := range p.Form {
		t.fill = append(t.fill, compile(p.Form[i].Formula, kinds[p.Form[i].Kind], !p.Form[i].Needed))
	}
	return t, err
}

// Begin works out what the trigger with that index of the plan makes of what an event, or a right, brings, as JSON has it. starts is false where
// nothing is to be started: its condition does not hold, or a right has no such day. The error says what is not of its declared type, or which
// formula has no value; it never says a value.
func (f *Form) Begin(index int, brings map[string]any) (begun Begun, starts bool, err error) {
	if index < 0 || index >= len(f.triggers) || f.triggers[index].Brings == nil {
		return begun, false, fmt.Errorf("trigger %d brings nothing", index+1)
	}
	t := &f.triggers[index]
	if status := brings["status"]; t.Right != "" && status != "valid" && status != "suspended" {
		return begun, false, nil // it has ended
	}
	given, err := formula.DecodeIn(f.plan.Currency, t.brings.Type, brings)
	if err != nil {
		return begun, false, fmt.Errorf("trigger %d: %w", index+1, err)
	}
	with := formula.Values{t.brings.Name: given}
	if t.when != nil {
		holds, err := t.when.Eval(with)
		if err != nil {
			return begun, false, fmt.Errorf("trigger %d: when: %w", index+1, err)
		}
		if holds != true {
			return begun, false, nil
		}
	}
	if t.on != nil {
		day, err := t.on.Eval(with)
		if err != nil {
			return begun, false, nil // a right without an end has no day before it
		}
		begun.On, _ = day.(formula.Date)
	}
	who, err := t.who.Eval(with)
	if err != nil {
		return begun, false, fmt.Errorf("trigger %d: for: %w", index+1, err)
	}
	begun.For, _ = who.(string)
	begun.Form = map[string]any{}
	for i, fill := range t.fill {
		value, err := fill.Eval(with)
		switch {
		case err != nil && t.Form[i].Needed:
			return begun, false, fmt.Errorf("trigger %d: %s: %w", index+1, t.Form[i].Field, err)
		case err != nil:
			continue
		}
		if at, ok := f.block.index[t.Form[i].Field]; ok {
			if v := f.given(&f.block.fields[at], formula.EncodeValue(value)); v != nil {
				begun.Form[t.Form[i].Field] = v
			}
		}
	}
	return begun, true, nil
}
