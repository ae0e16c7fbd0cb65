package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Trigger is one way in which an application comes about: somebody applies, an officer fills the form in for somebody, something has happened,
// or a day in the life of a right has come. Exactly one of By, Event and Right is given; Kind says which. A service without triggers is
// started by the applicant alone.
type Trigger struct {
	source.Ranged
	By      source.Text             `diwan:"by" names:"role" doc:"applicant, or a role: its officers fill the form in for somebody at the counter. Whoever has filled it in decides nothing in that application."`
	Of      source.Text             `diwan:"of" names:"authority" doc:"Another authority whose role it is, such as that of the one-stop offices."`
	Event   source.Text             `diwan:"event" names:"event" doc:"Event of the catalogue that starts the service; formulas of the trigger read what it gives as event.name."`
	Right   source.Text             `diwan:"right" names:"right" doc:"Right of which a day starts the service, for each holder; formulas of the trigger read right.number, holder, status, grantedOn, validUntil and its terms. Rights that have ended start nothing."`
	On      source.Text             `diwan:"on" doc:"Formula of the day, of a right: addDays(right.validUntil, -60). It starts once for each right and day; a right without what it reads has no such day."`
	For     source.Text             `diwan:"for" doc:"Formula of the national number of the person for whom it is started. Of a right that persons hold it is the holder where nothing is written."`
	When    source.Text             `diwan:"when" doc:"Formula: it starts only when it is true."`
	Form    source.Map[source.Text] `diwan:"form" names:"field" doc:"Fields that are filled in, each a formula of the type of its field. A field stays empty where what its formula reads is not there."`
	Consent Consent                 `diwan:"consent" doc:"needed: nothing is sent until the person has read what is filled in and agrees. none: it is sent at once."`
	Within  source.Text             `diwan:"within" doc:"How long what is filled in waits for the person: 30 days. Where nobody agrees in that time, nothing is started."`
}

// Consent says whether the person for whom something is started must agree.
type Consent string

// The two.
const (
	ConsentNeeded Consent = "needed"
	NoConsent     Consent = "none"
)

// Values lists the set.
func (Consent) Values() []string { return []string{string(ConsentNeeded), string(NoConsent)} }

// TriggerKind is the key that says what starts a service.
type TriggerKind string

// The kinds of trigger.
const (
	ByTrigger    TriggerKind = "by"
	EventTrigger TriggerKind = "event"
	RightTrigger TriggerKind = "right"
)

// TriggerKinds lists the kinds.
func TriggerKinds() []TriggerKind { return []TriggerKind{ByTrigger, EventTrigger, RightTrigger} }

// Kinds are the keys of kinds that are given; a sound trigger has one.
func (t *Trigger) Kinds() []TriggerKind {
	var out []TriggerKind
	for _, k := range TriggerKinds() {
		if t.Has(string(k)) {
			out = append(out, k)
		}
	}
	return out
}

// Kind is the kind of a trigger that has one, else "".
func (t *Trigger) Kind() TriggerKind {
	if kinds := t.Kinds(); len(kinds) == 1 {
		return kinds[0]
	}
	return ""
}

// Subject is what follows the key of the kind: who, the event or the right.
func (t *Trigger) Subject() source.Text {
	switch t.Kind() {
	case ByTrigger:
		return t.By
	case EventTrigger:
		return t.Event
	case RightTrigger:
		return t.Right
	}
	return source.Text{}
}

// ByApplicant tells that people can apply for the service themselves.
func (s *Service) ByApplicant() bool {
	for i := range s.Triggers {
		if s.Triggers[i].By.Value == ApplicantPlace {
			return true
		}
	}
	return len(s.Triggers) == 0
}
