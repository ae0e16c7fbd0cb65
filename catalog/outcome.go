package catalog

// Outcomes with which an application ends where the definition does not name another.
const (
	RefusedOutcome   = "refused"
	LapsedOutcome    = "lapsed"
	IssuedOutcome    = "issued"
	AnsweredOutcome  = "answered"
	CompletedOutcome = "completed"
	WithdrawnOutcome = "withdrawn"
)

// Outcomes of points, by which their ways are chosen, beside the names of decisions and words of consequences.
const (
	FoundOutcome     = "found"
	NotFoundOutcome  = "notFound"
	PaidOutcome      = "paid"
	SubmitOutcome    = "submit"
	DoneOutcome      = "done"
	OtherwiseOutcome = "otherwise"
	OverOutcome      = "over" // a wait, or a time limit with {to: …} or {end: …}
	HappenedOutcome  = "happened"
	AttendedOutcome  = "attended"
	MissedOutcome    = "missed"
	StartedOutcome   = "started"
	EndedOutcome     = "ended"
)

// only is the one outcome of the kinds of step that have only one.
var only = map[StepKind]string{
	WriteStep: "written", IssueStep: IssuedOutcome, NotifyStep: "notified", RevokeStep: "revoked", GrantStep: "changed", ChangeStep: "changed",
	ComputeStep: "computed", DrawStep: "drawn", PayOutStep: "paidOut", ReleaseStep: "settled", ForfeitStep: "settled",
}
