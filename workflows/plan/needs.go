package plan

import "slices"

// What a plan needs of the runtime that carries it, beyond forms, lookups, payments, reviews, corrections, documents, answers and ends.
const (
	NeedsBranches     = "branches"     // branches side by side
	NeedsItems        = "items"        // a branch for each item of a list
	NeedsWrites       = "writes"       // writing to registries
	NeedsUndo         = "undo"         // taking back what was written
	NeedsDraws        = "draws"        // recorded draws
	NeedsNotices      = "notices"      // telling the applicant
	NeedsMessages     = "messages"     // telling somebody else
	NeedsFields       = "fields"       // an officer's own form
	NeedsPanels       = "panels"       // members who vote
	NeedsElsewhere    = "elsewhere"    // officers of another authority
	NeedsInvitations  = "invitations"  // asking the applicant or another person mid-way
	NeedsPublic       = "public"       // hearing the public
	NeedsAppointments = "appointments" // booking slots
	NeedsEvents       = "events"       // events from outside
	NeedsAnytime      = "anytime"      // acts of people at any time, beside withdrawal
	NeedsRevocations  = "revocations"  // taking a document's validity
	NeedsRights       = "rights"       // the register of rights
	NeedsServices     = "services"     // starting other services
	NeedsShares       = "shares"       // paying a part now and the rest later
	NeedsInstalments  = "instalments"  // paying in several parts
	NeedsDeposits     = "deposits"     // holding and settling deposits
	NeedsPayouts      = "payouts"      // paying money out
	NeedsRounds       = "rounds"       // ranking applications for places
	NeedsDeadlines    = "deadlines"    // a clock of the whole application
	NeedsReopening    = "reopening"    // an officer who takes up again what has ended
	NeedsExtensions   = "extensions"   // an officer who lengthens it

	NeedsRepresentatives = "representatives" // somebody who applies for another
)

// Needs are the names of what the plan needs, sorted, each once. A runtime opens a service for applications only when it carries all of it.
func (p *Plan) Needs() []string {
	var out []string
	need := func(name string, is bool) {
		if is && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for i := range p.Nodes {
		p.Nodes[i].needs(need)
	}
	for _, a := range p.Anytime {
		need(NeedsEvents, a.By == "")
		need(NeedsAnytime, a.By != "")
	}
	for i := range p.Fees {
		need(NeedsDeposits, p.Fees[i].HeldWith != "")
	}
	need(NeedsDeadlines, p.Deadline != nil)
	need(NeedsExtensions, p.Deadline != nil && p.Deadline.Extension != nil)
	need(NeedsReopening, p.Reopen != nil)
	need(NeedsRounds, p.Round != nil)
	need(NeedsRepresentatives, len(p.Form.OnBehalf) > 0)
	slices.Sort(out)
	return out
}

func (n *Node) needs(need func(name string, is bool)) {
	switch n.Kind {
	case Fork:
		need(NeedsBranches, true)
		need(NeedsItems, n.Fork != nil && n.Fork.Each != nil)
	case Write:
		need(NeedsWrites, true)
	case Undo:
		need(NeedsUndo, true)
	case Draw:
		need(NeedsDraws, true)
	case Notify:
		need(NeedsNotices, true)
		need(NeedsMessages, n.Notify != nil && n.Notify.Whom != "applicant")
	case Review:
		need(NeedsFields, n.Review.Form != nil)
		need(NeedsPanels, n.Review.Panel != nil)
		need(NeedsElsewhere, n.Review.Authority != "")
	case Invite:
		public := n.Invite != nil && n.Invite.Whom == "public"
		need(NeedsPublic, public)
		need(NeedsInvitations, !public)
	case Appointment:
		need(NeedsAppointments, true)
	case Wait:
		need(NeedsEvents, n.Wait != nil && n.Wait.Event != "")
	case Revoke:
		need(NeedsRevocations, true)
	case Right:
		need(NeedsRights, true)
	case Start:
		need(NeedsServices, true)
	case Pay:
		need(NeedsShares, n.Pay.Share > 0 || n.Pay.Rest)
		need(NeedsInstalments, n.Pay.Instalments != nil)
	case Settle:
		need(NeedsDeposits, true)
	case PayOut:
		need(NeedsPayouts, true)
	case Place:
		need(NeedsRounds, true)
	}
}
