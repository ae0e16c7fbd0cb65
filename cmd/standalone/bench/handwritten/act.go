package handwritten

import (
	"bytes"
	"slices"
	"time"

	"github.com/diwan-gov/diwan/workflows/activity"
)

// act takes what a person or the gateway did; a code says why it changed nothing.
func (a *application) act(act *activity.Act) (code string) {
	if a.status == ended {
		return "ended"
	}
	if act.Node == "" {
		return a.withdraw(act)
	}
	role, actions, revision := "gateway", []string{"paid"}, act.Revision // the gateway knows no revisions
	if a.task != nil {
		role, actions, revision = a.task.Role, a.task.Actions, a.task.Revision
	}
	switch {
	case act.Node != a.node || act.Visit != a.visit() || a.task == nil && a.node != nodePay:
		return "closed"
	case act.Revision != revision:
		return "revision"
	case !slices.Contains(act.Capacities, role):
		return "forbidden"
	case !slices.Contains(actions, act.Action):
		return "unknown-action"
	}
	switch {
	case a.task == nil:
		a.facts(act.Facts)
		a.paid, a.dueAt = true, time.Time{}
		a.done("paid", act.Actor)
		a.review()
	case a.task.Kind == "review":
		return a.decide(act)
	case a.task.Kind == "correct":
		return a.corrected(act)
	default:
		a.facts(act.Facts)
		a.close("retry", act.Actor)
		if a.node == nodeReview {
			a.review()
		} else {
			a.register()
		}
	}
	return ""
}

func (a *application) decide(act *activity.Act) (code string) {
	if act.Actor == a.start.Applicant {
		return "own-application"
	}
	action := act.Action
	if action == "sendBack" && a.returned >= mostReturns {
		action = "refuse"
	}
	if action != "approve" && !act.Comment {
		return "comment-required"
	}
	a.facts(act.Facts)
	a.close(action, act.Actor)
	a.done(action, act.Actor)
	switch action {
	case "approve":
		a.card()
	case "sendBack":
		a.correction()
	default:
		a.refund("review/refuse", "refused")
	}
	return ""
}

// corrected takes a corrected form; what the fee and the register were asked with may not change.
func (a *application) corrected(act *activity.Act) (code string) {
	for _, path := range []string{"form.licenceNumber", "form.years"} {
		if !bytes.Equal(a.start.Reads[path], act.Reads[path]) {
			return "frozen"
		}
	}
	a.facts(act.Facts)
	a.close("submit", act.Actor)
	a.done("submit", act.Actor)
	a.review()
	return ""
}

func (a *application) withdraw(act *activity.Act) (code string) {
	switch {
	case act.Action != "withdraw":
		return "unknown-action"
	case !slices.Contains(act.Capacities, "applicant"):
		return "forbidden"
	}
	a.facts(act.Facts)
	switch {
	case a.task != nil:
		a.close("withdraw", act.Actor)
	case a.node == nodePay:
		e := a.effect(activity.Cancel, 1)
		e.Outcome, e.Actor = "withdraw", act.Actor
	}
	a.done("withdraw", act.Actor)
	a.refund("end/withdrawn", "withdrawn")
	return ""
}
