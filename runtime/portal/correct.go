package portal

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/form"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// correction opens the form of an application that was sent back, with what was sent. task is nil when it does not wait any more.
func (p *Portal) correction(r *http.Request) (f *filled, o *opened, task *application.Task, err error) {
	me, err := p.me(r)
	if err != nil {
		return nil, nil, nil, err
	}
	id, err := pathID(r, "task")
	if err != nil {
		return nil, nil, nil, err
	}
	if o, err = p.open(r, me); err != nil {
		return nil, nil, nil, err
	}
	at := slices.IndexFunc(o.Tasks, func(t application.Task) bool {
		return t.ID == id && t.Kind == correctTask && t.Role == string(application.Applicant)
	})
	if at < 0 {
		return nil, nil, nil, errNotFound
	}
	if !o.Tasks[at].Open() {
		return nil, o, nil, nil
	}
	f, err = p.formOf(r, o, me)
	if err != nil {
		return nil, nil, nil, err
	}
	f.Path, f.single, f.Frozen = r.URL.Path, true, o.Tasks[at].Frozen
	// Who was eligible when they applied is not asked to prove it again.
	if err = f.open(r.Context(), o.Plan, false); errors.As(err, new(*ineligible)) {
		err = nil
	}
	return f, o, &o.Tasks[at], err
}

// formOf is the form of a sent application, as it stood on the day of submission, with nothing typed.
func (p *Portal) formOf(r *http.Request, o *opened, me *identity.Person) (*filled, error) {
	zone, err := time.LoadLocation(o.plan.Zone)
	if err != nil {
		return nil, err
	}
	f, err := p.fill(r, me, o.Plan, o.plan, o.texts, o.Facts, o.SubmittedAt.In(zone))
	if err != nil {
		return nil, err
	}
	f.With.Labels, f.Corrects = o.Labels, o.ID
	f.by(o.by())
	return f, nil
}

func (p *Portal) correct(w http.ResponseWriter, r *http.Request) error {
	f, o, task, err := p.correction(r)
	if err != nil {
		return err
	}
	if task == nil {
		return see(w, r, "/applications/"+o.ID.String()+"?notice=changed")
	}
	f.Prefill(o.Form)
	return f.correcting(w, r, http.StatusOK, o, nil, draft{key: rand.Text(), revision: strconv.Itoa(task.Revision)}, false, nil)
}

// corrected takes the corrected form. Frozen answers are those that were sent, whatever was posted.
func (p *Portal) corrected(w http.ResponseWriter, r *http.Request) error {
	f, o, task, err := p.correction(r)
	if err != nil {
		return err
	}
	if task == nil {
		return p.show(w, r, http.StatusConflict, o, []ui.Banner{{Kind: ui.Caution, Text: o.l.T("notice.changed")}})
	}
	posted, err := f.Read(w, r)
	if err != nil {
		return err
	}
	frozen := map[string]any{}
	for _, code := range f.Frozen {
		if v, ok := o.Form[code]; ok {
			frozen[code] = v
		}
	}
	f.Prefill(frozen)
	d := draft{key: posted[filling.KeyControl], revision: posted[filling.RevisionControl]}
	if ui.IsFragment(r) {
		view := f.View(nil)
		return f.fragment(w, r, view, f.sheets(view)[0], d)
	}
	if f.RowsChanged() {
		return f.correcting(w, r, http.StatusOK, o, nil, d, false, nil)
	}
	values, problems, err := f.Validate(r.Context())
	if err != nil {
		return err
	}
	asked := f.sheets(f.View(nil))[0].shown()
	more := filling.Fresh(asked, posted[filling.ShownControl])
	problems = slices.DeleteFunc(problems, func(p form.Problem) bool { return slices.Contains(more, p.Field) })
	if len(problems) > 0 || len(more) > 0 {
		return f.correcting(w, r, http.StatusUnprocessableEntity, o, problems, d, len(more) > 0, nil)
	}
	labels, err := f.Form.Labels(values, f.With)
	if err != nil {
		return err
	}
	revision, _ := strconv.Atoi(d.revision) // 0 fits no task
	answer, err := p.o.Applications.Act(r.Context(), applicant(f.me), o.ID, application.ActRequest{
		Task: task.ID, Action: "submit", Revision: revision, Data: values, Labels: labels, Uploads: f.Files(values),
	}, d.key)
	switch {
	case err != nil:
		return err
	case answer.TookEffect() || answer.Pending:
		return see(w, r, "/applications/"+o.ID.String()+"?notice="+outcome(answer, "corrected"))
	}
	return p.overtaken(w, r, f)
}

// overtaken shows how things stand now, with what was typed where it can still be sent.
func (p *Portal) overtaken(w http.ResponseWriter, r *http.Request, typed *filled) error {
	_, o, task, err := p.correction(r)
	if err != nil {
		return err
	}
	banner := []ui.Banner{{Kind: ui.Caution, Text: o.l.T("notice.changed")}}
	if o.SuspendedUntil != nil {
		banner[0].Text = o.l.T("notice.suspended")
	}
	if task == nil {
		return p.show(w, r, http.StatusConflict, o, banner)
	}
	return typed.correcting(w, r, http.StatusConflict, o, nil, draft{key: rand.Text(), revision: strconv.Itoa(task.Revision)}, false, banner)
}

func (f *filled) correcting(w http.ResponseWriter, r *http.Request, status int, o *opened, problems []form.Problem, d draft, more bool, flash []ui.Banner) error {
	view := f.View(problems)
	s := f.sheets(view)[0]
	body := f.body(r, view, s)
	body.Carried = append(body.Carried, d.hidden()...)
	body.More, body.Comment, body.Submit = more, o.comment(), f.Locale.T("correct.send")
	page := f.p.page(r, f.Locale.T("correct.title"))
	page.Errors, page.Flash = errorsOf(s), flash
	page.Back = &ui.BackLink{Text: body.Service, Href: "/applications/" + o.ID.String()}
	if len(f.Frozen) > 0 {
		body.Frozen = f.Locale.T("correct.frozen")
	}
	page.Body = body
	return f.p.ui.Render(w, r, status, "apply", page)
}

// answers shows what the applicant has sent, by section, with uploads to fetch.
func (p *Portal) answers(r *http.Request, o *opened, me *identity.Person) ([]ui.Component, error) {
	if o.ErasedAt != nil {
		return nil, nil
	}
	f, err := p.formOf(r, o, me)
	if err != nil {
		return nil, err
	}
	f.Fetch = "/applications/" + o.ID.String() + "/uploads/"
	var out []ui.Component
	for _, section := range f.Form.View(f.Texts, f.Locale.Lang(), o.Form, nil, f.With, nil).Sections { // as it was sent
		if !section.Visible {
			continue
		}
		list := f.summary(r, section)
		list.Title = section.Title
		out = append(out, list)
	}
	return out, nil
}
