package review

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
)

// unasked says why somebody who holds the role of a task decides nothing by it now: nobody does yet, or they have voted in its panel. "" where they are
// asked.
func unasked(a *application.View, t *application.Task, person uuid.UUID, now time.Time) string {
	if t.From != nil && t.From.After(now) {
		return "early"
	}
	if slices.ContainsFunc(a.Votes, func(v application.Vote) bool {
		return v.Node == t.Node && v.Visit == t.Visit && (v.Actor == person || v.Seat == person)
	}) {
		return "voted"
	}
	return ""
}

// named is what a decision of a step is called: by the route itself, else as everywhere.
func (v *visit) named(asked []Asked, step, action, usual string) string {
	for _, one := range asked {
		if title := v.locale.Pick(one.Decisions[action]); one.Step == step && title != "" {
			return title
		}
	}
	return v.said(usual+action, action)
}

// voting turns the form of a decision into that of a vote: what one member says does not do yet what the decision does.
func (v *visit) voting(d *decision, t *application.Task) {
	d.Text = v.locale.T("review.panel.voting", "voted", t.Voted, "members", t.Panel.Members, "quorum", t.Panel.Quorum)
	d.Submit.Text = v.locale.T("review.panel.send")
}
