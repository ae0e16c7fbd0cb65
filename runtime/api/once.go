package api

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// onceOutput is an answer that may be an earlier one.
type onceOutput struct {
	Status int
	Body   any
}

// once gives what do answers, and to a repeat with the same key the same again. Without a key every request is a new one.
func (a *API) once(ctx context.Context, k Keyed, route string, body []byte, do func(context.Context) (int, any, error)) (*onceOutput, error) {
	if k.Key == "" {
		status, out, err := do(ctx)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &onceOutput{status, out}, nil
	}
	status, out, err := a.o.Book.Once(ctx, caller(ctx).ID.String(), k.Key, route, body, func(ctx context.Context) (int, []byte, error) {
		status, out, err := do(ctx)
		if err != nil {
			return 0, nil, err
		}
		b, err := json.Marshal(out)
		return status, b, err
	})
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	return &onceOutput{status, json.RawMessage(out)}, nil
}

// response describes a body that the operation's own type does not.
func response[T any](described huma.API, description string) *huma.Response {
	return &huma.Response{Description: description, Content: map[string]*huma.MediaType{
		"application/json": {Schema: described.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")},
	}}
}
