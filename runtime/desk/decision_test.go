package desk_test

import (
	"strings"
	"testing"

	"github.com/diwan-gov/diwan/runtime/application"
)

func TestAfterADecisionTheQueueSaysSo(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	open := s.get(leila, path(v))
	for range 2 { // sent twice, it counts once
		got := s.decide(leila, open, "_action", "approve", "_comment", " fine ").want(303)
		if got.header.Get("Location") != "/desk?done=decided&of=D7K2-94QM" {
			t.Errorf("Location %q", got.header.Get("Location"))
		}
	}
	if len(s.acts) != 1 {
		t.Errorf("%d acts", len(s.acts))
	}
	for _, act := range s.acts {
		if act.Action != "approve" || act.Comment != "fine" || act.Revision != 1 || act.Task != v.Tasks[0].ID {
			t.Errorf("act %+v", act)
		}
	}
	s.get(leila, "/desk?done=decided&of=D7K2-94QM").want(200, ".banner--success", "D7K2-94QM")
	if last := s.audit[len(s.audit)-1]; last.Action != "act" || last.Detail["action"] != "approve" {
		t.Errorf("audit %+v", last)
	}
}

func TestADecisionWithoutItsReasonIsAskedForBesideTheField(t *testing.T) {
	s := serve(t)
	open := s.get(leila, path(s.add("D7K2-94QM", licensing))+"?lang=en")
	got := s.decide(leila, open, "_action", "sendBack", "lang", "en").want(422)
	if got.Find(".error-summary a[href='#_comment']").Length() != 1 || got.Find("#_comment-error").Text() == "" || got.Find("#_action-2[checked]").Length() != 1 {
		t.Error("the page does not lead to the comment, or forgets the choice")
	}
	got = s.decide(leila, open, "_comment", "typed").want(422, "#_comment", "typed")
	if got.Find(".error-summary a[href='#_action']").Length() != 1 {
		t.Error("the page does not lead to the choice")
	}
	s.decide(leila, open, "_action", "approve", "_comment", strings.Repeat("ا", 2001)).want(422)
	s.decide(leila, open, "_action", "approve", "_comment", strings.Repeat("a", 100_000)).want(413)
	if len(s.acts) > 0 {
		t.Error("something was decided")
	}
}

func TestARefusalIsAskedForOnceMore(t *testing.T) {
	s := serve(t)
	open := s.get(leila, path(s.add("D7K2-94QM", licensing)))
	ask := s.decide(leila, open, "_action", "refuse", "_comment", "لا يكفي\nأبدًا").want(200, "h1", "D7K2-94QM", ".words p:last-child", "أبدًا")
	if len(s.acts) > 0 {
		t.Fatal("it was refused at once")
	}
	back := s.decide(leila, ask, "_back", "yes").want(200, "#_comment", "لا يكفي أبدًا")
	if back.Find("#_action-3[checked]").Length() != 1 {
		t.Error("the choice is forgotten")
	}
	s.decide(leila, ask, "_confirm", "yes").want(303)
	for _, act := range s.acts {
		if act.Action != "refuse" || act.Comment != "لا يكفي\nأبدًا" {
			t.Errorf("act %+v", act)
		}
	}
	if len(s.acts) != 1 {
		t.Errorf("%d acts", len(s.acts))
	}
}

func TestADecisionThatComesTooLateKeepsWhatWasTyped(t *testing.T) {
	for code, spoil := range map[string]func(*world, *application.View){
		"closed":   func(_ *world, v *application.View) { v.Tasks[0].ClosedAt = &now },
		"revision": func(_ *world, v *application.View) { v.Tasks[0].Revision++ },
		"ended":    func(w *world, _ *application.View) { w.late = "ended" },
		"refuse":   func(_ *world, v *application.View) { v.Tasks[0].Revision++ },
	} {
		t.Run(code, func(t *testing.T) {
			s := serve(t)
			v := s.add("D7K2-94QM", licensing)
			open := s.get(leila, path(v))
			spoil(s.world, v)
			action := "sendBack"
			if code == "refuse" {
				action = code // it is not asked for once more when it does not fit
			}
			got := s.decide(leila, open, "_action", action, "_comment", "my own words").want(409, ".columns__aside", "my own words")
			if got.Find(".banner--warning").Length() != 1 {
				t.Error("it is not said why")
			}
			if code == "revision" {
				s.decide(leila, got, "_action", "sendBack", "_comment", "my own words").want(303)
			}
		})
	}
}

func TestAKeyThatWasUsedForAnotherDecisionIsAConflict(t *testing.T) {
	s := serve(t)
	open := s.get(leila, path(s.add("D7K2-94QM", licensing)))
	s.decide(leila, open, "_action", "approve").want(303)
	s.decide(leila, open, "_action", "approve", "_comment", "other").want(409, ".banner--warning", "قرار آخر")
}

func TestNobodyDecidesOnTheirOwnApplication(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	open := s.get(leila, path(v))
	v.Applicant = leila.ID
	s.get(leila, path(v)+"?lang=en").want(200, ".decision", "your own application")
	s.decide(leila, open, "_action", "approve").want(403, ".banner--warning", "طلبك أنت")
}

func TestAnotherRoleSeesAndDoesNotDecide(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", licensing)
	if got := s.get(amin, path(v)+"?lang=en").want(200, ".decision", "Licensing officer"); got.Find("form[action$='/decide']").Length() > 0 {
		t.Error("there is a panel")
	}
	s.decide(amin, s.get(leila, path(v)), "_action", "approve").want(403)
}

func TestAnIncidentOffersToTryAgain(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", operator)
	v.Tasks[0].Kind, v.Tasks[0].Actions, v.Tasks[0].Comment = "incident", []string{"retry"}, nil
	v.Tasks[0].Reason, v.Tasks[0].Detail = "no-row", "tariff.engine (cc: integer)"
	s.get(amin, "/desk?lang=en").want(200, "tbody .tag--bad", "Incident")
	s.get(amin, path(v)+"?lang=en").want(200, "#decision", "A table of the tariff has no row for this case").want(200, "#decision", "tariff.engine (cc: integer)")
	open := s.get(amin, path(v)+"?lang=en").want(200, "#decision button", "Try again")
	if open.Find("#decision input[type=radio]").Length() > 0 {
		t.Error("there is something to choose")
	}
	s.decide(amin, open).want(303)
}

func TestAnIncidentIsSkippedWithAReason(t *testing.T) {
	s := serve(t)
	v := s.add("D7K2-94QM", operator)
	x := &v.Tasks[0]
	x.Kind, x.Actions, x.Comment, x.Reason, x.Skipping.Why = "incident", []string{"retry"}, nil, "action-failed", "answer-read"
	if got := s.get(amin, path(v)+"?lang=en").want(200, "#decision", "later steps or papers need its answer"); got.Find("#why-skip").Length() > 0 {
		t.Error("it offers to skip what is needed")
	}
	x.Actions, x.Comment, x.Skipping.Why, x.Skipping.Ends = []string{"retry", "skip"}, []string{"skip"}, "", "refused"
	page := s.get(amin, path(v)+"?lang=en").want(200, ".handles", "the application ends: \u2068Refused\u2069")
	bare := s.press(amin, page, "/decide").want(422, "#why-skip-error", "Give the reason")
	s.press(amin, bare, "/decide", "_comment", "The registry was closed down.").want(303)
	for _, a := range s.acts {
		if a.Action != "skip" || a.Comment != "The registry was closed down." {
			t.Errorf("%+v", a)
		}
	}
}

func TestADecisionThatIsNotYetDeliveredIsSavedAndSaidSo(t *testing.T) {
	s := serve(t)
	s.pending = true
	got := s.decide(leila, s.get(leila, path(s.add("D7K2-94QM", licensing))), "_action", "approve").want(303)
	if got.header.Get("Location") != "/desk?done=pending&of=D7K2-94QM" {
		t.Errorf("Location %q", got.header.Get("Location"))
	}
}
