package check

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/catalog"
	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/formula"
	"github.com/diwan-gov/diwan/catalog/source"
)

// triggers: each is of one kind, what it names exists, and nobody who has agreed to nothing pays, competes or is asked.
func triggers(p *pass) {
	s := p.service
	if s.Has("triggers") && len(s.Triggers) == 0 {
		p.add(problem("no-trigger", s.RangeOf("triggers"), "nothing starts the service").
			WithHelp("Write by: applicant, or leave triggers out: then the applicant alone starts it."))
	}
	for i := range s.Triggers {
		t := &s.Triggers[i]
		switch kinds := t.Kinds(); len(kinds) {
		case 0:
			p.add(problem("trigger-kind", t.Head(), "it is not written what starts the service here").
				WithHelp("Give it one of {kinds}.", "kinds", words(catalog.TriggerKinds())))
			continue
		case 1:
		default:
			p.add(problem("trigger-kind", t.KeyRange(string(kinds[1])), "one thing starts it: this trigger has {kinds}", "kinds", words(kinds)).
				WithHelp("Write one trigger for each."))
			continue
		}
		triggerKeys(p, t)
		alike(p, t, s.Triggers[:i])
		switch t.Kind() {
		case catalog.ByTrigger:
			if t.By.Value != catalog.ApplicantPlace {
				knownRole(p, t.By, t.Of)
			}
			continue
		case catalog.EventTrigger:
			knownEvent(p, t.Event)
		case catalog.RightTrigger:
			knownRight(p, t.Right)
		}
		durationAt(p, t.Within)
		triggerFormulas(p, t)
		unasked(p, t)
		again(p, t)
	}
}

// triggerKey says for which triggers a key is, and what is written.
type triggerKey struct {
	key    string
	fits   func(c *catalog.Catalogue, t *catalog.Trigger) bool
	needed func(c *catalog.Catalogue, t *catalog.Trigger) bool
	help   diag.Phrase
}

var triggerKeysOf = []triggerKey{
	{key: "of", fits: func(_ *catalog.Catalogue, t *catalog.Trigger) bool {
		return t.Kind() == catalog.ByTrigger && t.By.Value != catalog.ApplicantPlace
	}},
	{key: "on", fits: ofRight, needed: ofRight, help: "Write the day: on: addDays(right.validUntil, -60)."},
	{key: "for", fits: proactive, help: "Write for whom it is started: for: with the formula of a national number.", needed: func(c *catalog.Catalogue, t *catalog.Trigger) bool {
		r := c.Right(t.Right.Value)
		return t.Kind() == catalog.EventTrigger || r != nil && r.Holder != "person"
	}},
	{key: "when", fits: proactive},
	{key: "form", fits: proactive},
	{key: "consent", fits: proactive, needed: proactive, help: "Write consent: needed where the person must agree, or consent: none."},
	{key: "within", fits: awaitsConsent, needed: awaitsConsent, help: "Write how long it waits for the person: within: 30 days."},
}

func ofRight(_ *catalog.Catalogue, t *catalog.Trigger) bool { return t.Kind() == catalog.RightTrigger }

// proactive: nobody has asked for it.
func proactive(_ *catalog.Catalogue, t *catalog.Trigger) bool { return t.Kind() != catalog.ByTrigger }

func awaitsConsent(_ *catalog.Catalogue, t *catalog.Trigger) bool {
	return t.Kind() != catalog.ByTrigger && t.Consent == catalog.ConsentNeeded
}

// triggerKeys: a trigger has the keys of its kind.
func triggerKeys(p *pass, t *catalog.Trigger) {
	for _, k := range triggerKeysOf {
		switch {
		case t.Has(k.key) && !k.fits(p.catalogue, t) && k.key == "within" && t.Consent == catalog.NoConsent:
			p.add(problem("misplaced-key", t.KeyRange(k.key), "where no consent is needed, nothing waits for it").WithHelp("Remove it, or write consent: needed."))
		case t.Has(k.key) && !k.fits(p.catalogue, t) && (k.key != "within" || t.Kind() == catalog.ByTrigger):
			p.add(problem("misplaced-key", t.KeyRange(k.key), "a trigger that has {kind} has no {key}", "kind", string(t.Kind())+": "+t.Subject().Value, "key", k.key))
		case !t.Has(k.key) && k.needed != nil && k.needed(p.catalogue, t):
			p.add(problem("incomplete-trigger", t.KeyRange(string(t.Kind())), "this trigger needs {key}", "key", k.key).WithHelp(k.help))
		}
	}
}

// alike: two triggers would start the same twice.
func alike(p *pass, t *catalog.Trigger, before []catalog.Trigger) {
	for i := range before {
		o := &before[i]
		if t.Subject().Value == "" || o.Kind() != t.Kind() || o.Subject().Value != t.Subject().Value || o.Of.Value != t.Of.Value ||
			t.Kind() != catalog.ByTrigger && (o.On.Value != t.On.Value || !t.When.IsZero() && !o.When.IsZero() && t.When.Value != o.When.Value) {
			continue
		}
		p.add(problem("twice", t.Subject().Range(), "{name} starts the service twice", "name", t.Subject().Value).
			WithRelated(o.Subject().Range(), "the first one").WithHelp("Write one trigger, or a different when in each."))
		return
	}
}

func knownRight(p *pass, right source.Text) {
	c := p.catalogue
	if !right.IsZero() && c.Right(right.Value) == nil && c.Complete("rights") {
		p.add(unknown("right", right, codesOf(c.Rights, func(x *catalog.Right) string { return x.Code.Value })))
	}
}

// triggerFormulas: they read only what started the service, and give what their place wants.
func triggerFormulas(p *pass, t *catalog.Trigger) {
	s := p.service
	var fill []*source.Entry[source.Text]
	for i := range t.Form.Entries {
		e := &t.Form.Entries[i]
		if fillable(p, e.Key) {
			fill = append(fill, e)
		}
	}
	scope := p.scope.Trigger(p.catalogue, t)
	if scope == nil {
		return
	}
	var read []string
	compile := func(text source.Text, want formula.Type, guards ...source.Text) *formula.Formula {
		if text.Value == "" {
			return nil
		}
		f, problems := scope.Compile(text, want, guards...)
		p.list.Add(problems...)
		if f != nil {
			read = append(read, f.Reads()...)
		}
		return f
	}
	if f := compile(p.catalogue.Holder(t), some, t.When); f != nil && !namesPerson(f.Type()) {
		p.add(problem("no-person", t.For.Range(), "this gives {got} and names nobody", "got", f.Type().Said()).WithHelp("Name a person of the form, or a national number."))
	}
	compile(t.When, yesNo)
	compile(t.On, day, catalog.TriggerGuards(t.On.Value)...)
	for _, e := range fill {
		_, f := s.Field(e.Key.Value)
		guards := []source.Text{t.When}
		if t.Consent != catalog.NoConsent || !f.Needed() {
			guards = append(guards, catalog.TriggerGuards(e.Value.Value)...)
		}
		if given := compile(e.Value, formula.Type{Kind: f.Kind()}, guards...); given != nil {
			fits(p, e.Value, given.Type(), f)
		}
	}
	if e := p.catalogue.Event(t.Event.Value); e != nil && !e.About.IsZero() && t.Has("for") {
		about := catalog.EventRoot + "." + e.About.Value
		if !slices.ContainsFunc(read, func(path string) bool { return path == about || strings.HasPrefix(path, about+".") }) {
			p.add(warning("unused", t.Event.Range(), "nothing reads {name}, whom or what the event is about", "name", about).
				WithHelp("Read it in for or in the form, so that the service is started for the right person.").WithRelated(e.About.Range(), "declared here"))
		}
	}
}

// fillable reports a field that no trigger can fill in.
func fillable(p *pass, key source.Text) bool {
	_, f := p.service.Field(key.Value)
	switch {
	case f == nil:
		p.add(unknown("field", key, fieldCodes(p.service)))
	case f.Type == catalog.ConsentField:
		p.add(problem("trigger-field", key.Range(), "nobody but the person gives the consent {field}", "field", key.Value).
			WithHelp("Leave it out and write consent: needed.").WithRelated(f.Code.Range(), "the field"))
	case f.Type == catalog.FileField:
		p.add(problem("trigger-field", key.Range(), "{field} is a file, which nothing but a person can give", "field", key.Value).
			WithHelp("Leave it out.").WithRelated(f.Code.Range(), "the field"))
	case !f.Value.IsZero() || f.ReadOnly:
		p.add(problem("trigger-field", key.Range(), "{field} is worked out by itself, so this would not stand", "field", key.Value).
			WithHelp("Leave it out.").WithRelated(f.Code.Range(), "the field"))
	default:
		return true
	}
	return false
}

// unasked: who has agreed to nothing neither pays nor competes, and there is nothing that only a person could fill in.
func unasked(p *pass, t *catalog.Trigger) {
	if t.Consent != catalog.NoConsent {
		return
	}
	s, at := p.service, t.RangeOf("consent")
	reached := p.flow.Reached()
	var fees []string
	for step := range s.AllSteps() {
		if i := p.flow.At(step); i >= 0 && reached[i] {
			fees = append(fees, values(step.Pay)...)
		}
	}
	if len(fees) > 0 {
		p.add(problem("needs-consent", at, "who has agreed to nothing would have to pay {fees}", "fees", once(fees)).
			WithHelp("Write consent: needed and within: with the time in which the person agrees."))
	}
	if s.Round != nil {
		p.add(problem("needs-consent", at, "who has agreed to nothing would take part in a round").
			WithHelp("Write consent: needed and within: with the time in which the person agrees.").WithRelated(s.KeyRange("round"), "the round"))
	}
	for a := range s.FieldList().All() {
		f := a.Field
		if a.Group != nil || f.Optional || !f.Value.IsZero() || !f.Prefill.IsZero() {
			continue
		}
		if fewest, _ := f.Bounds(); f.IsList() && fewest == 0 {
			continue
		}
		if _, filled := t.Form.Get(f.Code.Value); filled {
			continue
		}
		help := diag.Phrase("Fill it in under form, write optional: true on it, or consent: needed.")
		if f.Type == catalog.ConsentField || f.Type == catalog.FileField {
			help = "Write consent: needed, since only a person can give it, or leave the field out."
		}
		d := problem("unfilled-field", at, "the trigger does not fill in {field}, and nobody else does", "field", f.Code.Value)
		if !f.When.IsZero() || !a.Section.When.IsZero() {
			d = warning("unfilled-field", at, "the trigger does not fill in {field}, which may be asked", "field", f.Code.Value)
		}
		p.add(d.WithRelated(f.Code.Range(), "the field").WithHelp(help))
	}
}

// again: an event does not start one service twice, and a right not the service that grants it, on the day on which it does.
func again(p *pass, t *catalog.Trigger) {
	c, s := p.catalogue, p.service
	if t.Kind() == catalog.RightTrigger && strings.TrimSpace(t.On.Value) == catalog.RightRoot+".grantedOn" && grants(s, t.Right.Value) {
		p.add(problem("starts-itself", t.On.Range(), "the service grants {right}, which on the same day starts it again, without end", "right", t.Right.Value).
			WithHelp("Choose a later day, such as one before right.validUntil."))
	}
	if t.Kind() != catalog.EventTrigger || c.Event(t.Event.Value) == nil {
		return
	}
	for _, other := range started(c, s) {
		for i := range other.Triggers {
			if o := &other.Triggers[i]; o.Event.Value == t.Event.Value && other != s {
				p.add(warning("started-twice", t.Event.Range(), "{event} starts {service} twice: by itself, and through this service", "event", t.Event.Value, "service", other.Code.Value).
					WithRelated(o.Event.Range(), "by itself").WithHelp("Remove the trigger there, or the step that starts it here."))
			}
		}
	}
}

// grants tells that a step of s grants the right.
func grants(s *catalog.Service, right string) bool {
	for step := range s.AllSteps() {
		if step.Grant.Value == right {
			return true
		}
	}
	return false
}

// started are the services that s starts, perhaps through others, without s.
func started(c *catalog.Catalogue, s *catalog.Service) []*catalog.Service {
	out := []*catalog.Service{s}
	for i := 0; i < len(out); i++ {
		for step := range out[i].AllSteps() {
			if other := c.Service(step.Start.Value); other != nil && !slices.Contains(out, other) {
				out = append(out, other)
			}
		}
	}
	return out[1:]
}
