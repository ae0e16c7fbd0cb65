package catalog

import "github.com/diwan-gov/diwan/catalog/source"

// Undo is what takes back what a step has written or started.
type Undo struct {
	source.Ranged
	Write    source.Text             `diwan:"write" doc:"Registry/operation that takes back what was written."`
	With     source.Map[source.Text] `diwan:"with" doc:"Its arguments, each a formula; they are worked out when the step has written, and may read its answer."`
	Withdraw bool                    `diwan:"withdraw" doc:"true: the application that was started is withdrawn, where it has not ended. Its service says under withdraw what then goes back."`
}

// UndoSuffix is that of the node that takes back what a step has written or started.
const UndoSuffix = "/undo"

// TakesBack tells of an end before which everything is taken back that steps with undo have written.
func (p *Point) TakesBack() bool {
	return p.Kind == EndPoint && (p.Outcome == RefusedOutcome || p.Outcome == LapsedOutcome || p.Outcome == WithdrawnOutcome)
}

// Undoes tells whether any step of the service says how it is taken back.
func (s *Service) Undoes() bool {
	for st := range s.AllSteps() {
		if st.Undo != nil {
			return true
		}
	}
	return false
}

// Answers tells whether formulas can read something under the step's code once it has happened.
func (c *Catalogue) Answers(st *Step) bool {
	fields, known := answerOf(c, st)
	return known && len(fields) > 0
}

// Own is the condition that what a step gives is there, as the formulas of the step itself take for granted that are evaluated behind it; empty
// where it gives nothing.
func (c *Catalogue) Own(st *Step) source.Text {
	if !c.Answers(st) {
		return source.Text{}
	}
	return source.Text{Value: "has(" + st.Code.Value + ")"}
}
