package check

import (
	"slices"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// waits: what is waited for exists: an event, a day, another service, an appointment.
func waits(p *pass) {
	for step := range p.service.AllSteps() {
		switch step.Kind() {
		case catalog.WaitStep:
			wait(p, step)
		case catalog.StartStep:
			start(p, step)
		case catalog.AppointmentStep:
			if s := step.Slots; s != nil && (s.Capacity < 1 || s.Capacity > 1000 || s.Minutes < 5 || s.Minutes > 600) {
				p.add(problem("slots", step.KeyRange("slots"), "a slot takes 1 to 1000 applicants and is 5 to 600 minutes long").
					WithHelp("Write slots: {capacity: 1, minutes: 30}."))
			}
			if step.Has("atMost") && (step.AtMost < 1 || step.AtMost > mostRounds) {
				p.add(problem("unbounded-return", step.RangeOf("atMost"), "it is not written how often").WithHelp("Write atMost: 2 (up to 20)."))
			}
		}
	}
}

func wait(p *pass, step *catalog.Step) {
	w := step.Wait
	var given []string
	for _, key := range []string{"until", "for", "event"} {
		if w.Has(key) {
			given = append(given, key)
		}
	}
	switch {
	case len(given) == 0:
		p.add(problem("wait", step.KeyRange("wait"), "it is not written what is waited for").
			WithHelp("Write {until: day}, {for: 30 days} or {event: name, about: formula}."))
		return
	case len(given) > 1:
		p.add(problem("wait", w.KeyRange(given[1]), "a step waits for one thing: this one has {keys}", "keys", given).WithHelp("Write one step for each."))
		return
	}
	durationAt(p, w.For)
	if !w.Has("event") {
		if w.Has("about") {
			p.add(problem("misplaced-key", w.KeyRange("about"), "a step that has {kind} has no {key}", "kind", diag.Phrase("wait without event"), "key", "about").
				WithHelp("Only an event is about somebody; remove it."))
		}
		return
	}
	knownEvent(p, w.Event)
	if !w.Has("about") {
		p.add(problem("wait", w.KeyRange("event"), "it is not written whom or what the event must be about").
			WithHelp("Write about: with a formula, such as about: applicant.nationalNumber."))
	}
}

func knownEvent(p *pass, event source.Text) {
	c := p.catalogue
	if !event.IsZero() && c.Event(event.Value) == nil && c.Complete("events") {
		p.add(unknown("event", event, codesOf(c.Events, func(x *catalog.Event) string { return x.Code.Value })))
	}
}

// start: the other service exists and gets what its form needs, and services do not start each other without end.
func start(p *pass, step *catalog.Step) {
	c := p.catalogue
	other := c.Service(step.Start.Value)
	if other == nil {
		if c.Complete("services") {
			p.add(unknown("service", step.Start, codesOf(c.Services, func(x *catalog.Service) string { return x.Code.Value })))
		}
		return
	}
	if !c.Sound(other.File) {
		return
	}
	for i := range step.With.Entries {
		if key := step.With.Entries[i].Key; !slices.Contains(fieldCodes(other), key.Value) {
			p.add(unknown("field", key, fieldCodes(other)).WithRelated(other.Code.Range(), "the other service"))
		}
	}
	for section, f := range other.Fields() {
		if _, given := step.With.Get(f.Code.Value); !given && section.When.IsZero() && f.Needed() {
			p.add(problem("missing-argument", headOf(step), "{operation} needs the argument {name}", "operation", step.Start.Value, "name", f.Code.Value).
				WithRelated(f.Code.Range(), "declared here").WithHelp("Write {with}.", "with", "with: {"+f.Code.Value+": …}"))
		}
	}
	if startsAgain(c, other, p.service.Code.Value) {
		p.add(problem("starts-itself", step.Start.Range(), "{service} starts this service again, without end", "service", step.Start.Value).
			WithHelp("Let one of them not start the other."))
	}
}

// startsAgain tells that s is the service with that code, or starts it, perhaps through others.
func startsAgain(c *catalog.Catalogue, s *catalog.Service, code string) bool {
	seen := map[*catalog.Service]bool{}
	queue := []*catalog.Service{s}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if at == nil || seen[at] {
			continue
		}
		seen[at] = true
		if at.Code.Value == code {
			return true
		}
		for step := range at.AllSteps() {
			if step.Start.Value != "" {
				queue = append(queue, c.Service(step.Start.Value))
			}
		}
	}
	return false
}

// persons: whoever is asked, told or paid is the applicant, a role, or somebody whom a formula names.
func persons(p *pass) {
	for _, at := range p.positions {
		if !at.person || at.formula == nil || namesPerson(at.formula.Type()) {
			continue
		}
		p.add(problem("no-person", at.text.Range(), "this gives {got} and names nobody", "got", at.formula.Type().Said()).
			WithHelp("Name a person of the form, or a national number."))
	}
	for step := range p.service.AllSteps() {
		who := step.Notify
		if who.IsZero() || who.Value == catalog.ApplicantPlace || formulaLike(who.Value) || p.roleOf(who.Value, source.Text{}) != nil {
			continue
		}
		knownRole(p, who, source.Text{})
	}
}

// namesPerson: a national number, or a record that has one.
func namesPerson(t formula.Type) bool {
	return t.Kind == formula.KindText || t.Kind == formula.KindObject && slices.ContainsFunc(t.Object.Fields, func(f formula.Field) bool {
		return f.Name == "nationalNumber" && f.Type.Kind == formula.KindText
	})
}

// invitations: whoever is asked has something to answer, and the public only gives its opinion.
func invitations(p *pass) {
	for step := range p.service.AllSteps() {
		if step.Kind() != catalog.InviteStep {
			continue
		}
		public := step.Invite.Value == catalog.PublicInvited
		triage(p, step, public)
		switch {
		case public && step.Decisions.Len() > 0:
			p.add(problem("misplaced-key", step.KeyRange("decisions"), "the public decides nothing").
				WithHelp("Read {step}.count and its fields in a later step, which decides.", "step", step.Code.Value))
		case step.Decisions.Len() == 0 && len(step.Fields) == 0:
			p.add(problem("no-decisions", step.KeyRange("invite"), "whoever is asked here has nothing to answer").
				WithHelp("Write decisions: {agree: continue, decline: {end: refused}}, or fields."))
		}
	}
}

// triage: an officer looks at what there is to look at, and nothing is published that says who wrote it.
func triage(p *pass, step *catalog.Step, public bool) {
	t := step.Triage
	switch {
	case t == nil:
		return
	case !public:
		p.add(problem("misplaced-key", step.KeyRange("triage"), "only what the public writes is looked at before it counts").
			WithHelp("Remove it: one person's answer counts as it is given."))
		return
	case len(step.Fields) == 0:
		p.add(problem("triage", step.KeyRange("triage"), "the public writes nothing here that could be looked at").
			WithHelp("Write fields: what is asked of those who submit."))
	}
	knownRole(p, t.By, step.Of)
	for _, name := range t.Publish {
		i := slices.IndexFunc(step.Fields, func(f catalog.Field) bool { return f.Code.Value == name.Value })
		if i < 0 {
			var have []string
			for j := range step.Fields {
				have = append(have, step.Fields[j].Code.Value)
			}
			p.add(unknown("field", name, have))
		} else if f := &step.Fields[i]; f.Type.Personal() {
			p.add(problem("triage", name.Range(), "{field} says who has written it, and would be published", "field", name.Value).
				WithRelated(f.Code.Range(), "the field").WithHelp("Publish what was written, not by whom."))
		}
	}
}

// draws: channels and values have names; a draw has a choice.
func draws(p *pass) {
	for step := range p.service.AllSteps() {
		switch step.Kind() {
		case catalog.DrawStep:
			if step.Draw.Len() < 2 {
				p.add(problem("draw", step.KeyRange("draw"), "there is nothing to draw between").WithHelp("Write at least two channels: {green: 90, red: 10}."))
			}
			names := newRegister("channel", catalog.IsName, nameHelp, p.add)
			for i := range step.Draw.Entries {
				e := &step.Draw.Entries[i]
				names.enter(e.Key)
				if e.Value < 1 || e.Value > 1_000_000 {
					p.add(problem("draw", step.Draw.RangeOf(e.Key.Value), "a weight is 1 to 1000000, not {value}", "value", e.Value).
						WithHelp("Write a whole number: of 90 and 10, the first is drawn nine times of ten. Remove a channel that is never drawn."))
				}
			}
		case catalog.ComputeStep:
			names := newRegister("value", catalog.IsName, nameHelp, p.add)
			for i := range step.Compute.Entries {
				names.enter(step.Compute.Entries[i].Key)
			}
			if step.Compute.Len() == 0 {
				p.add(problem("no-values", step.KeyRange("compute"), "nothing is worked out here").WithHelp("Write compute: {name: formula}."))
			}
		}
	}
}
