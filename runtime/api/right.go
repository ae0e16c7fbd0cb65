package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/diwan-gov/diwan/runtime/right"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Right is a permit, a licence or a benefit.
type Right struct {
	Number     string                     `json:"number" example:"RS-2026-000001"`
	Code       string                     `json:"code" doc:"Which right it is"`
	Title      plan.Text                  `json:"title"`
	Authority  string                     `json:"authority"`
	Status     string                     `json:"status" enum:"valid,suspended,replaced,revoked,expired" doc:"As it stands today"`
	GrantedOn  string                     `json:"grantedOn" format:"date"`
	ValidUntil string                     `json:"validUntil,omitempty" format:"date" doc:"Its last day; without one it has no end"`
	Terms      map[string]json.RawMessage `json:"terms,omitempty" doc:"What it says, by name"`
	Reminder   plan.Text                  `json:"reminder,omitempty" doc:"What the holder is told now that the end is near"`
}

// RightList is what the caller holds.
type RightList struct {
	Items []Right `json:"items"`
}

func (a *API) rights(described huma.API) {
	op := a.operation(described, http.MethodGet, "rights", "list-rights", "What the caller holds: permits, licences and benefits, those that hold first")
	huma.Register(described, op, func(ctx context.Context, _ *struct{}) (*answer[RightList], error) {
		me := caller(ctx)
		list, err := a.o.Rights.OfHolder(ctx, me.ID, me.NationalNumber)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		out := RightList{Items: []Right{}}
		for i := range list {
			out.Items = append(out.Items, rightOf(&list[i]))
		}
		return &answer[RightList]{Body: out}, nil
	})
}

type rightInput struct {
	Number string `path:"number" maxLength:"60"`
}

func (a *API) right(described huma.API) {
	op := a.operation(described, http.MethodGet, "rights/{number}", "check-right", "What anybody may know of a right whose number they have: never the holder")
	huma.Register(described, op, func(ctx context.Context, in *rightInput) (*answer[Right], error) {
		e, err := a.o.Rights.Public(ctx, in.Number)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &answer[Right]{Body: rightOf(&e)}, nil
	})
}

func rightOf(e *right.Entry) Right {
	out := Right{Number: e.Number, Code: e.Code, Title: e.Title, Authority: e.Authority, Status: e.Status, GrantedOn: e.GrantedOn, ValidUntil: e.ValidUntil, Reminder: e.Reminder}
	for _, t := range e.Terms {
		if out.Terms == nil {
			out.Terms = map[string]json.RawMessage{}
		}
		out.Terms[t.Name] = t.Value
	}
	return out
}
