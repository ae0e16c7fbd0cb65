package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/diwan-gov/diwan/catalog/diag"
	"github.com/diwan-gov/diwan/catalog/explain"
	"github.com/diwan-gov/diwan/runtime/change"
	"github.com/diwan-gov/diwan/runtime/ui"
)

// Catalogue is a release as a folder takes it.
type Catalogue struct {
	Release int64             `json:"release"`
	Files   map[string]string `json:"files" doc:"Contents by path"`
}

// ProposedChange is what somebody has changed in a folder that was made from a release.
type ProposedChange struct {
	Authority string             `json:"authority" minLength:"1" maxLength:"100" doc:"Whose services it changes; the caller is an analyst of it (AUTHORITY:catalogue-analyst)"`
	Title     string             `json:"title" minLength:"1" maxLength:"200"`
	Reason    string             `json:"reason" minLength:"1" maxLength:"4000" doc:"Why"`
	Basis     string             `json:"basis,omitempty" maxLength:"4000" doc:"The law or decision on which it rests"`
	LiveFrom  *time.Time         `json:"liveFrom,omitempty" doc:"When it is to go live; as soon as it is approved where nothing is said"`
	Release   int64              `json:"release" doc:"From which the folder was made"`
	Files     map[string]*string `json:"files" doc:"Contents of the files that differ from it, by path; null where one is gone"`
}

// Change is a change of the catalogue.
type Change struct {
	Number      int64      `json:"number"`
	Title       string     `json:"title"`
	Reason      string     `json:"reason"`
	Basis       string     `json:"basis,omitempty"`
	Authority   string     `json:"authority"`
	Status      string     `json:"status" enum:"draft,proposed,returned,approved,refused,withdrawn"`
	LiveFrom    *time.Time `json:"liveFrom,omitempty"`
	ProposedAt  *time.Time `json:"proposedAt,omitempty"`
	EndedAt     *time.Time `json:"endedAt,omitempty"`
	Application string     `json:"application,omitempty" doc:"Of the service by which it goes, for its author and its reviewers"`
	Files       []string   `json:"files" doc:"That differ from the release on which it rests"`
	Checks      *Checks    `json:"checks,omitempty" doc:"What was found when it was proposed last; not in lists"`
	Page        string     `json:"page" doc:"Where it is looked at and edited"`
}

// Checks are what was found when a change was proposed: they decide who must look at it.
type Checks struct {
	Services  []string `json:"services" doc:"That change, or use what changes"`
	Fees      bool     `json:"fees" doc:"What people pay changes"`
	Rules     bool     `json:"rules" doc:"Who may, until when, or what happens changes"`
	Data      bool     `json:"data" doc:"A field is added"`
	Texts     bool     `json:"texts" doc:"A text is missing in a language"`
	Warnings  int      `json:"warnings"`
	Scenarios int      `json:"scenarios" doc:"That were run; all came out as they say"`
	Reached   int      `json:"reached" doc:"Points of the definitions that scenarios reach"`
	Points    int      `json:"points"`
	Past      []Past   `json:"past,omitempty" doc:"Of services of which fees change"`
	Replays   []Replay `json:"replays,omitempty" doc:"Of services whose plan changes and that somebody has applied for"`
}

// Replay is what would become of the applications of the last year.
type Replay struct {
	Service   string     `json:"service"`
	Looked    int        `json:"looked" doc:"Applications that were taken through the proposed plan as they were lived through"`
	Unknown   int        `json:"unknown" doc:"Of which nothing can be said, such as those that were moved from plan to plan"`
	Left      int        `json:"left" doc:"Older ones that were not looked at"`
	Same      int        `json:"same" doc:"Would go the same way"`
	Partings  []Parting  `json:"partings,omitempty" doc:"Where the others part from it, the most frequent first"`
	Open      int        `json:"open" doc:"That have not ended"`
	Movable   int        `json:"movable" doc:"Of them, could be moved to the proposed plan"`
	Obstacles []Obstacle `json:"obstacles,omitempty" doc:"Why the others could not"`
}

// Parting is where applications would go another way.
type Parting struct {
	Code  string `json:"code" doc:"not-begun, not-asked, not-there, not-taken, ends-before, ends-as, still-waits, waits-other, finds-no-way or never-settles"`
	Step  string `json:"step,omitempty" doc:"Where"`
	To    string `json:"to,omitempty" doc:"What comes in its place: a step, an outcome or a refusal"`
	Was   string `json:"was,omitempty" doc:"Outcome with which they ended"`
	Count int    `json:"count"`
}

// Obstacle is why open applications could not be moved.
type Obstacle struct {
	Code  string `json:"code"`
	At    string `json:"at,omitempty"`
	Count int    `json:"count"`
}

// Past is what the applications of the last year would have cost.
type Past struct {
	Service  string `json:"service"`
	Looked   int    `json:"looked" doc:"Applications that were worked out"`
	Unknown  int    `json:"unknown" doc:"That could not be: something is asked that was not asked then"`
	Left     int    `json:"left" doc:"Older ones that were not looked at"`
	Less     int    `json:"less" doc:"Would have cost less"`
	More     int    `json:"more" doc:"Would have cost more"`
	Before   int64  `json:"before" doc:"In minor units, by what is live"`
	After    int64  `json:"after" doc:"In minor units, by what is proposed"`
	Currency string `json:"currency"`
}

// Publication is when a release went, or is to go, live.
type Publication struct {
	Release  int64     `json:"release"`
	Digest   string    `json:"digest"`
	LiveFrom time.Time `json:"liveFrom"`
	Way      string    `json:"way" enum:"folder,change,rollback"`
	By       string    `json:"by"`
	Reason   string    `json:"reason,omitempty"`
	Live     bool      `json:"live" doc:"It is what citizens get now"`
}

// Rollback makes an earlier release live again.
type Rollback struct {
	Release int64  `json:"release"`
	Reason  string `json:"reason" minLength:"1" maxLength:"4000"`
}

// mostChange is how many bytes of files one change brings.
const mostChange = 64 << 20

type (
	catalogueInput struct {
		Release int64 `query:"release" minimum:"0" doc:"The live one where nothing is said"`
	}
	proposeInput struct{ Body ProposedChange }
	numberInput  struct {
		Number int64 `path:"number" minimum:"1"`
	}
	rollbackInput struct{ Body Rollback }
	listInput     struct {
		Before int64 `query:"before" minimum:"0" doc:"Numbers below"`
	}
)

// changes are how ministries that keep their definitions in folders of their own take the catalogue out and bring changes in.
func (a *API) changes(described huma.API) {
	op := a.operation(described, http.MethodGet, "catalogue", "get-catalogue", "The definitions of a release, file by file")
	op.Description = "For analysts and reviewers of any authority. diwan pull writes them into a folder."
	huma.Register(described, op, func(ctx context.Context, in *catalogueInput) (*answer[Catalogue], error) {
		if !change.IsReader(caller(ctx)) {
			return nil, problem(ctx, "change-forbidden")
		}
		out, err := a.o.Changes.Pull(ctx, in.Release)
		if err != nil {
			return nil, a.changeProblem(ctx, err)
		}
		return &answer[Catalogue]{Catalogue{out.Release, out.Files}}, nil
	})

	op = a.operation(described, http.MethodPost, "changes", "propose-change", "Propose a change of the catalogue")
	op.Description = "For analysts. What was released since the folder was made is joined with it, by meaning; where both have changed the same place, nothing is done and the errors say where. " +
		"The checker and the scenarios run; with errors there is a draft, which its page shows, and no proposal."
	op.MaxBodyBytes, op.DefaultStatus = mostChange, http.StatusCreated
	huma.Register(described, op, func(ctx context.Context, in *proposeInput) (*answer[Change], error) {
		b := in.Body
		w := change.Words{Title: b.Title, Reason: b.Reason, Basis: b.Basis}
		if b.LiveFrom != nil {
			w.LiveFrom = *b.LiveFrom
		}
		ch, err := a.o.Changes.Take(ctx, caller(ctx), change.Taken{Words: w, Authority: b.Authority, Base: b.Release, Files: b.Files})
		if err == nil {
			_, err = a.o.Changes.Propose(ctx, caller(ctx), ch.Number)
		}
		if err != nil {
			return nil, a.changeProblem(ctx, err)
		}
		return a.oneChange(ctx, ch.Number)
	})

	op = a.operation(described, http.MethodGet, "changes", "list-changes", "Changes of the catalogue, the newest first, fifty at most")
	huma.Register(described, op, func(ctx context.Context, in *listInput) (*answer[Page[Change]], error) {
		if !change.IsReader(caller(ctx)) {
			return nil, problem(ctx, "change-forbidden")
		}
		list, err := a.o.Changes.List(ctx, change.Filter{Before: in.Before})
		if err != nil {
			return nil, a.changeProblem(ctx, err)
		}
		out := Page[Change]{Items: []Change{}}
		for _, ch := range list {
			out.Items = append(out.Items, a.changeOf(ch))
		}
		return &answer[Page[Change]]{out}, nil
	})

	op = a.operation(described, http.MethodGet, "changes/{number}", "get-change", "One change")
	huma.Register(described, op, func(ctx context.Context, in *numberInput) (*answer[Change], error) {
		return a.oneChange(ctx, in.Number)
	})

	op = a.operation(described, http.MethodPost, "changes/{number}/proposal", "propose-again", "Propose a draft, or one that was sent back, as it stands")
	huma.Register(described, op, func(ctx context.Context, in *numberInput) (*answer[Change], error) {
		if _, err := a.o.Changes.Propose(ctx, caller(ctx), in.Number); err != nil {
			return nil, a.changeProblem(ctx, err)
		}
		return a.oneChange(ctx, in.Number)
	})

	op = a.operation(described, http.MethodPost, "changes/{number}/withdrawal", "withdraw-change", "Withdraw a draft or a proposal")
	huma.Register(described, op, func(ctx context.Context, in *numberInput) (*answer[Change], error) {
		if err := a.o.Changes.Withdraw(ctx, caller(ctx), in.Number); err != nil {
			return nil, a.changeProblem(ctx, err)
		}
		return a.oneChange(ctx, in.Number)
	})

	op = a.operation(described, http.MethodGet, "releases", "list-releases", "What is to go live, is live and was, the newest first, fifty at most")
	huma.Register(described, op, func(ctx context.Context, _ *struct{}) (*answer[Page[Publication]], error) {
		if !change.IsReader(caller(ctx)) && !operates(ctx) {
			return nil, problem(ctx, "change-forbidden")
		}
		list, err := a.o.Changes.History(ctx)
		if err != nil {
			return nil, a.changeProblem(ctx, err)
		}
		out, now, live := Page[Publication]{Items: []Publication{}}, a.o.Now(), false
		for _, h := range list {
			is := !live && !h.LiveFrom.After(now)
			live = live || is
			out.Items = append(out.Items, Publication{h.ID, h.Digest, h.LiveFrom, string(h.Way), h.Actor, h.Reason, is})
		}
		return &answer[Page[Publication]]{out}, nil
	})

	op = a.operation(described, http.MethodPost, "releases/rollback", "rollback", "Make an earlier release live again, at once and for everybody")
	op.Description = "For operators of the platform. Open applications stay on their plans. While another release waits for its moment it is refused: that one rests on what is live."
	huma.Register(described, op, func(ctx context.Context, in *rollbackInput) (*answer[Publication], error) {
		if !operates(ctx) {
			return nil, problem(ctx, "change-forbidden")
		}
		h, err := a.o.Changes.Rollback(ctx, caller(ctx).ID, in.Body.Release, in.Body.Reason)
		if err != nil {
			return nil, a.changeProblem(ctx, err)
		}
		return &answer[Publication]{Publication{h.ID, h.Digest, h.LiveFrom, string(h.Way), h.Actor, h.Reason, true}}, nil
	})
}

// operates tells whether an operator of the platform asks.
func operates(ctx context.Context) bool {
	return slices.Contains(caller(ctx).Capacities, change.Platform+":operator")
}

func (a *API) oneChange(ctx context.Context, number int64) (*answer[Change], error) {
	if !change.IsReader(caller(ctx)) {
		return nil, problem(ctx, "change-forbidden")
	}
	ch, err := a.o.Changes.Find(ctx, number)
	if err != nil {
		return nil, a.changeProblem(ctx, err)
	}
	out := a.changeOf(ch)
	all, err := a.o.Changes.Proposals(ctx, number)
	if err != nil {
		return nil, a.changeProblem(ctx, err)
	}
	if len(all) > 0 {
		c := all[0].Checks
		out.Checks = &Checks{Services: c.Services, Fees: c.Fees, Rules: c.Rules, Data: c.Data, Texts: c.Texts, Warnings: c.Warnings, Scenarios: c.Scenarios, Reached: c.Reached, Points: c.Points}
		for _, p := range c.Past {
			out.Checks.Past = append(out.Checks.Past, Past(p))
		}
		for _, r := range c.Replays {
			out.Checks.Replays = append(out.Checks.Replays, replayOf(r))
		}
	}
	return &answer[Change]{out}, nil
}

func replayOf(r change.Replay) Replay {
	out := Replay{Service: r.Service, Looked: r.Looked, Unknown: r.Unknown, Left: r.Left, Same: r.Same, Open: r.Open, Movable: r.Movable}
	for _, p := range r.Partings {
		out.Partings = append(out.Partings, Parting(p))
	}
	for _, o := range r.Obstacles {
		out.Obstacles = append(out.Obstacles, Obstacle(o))
	}
	return out
}

func (a *API) changeOf(ch *change.Change) Change {
	out := Change{Number: ch.Number, Title: ch.Words.Title, Reason: ch.Words.Reason, Basis: ch.Words.Basis, Authority: ch.Authority, Status: string(ch.Status),
		LiveFrom: given(ch.Words.LiveFrom), ProposedAt: given(ch.ProposedAt), EndedAt: given(ch.EndedAt), Files: ch.Files,
		Page: fmt.Sprintf("%s/designer/changes/%d", a.o.PublicURL, ch.Number)}
	if !ch.ProposedAt.IsZero() {
		out.Application = ch.Application.String()
	}
	return out
}

func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// mostFindings is how many findings one answer holds.
const mostFindings = 50

func (a *API) changeProblem(ctx context.Context, err error) error {
	var moved *change.Moved
	var broken *change.Broken
	switch {
	case errors.As(err, &moved):
		p := problem(ctx, "change-moved")
		for _, c := range moved.Conflicts {
			p.Errors = append(p.Errors, FieldProblem{Path: "/files/" + c.File, Code: "conflict", Message: strings.Join(c.Path, " › ")})
		}
		return p
	case errors.As(err, &broken):
		p := problem(ctx, "change-broken")
		var l *diag.Language
		if ui.Language(ctx) == "ar" {
			l = explain.Arabic()
		}
		for _, d := range broken.Findings.Cap(mostFindings) {
			said := d.In(l)
			p.Errors = append(p.Errors, FieldProblem{Path: "/files/" + d.Range.File, Code: string(d.Code), Message: fmt.Sprintf("%d:%d: %s", d.Range.Start.Line, d.Range.Start.Column, said.Summary)})
		}
		return p
	case errors.Is(err, change.ErrForeign):
		return problem(ctx, "change-forbidden")
	case errors.Is(err, change.ErrNotFound):
		return problem(ctx, "not-found")
	case errors.Is(err, change.ErrInvalid):
		return problem(ctx, "invalid")
	case errors.Is(err, change.ErrNothing):
		return problem(ctx, "change-nothing")
	case errors.Is(err, change.ErrNoRoute):
		return problem(ctx, "change-no-route")
	case errors.Is(err, change.ErrStatus), errors.Is(err, change.ErrStale):
		return problem(ctx, "change-status")
	case errors.Is(err, change.ErrComing):
		return problem(ctx, "release-waits")
	}
	return a.fail(ctx, err)
}
