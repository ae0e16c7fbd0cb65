package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/workflows/plan"
)

// Asked is what somebody else's application asks of the caller, who was named in it by their national number. It holds nothing of that
// application but the words of its definition.
type Asked struct {
	Task      uuid.UUID     `json:"task"`
	Service   string        `json:"service"`
	Title     plan.Text     `json:"title"`
	Authority string        `json:"authority"`
	By        string        `json:"by,omitempty" doc:"Name of the applicant"`
	Open      bool          `json:"open"`
	Actions   []AskedAction `json:"actions"`
	Comment   []string      `json:"commentRequired,omitempty" doc:"Actions that need a comment"`
	Form      bool          `json:"form,omitempty" doc:"Whatever is answered comes with data"`
	Revision  int           `json:"revision"`
	AskedAt   time.Time     `json:"askedAt"`
	DueAt     *time.Time    `json:"dueAt,omitempty"`
	Answered  string        `json:"answered,omitempty" doc:"The action that the caller has answered with"`
}

// AskedAction is one answer that may be given.
type AskedAction struct {
	Action string    `json:"action"`
	Title  plan.Text `json:"title,omitempty"`
}

type askedInput struct {
	Task string `path:"task" maxLength:"64"`
}

// AskedReply is an answer.
type AskedReply struct {
	Action   string         `json:"action" minLength:"1" maxLength:"100"`
	Revision int            `json:"revision" doc:"The task's revision as it was read"`
	Data     map[string]any `json:"data,omitempty" doc:"What is filled in beside the answer, where form is true"`
	Comment  string         `json:"comment,omitempty" maxLength:"4000"`
}

type askedReplyInput struct {
	Keyed
	Task string `path:"task" maxLength:"64"`
	Body AskedReply
}

func (a *API) asks(described huma.API) {
	list := a.operation(described, http.MethodGet, "asked", "list-asked", "What others' applications ask of the caller: open ones first, at most a hundred")
	huma.Register(described, list, func(ctx context.Context, _ *struct{}) (*answer[Page[Asked]], error) {
		me := caller(ctx)
		all, err := a.o.Book.AskedOf(ctx, me.ID, me.NationalNumber)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return paged(application.Paged[application.Asked]{Items: all}, func(q application.Asked) Asked { return a.askedOf(&q) }), nil
	})
	one := a.operation(described, http.MethodGet, "asked/{task}", "get-asked", "One of them, or a task of the caller's own that asks for an answer")
	huma.Register(described, one, func(ctx context.Context, in *askedInput) (*answer[Asked], error) {
		q, err := a.askedTask(ctx, in.Task)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		return &answer[Asked]{Body: a.askedOf(q)}, nil
	})
	reply := a.operation(described, http.MethodPost, "asked/{task}/acts", "answer-asked", "Answer")
	reply.Responses["202"] = &huma.Response{Description: "Stored, and not yet delivered: read it again in a moment"}
	huma.Register(described, reply, a.reply)
}

func (a *API) askedTask(ctx context.Context, task string) (*application.Asked, error) {
	id, err := uuid.Parse(task)
	if err != nil {
		return nil, application.ErrNotFound
	}
	return a.o.Book.Asked(ctx, caller(ctx).ID, caller(ctx).NationalNumber, id)
}

func (a *API) askedOf(q *application.Asked) Asked {
	t := q.Task
	out := Asked{
		Task: t.ID, Service: q.Service, Authority: q.Authority, By: q.By, Open: t.Open() && q.Answer == nil && q.Status != application.Ended, Actions: []AskedAction{},
		Comment: t.Comment, Revision: t.Revision, AskedAt: t.OpenedAt, DueAt: t.DueAt,
	}
	texts, _ := a.o.Releases.Texts(q.Texts)
	if texts != nil {
		out.Title = texts.Steps[t.Step]
	}
	for _, action := range t.Actions {
		one := AskedAction{Action: action}
		if texts != nil {
			one.Title = texts.Decisions[t.Step+"/"+action]
		}
		out.Actions = append(out.Actions, one)
	}
	if pl, ok := a.o.Releases.Plan(q.Plan); ok {
		for i := range pl.Nodes {
			out.Form = out.Form || pl.Nodes[i].Key == t.Node && pl.Nodes[i].Own() != nil
		}
	}
	if q.Answer != nil {
		out.Answered = q.Answer.Action
	}
	return out
}

type askedReplyOutput struct {
	Status int
	Body   Asked
}

// reply takes an answer. A repeat of one that has closed its task gives what came of it.
func (a *API) reply(ctx context.Context, in *askedReplyInput) (*askedReplyOutput, error) {
	q, err := a.askedTask(ctx, in.Task)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	if len(in.Body.Comment) > mostComment {
		return nil, tooLong(ctx)
	}
	me := caller(ctx)
	actor := application.Actor{Person: me.ID, NationalNumber: me.NationalNumber, Kind: application.Party}
	if q.Own {
		actor.Kind = application.Applicant
	}
	request := application.ActRequest{Task: q.Task.ID, Action: in.Body.Action, Revision: in.Body.Revision, Comment: in.Body.Comment}
	own, err := a.o.Book.AskedForm(ctx, q)
	if err == nil && own != nil {
		var filled checked
		filled, err = a.filledIn(ctx, own, in.Body.Data)
		request.Data, request.Labels, request.Uploads = filled.form, filled.labels, filled.uploads
	}
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	came, err := a.o.Book.Act(ctx, actor, q.Application, request, in.key())
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	if came.Code != "" {
		return nil, refusal(ctx, came.Code)
	}
	if q, err = a.askedTask(ctx, in.Task); err != nil {
		return nil, a.fail(ctx, err)
	}
	out := &askedReplyOutput{Status: http.StatusOK, Body: a.askedOf(q)}
	if came.Pending {
		out.Status = http.StatusAccepted
	}
	return out, nil
}

// filledIn validates what is filled in beside an answer.
func (a *API) filledIn(ctx context.Context, own *application.OwnForm, data map[string]any) (checked, error) {
	if data == nil {
		return checked{}, problem(ctx, "invalid", at(ctx, "/data", "required"))
	}
	with := own.With
	with.Upload = a.uploaded(ctx, uuid.Nil)
	return a.judge(ctx, own.Form, with, own.Texts, data)
}
