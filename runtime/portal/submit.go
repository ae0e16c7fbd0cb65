package portal

import (
	"crypto/rand"
	"errors"
	"net/http"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/filling"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// submit sends the application. Everything is checked once more: what the check page showed may have become wrong.
func (p *Portal) submit(w http.ResponseWriter, r *http.Request) error {
	f, s, err := p.begin(r)
	if err != nil {
		return err
	}
	posted, err := f.Read(w, r)
	if err != nil {
		return err
	}
	if err := f.open(r.Context(), s.PlanDigest, true); err != nil {
		return err
	}
	d := draft{key: posted[filling.KeyControl]}
	values, problems, err := f.Validate(r.Context())
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return f.incomplete(w, r, problems, d)
	}
	return f.send(w, r, s, values, d)
}

// send stores the application once for its key and shows it as soon as its first steps are taken.
func (f *filled) send(w http.ResponseWriter, r *http.Request, s *release.Live, values map[string]any, d draft) error {
	labels, err := f.Form.Labels(values, f.With)
	if err != nil {
		return err
	}
	submission := application.Submission{
		Labels: labels, Applicant: f.applicant, Service: s.Service, Plan: s.PlanDigest, Form: values, Language: f.Locale.Lang(),
		Uploads: f.Files(values), Key: d.key,
	}
	if f.draft != nil {
		return f.sendDraft(w, r, submission, d)
	}
	v, err := f.p.o.Applications.Submit(r.Context(), submission)
	if errors.Is(err, application.ErrKeyReused) && enquiry(s.Plan) {
		submission.Key = rand.Text() // another question from a page that the browser kept: asking costs nothing
		v, err = f.p.o.Applications.Submit(r.Context(), submission)
	}
	if errors.Is(err, application.ErrKeyReused) {
		// The same form was sent before with other answers: that one stands, and this one is sent only if it is meant so.
		return f.check(w, r, s, values, draft{key: rand.Text()}, []ui.Banner{{Kind: ui.Caution, Text: f.Locale.T("check.sentBefore"),
			Link: &ui.Link{Text: f.Locale.T("nav.applications"), Href: "/applications"}}})
	}
	if errors.Is(err, application.ErrNotFound) && len(submission.Uploads) > 0 {
		return f.givenAway(w, r, d)
	}
	if err != nil {
		return err
	}
	if _, err := f.p.o.Applications.Settle(r.Context(), v.ID, application.Answered); err != nil {
		return err
	}
	return see(w, r, "/applications/"+v.ID.String()+"?sent=1")
}

// sendDraft sends what was filled in for somebody, once.
func (f *filled) sendDraft(w http.ResponseWriter, r *http.Request, submission application.Submission, d draft) error {
	id, _, err := f.p.o.Applications.SendDraft(r.Context(), f.me.ID, f.draft.ID, submission)
	switch {
	case errors.Is(err, application.ErrKeyReused) && f.draft.Application != nil: // it was sent with other answers, and that one stands
		return see(w, r, sentTo(f.draft, *f.draft.Application))
	case errors.Is(err, application.ErrNotFound) && len(submission.Uploads) > 0:
		return f.givenAway(w, r, d)
	case err != nil:
		return err
	}
	if _, err := f.p.o.Applications.Settle(r.Context(), id, application.Answered); err != nil {
		return err
	}
	return see(w, r, sentTo(f.draft, id))
}

// givenAway asks for the files again: a file belongs to the application that named it first, and an earlier one does.
func (f *filled) givenAway(w http.ResponseWriter, r *http.Request, d draft) error {
	return f.incomplete(w, r, f.GivenAway(), d)
}
