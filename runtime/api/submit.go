package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/release"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// Keyed is the header that every POST takes. Without a key a repeat is a new request.
type Keyed struct {
	Key string `header:"Idempotency-Key" maxLength:"128" doc:"The same key and body again gives the same answer; with another body 409"`
}

func (k Keyed) key() string {
	if k.Key == "" {
		return uuid.NewString()
	}
	return k.Key
}

// Submitted is what comes of a submission.
type Submitted struct {
	ID        uuid.UUID `json:"id"`
	Reference string    `json:"reference" example:"D7K2-94QM"`
	Status    string    `json:"status" example:"received"`
}

type formInput struct {
	Keyed
	Code string `path:"code" maxLength:"200"`
	Body struct {
		Form map[string]any `json:"form" doc:"Values by field code; a file is the id of an upload"`
	}
}

type submitInput struct {
	Keyed
	Code string `path:"code" maxLength:"200"`
	Body struct {
		Form     map[string]any `json:"form" doc:"Values by field code; a file is the id of an upload"`
		OnBehalf *OnBehalf      `json:"onBehalf,omitempty" doc:"For whom the caller applies, where the service lets others apply; without it for themselves"`
	}
}

// OnBehalf is for whom the caller applies.
type OnBehalf struct {
	As             string `json:"as" enum:"spouse,guardian,representative,child,other" doc:"In which capacity, of those of the service"`
	NationalNumber string `json:"nationalNumber" minLength:"1" maxLength:"64"`
	BirthDate      string `json:"birthDate,omitempty" format:"date" doc:"Of whom it is for; needed where a paper proves the capacity"`
}

type submitOutput struct {
	Location string `header:"Location"`
	Body     Submitted
}

func (a *API) submit(described huma.API) {
	op := a.operation(described, http.MethodPost, "services/{code}/applications", "submit", "Apply for a service")
	op.DefaultStatus = http.StatusCreated
	huma.Register(described, op, func(ctx context.Context, in *submitInput) (*submitOutput, error) {
		l, ok := a.o.Releases.Service(in.Code)
		if !ok {
			return nil, problem(ctx, "not-found")
		}
		if in.Body.OnBehalf != nil {
			return a.submitFor(ctx, in, l)
		}
		person := caller(ctx)
		c, err := a.check(ctx, a.current(ctx, l), in.Body.Form)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		v, err := a.o.Book.Submit(ctx, application.Submission{
			Applicant: application.Person{ID: person.ID, Facts: person.Facts()},
			Service:   in.Code, Plan: l.PlanDigest, Form: c.form, Labels: c.labels, Language: ui.Language(ctx), Uploads: c.uploads, Key: in.key(),
		})
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &submitOutput{
			Location: Prefix + "applications/" + v.ID.String(),
			Body:     Submitted{v.ID, v.Reference, string(v.Status)},
		}, nil
	})
}

// submitFor applies for somebody else: their facts are read where the caller's would be, and the caller's capacity is proved first.
func (a *API) submitFor(ctx context.Context, in *submitInput, l *release.Live) (*submitOutput, error) {
	person, of := caller(ctx), in.Body.OnBehalf
	key := in.key()
	draft, err := a.o.Book.BeginOnBehalf(ctx, application.Person{ID: person.ID, Facts: person.Facts()}, in.Code, of.As,
		application.Principal{NationalNumber: of.NationalNumber, BirthDate: of.BirthDate}, ui.Language(ctx), key)
	switch {
	case errors.Is(err, application.ErrTooMany):
		return nil, problem(ctx, "too-many-forms")
	case errors.Is(err, application.ErrInvalid), errors.Is(err, application.ErrForbidden): // which of what was said is wrong is not told
		return nil, problem(ctx, "invalid", at(ctx, "/onBehalf", "not-them"))
	case err != nil:
		return nil, a.fail(ctx, err)
	}
	d, err := a.o.Book.Draft(ctx, person.ID, draft)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	s := a.current(ctx, l)
	s.facts, s.behalf = d.Applicant.Facts, d.Applicant.Behalf.Given()
	c, err := a.check(ctx, s, in.Body.Form)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	id, _, err := a.o.Book.SendDraft(ctx, person.ID, draft, application.Submission{
		Service: in.Code, Plan: l.PlanDigest, Form: c.form, Labels: c.labels, Language: ui.Language(ctx), Uploads: c.uploads,
	})
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	v, err := a.o.Book.ForApplicant(ctx, person.ID, id)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	return &submitOutput{Location: Prefix + "applications/" + id.String(), Body: Submitted{id, v.Reference, string(v.Status)}}, nil
}
