package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/document"
	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// Problem is an error as RFC 9457 writes it. Type is urn:diwan:problem: and a stable code; Title and Detail are for people, in the language
// of the request.
type Problem struct {
	Type   string         `json:"type" doc:"urn:diwan:problem: and a stable code" example:"urn:diwan:problem:closed"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail"`
	Errors []FieldProblem `json:"errors,omitempty" doc:"What is wrong, place by place; with status 422"`

	headers http.Header
}

// FieldProblem is what is wrong at one place. Values are never repeated.
type FieldProblem struct {
	Path    string `json:"path" doc:"JSON pointer within the form, or within the body where the form is not meant" example:"/licenceNumber"`
	Code    string `json:"code" doc:"Stable code" example:"pattern"`
	Message string `json:"message" doc:"In the language of Accept-Language"`
}

// Error is the detail.
func (p *Problem) Error() string { return p.Detail }

// GetStatus is the status of the answer.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are headers that the answer needs.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType is that of a problem.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func problem(ctx context.Context, code string, at ...FieldProblem) *Problem {
	s := sentences[code]
	words := s.in(ui.Language(ctx))
	p := &Problem{Type: "urn:diwan:problem:" + code, Title: words.title, Status: s.status, Detail: words.detail, Errors: at}
	switch code {
	case "unauthorized":
		p.headers = http.Header{"Www-Authenticate": {`Bearer realm="diwan"`}}
	case "underway", "unavailable":
		p.headers = http.Header{"Retry-After": {"1"}}
	}
	return p
}

// at is a FieldProblem in the API's own words.
func at(ctx context.Context, path, code string) FieldProblem {
	return FieldProblem{Path: path, Code: code, Message: messages[code].in(ui.Language(ctx))}
}

// fail turns an error of a capability into a problem. What is not foreseen is logged, and answered without its words.
func (a *API) fail(ctx context.Context, err error) error {
	var made *Problem
	var refusal document.Refusal
	switch {
	case errors.As(err, &made):
		return made
	case errors.Is(err, application.ErrNotFound), errors.Is(err, document.ErrNotFound), errors.Is(err, right.ErrNotFound):
		return problem(ctx, "not-found")
	case errors.Is(err, document.ErrTooLarge):
		return problem(ctx, "too-large")
	case errors.Is(err, document.ErrTooMany):
		return problem(ctx, "too-many-uploads")
	case errors.Is(err, document.ErrEmpty):
		return problem(ctx, "invalid", at(ctx, "/file", "file-empty"))
	case errors.As(err, &refusal):
		return problem(ctx, "invalid", at(ctx, "/file", "file-"+string(refusal)))
	case errors.Is(err, document.ErrUnclean):
		return problem(ctx, "invalid", at(ctx, "/file", "file-unclean"))
	case errors.Is(err, application.ErrKeyReused):
		return problem(ctx, "key-reused")
	case errors.Is(err, application.ErrUnderway):
		return problem(ctx, "underway")
	case errors.Is(err, application.ErrNotOpen):
		return problem(ctx, "not-open")
	case errors.Is(err, application.ErrInvalid):
		return problem(ctx, "invalid")
	case errors.Is(err, application.ErrUnavailable):
		a.o.Log.WarnContext(ctx, "api: unavailable", "error", err)
		return problem(ctx, "unavailable")
	}
	a.o.Log.ErrorContext(ctx, "api: request failed", "error", err)
	return problem(ctx, "internal")
}

// transform writes what huma itself refuses in the same way as everything else.
func transform(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	c := ctx.Context()
	switch m.Status {
	case http.StatusRequestEntityTooLarge:
		return problem(c, "too-large"), nil
	case http.StatusUnsupportedMediaType:
		return problem(c, "media-type"), nil
	case http.StatusUnprocessableEntity:
		p := problem(c, "invalid")
		for _, e := range m.Errors {
			p.Errors = append(p.Errors, refused(c, e))
		}
		return p, nil
	case http.StatusBadRequest, http.StatusRequestTimeout:
		return problem(c, "bad-request"), nil
	}
	return problem(c, "internal"), nil
}

// refused is one finding of huma's validation. It says place and reason in English words; the reason becomes a code, the value is left out.
func refused(ctx context.Context, e *huma.ErrorDetail) FieldProblem {
	path := strings.TrimPrefix(strings.TrimPrefix(e.Location, "body"), ".")
	code := "type"
	const before, after = "expected required property ", " to be present"
	switch {
	case strings.HasPrefix(e.Message, "unexpected property"):
		code = "unknown-field"
	case strings.HasPrefix(e.Message, before):
		code = "required"
		path = strings.TrimPrefix(path+"."+strings.TrimSuffix(strings.TrimPrefix(e.Message, before), after), ".")
	case strings.HasPrefix(e.Message, "required "):
		code = "required"
	}
	return at(ctx, "/"+strings.NewReplacer("~", "~0", "/", "~1", ".", "/", "[", "/", "]", "").Replace(path), code)
}
