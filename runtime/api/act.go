package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
)

// Words of the machine that are looked at here.
const (
	applicantRole = string(application.Applicant)
	correctTask   = "correct"
	submitAction  = "submit"
)

// mostComment is what the book takes, in bytes: half as many Arabic letters.
const mostComment = 4000

func tooLong(ctx context.Context) *Problem {
	return problem(ctx, "invalid", at(ctx, "/comment", "comment-too-long"))
}

// Act is one thing that the caller does to an application.
type Act struct {
	Task     string         `json:"task,omitempty" doc:"id of a task; left out for withdraw and what else anytime names" maxLength:"64"`
	Action   string         `json:"action" minLength:"1" maxLength:"100" doc:"One of the task's actions, submit for a correction, withdraw, or what anytime names; of an officer also claim (nobody else decides on the task for a day), release, and recuse (the caller must not decide on the application; the comment says why)"`
	Revision int            `json:"revision,omitempty" doc:"The task's revision as it was read"`
	Data     map[string]any `json:"data,omitempty" doc:"The corrected form, whole, for submit; or what a task with fields asks for"`
	Comment  string         `json:"comment,omitempty" maxLength:"4000"`
	Slot     string         `json:"slot,omitempty" maxLength:"64" doc:"id of the time that is booked, for the action book; also while officers expect the applicant, to change it"`
}

type actInput struct {
	Keyed
	ID   string `path:"id" maxLength:"64"`
	Body Act
}

type actOutput struct {
	Status int
	Body   Application
}

func (a *API) act(described huma.API) {
	op := a.operation(described, http.MethodPost, "applications/{id}/acts", "act", "Decide, correct or withdraw")
	op.Responses["202"] = &huma.Response{Description: "Stored, and not yet delivered: read the application again in a moment"}
	huma.Register(described, op, func(ctx context.Context, in *actInput) (*actOutput, error) {
		id, err := uuid.Parse(in.ID)
		if err != nil {
			return nil, problem(ctx, "not-found")
		}
		v, as, err := a.view(ctx, id)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		actor, request, err := a.actRequest(ctx, v, as, in.Body)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		if actor.Kind == application.Officer {
			if err := a.o.Audit(ctx, entry(caller(ctx), "act", v, map[string]string{"task": in.Body.Task, "action": in.Body.Action})); err != nil {
				return nil, a.fail(ctx, err)
			}
		}
		if actor.Kind == application.Officer && slices.Contains(handling, request.Action) {
			return a.handled(ctx, actor, id, request)
		}
		came, err := a.o.Book.Act(ctx, actor, id, request, in.key())
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		if came.Code != "" {
			return nil, refusal(ctx, came.Code)
		}
		if v, as, err = a.view(ctx, id); err != nil {
			return nil, a.fail(ctx, err)
		}
		body, err := a.shown(ctx, v, as)
		if err != nil {
			return nil, err
		}
		out := &actOutput{Status: http.StatusOK, Body: body.Body}
		if came.Pending {
			out.Status = http.StatusAccepted
		}
		return out, nil
	})
}

// handling is what an officer does about a task without deciding on it. Doing it again changes nothing, so it needs no key.
var handling = []string{application.Claim, application.Release, application.Recuse}

func (a *API) handled(ctx context.Context, actor application.Actor, id uuid.UUID, r application.ActRequest) (*actOutput, error) {
	code, err := a.o.Book.Handle(ctx, actor, id, r.Task, r.Action, r.Comment)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	if code != "" {
		return nil, refusal(ctx, code)
	}
	v, as, err := a.view(ctx, id)
	if err != nil {
		return nil, a.fail(ctx, err)
	}
	body, err := a.shown(ctx, v, as)
	if err != nil {
		return nil, err
	}
	return &actOutput{Status: http.StatusOK, Body: body.Body}, nil
}

// actRequest says in which role the caller acts, and validates a correction. Whether the act may and fits is for the book to say, also for
// a repeat of one that has closed its task.
func (a *API) actRequest(ctx context.Context, v *application.View, as role, b Act) (application.Actor, application.ActRequest, error) {
	person := caller(ctx)
	actor := asOfficer(person)
	if len(b.Comment) > mostComment {
		return actor, application.ActRequest{}, tooLong(ctx)
	}
	actor.Kind = application.Applicant
	r := application.ActRequest{Action: b.Action, Revision: b.Revision, Comment: b.Comment}
	if b.Task == "" {
		if slices.Contains(v.Anytime, b.Action) {
			if as.officer {
				actor.Kind = application.Officer
			}
			return actor, r, nil
		}
		if b.Action != application.Withdraw {
			return actor, r, problem(ctx, "invalid", at(ctx, "/task", "no-task"))
		}
		if !as.applicant {
			return actor, r, problem(ctx, "forbidden")
		}
		return actor, r, nil
	}
	task, err := uuid.Parse(b.Task)
	i := slices.IndexFunc(v.Tasks, func(t application.Task) bool { return t.ID == task })
	if err != nil || i < 0 {
		return actor, r, application.ErrNotFound
	}
	r.Task = task
	t := v.Tasks[i]
	if as.officer && (!as.applicant || t.Role != applicantRole) {
		actor.Kind = application.Officer
	}
	if b.Action == bookAction && t.Kind == appointmentTask {
		if r.Slot, err = uuid.Parse(b.Slot); err != nil {
			return actor, r, problem(ctx, "invalid", at(ctx, "/slot", "required"))
		}
		if as.applicant {
			actor.Kind = application.Applicant
		}
		return actor, r, nil
	}
	if actor.Kind == application.Officer && slices.Contains(handling, b.Action) {
		return actor, r, nil
	}
	corrects := t.Kind == correctTask && b.Action == submitAction && actor.Kind == application.Applicant
	if !corrects && !(t.Form && mine(person, t, as)) {
		return actor, r, nil
	}
	if b.Data == nil {
		return actor, r, problem(ctx, "invalid", at(ctx, "/data", "required"))
	}
	var filled checked
	if corrects {
		filled, err = a.correction(ctx, v, t, b.Data)
	} else {
		filled, err = a.beside(ctx, v, t, b.Data)
	}
	r.Data, r.Labels, r.Uploads = filled.form, filled.labels, filled.uploads
	return actor, r, err
}

// beside validates what is filled in beside a decision.
func (a *API) beside(ctx context.Context, v *application.View, t application.Task, data map[string]any) (checked, error) {
	own, err := a.own(ctx, v, t)
	if err != nil {
		return checked{}, err
	}
	return a.judge(ctx, own.Form, own.With, own.Texts, data)
}

// own opens the own form of a task for the caller; application.ErrNotFound where it has none.
func (a *API) own(ctx context.Context, v *application.View, t application.Task) (*application.OwnForm, error) {
	own, err := a.o.Book.OwnForm(ctx, v, t)
	if err != nil {
		return nil, err
	}
	if own == nil {
		return nil, application.ErrNotFound
	}
	own.With.Upload = a.uploaded(ctx, uuid.Nil)
	return own, nil
}

// correction validates a corrected form against the plan that the application is pinned to.
func (a *API) correction(ctx context.Context, v *application.View, t application.Task, data map[string]any) (checked, error) {
	texts, ok := a.o.Releases.Texts(v.Texts)
	pl, known := a.o.Releases.Plan(v.Plan)
	if !ok || !known {
		return checked{}, application.ErrUnavailable
	}
	out, err := a.check(ctx, subject{plan: pl, digest: v.Plan, texts: texts, facts: v.Facts, at: v.SubmittedAt, sent: true, of: v.ID, behalf: v.Behalf}, data)
	if err != nil {
		return out, err
	}
	var frozen []FieldProblem
	for _, path := range t.Frozen {
		code := strings.TrimPrefix(path, "form.")
		before, _ := json.Marshal(v.Form[code]) // both came from JSON
		after, _ := json.Marshal(out.form[code])
		if !bytes.Equal(before, after) {
			frozen = append(frozen, at(ctx, "/"+code, "frozen"))
		}
	}
	if frozen != nil {
		return out, problem(ctx, "frozen", frozen...)
	}
	return out, nil
}

// refusal is the problem of an act that changed nothing.
func refusal(ctx context.Context, code string) *Problem {
	switch code {
	case "comment-required":
		return problem(ctx, code, at(ctx, "/comment", code))
	case "unknown-action":
		return problem(ctx, code, at(ctx, "/action", code))
	case "closed", "revision", "ended", "forbidden", "own-application", "same-officer", "voted", "too-early", "frozen", "being-undone", "suspended", "recused", "claimed", "panel", application.SlotTaken:
		return problem(ctx, code)
	}
	return problem(ctx, "invalid")
}

// asOfficer is the caller with the roles that they hold.
func asOfficer(p *identity.Person) application.Actor {
	return application.Actor{Person: p.ID, Capacities: p.Capacities, Delegated: p.Delegated, NationalNumber: p.NationalNumber, Kind: application.Officer}
}

// mine tells whether the caller may act on a task.
func mine(p *identity.Person, t application.Task, as role) bool {
	if t.Role == applicantRole {
		return as.applicant
	}
	return as.officer && slices.Contains(p.Capacities, t.Role)
}
