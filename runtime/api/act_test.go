package api_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/diwan-gov/diwan/runtime/application"
	"github.com/diwan-gov/diwan/runtime/identity"
	"github.com/diwan-gov/diwan/workflows/plan"
)

func acts(v *application.View) string { return "applications/" + v.ID.String() + "/acts" }

// decision is an act on the first task.
func decision(v *application.View, action string, more ...any) map[string]any {
	out := map[string]any{"task": v.Tasks[0].ID.String(), "action": action, "revision": v.Tasks[0].Revision}
	for i := 0; i < len(more); i += 2 {
		out[more[i].(string)] = more[i+1]
	}
	return out
}

func TestADecisionShowsWhatItDidAndARepeatTheSame(t *testing.T) {
	s := serve(t)
	v := s.sample()
	for range 2 {
		got := s.request(leila, "POST", acts(v), decision(v, "approve"), "Idempotency-Key", "d1")
		got.want(200, "outcome", "issued")
		got.want(200, "tasks", 0, nil)
	}
	if first := s.audit[0]; first.Action != "act" || first.Detail["action"] != "approve" || first.Actor != leila.ID.String() {
		t.Errorf("audit %+v", first)
	}
	s.request(leila, "POST", acts(v), decision(v, "refuse", "comment", "no"), "Idempotency-Key", "d1").wantProblem(409, "key-reused")
	s.request(leila, "POST", acts(v), decision(v, "approve"), "Idempotency-Key", "d2").wantProblem(409, "ended")
}

func TestAnActThatMayNotOrDoesNotFitSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		who    *identity.Person
		body   func(*application.View) map[string]any
		status int
		code   string
		found  []string
	}{
		"the applicant on an officer's task": {rana, func(v *application.View) map[string]any { return decision(v, "approve") }, 403, "forbidden", nil},
		"another role":                       {clerk, func(v *application.View) map[string]any { return decision(v, "approve") }, 403, "forbidden", nil},
		"another authority":                  {nurse, func(v *application.View) map[string]any { return decision(v, "approve") }, 404, "not-found", nil},
		"an officer withdraws":               {leila, func(*application.View) map[string]any { return map[string]any{"action": "withdraw"} }, 403, "forbidden", nil},
		"an old revision":                    {leila, func(v *application.View) map[string]any { return decision(v, "approve", "revision", 0) }, 409, "revision", nil},
		"another task":                       {leila, func(v *application.View) map[string]any { return decision(v, "approve", "task", uuid.NewString()) }, 404, "not-found", nil},
		"no such action":                     {leila, func(v *application.View) map[string]any { return decision(v, "burn") }, 422, "unknown-action", []string{"/action", "unknown-action"}},
		"no reason":                          {leila, func(v *application.View) map[string]any { return decision(v, "refuse") }, 422, "comment-required", []string{"/comment", "comment-required"}},
		"a reason of too many bytes": {leila, func(v *application.View) map[string]any {
			return decision(v, "refuse", "comment", strings.Repeat("لا", 1500))
		}, 422, "invalid", []string{"/comment", "comment-too-long"}},
		"no task":           {leila, func(*application.View) map[string]any { return map[string]any{"action": "approve"} }, 422, "invalid", []string{"/task", "no-task"}},
		"no action":         {leila, func(v *application.View) map[string]any { return map[string]any{"task": v.Tasks[0].ID} }, 422, "invalid", []string{"/action", "required"}},
		"an unknown member": {leila, func(v *application.View) map[string]any { return decision(v, "approve", "force", true) }, 422, "invalid", []string{"/force", "unknown-field"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t)
			v := s.sample()
			s.request(c.who, "POST", acts(v), c.body(v)).wantProblem(c.status, c.code, c.found...)
			if s.views[v.ID].Status != application.Open {
				t.Error("the application has moved")
			}
		})
	}
}

func TestATaskThatSomebodyHasDoneIsAConflict(t *testing.T) {
	s := serve(t)
	v := s.sample()
	v.Tasks[0].ClosedAt = &now
	s.request(leila, "POST", acts(v), decision(v, "approve")).wantProblem(409, "closed")
}

func TestNobodyDecidesOnTheirOwnApplication(t *testing.T) {
	s := serve(t)
	v := s.sample()
	v.Applicant = leila.ID
	s.request(leila, "POST", acts(v), decision(v, "approve")).wantProblem(403, "own-application")
	s.request(leila, "GET", "applications/"+v.ID.String(), nil).want(200, "withdrawable", true)
	s.request(leila, "POST", acts(v), `{"action":"withdraw"}`).want(200, "outcome", "withdrawn")
}

func TestAnActThatIsNotYetDeliveredIsAccepted(t *testing.T) {
	s := serve(t)
	v := s.sample()
	s.pending = true
	got := s.request(leila, "POST", acts(v), decision(v, "approve"))
	got.want(202, "status", "open")
}

func TestWhoWasEligibleOnceMayCorrect(t *testing.T) {
	s := serve(t)
	v := s.correcting()
	s.live[0].Plan.Form.Eligible = []plan.Eligible{{Must: `applicant.nationalNumber == "nobody"`, End: "fines"}}
	form := map[string]any{"licenceNumber": "1234567", "years": 1}
	s.request(rana, "POST", apply, map[string]any{"form": form}).wantProblem(422, "not-eligible")
	s.request(rana, "POST", acts(v), decision(v, "submit", "data", form)).want(200, "form", "years", 1.0)
}

func TestACorrectionIsValidatedAndKeepsWhatIsFrozen(t *testing.T) {
	s := serve(t)
	v := s.correcting()
	with := func(number string, years int) map[string]any {
		return decision(v, "submit", "data", map[string]any{"licenceNumber": number, "years": years})
	}
	s.request(rana, "POST", acts(v), decision(v, "submit")).wantProblem(422, "invalid", "/data", "required")
	s.request(rana, "POST", acts(v), with("1", 1)).wantProblem(422, "invalid", "/licenceNumber", "pattern")
	s.request(rana, "POST", acts(v), with("7654321", 1)).wantProblem(422, "frozen", "/licenceNumber", "frozen")
	s.request(leila, "POST", acts(v), with("1234567", 1)).wantProblem(403, "forbidden")
	upload := s.upload(rana, "file", "r.pdf", "%PDF-1.7", "").at("id")
	body := decision(v, "submit", "data", map[string]any{"licenceNumber": "1234567", "years": 5, "report": upload})
	for range 2 {
		got := s.request(rana, "POST", acts(v), body, "Idempotency-Key", "c1")
		got.want(200, "form", "years", 5.0)
		got.want(200, "form", "report", upload)
	}
}

func TestWhatATaskAsksForIsSentWithTheDecision(t *testing.T) {
	s := serve(t)
	v := s.inspected()
	form := "applications/" + v.ID.String() + "/tasks/" + v.Tasks[0].ID.String() + "/form"
	s.request(leila, "POST", form, `{"form":{"places":0}}`).want(200, "fields", 0, "name", "places")
	for _, who := range []*identity.Person{rana, clerk} { // the applicant, and another role
		s.request(who, "POST", form, `{}`).wantProblem(404, "not-found")
	}
	s.request(leila, "GET", "applications/"+v.ID.String(), nil).want(200, "tasks", 0, "fields", 0, "code", "places")
	s.request(leila, "POST", acts(v), decision(v, "approve")).wantProblem(422, "invalid", "/data", "required")
	s.request(leila, "POST", acts(v), decision(v, "approve", "data", map[string]any{"places": 0})).wantProblem(422, "invalid", "/places", "min")
	s.request(clerk, "POST", acts(v), decision(v, "approve")).wantProblem(403, "forbidden")
	body := decision(v, "approve", "data", map[string]any{"places": 40})
	for range 2 {
		s.request(leila, "POST", acts(v), body, "Idempotency-Key", "v1").want(200, "outcome", "issued")
	}
}

func TestATaskIsClaimedAndReleasedOverTheAPI(t *testing.T) {
	s := serve(t)
	v := s.sample()
	v.Tasks[0].Panel, v.Tasks[0].Voted = &application.Panel{Members: 3, Quorum: 2}, 1
	s.request(leila, "GET", "applications/"+v.ID.String(), nil).want(200, "tasks", 0, "panel", "voted", 1.0)
	s.request(leila, "POST", acts(v), decision(v, "claim")).want(200, "tasks", 0, "claimed", "mine", true)
	other := *leila
	other.ID = uuid.New()
	v.Tasks[0].Claimant = &other.ID
	s.request(leila, "POST", acts(v), decision(v, "claim")).wantProblem(409, "claimed")
	s.request(leila, "POST", acts(v), decision(v, "recuse")).wantProblem(422, "comment-required", "/comment", "comment-required")
	v.Tasks[0].Claimant = nil
	s.request(leila, "POST", acts(v), decision(v, "release")).want(200, "status", "open")
}

func TestWhatMayHappenAnytimeIsSaidWithoutATask(t *testing.T) {
	s := serve(t)
	v := s.sample()
	v.Anytime = []string{"extend"}
	s.request(leila, "GET", "applications/"+v.ID.String(), nil).want(200, "anytime", 0, "extend")
	s.request(leila, "POST", acts(v), map[string]any{"action": "extend", "comment": "a holiday"}).want(200, "status", "ended")
	s.request(leila, "POST", acts(s.sample()), map[string]any{"action": "extend"}).wantProblem(422, "invalid", "/task", "no-task")
}
