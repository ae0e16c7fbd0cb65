package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/diwan-gov/diwan/runtime/audit"
	"github.com/diwan-gov/diwan/runtime/delivery"
)

// carrierRole is the capacity of a carrier's system, before the authority whose papers it brings: carrier:transport.
const carrierRole = "carrier"

// TrackedItem is what happened to a postal item.
type TrackedItem struct {
	Item  string    `json:"item" doc:"Number of the item by UPU S10, with its check digit" example:"RR473124829GB"`
	Event string    `json:"event" doc:"posted, underway, attempted, delivered, returned, lost, or a code of the UPU's EMSEVT such as EMI" example:"delivered"`
	At    time.Time `json:"at" doc:"When it happened"`
}

// TrackedItems is what a carrier tells at once.
type TrackedItems struct {
	Events []TrackedItem `json:"events" minItems:"1" maxItems:"5000"`
}

// TakenItems is what is answered.
type TakenItems struct {
	Taken int `json:"taken" doc:"How many events; those that were told before are counted too"`
}

type trackingInput struct{ Body TrackedItems }
type trackingOutput struct{ Body TakenItems }

// tracking takes what a carrier tells of papers that go by post.
func (a *API) tracking(described huma.API) {
	op := a.operation(described, http.MethodPost, "tracking", "tell-tracking", "Tell where papers are that go by post")
	op.Description = "For the systems of carriers, whose token holds carrier:AUTHORITY. All of it is taken or nothing: errors say which events cannot be. The same event again changes " +
		"nothing, and an earlier one never turns back what happened later."
	huma.Register(described, op, func(ctx context.Context, in *trackingInput) (*trackingOutput, error) {
		var authorities []string
		for _, c := range caller(ctx).Capacities {
			if role, authority, ok := strings.Cut(c, ":"); ok && role == carrierRole {
				authorities = append(authorities, authority)
			}
		}
		if len(authorities) == 0 {
			return nil, problem(ctx, "tracking-forbidden")
		}
		for _, authority := range authorities {
			err := a.o.Audit(ctx, audit.Entry{Authority: authority, Actor: caller(ctx).ID.String(), Action: "post-tracked", Subject: caller(ctx).ID.String(),
				Detail: map[string]string{"events": strconv.Itoa(len(in.Body.Events))}})
			if err != nil {
				return nil, a.fail(ctx, err)
			}
		}
		told := make([]delivery.Tracked, len(in.Body.Events))
		for i, e := range in.Body.Events {
			told[i] = delivery.Tracked(e)
		}
		wrong, err := a.o.Delivery.Track(ctx, authorities, told, caller(ctx).ID)
		if errors.Is(err, delivery.ErrTracking) {
			return nil, problem(ctx, "bad-request")
		}
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		var errs []FieldProblem
		for _, w := range wrong {
			errs = append(errs, at(ctx, "/events/"+strconv.Itoa(w.Row-1)+"/"+part(w.What), "item-"+w.What))
		}
		if len(errs) > 0 {
			return nil, problem(ctx, "invalid", errs...)
		}
		return &trackingOutput{TakenItems{len(told)}}, nil
	})
}

// part is the member of an event at which something is wrong.
func part(what string) string {
	switch what {
	case "event":
		return "event"
	case "time":
		return "at"
	}
	return "item"
}
