package catalog

import (
	"reflect"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Decision is what a decision leads to: `continue`, {to: …}, {end: …} or, inside a branch, {against: true}.
type Decision struct {
	source.Ranged
	Title       Text                    `diwan:"title" doc:"Name of the decision, where the usual one does not fit."`
	When        source.Text             `diwan:"when" doc:"Formula: the decision is offered only when it is true."`
	Comment     source.Text             `diwan:"comment" doc:"required or optional: whether a reason is written; needed by itself where it sends back, refuses or is against."`
	To          source.Text             `diwan:"to" doc:"applicant: sent back to be corrected, then reviewed again. Or the step with which it goes on."`
	AtMost      int                     `diwan:"atMost" doc:"How many times it may be taken, where it leads back."`
	Then        source.Text             `diwan:"then" doc:"Decision that stands for one more after the last."`
	Within      Ladder                  `diwan:"within" doc:"Time limit of the applicant's correction."`
	Invalidates []source.Text           `diwan:"invalidates" doc:"Steps whose decisions and answers are forgotten; all others survive. A step in a branch beside this one is decided anew; with to: applicant, once the form is corrected."`
	Against     bool                    `diwan:"against" doc:"true, inside together: the branch ends and counts against."`
	Continue    bool                    `diwan:"continue" doc:"true where the next step follows; the word continue alone says the same."`
	End         source.Text             `diwan:"end" doc:"Outcome with which the application ends."`
	Text        Text                    `diwan:"text" doc:"What the applicant reads at the end."`
	Refund      source.Map[source.Text] `diwan:"refund" doc:"For each fee line that may be paid by then: all or keep."`
}

// ApplicantPlace is the place to which a decision sends back where it means the applicant.
const ApplicantPlace = "applicant"

// DecodeNode takes the word continue or a mapping.
func (d *Decision) DecodeNode(n *source.Node, dec *source.Decoder) {
	if n.Kind == source.Scalar {
		if n.Value != ContinueWord {
			dec.Expected(n, "continue, {to: applicant, …} or {end: …}", ContinueWord)
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
		{Kind: "choice", Values: []string{ContinueWord}, Doc: "The next step follows."},
		{Kind: "mapping", Go: reflect.TypeFor[Decision](), Doc: "Goes on elsewhere, sends back, counts against, or ends."},
	}}
}

// Returns tells that the decision goes back to the applicant.
func (d *Decision) Returns() bool { return d.To.Value == ApplicantPlace }

// InFavour tells that the decision lets the application go on.
func (d *Decision) InFavour() bool { return d.Continue || !d.To.IsZero() && !d.Returns() }
