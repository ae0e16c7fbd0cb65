package release

import (
	"slices"

	"github.com/diwan-gov/diwan/workflows/plan"
)

// carried is what this platform carries of what plans may need. What is not here can be written, checked and rehearsed already.
var carried = []string{
	plan.NeedsInvitations, plan.NeedsPublic, plan.NeedsMessages, plan.NeedsAnytime, // people who are asked, heard or told
	plan.NeedsBranches, plan.NeedsItems, plan.NeedsWrites, plan.NeedsUndo, plan.NeedsDraws, plan.NeedsNotices, plan.NeedsShares, plan.NeedsDeadlines,
	plan.NeedsFields, plan.NeedsElsewhere, plan.NeedsPanels, plan.NeedsExtensions, plan.NeedsReopening,
	plan.NeedsRights, plan.NeedsRevocations, plan.NeedsAppointments,
	plan.NeedsEvents, plan.NeedsServices, plan.NeedsRepresentatives, plan.NeedsRounds,
	plan.NeedsDeposits, plan.NeedsInstalments, plan.NeedsPayouts,
}

// Lacks is what the service needs and the platform does not carry yet, by the names of plan.Needs; nothing for nearly all.
func (l *Live) Lacks() []string {
	return slices.DeleteFunc(l.Plan.Needs(), func(n string) bool { return slices.Contains(carried, n) })
}

// Open tells whether people can apply for the service. One that is not open is shown, with its form and its steps, and says so. Its other ways to
// begin (plan.Trigger) do not matter here: a counter or an event that is not carried yet takes nothing from who can apply.
func (l *Live) Open() bool { return len(l.Lacks()) == 0 && l.Plan.ByApplicant() }
