package desk

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/payment"
	"github.com/diwan-gov/diwan/runtime/ui"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// casePage is the body of the template case: all that is needed to decide on one application.
type casePage struct {
	Service, Reference string
	Tags               []ui.Tag
	Facts              ui.Facts
	Decision           *decision
	Notice             *notice // where there is nothing to decide
	Handles            []ui.Component
	Main               []ui.Component
}

// notice says why there is no decision to take. Typed is a comment that could not be sent, Unsent what was filled in beside it.
type notice struct {
	Title, Text, Typed, TypedLabel string
	Unsent                         []ui.Component
}

// kase is one application as it is shown to an officer.
type kase struct {
	*visit
	a     *application.View
	texts *plan.Texts
	plan  *plan.Plan
	names map[uuid.UUID]*identity.Person // of officers that the application names

	stopped []payment.Incident // of its money
	holding holding            // what was typed about one of its papers
}

// look shows an application.
func (v *visit) look() error {
	a, err := v.application()
	if err != nil {
		return err
	}
	return v.show(a, typed{}, http.StatusOK, nil)
}

// show renders an application with what was typed, after the read was noted.
func (v *visit) show(a *application.View, t typed, status int, flash *ui.Banner) error {
	if err := v.record("read", a, nil); err != nil {
		return err
	}
	k := &kase{visit: v, a: a, holding: t.holding}
	var known, found bool
	k.texts, known = v.o.Releases.Texts(a.Texts)
	k.plan, found = v.o.Releases.Plan(a.Plan)
	if !known || !found {
		return application.ErrUnavailable
	}
	if err := k.named(); err != nil {
		return err
	}
	body := casePage{Service: v.locale.Pick(k.texts.Title), Reference: a.Reference}
	var err error
	if body.Main, err = k.main(); err != nil {
		return err
	}
	task := k.task()
	body.Tags, body.Facts = k.tags(task), k.facts(task)
	page := v.page(a.Reference+" – "+body.Service, nil)
	page.Crumbs = []ui.Link{{Text: v.locale.T("desk.queue.title"), Href: "/desk"}, {Text: a.Reference}}
	if body.Notice = k.notice(task, t); body.Notice == nil {
		if body.Decision, page.Errors, err = k.decision(task, t); err != nil {
			return err
		}
	}
	if page.Errors == nil {
		page.Errors = t.errors
	}
	settling, err := k.settling(t)
	if err != nil {
		return err
	}
	body.Handles = append(settling, k.handles(task, t)...)
	if flash != nil {
		page.Flash = []ui.Banner{*flash}
	}
	page.Body = body
	return v.render(status, "case", page)
}

// main are the parts of the page, in the order in which an officer reads them.
func (k *kase) main() ([]ui.Component, error) {
	parts := append(k.change(), k.applicant()...)
	all := []func() ([]ui.Component, error){k.answers, k.committees, k.registers, k.heard, k.money, k.papers, k.rights, k.related}
	if k.a.ErasedAt != nil {
		parts = []ui.Component{ui.Banner{Kind: ui.Info, Text: k.locale.T("desk.case.erased", "date", k.locale.Date(*k.a.ErasedAt), "time", k.locale.Kept(k.a.ErasedBy))}}
		all = []func() ([]ui.Component, error){k.committees, k.money, k.papers, k.related}
	}
	for _, part := range all {
		more, err := part()
		if err != nil {
			return nil, err
		}
		parts = append(parts, more...)
	}
	parts = append(parts, ui.Heading{Text: k.locale.T("desk.case.timeline")}, k.timeline(),
		ui.Button{Text: k.locale.T("desk.path.link"), Kind: ui.Secondary, Icon: "route", Href: casePath(k.a) + "/path"})
	return append(parts, k.says()...), nil
}

// changeField is the field of the form of the service by which changes of the catalogue go that holds the number of the change.
const changeField = "number"

// change leads to the page on which a change of the catalogue is looked at and decided on, where that is what the application is for.
func (k *kase) change() []ui.Component {
	number, given := k.a.Form[changeField].(json.Number)
	if route := k.o.Releases.Reference().Changes; route == "" || route != k.a.Service || !given {
		return nil
	}
	return []ui.Component{ui.Banner{Kind: ui.Info, Title: k.locale.T("desk.case.change", "number", number.String()),
		Link: &ui.Link{Text: k.locale.T("desk.case.changeLink"), Href: "/designer/changes/" + number.String() + "/review"}}}
}

// task is the open task: the officer's own if there is one.
func (k *kase) task() *application.Task {
	var other *application.Task
	for i, t := range k.a.Tasks {
		if t.Open() && slices.Contains(k.officer.Capacities, t.Role) {
			return &k.a.Tasks[i]
		}
		if t.Open() && other == nil {
			other = &k.a.Tasks[i]
		}
	}
	return other
}

func (k *kase) tags(t *application.Task) []ui.Tag {
	state := map[application.Status]string{application.Received: ui.Received, application.Open: ui.Open, application.Waiting: ui.Waiting, application.Ended: ui.Ended}[k.a.Status]
	tags := []ui.Tag{{State: state, Text: k.locale.T("desk.status." + string(k.a.Status))}}
	if k.a.Undoing {
		tags[0].Text = k.locale.T("desk.status.undoing")
	}
	if k.a.SuspendedUntil != nil {
		tags[0] = ui.Tag{State: ui.Waiting, Text: k.locale.T("desk.status.suspended")}
	}
	if k.a.Status == application.Ended {
		tags = []ui.Tag{{State: tone(k.a.Outcome), Text: k.outcome(k.a.Outcome)}}
	}
	if t != nil && t.Overdue {
		tags = append(tags, ui.Tag{State: ui.Overdue})
	}
	if k.texts.Sample {
		tags = append(tags, ui.Tag{State: ui.Draft, Text: k.locale.T("desk.case.sample")})
	}
	return tags
}

// tone is the state whose colour an ending has.
func tone(outcome string) string {
	switch outcome {
	case "issued", "approved", "answered":
		return ui.Issued
	case "refused":
		return ui.Refused
	}
	return ui.Ended
}

// facts are the essentials, above everything.
func (k *kase) facts(t *application.Task) ui.Facts {
	items := []ui.Meta{
		{Icon: "calendar", Label: k.locale.T("desk.case.submitted"), Text: k.locale.DateTime(k.a.SubmittedAt)},
	}
	if t == nil {
		if k.a.EndedAt != nil {
			items = append(items, ui.Meta{Icon: "check", Label: k.locale.T("desk.case.ended"), Text: k.locale.DateTime(*k.a.EndedAt)})
		}
		return ui.Facts{Items: items}
	}
	items = append(items, ui.Meta{Icon: "route", Label: k.locale.T("desk.case.step"), Text: k.stepTitle(t.Step)})
	if t.DueAt != nil {
		items = append(items, ui.Meta{Icon: "clock", Label: k.locale.T("desk.case.due"), Text: k.locale.Deadline(*t.DueAt) + " (" + k.left(*t.DueAt) + ")"})
	}
	return ui.Facts{Items: items}
}

func (k *kase) stepTitle(code string) string {
	if title := k.locale.Pick(k.texts.Steps[code]); title != "" {
		return title
	}
	return code
}

// said is a message, or what stands in for one that does not exist.
func (v *visit) said(key, otherwise string) string {
	if text := v.locale.T(key); text != key {
		return text
	}
	return otherwise
}

// outcome is how a step or an application has ended, in words.
func (v *visit) outcome(code string) string { return v.said("desk.outcome."+code, code) }
