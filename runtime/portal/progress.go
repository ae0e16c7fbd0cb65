package portal

import (
	"slices"
	"strings"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// timeline is what has happened, where the application is now, and what is still to come.
func (o *opened) timeline() ui.Timeline {
	t := ui.Timeline{Label: o.l.T("application.progress")}
	for _, e := range o.Timeline {
		if step, ok := o.past(e); ok {
			t.Steps = append(t.Steps, step)
		}
	}
	if o.Status == application.Ended {
		return t
	}
	now := ui.TimelineStep{Title: o.l.T("progress.starting"), State: ui.StepCurrent}
	if o.Step != "" {
		now.Title = o.stepTitle(o.Step)
	}
	if o.Undoing {
		now.Text = o.l.T("progress.undoing")
	}
	if o.SuspendedUntil != nil {
		now.Text = o.l.T("progress.standsStill", "until", o.l.Deadline(*o.SuspendedUntil))
	}
	if o.correction() != nil {
		now.Title = o.l.T("progress.yourCorrection")
	}
	for _, task := range o.Tasks {
		if task.Open() && task.Step == o.Step && task.DueAt != nil && !task.Overdue {
			now.By = *task.DueAt
		}
	}
	t.Steps = append(t.Steps, now)
	for _, task := range o.Tasks { // side by side with it
		if task.Open() && task.Step != o.Step {
			beside := ui.TimelineStep{Title: o.stepTitle(task.Step), State: ui.StepCurrent}
			if task.DueAt != nil && !task.Overdue {
				beside.By = *task.DueAt
			}
			t.Steps = append(t.Steps, beside)
		}
	}
	if o.Undoing {
		return t
	}
	for _, code := range o.ahead() {
		t.Steps = append(t.Steps, ui.TimelineStep{Title: o.stepTitle(code), State: ui.StepUpcoming})
	}
	return t
}

// past is one event as the applicant reads it; those that say nothing to them are left out.
func (o *opened) past(e application.Event) (step ui.TimelineStep, ok bool) {
	step = ui.TimelineStep{State: ui.StepDone, At: e.At, Text: e.Comment}
	if e.Actor == string(application.Officer) {
		step.Who = o.body
	}
	switch e.Kind {
	case "submitted":
		step.Title = o.l.T("progress.submitted")
	case "paid":
		step.Title = o.stepTitle(e.Step)
	case "waived":
		step.Title, step.Text = o.stepTitle(e.Step), o.l.T("progress.waived")
	case "done":
		if e.Outcome == "paid" || !o.worth(e.Step) { // what was paid has an event of its own; here nothing was due
			return step, false
		}
		step.Title = o.stepTitle(e.Step)
		if what := o.settles(e.Step); what != "" && e.Outcome == "settled" {
			step.Title, step.Text = o.l.T("progress."+what), o.l.Pick(o.texts.Steps[e.Step])
		}
		if o.invites(e.Step) {
			return o.reply(step, e), true
		}
		switch e.Outcome {
		case "sendBack":
			step.State = ui.StepReturned
		case "refused":
			step.State, step.Text = ui.StepFailed, o.l.T("round.noPlace")
			if e.Actor == string(application.Applicant) {
				step.State, step.Text = ui.StepReturned, o.l.T("round.declined")
			}
		case "reserve":
			step.State, step.Text = ui.StepFailed, o.l.T("round.stayedOnReserve")
		case "refuse", "lapse", "notFound", "exhausted", "otherwise":
			step.State = ui.StepFailed
		case "submit":
			step.Title = o.l.T("progress.corrected")
		case "undone":
			step.State, step.Text = ui.StepFailed, o.l.T("progress.undone")
		case "withdrawn":
			step.State, step.Text = ui.StepFailed, o.l.T("progress.recalled")
		case application.Skip:
			step.Text = strings.TrimSuffix(o.l.T("progress.skipped")+"\n"+step.Text, "\n")
		}
	case "notice":
		step.Title, step.Text = o.l.T("progress.notice"), o.l.Pick(o.texts.Messages[e.Step])
	case "extended": // with the reason, as the officer wrote it
		step.Title = o.l.T("progress.extended")
	case "postponed":
		step.Title, step.Text = o.l.T("progress.postponed"), o.l.T("progress.lateHoliday")
	case "suspended":
		step.Title = o.l.T("progress.suspended")
	case "resumed":
		step.Title = o.l.T("progress.resumed")
	case "reopened":
		step.Title = o.l.T("progress.reopened")
	case "refunded":
		step.Title = o.l.T("progress.refunded")
	case "ended":
		switch e.Outcome {
		case "issued", "answered", "approved":
			return step, false // the last step has said it
		}
		step.Title, step.State = o.ending(e.Outcome), ui.StepFailed // that of then, where it was reopened since
	default:
		return step, false
	}
	return step, true
}

// settles says what a step makes of deposits: released or forfeited; "" where it is none of these steps.
func (o *opened) settles(code string) string {
	for i := range o.plan.Nodes {
		if n := &o.plan.Nodes[i]; n.Step == code && n.Settle != nil {
			return map[string]string{"release": "released", "forfeit": "forfeited"}[n.Settle.What]
		}
	}
	return ""
}

// invites tells whether a step asks somebody who is no officer.
func (o *opened) invites(code string) bool {
	return slices.ContainsFunc(o.plan.Nodes, func(n plan.Node) bool { return n.Step == code && n.Kind == plan.Invite })
}

// reply is what whoever was asked has answered, or that nobody has.
func (o *opened) reply(step ui.TimelineStep, e application.Event) ui.TimelineStep {
	said := o.l.T("progress.noReply")
	if e.Actor != "system" {
		said = decisionTitle(o.l, o.texts, e.Step, e.Outcome)
	} else {
		step.State = ui.StepFailed
	}
	if step.Text != "" {
		said += "\n" + step.Text
	}
	step.Text = said
	return step
}

// worth tells whether a step is more than a gate that was passed.
func (o *opened) worth(code string) bool {
	for i := range o.plan.Nodes {
		n := &o.plan.Nodes[i]
		if n.Step == code && n.Kind != plan.Gate && n.Kind != plan.End && n.Kind != plan.Join && n.Kind != plan.Compute && n.Kind != plan.Notify {
			return true
		}
	}
	return false
}

// ahead are the steps after the present one that will certainly come if all goes well.
func (o *opened) ahead() []string {
	var out []string
	past := o.Step == ""
	seen := map[string]bool{o.Step: true}
	for _, task := range o.Tasks {
		seen[task.Step] = seen[task.Step] || task.Open()
	}
	if o.correction() != nil {
		out = append(out, o.Step) // it is looked at once more
	}
	for i := range o.plan.Nodes {
		n := &o.plan.Nodes[i]
		if n.Step == o.Step {
			past = true
			continue
		}
		ends := n.Kind == plan.Gate || n.Kind == plan.End || n.Kind == plan.Correct || n.Kind == plan.Join || n.Kind == plan.Compute
		if !past || ends || n.When != "" || seen[n.Step] {
			continue
		}
		seen[n.Step] = true
		out = append(out, n.Step)
	}
	return out
}
