package catalog

import (
	"reflect"

	"github.com/diwan-gov/diwan/catalog/source"
)

// Consequence is what follows: a word (continue, and where a time limit is over remind, escalate, lapse or the name of a decision),
// {to: step} or {end: outcome}.
type Consequence struct {
	source.Ranged
	Word   source.Text             // written as a word
	To     source.Text             `diwan:"to" doc:"Step with which it goes on."`
	AtMost int                     `diwan:"atMost" doc:"How often, where it leads back."`
	Then   *Consequence            `diwan:"then" doc:"What follows after that."`
	End    source.Text             `diwan:"end" doc:"Outcome with which the application ends."`
	Text   Text                    `diwan:"text" doc:"What the applicant reads at the end."`
	Refund source.Map[source.Text] `diwan:"refund" doc:"For each fee line that may be paid by then: all or keep."`
}

// Words of consequences.
const (
	ContinueWord = "continue" // the next step follows
	RemindWord   = "remind"   // those who are waited for are told
	EscalateWord = "escalate" // it is marked as overdue, and the head of the role is told
	LapseWord    = "lapse"    // the application ends as lapsed
)

// DecodeNode takes a word or a mapping.
func (c *Consequence) DecodeNode(n *source.Node, dec *source.Decoder) {
	if n.Kind == source.Scalar {
		dec.Decode(n, &c.Word)
		c.Ranged = c.Word.Ranged
		return
	}
	type mapping Consequence
	dec.Decode(n, (*mapping)(c))
}

// Describe names the shapes for the language reference.
func (*Consequence) Describe() source.Type {
	return source.Type{Kind: "one of", Shapes: []source.Type{
		{Kind: "text", Doc: "continue: the next step follows. Where a time limit is over also remind, escalate, lapse or the name of a decision of the step."},
		{Kind: "mapping", Go: reflect.TypeFor[Consequence](), Doc: "Goes on elsewhere, or ends."},
	}}
}

// Stays tells that the application goes on waiting where it is.
func (c *Consequence) Stays() bool { return c.Word.Value == RemindWord || c.Word.Value == EscalateWord }
