package desk

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// decision is the panel in which an officer decides.
type decision struct {
	Title, Text string
	Action      string // receives a POST
	Fields      []ui.Component
	Submit      ui.Button
}

// notice says why there is nothing to decide, nil where there is something.
func (k *kase) notice(t *application.Task, was typed) *notice {
	n := notice{Typed: was.comment, TypedLabel: k.locale.T("desk.decision.typed")}
	switch {
	case k.a.Status == application.Ended:
		n.Title, n.Text = k.locale.T("desk.none.ended"), k.outcome(k.a.Outcome)
	case t == nil:
		n.Title, n.Text = k.locale.T("desk.none.title"), k.locale.T("desk.none.text")
	case !slices.Contains(k.officer.Capacities, t.Role):
		n.Title, n.Text = k.locale.T("desk.none.title"), k.waitsFor(t)
	case k.a.Applicant == k.officer.ID:
		n.Title, n.Text = k.locale.T("desk.refused.own-application.title"), k.locale.T("desk.refused.own-application.text")
	default:
		return nil
	}
	return &n
}

func (k *kase) decision(t *application.Task, was typed) *decision {
	d := &decision{
		Title: k.locale.T("desk.decision.title"), Action: "/desk/applications/" + k.a.ID.String() + "/decide",
		Submit: ui.Button{Text: k.locale.T("desk.decision.submit"), Icon: "check"},
		Fields: []ui.Component{
			ui.Hidden{Name: "task", Value: t.ID.String()}, ui.Hidden{Name: "revision", Value: strconv.Itoa(t.Revision)},
			ui.Hidden{Name: "key", Value: uuid.NewString()},
		},
	}
	if t.Kind == incidentTask {
		d.Title, d.Text = k.locale.T("desk.incident.title"), k.said("desk.incident.why."+t.Reason, k.locale.T("desk.incident.text"))
		if t.Detail != "" {
			d.Text += " " + k.locale.T("desk.incident.about", "what", t.Detail)
		}
		d.Submit = ui.Button{Text: k.decisionTitle(t.Step, t.Actions[0]), Icon: "refresh-cw"}
		d.Fields = append(d.Fields, ui.Hidden{Name: "action", Value: t.Actions[0]})
		return d
	}
	choices := ui.Radios{Field: ui.Field{Name: "action", Label: k.locale.T("desk.decision.choose"), Error: was.problem("action")}}
	var needing []string
	for _, action := range t.Actions {
		title := k.decisionTitle(t.Step, action)
		choices.Options = append(choices.Options, ui.Option{
			Value: action, Text: title, Hint: k.said("desk.hint."+action, ""), Selected: action == was.action,
		})
		if slices.Contains(t.Comment, action) {
			needing = append(needing, title)
		}
	}
	hint := k.locale.T("desk.decision.commentHint")
	if len(needing) > 0 {
		hint += " " + k.locale.T("desk.decision.commentNeeded", "decisions", strings.Join(needing, k.locale.T("desk.or")))
	}
	d.Fields = append(d.Fields, choices, ui.Textarea{
		Field: ui.Field{Name: "comment", Label: k.locale.T("desk.decision.comment"), Hint: hint, Error: was.problem("comment"), Optional: len(needing) < len(t.Actions)},
		Value: was.comment, Rows: 4, MaxLength: mostTyped,
	})
	return d
}
