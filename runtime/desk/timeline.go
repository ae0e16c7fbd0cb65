package desk

import (
	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// comment is what somebody wrote, kept apart from our own words.
type comment struct{ Text string }

func (comment) Component() string { return "desk/comment" }

// timeline shows what has happened, and what is waited for.
func (k *kase) timeline() ui.Component {
	out := ui.Timeline{Label: k.locale.T("desk.case.timeline")}
	for _, e := range k.a.Timeline {
		step, shown := k.event(e)
		if !shown {
			continue
		}
		step.At, step.Who = e.At, k.said("desk.actor."+e.Actor, "")
		if e.Comment != "" {
			step.Body = []ui.Component{comment{e.Comment}}
		}
		out.Steps = append(out.Steps, step)
	}
	for i := range k.a.Tasks {
		t := &k.a.Tasks[i]
		if !t.Open() {
			continue
		}
		now := ui.TimelineStep{Title: k.stepTitle(t.Step), State: ui.StepCurrent, Text: k.waitsFor(t)}
		if t.DueAt != nil {
			now.By = *t.DueAt
		}
		out.Steps = append(out.Steps, now)
	}
	return out
}

// event says one item in words; steps that were only entered are left out, since they are seen when they are left.
func (k *kase) event(e application.Event) (s ui.TimelineStep, shown bool) {
	s.State = ui.StepDone
	switch e.Kind {
	case "submitted":
		s.Title = k.locale.T("desk.event.submitted")
	case "done":
		if e.Outcome == "issued" {
			return s, false // the document has an event of its own
		}
		s.Title, s.Text = k.stepTitle(e.Step), k.decisionTitle(e.Step, e.Outcome)
		switch e.Outcome {
		case "sendBack":
			s.Text = k.locale.T("desk.event.sentBack")
		case "paid": // by nobody: a payment has an event of its own
			s.Text = k.locale.T("desk.event.nothingDue")
		}
	case "paid":
		s.Title, s.Text = k.stepTitle(e.Step), k.outcome("paid")
	case "waived":
		s.Title, s.Text = k.stepTitle(e.Step), k.locale.T("desk.payment.waived")
	case "issued":
		s.Title, s.Text = k.stepTitle(e.Step), k.locale.Pick(k.texts.Documents[e.Outcome].Title)
	case "escalated":
		s.Title, s.Text, s.State = k.stepTitle(e.Step), k.locale.T("desk.event.escalated"), ui.StepFailed
	case "notice":
		s.Title, s.Text = k.locale.T("desk.event.notice"), k.locale.Pick(k.texts.Messages[e.Step])
	case "voted":
		s.Title, s.Text = k.stepTitle(e.Step), k.locale.T("desk.event.voted")
	case "extended":
		s.Title = k.locale.T("desk.event.extended")
	case "postponed":
		s.Title = k.locale.T("desk.event.postponed")
	case "suspended":
		s.Title = k.locale.T("desk.event.suspended")
	case "resumed":
		s.Title = k.locale.T("desk.event.resumed")
	case "reopened":
		s.Title = k.locale.T("desk.event.reopened")
	case "reminded":
		s.Title, s.Text = k.stepTitle(e.Step), k.locale.T("desk.event.reminded")
	case "refunded":
		s.Title = k.locale.T("desk.event.refunded")
	case "ended":
		s.Title, s.Text = k.locale.T("desk.event.ended"), k.outcome(e.Outcome)
		if reason := k.locale.Pick(k.texts.Reasons[k.a.Reason]); reason != "" {
			s.Text += "\n" + reason
		}
	default:
		return s, false
	}
	return s, true
}

// waitsFor says who has to do something now.
func (k *kase) waitsFor(t *application.Task) string {
	if k.a.SuspendedUntil != nil && t.Kind != incidentTask {
		return k.locale.T("desk.none.suspended")
	}
	switch t.Role {
	case string(application.Applicant):
		return k.locale.T("desk.event.withApplicant")
	case application.InvitedRole:
		return k.locale.T("desk.event.withInvited")
	case application.PublicRole:
		return k.locale.T("desk.event.withPublic")
	}
	return k.locale.T("desk.event.withRole", "role", k.role(t.Role))
}

// decisionTitle is what a decision is called: by the definition, else by the desk.
func (k *kase) decisionTitle(step, action string) string {
	if title := k.locale.Pick(k.texts.Decisions[step+"/"+action]); title != "" {
		return title
	}
	return k.said("desk.action."+action, k.outcome(action))
}
