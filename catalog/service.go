package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Service is one public service (CPSV-AP), declared in one file of services/.
type Service struct {
	source.Ranged
	Code         source.Text      `diwan:"service,required" doc:"Code, in dotted words: authority.subject.action."`
	Title        Text             `diwan:"title,required" doc:"Name by which a citizen looks for it."`
	Summary      Text             `diwan:"summary,required" doc:"One or two sentences: what one gets, for whom."`
	Keywords     Keywords         `diwan:"keywords" doc:"Other words by which people look for it, in each language."`
	Authority    source.Text      `diwan:"authority,required" doc:"Competent authority."`
	Type         source.Text      `diwan:"type,required" doc:"Kind of service: enquiry, certificate, licence.renew, registration, insurance and others."`
	LifeEvents   []source.Text    `diwan:"lifeEvents" doc:"Life events in which people need it."`
	Promised     source.Text      `diwan:"promised,required" doc:"Promised time: at once, or a duration such as 3 working days."`
	Keep         source.Text      `diwan:"keep,required" doc:"How long the case is kept: days, weeks, months or years, such as 5 years after end. Then everything personal in it is erased for ever: answers, uploads, comments, what registries told. Its number, dates and outcome stay, as do the book of fees, the audit and rights; its papers stay as long as they are valid. What is open of its money, or the time to reopen it, is waited for. The released definition counts, also for cases that ended before."`
	LegalBasis   Text             `diwan:"legalBasis" doc:"Law or decision on which it rests."`
	Sample       bool             `diwan:"sample" doc:"true marks what is our completion and not a sourced fact."`
	Tariff       source.Text      `diwan:"tariff" doc:"Tariff that its formulas read."`
	TariffOn     source.Text      `diwan:"tariffOn" doc:"Formula of the day that chooses the version of the tariff: asOf.submitted, asOf.assessed (the day on which a payment is asked for), or a date of the form or of an answer. Needed where the tariff has several versions; else the day of submission."`
	Triggers     []Trigger        `diwan:"triggers" doc:"What starts it: the applicant, an officer at the counter, an event, a day of a right. The applicant alone where nothing is written."`
	Before       []Before         `diwan:"before" doc:"Lookups made when the form is opened, for what it is filled in with and for who may apply; they are made again when it is sent."`
	OnBehalf     []Representation `diwan:"onBehalf" doc:"Who may apply for the applicant; nobody where nothing is written."`
	Eligible     []Eligibility    `diwan:"eligible" doc:"Who may apply; all must hold."`
	Form         []Section        `diwan:"form,required" doc:"What the applicant fills in."`
	Validate     []Validation     `diwan:"validate" doc:"Rules across fields, and scripts."`
	Evidence     []Evidence       `diwan:"evidence" doc:"What must be proved, each by any one of several papers or answers."`
	Facts        source.Map[Fact] `diwan:"facts" names:"formula" doc:"Named values that formulas read as facts.name: each a formula, or rows of cases."`
	Fees         []Fee            `diwan:"fees" doc:"Lines of what it costs (CPSV-AP: cost)."`
	Subtotals    []Subtotal       `diwan:"subtotals" doc:"Sums of fee lines that later lines read."`
	Total        *Total           `diwan:"total" doc:"How what a payment asks for is rounded."`
	Steps        []Step           `diwan:"steps,required" doc:"What happens, in order."`
	Deadline     *Deadline        `diwan:"deadline" doc:"Clock of the whole application."`
	Anytime      []Anytime        `diwan:"anytime" doc:"What may happen wherever the application is."`
	Suspend      *Suspend         `diwan:"suspend" doc:"Lets an officer let an application stand still, such as until a court has decided."`
	Reopen       *Reopen          `diwan:"reopen" doc:"Lets an officer take an application up again that has ended, such as one that was refused."`
	Round        *Round           `diwan:"round" doc:"Applications are collected, ranked and given places."`
	LateHolidays LateHolidays     `diwan:"lateHolidays" doc:"What a day off does that is published after a limit in working time has begun: keep (nothing: what was promised stands; so where nothing is written) or extend (the limit ends as much later)."`
	Withdraw     *Withdrawal      `diwan:"withdraw" doc:"Where given, the applicant may withdraw until the end; what then goes back."`
	Closed       Text             `diwan:"closed" doc:"The service is withdrawn: it takes no new applications, however they would begin, and this is what people read in their place, such as where to turn now. Open applications go on to their end."`
	Scenarios    []Scenario       `diwan:"scenarios" doc:"Examples that must come out as they say."`

	// File is the path of the definition inside the catalogue.
	File string
}

// Withdrawal says what happens to what was paid when the applicant withdraws.
type Withdrawal struct {
	source.Ranged
	Refund source.Map[source.Text] `diwan:"refund" doc:"For each fee line: all or keep."`
}

// LateHolidays is what a day off does to limits that have begun before it was published.
type LateHolidays string

// What it does.
const (
	KeepLimits   LateHolidays = "keep"
	ExtendLimits LateHolidays = "extend"
)

// Values lists them.
func (LateHolidays) Values() []string { return []string{string(KeepLimits), string(ExtendLimits)} }
