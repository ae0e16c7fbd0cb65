package catalog

import (
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// The roots that only the formulas of a trigger read.
const (
	EventRoot = "event"
	RightRoot = "right"
)

// Brings is the root that the formulas of a trigger read, under event or right, with what is there; false where that is not known because of a
// problem that is reported itself, and for a trigger by somebody, who brings nothing.
func (c *Catalogue) Brings(t *Trigger) (formula.Field, bool) {
	switch t.Kind() {
	case EventTrigger:
		if e := c.Event(t.Event.Value); e != nil && c.Sound(e.Head().File) {
			return object(EventRoot, typeFields(e.Gives, 0)), true
		}
	case RightTrigger:
		if r := c.Right(t.Right.Value); r != nil && c.Sound(r.Head().File) {
			return object(RightRoot, append([]formula.Field{field("number", formula.KindText)}, typeFields(r.operation().Gives, 0)...)), true
		}
	}
	return formula.Field{}, false
}

// TriggerScope compiles the formulas of one trigger.
type TriggerScope struct {
	// Brings is what they read.
	Brings formula.Field
	env    *formula.Env
	scope  *Scope
}

// Trigger is what the formulas of t read; nil where it brings nothing, or nothing that is known.
func (sc *Scope) Trigger(c *Catalogue, t *Trigger) *TriggerScope {
	brings, ok := c.Brings(t)
	if !ok {
		return nil
	}
	return &TriggerScope{brings, environment([]formula.Field{brings}), sc}
}

// Compile compiles a formula of the trigger where guards hold.
func (ts *TriggerScope) Compile(text source.Text, want formula.Type, guards ...source.Text) (*formula.Formula, diag.List) {
	return ts.scope.compile(ts.env, text, want, guards)
}

// Holder is the formula of the person for whom t starts the service: what is written, or the holder of a right that persons hold. It is empty
// where neither says it.
func (c *Catalogue) Holder(t *Trigger) source.Text {
	if r := c.Right(t.Right.Value); t.For.IsZero() && t.Kind() == RightTrigger && r != nil && r.Holder == "person" {
		return source.Text{Ranged: t.Right.Ranged, Value: RightRoot + ".holder"}
	}
	return t.For
}

// TriggerGuards are conditions under which a formula of a trigger is compiled where it may lack what it reads: a day then does not come, and a
// field stays empty.
func TriggerGuards(text string) []source.Text {
	var out []source.Text
	for _, guard := range PrefillGuards(text, false, true) {
		out = append(out, source.Text{Value: guard})
	}
	return out
}
