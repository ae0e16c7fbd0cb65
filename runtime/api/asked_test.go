package api_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
)

func (w *world) AskedOf(_ context.Context, _ uuid.UUID, number string) (out []application.Asked, err error) {
	if w.invitation != nil && number == w.invited {
		out = append(out, *w.invitation)
	}
	return out, nil
}

func (w *world) Asked(ctx context.Context, person uuid.UUID, number string, task uuid.UUID) (*application.Asked, error) {
	list, _ := w.AskedOf(ctx, person, number)
	if len(list) == 0 || list[0].Task.ID != task {
		return nil, application.ErrNotFound
	}
	return &list[0], nil
}

func (w *world) AskedForm(context.Context, *application.Asked) (*application.OwnForm, error) {
	return nil, nil
}

func TestWhoIsInvitedReadsAndAnswersWhatIsAskedAndNobodyElseDoes(t *testing.T) {
	s := serve(t)
	v := s.sample()
	v.Tasks[0].Kind, v.Tasks[0].Role, v.Tasks[0].Actions, v.Tasks[0].Comment = "invite", application.InvitedRole, []string{"agree"}, nil
	buyer := omar
	s.invited, s.invitation = buyer.NationalNumber, &application.Asked{Task: v.Tasks[0], Application: v.ID, Service: v.Service, Authority: v.Authority, Plan: v.Plan, Texts: v.Texts, Status: v.Status, By: "Rana"}
	one := "asked/" + v.Tasks[0].ID.String()
	got := s.request(buyer, "GET", "asked", nil)
	got.want(200, "items", 0, "by", "Rana")
	got.want(200, "items", 0, "actions", 0, "action", "agree")
	s.request(buyer, "GET", one, nil).want(200, "open", true)
	for _, other := range []*identity.Person{rana, leila} {
		s.request(other, "GET", "asked", nil).want(200, "items", 0, nil)
		s.request(other, "GET", one, nil).wantProblem(404, "not-found")
		s.request(other, "POST", one+"/acts", map[string]any{"action": "agree", "revision": 1}).wantProblem(404, "not-found")
	}
	s.request(buyer, "GET", "applications/"+v.ID.String(), nil).wantProblem(404, "not-found")
	s.request(buyer, "POST", one+"/acts", map[string]any{"action": "burn", "revision": v.Tasks[0].Revision}).wantProblem(422, "unknown-action")
	s.request(buyer, "POST", one+"/acts", map[string]any{"action": "agree", "revision": v.Tasks[0].Revision}).want(200, "task", v.Tasks[0].ID.String())
	if a := s.acted; a.Kind != application.Party || a.NationalNumber != buyer.NationalNumber {
		t.Errorf("acted as %+v", a)
	}
}
