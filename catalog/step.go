package catalog

import (
	"strings"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Step is one thing that happens. Exactly one of its kind keys is given; Kind says which. The other keys belong to some kinds only, which
// catalog/check knows.
type Step struct {
	source.Ranged
	Code  source.Text `diwan:"step,required" doc:"Code, unique in the service; what the step gives is read by formulas under it."`
	When  source.Text `diwan:"when" doc:"Formula: the step happens only when it is true; a refuse step has one, unless it is the last."`
	Title Text        `diwan:"title" doc:"What the step is called in the timeline; needed where somebody is asked or waited for."`

	Ask      source.Text             `diwan:"ask" doc:"Lookup: registry/operation to ask."`
	Write    source.Text             `diwan:"write" doc:"Registry/operation to which something is written; what it answers is read under the step's code."`
	With     source.Map[source.Text] `diwan:"with" doc:"Arguments, each a formula: of a lookup, a write, the form of a service that is started, the terms of a right."`
	NotFound *Refusal                `diwan:"notFound" doc:"What happens when the registry knows no such thing."`
	Undo     *Undo                   `diwan:"undo" doc:"What takes the step back where the application is refused, lapses or is withdrawn, or comes to the step anew: at write {write: registry/operation, with: {…}}, at start {withdraw: true}. What was done last goes first."`

	Refuse Text `diwan:"refuse" doc:"End with the outcome refused; the reason that the applicant reads."`

	Pay         []source.Text `diwan:"pay" doc:"Fee lines that must be paid here. With a total of zero the step passes at once."`
	Share       Share         `diwan:"share" doc:"The part that is due here in percent, or rest: what an earlier share of the same fees has left."`
	Instalments *Instalments  `diwan:"instalments" doc:"Several payments in place of one."`

	Review     source.Text          `diwan:"review" doc:"Role that decides."`
	Inspect    source.Text          `diwan:"inspect" doc:"Role that looks on site and decides: a review that is done there."`
	Of         source.Text          `diwan:"of" names:"authority" doc:"Another authority whose role it is; its officers see only the cases that come to them. Written is its code, or a formula that gives the code, such as form.municipality: a code has no point, a formula always has one. The role is then one that every authority has (roles of catalogue.yaml), and what the application names when the step is come to stands, whatever is corrected meanwhile."`
	Panel      *Panel               `diwan:"panel" doc:"Several members decide together."`
	NotSame    []source.Text        `diwan:"notSame" doc:"Steps whose deciders may not decide here (four eyes)."`
	Assign     Assignment           `diwan:"assign" doc:"To whom of the role the task goes: load (whoever has the fewest tasks) or turns (one after the other). Nobody in particular where nothing is written: the officers take tasks from the queue."`
	Conditions bool                 `diwan:"conditions" doc:"true: a decision in favour may be given with conditions or in part; the words are kept with it."`
	Fields     []Field              `diwan:"fields" doc:"What the officer, or the person who is asked, fills in; read by formulas under the step's code."`
	Decisions  source.Map[Decision] `diwan:"decisions" doc:"What may be decided and where each leads. Of place: placed, reserve and refused."`

	Within  Ladder      `diwan:"within" doc:"Time limits, ascending, and what happens when each is over: {2 working days: remind, 5 working days: escalate}."`
	Silence source.Text `diwan:"silence" doc:"The decision in favour that stands when nobody has answered within the limit; written here and in within."`

	Invite      source.Text  `diwan:"invite" doc:"Who is asked: applicant, public, or a formula of a person of the form."`
	Triage      *Triage      `diwan:"triage" doc:"How what the public writes is looked at before it counts, and what of it is published: {by: role, publish: [field, …]}."`
	Appointment source.Text  `diwan:"appointment" doc:"Role with which the applicant books a slot."`
	Slots       *Slots       `diwan:"slots" doc:"What can be booked."`
	Missed      *Consequence `diwan:"missed" doc:"What follows when nobody came to the last booking."`

	Wait   *Wait       `diwan:"wait" doc:"What is waited for: {until: day}, {for: 30 days}, {event: name, about: formula}. At start: true waits until the other service ends."`
	Notify source.Text `diwan:"notify" doc:"Who is told: applicant, a role, or a formula of a person of the form."`
	Text   Text        `diwan:"text" doc:"What is said: by notify, and to the applicant by end."`

	Issue   source.Text   `diwan:"issue" doc:"Document to issue."`
	Deliver []source.Text `diwan:"deliver" doc:"Channels of delivery: download, pick-up, post, email. With pick-up the holder chooses one of the offices of the authority; with post the holder gives an address, and sees where the paper is. A paper that may go both ways goes one at a time. With email the holder may have a link sent to an address of e-mail, where the installation has a mail server: it gives the paper to whoever has it, five times in seven days. Without download its holder gets no other file, on no page and not from the API; officers open it to print it. Whether a wallet gets it is the document's own to say."`
	Kept    source.Text   `diwan:"kept" doc:"How long the office keeps a paper for whoever collects it: 60 days. Then it goes back, and the holder asks for it again. Until somebody comes where nothing is written."`
	Revoke  source.Text   `diwan:"revoke" doc:"Document, issued earlier by the service, that is no longer valid."`
	Reason  Text          `diwan:"reason" doc:"Why it is revoked, for those who verify it."`

	Grant  source.Text `diwan:"grant" doc:"Right that is granted, with its terms."`
	Change source.Text `diwan:"change" doc:"Right that is changed: the one whose number stands in with."`

	Start source.Text `diwan:"start" doc:"Service of which an application is started, with its form."`
	About source.Text `diwan:"about" doc:"Formula of the national number for whom it is started; the applicant where nothing is written."`

	Compute source.Map[source.Text] `diwan:"compute" doc:"Formulas that are worked out here and stay as they are; read as step.name."`
	Draw    source.Map[int]         `diwan:"draw" doc:"Recorded random draw: channels and their weights; the result is read as step.channel."`

	Choose    []Case       `diwan:"choose" doc:"Branches of which the first that fits is taken."`
	Together  *Together    `diwan:"together" doc:"Branches that run beside each other; or one branch for each item of a list."`
	Until     source.Text  `diwan:"until" doc:"How many branches in favour are needed: all (where nothing is written), any, or a number."`
	Otherwise *Consequence `diwan:"otherwise" doc:"What follows as soon as that many can no longer be in favour."`
	Repeat    *Repeat      `diwan:"repeat" doc:"Steps that happen again, within a bound."`

	Go     source.Text  `diwan:"go" doc:"Step to which it goes on, forward or back."`
	AtMost int          `diwan:"atMost" doc:"How often: of go, where it leads back; of appointment, the bookings."`
	Then   *Consequence `diwan:"then" doc:"Where it leads after that."`

	PayOut  *PayOut       `diwan:"payOut" doc:"Money that is paid out: {to: applicant, amount: formula, account: formula}."`
	Release []source.Text `diwan:"release" doc:"Deposits that go back."`
	Forfeit []source.Text `diwan:"forfeit" doc:"Deposits that are kept."`

	Place source.Text `diwan:"place" doc:"round: waits for a place in the round of the service. At appointment: where it is."`
	To    source.Text `diwan:"to" doc:"What becomes of a right: renewed, suspended, resumed, transferred, replaced, revoked, expired."`

	Answer []AnswerRow `diwan:"answer" doc:"Enquiry: the labelled values that are shown at once; ends with the outcome answered."`
	End    source.Text `diwan:"end" doc:"The application ends here with this outcome."`

	Refund source.Map[source.Text] `diwan:"refund" doc:"For each fee line that may be paid by then: all or keep. Needed where the step itself can end the application."`
}

// Assignment is to whom of a role a task goes.
type Assignment string

// The assignments.
const (
	ByLoad  Assignment = "load"
	InTurns Assignment = "turns"
)

// Values lists the assignments.
func (Assignment) Values() []string { return []string{string(ByLoad), string(InTurns)} }

// StepKind is which of its kinds a step is.
type StepKind string

// The step kinds.
const (
	LookupStep      StepKind = "ask"
	WriteStep       StepKind = "write"
	RefuseStep      StepKind = "refuse"
	PayStep         StepKind = "pay"
	ReviewStep      StepKind = "review"
	InspectStep     StepKind = "inspect"
	InviteStep      StepKind = "invite"
	AppointmentStep StepKind = "appointment"
	WaitStep        StepKind = "wait"
	NotifyStep      StepKind = "notify"
	IssueStep       StepKind = "issue"
	RevokeStep      StepKind = "revoke"
	GrantStep       StepKind = "grant"
	ChangeStep      StepKind = "change"
	StartStep       StepKind = "start"
	ComputeStep     StepKind = "compute"
	DrawStep        StepKind = "draw"
	ChooseStep      StepKind = "choose"
	TogetherStep    StepKind = "together"
	RepeatStep      StepKind = "repeat"
	GoStep          StepKind = "go"
	PayOutStep      StepKind = "payOut"
	ReleaseStep     StepKind = "release"
	ForfeitStep     StepKind = "forfeit"
	PlaceStep       StepKind = "place"
	AnswerStep      StepKind = "answer"
	EndStep         StepKind = "end"
)

// StepKinds lists the kinds in the order of the reference.
func StepKinds() []StepKind {
	return []StepKind{
		LookupStep, WriteStep, RefuseStep, PayStep, ReviewStep, InspectStep, InviteStep, AppointmentStep, WaitStep, NotifyStep, IssueStep, RevokeStep,
		GrantStep, ChangeStep, StartStep, ComputeStep, DrawStep, ChooseStep, TogetherStep, RepeatStep, GoStep, PayOutStep, ReleaseStep, ForfeitStep,
		PlaceStep, AnswerStep, EndStep,
	}
}

var kindWords = func() map[StepKind]bool {
	m := map[StepKind]bool{}
	for _, k := range StepKinds() {
		m[k] = true
	}
	return m
}()

// Kinds lists the kinds whose key is given in s; a well-formed step has one. Two words are kinds only where they stand alone: wait beside
// start says whether it is waited for, and place beside appointment says where.
func (s *Step) Kinds() []StepKind {
	var ks []StepKind
	for key := range s.Node().Pairs() {
		switch k := StepKind(key.Value); {
		case k == WaitStep && s.Has(string(StartStep)), k == PlaceStep && s.Has(string(AppointmentStep)):
		case kindWords[k]:
			ks = append(ks, k)
		}
	}
	return ks
}

// Kind is the only kind of s, or "" where it has none or several.
func (s *Step) Kind() StepKind {
	if ks := s.Kinds(); len(ks) == 1 {
		return ks[0]
	}
	return ""
}

// Decides tells that somebody decides in the step: an officer, a panel, an invited person, the round.
func (s *Step) Decides() bool {
	switch s.Kind() {
	case ReviewStep, InspectStep, InviteStep, PlaceStep:
		return true
	}
	return false
}

// Role is the role that works on the step, or the empty text.
func (s *Step) Role() source.Text {
	switch s.Kind() {
	case ReviewStep:
		return s.Review
	case InspectStep:
		return s.Inspect
	case AppointmentStep:
		return s.Appointment
	}
	return source.Text{}
}

// NamesAuthority tells the code of an authority from a formula that gives one: a code has no point, and a formula reads something behind one.
func NamesAuthority(of string) bool { return !strings.Contains(of, ".") }

// Refusal is {refuse: text}: the application ends refused, with a reason for the applicant.
type Refusal struct {
	source.Ranged
	Refuse Text `diwan:"refuse,required" doc:"The reason that the applicant reads."`
}

// AnswerRow is one labelled value of an enquiry's answer.
type AnswerRow struct {
	source.Ranged
	Label Text        `diwan:"label,required" doc:"Label, in each language."`
	Value source.Text `diwan:"value,required" doc:"Formula of the value; a list of objects becomes a table."`
	When  source.Text `diwan:"when" doc:"Formula: shown only when it is true."`
}
