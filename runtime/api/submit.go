package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
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

type submitOutput struct {
	Location string `header:"Location"`
	Body     Submitted
}

func (a *API) submit(described huma.API) {
	op := a.operation(described, http.MethodPost, "services/{code}/applications", "submit", "Apply for a service")
	op.DefaultStatus = http.StatusCreated
	huma.Register(described, op, func(ctx context.Context, in *formInput) (*submitOutput, error) {
		l, ok := a.o.Releases.Service(in.Code)
		if !ok {
			return nil, problem(ctx, "not-found")
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
