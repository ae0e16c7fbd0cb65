package servicetest

import (
	"context"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/script"
	"github.com/diwan-gov/diwan/catalog/source"
)

// judgements runs the scripts of the service on the values that stand beside them. Without anything that runs scripts nothing is said.
func (u *unit) judgements() diag.List {
	var list diag.List
	if _, none := u.scripts.(indulgent); none {
		return nil
	}
	for i := range u.s.Validate {
		v := &u.s.Validate[i]
		beside, known := u.s.FieldList().At(v.Field.Value)
		file, content := u.c.Script(u.s, v.Script.Value)
		if len(v.Tests) == 0 || !known || content == nil {
			continue
		}
		parsed, _ := script.Parse(file, content)
		if parsed == nil {
			continue // reported at its place
		}
		for j := range v.Tests {
			list.Add(u.judge(parsed, beside, &v.Tests[j])...)
		}
	}
	return list
}

// mend is what to do about a script and a test that do not agree.
const mend diag.Phrase = "Correct the script, or the test."

func (u *unit) judge(s *script.Script, beside catalog.Asked, t *catalog.Judgement) diag.List {
	form := map[string]any{}
	if t.Form != nil && t.Form.Kind == source.Mapping {
		for name, n := range t.Form.Pairs() {
			other, known := u.s.FieldList().At(name.Value)
			if !known {
				return diag.List{diag.New(diag.Error, "script-test", name.Range(), "there is no {what} {name:q}", "what", diag.Phrase("field"), "name", name.Value)}
			}
			form[name.Value] = plain(n, other.Field.Formula())
		}
	}
	var value any
	if t.Value != nil {
		value = plain(t.Value, beside.Field.Formula())
	}
	if beside.Group == nil {
		form[beside.Field.Code.Value] = value
	}
	found, err := u.scripts.Call(context.Background(), s, value, form)
	switch {
	case err != nil:
		return diag.List{diag.New(diag.Error, "script-test", t.Head(), "the script does not come to an end with this value").
			WithHelp(mend)}
	case found.Valid && !t.OK:
		return diag.List{diag.New(diag.Error, "script-test", t.RangeOf("ok"), "the script finds nothing wrong with this value").
			WithHelp(mend)}
	case !found.Valid && t.OK:
		return diag.List{diag.New(diag.Error, "script-test", t.RangeOf("ok"), "the script refuses this value").
			WithHelp(mend)}
	}
	return nil
}
