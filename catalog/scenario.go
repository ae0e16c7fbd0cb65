package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Scenario is an example inside the definition: what the applicant writes, what others answer and do, and what must come out. Whatever is
// asked several times takes one reply for every time, or a list with one for each time.
type Scenario struct {
	source.Ranged
	Title       source.Text                                 `diwan:"scenario,required" doc:"What it shows."`
	On          source.Text                                 `diwan:"on" doc:"Day of submission (YYYY-MM-DD), the scenario's today; needed."`
	Form        *source.Node                                `diwan:"form" doc:"Answers of the applicant, as they would be typed. Of a file any text stands for one that is accepted; report.pdf, 'report.pdf 6 MB' and 'report.pdf 12 pages' say more."`
	Trigger     *Beginning                                  `diwan:"trigger" doc:"What starts it: {event: civil.birth-recorded, gives: {…}}, {by: civil-clerk} or {right: licence, gives: {…}}. The applicant where nothing is written."`
	Person      *source.Node                                `diwan:"applicant" doc:"Facts of the applicant that differ from the usual sample person."`
	OnBehalf    *source.Node                                `diwan:"onBehalf" doc:"Somebody applies for the applicant: as (in which capacity), and the facts of who does that differ from the usual sample person."`
	Answers     source.Map[source.Successive[*source.Node]] `diwan:"answers" names:"operation" doc:"Answers of the registries, by registry/operation: what it gives, notFound, or failed."`
	Decide      source.Map[source.Successive[source.Text]]  `diwan:"decide" names:"step" doc:"What is decided at each step: a decision, or silence (nobody decides, and time passes to the next time limit). At a step that fails outside: skip, by an operator."`
	Fields      source.Map[source.Successive[*source.Node]] `diwan:"fields" names:"step" doc:"What whoever is asked at a step writes in the step's own form."`
	Corrections source.Map[source.Successive[*source.Node]] `diwan:"corrections" names:"step" doc:"What the applicant changes when the step has sent the application back: fields and values, or silence. Where nothing is said it comes back unchanged."`
	Pay         source.Map[source.Successive[source.Text]]  `diwan:"pay" names:"step" doc:"paid, or not (time passes to the time limit). Where nothing is said, whoever must pay pays."`
	Draw        source.Map[source.Successive[source.Text]]  `diwan:"draw" names:"step" doc:"Channel that a draw gives."`
	Started     source.Map[source.Successive[source.Text]]  `diwan:"started" names:"step" doc:"Outcome of the service that a step has started and waits for, or silence."`
	Takes       source.Map[source.Successive[source.Text]]  `diwan:"takes" names:"step" doc:"How long the reply at a step takes, such as 3 working days; at once where nothing is said."`
	Events      []Happening                                 `diwan:"events" doc:"What happens by itself."`
	Expect      Expectation                                 `diwan:"expect,required" doc:"What must come out."`
}

// Beginning is what starts the application of a scenario. What the trigger fills in need not be written in the form.
type Beginning struct {
	source.Ranged
	By      source.Text             `diwan:"by" names:"role" doc:"applicant, or the role at the counter."`
	Event   source.Text             `diwan:"event" names:"event" doc:"Event that comes."`
	Right   source.Text             `diwan:"right" names:"right" doc:"Right of which the day comes; it is valid and held by the applicant where gives says nothing else."`
	Gives   source.Map[source.Text] `diwan:"gives" doc:"What the event brings, or what the right says."`
	Consent source.Text             `diwan:"consent" doc:"Where a consent is needed: given (where nothing is written), declined, or silence (time passes until what is filled in is dropped)."`
}

// Happening is something that happens to an application from outside its steps.
type Happening struct {
	source.Ranged
	Event source.Text             `diwan:"event,required" names:"event" doc:"withdraw, extend, suspend, resume, reopen (after the end), dayOff (about says which day is declared not to be worked), or an event that the service waits for or that may happen at any time."`
	Gives source.Map[source.Text] `diwan:"gives" doc:"What the event brings."`
	About source.Text             `diwan:"about" doc:"What it is about, where the service waits for an event about something."`
	At    source.Text             `diwan:"at" names:"step" doc:"It happens when the application waits at this step."`
	After source.Text             `diwan:"after" doc:"It happens so long after that, or after submission (reopen: after the end), such as 3 working days."`
}

// The words of scenarios.
const (
	Silence   = "silence"  // of a decision or a correction: nobody replies
	NotFound  = "notFound" // of an answer: the registry knows no such thing
	Failed    = "failed"   // of an answer: the registry cannot be asked
	Paid      = "paid"
	NotPaid   = "not"
	Withdraws = "withdraw"
	DayOff    = "dayOff"   // a day off is published
	Skip      = "skip"     // of a step that has failed outside: the operator goes on without it
	Given     = "given"    // of the consent to what a trigger has filled in
	Declined  = "declined" // of that consent
	// NotStarted is expected as the end where nothing is started.
	NotStarted = "notStarted"
)

// Expectation is what a scenario must come out as. What is not written is not looked at, but for fees: all that are due are written.
type Expectation struct {
	source.Ranged
	Path       []source.Text                               `diwan:"path" names:"step" doc:"Steps that were reached, in order."`
	Form       *source.Node                                `diwan:"form" doc:"What stands in the form when it is sent; the fields that are written."`
	Fees       source.Map[source.Text]                     `diwan:"fees" names:"fee" doc:"Fee lines and their amounts; all that are due."`
	Total      source.Text                                 `diwan:"total" doc:"Sum of all fees."`
	Refunds    source.Map[source.Text]                     `diwan:"refunds" names:"fee" doc:"Paid fee lines, and whether they go back (all) or stay (keep) at the end; all of them."`
	Deposits   source.Map[source.Text]                     `diwan:"deposits" names:"fee" doc:"Deposits that were released or forfeited; all of them."`
	PaidOut    source.Map[source.Text]                     `diwan:"paidOut" names:"step" doc:"Amounts that were paid out; all of them."`
	Notices    source.Map[source.Text]                     `diwan:"notices" names:"step" doc:"Who was told: applicant, person or the role; all notices."`
	Granted    source.Map[source.Text]                     `diwan:"granted" names:"right" doc:"Rights that were granted or changed, and what they became: granted, renewed, suspended …; all of them."`
	Tasks      source.Map[source.Successive[ExpectedTask]] `diwan:"tasks" names:"step" doc:"Who is asked at a step, and until when."`
	Documents  []source.Text                               `diwan:"documents" names:"document" doc:"Documents that were issued, in order."`
	Undone     []source.Text                               `diwan:"undone" names:"step" doc:"Steps whose writes were taken back, in the order in which that was done; all of them."`
	Dates      source.Map[source.Text]                     `diwan:"dates" names:"step" doc:"Day on which a step was reached (YYYY-MM-DD); end is the day on which the application ended."`
	Findings   source.Map[source.Text]                     `diwan:"findings" names:"field" doc:"The form is refused: each field that is, with the code of the problem (required, rule, …), the script's own code, or the message in one language."`
	Ineligible source.Text                                 `diwan:"ineligible" doc:"Nobody is asked the form, since the applicant may not apply: the name of what was asked before it (notFound), the capacity whose mandate is not found, the place of the condition of eligible, from 1, or the reason in one language."`
	End        source.Text                                 `diwan:"end" doc:"Outcome of the application; notStarted where a trigger starts nothing."`
	Waits      source.Text                                 `diwan:"waits" names:"step" doc:"In place of end: the step at which the application still waits when nothing more is said."`
}

// ExpectedTask is who is asked at a step, and until when.
type ExpectedTask struct {
	source.Ranged
	Role source.Text `diwan:"role" names:"role" doc:"Role that is asked, or applicant."`
	Due  source.Text `diwan:"due" doc:"Last day of its time limit (YYYY-MM-DD), or never."`
}
