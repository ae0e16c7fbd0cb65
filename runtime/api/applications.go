package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
)

// ApplicationLine is one line of the caller's own applications.
type ApplicationLine struct {
	ID          uuid.UUID  `json:"id"`
	Reference   string     `json:"reference"`
	Service     string     `json:"service"`
	Status      string     `json:"status" enum:"received,open,waiting,ended"`
	Step        string     `json:"step,omitempty"`
	Outcome     string     `json:"outcome"`
	Asked       bool       `json:"asked" doc:"A task waits for the applicant"`
	SubmittedAt time.Time  `json:"submittedAt"`
	EndedAt     *time.Time `json:"endedAt,omitempty"`
}

func (a *API) applications(described huma.API) {
	op := a.operation(described, http.MethodGet, "applications", "list-applications", "The caller's own applications, the newest first")
	huma.Register(described, op, func(ctx context.Context, in *Part) (*answer[Page[ApplicationLine]], error) {
		list, err := a.o.Book.ListForApplicant(ctx, caller(ctx).ID, in.page())
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return paged(list, func(s application.Summary) ApplicationLine {
			return ApplicationLine{s.ID, s.Reference, s.Service, string(s.Status), s.Step, s.Outcome, s.Asked != "", s.SubmittedAt, s.EndedAt}
		}), nil
	})
}

// QueueTask is an open task in an officer's queue; it holds no personal data.
type QueueTask struct {
	ID          uuid.UUID  `json:"id"`
	Application uuid.UUID  `json:"application"`
	Reference   string     `json:"reference"`
	Service     string     `json:"service"`
	Step        string     `json:"step"`
	Kind        string     `json:"kind"`
	Role        string     `json:"role" example:"transport:licensing-officer"`
	Actions     []string   `json:"actions"`
	Revision    int        `json:"revision"`
	OpenedAt    time.Time  `json:"openedAt"`
	DueAt       *time.Time `json:"dueAt,omitempty"`
	Overdue     bool       `json:"overdue"`
}

type tasksInput struct {
	Part
	Service string `query:"service" maxLength:"200"`
	Overdue bool   `query:"overdue" doc:"Only those"`
}

func (a *API) tasks(described huma.API) {
	op := a.operation(described, http.MethodGet, "tasks", "list-tasks", "The open tasks of the caller's roles: overdue ones first, then the oldest")
	huma.Register(described, op, func(ctx context.Context, in *tasksInput) (*answer[Page[QueueTask]], error) {
		filter := application.QueueFilter{Service: in.Service, Overdue: in.Overdue}
		list, err := a.o.Book.Queue(ctx, asOfficer(caller(ctx)), filter, in.page())
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return paged(list, func(q application.QueueItem) QueueTask {
			t := q.Task
			return QueueTask{t.ID, q.Application, q.Reference, q.Service, t.Step, t.Kind, t.Role, t.Actions, t.Revision, t.OpenedAt, t.DueAt, t.Overdue}
		}), nil
	})
}
