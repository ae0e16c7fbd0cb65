package desk

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// decision is the panel in which an officer decides.
type decision struct {
	Title, Text string
	Action      string // receives a POST
	Behalf      string // whose role the officer decides in
	Files       bool   // it may bring files
	Fields      []ui.Component
	Submit      ui.Button
}

// notice says why there is nothing to decide, nil where there is something.
func (k *kase) notice(t *application.Task, was typed) *notice {
	n := notice{Typed: was.comment, TypedLabel: k.locale.T("desk.decision.typed"), Unsent: was.unsent(k.visit)}
	switch {
	case k.a.Status == application.Ended:
		n.Title, n.Text = k.locale.T("desk.none.ended"), k.outcome(k.a.Outcome)
	case k.a.SuspendedUntil != nil && (t == nil || t.Kind != incidentTask):
		n.Title, n.Text = k.locale.T("desk.none.suspended"), k.locale.T("desk.none.suspendedText", "until", k.locale.Deadline(*k.a.SuspendedUntil))
	case t == nil && k.a.Undoing:
		n.Title, n.Text = k.locale.T("desk.none.title"), k.locale.T("desk.none.undoing")
	case t == nil:
		n.Title, n.Text = k.locale.T("desk.none.title"), k.locale.T("desk.none.text")
	case !slices.Contains(k.officer.Capacities, t.Role):
		n.Title, n.Text = k.locale.T("desk.none.title"), k.waitsFor(t)
	case k.a.Applicant == k.officer.ID:
		n.Title, n.Text = k.locale.T("desk.refused.own-application.title"), k.locale.T("desk.refused.own-application.text")
	default:
		if n.Title, n.Text = k.kept(t); n.Title == "" {
			return nil
		}
	}
	return &n
}

// kept says why an officer of the right role cannot decide on a task all the same; nothing where they can.
func (k *kase) kept(t *application.Task) (title, text string) {
	who, claimed := t.ClaimedBy(k.o.Now())
	seat := k.officer.ID
	if from := k.officer.Delegated[t.Role]; from != uuid.Nil {
		seat = from
	}
	voted := slices.ContainsFunc(k.a.Votes, func(v application.Vote) bool {
		return v.Node == t.Node && v.Visit == t.Visit && (v.Actor == k.officer.ID || v.Seat == seat)
	})
	switch {
	case k.recused():
		return k.locale.T("desk.refused.recused.title"), k.locale.T("desk.refused.recused.text")
	case claimed && who != k.officer.ID:
		return k.locale.T("desk.refused.claimed.title"), k.locale.T("desk.none.claimed", "name", k.name(k.names[who]), "until", k.locale.DateTime(*t.ClaimedUntil))
	case t.From != nil && t.From.After(k.o.Now()):
		return k.locale.T("desk.refused.too-early.title"), k.locale.T("desk.none.early", "from", k.locale.DateTime(*t.From))
	case voted && t.Panel != nil:
		return k.locale.T("desk.refused.voted.title"), k.locale.T("desk.refused.voted.text")
	}
	return "", ""
}

// decision makes the panel, and lists what is wrong with what was typed in it.
func (k *kase) decision(t *application.Task, was typed) (*decision, []ui.FieldError, error) {
	d := &decision{
		Title: k.locale.T("desk.decision.title"), Action: decidePath(k.a, t.ID),
		Submit: ui.Button{Text: k.locale.T("desk.decision.submit"), Icon: "check"},
		Fields: []ui.Component{
			ui.Hidden{Name: filling.RevisionControl, Value: strconv.Itoa(t.Revision)}, ui.Hidden{Name: filling.KeyControl, Value: uuid.NewString()},
		},
	}
	if who, claimed := t.ClaimedBy(k.o.Now()); claimed && who == k.officer.ID && t.Assigned != "" {
		d.Text = k.locale.T("desk.assigned." + t.Assigned)
	}
	if t.Kind == incidentTask {
		d.Title, d.Text = k.locale.T("desk.incident.title"), k.said("desk.incident.why."+t.Reason, k.locale.T("desk.incident.text"))
		switch cause := k.said("desk.incident.failed."+t.Detail, ""); {
		case cause != "":
			d.Text += " " + cause
		case t.Detail != "":
			d.Text += " " + k.locale.T("desk.incident.about", "what", t.Detail)
		}
		if why := k.said("desk.incident.stays."+t.Skipping.Why, ""); why != "" && !slices.Contains(t.Actions, application.Skip) {
			d.Text += " " + why
		}
		d.Submit = ui.Button{Text: k.decisionTitle(t.Step, t.Actions[0]), Icon: "refresh-cw"}
		d.Fields = append(d.Fields, ui.Hidden{Name: actionControl, Value: t.Actions[0]})
		return d, nil, nil
	}
	if t.Panel != nil {
		d.Title, d.Text = k.locale.T("desk.panel.vote"), k.locale.T("desk.panel.voting", "voted", t.Voted, "members", t.Panel.Members, "quorum", t.Panel.Quorum)
		d.Submit.Text = k.locale.T("desk.panel.send")
	}
	if from := k.officer.Delegated[t.Role]; from != uuid.Nil {
		d.Behalf = k.locale.T("desk.decision.behalf", "role", k.role(t.Role))
	}
	wrong, err := k.own(d, t, &was)
	if err != nil {
		return nil, nil, err
	}
	choices := ui.Radios{Field: ui.Field{Name: actionControl, Label: k.locale.T("desk.decision.choose"), Error: was.problem(actionControl)}}
	var needing []string
	for _, action := range t.Actions {
		title := k.decisionTitle(t.Step, action)
		option := ui.Option{Value: action, Text: title, Selected: action == was.action}
		if t.Panel == nil { // one vote among several does not do what the decision does
			option.Hint = k.said("desk.hint."+action, "")
		}
		choices.Options = append(choices.Options, option)
		if slices.Contains(t.Comment, action) {
			needing = append(needing, title)
		}
	}
	label, hint := k.locale.T("desk.decision.comment"), k.locale.T("desk.decision.commentHint")
	if t.Panel != nil {
		label, hint = k.locale.T("desk.panel.comment"), k.locale.T("desk.panel.commentHint")
	}
	if len(needing) > 0 {
		hint += " " + k.locale.T("desk.decision.commentNeeded", "decisions", strings.Join(needing, k.locale.T("desk.or")))
	}
	d.Fields = append(d.Fields, choices, ui.Textarea{
		Field: ui.Field{Name: commentControl, Label: label, Hint: hint, Error: was.problem(commentControl), Optional: len(needing) < len(t.Actions)},
		Value: was.comment, Rows: 4, MaxLength: mostTyped,
	})
	return d, append(wrong, was.errors...), nil
}

// own puts what is filled in beside the decision into its panel: as it was typed, or as it begins.
func (k *kase) own(d *decision, t *application.Task, was *typed) ([]ui.FieldError, error) {
	if was.own == nil || was.task != t.ID {
		f, begin, err := k.visit.open(k.a, *t)
		if err != nil {
			return nil, err
		}
		was.own, was.problems = f, nil
		for _, answers := range begin {
			f.Prefill(answers)
		}
	}
	if was.own.Form == nil {
		return nil, nil
	}
	questions, wrong := was.asking(k.visit)
	d.Files = true
	d.Fields = append(d.Fields, questions)
	return wrong, nil
}
