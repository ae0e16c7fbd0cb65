package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Quote is what an application would lead to now; it binds nobody.
type Quote struct {
	Lines    []FeeLine `json:"lines"`
	Total    Money     `json:"total"`
	Complete bool      `json:"complete" doc:"False where an officer decides before the first payment; the lines are then those of a decision in favour"`
	Refused  plan.Text `json:"refused,omitempty" doc:"Why the application would be refused as things are"`
}

func (a *API) quote(described huma.API) {
	op := a.operation(described, http.MethodPost, "services/{code}/quote", "quote", "What an application with this form would cost")
	op.Responses["200"] = response[Quote](described, "The fees up to the first payment")
	huma.Register(described, op, func(ctx context.Context, in *formInput) (*onceOutput, error) {
		body, err := json.Marshal(in.Body)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return a.once(ctx, in.Keyed, "quote "+in.Code, body, func(ctx context.Context) (int, any, error) {
			q, err := a.quoted(ctx, in)
			return http.StatusOK, q, err
		})
	})
}

func (a *API) quoted(ctx context.Context, in *formInput) (Quote, error) {
	l, ok := a.o.Releases.Service(in.Code)
	if !ok {
		return Quote{}, problem(ctx, "not-found")
	}
	c, err := a.check(ctx, a.current(ctx, l), in.Body.Form)
	if err != nil {
		return Quote{}, err
	}
	person := caller(ctx)
	q, err := a.o.Book.Quote(ctx, application.Person{ID: person.ID, Facts: person.Facts()}, in.Code, c.form)
	if err != nil {
		return Quote{}, err
	}
	out := Quote{Lines: feeLines(q.Lines, q.Currency, l.Texts), Total: money(q.Total, q.Currency), Complete: len(l.Plan.Fees) == 0 || !q.Assumed && (q.Kind == plan.Pay || q.Kind == plan.End)}
	if q.Reason != "" {
		out.Refused = l.Texts.Reasons[q.Reason]
	}
	return out, nil
}
