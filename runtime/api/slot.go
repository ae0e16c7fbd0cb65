package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
)

// appointmentTask is the kind of a task by which a time is booked, and bookAction what it is booked with.
const (
	appointmentTask = "appointment"
	bookAction      = "book"
)

// Slot is a time that can be booked now: send the act "book" with its id.
type Slot struct {
	ID       uuid.UUID `json:"id"`
	Place    string    `json:"place"`
	StartsAt time.Time `json:"startsAt"`
	EndsAt   time.Time `json:"endsAt"`
	Left     int       `json:"left" doc:"How many more it takes"`
}

// SlotList is the times of a task.
type SlotList struct {
	Items []Slot `json:"items"`
}

type slotsInput struct {
	ID   string `path:"id" maxLength:"64"`
	Task string `path:"task" maxLength:"64"`
}

func (a *API) slots(described huma.API) {
	op := a.operation(described, http.MethodGet, "applications/{id}/tasks/{task}/slots", "list-slots",
		"The times that the applicant can book for an appointment, the earliest first; at most 200")
	huma.Register(described, op, func(ctx context.Context, in *slotsInput) (*answer[SlotList], error) {
		id, err := uuid.Parse(in.ID)
		if err != nil {
			return nil, problem(ctx, "not-found")
		}
		v, err := a.o.Book.ForApplicant(ctx, caller(ctx).ID, id)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		i := slices.IndexFunc(v.Tasks, func(t application.Task) bool {
			return t.ID.String() == in.Task && t.Open() && t.Kind == appointmentTask
		})
		if i < 0 {
			return nil, problem(ctx, "not-found")
		}
		free, err := a.o.Appointments.Free(ctx, v.Service, v.Tasks[i].Node)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		out := SlotList{Items: []Slot{}}
		for _, s := range free {
			out.Items = append(out.Items, Slot(s))
		}
		return &answer[SlotList]{Body: out}, nil
	})
}
