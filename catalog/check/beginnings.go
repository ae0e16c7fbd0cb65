package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/source"
)

// consents are what a person may say to what is filled in.
var consents = []string{catalog.Given, catalog.Declined, catalog.Silence}

// beginning: a scenario begins as the service does, with what the event or the right gives.
func beginning(p *pass, sc *catalog.Scenario) {
	s, b := p.service, sc.Trigger
	if b == nil {
		if !s.ByApplicant() {
			p.add(problem("no-trigger", sc.Title.Range(), "nobody applies for this service, and the scenario does not say what starts it").
				WithHelp("Write trigger: {event: …, gives: {…}}, {right: …, gives: {…}} or {by: role}."))
		}
		return
	}
	var given []source.Text
	for _, text := range []source.Text{b.By, b.Event, b.Right} {
		if !text.IsZero() {
			given = append(given, text)
		}
	}
	if len(given) != 1 {
		p.add(problem("trigger-kind", b.Head(), "one thing starts a scenario: {kinds}", "kinds", words(catalog.TriggerKinds())).
			WithHelp("Write trigger: {event: …, gives: {…}}, {right: …, gives: {…}} or {by: role}."))
		return
	}
	if slices.ContainsFunc(s.Triggers, func(t catalog.Trigger) bool { return t.Kind() == "" }) {
		return // reported itself
	}
	if s.ByApplicant() && b.By.Value == catalog.ApplicantPlace {
		return
	}
	var have []string
	var starts *catalog.Trigger
	for i := range s.Triggers {
		t := &s.Triggers[i]
		if t.By.Value == b.By.Value && t.Event.Value == b.Event.Value && t.Right.Value == b.Right.Value {
			starts = t
		}
		have = append(have, t.Subject().Value)
	}
	if starts == nil {
		p.add(unknown("trigger", given[0], have))
		return
	}
	proactive := starts.Kind() != catalog.ByTrigger
	if brings, known := p.catalogue.Brings(starts); known {
		var names []string
		for _, f := range brings.Type.Object.Fields {
			names = append(names, f.Name)
		}
		keys(p, b.Gives.Node(), "field", names)
	} else if !proactive && b.Has("gives") {
		p.add(problem("misplaced-key", b.KeyRange("gives"), "a trigger that has {kind} has no {key}", "kind", "by", "key", "gives"))
	}
	switch {
	case b.Has("consent") && !slices.Contains(consents, b.Consent.Value):
		p.add(unknown("consent", b.Consent, consents))
	case b.Has("consent") && starts.Consent != catalog.ConsentNeeded:
		p.add(problem("misplaced-key", b.KeyRange("consent"), "this trigger needs no consent"))
	case proactive && starts.Consent == catalog.NoConsent && sc.Form != nil && sc.Form.Len() > 0:
		p.add(problem("misplaced-key", sc.KeyRange("form"), "where no consent is needed nobody fills anything in").
			WithHelp("Remove the form; what stands in it then is checked by expect: {form: {…}}."))
	}
}
