package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Deadline is the clock of the whole application, over those of its steps.
type Deadline struct {
	source.Ranged
	Within    Ladder                  `diwan:"within,required" doc:"Time limits of the whole and what happens when each is over: {30 working days: escalate, 60 working days: lapse}."`
	Paused    []source.Text           `diwan:"paused" doc:"Where it does not count: applicant (whenever the applicant is waited for), pay, or codes of steps."`
	NotBefore source.Text             `diwan:"notBefore" doc:"Formula of the day from which it counts; from submission where nothing is written."`
	Extension *Extension              `diwan:"extension" doc:"Lets an officer lengthen it once, with a reason."`
	Refund    source.Map[source.Text] `diwan:"refund" doc:"For each fee line that may be paid by then: all or keep; needed where it lapses."`
}

// Extension lengthens a deadline once.
type Extension struct {
	source.Ranged
	By   source.Text `diwan:"by,required" doc:"By how much: 15 working days."`
	Role source.Text `diwan:"role,required" doc:"Role that may grant it."`
}

// Anytime is something that may happen wherever the application is; what then runs is called off.
type Anytime struct {
	source.Ranged
	Event source.Text `diwan:"event,required" doc:"Code of an event of the catalogue where it comes from outside; a name of its own where somebody says it."`
	By    source.Text `diwan:"by,required" doc:"applicant, a role, or event."`
	Title Text        `diwan:"title,required" doc:"What it is called, on the button and in the timeline."`
	About source.Text `diwan:"about" doc:"Formula of the text that the event must be about; the applicant's national number where nothing is written."`
	When  source.Text `diwan:"when" doc:"Formula: it counts only when it is true."`
	Steps []Step      `diwan:"steps" doc:"What happens then, before what follows."`
	Then  Consequence `diwan:"then,required" doc:"What follows: {end: …} or {to: step}."`
}

// EventWord says that something is told by another system and by no person.
const EventWord = "event"

// Round collects applications, ranks them and gives places.
type Round struct {
	source.Ranged
	Opens   source.Text       `diwan:"opens,required" doc:"First day on which one may apply (YYYY-MM-DD)."`
	Closes  source.Text       `diwan:"closes,required" doc:"Last day (YYYY-MM-DD)."`
	Rank    source.Text       `diwan:"rank,required" doc:"Formula of a number: who has more goes first."`
	Tie     source.Text       `diwan:"tie" doc:"Formula of a number that decides between equals; the earlier application where nothing is written."`
	Places  int               `diwan:"places,required" doc:"How many places there are."`
	Reserve int               `diwan:"reserve" doc:"How many are kept on the reserve list."`
	Quota   source.Map[Quota] `diwan:"quota" doc:"Places that are kept for applications of a kind."`
	Accept  source.Text       `diwan:"accept" doc:"Time in which a place is accepted, before it is handed on: 7 days."`
}

// Quota is places that are kept for applications for which a condition holds.
type Quota struct {
	source.Ranged
	When   source.Text `diwan:"when,required" doc:"Formula: the application counts for the quota."`
	Places int         `diwan:"places,required" doc:"How many of the places."`
}
