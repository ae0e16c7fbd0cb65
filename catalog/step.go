package catalog

import (
	"reflect"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/source"
)

// Step is one thing that happens. Exactly one of its kind keys (ask, refuse, pay, review, issue, answer) is given; Kind says which.
type Step struct {
	source.Ranged
	Code source.Text `diwan:"step,required" doc:"Code, unique in the service; answers of a lookup are read under it."`
	When source.Text `diwan:"when" doc:"Formula: the step happens only when it is true; a refuse step has one, unless it is the last."`

	Ask      source.Text             `diwan:"ask" doc:"Lookup: registry/operation to ask."`
	With     source.Map[source.Text] `diwan:"with" doc:"Arguments of the lookup, each a formula."`
	NotFound *Refusal                `diwan:"notFound" doc:"What happens when the registry knows no such thing."`

	Refuse Text `diwan:"refuse" doc:"End with the outcome refused; the reason that the applicant reads."`

	Pay    []source.Text `diwan:"pay" doc:"Fee lines that must be paid here. With a total of zero the step passes at once."`
	Within Within        `diwan:"within" doc:"Time limit and what happens when it is over: {14 days: lapse}, {2 working days: escalate}."`

	Review    source.Text          `diwan:"review" doc:"Role that decides."`
	Title     Text                 `diwan:"title" doc:"What the step is called in the timeline; needed for review."`
	Decisions source.Map[Decision] `diwan:"decisions" doc:"What the officer may decide and where each leads."`

	Issue   source.Text   `diwan:"issue" doc:"Document to issue."`
	Deliver []source.Text `diwan:"deliver" doc:"Channels of delivery: download, pick-up, post."`

	Refund source.Map[source.Text] `diwan:"refund" doc:"For each fee line that may be paid by then: all or keep. Needed where the step itself can end the application: refuse, notFound, lapse."`

	Answer []AnswerRow `diwan:"answer" doc:"Enquiry: the labelled values that are shown at once; ends with the outcome answered."`
}

// StepKind is which of its kinds a step is.
type StepKind string

// The step kinds.
const (
	LookupStep StepKind = "ask"
	RefuseStep StepKind = "refuse"
	PayStep    StepKind = "pay"
	ReviewStep StepKind = "review"
	IssueStep  StepKind = "issue"
	AnswerStep StepKind = "answer"
)

// Kinds lists the kinds whose key is given in s; a well-formed step has one.
func (s *Step) Kinds() []StepKind {
	var ks []StepKind
	for _, k := range []StepKind{LookupStep, RefuseStep, PayStep, ReviewStep, IssueStep, AnswerStep} {
		if s.Has(string(k)) {
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

// Decision is what a decision of an officer leads to: `continue`, {to: applicant, …} or {end: refused, …}.
type Decision struct {
	source.Ranged
	Continue bool                    // written as the word continue
	Title    Text                    `diwan:"title" doc:"Name of the decision, where the usual one does not fit."`
	To       source.Text             `diwan:"to" doc:"applicant: sent back to be corrected; then reviewed again."`
	AtMost   int                     `diwan:"atMost" doc:"How many times it may be sent back."`
	Then     source.Text             `diwan:"then" doc:"Decision that stands for one more after the last."`
	Within   Within                  `diwan:"within" doc:"Time limit of the applicant's correction."`
	End      source.Text             `diwan:"end" doc:"Outcome with which the application ends."`
	Refund   source.Map[source.Text] `diwan:"refund" doc:"For each fee line that may be paid by then: all or keep."`
}

// DecodeNode takes the word continue or a mapping.
func (d *Decision) DecodeNode(n *source.Node, dec *source.Decoder) {
	if n.Kind == source.Scalar {
		if n.Value != "continue" {
			dec.Expected(n, "continue, {to: applicant, …} or {end: …}", "continue")
			return
		}
		var word source.Text
		dec.Decode(n, &word)
		d.Continue, d.Ranged = true, word.Ranged
		return
	}
	type mapping Decision
	dec.Decode(n, (*mapping)(d))
}

// Describe names the shapes for the language reference.
func (*Decision) Describe() source.Type {
	return source.Type{Kind: "one of", Shapes: []source.Type{
		{Kind: "choice", Values: []string{"continue"}, Doc: "The next step follows."},
		{Kind: "mapping", Go: reflect.TypeFor[Decision](), Doc: "Sends back, or ends."},
	}}
}

// Within is one time limit: a duration and what happens when it is over.
type Within struct {
	source.Ranged
	Limit Duration
	Then  source.Text // lapse, escalate, refuse
}

// DecodeNode takes {14 days: lapse}.
func (w *Within) DecodeNode(n *source.Node, dec *source.Decoder) {
	if n.Kind == source.Mapping && n.Len() > 1 {
		dec.Add(diag.New(diag.Error, "wrong-kind", n.Head(), "there is more than one time limit").WithHelp("Keep one: {14 days: lapse}."))
		return
	}
	if n.Kind != source.Mapping || n.Len() == 0 {
		dec.Expected(n, "a time limit and what happens then, such as {14 days: lapse}")
		return
	}
	var m source.Map[source.Text]
	dec.Decode(n, &m)
	e := m.Entries[0]
	limit, ok := ParseDuration(e.Key.Value)
	if !ok {
		dec.Meant(e.Key.Node(), "a duration such as 14 days, 2 working days or 3 hours", DurationMeant(e.Key.Value))
		return
	}
	w.Ranged, w.Limit, w.Then = m.Ranged, limit, e.Value
}

// Describe names the shape for the language reference.
func (*Within) Describe() source.Type {
	return source.Type{Kind: "time limit", Doc: "One duration and what happens when it is over: {14 days: lapse}."}
}

// Given says whether the limit is written.
func (w *Within) Given() bool { return w.Limit.Count > 0 }
