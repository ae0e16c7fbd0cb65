package main

import (
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/workflows/activity"
)

// open asks who applies where somebody may for another, then what is asked of registries before the form. It is false where the applicant may not
// fill it in, which is said.
func (t *walker) open() (bool, error) {
	if roles := t.w.Capacities(); len(roles) > 0 && (t.scenario == nil || t.scenario.OnBehalf == nil) {
		t.say("Who applies?")
		choices := []choice{{"applicant", diag.Say("The applicant").In(t.l), func() error { return nil }}}
		for _, as := range roles {
			choices = append(choices, choice{as, t.capacity(as), func() error { return t.w.Represented(as) }})
		}
		if err := t.choose(choices, true); err != nil {
			return false, err
		}
	}
	refused, err := t.w.Open(t.answerBefore)
	if err != nil || refused == "" {
		return err == nil, err
	}
	t.say("The applicant may not apply: {reason}", "reason", t.w.Texts().Reasons[refused].In(t.lang, t.w.Texts().Languages...))
	return false, nil
}

// answerBefore lets the person say what a registry answers before the form, until it does.
func (t *walker) answerBefore(l *activity.Lookup) (activity.Answer, error) {
	for {
		var given *activity.Answer
		if err := t.reply(l, nil, func(a activity.Answer) error { given = &a; return nil }); err != nil {
			return activity.Answer{}, err
		}
		switch {
		case given == nil:
		case given.Failed != "":
			t.say("  The registry does not answer; who applies is asked to try later.")
		default:
			return *given, nil
		}
	}
}

// capacity is a capacity in the words of the service, or its code.
func (t *walker) capacity(as string) string {
	if words := t.w.Texts().OnBehalf[as].In(t.lang, t.w.Texts().Languages...); words != "" {
		return words
	}
	return as
}
